"""What every database must do about bulk operations."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete

from runner.clock import FixedClock
from runner.store import Store
from runner.store.bulk import PART_SIZE, BulkWatch, LostLook
from runner.store.tables import EVENTS
from tests.store.contract import NOW, SHOP, a_run, an_event

MINUTE = timedelta(minutes=1)
GID = "gid://shopify/BulkOperation/1"


def a_watch(name: str = "b1", **changes: Any) -> BulkWatch:
    watch = BulkWatch(name, SHOP, "QUERY", "task", "e1", "r1", NOW, operation_id=GID, look_at=NOW)
    return replace(watch, **changes)


@pytest.fixture(params=["memory", "file", "postgres"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An empty database of each kind."""
    urls = {"memory": lambda: ":memory:", "file": lambda: str(tmp_path / "runner.db")}
    url = urls.get(request.param, lambda: request.getfixturevalue("postgres_url"))()
    with Store(url, clock=FixedClock(NOW)) as store:
        yield store


@pytest.fixture
def watch(store: Store) -> BulkWatch:
    """One that is due."""
    with store.write() as tx:
        store.events.add(tx, an_event(), shop=SHOP, run_at=NOW)
        store.runs.add(tx, a_run())
        store.bulk.add(tx, a_watch())
    return a_watch()


def test_a_watch_comes_back_as_it_was_kept(store: Store, watch: BulkWatch) -> None:
    assert store.bulk.open() == (watch,)
    assert store.bulk.of_operation(SHOP, GID) == watch


def test_a_watch_is_kept_once(store: Store, watch: BulkWatch) -> None:
    with store.write() as tx:
        store.bulk.add(tx, replace(watch, kind="MUTATION"))
    assert store.bulk.open() == (watch,)


def test_another_shop_does_not_see_it(store: Store, watch: BulkWatch) -> None:
    assert store.bulk.due("other.myshopify.com", NOW) == ()
    assert store.bulk.open("other.myshopify.com") == ()
    assert store.bulk.of_operation("other.myshopify.com", GID) is None


def test_it_is_due_from_its_time_on(store: Store, watch: BulkWatch) -> None:
    assert store.bulk.due(SHOP, NOW - timedelta(milliseconds=1)) == ()
    assert store.bulk.due(SHOP, NOW) == (watch,)


def test_of_several_who_want_a_look_one_gets_it(store: Store, watch: BulkWatch) -> None:
    first = store.bulk.claim(watch, NOW + MINUTE)
    assert first is not None
    assert (first.looks, first.look_at) == (1, NOW + MINUTE)
    assert store.bulk.claim(watch, NOW + MINUTE) is None
    assert store.bulk.due(SHOP, NOW) == ()


def test_the_look_of_one_who_died_is_due_again(store: Store, watch: BulkWatch) -> None:
    first = store.bulk.claim(watch, NOW + MINUTE)
    [again] = store.bulk.due(SHOP, NOW + MINUTE)
    assert store.bulk.claim(again, NOW + 2 * MINUTE) is not None
    assert first is not None
    assert store.bulk.note(first, None, ended_at=NOW) is None


def test_what_is_over_is_never_due_again(store: Store, watch: BulkWatch) -> None:
    claimed = store.bulk.claim(watch, NOW + MINUTE)
    assert claimed is not None
    assert store.bulk.note(claimed, None, status="COMPLETED", ended_at=NOW) is not None
    assert store.bulk.due(SHOP, NOW + timedelta(days=30)) == ()
    assert store.bulk.open() == ()
    assert store.bulk.note(claimed, NOW, status="RUNNING") is None


def test_word_of_an_end_brings_the_next_look_forward(store: Store, watch: BulkWatch) -> None:
    claimed = store.bulk.claim(watch, NOW + MINUTE)
    assert claimed is not None
    store.bulk.note(claimed, NOW + timedelta(seconds=30), status="RUNNING")
    with store.write() as tx:
        store.bulk.hasten(tx, "gid://shopify/BulkOperation/2", NOW)
    assert store.bulk.due(SHOP, NOW) == ()
    with store.write() as tx:
        store.bulk.hasten(tx, GID, NOW)
    assert len(store.bulk.due(SHOP, NOW)) == 1


def test_word_of_an_end_that_is_known_is_no_news(store: Store, watch: BulkWatch) -> None:
    """The look that found it may be fetching the result."""
    claimed = store.bulk.claim(watch, NOW + MINUTE)
    assert claimed is not None
    store.bulk.note(claimed, NOW + MINUTE, status="COMPLETED")
    with store.write() as tx:
        store.bulk.hasten(tx, GID, NOW, unless={"COMPLETED", "FAILED"})
    assert store.bulk.due(SHOP, NOW) == ()
    assert len(store.bulk.due(SHOP, NOW + MINUTE)) == 1


def test_word_of_an_end_does_not_wake_what_is_over(store: Store, watch: BulkWatch) -> None:
    claimed = store.bulk.claim(watch, NOW + MINUTE)
    assert claimed is not None
    store.bulk.note(claimed, None, ended_at=NOW)
    with store.write() as tx:
        store.bulk.hasten(tx, GID, NOW)
    assert store.bulk.due(SHOP, NOW + MINUTE) == ()


def test_lines_come_back_in_their_order_blank_ones_left_out(store: Store, watch: BulkWatch) -> None:
    claimed = store.bulk.claim(watch, NOW + MINUTE)
    assert claimed is not None
    line = b'{"id":%d,"text":"' + "ü".encode() * 600 + b'"}'
    rows = [line % number for number in range(2000)]
    assert store.bulk.keep_lines(claimed, [*rows[:5], b"", b"  ", *rows[5:]], renew=lambda: NOW + MINUTE) == 2000
    parts = store.bulk.parts("b1")
    assert len(parts) > 1
    assert [each.first_line for each in parts] == [sum(p.line_count for p in parts[:n]) for n in range(len(parts))]
    found = [line for each in parts for line in store.bulk.lines("b1", each.part)]
    assert found == rows
    assert all(sum(map(len, store.bulk.lines("b1", each.part))) < PART_SIZE + 2000 for each in parts)


def test_a_result_that_is_kept_again_takes_the_place_of_the_first(store: Store, watch: BulkWatch) -> None:
    claimed = store.bulk.claim(watch, NOW + MINUTE)
    assert claimed is not None
    for content in ([b"{}"] * 3, [b'{"a":1}']):
        store.bulk.keep_lines(claimed, content, renew=lambda: NOW + MINUTE)
    assert [store.bulk.lines("b1", each.part) for each in store.bulk.parts("b1")] == [[b'{"a":1}']]


def test_who_has_lost_the_look_keeps_no_lines(store: Store, watch: BulkWatch) -> None:
    claimed = store.bulk.claim(watch, NOW + MINUTE)
    [again] = store.bulk.due(SHOP, NOW + MINUTE)
    store.bulk.claim(again, NOW + 2 * MINUTE)
    assert claimed is not None
    with pytest.raises(LostLook):
        store.bulk.keep_lines(claimed, [b"{}"], renew=lambda: NOW + MINUTE)
    assert store.bulk.parts("b1") == ()


def test_the_lines_go_with_the_event_that_led_to_them(store: Store, watch: BulkWatch) -> None:
    claimed = store.bulk.claim(watch, NOW + MINUTE)
    assert claimed is not None
    store.bulk.keep_lines(claimed, [b"{}"], renew=lambda: NOW + MINUTE)
    assert store.bulk.size() > 0
    with store.write() as tx:
        tx.execute(delete(EVENTS).where(EVENTS.c.id == "e1"))
    assert store.bulk.of_operation(SHOP, GID) is None
    assert store.bulk.size() == 0
    with pytest.raises(LookupError):
        store.bulk.lines("b1", 0)
