"""What every database must do, whatever its kind: inherited by one test class a kind (durability.md 5.1)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from runner.clock import FixedClock
from runner.errors import ActionError, InputError, StoreError
from runner.model.event import Event
from runner.model.run import Run, RunKind, RunState
from runner.store import Store

NOW = datetime(2026, 3, 4, 20, 6, 7, 89_000, tzinfo=UTC)
SHOP = "prints.myshopify.com"
DEFAULT_TTL = 5_184_000


def an_event(name: str = "e1", **changes: Any) -> Event:
    return replace(Event("user/orders/due", data={"n": 1}, id=name, created_at=NOW), **changes)


def a_run(name: str = "r1", **changes: Any) -> Run:
    return replace(
        Run(name, RunKind.ACTION, "e1", RunState.UNSCHEDULED, run_at=NOW, shop=SHOP, parent_id="t1", payload={"a": []}),
        **changes,
    )


class StoreContract:
    """Needs the fixtures ``store`` and ``clock``; ``store`` must be empty."""

    @pytest.fixture
    def clock(self) -> FixedClock:
        return FixedClock(NOW)

    @pytest.fixture
    def run(self, store: Store) -> Callable[..., Run]:
        """Keeps an event once, and a queued run of it each time it is called."""

        def make(name: str = "r1", *, at: datetime | None = None, priority: int = 1, **changes: Any) -> Run:
            with store.write() as tx:
                store.events.add(tx, an_event(), shop=SHOP, run_at=NOW)
                store.runs.add(tx, a_run(name, **changes))
                store.runs.dispatched(tx, name, at=at or store.clock.now(), priority=priority, owner="me")
            kept = store.runs.get(name)
            assert kept is not None
            return kept

        return make

    # --- transactions -------------------------------------------------------------------------------------------

    def test_a_transaction_that_raises_leaves_nothing(self, store: Store) -> None:
        with pytest.raises(InputError), store.write() as tx:  # noqa: PT012
            store.cache.writer(tx, SHOP).set("k", 1, 60)
            store.events.add(tx, an_event(), shop=SHOP, run_at=NOW)
            store.events.add(tx, an_event("e2", data=object()), shop=SHOP, run_at=NOW)
        assert store.events.count() == 0
        assert store.cache.get(SHOP, "k") is None

    def test_a_run_without_its_event_is_refused(self, store: Store) -> None:
        with pytest.raises(StoreError), store.write() as tx:
            store.runs.add(tx, a_run())

    def test_a_store_has_a_salt_of_its_own(self, store: Store, clock: FixedClock) -> None:
        assert len(store.salt) >= 32
        with Store(clock=clock) as other:
            assert other.salt != store.salt

    # --- events -------------------------------------------------------------------------------------------------

    @pytest.mark.parametrize(
        "data",
        [None, True, 0, -1.5, "", "naïve ✓ \U0001f600", "\ud800 alone", "nul \0 inside", [], {}, [1, [None]], {"": {}}],
    )
    def test_event_data_comes_back_as_it_went(self, store: Store, data: Any) -> None:
        with store.write() as tx:
            store.events.add(tx, an_event(data=data), shop=SHOP, run_at=NOW)
        row = store.events.get("e1")
        assert row is not None
        assert row.event.data == data
        assert type(row.event.data) is type(data)

    def test_an_event_keeps_every_attribute(self, store: Store) -> None:
        later = NOW + timedelta(days=30)
        event = an_event(
            source="shopify", shopify_topic="shopify/orders/create", targets=frozenset({"b", "a"}), parent=None
        )
        with store.write() as tx:
            assert store.events.add(tx, event, shop=SHOP, run_at=later, origin_run_id="r9")
        row = store.events.get("e1")
        assert row is not None
        assert (row.event, row.run_at, row.origin_run_id) == (event, later, "r9")

    @pytest.mark.parametrize(
        ("second", "dedupe", "shop", "kept"),
        [
            ("e1", None, SHOP, False),
            ("e2", "delivery-1", SHOP, False),
            ("e2", "delivery-2", SHOP, True),
            ("e2", "delivery-1", "other.myshopify.com", True),
            ("e2", None, SHOP, True),
        ],
    )
    def test_the_same_id_or_delivery_is_kept_once(
        self, store: Store, second: str, dedupe: str | None, shop: str, kept: bool
    ) -> None:
        with store.write() as tx:
            assert store.events.add(tx, an_event(), shop=SHOP, run_at=NOW, dedupe="delivery-1")
        with store.write() as tx:
            assert store.events.add(tx, an_event(second), shop=shop, run_at=NOW, dedupe=dedupe) is kept
        assert store.events.count() == 1 + kept

    def test_five_generations_of_parents_are_readable_and_a_sixth_is_not(self, store: Store) -> None:
        parent: Event | None = None
        with store.write() as tx:
            for generation in range(8):
                parent = an_event(f"g{generation}", data=generation, parent=parent)
                store.events.add(tx, parent, shop=SHOP, run_at=NOW, origin_run_id="made by a run")
        row = store.events.get("g7")
        seen, current = [], row.event.parent if row else None
        while current is not None:
            seen.append(current.data)
            current = current.parent
        assert seen == [6, 5, 4, 3, 2]

    def test_the_latest_event_of_a_topic_is_the_one_that_came_last(self, store: Store) -> None:
        with store.write() as tx:
            for name, shop in (("e1", SHOP), ("e3", SHOP), ("e2", "other.myshopify.com")):
                store.events.add(tx, an_event(name, parent=an_event("mother")), shop=shop, run_at=NOW)
        found = store.events.latest("user/orders/due"), store.events.latest("user/orders/due", shop=SHOP)
        assert [(each.id, each.parent.id) for each in found if each and each.parent] == [
            ("e2", "mother"),
            ("e3", "mother"),
        ]
        assert store.events.latest("user/orders/due", shop="third.myshopify.com") is None
        assert store.events.latest("user/orders/never") is None

    def test_a_parent_from_outside_is_kept_with_its_child(self, store: Store) -> None:
        with store.write() as tx:
            store.events.add(tx, an_event("child", parent=an_event("mother", data="m")), shop=SHOP, run_at=NOW)
        assert [event.id for event in store.events.children("mother")] == ["child"]
        mother = store.events.get("mother")
        assert mother is not None
        assert mother.event.data == "m"
        assert store.runs.of_event("mother") == ()

    @pytest.mark.parametrize("data", [{1, 2}, float("nan"), {"x": float("inf")}, object()])
    def test_data_that_is_not_json_is_refused(self, store: Store, data: Any) -> None:
        with pytest.raises(InputError, match="is not JSON"), store.write() as tx:
            store.events.add(tx, an_event(data=data), shop=SHOP, run_at=NOW)

    @pytest.mark.parametrize("created", ["yesterday", "2026-03-04", "2026-03-04T20:06:07", None])
    def test_a_time_without_zone_is_no_creation_time(self, store: Store, created: str | None) -> None:
        with pytest.raises(InputError, match="created_at"), store.write() as tx:
            store.events.add(tx, an_event(created_at=created), shop=SHOP, run_at=NOW)

    # --- runs ---------------------------------------------------------------------------------------------------

    def test_a_run_comes_back_as_it_went(self, store: Store) -> None:
        run = a_run(
            seq=3,
            task_id="task",
            task_name="naïve",
            sequence=True,
            halts=True,
            payload={"type": "echo", "options": [1]},
            error="first line\nsecond",
            failure={"code": "x"},
            guard_key="g",
            fingerprint="f",
            result=[1, None],
        )
        with store.write() as tx:
            store.events.add(tx, an_event(), shop=SHOP, run_at=NOW)
            store.runs.add(tx, run)
        kept = store.runs.get("r1")
        assert kept is not None
        assert replace(kept, number=0) == run

    def test_what_no_database_holds_is_replaced_in_an_error(self, store: Store, run: Callable[..., Run]) -> None:
        run()
        with store.write() as tx:
            mine = store.runs.claim(tx, "r1", 1, "c")
            assert mine is not None
            ended = store.runs.end(tx, mine, RunState.FAILED, error="a\0b\ud800c", response={"x": float("nan")})
        kept = store.runs.get("r1")
        assert ended is not None
        assert kept is not None
        assert ended.error == kept.error == "a?b?c"
        assert kept.response == {"x": None}

    def test_the_first_due_run_is_by_priority_then_time_then_age(
        self, store: Store, run: Callable[..., Run], clock: FixedClock
    ) -> None:
        run("event", priority=3, at=NOW - timedelta(hours=1))
        run("task", priority=2)
        run("later", priority=1, at=NOW + timedelta(seconds=1))
        run("young", priority=1)
        run("old", priority=1, at=NOW - timedelta(seconds=1))
        run("younger", priority=1)
        order = []
        while (due := store.runs.next_due("me")) is not None:
            order.append(due.run_id)
            with store.write() as tx:
                mine = store.runs.claim(tx, due.run_id, due.dispatch_no, "c")
                assert mine is not None
                store.runs.end(tx, mine, RunState.SUCCEEDED)
        assert order == ["old", "young", "younger", "task", "event"]
        clock.advance(1)
        due = store.runs.next_due("me")
        assert due is not None
        assert due.run_id == "later"

    def test_runs_of_another_owner_are_not_seen(self, store: Store, run: Callable[..., Run]) -> None:
        run()
        assert store.runs.next_due("somebody else") is None
        assert store.runs.next_waiting("somebody else") is None

    def test_a_claim_counts_an_attempt_and_stops_at_stale_dispatches(
        self, store: Store, run: Callable[..., Run]
    ) -> None:
        run()
        with store.write() as tx:
            assert store.runs.claim(tx, "r1", 2, "c") is None
            assert store.runs.claim(tx, "nobody", 1, "c") is None
            mine = store.runs.claim(tx, "r1", 1, "c")
        assert mine is not None
        assert (mine.attempt, mine.state, mine.claim, mine.started_at) == (1, RunState.STARTED, "c", NOW)
        assert [(each.number, each.ended_at) for each in store.runs.attempts("r1")] == [(1, None)]

    def test_a_run_claimed_again_takes_the_right_to_write_from_the_first(
        self, store: Store, run: Callable[..., Run]
    ) -> None:
        run()
        with store.write() as tx:
            first = store.runs.claim(tx, "r1", 1, "first")
            second = store.runs.claim(tx, "r1", 1, "second")
            assert first is not None
            assert second is not None
            assert store.runs.end(tx, first, RunState.FAILED, error="late") is None
            assert not store.runs.mark_sent(tx, first, "key")
            assert not store.runs.retry_later(tx, first, NOW, "late")
            assert store.runs.end(tx, second, RunState.SUCCEEDED, result=1) is not None
        kept = store.runs.get("r1")
        assert kept is not None
        assert (kept.state, kept.result, kept.error, kept.attempt) == (RunState.SUCCEEDED, 1, None, 2)

    def test_a_final_run_is_never_claimed_dispatched_or_ended_again(
        self, store: Store, run: Callable[..., Run]
    ) -> None:
        run()
        with store.write() as tx:
            mine = store.runs.claim(tx, "r1", 1, "c")
            assert mine is not None
            store.runs.end(tx, mine, RunState.SUCCEEDED)
            store.runs.dispatched(tx, "r1", at=NOW, priority=1, owner="me")
            assert store.runs.claim(tx, "r1", 1, "d") is None
            assert store.runs.claim(tx, "r1", 2, "d") is None
            assert store.runs.end(tx, mine, RunState.FAILED, error="x") is None
        assert store.runs.next_due("me") is None

    def test_a_retry_waits_under_a_new_dispatch(self, store: Store, run: Callable[..., Run], clock: FixedClock) -> None:
        run()
        with store.write() as tx:
            mine = store.runs.claim(tx, "r1", 1, "c")
            assert mine is not None
            assert store.runs.mark_sent(tx, mine, "key")
            later = NOW + timedelta(seconds=30)
            assert store.runs.retry_later(tx, mine, later, "no answer")
            store.runs.dispatched(tx, "r1", at=later, priority=1, owner="me")
        assert store.runs.next_due("me") is None
        waiting = store.runs.next_waiting("me", retries_only=True)
        assert waiting is not None
        assert (waiting.dispatch_no, waiting.run_at) == (2, later)
        clock.advance(30)
        with store.write() as tx:
            assert store.runs.claim(tx, "r1", 1, "d") is None
            again = store.runs.claim(tx, "r1", 2, "d")
        assert again is not None
        assert (again.attempt, again.sent_at) == (2, None)
        attempt = store.runs.attempts("r1")[0]
        assert (attempt.sent_at, attempt.ended_at, attempt.error) == (NOW, NOW, "no answer")

    def test_a_sent_run_shows_that_it_was_sent_when_claimed_again(
        self, store: Store, run: Callable[..., Run], clock: FixedClock
    ) -> None:
        run()
        with store.write() as tx:
            mine = store.runs.claim(tx, "r1", 1, "c")
            assert mine is not None
            store.runs.mark_sent(tx, mine, "key")
        clock.advance(5)
        with store.write() as tx:
            again = store.runs.claim(tx, "r1", 1, "d")
        assert again is not None
        assert (again.sent_at, again.idem_key) == (NOW, "key")

    def test_only_runs_nobody_began_are_closed(self, store: Store, run: Callable[..., Run]) -> None:
        run("begun")
        run("waiting")
        run("later", at=NOW + timedelta(days=30))
        with store.write() as tx:
            assert store.runs.claim(tx, "begun", 1, "c") is not None
            closed = store.runs.close_unstarted(tx, ["begun", "waiting", "later", "nobody"], RunState.CANCELLED)
        assert closed == ("waiting", "later")
        assert store.runs.count() == {RunState.STARTED: 1, RunState.CANCELLED: 2}
        assert store.runs.waiting("me") == (1, 0)

    def test_adopting_takes_every_open_run_and_outdates_its_dispatch(
        self, store: Store, run: Callable[..., Run]
    ) -> None:
        run("begun")
        run("waiting")
        with store.write() as tx:
            dead = store.runs.claim(tx, "begun", 1, "dead")
        assert dead is not None
        assert store.runs.adopt("heir", SHOP) == 2
        assert store.runs.adopt("heir", "other.myshopify.com") == 0
        due = store.runs.next_due("heir")
        assert due is not None
        assert (due.run_id, due.dispatch_no) == ("begun", 2)
        with store.write() as tx:
            assert store.runs.end(tx, dead, RunState.SUCCEEDED) is None

    def test_runs_are_listed_by_event_parent_kind_and_state(self, store: Store, run: Callable[..., Run]) -> None:
        run("b", seq=1)
        run("a", seq=0)
        run("t", kind=RunKind.TASK, parent_id="r0")
        assert [each.id for each in store.runs.children("t1")] == ["a", "b"]
        assert [each.id for each in store.runs.of_event("e1", RunKind.ACTION)] == ["b", "a"]
        assert len(store.runs.of_event("e1")) == 3
        assert [each.id for each in store.runs.all(kind=RunKind.TASK, state=RunState.DUE)] == ["t"]

    # --- cache --------------------------------------------------------------------------------------------------

    @pytest.mark.parametrize("value", [None, False, 0, 1.5, "", "✓\ud800\0", [1, {}], {"a": None}])
    def test_cache_values_come_back_as_they_went(self, store: Store, value: Any) -> None:
        store.cache.put(SHOP, "k", value, DEFAULT_TTL)
        assert store.cache.get(SHOP, "k") == value
        assert store.cache.items(SHOP) == (("k", value),)

    def test_each_shop_has_its_own_cache(self, store: Store) -> None:
        store.cache.put(SHOP, "k", 1, 60)
        assert store.cache.get("other.myshopify.com", "k") is None
        assert store.cache.items("other.myshopify.com") == ()

    def test_entries_end_when_their_time_is_over(self, store: Store, clock: FixedClock) -> None:
        store.cache.put(SHOP, "short", 1, 60)
        store.cache.put(SHOP, "long", 2, 61)
        clock.advance(59.999)
        assert store.cache.get(SHOP, "short") == 1
        clock.advance(0.001)
        assert store.cache.get(SHOP, "short") is None
        assert store.cache.items(SHOP) == (("long", 2),)
        assert store.cache.sweep() == 1
        assert store.cache.sweep() == 0
        assert store.cache.get(SHOP, "long") == 2

    def test_every_write_restarts_the_time(self, store: Store, clock: FixedClock) -> None:
        store.cache.put(SHOP, "k", 1, 60)
        clock.advance(50)
        with store.write() as tx:
            assert store.cache.writer(tx, SHOP).add("k", 1, 60) == 2
        clock.advance(50)
        assert store.cache.get(SHOP, "k") == 2

    def test_counters_start_at_zero_also_after_their_end(self, store: Store, clock: FixedClock) -> None:
        with store.write() as tx:
            writer = store.cache.writer(tx, SHOP)
            assert [writer.add("n", 1, 60), writer.add("n", 5, 60), writer.add("n", -10, 60)] == [1, 6, -4]
        clock.advance(60)
        with store.write() as tx:
            assert store.cache.writer(tx, SHOP).add("n", -1, 60) == -1

    @pytest.mark.parametrize("value", ["1", None, True, [1], {"n": 1}])
    def test_only_numbers_are_counted(self, store: Store, value: Any) -> None:
        store.cache.put(SHOP, "k", value, 60)
        with pytest.raises(ActionError, match="not a number"), store.write() as tx:
            store.cache.writer(tx, SHOP).add("k", 1, 60)
        assert store.cache.get(SHOP, "k") == value

    def test_deleting_tells_whether_there_was_something(self, store: Store, clock: FixedClock) -> None:
        store.cache.put(SHOP, "k", None, 60)
        store.cache.put(SHOP, "old", 1, 1)
        clock.advance(1)
        with store.write() as tx:
            writer = store.cache.writer(tx, SHOP)
            assert [writer.delete("k"), writer.delete("k"), writer.delete("old"), writer.delete("x")] == [
                True,
                False,
                False,
                False,
            ]
        assert store.cache.items(SHOP) == ()

    def test_entries_are_listed_by_key(self, store: Store) -> None:
        for key in ("b", "a/1", "B", "a:1", "_"):
            store.cache.put(SHOP, key, key, 60)
        assert [key for key, _ in store.cache.items(SHOP)] == ["B", "_", "a/1", "a:1", "b"]
