"""Keeps the two books of the durable queue in step, whatever dies (durability.md 5.6).

Each worker process has one thread that beats (a growing number in its row of ``mech_workers``), gives the claims of
workers that fell silent back to the queue, compares open runs with their dispatches, and deletes old dispatches.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from runner.clock import stopwatch
from runner.engine.queue.dispatches import LIVE, WORN_OUT, Dispatches, dispatch_id, run_of
from runner.engine.queue.pulse import Pulse
from runner.errors import StoreError
from runner.store import Store

logger = logging.getLogger(__name__)

BEATS = 10
"""How many beats a heartbeat period has. Nine without one mean death."""
RECONCILE_EVERY = 60.0
OVERDUE = timedelta(seconds=60)
FORGET_EVERY = 3600.0
FORGET_AFTER = timedelta(days=1)
PAGE = 1000


@dataclass(slots=True)
class Silence:
    """Who has not been heard of for how long, by this process's own clock: those of other machines may be wrong.

    A worker is silent when its beat has stood still for ``patience`` seconds of ``elapsed``. After a gap in this
    process's own looks longer than that (it was stopped, or the database was away) everybody gets a new chance.
    """

    patience: float
    elapsed: Callable[[], float] = field(default_factory=stopwatch)
    _heard: dict[str, tuple[int, float]] = field(default_factory=dict)
    _looked: float = 0.0

    def silent(self, beats: dict[str, int]) -> frozenset[str]:
        """Note the present ``beats`` by executor id; the ids of those that stand still for too long."""
        now = self.elapsed()
        renewed = now - self._looked > self.patience / 2
        self._looked = now
        heard = {}
        for executor_id, beat in beats.items():
            known = self._heard.get(executor_id)
            heard[executor_id] = known if known and known[0] == beat and not renewed else (beat, now)
        self._heard = heard
        return frozenset(name for name, (_, at) in heard.items() if now - at >= self.patience)


class Recovery:
    """The keeper of one worker process, named ``executor_id`` on ``host``.

    ``alone``: no other worker process can be alive, as the lock of a SQLite file proves. ``again`` dispatches a run
    anew if its present dispatch is still the one given; ``give_up`` ends a run whose process died time and again;
    ``adopt`` takes over what commands of one thread left overdue; ``watch`` looks after the jobs of this process.
    ``jobs`` are the dispatches that it works on; ``end`` ends it, when others have taken some of them over.
    """

    def __init__(
        self,
        store: Store,
        book: Dispatches,
        executor_id: str,
        *,
        host: str,
        version: str,
        heartbeat: float,
        alone: bool,
        again: Callable[[str, int], bool],
        give_up: Callable[[str, int], object],
        adopt: Callable[[], int],
        watch: Callable[[], object],
        jobs: Callable[[], Sequence[str]],
        end: Callable[[], object],
    ) -> None:
        self._store = store
        self._book = book
        self._id = executor_id
        self._host = host
        self._version = version
        self._alone = alone
        self._again = again
        self._give_up = give_up
        self._adopt = adopt
        self._watch = watch
        self._jobs = jobs
        self._end = end
        self._pause = heartbeat / BEATS
        self._silence = Silence(patience=self._pause * (BEATS - 1))
        self._pulse = Pulse(patience=self._pause * (BEATS - 1))
        self._elapsed = stopwatch()
        self._reconciled = 0.0
        self._forgot = -FORGET_EVERY
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="queue-recovery", daemon=True)

    def announce(self) -> None:
        """Make this worker known. Must come before its first claim, or others take the claim over at once."""
        since = self._pulse.elapsed()
        self._store.workers.beat(self._id, host=self._host, version=self._version)
        silence = self._pulse.beaten(since)
        if silence and not self._alone:
            logger.warning("this worker gave no sign of life for %.0f s: others may have taken its work over", silence)

    def owns(self, key: str) -> bool | None:
        """Whether a dispatch that this worker claimed is still its own; None while that cannot be known.

        Then another beat is needed: a moment is waited for it. Raises StoreError.
        """
        if self._alone:
            return True
        if not self._pulse.wait(self._pause):
            return None
        return not self._pulse.is_doubtful or not self._book.lost([key], self._id)

    def start(self) -> None:
        """Take over at once what can only be a dead worker's, then go on in a thread."""
        if self._alone:
            self._take_over(self._book.owners() - {self._id})
        self._thread.start()

    def stop(self) -> None:
        """End the thread, and sign this worker off: what it may have left is free for others."""
        self._ended.set()
        self._thread.join()
        try:
            self._store.workers.remove(self._id)
        except StoreError as error:
            logger.warning("the worker could not sign off; others will notice its silence: %s", error)

    def look(self) -> frozenset[str]:
        """One beat, and one look at the others; the workers found dead, whose claims were given back."""
        self.announce()
        self._check_own()
        rows = self._store.workers.all()
        silent = self._silence.silent({row.executor_id: row.beat for row in rows if row.executor_id != self._id})
        alive = {row.executor_id for row in rows} - silent | {self._id}
        dead = self._book.owners() - alive
        self._take_over(dead)
        elapsed = self._elapsed()
        # One of the living does the rest: the same one for all of them, while they agree on who lives.
        if self._id == min(alive):
            if elapsed - self._reconciled >= RECONCILE_EVERY:
                self._reconciled = elapsed
                self.reconcile()
            if elapsed - self._forgot >= FORGET_EVERY:
                self._forgot = elapsed
                self.forget()
        return dead

    def reconcile(self) -> int:
        """Compare the two books and mend what differs; how many runs and dispatches that were.

        An open run, overdue, whose dispatch is missing or has ended is dispatched anew. A waiting dispatch whose run is
        gone, closed or dispatched otherwise is taken back. Other workers doing the same at once do no harm.
        """
        return self._mend_runs() + self._mend_dispatches() + self._adopt()

    def forget(self) -> int:
        """Delete dispatches, and rows of workers, that ended a day ago; how many dispatches."""
        before = self._store.clock.now() - FORGET_AFTER
        total = 0
        while (some := self._book.forget(before, limit=PAGE)) and not self._ended.is_set():
            total += some
        self._store.workers.forget(before)
        return total

    def _keep(self) -> None:
        while not self._ended.wait(self._pause):
            try:
                self._watch()
                self.look()
            except StoreError as error:
                logger.warning("the queue's keeper could not look after the other workers: %s", error)
            except Exception:  # the keeper must outlive a fault of ours: without it nothing is taken over
                logger.exception("a fault of the queue's keeper")

    def _check_own(self) -> None:
        """End this process where others have taken over what it still works on: it cannot be stopped otherwise."""
        if self._alone or not self._pulse.is_doubtful:
            return
        lost = self._book.lost(self._jobs(), self._id)
        if lost:
            logger.critical("others took over %s run(s) of this worker while it was silent: it ends", len(lost))
            self._end()

    def _take_over(self, dead: frozenset[str]) -> None:
        if dead:
            count = self._book.take_over(sorted(dead))
            logger.warning("took over %s runs of workers that ended: %s", count, ", ".join(sorted(dead)))

    def _mend_runs(self) -> int:
        before = self._store.clock.now() - OVERDUE
        mended = after = 0
        while jobs := self._store.jobs.overdue(before, after=after, limit=PAGE):
            after = jobs[-1].number
            states = self._book.states([dispatch_id(job.run_id, job.dispatch_no) for job in jobs])
            for job in jobs:
                state = states.get(dispatch_id(job.run_id, job.dispatch_no))
                if state in LIVE:
                    continue
                mended += 1
                if state == WORN_OUT:
                    logger.error("the run %s is given up: its process died again and again", job.run_id)
                    self._give_up(job.run_id, job.dispatch_no)
                elif self._again(job.run_id, job.dispatch_no):
                    logger.warning("the run %s had lost its dispatch (%s) and got a new one", job.run_id, state)
        return mended

    def _mend_dispatches(self) -> int:
        stale: list[str] = []
        offset = 0
        while keys := self._book.waiting(limit=PAGE, offset=offset):
            offset += len(keys)
            named = {key: run_of(key) for key in keys}
            numbers = self._store.jobs.dispatch_numbers([run_id for run_id, _ in named.values()], opened=True)
            stale += [key for key, (run_id, number) in named.items() if numbers.get(run_id) != number]
        if stale:
            self._book.cancel(stale)
            logger.warning("took back %s dispatches of runs that no longer wait", len(stale))
        return len(stale)
