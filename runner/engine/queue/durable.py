"""The queue that survives its processes: run ids in DBOS, beside our tables, on SQLite or PostgreSQL (durability.md 5).

Any process may dispatch; worker processes ``start``. A SQLite file has one worker process at a time, held by a lock
file beside it; a PostgreSQL database any number.
"""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import TypeVar

from runner import __version__
from runner.engine.ids import fresh_id
from runner.engine.queue.dispatches import Dispatches, dispatch_id
from runner.engine.queue.limits import QueueLimits
from runner.engine.queue.port import QueueStats, Worker, in_order, opened
from runner.engine.queue.recovery import OVERDUE, Recovery
from runner.engine.queue.watchdog import Watchdog
from runner.errors import StoreError
from runner.model.run import Run, RunState
from runner.store import SHARED, Store, Transaction
from runner.store.chunks import chunks
from runner.store.lock import FileLock
from runner.store.together import Together

T = TypeVar("T")
logger = logging.getLogger(__name__)

FIRST_PAUSE, LONGEST_PAUSE = 0.2, 5.0
"""Seconds between tries while the database is away: doubling from the first to the longest (durability.md 5.5)."""
PATIENCE = 5
"""How many tries an ``accept`` gets before its caller is told: three seconds, since a shop waits five for the answer to
a webhook. Runs under way are tried for ever."""


class DurableQueue:
    """Dispatches of runs, kept in the database of ``store`` itself. ``ids`` names worker processes, each anew.
    ``end`` ends this process, when most of what it works on hangs, or when others have taken it for dead and work on
    the same; without it, that is logged and no more.

    Raises StoreError where the database cannot be used.
    """

    def __init__(
        self,
        store: Store,
        *,
        limits: QueueLimits | None = None,
        ids: Callable[[], str] = fresh_id,
        end: Callable[[], object] | None = None,
    ) -> None:
        self._store = store
        self._limits = limits or QueueLimits()
        self._ids = ids
        self._book = Dispatches(store)
        on_file = store.database.file is not None
        self._together = Together(store.write) if on_file else None
        self._fleeting = Together(lambda: store.write(lasting=False)) if on_file else None
        self._lock = None if store.database.file is None else FileLock(f"{store.database.file}.lock")
        self._recovery: Recovery | None = None
        self._stopping = threading.Event()
        self._end = end or _go_on
        self._watchdog = Watchdog(self._limits.job, self._limits.worker, self._end)

    # --- the port ------------------------------------------------------------------------------------------------

    def accept(self, record: Callable[[Transaction], T], *, patient: bool = False, lasting: bool = True) -> T:
        """As the port says. While the database is away for a moment, ``record`` is called again: it must bear that."""
        left = PATIENCE
        together = self._together if lasting else self._fleeting
        for pause in _pauses():
            try:
                if together is not None:
                    return together.run(record)
                with self._store.write() as transaction:
                    return record(transaction)
            except StoreError as error:
                left -= not patient or self._stopping.is_set()
                if not error.transient or not left:
                    raise
                if not self._stopping.wait(pause):
                    continue
                self._store.clock.sleep(pause)
        raise AssertionError("the pauses have no end")

    def dispatch(self, transaction: Transaction, run_id: str, *, at: datetime | None = None, priority: int) -> None:
        now = self._store.clock.now()
        moment = at or now
        done = self._store.runs.dispatched(transaction, run_id, at=moment, priority=priority, owner=SHARED)
        if done is not None:
            delay = (moment - now).total_seconds()
            self._book.add(
                transaction, run_id, done.dispatch_no, shop=done.shop, priority=priority, delay=max(0.0, delay)
            )

    def dispatch_new(
        self, transaction: Transaction, runs: Sequence[Run], *, beside: Sequence[Run] = ()
    ) -> tuple[Run, ...]:
        now = self._store.clock.now()
        made = opened(runs, now)
        self._store.runs.add(transaction, in_order([*beside, *made]), owner=SHARED)
        for run in made:
            delay = max(0.0, ((run.run_at or now) - now).total_seconds())
            self._book.add(transaction, run.id, run.dispatch_no, shop=run.shop, priority=run.priority, delay=delay)
        return made

    def reschedule(self, run_id: str, at: datetime) -> bool:
        def move(transaction: Transaction) -> str | None:
            run = self._store.runs.get(run_id, within=transaction)
            if run is None or not run.job_open or run.state not in (RunState.DUE, RunState.SCHEDULED):
                return None
            self.dispatch(transaction, run_id, at=at, priority=run.priority)
            return dispatch_id(run_id, run.dispatch_no)

        old = self.accept(move)
        if old is None:
            return False
        self._book.cancel([old])
        return True

    def cancel(self, run_ids: Iterable[str]) -> tuple[str, ...]:
        """As the port says. Our rows decide: a dispatch claimed before it could be taken back finds its run closed."""
        wanted = tuple(run_ids)

        def close(transaction: Transaction) -> tuple[tuple[str, ...], dict[str, int]]:
            closed = self._store.runs.close_unstarted(transaction, wanted, RunState.CANCELLED)
            return closed, self._store.jobs.dispatch_numbers(closed, opened=False, within=transaction)

        closed, numbers = self.accept(close)
        self._book.cancel([dispatch_id(run_id, number) for run_id, number in numbers.items()])
        return closed

    def start(self, worker: Worker, give_up: Worker | None = None) -> None:
        """Claim runs in this process, and give them to ``worker`` on threads of their own.

        ``give_up`` ends a run whose process died five times over it; without it, such a run is tried again. Raises
        StoreError when another process works on the same SQLite file, ConfigError when this one works already.
        """
        if self._lock is not None:
            self._lock.take()
        executor_id = self._ids()
        recovery = Recovery(
            self._store,
            self._book,
            executor_id,
            host=socket.gethostname(),
            version=__version__,
            heartbeat=self._limits.heartbeat,
            alone=self._lock is not None,
            again=self._again,
            give_up=give_up or self._again,
            adopt=self._mend_strange,
            watch=self._watchdog.look,
            jobs=lambda: [dispatch_id(*job) for job in self._watchdog.jobs],
            end=self._end,
        )

        def run_job(run_id: str, dispatch_no: int) -> None:
            self._work(worker, run_id, dispatch_no)

        self._stopping.clear()
        self._recovery = recovery
        try:
            recovery.announce()
            self._book.launch(executor_id, run_job, self._limits)
        except BaseException:
            self._recovery = None
            self._unlock()
            raise
        try:
            recovery.start()
        except BaseException:
            self._recovery = None
            self._book.land(0)
            self._unlock()
            raise

    def stop(self, grace: float = 0.0) -> None:
        if self._recovery is None:
            return
        self._stopping.set()
        self._book.land(grace)
        self._recovery.stop()
        self._recovery = None
        self._unlock()

    def stats(self) -> QueueStats:
        due, later = self._store.runs.waiting(SHARED)
        return QueueStats(due, later)

    def adopt(self, shop: str) -> int:
        """As the port says. Runs begun within the last minute are left to the command, which may still be there."""
        return self._adopt(self._store.jobs.strange(self._store.clock.now() - OVERDUE, shop=shop))

    def owns(self, run_id: str, dispatch_no: int) -> bool:
        for pause in _pauses():
            recovery = self._recovery
            try:
                owned = recovery is not None and recovery.owns(dispatch_id(run_id, dispatch_no))
            except StoreError as error:
                if not error.transient:
                    raise
                owned = None
                self._stopping.wait(pause)
            if owned is not None or self._stopping.is_set():
                return bool(owned)
        raise AssertionError("the pauses have no end")

    @property
    def under_way(self) -> int:
        """How many runs this process is working on."""
        return self._watchdog.under_way

    @property
    def hanging(self) -> tuple[str, ...]:
        """The runs that this process has been working on for longer than a job may last."""
        return self._watchdog.hanging

    @property
    def is_stopping(self) -> bool:
        """Whether jobs under way should hand over what they have not begun."""
        return self._stopping.is_set()

    # --- beyond the port -----------------------------------------------------------------------------------------

    def reconcile(self) -> int:
        """Mend differences between runs and dispatches now, not within a minute; how many. For a started queue."""
        return 0 if self._recovery is None else self._recovery.reconcile()

    def close(self) -> None:
        """Stop at once, and let go of the database. The store stays open."""
        self.stop()
        self._book.close()

    # --- inside --------------------------------------------------------------------------------------------------

    def _work(self, worker: Worker, run_id: str, dispatch_no: int) -> None:
        """Call ``worker`` until it has done its work, and count it meanwhile."""
        with self._watchdog.watching(run_id, dispatch_no):
            if self.owns(run_id, dispatch_no):
                self._try(worker, run_id, dispatch_no)
            else:
                # To return would tell the book that it was done. The keeper ends this process, if it may.
                self._stopping.wait(self._limits.heartbeat)

    def _try(self, worker: Worker, run_id: str, dispatch_no: int) -> None:
        """Begin again where the database went away (durability.md 5.5, rule 3)."""
        for pause in _pauses():
            try:
                return worker(run_id, dispatch_no)
            except StoreError as error:
                if not error.transient:
                    logger.error("the run %s waits for the next look, in a minute: %s", run_id, error)
                    raise
                logger.warning("the run %s is tried again in %s s: %s", run_id, pause, error)
                if self._stopping.wait(pause):
                    raise  # the dispatch ends without its run: the next look of any worker finds that
        return None

    def _adopt(self, run_ids: Sequence[str]) -> int:
        """Move runs from queues of one thread into this one; how many it still could."""

        def move(transaction: Transaction, some: Sequence[str]) -> int:
            moved = 0
            for run_id in some:
                run = self._store.runs.get(run_id, within=transaction)
                if run is not None and run.job_open:
                    self.dispatch(transaction, run_id, at=run.run_at, priority=run.priority)
                    moved += 1
            return moved

        return sum(self.accept(lambda tx, part=some: move(tx, part)) for some in chunks(run_ids, 200))  # type: ignore[misc]

    def _mend_strange(self) -> int:
        """Take over what commands that ended left overdue."""
        before = self._store.clock.now() - OVERDUE
        return self._adopt(self._store.jobs.strange(before, due_before=before))

    def _again(self, run_id: str, dispatch_no: int) -> bool:
        """Dispatch a run anew, unless that has been done, or it has ended, since ``dispatch_no``."""

        def renew(transaction: Transaction) -> bool:
            run = self._store.runs.get(run_id, within=transaction)
            if run is None or not run.job_open or run.dispatch_no != dispatch_no:
                return False
            self.dispatch(transaction, run_id, priority=run.priority)
            return True

        return self.accept(renew)

    def _unlock(self) -> None:
        if self._lock is not None:
            self._lock.release()


def _go_on() -> None:
    """What is done about hanging jobs where nobody may end the process."""


def _pauses() -> Iterator[float]:
    pause = FIRST_PAUSE
    while True:
        yield pause
        pause = min(pause * 2, LONGEST_PAUSE)
