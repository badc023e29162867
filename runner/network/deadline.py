"""How long something may take in all."""

from __future__ import annotations

from runner.clock import stopwatch


class Deadline:
    """Ends ``seconds`` after it was made."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._elapsed = stopwatch()

    def left(self) -> float:
        """Seconds until the end; zero or less once it has passed."""
        return self._seconds - self._elapsed()

    def within(self, timeout: float | None) -> float:
        """The shorter of ``timeout`` and what is left, and never zero, which sockets take for "do not wait"."""
        left = max(self.left(), 0.001)
        return left if timeout is None else min(timeout, left)
