"""The queue of one thread: tests, one-shot commands, the demo. Nothing happens unless ``step`` is called."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import TypeVar

from runner.engine.queue.port import QueueStats, Worker, in_order, opened
from runner.model.run import Run, RunState
from runner.store import Store, Transaction

T = TypeVar("T")


class InlineQueue:
    """Due runs of this queue's ``owner``, taken from the store one at a time, in the order of the priority rule.

    Other processes on the same database have other owners, and never see these runs. What a dead process left behind is
    taken over by ``adopt``, and only by it.
    """

    def __init__(self, store: Store, owner: str) -> None:
        self._store = store
        self._owner = owner
        self._worker: Worker | None = None

    def accept(self, record: Callable[[Transaction], T], *, patient: bool = False, lasting: bool = True) -> T:
        with self._store.write() as transaction:
            return record(transaction)

    def dispatch(self, transaction: Transaction, run_id: str, *, at: datetime | None = None, priority: int) -> None:
        moment = at or self._store.clock.now()
        self._store.runs.dispatched(transaction, run_id, at=moment, priority=priority, owner=self._owner)

    def dispatch_new(
        self, transaction: Transaction, runs: Sequence[Run], *, beside: Sequence[Run] = ()
    ) -> tuple[Run, ...]:
        made = opened(runs, self._store.clock.now())
        self._store.runs.add(transaction, in_order([*beside, *made]), owner=self._owner)
        return made

    def reschedule(self, run_id: str, at: datetime) -> bool:
        with self._store.write() as transaction:
            run = self._store.runs.get(run_id, within=transaction)
            if run is None or not run.job_open or run.state not in (RunState.DUE, RunState.SCHEDULED):
                return False
            self.dispatch(transaction, run_id, at=at, priority=run.priority)
            return True

    def cancel(self, run_ids: Iterable[str]) -> tuple[str, ...]:
        with self._store.write() as transaction:
            return self._store.runs.close_unstarted(transaction, run_ids, RunState.CANCELLED)

    def start(self, worker: Worker, give_up: Worker | None = None) -> None:
        self._worker = worker

    def stop(self, grace: float = 0.0) -> None:
        self._worker = None

    def stats(self) -> QueueStats:
        due, later = self._store.runs.waiting(self._owner)
        return QueueStats(due, later)

    def owns(self, run_id: str, dispatch_no: int) -> bool:
        return True

    @property
    def under_way(self) -> int:
        """Always 0: between two steps nothing is."""
        return 0

    @property
    def is_stopping(self) -> bool:
        """Never: each step is a whole one."""
        return False

    def step(self) -> bool:
        """Do the one run that comes first among the due ones; False when none is due, or nobody works."""
        due = self._store.runs.next_due(self._owner) if self._worker is not None else None
        if due is None or self._worker is None:
            return False
        self._worker(due.run_id, due.dispatch_no)
        return True

    def next_at(self, *, retries_only: bool = False) -> datetime | None:
        """When the earliest dispatch is due; only those of runs tried before, if asked. None when none waits."""
        waiting = self._store.runs.next_waiting(self._owner, retries_only=retries_only)
        return None if waiting is None else waiting.run_at

    def adopt(self, shop: str) -> int:
        """Take over every open run of ``shop``, those a dead process had begun included; how many."""
        return self._store.runs.adopt(self._owner, shop)
