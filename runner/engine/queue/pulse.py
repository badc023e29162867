"""Whether this worker process still lives in the eyes of the others (durability.md 5.6)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from runner.clock import stopwatch


def _awake() -> Callable[[], float]:
    return stopwatch(asleep=True)


@dataclass(slots=True)
class Pulse:
    """The beats of this process by its own clock, which goes on while the machine sleeps.

    ``patience``: so many seconds after a beat nobody takes this process for dead. After a longer silence others may
    have taken over what it had begun, and still be about to, for the same time after the next beat: it is doubtful.
    """

    patience: float
    elapsed: Callable[[], float] = field(default_factory=_awake)
    _last: float = 0.0
    _doubt_until: float = 0.0
    _changed: threading.Condition = field(default_factory=threading.Condition)

    def beaten(self, since: float) -> float:
        """A beat was written, not before ``since`` by ``elapsed``; how long the silence was, 0 for a short one."""
        with self._changed:
            silence = since - self._last
            self._last = since
            self._changed.notify_all()
            if silence < self.patience:
                return 0.0
            self._doubt_until = self.elapsed() + self.patience
            return silence

    @property
    def is_fresh(self) -> bool:
        """Whether nobody can take this process for dead now."""
        return self.elapsed() - self._last < self.patience

    @property
    def is_doubtful(self) -> bool:
        """Whether what this process had begun may have been taken over."""
        return self.elapsed() < self._doubt_until

    def wait(self, seconds: float) -> bool:
        """Wait so long at most for a beat; whether this process is alive then."""
        with self._changed:
            return self.is_fresh or (self._changed.wait(seconds) and self.is_fresh)
