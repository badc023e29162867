"""The contract on the durable queue, on a SQLite file and on PostgreSQL, and what only this queue promises."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from runner.clock import stopwatch
from runner.engine.queue.dispatches import Dispatches, dispatch_id
from runner.engine.queue.durable import DurableQueue
from runner.engine.queue.limits import QueueLimits
from runner.errors import StoreError
from runner.model.run import RunState
from runner.store import Store
from tests.engine.queue.contract import HOUR, Finishing, QueueContract, dispatch, keep_runs

ONE = QueueLimits(worker=1, poll=0.02)
MANY = QueueLimits(poll=0.02)


def settled(worker: Finishing) -> None:
    """Waits until nothing due is left; a minute at most."""
    with worker.changed:
        assert worker.changed.wait_for(lambda: not worker.store.runs.waiting("queue")[0], 60)


class Durable(QueueContract):
    @pytest.fixture
    def store(self, url: str) -> Iterator[Store]:
        with Store(url) as store:
            yield store

    @pytest.fixture
    def queue(self, store: Store) -> Iterator[DurableQueue]:
        queue = DurableQueue(store, limits=ONE)
        yield queue
        queue.close()

    @pytest.fixture
    def settle(self) -> Callable[[Finishing], None]:
        return settled

    def test_a_short_delay_is_late_by_two_seconds_at_most(
        self, queue: DurableQueue, store: Store, worker: Finishing
    ) -> None:
        queue.start(worker)
        due = dispatch(queue, store, "a", delay=0.5)
        settle_later(worker, "a")
        run = store.runs.get("a")
        assert run is not None
        assert run.started_at is not None
        assert timedelta(0) <= run.started_at - due < timedelta(seconds=3)

    def test_a_run_without_its_dispatch_gets_another(
        self, queue: DurableQueue, store: Store, worker: Finishing
    ) -> None:
        """As after the restoring of a backup: the books are compared (durability.md 5.6)."""
        with store.write() as tx:
            long_ago = store.clock.now() - timedelta(minutes=2)
            store.runs.dispatched(tx, "a", at=long_ago, priority=1, owner="queue")
        queue.start(worker)
        assert queue.reconcile() == 1
        settled(worker)
        assert worker.given == [("a", 2)]
        assert queue.reconcile() == 0

    def test_a_dispatch_whose_run_is_closed_is_taken_back(
        self, queue: DurableQueue, store: Store, worker: Finishing
    ) -> None:
        dispatch(queue, store, "a", "b", delay=HOUR)
        with store.write() as tx:
            store.runs.close_unstarted(tx, ["a"], RunState.CANCELLED)
        queue.start(worker)
        assert queue.reconcile() == 1
        book = Dispatches(store)
        assert book.states([dispatch_id("a", 1), dispatch_id("b", 1)]) == {"a#1": "CANCELLED", "b#1": "DELAYED"}
        book.close()

    def test_a_run_whose_dispatch_ended_on_an_error_is_done_later(
        self, queue: DurableQueue, store: Store, worker: Finishing
    ) -> None:
        failed = threading.Event()

        def full(run_id: str, dispatch_no: int) -> None:
            if not failed.is_set():
                failed.set()
                raise StoreError("the disk is full")
            worker(run_id, dispatch_no)

        dispatch(queue, store, "a", delay=-120)
        queue.start(full)
        assert failed.wait(30)
        elapsed = stopwatch()
        while not queue.reconcile():
            assert elapsed() < 30
        settled(worker)
        assert worker.given == [("a", 2)]

    def test_a_passing_error_of_the_database_is_tried_again_at_once(
        self, queue: DurableQueue, store: Store, worker: Finishing
    ) -> None:
        errors = [StoreError("away", transient=True), StoreError("away", transient=True)]

        def shaky(run_id: str, dispatch_no: int) -> None:
            if errors:
                raise errors.pop()
            worker(run_id, dispatch_no)

        queue.start(shaky)
        dispatch(queue, store, "a")
        settled(worker)
        assert worker.given == [("a", 1)]

    def test_work_under_way_is_finished_when_there_is_time_for_it(
        self, queue: DurableQueue, store: Store, worker: Finishing
    ) -> None:
        begun = threading.Event()

        def slow(run_id: str, dispatch_no: int) -> None:
            begun.set()
            store.clock.sleep(0.3)
            worker(run_id, dispatch_no)

        queue.start(slow)
        dispatch(queue, store, "a", "b")
        assert begun.wait(30)
        queue.stop(grace=10)
        assert worker.done == ["a"]
        assert queue.stats().due == 1

    def test_a_shop_has_so_many_runs_at_a_time_and_no_more(self, store: Store) -> None:
        names = [f"n{number}" for number in range(12)]
        keep_runs(store, *names)
        keep_runs(store, "other", shop="small.myshopify.com")
        queue = DurableQueue(store, limits=QueueLimits(shop=3, poll=0.02))
        worker = Finishing(store)
        lock, together, peak = threading.Lock(), [0], [0]

        def counted(run_id: str, dispatch_no: int) -> None:
            with lock:
                together[0] += run_id != "other"
                peak[0] = max(peak[0], together[0])
            store.clock.sleep(0.05)
            with lock:
                together[0] -= run_id != "other"
            worker(run_id, dispatch_no)

        dispatch(queue, store, *names, "other")
        queue.start(counted)
        settled(worker)
        queue.close()
        assert peak[0] == 3
        assert worker.done.index("other") < 6
        assert sorted(worker.done) == sorted([*names, "other"])

    def test_cancelling_a_thousand_waiting_runs_under_load(self, store: Store) -> None:
        names = [f"n{number}" for number in range(1000)]
        keep_runs(store, *names)
        queue = DurableQueue(store, limits=MANY)
        worker = Finishing(store)
        dispatch(queue, store, *names)
        queue.start(worker)
        cancelled = queue.cancel(names)
        settled(worker)
        queue.close()
        assert sorted([*cancelled, *worker.done]) == sorted(names)
        assert len(cancelled) > 500


def settle_later(worker: Finishing, name: str) -> None:
    """Waits until the run has been done; a minute at most."""
    with worker.changed:
        assert worker.changed.wait_for(lambda: name in worker.done, 60)


class TestSQLite(Durable):
    @pytest.fixture
    def url(self, tmp_path: Path) -> str:
        return str(tmp_path / "runner.db")

    def test_a_second_worker_process_is_refused(self, queue: DurableQueue, store: Store, worker: Finishing) -> None:
        queue.start(worker)
        second = DurableQueue(store)
        with pytest.raises(StoreError, match="another worker process"):
            second.start(worker)
        second.close()
        dispatch(queue, store, "a")
        settled(worker)
        assert worker.given == [("a", 1)]

    def test_a_lock_file_left_behind_locks_nothing(
        self, queue: DurableQueue, store: Store, worker: Finishing, url: str
    ) -> None:
        Path(f"{url}.lock").write_text("12345")
        queue.start(worker)
        dispatch(queue, store, "a")
        settled(worker)
        assert worker.given == [("a", 1)]

    def test_a_database_in_memory_is_refused(self) -> None:
        with Store() as store, pytest.raises(StoreError, match="in memory"):
            DurableQueue(store)


class TestPostgreSQL(Durable):
    @pytest.fixture
    def url(self, postgres_url: str) -> str:
        return postgres_url
