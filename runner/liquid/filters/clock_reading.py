"""Parts of a date and time as read from text, and the moment they mean."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo

from runner.liquid.filters.moment import Moment


@dataclass(slots=True)
class Reading:
    """What was found; None where nothing was. ``offset`` is in seconds east of UTC, ``epoch`` seconds since 1970."""

    year: int | None = None
    month: int | None = None
    day: int | None = None
    day_of_year: int | None = None
    week: tuple[int, int, int] | None = None
    """ISO year, week and weekday."""
    hour: int | None = None
    minute: int | None = None
    second: int | None = None
    nanosecond: int = 0
    offset: int | None = None
    epoch: int | None = None
    weekday: int | None = None

    @property
    def has_date(self) -> bool:
        """True when any part of a date was read; a weekday alone does not tell a date."""
        return any(
            part is not None for part in (self.year, self.month, self.day, self.day_of_year, self.week, self.epoch)
        )

    def moment(self, now: Moment, *, rolling: bool) -> Moment | None:
        """The moment meant, seen in the zone of ``now``; missing upper parts are today's, missing lower ones least.

        None when the parts make no date; ``rolling`` lets day 30 of February be the 1st or 2nd of March, as Ruby does.
        """
        try:
            if self.epoch is not None:
                instant = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=self.epoch)
                return Moment(instant.astimezone(now.zone), self.nanosecond)
            day = self._day(now, rolling)
            clock = self._clock()
            if day is None or clock is None:
                return None
            wall = datetime.combine(day, time()) + clock
            source: tzinfo = now.zone if self.offset is None else timezone(timedelta(seconds=self.offset))
            read = Moment.local(wall, source, self.nanosecond)
            return Moment(read.second.astimezone(now.zone), self.nanosecond)
        except (ValueError, OverflowError):
            return None

    def _day(self, now: Moment, rolling: bool) -> date | None:
        today = now.wall
        if self.week is not None:
            return date.fromisocalendar(*self.week)
        year = today.year if self.year is None else self.year
        if self.day_of_year is not None:
            return date(year, 1, 1) + timedelta(days=self.day_of_year - 1) if 1 <= self.day_of_year <= 366 else None
        month = (1 if self.year is not None else today.month) if self.month is None else self.month
        least = 1 if self.year is not None or self.month is not None else today.day
        day = least if self.day is None else self.day
        if not (1 <= year <= 9999 and 1 <= month <= 12 and 1 <= day <= 31):
            return None
        longest = monthrange(year, month)[1]
        if day > longest and not rolling:
            return None
        return date(year, month, min(day, longest)) + timedelta(days=max(0, day - longest))

    def _clock(self) -> timedelta | None:
        hour, minute, second = self.hour or 0, self.minute or 0, self.second or 0
        if not (0 <= hour <= 24 and 0 <= minute <= 59 and 0 <= second <= 60) or (hour == 24 and (minute or second)):
            return None
        return timedelta(hours=hour, minutes=minute, seconds=second)


ZONE_OFFSETS = {
    "utc": 0, "gmt": 0, "ut": 0, "wet": 0, "west": 1, "bst": 1, "ist": 5.5, "cet": 1, "cest": 2, "met": 1, "mest": 2,
    "eet": 2, "eest": 3, "msk": 3, "msd": 4, "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6,
    "pst": -8, "pdt": -7, "akst": -9, "akdt": -8, "hst": -10, "hast": -10, "hadt": -9, "nst": -3.5, "ndt": -2.5,
    "ast": -4, "adt": -3, "brt": -3, "brst": -2, "art": -3, "clt": -4, "clst": -3, "sast": 2, "eat": 3, "gst": 4,
    "pkt": 5, "wib": 7, "ict": 7, "hkt": 8, "sgt": 8, "awst": 8, "jst": 9, "kst": 9, "acst": 9.5, "acdt": 10.5,
    "aest": 10, "aedt": 11, "nzst": 12, "nzdt": 13,
    "a": 1, "b": 2, "c": 3, "d": 4, "e": 5, "f": 6, "g": 7, "h": 8, "i": 9, "k": 10, "l": 11, "m": 12,
    "n": -1, "o": -2, "p": -3, "q": -4, "r": -5, "s": -6, "t": -7, "u": -8, "v": -9, "w": -10, "x": -11, "y": -12,
    "z": 0,
}  # fmt: skip
"""Hours east of UTC of the zone names that dates in text carry."""


def zone_offset(text: str) -> int | None:
    """Seconds east of UTC for ``+05:30``, ``-0530``, ``GMT+2``, ``EST``, ``Z``; None for what is none of these."""
    name = text.strip().lower()
    if name in ZONE_OFFSETS:
        return int(ZONE_OFFSETS[name] * 3600)
    for prefix in ("gmt", "utc"):
        name = name.removeprefix(prefix)
    sign, digits = name[:1], name[1:]
    if sign not in ("+", "-") or not digits:
        return None
    parts = digits.split(":") if ":" in digits else _compact(digits)
    if len(parts) > 3 or not all(part.isascii() and part.isdecimal() and len(part) <= 2 for part in parts):
        return None
    hours, minutes, seconds = (int(part) for part in [*parts, "0", "0"][:3])
    if hours > 23 or minutes > 59 or seconds > 59:
        return None
    return (hours * 3600 + minutes * 60 + seconds) * (-1 if sign == "-" else 1)


def _compact(digits: str) -> list[str]:
    if len(digits) <= 2:
        return [digits]
    digits = digits.zfill(len(digits) + len(digits) % 2)
    return [digits[start : start + 2] for start in range(0, len(digits), 2)]
