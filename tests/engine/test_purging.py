"""Purge: what the database holds of a person leaves it, the bytes of the file included (engine.md 10)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from runner.clock import FixedClock
from runner.engine.operations.purging import Held, erase_everything, find, purge, subject_of
from runner.engine.queue.inline import InlineQueue
from runner.errors import InputError
from runner.model.event import Event
from runner.model.run import Run, RunKind, RunState
from runner.store import BulkWatch, Store, Subject
from tests.engine.world import NOW, World, probes

SHOP = "prints.myshopify.com"
ANN = Subject(ids=("7001001",), texts=("Ann.Berg@shop.example",))


@pytest.fixture
def store(any_store: Store) -> Store:
    return any_store


def keep(store: Store, name: str, data: Any = None, **run: Any) -> None:
    """A complete event with one task run."""
    with store.write() as tx:
        store.events.add(tx, Event("user/a/b", data, id=name, created_at=NOW), shop=SHOP, run_at=NOW)
        given: dict[str, Any] = {"state": RunState.SUCCEEDED, "stopped_at": NOW} | run
        store.runs.add(tx, Run(f"run-{name}", RunKind.TASK, name, run_at=NOW, shop=SHOP, **given))


@pytest.mark.parametrize(
    ("data", "run", "is_found"),
    [
        ({"customer": {"id": 7001001}}, {}, True),
        ({"customer_id": "7001001"}, {}, True),
        ("gid://shopify/Customer/7001001", {}, True),
        ({"id": 70010012}, {}, False),
        ({"id": 17001001}, {}, False),
        ({"email": "ann.berg@SHOP.example"}, {}, True),
        ({"note": "write to Ann.Berg@shop.example, please"}, {}, True),
        ({"email": "annxberg@shop.example"}, {}, False),
        ({}, {"payload": {"to": ["ann.berg@shop.example"]}}, True),
        ({}, {"result": {"logs": ["customer 7001001"]}}, True),
        ({}, {"response": {"said": "7001001"}}, True),
        ({}, {"error": "no such customer: 7001001"}, True),
        ({}, {"failure": {"hint": "ann.berg@shop.example"}}, True),
        ({}, {}, False),
        (None, {}, False),
    ],
)
def test_a_person_is_found_wherever_they_stand(store: Store, data: Any, run: dict[str, Any], is_found: bool) -> None:
    keep(store, "e", data, **run)
    assert find(store, ANN).events == (("e",) if is_found else ())


def test_what_json_writes_otherwise_is_found_too(store: Store) -> None:
    keep(store, "e", {"name": 'Jörg "Sam" Öst'})
    assert find(store, Subject(texts=('Jörg "Sam"',))).events == ("e",)


def test_an_error_of_an_attempt_counts(world: World) -> None:
    from runner.actions import Outcome

    world.task(probes("a"))
    world.probe.endings["a"] = [Outcome(ok=False, error="7001001 is busy", transient=True)]
    event_id = world.run()
    world.engine.drain(advance=True)
    assert world.actions()[0].error is None
    assert find(world.store, ANN).events == (event_id,)


def test_results_of_bulk_operations_count_and_go(store: Store) -> None:
    keep(store, "e", {"id": 1})
    watch = BulkWatch("w", SHOP, "QUERY", "t", "e", "run-e", NOW)
    with store.write() as tx:
        store.bulk.add(tx, watch)
    store.bulk.keep_lines(watch, [b'{"id": 1}', b'{"email": "ann.berg@shop.example"}'], renew=lambda: NOW)
    assert purge(store, InlineQueue(store, "me"), ANN)[0].events == ("e",)
    assert (store.bulk.open(), store.bulk.parts("w")) == ((), ())


def test_events_lose_data_and_runs_and_stay_known(store: Store) -> None:
    keep(store, "e", {"id": 7001001})
    keep(store, "other", {"id": 1})
    store.cache.put(SHOP, "last:7001001", 1, 60)
    store.cache.put(SHOP, "seen", ["ann.berg@shop.example"], 60)
    store.cache.put(SHOP, "rest", 1, 60)
    erased, left = purge(store, InlineQueue(store, "me"), ANN)
    assert (erased.events, left) == (("e",), Held())
    row = store.events.get("e")
    assert row is not None
    assert (row.event.data, row.cleared_at, store.runs.get("run-e")) == (None, NOW, None)
    assert store.runs.get("run-other") is not None
    assert [entry.key for entry in store.cache.entries(SHOP)] == ["rest"]
    assert find(store, ANN) == Held()


def test_what_is_being_worked_on_is_left_and_said(store: Store) -> None:
    keep(store, "waits", {"id": 7001001}, state=RunState.DUE, stopped_at=None, job_open=True)
    keep(store, "runs", {"id": 7001001}, state=RunState.STARTED, stopped_at=None, started_at=NOW, job_open=True)
    queue = InlineQueue(store, "me")
    erased, left = purge(store, queue, ANN)
    assert (erased.events, sorted(left.pending)) == ((), ["runs", "waits"])
    erased, left = purge(store, queue, ANN, pending=True)
    assert (erased.events, left.pending) == (("waits",), ("runs",))


@pytest.mark.parametrize("subject", [Subject(), Subject(ids=("12",)), Subject(ids=("abcd",)), Subject(texts=("a@b",))])
def test_what_would_be_found_everywhere_is_refused(store: Store, subject: Subject) -> None:
    keep(store, "e", {"id": 12})
    with pytest.raises(InputError):
        purge(store, InlineQueue(store, "me"), subject)
    assert store.runs.get("run-e") is not None


def test_no_byte_of_it_stays_in_the_file(tmp_path: Path) -> None:
    file = tmp_path / "kept.db"
    with Store(str(file), clock=FixedClock(NOW)) as store:
        for number in range(200):
            keep(store, f"e{number}", {"email": "ann.berg@shop.example", "filler": "x" * 500})
        assert b"ann.berg" in held(tmp_path)
        purge(store, InlineQueue(store, "me"), ANN)
        assert b"ann.berg" not in held(tmp_path)


def held(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.iterdir() if file.is_file())


# --- Shopify's mandatory webhooks ----------------------------------------------------------------------------------

REDACT = {
    "shop_id": 954889,
    "shop_domain": SHOP,
    "customer": {"id": 7001001, "email": "ann.berg@shop.example", "phone": "555-625-1199"},
    "orders_to_redact": [299938, 280263],
}


def test_the_subject_of_a_webhook_is_the_customer_with_the_orders() -> None:
    assert subject_of(REDACT) == Subject(
        ids=("7001001", "299938", "280263"), texts=("ann.berg@shop.example", "555-625-1199")
    )
    assert subject_of({"customer": None, "orders_requested": [299938]}) == Subject(ids=("299938",))


def test_a_customer_is_erased_with_what_waits(store: Store) -> None:
    keep(store, "person", {"id": 7001001})
    keep(store, "order", {"id": 299938}, state=RunState.DUE, stopped_at=None, job_open=True)
    keep(store, "other", {"id": 1})
    erased, left = purge(store, InlineQueue(store, "me"), subject_of(REDACT), pending=True)
    assert (sorted(erased.events), left.pending) == (["order", "person"], ())
    assert store.runs.get("run-other") is not None


def test_a_shop_is_erased_whole(store: Store) -> None:
    keep(store, "e", {"id": 1})
    keep(store, "waits", state=RunState.DUE, stopped_at=None, job_open=True)
    store.cache.put(SHOP, "k", 1, 60)
    assert erase_everything(store, InlineQueue(store, "me"), SHOP) == 2
    assert (store.events.count(), store.runs.count(), store.cache.entries(SHOP)) == (0, {}, [])


def test_a_deleted_event_cannot_be_replayed(make_world: Callable[..., World]) -> None:
    from runner.engine.operations.replay import replay

    world = make_world()
    event_id = world.run(data={"id": 7001001})
    purge(world.store, world.engine.queue, ANN)
    with pytest.raises(InputError, match="deleted"):
        replay(world.engine, world.store, event_id)
    assert world.store.clock.now() - NOW < timedelta(days=1)
