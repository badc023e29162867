"""Ten thousand delayed runs, clocks that are set, and waiting runs that meet another version (durability.md 8)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from runner.clock import SystemClock, stopwatch
from runner.engine.queue import durable
from runner.engine.queue.durable import DurableQueue
from runner.engine.queue.limits import QueueLimits
from runner.engine.queue.port import QueueStats
from runner.model.run import Run, RunKind, RunState
from runner.store import Store, Transaction
from tests.engine.queue.contract import HOUR, SHOP, Finishing, dispatch, keep_runs
from tests.engine.queue.test_durable import settle_later, settled

LIMITS = QueueLimits(poll=0.02, heartbeat=1.0)


class SetClock(SystemClock):
    """The machine's clock, as somebody sets it: ``off`` is how far it is from the true time."""

    def __init__(self) -> None:
        self.off = timedelta(0)

    def now(self) -> datetime:
        return super().now() + self.off


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


class TimeAndVersions:
    @pytest.fixture
    def store(self, url: str, clock: SetClock) -> Iterator[Store]:
        with Store(url, clock=clock) as store:
            keep_runs(store, *"abcd")
            yield store

    def test_a_clock_set_back_and_forward_loses_and_repeats_nothing(self, store: Store, clock: SetClock) -> None:
        queue, worker = DurableQueue(store, limits=LIMITS), Finishing(store)
        queue.start(worker)
        for name, hours in (("a", 0), ("b", -2), ("c", 5), ("d", -1)):
            clock.off += timedelta(hours=hours)
            dispatch(queue, store, name)
            settle_later(worker, name)
            # Signs of life are counted, not timed: nobody is taken for dead.
            clock.sleep(1.2)
        queue.stop()
        queue.close()
        assert worker.given == [("a", 1), ("b", 1), ("c", 1), ("d", 1)]

    def test_waiting_runs_are_done_by_another_version_with_other_code(
        self, store: Store, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(durable, "__version__", "0.0.1")
        old, worker = DurableQueue(store, limits=LIMITS), Finishing(store)
        old.start(worker)
        dispatch(old, store, "a")
        settled(worker)
        old.stop()
        dispatch(old, store, "b")
        dispatch(old, store, "c", delay=1)
        old.close()
        monkeypatch.undo()
        new, later = DurableQueue(store, limits=LIMITS), Finishing(store)
        new.start(lambda run_id, dispatch_no: later(run_id, dispatch_no))
        settle_later(later, "c")
        new.stop()
        new.close()
        assert (worker.done, sorted(later.done)) == (["a"], ["b", "c"])


class TestSQLite(TimeAndVersions):
    @pytest.fixture
    def url(self, tmp_path: Path) -> str:
        return str(tmp_path / "runner.db")

    def test_ten_thousand_delayed_runs_do_not_delay_what_is_due(self, store: Store) -> None:
        queue, worker = DurableQueue(store, limits=LIMITS), Finishing(store)
        at = store.clock.now() + timedelta(days=30)
        runs = [
            Run(f"later-{number}", RunKind.TASK, f"e-{SHOP}", RunState.UNSCHEDULED, shop=SHOP, run_at=at, priority=2)
            for number in range(10_000)
        ]

        def record(transaction: Transaction) -> None:
            queue.dispatch_new(transaction, runs)

        queue.accept(record)
        assert queue.stats() == QueueStats(0, 10_000)
        queue.start(worker)
        dispatch(queue, store, "a")
        settle_later(worker, "a")
        elapsed = stopwatch()
        for name in "bcd":
            dispatch(queue, store, name)
            settle_later(worker, name)
        took = elapsed()
        queue.stop()
        assert worker.given == [(name, 1) for name in "abcd"]
        assert took < HOUR / 1000, "three looks of the queue, not three sweeps of what waits"
        assert queue.stats() == QueueStats(0, 10_000)
        queue.close()


class TestPostgreSQL(TimeAndVersions):
    @pytest.fixture
    def url(self, postgres_url: str) -> str:
        return postgres_url
