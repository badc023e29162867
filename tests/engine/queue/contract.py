"""What every queue must do: inherited by one test class a kind (durability.md 5.2)."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest

from runner.engine.queue.port import Queue, QueueStats
from runner.model.event import Event
from runner.model.run import Run, RunKind, RunState
from runner.store import Store, Transaction

Worked = list[tuple[str, int]]
SHOP = "prints.myshopify.com"
HOUR = 3600.0


def keep_runs(store: Store, *names: str, shop: str = SHOP) -> None:
    """Keeps an event and runs of it, not yet dispatched."""
    now = store.clock.now()
    with store.write() as tx:
        store.events.add(tx, Event("user/a/b", id=f"e-{shop}", created_at=now), shop=shop, run_at=now)
        for name in names:
            store.runs.add(tx, Run(name, RunKind.ACTION, f"e-{shop}", RunState.UNSCHEDULED, shop=shop))


def dispatch(queue: Queue, store: Store, *names: str, delay: float = 0, priority: int = 1) -> datetime:
    """Dispatches runs in one transaction; the moment they are due."""
    at = store.clock.now() + timedelta(seconds=delay)

    def record(tx: Transaction) -> None:
        for name in names:
            queue.dispatch(tx, name, at=at, priority=priority)

    queue.accept(record)
    return at


class Finishing:
    """A worker that ends each run it may claim; ``given`` is what it got, ``done`` what it ended, in order."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.given: Worked = []
        self.done: list[str] = []
        self.changed = threading.Condition()

    def __call__(self, run_id: str, dispatch_no: int) -> None:
        with self.store.write() as tx:
            run = self.store.runs.claim(tx, run_id, dispatch_no, "c")
            if run is not None:
                self.store.runs.end(tx, run, RunState.SUCCEEDED)
        with self.changed:
            self.given.append((run_id, dispatch_no))
            self.done += [run_id] if run is not None else []
            self.changed.notify_all()


class QueueContract:
    """Needs the fixtures ``store``, ``queue`` (not started) and ``settle``, which waits until nothing due is left."""

    @pytest.fixture(autouse=True)
    def _runs(self, store: Store) -> None:
        keep_runs(store, *"abcd")

    @pytest.fixture
    def worker(self, queue: Queue, store: Store) -> Iterator[Finishing]:
        yield Finishing(store)
        queue.stop()

    def test_dispatched_runs_are_given_out_once_in_the_order_of_priority(
        self, queue: Queue, store: Store, worker: Finishing, settle: Callable[[Finishing], None]
    ) -> None:
        dispatch(queue, store, "b", priority=2)
        dispatch(queue, store, "c", "a")
        queue.start(worker)
        settle(worker)
        assert sorted(worker.given) == [("a", 1), ("b", 1), ("c", 1)]
        assert worker.given[-1] == ("b", 1)

    def test_a_run_dispatched_under_way_is_given_out(
        self, queue: Queue, store: Store, worker: Finishing, settle: Callable[[Finishing], None]
    ) -> None:
        queue.start(worker)
        dispatch(queue, store, "a")
        settle(worker)
        assert worker.given == [("a", 1)]

    def test_a_dispatch_of_a_failed_transaction_never_happened(
        self, queue: Queue, store: Store, worker: Finishing, settle: Callable[[Finishing], None]
    ) -> None:
        def record(tx: Transaction) -> None:
            queue.dispatch(tx, "a", priority=1)
            raise LookupError

        with pytest.raises(LookupError):
            queue.accept(record)
        assert queue.stats() == QueueStats(0, 0)
        queue.start(worker)
        dispatch(queue, store, "b")
        settle(worker)
        assert worker.given == [("b", 1)]

    def test_what_record_returns_comes_back(self, queue: Queue) -> None:
        assert queue.accept(lambda tx: 5) == 5

    def test_later_runs_wait_and_can_be_moved(
        self, queue: Queue, store: Store, worker: Finishing, settle: Callable[[Finishing], None]
    ) -> None:
        dispatch(queue, store, "a", delay=HOUR)
        dispatch(queue, store, "b")
        assert queue.stats() == QueueStats(due=1, later=1)
        queue.start(worker)
        settle(worker)
        assert worker.given == [("b", 1)]
        assert queue.reschedule("a", store.clock.now())
        settle(worker)
        assert worker.given == [("b", 1), ("a", 2)]
        assert not queue.reschedule("a", store.clock.now())
        assert not queue.reschedule("nobody", store.clock.now())

    def test_cancelled_runs_are_never_given_out(
        self, queue: Queue, store: Store, worker: Finishing, settle: Callable[[Finishing], None]
    ) -> None:
        dispatch(queue, store, "a", "b")
        dispatch(queue, store, "c", delay=HOUR)
        assert queue.cancel(["a", "c", "nobody"]) == ("a", "c")
        queue.start(worker)
        settle(worker)
        assert worker.done == ["b"]
        assert queue.cancel(["b"]) == ()
        run = store.runs.get("a")
        assert run is not None
        assert run.state is RunState.CANCELLED
        assert queue.stats() == QueueStats(0, 0)

    def test_a_stopped_queue_gives_out_nothing_and_a_started_one_goes_on(
        self, queue: Queue, store: Store, worker: Finishing, settle: Callable[[Finishing], None]
    ) -> None:
        queue.start(worker)
        queue.stop()
        dispatch(queue, store, "a")
        assert queue.stats() == QueueStats(due=1, later=0)
        assert worker.given == []
        queue.start(worker)
        settle(worker)
        assert worker.given == [("a", 1)]
