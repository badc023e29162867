"""The queue port (durability.md 5.2): what every implementation owes, shown on the inline one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from runner.clock import FixedClock
from runner.engine.queue.inline import InlineQueue
from runner.engine.queue.port import QueueStats
from runner.model.event import Event
from runner.model.run import Run, RunKind, RunState
from runner.store import Store, Transaction
from tests.engine.world import NOW

Worked = list[tuple[str, int]]


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW)


@pytest.fixture
def store(clock: FixedClock) -> Iterator[Store]:
    with Store(clock=clock) as store:
        with store.write() as tx:
            store.events.add(tx, Event("user/a/b", id="e", created_at=NOW), shop="", run_at=NOW)
            for name in "abcd":
                store.runs.add(tx, Run(name, RunKind.ACTION, "e", RunState.UNSCHEDULED))
        yield store


@pytest.fixture
def queue(store: Store) -> InlineQueue:
    return InlineQueue(store, "me")


@pytest.fixture
def worked(queue: InlineQueue, store: Store) -> Worked:
    """What the worker was given; it ends each run at once."""
    given: Worked = []

    def work(run_id: str, dispatch_no: int) -> None:
        given.append((run_id, dispatch_no))
        with store.write() as tx:
            run = store.runs.claim(tx, run_id, dispatch_no, "c")
            assert run is not None
            store.runs.end(tx, run, RunState.SUCCEEDED)

    queue.start(work)
    return given


def dispatch(queue: InlineQueue, *names: str, delay: float = 0, priority: int = 1) -> None:
    def record(tx: Transaction) -> None:
        for name in names:
            queue.dispatch(tx, name, at=NOW + timedelta(seconds=delay), priority=priority)

    queue.accept(record)


def test_dispatched_runs_are_given_out_once_in_order(queue: InlineQueue, worked: Worked) -> None:
    dispatch(queue, "b", priority=2)
    dispatch(queue, "c", "a")
    while queue.step():
        pass
    assert worked == [("a", 1), ("c", 1), ("b", 1)]


def test_a_dispatch_of_a_failed_transaction_never_happened(queue: InlineQueue, worked: Worked) -> None:
    def record(tx: Transaction) -> None:
        queue.dispatch(tx, "a", priority=1)
        raise LookupError

    with pytest.raises(LookupError):
        queue.accept(record)
    assert not queue.step()
    assert queue.stats() == QueueStats(0, 0)


def test_what_record_returns_comes_back(queue: InlineQueue) -> None:
    assert queue.accept(lambda tx: 5) == 5


def test_delayed_runs_wait_for_the_clock(queue: InlineQueue, worked: Worked, clock: FixedClock) -> None:
    dispatch(queue, "a", delay=10)
    dispatch(queue, "b")
    assert queue.stats() == QueueStats(due=1, later=1)
    assert queue.step()
    assert not queue.step()
    assert queue.next_at() == NOW + timedelta(seconds=10)
    clock.advance(10)
    assert queue.step()
    assert [name for name, _ in worked] == ["b", "a"]


def test_a_waiting_run_can_be_moved_and_a_final_one_cannot(
    queue: InlineQueue, worked: Worked, clock: FixedClock
) -> None:
    dispatch(queue, "a", delay=10)
    assert queue.reschedule("a", NOW)
    assert queue.step()
    assert worked == [("a", 2)]
    assert not queue.reschedule("a", NOW)
    assert not queue.reschedule("nobody", NOW)


def test_cancelled_runs_are_never_given_out(queue: InlineQueue, worked: Worked, store: Store) -> None:
    dispatch(queue, "a", "b")
    dispatch(queue, "c", delay=10)
    assert queue.cancel(["a", "c", "nobody"]) == ("a", "c")
    while queue.step():
        pass
    assert worked == [("b", 1)]
    assert queue.cancel(["b"]) == ()
    run = store.runs.get("a")
    assert run is not None
    assert (run.state, run.stopped_at) == (RunState.CANCELLED, NOW)


def test_a_stopped_queue_gives_out_nothing(queue: InlineQueue, worked: Worked) -> None:
    dispatch(queue, "a")
    queue.stop()
    assert not queue.step()
    assert worked == []
    assert queue.stats() == QueueStats(due=1, later=0)


def test_a_clock_set_back_delays_and_loses_nothing(queue: InlineQueue, worked: Worked, clock: FixedClock) -> None:
    clock.set(NOW + timedelta(hours=1))
    dispatch(queue, "a", delay=3600)
    clock.set(NOW)
    assert not queue.step()
    clock.set(NOW + timedelta(hours=2))
    assert queue.step()
