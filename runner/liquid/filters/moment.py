"""A point in time to the nanosecond, seen in a zone."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from runner.errors import LiquidError


@dataclass(frozen=True, slots=True)
class Moment:
    """``second`` is aware, in the zone it is shown in, without a fraction; ``nanosecond`` is its fraction."""

    second: datetime
    nanosecond: int = 0

    @classmethod
    def of(cls, instant: datetime, zone: tzinfo) -> Moment:
        """An aware ``instant`` seen in ``zone``."""
        seen = instant.astimezone(zone)
        return cls(seen.replace(microsecond=0), seen.microsecond * 1000)

    @classmethod
    def local(cls, wall: datetime, zone: tzinfo, nanosecond: int = 0) -> Moment:
        """What the clocks of ``zone`` call ``wall`` (naive).

        A time that spring skips lies an hour later; of one that autumn has twice it is the first.
        """
        return cls(wall.replace(tzinfo=zone, fold=0).astimezone(UTC).astimezone(zone), nanosecond)

    @property
    def zone(self) -> tzinfo:
        """The zone it is seen in."""
        return self.second.tzinfo or UTC

    @property
    def wall(self) -> datetime:
        """What the clocks there show, naive."""
        return self.second.replace(tzinfo=None, fold=0)

    @property
    def epoch(self) -> int:
        """Whole seconds since 1970 in UTC."""
        return (self.second - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(seconds=1)

    def at(self, wall: datetime, nanosecond: int | None = None) -> Moment:
        """The moment when the clocks of its zone show ``wall``."""
        return Moment.local(wall, self.zone, self.nanosecond if nanosecond is None else nanosecond)

    def plus_months(self, count: int) -> Moment:
        """``count`` calendar months later, the day clamped to the month's end. OverflowError beyond year 9999."""
        wall = self.wall
        year, month = divmod(wall.year * 12 + wall.month - 1 + count, 12)
        if not 1 <= year <= 9999:
            raise OverflowError(f"year {year}")
        return self.at(wall.replace(year=year, month=month + 1, day=min(wall.day, monthrange(year, month + 1)[1])))

    def plus_days(self, count: int) -> Moment:
        """``count`` calendar days later, at the same time on the clock."""
        return self.at(self.wall + timedelta(days=count))

    def plus_seconds(self, count: int) -> Moment:
        """Exactly ``count`` seconds later."""
        later = self.second.astimezone(UTC) + timedelta(seconds=count)
        return Moment(later.astimezone(self.zone), self.nanosecond)


def zone_named(filter_name: str, name: str) -> tzinfo:
    """The zone ``Area/City``. LiquidError for a name that is not known."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise LiquidError(
            f"{filter_name}: unknown time zone {name!r}",
            hint='Use a name of the IANA database, such as "Europe/Paris".',
        ) from error


def iso(moment: Moment) -> str:
    """``2026-03-04T15:06:07-05:00``, with ``Z`` for UTC and without fraction."""
    offset = moment.second.utcoffset() or timedelta()
    wall = moment.wall.isoformat(timespec="seconds")
    if not offset and moment.second.tzname() in ("UTC", None):
        return f"{wall}Z"
    minutes = abs(offset) // timedelta(minutes=1)
    return f"{wall}{'-' if offset < timedelta() else '+'}{minutes // 60:02d}:{minutes % 60:02d}"
