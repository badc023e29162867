"""Retention: what is over for long enough is deleted, an hour's worth at a time (engine.md 1.7, durability.md 5.8)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from runner.clock import iso_utc, stopwatch
from runner.store import Store
from runner.store.kept import KeptValues
from runner.store.retention import Deleted

EVERY = timedelta(hours=1)
BUSY = 0.25
"""Seconds that one look spends at most, so that ticks of the schedule are not late for it."""


class Retention:
    """A chore of the worker: once an hour, deletes events that are complete for longer than ``keep``, and dead cache.

    Several workers share the hour by a note in the database; when two of them do it at once, no harm is done.
    """

    # differs: how long events are kept is a setting; the platform has 15 days for everybody (engine.md 1.7).
    def __init__(
        self, store: Store, keep: timedelta, *, elapsed: Callable[[], Callable[[], float]] = stopwatch
    ) -> None:
        self._store = store
        self._keep = keep
        self._elapsed = elapsed
        self._notes = KeptValues(store.database, "retention")
        self._parts: Iterator[Deleted] | None = None
        self._next: datetime | None = None

    def look(self) -> Deleted:
        """Go on with what is to be deleted, for a moment; what was. Raises StoreError."""
        now = self._store.clock.now()
        if self._parts is None:
            if self._next is not None and now < self._next:
                return Deleted()
            self._next = self._due(now)
            if now < self._next:
                return Deleted()
            self._notes.put("begun", iso_utc(now))
            self._next = now + EVERY
            self._parts = parts(self._store, now - self._keep)
        elapsed = self._elapsed()
        total = Deleted()
        try:
            for part in self._parts:
                total += part
                if elapsed() >= BUSY:
                    return total
        except BaseException:
            self._parts = None
            raise
        self._parts = None
        return total

    def _due(self, now: datetime) -> datetime:
        """When the next hour begins, by the note of whoever did it last. A note from the future does not count."""
        begun = self._notes.get("begun")
        last = datetime.fromisoformat(begun) if begun else None
        return now if last is None or last > now else last + EVERY


def parts(store: Store, before: datetime) -> Iterator[Deleted]:
    """Delete what was complete before ``before``, part by part; what each part deleted."""
    store.cache.sweep()
    place = None
    while True:
        deleted, place = store.retention.delete_page(before, place)
        yield deleted
        if place is None:
            return


def prune(store: Store, before: datetime) -> Deleted:
    """Delete everything that was complete before ``before``, at once; what that was."""
    return sum(parts(store, before), Deleted())
