"""How one value of an object compares with one value of a search term, by kind of field."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_COMPARE: dict[str | None, Callable[[Any, Any], bool]] = {
    None: operator.eq,
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
}
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*", re.UNICODE)
_MOMENT = re.compile(
    r"""(\d{4})(?:-(\d{1,2})(?:-(\d{1,2})                      # 2026, 2026-03, 2026-03-02
        (?:[T ](\d{1,2})(?::(\d{2})(?::(\d{2})(?:\.\d+)?)?)?)?)?)?  # T15, T15:04, T15:04:05.123
        \s*(Z|[+-]\d{2}:?\d{2})?\Z""",
    re.VERBOSE,
)
_DAYS = {"past_day": 1, "past_week": 7, "past_month": 30, "past_quarter": 90, "past_year": 365}


@dataclass(frozen=True, slots=True)
class Zone:
    """The shop's time zone and present: dates in a query are the shop's days."""

    zone: tzinfo
    now: datetime

    @classmethod
    def of(cls, name: str | None, now: datetime) -> Zone:
        """The zone called ``name``; UTC for one that is not known."""
        try:
            return cls(ZoneInfo(name or "UTC"), now)
        except (ZoneInfoNotFoundError, ValueError):
            return cls(UTC, now)


def matches(kind: str, actual: Any, wanted: str, quoted: bool, comparator: str | None, zone: Zone) -> bool:
    """Whether ``actual`` is what the term asks for."""
    match kind:
        case "id":
            return _numbers(_id(str(actual)), _id(wanted), comparator)
        case "number":
            return _numbers(_decimal(actual), _decimal(wanted), comparator)
        case "boolean":
            return bool(actual) is (wanted.lower() in ("true", "1", "yes"))
        case "time":
            return _time(str(actual), wanted, comparator, zone)
        case "ids":
            return any(_numbers(_id(str(actual)), _id(part), None) for part in wanted.split(","))
        case "list":
            return any(_exact(str(actual), part.strip(), quoted, None) for part in wanted.split(","))
        case "exact":
            return _exact(str(actual), wanted, quoted, comparator)
        case _:
            return _words(str(actual), wanted, quoted)


def _exact(actual: str, wanted: str, quoted: bool, comparator: str | None) -> bool:
    left, right = actual.casefold(), wanted.casefold()
    if comparator:
        return _COMPARE[comparator](left, right)
    if right.endswith("*") and not quoted:
        return left.startswith(right[:-1])
    return left == right


def _words(actual: str, wanted: str, quoted: bool) -> bool:
    """Each wanted word is a word of the text (its beginning, when it ends in ``*``); a phrase in this order."""
    have = [word.casefold() for word in _WORD.findall(actual)]
    want = [word.casefold() for word in _WORD.findall(wanted)]
    if not want:
        return actual.casefold() == wanted.casefold()
    if quoted:
        return any(have[start : start + len(want)] == want for start in range(len(have) - len(want) + 1))
    if wanted.endswith("*"):
        *whole, prefix = want
        return all(word in have for word in whole) and any(word.startswith(prefix) for word in have)
    return all(word in have for word in want)


def _numbers(actual: Decimal | None, wanted: Decimal | None, comparator: str | None) -> bool:
    return actual is not None and wanted is not None and _COMPARE[comparator](actual, wanted)


def _id(text: str) -> Decimal | None:
    return _decimal(text.rsplit("/", 1)[-1].partition("?")[0])


def _decimal(value: Any) -> Decimal | None:
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return None


def _time(actual: str, wanted: str, comparator: str | None, zone: Zone) -> bool:
    """A date is the span of that day, a year of that year: before it, in it, or after it."""
    span = _span(wanted, zone)
    if span is None:
        return False
    start, end = span
    moment = datetime.fromisoformat(actual)
    if comparator is None:
        return start <= moment < end if end > start else moment == start
    return {">": moment >= end if end > start else moment > start, ">=": moment >= start, "<": moment < start}.get(
        comparator, moment < end if end > start else moment <= start
    )


def _span(text: str, zone: Zone) -> tuple[datetime, datetime] | None:
    lowered = text.lower()
    local = zone.now.astimezone(zone.zone)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    day = timedelta(days=1)
    if lowered == "now":
        return zone.now, zone.now
    if lowered in ("today", "yesterday"):
        start = midnight if lowered == "today" else midnight - day
        return start, start + day
    if lowered in _DAYS:
        return zone.now - _DAYS[lowered] * day, zone.now + timedelta(seconds=1)
    match = _MOMENT.match(text.strip())
    if match is None:
        return None
    return _calendar_span(match, zone)


def _calendar_span(match: re.Match[str], zone: Zone) -> tuple[datetime, datetime] | None:
    year, month, date, hour, minute, second, offset = match.groups()
    where: tzinfo = zone.zone
    if offset:
        where = datetime.fromisoformat("2000-01-01T00:00:00" + offset).tzinfo or UTC
    try:
        start = datetime(
            int(year), int(month or 1), int(date or 1), int(hour or 0), int(minute or 0), int(second or 0), tzinfo=where
        )
    except ValueError:
        return None
    if month is None:
        return start, start.replace(year=start.year + 1)
    if date is None:
        following = start.replace(day=28) + timedelta(days=4)
        return start, following.replace(day=1)
    if hour is None:
        return start, start + timedelta(days=1)
    step = timedelta(hours=1) if minute is None else timedelta(minutes=1) if second is None else timedelta(seconds=1)
    return start, start + step
