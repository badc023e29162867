"""Searching, counting and carrying events from one database to another, alike on both kinds of database."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from runner.clock import FixedClock
from runner.errors import InputError
from runner.model.event import Event
from runner.model.run import Run, RunKind, RunState
from runner.store import Store, Wanted
from runner.store.archive import UNFINISHED, Archive
from tests.store.contract import NOW, SHOP

DAY = timedelta(days=1)


@pytest.fixture(params=["memory", "postgres"])
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    url = request.getfixturevalue("postgres_url") if request.param == "postgres" else ":memory:"
    with Store(url, clock=FixedClock(NOW)) as made:
        add(made, "a-1", "user/orders/due", {"note": "Straße 100%"}, NOW - 3 * DAY, task="t1", state=RunState.FAILED)
        add(made, "a-2", "user/orders/late", {"n": 100}, NOW - DAY, task="t2", state=RunState.DUE, job_open=True)
        add(made, "b-1", "shopify/x_y/z", 'quo"ted', NOW, task="t1", state=RunState.SUCCEEDED, error=None)
        yield made


def add(store: Store, name: str, topic: str, data: Any, came: Any, *, task: str, **run: Any) -> None:
    with store.write() as tx:
        store.events.add(tx, Event(topic, data, id=name, created_at=came), shop=SHOP, run_at=came)
        given: dict[str, Any] = {"error": "it broke"} | run
        store.runs.add(
            tx,
            Run(f"r-{name}", RunKind.TASK, name, run_at=came, shop=SHOP, task_id=task, task_name=task.upper(), **given),
        )


QUERIES: list[tuple[Wanted, list[str]]] = [
    (Wanted(), ["b-1", "a-2", "a-1"]),
    (Wanted(topic="user/orders/due"), ["a-1"]),
    (Wanted(topic="user/*"), ["a-2", "a-1"]),
    (Wanted(topic="user/orders"), []),
    (Wanted(topic="shopify/x_y/*"), ["b-1"]),
    (Wanted(topic="shopify/xay/*"), []),
    (Wanted(tasks=("t1",)), ["b-1", "a-1"]),
    (Wanted(tasks=("T2", "nobody")), ["a-2"]),
    (Wanted(since=NOW - DAY), ["b-1", "a-2"]),
    (Wanted(until=NOW - DAY), ["a-1"]),
    (Wanted(states=("failed", "due")), ["a-2", "a-1"]),
    (Wanted(states=("failed",), tasks=("t2",)), []),
    (Wanted(kinds=("action",)), []),
    (Wanted(events=("a-2",)), ["a-2"]),
    (Wanted(text="STRASSE"), []),
    (Wanted(text="straße"), ["a-1"]),
    (Wanted(text="100%"), ["a-1"]),
    (Wanted(text='o"T'), ["b-1"]),
    (Wanted(text="It Broke"), ["a-2", "a-1"]),
    (Wanted(text="_"), ["b-1"]),
]


def test_events_and_runs_that_fit_are_found_newest_first(store: Store) -> None:
    for wanted, expected in QUERIES:
        assert [row["id"] for row in store.search.events(wanted)] == expected, wanted
        assert store.search.count_events(wanted) == len(expected), wanted
        assert [event_id for _, event_id in store.search.event_ids(wanted)] == expected[::-1], wanted
        if wanted.text is None:
            assert [row["event_id"] for row in store.search.runs(wanted)] == expected, wanted
            assert sum(store.search.count_runs(wanted).values()) == len(expected), wanted
            assert [run_id for _, run_id in store.search.run_ids(wanted)] == [f"r-{each}" for each in expected[::-1]]


def test_pages_follow_each_other_without_gap_or_overlap(store: Store) -> None:
    seen: list[str] = []
    before = None
    while page := store.search.events(Wanted(), before=before, limit=2):
        seen += [row["id"] for row in page]
        before = page[-1]["number"]
    assert seen == ["b-1", "a-2", "a-1"]
    assert [row["runs"] for row in store.search.events(Wanted(), limit=1)] == [{"succeeded": 1}]


@pytest.mark.parametrize(
    ("start", "found"), [("a-", ["a-1", "a-2"]), ("a-1", ["a-1"]), ("x", []), ("%", []), ("A-1", [])]
)
def test_ids_are_found_by_their_beginning(store: Store, start: str, found: list[str]) -> None:
    if start == "A-1" and store.database.dialect == "sqlite":
        found = ["a-1"]  # ids are small letters; SQLite's LIKE does not care, and no harm is done
    assert store.search.events_beginning(start) == found
    assert store.search.runs_beginning(f"r-{start}") == [f"r-{each}" for each in found]


def test_records_are_the_same_after_a_journey(store: Store) -> None:
    with Store(clock=FixedClock(NOW)) as other:
        here, there = Archive(store.database, store.clock), Archive(other.database, other.clock)
        records = list(here.records(Wanted()))
        with other.write() as tx:
            assert [there.keep(tx, record) for record in records] == [True] * 3
        with other.write() as tx:
            assert [there.keep(tx, record) for record in records] == [False] * 3
        came = list(there.records(Wanted()))
        assert [came[0], came[2]] == [records[0], records[2]]
        waited = came[1]["runs"][0]
        assert (waited["state"], waited["error"]) == ("cancelled", UNFINISHED)
        assert not other.jobs.overdue(NOW + DAY)
        with other.write() as tx, pytest.raises(InputError, match="already"):
            there.keep(tx, {**records[0], "event": {**records[0]["event"], "id": "new"}})


@pytest.mark.parametrize(
    ("change", "part"),
    [
        ({"event": None}, "no object"),
        ({"event": {"id": "x"}}, 'no "shop"'),
        ({"runs": [{"id": "x"}]}, 'no "kind"'),
        ({"runs": ["x"]}, "no object"),
    ],
)
def test_a_record_that_is_none_is_refused(change: dict[str, Any], part: str) -> None:
    event = {
        "id": "e",
        "shop": SHOP,
        "topic": "a/b/c",
        "created_at": "2026-03-04T20:00:00Z",
        "run_at": "2026-03-04T20:00:00Z",
    }
    with Store() as store, store.write() as tx, pytest.raises(InputError, match=part):
        Archive(store.database, store.clock).keep(tx, {"event": event, "runs": [], **change})


def test_a_time_without_a_zone_is_refused() -> None:
    event = {"id": "e", "shop": SHOP, "topic": "a/b/c", "created_at": "2026-03-04T20:00:00", "run_at": "2026-03-04"}
    with Store() as store, store.write() as tx, pytest.raises(InputError, match="created_at"):
        Archive(store.database, store.clock).keep(tx, {"event": event})
