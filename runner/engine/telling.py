"""Tells one observer what happens, from however many threads, and counts it."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from datetime import datetime

from runner.engine.observe import (
    ActionPerformed,
    EventMatched,
    EventSkipped,
    Observer,
    Occurrence,
    RunFailed,
    RunRetried,
    TaskRunRendered,
)


@dataclass(frozen=True, slots=True)
class Counts:
    """What a ``drain`` did. ``later`` dispatches wait for ``next_at`` or longer, when it came to its end."""

    events: int = 0
    tasks: int = 0
    actions: int = 0
    failed: int = 0
    retried: int = 0
    later: int = 0
    next_at: datetime | None = None


class Teller:
    """Passes occurrences on to ``observer``, one at a time whichever threads they come from, and keeps count.

    The observer may call the engine: what happens then is told from inside its own call.
    """

    def __init__(self, observer: Observer) -> None:
        self._observer = observer
        self._turn = threading.RLock()
        self._counts = Counts()

    def __call__(self, occurrence: Occurrence) -> None:
        """Tell it."""
        with self._turn:
            self._counts = _counting(self._counts, occurrence)
            self._observer(occurrence)

    def reset(self) -> Counts:
        """The sums so far; from now on it counts from nothing."""
        with self._turn:
            counts, self._counts = self._counts, Counts()
        return counts


def _counting(counts: Counts, occurrence: Occurrence) -> Counts:
    match occurrence:
        case EventMatched() | EventSkipped():
            return replace(counts, events=counts.events + 1)
        case TaskRunRendered():
            return replace(counts, tasks=counts.tasks + 1)
        case ActionPerformed():
            return replace(counts, actions=counts.actions + 1)
        case RunFailed():
            return replace(counts, failed=counts.failed + 1)
        case RunRetried():
            return replace(counts, retried=counts.retried + 1)
        case _:
            return counts
