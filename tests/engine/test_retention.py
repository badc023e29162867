"""Retention: fifteen days after an event and its descendants are complete (engine.md 1.7, durability.md 5.8)."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert

from runner.clock import FixedClock, stopwatch
from runner.engine.operations.retention import EVERY, Retention, prune
from runner.model.event import Event
from runner.model.run import Run, RunKind, RunState
from runner.store import Store
from runner.store.retention import Deleted
from runner.store.tables import EVENTS, RUNS
from tests.engine.world import NOW, World, probes

SHOP = "prints.myshopify.com"
DAY = timedelta(days=1)
KEEP = timedelta(days=15)


@pytest.fixture
def store(any_store: Store) -> Store:
    return any_store


def keep(
    store: Store, name: str, parent: str | None = None, *, age: int = 20, ended: int | None = None, **run: Any
) -> None:
    """An event that came ``age`` days ago, with one run that ended ``ended`` days ago."""
    came = NOW - age * DAY
    stopped = NOW - (age if ended is None else ended) * DAY
    given: dict[str, Any] = {"state": RunState.SUCCEEDED, "stopped_at": stopped} | run
    mother = Event("user/a/b", id=parent, created_at=came) if parent else None
    with store.write() as tx:
        event = Event("user/a/b", {"n": name}, id=name, created_at=came, parent=mother)
        store.events.add(tx, event, shop=SHOP, run_at=came, origin_run_id="r" if parent else None)
        store.runs.add(tx, Run(f"run-{name}", RunKind.EVENT, name, run_at=came, shop=SHOP, **given))


def left(store: Store) -> list[str]:
    return [str(event.id) for event in store.events.all()]


@pytest.mark.parametrize(
    ("made", "is_kept"),
    [
        ({"age": 16}, False),
        ({"age": 14}, True),
        ({"age": 40, "ended": 14}, True),
        ({"age": 40, "ended": 16}, False),
        ({"age": 40, "state": RunState.SCHEDULED, "stopped_at": None}, True),
        ({"age": 40, "state": RunState.DUE, "stopped_at": None}, True),
        ({"age": 40, "state": RunState.STARTED, "stopped_at": None, "started_at": NOW}, True),
        ({"age": 40, "state": RunState.UNSCHEDULED, "stopped_at": None}, True),
        ({"age": 40, "job_open": True}, True),
        ({"age": 40, "state": RunState.FAILED}, False),
        ({"age": 40, "state": RunState.CANCELLED}, False),
        ({"age": 40, "state": RunState.DRY}, False),
    ],
)
def test_an_event_goes_fifteen_days_after_its_last_run_ended(store: Store, made: dict[str, Any], is_kept: bool) -> None:
    keep(store, "e", **made)
    prune(store, NOW - KEEP)
    assert left(store) == (["e"] if is_kept else [])
    assert (store.runs.get("run-e") is not None) is is_kept


@pytest.mark.parametrize(("generation", "is_kept"), [(1, True), (5, True), (6, False)])
def test_a_pending_descendant_keeps_five_generations_above_it(store: Store, generation: int, is_kept: bool) -> None:
    keep(store, "e0")
    for number in range(1, generation + 1):
        pending: dict[str, Any] = {"state": RunState.SCHEDULED, "stopped_at": None} if number == generation else {}
        keep(store, f"e{number}", f"e{number - 1}", **pending)
    prune(store, NOW - KEEP)
    assert ("e0" in left(store)) is is_kept
    assert "e1" in left(store)


def test_a_descendant_that_ended_lately_keeps_the_event_and_is_kept(store: Store) -> None:
    keep(store, "old")
    keep(store, "child", "old", age=20, ended=3)
    keep(store, "young", "old", age=2)
    keep(store, "other")
    assert prune(store, NOW - KEEP) == Deleted(events=1)
    assert sorted(left(store)) == ["child", "old", "young"]


def test_an_event_is_known_for_two_days_at_least_without_its_data(store: Store) -> None:
    with store.write() as tx:
        event = Event("user/a/b", {"secret": 1}, id="e", created_at=NOW - timedelta(hours=3))
        store.events.add(tx, event, shop=SHOP, run_at=NOW, dedupe="webhook-1")
        ended = NOW - timedelta(hours=3)
        store.runs.add(tx, Run("r", RunKind.EVENT, "e", RunState.SUCCEEDED, run_at=ended, shop=SHOP, stopped_at=ended))
    assert prune(store, NOW - timedelta(hours=1)) == Deleted(cleared=1)
    row = store.events.get("e")
    assert row is not None
    assert (row.event.data, row.cleared_at, store.runs.get("r")) == (None, NOW, None)
    with store.write() as tx:
        again = store.events.add(
            tx, Event("user/a/b", id="e2", created_at=NOW), shop=SHOP, run_at=NOW, dedupe="webhook-1"
        )
    assert not again
    assert prune(store, NOW - timedelta(hours=1)) == Deleted()
    store.clock.sleep(46 * 3600)
    assert prune(store, store.clock.now() - timedelta(hours=1)) == Deleted(events=1)


def test_several_shops_are_gone_over(store: Store) -> None:
    for shop in ("a.myshopify.com", "b.myshopify.com", "c.myshopify.com"):
        with store.write() as tx:
            for number in range(3):
                came = NOW - 20 * DAY
                store.events.add(tx, Event("user/a/b", id=f"{shop}{number}", created_at=came), shop=shop, run_at=came)
    place = None
    deleted = Deleted()
    for _ in range(10):
        part, place = store.retention.delete_page(NOW - KEEP, place, limit=2)
        deleted += part
        if place is None:
            break
    assert (deleted, left(store)) == (Deleted(events=9), [])


def test_the_cache_loses_what_has_expired(store: Store) -> None:
    store.cache.put(SHOP, "short", 1, 60)
    store.cache.put(SHOP, "long", 1, 6000)
    store.clock.sleep(61)
    prune(store, NOW - KEEP)
    with store.write() as tx:
        assert [row.key for row in tx.exec_driver_sql("SELECT key FROM mech_cache")] == ["long"]


def test_the_chore_looks_once_an_hour_whoever_does_it(store: Store) -> None:
    one, two = Retention(store, KEEP), Retention(store, KEEP)
    keep(store, "a")
    assert (one.look(), two.look()) == (Deleted(events=1), Deleted())
    keep(store, "b")
    assert (one.look(), two.look()) == (Deleted(), Deleted())
    store.clock.sleep(EVERY.total_seconds())
    assert (two.look(), one.look()) == (Deleted(events=1), Deleted())


def test_a_look_takes_a_moment_only_and_goes_on_at_the_next(store: Store) -> None:
    for number in range(3):
        keep(store, f"e{number}")
    slow = Retention(store, KEEP, elapsed=lambda: lambda: 1.0)
    looks = []
    while left(store):
        looks.append(slow.look())
        assert len(looks) < 5
    assert sum(looks, Deleted()) == Deleted(events=3)


def test_a_pending_run_with_a_far_offset_keeps_its_event_and_still_sees_the_data(world: World) -> None:
    world.task("{% log event.data.n %}", "user/a/b+30.days")
    world.send(data={"n": 7})
    world.clock.sleep(29 * 86400)
    prune(world.store, world.clock.now() - KEEP)
    world.engine.drain(advance=True)
    assert world.logs() == [7]
    world.clock.sleep(16 * 86400)
    prune(world.store, world.clock.now() - KEEP)
    assert world.topics() == []


def test_a_child_outlives_its_parent_and_has_none_then(world: World) -> None:
    world.task(
        '{% if event.topic == "user/a/b" %}{% action "event", topic: "user/c/d" %}{% endif %}', "user/a/b\nuser/c/d"
    )
    parent = world.run()
    child = world.store.events.children(parent)[0]
    with world.store.write() as tx:
        tx.execute(EVENTS.delete().where(EVENTS.c.id == parent))
    row = world.store.events.get(str(child.id))
    assert row is not None
    assert row.event.parent is None


def test_fifty_thousand_rows_are_gone_over_fast(tmp_path: Path) -> None:
    with Store(str(tmp_path / "many.db"), clock=FixedClock(NOW)) as store:
        fill(store, 17_000)
        elapsed = stopwatch()
        place, pages, longest = None, 0, 0.0
        while pages == 0 or place is not None:
            begun = elapsed()
            _, place = store.retention.delete_page(NOW - KEEP, place)
            longest, pages = max(longest, elapsed() - begun), pages + 1
        assert store.events.count() == 8_500
        assert longest < 2.0, "one part keeps the writers of the database waiting"
        assert elapsed() < 20
        begun = elapsed()
        prune(store, NOW - KEEP)
        assert elapsed() - begun < 0.5, "nothing to do costs nothing"


RUN = {
    "state": "succeeded",
    "seq": 0,
    "attempt": 1,
    "priority": 2,
    "dispatch_no": 1,
    "job_open": False,
    "sequence": False,
    "halts": False,
    "attempts_before": 0,
}


def fill(store: Store, number: int) -> None:
    """Events with two runs each, half of them old; every tenth is the child of the one before."""
    events, runs = [], []
    for n in range(number):
        came = NOW - (20 if n % 2 else 1) * DAY
        parent = f"e{n - 2}" if n % 10 > 7 else None
        events.append(
            {"id": f"e{n}", "shop": SHOP, "topic": "user/a/b", "created_at": came, "run_at": came, "parent_id": parent}
        )
        for kind in ("event", "task"):
            runs.append(
                dict(RUN, id=f"{kind}{n}", kind=kind, shop=SHOP, event_id=f"e{n}", run_at=came, stopped_at=came)
            )
    with store.write() as tx:
        tx.execute(insert(EVENTS), events)
        tx.execute(insert(RUNS), runs)


def test_actions_go_with_their_event(world: World) -> None:
    world.task(probes("a"))
    world.run()
    world.clock.sleep(16 * 86400)
    assert prune(world.store, world.clock.now() - KEEP) == Deleted(events=1)
    assert (world.actions(), world.store.runs.count()) == ([], {})
