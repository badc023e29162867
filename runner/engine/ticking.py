"""Looks at the schedule when a tick can be due, and at no other time: each look is a commit (durability.md 5.7)."""

from __future__ import annotations

from datetime import datetime, timedelta

from runner.engine.engine import Engine
from runner.engine.schedule import Tick, seconds_to_next_look


class Schedule:
    """A chore of the worker: ``Engine.tick`` at the start, and on each boundary of five minutes after it."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._last: datetime | None = None
        self._next: datetime | None = None

    def look(self) -> tuple[Tick, ...]:
        """The ticks that were accepted; none while it is not time. After a fault the next call tries again.

        Raises StoreError as ``Engine.tick``.
        """
        now = self._engine.store.clock.now()
        if self._last is not None and self._next is not None and self._last <= now < self._next:
            return ()
        # A clock that was set back is looked at anew: what it shows twice is one tick by its name.
        found = self._engine.tick(now)
        self._last = now
        self._next = now + timedelta(seconds=seconds_to_next_look(now))
        return found
