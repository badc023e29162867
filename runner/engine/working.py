"""Lets an engine work on its queue, and does the chores beside it, until told to stop."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from runner.engine.engine import Engine
from runner.errors import RunnerError

LOOK_EVERY = 1.0
"""Seconds between two rounds of the chores."""

_log = logging.getLogger(__name__)


class WorkingThread:
    """Starts ``engine``, whose queue works on threads of its own, and goes on with the ``chores`` in one more.

    Chores are done once a second, one after the other: the ticks of the scheduler, another look at the tasks. What
    fails in one of them is logged and tried again a second later. ``long`` ones, which wait for the shop, have a thread
    of their own. ``works`` false: chores only, no runs are taken.
    """

    def __init__(
        self,
        engine: Engine,
        chores: tuple[Callable[[], object], ...] = (),
        long: tuple[Callable[[], object], ...] = (),
        *,
        works: bool = True,
    ) -> None:
        self._engine = engine
        self._works = works
        self._stopping = threading.Event()
        self._threads = [
            threading.Thread(target=self._go_on, args=(each,), name="runner-chores", daemon=True)
            for each in (chores, long)
            if each
        ]

    @property
    def is_alive(self) -> bool:
        """Whether it goes on."""
        return all(thread.is_alive() for thread in self._threads)

    def start(self) -> None:
        """Begin. Raises as ``Engine.start``."""
        if self._works:
            self._engine.start()
        for thread in self._threads:
            thread.start()

    def stop(self, grace: float) -> int:
        """Begin nothing more and wait ``grace`` seconds for what is under way; how many runs were left in the middle.

        Another worker process goes on with those, or the next one to start.
        """
        self._stopping.set()
        if self._works:
            self._engine.stop(grace)
        for thread in self._threads:
            if thread.is_alive():
                thread.join(grace)
        return self._engine.queue.under_way

    def _go_on(self, chores: tuple[Callable[[], object], ...]) -> None:
        while True:
            for chore in chores:
                self._try(chore)
            if self._stopping.wait(LOOK_EVERY):
                return

    def _try(self, work: Callable[[], object]) -> None:
        try:
            work()
        except RunnerError as fault:
            _log.error("%s", fault)
        except Exception:  # noqa: BLE001  a fault of ours must not end the only thread that does chores
            _log.exception("a chore beside the engine met a fault; it is tried again")
