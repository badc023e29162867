"""Works off what is due, in a thread of its own, until told to stop."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from runner.engine.engine import Engine
from runner.errors import RunnerError

LOOK_EVERY = 1.0
"""Seconds between two looks at what is due by time alone, and between two rounds of the chores."""

_log = logging.getLogger(__name__)


class WorkingThread:
    """Steps ``engine`` whenever something is due. ``poke`` says that something may be; time passing is noticed alone.

    ``chores`` are done between two steps, once a second: the ticks of the scheduler, another look at the tasks. What
    fails in one of them, or in the store, is logged and tried again a second later.
    """

    def __init__(self, engine: Engine, chores: tuple[Callable[[], object], ...] = ()) -> None:
        self._engine = engine
        self._chores = chores
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._work, name="runner-work", daemon=True)

    @property
    def is_alive(self) -> bool:
        """Whether it works."""
        return self._thread.is_alive()

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def poke(self) -> None:
        """Something may be due."""
        self._wake.set()

    def stop(self, grace: float) -> bool:
        """Begin nothing more and wait ``grace`` seconds for what is under way; whether it ended in time."""
        self._stopping.set()
        self._wake.set()
        self._thread.join(grace)
        return not self._thread.is_alive()

    def _work(self) -> None:
        while not self._stopping.is_set():
            self._wake.clear()
            for chore in (*self._chores, self._work_off):
                self._try(chore)
            self._wake.wait(LOOK_EVERY)

    def _work_off(self) -> None:
        steps = 0
        while not self._stopping.is_set() and steps < 1000 and self._engine.step():
            steps += 1
        if steps == 1000:
            # So many at a time, so that the chores are not forgotten under load.
            self._wake.set()

    def _try(self, work: Callable[[], object]) -> None:
        try:
            work()
        except RunnerError as fault:
            _log.error("%s", fault)
        except Exception:  # noqa: BLE001  a fault of ours must not end the only thread that works
            _log.exception("the working thread met a fault of the engine; it goes on")
