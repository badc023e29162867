"""The filters ``date`` and ``parse_date`` (liquid.md 3.3)."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from datetime import date as date_type
from typing import Any, Final

from runner.errors import LiquidError
from runner.liquid.filters.moment import Moment, iso, zone_named
from runner.liquid.filters.ruby_time import read_time
from runner.liquid.filters.strftime import DAYS, strftime
from runner.liquid.filters.strptime import strptime
from runner.liquid.state import RenderState
from runner.liquid.values import Described, argument_text, shown

_LAST_NANOSECOND: Final = 999_999_999
_TERM: Final = re.compile(r"\s*([+-]?)\s*(\d{1,9})\s*(year|month|week|day|hour|minute|second)s?\b[\s,]*", re.IGNORECASE)
_NOW: Final = re.compile(r"\s*(?:now|today)\s*(?P<term>[+-].*)?", re.IGNORECASE | re.DOTALL)


def date(
    value: Any,
    format: Any = None,
    *,
    tz: Any = None,
    beginning_of_year: Any = None,
    end_of_year: Any = None,
    beginning_of_quarter: Any = None,
    end_of_quarter: Any = None,
    beginning_of_month: Any = None,
    end_of_month: Any = None,
    beginning_of_week: Any = None,
    end_of_week: Any = None,
    beginning_of_day: Any = None,
    middle_of_day: Any = None,
    end_of_day: Any = None,
    advance: Any = None,
    state: RenderState,
) -> Any:
    """A moment as text, in Ruby's ``strftime`` layout or ISO 8601, in the shop's zone or ``tz``.

    The moment is ``now``, epoch seconds, or a text with a date; texts without offset are local to the zone. The other
    named options move it, in the order in which they stand here: ``beginning_of_week`` and ``end_of_week`` name the day
    that a week begins with, ``advance`` is such as ``1 year, -2 days 3 hours``, the others are ``true``. What is no
    moment is returned unchanged.
    LiquidError for an unknown zone or weekday, a malformed ``advance``, and moments beyond the year 9999.
    """
    zone = zone_named("date", argument_text(tz)) if tz not in (None, "") else state.zone
    moment = _moment(value, Moment.of(state.now, zone))
    if moment is None:
        return value
    spans = {
        "year": (beginning_of_year, end_of_year),
        "quarter": (beginning_of_quarter, end_of_quarter),
        "month": (beginning_of_month, end_of_month),
    }
    try:
        for span, (beginning, end) in spans.items():
            moment = _span_edge(moment, span, beginning is True, end is True)
        moment = _week_edge(moment, beginning_of_week, end_of_week)
        moment = _day_edge(moment, beginning_of_day is True, middle_of_day is True, end_of_day is True)
        moment = advanced("date", moment, advance) if advance not in (None, "") else moment
    except OverflowError as error:
        raise LiquidError(f"date: {shown(value)} moved beyond the year 9999 or before the year 1") from error
    layout = argument_text(format)
    return strftime(moment, layout) if layout else iso(moment)


def _moment(value: Any, now: Moment) -> Moment | None:
    """The moment that ``value`` means, seen in the zone of ``now``; None when it means none."""
    if isinstance(value, Described):
        value = value.describe()
    if isinstance(value, str):
        written = value.strip()
        relative = _NOW.fullmatch(written)
        if relative:
            return _relative(now, relative["term"])
        if written.isascii() and written.isdecimal():
            return _epoch(int(written[:20]), now)
        reading = read_time(written)
        return reading.moment(now, rolling=True) if reading else None
    if isinstance(value, datetime):
        return Moment.of(value if value.tzinfo else value.replace(tzinfo=now.zone), now.zone)
    if isinstance(value, date_type):
        return Moment.local(datetime.fromisoformat(value.isoformat()), now.zone)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return _epoch(value, now)
    return None


def _relative(now: Moment, term: str | None) -> Moment | None:
    """``now + 5 days``: at most one term behind the word."""
    if term is None:
        return now
    found = _TERM.fullmatch(term)
    if found is None or not found.group(1):
        return None
    try:
        return _advance_by(now, found)
    except OverflowError:
        return None


def _epoch(seconds: float, now: Moment) -> Moment | None:
    try:
        whole = int(seconds // 1)
        instant = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=whole)
        return Moment(instant.astimezone(now.zone), int((seconds - whole) * 1_000_000_000))
    except (OverflowError, ValueError):
        return None


def _span_edge(moment: Moment, span: str, beginning: bool, end: bool) -> Moment:
    """The first or last instant of the moment's year, quarter or month; first then last when both are asked."""
    if not beginning and not end:
        return moment
    length = {"year": 12, "quarter": 3, "month": 1}[span]
    wall = moment.wall
    first = moment.at(_midnight(wall).replace(month=(wall.month - 1) // length * length + 1, day=1), 0)
    if not end:
        return first
    return first.at(_day_end(first.plus_months(length).wall - timedelta(days=1)), _LAST_NANOSECOND)


def _midnight(wall: datetime) -> datetime:
    return wall.replace(hour=0, minute=0, second=0)


def _day_end(wall: datetime) -> datetime:
    return wall.replace(hour=23, minute=59, second=59)


def _week_edge(moment: Moment, beginning: Any, end: Any) -> Moment:
    """The edges of the week; the text given names its first day, for both edges."""
    for name, wanted, is_end in (("beginning_of_week", beginning, False), ("end_of_week", end, True)):
        if not isinstance(wanted, str) or not wanted:
            continue
        first = next((number for number, day in enumerate(DAYS) if day.lower() == wanted.strip().lower()), None)
        if first is None:
            raise LiquidError(f"date: {name}: {shown(wanted)} is no day of the week", hint="Use a name such as monday.")
        start = moment.wall - timedelta(days=(moment.wall.weekday() - first) % 7)
        last = _day_end(start + timedelta(days=6)) if is_end else None
        moment = moment.at(last, _LAST_NANOSECOND) if last else moment.at(_midnight(start), 0)
    return moment


def _day_edge(moment: Moment, beginning: bool, middle: bool, end: bool) -> Moment:
    if beginning:
        moment = moment.at(_midnight(moment.wall), 0)
    if middle:
        moment = moment.at(_midnight(moment.wall).replace(hour=12), 0)
    return moment.at(_day_end(moment.wall), _LAST_NANOSECOND) if end else moment


def advanced(filter_name: str, moment: Moment, terms: Any) -> Moment:
    """``moment`` moved by ``1 year, -2 days 3 hours``: years to days on the calendar, hours to seconds exactly.

    LiquidError when ``terms`` is anything else. OverflowError beyond the years 1 to 9999.
    """
    written = argument_text(terms).strip()
    position = 0
    while position < len(written) or position == 0:
        found = _TERM.match(written, position)
        if found is None:
            raise LiquidError(
                f"{filter_name}: advance: {shown(terms)} is not an amount of time",
                hint='Write numbers and units, such as "1 year, -2 days 3 hours".',
            )
        moment = _advance_by(moment, found)
        position = found.end()
    return moment


def _advance_by(moment: Moment, term: re.Match[str]) -> Moment:
    count = int(term.group(2)) * (-1 if term.group(1) == "-" else 1)
    unit = term.group(3).lower()
    if unit in ("year", "month"):
        return moment.plus_months(count * (12 if unit == "year" else 1))
    if unit in ("week", "day"):
        return moment.plus_days(count * (7 if unit == "week" else 1))
    return moment.plus_seconds(count * {"hour": 3600, "minute": 60, "second": 1}[unit])


def parse_date(value: Any, format: Any, *, state: RenderState) -> str | None:
    """The date that ``format`` finds in a text, as ISO 8601 in the shop's zone; nil when it does not match.

    Parts above the first one given are today's, parts below the last one least.
    """
    now = Moment.of(state.now, state.zone)
    reading = strptime(argument_text(value), argument_text(format))
    moment = reading.moment(now, rolling=False) if reading and value is not None else None
    return iso(moment) if moment else None


FILTERS: dict[str, Callable[..., Any]] = {"date": date, "parse_date": parse_date}
