"""The shop's own time."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

from runner.clock import Clock
from runner.errors import InputError

_FIRST, _LAST = datetime(1971, 1, 1, tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC)
_YEARS = "its clock goes from 1971 to 9000"


class VirtualClock:
    """Starts at ``start`` (aware) and moves when told to (simulator.md 2): same requests, same times.

    With ``real``, it also moves as that clock does: a served shop, whose clients really wait for the bucket to fill.
    """

    def __init__(self, start: datetime, real: Clock | None = None) -> None:
        self._lock = threading.Lock()
        self._real = real
        self._base = start.astimezone(UTC)
        self._since = real.now() if real else None

    @property
    def ticking(self) -> bool:
        """True when it moves by itself."""
        return self._real is not None

    def now(self) -> datetime:
        """The shop's present, aware, UTC."""
        with self._lock:
            return self._now()

    def sleep(self, seconds: float) -> None:
        """Move on by ``seconds`` without waiting. Negative counts as zero."""
        self.advance(max(0.0, seconds))

    def advance(self, seconds: float) -> datetime:
        """Move by ``seconds`` (also backwards) and return the new present. ``InputError`` beyond 1971 to 9000."""
        with self._lock:
            try:
                self._base = _possible(self._base + timedelta(seconds=seconds))
            except (OverflowError, ValueError) as error:
                raise InputError(f"no shop's time is {seconds} seconds from now", hint=_YEARS) from error
            return self._now()

    def set(self, moment: datetime) -> datetime:
        """Jump to an aware ``moment`` and return it. ``InputError`` beyond 1971 to 9000."""
        with self._lock:
            try:
                self._base = _possible(moment.astimezone(UTC))
            except OverflowError as error:
                raise InputError(f"no shop's time is {moment.isoformat()}", hint=_YEARS) from error
            self._since = self._real.now() if self._real else None
            return self._now()

    def _now(self) -> datetime:
        if self._real is None or self._since is None:
            return self._base
        return self._base + (self._real.now() - self._since)


def _possible(moment: datetime) -> datetime:
    if not _FIRST <= moment <= _LAST:
        raise OverflowError(moment)
    return moment
