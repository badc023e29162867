"""Time as an argument. The only module that asks the system what time it is, or sleeps."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """What the engine needs of time."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""

    def sleep(self, seconds: float) -> None:
        """Return ``seconds`` later by this clock. Negative counts as zero."""


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def sleep(self, seconds: float) -> None:
        if seconds > 0:
            time.sleep(seconds)


class FixedClock:
    """A clock that stands still until told to move: renderings, snapshots and tests of retries.

    ``moment`` must be an aware datetime (``ValueError`` otherwise). ``sleep`` moves it without waiting.
    """

    def __init__(self, moment: datetime) -> None:
        if moment.tzinfo is None:
            raise ValueError(f"FixedClock needs a datetime with a time zone, not {moment!r}")
        self._moment = moment.astimezone(UTC)

    def now(self) -> datetime:
        return self._moment

    def sleep(self, seconds: float) -> None:
        self.advance(max(0.0, seconds))

    def advance(self, seconds: float) -> datetime:
        """Move by ``seconds`` and return the new present."""
        self._moment += timedelta(seconds=seconds)
        return self._moment

    def set(self, moment: datetime) -> None:
        """Jump to an aware ``moment``, in either direction."""
        self._moment = moment.astimezone(UTC)


def iso_utc(moment: datetime) -> str:
    """``2026-03-04T20:06:07.089Z``: ISO 8601 in UTC with milliseconds, as every record writes time (engine.md 1)."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def stopwatch(*, asleep: bool = False) -> Callable[[], float]:
    """A function that gives the seconds since this call, on the machine's monotonic clock.

    For budgets and durations only: no result may depend on it. ``asleep``: those that the machine slept count too,
    where it can tell.
    """
    # Linux stops the usual clock while the machine is suspended; others have no such clock, or one that goes on.
    number = getattr(time, "CLOCK_BOOTTIME", None) if asleep else None
    read = time.monotonic if number is None else lambda: time.clock_gettime(number)
    started = read()
    return lambda: read() - started
