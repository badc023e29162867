"""Notices jobs that never end: a thread that hangs holds its slot, and the queue has no leases (durability.md 5.5)."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from runner.clock import stopwatch

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class _UnderWay:
    run_id: str
    dispatch_no: int
    since: float
    marked: bool = False


@dataclass(slots=True)
class Watchdog:
    """Counts the jobs under way in a process with so many ``slots``, and marks those older than ``limit`` seconds.

    When more than half of the slots hang, ``end`` is called: it ends the process, and other workers, or the next one
    to start, take its work over. ``elapsed`` gives seconds that only grow.
    """

    limit: float
    slots: int
    end: Callable[[], object]
    elapsed: Callable[[], float] = field(default_factory=stopwatch)
    _jobs: list[_UnderWay] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def watching(self, run_id: str, dispatch_no: int = 1) -> Iterator[None]:
        """A job is under way for as long as the block lasts."""
        job = _UnderWay(run_id, dispatch_no, self.elapsed())
        with self._lock:
            self._jobs.append(job)
        try:
            yield
        finally:
            with self._lock:
                self._jobs.remove(job)
            if job.marked:
                logger.warning("the run %s has ended after all, in %.0f s", run_id, self.elapsed() - job.since)

    @property
    def under_way(self) -> int:
        """How many jobs there are."""
        return len(self._jobs)

    @property
    def jobs(self) -> tuple[tuple[str, int], ...]:
        """The runs and dispatch numbers of the jobs."""
        with self._lock:
            return tuple((job.run_id, job.dispatch_no) for job in self._jobs)

    @property
    def hanging(self) -> tuple[str, ...]:
        """The runs of the jobs that are marked."""
        with self._lock:
            return tuple(job.run_id for job in self._jobs if job.marked)

    def look(self) -> None:
        """Mark what has become too old; end the process when there is no use in going on."""
        now = self.elapsed()
        with self._lock:
            fresh = [job for job in self._jobs if not job.marked and now - job.since > self.limit]
            for job in fresh:
                job.marked = True
            hanging = sum(job.marked for job in self._jobs)
        for job in fresh:
            logger.error("the run %s has been under way for %.0f s, and holds a slot", job.run_id, now - job.since)
        if fresh and hanging * 2 > self.slots:
            logger.critical("%s of %s slots hang: this worker process ends, others go on", hanging, self.slots)
            self.end()
