"""When a failed run is tried again (engine.md 4.4)."""

from __future__ import annotations

from dataclasses import dataclass

DELAYS = (30.0, 76.0, 152.0, 308.0)
"""Seconds before the second, third, fourth and fifth attempt."""
NO_JITTER = 0.5


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """A rule as a value: ``delays`` in seconds, one a retry; each is moved by up to ``jitter``, a share of itself."""

    delays: tuple[float, ...] = DELAYS
    jitter: float = 0.1

    @property
    def attempts(self) -> int:
        """How often a run is tried at most, the first time included."""
        return len(self.delays) + 1

    def delay_after(self, attempt: int, *, transient: bool, chance: float = NO_JITTER) -> float | None:
        """Seconds to wait after the failed ``attempt`` (from 1 on), or None: never again.

        Only ``transient`` failures are tried again. ``chance`` from 0 up to 1 picks the place within the jitter; one
        half is the plain delay.
        """
        if not transient or not 1 <= attempt <= len(self.delays):
            return None
        return self.delays[attempt - 1] * (1 + self.jitter * (2 * chance - 1))
