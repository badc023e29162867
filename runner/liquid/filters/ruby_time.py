"""Dates and times in free text, read as Ruby's ``Date._parse`` reads them (liquid.md 3.3).

A time is looked for anywhere in the text and taken out, then the first date form that is found counts.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from runner.liquid.filters.clock_reading import Reading, zone_offset

MAX_LENGTH: Final = 128
"""Characters of the longest text that is searched for a date, as in Ruby."""

_MONTH_NAMES: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_FLAGS: Final = re.IGNORECASE | re.ASCII

_ISO: Final = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?\s*(Z|[+-]\d\d:?\d\d)?)?", _FLAGS
)
_NOISE: Final = re.compile(r"[^-+',./:@\w\[\]]+")
_WEEKDAY: Final = re.compile(r"\b(?:sun|mon|tue|wed|thu|fri|sat)[^-/\d\s]*", _FLAGS)
_TIME: Final = re.compile(
    r"""(?:
          (?P<hour>\d+)\s*:\s*(?P<minute>\d+)(?:\s*:\s*(?P<second>\d+)(?:[.,](?P<fraction>\d*))?)?
          (?:\s*(?P<half>[ap])(?:m\b|\.m\.))?
        | (?P<hour2>\d+)\s*(?P<half2>[ap])(?:m\b|\.m\.)
        | (?P<hour3>\d+)\s*h(?:\s*(?P<minute3>\d+)m?(?:\s*(?P<second3>\d+)s?)?)?\b
       )
       (?:\s*(?P<zone>(?:gmt|utc?)?[-+]\d+(?:[,.:]\d+(?::\d+)?)?|[a-z]{1,5}\b))?""",
    _FLAGS | re.VERBOSE,
)


def read_time(text: str) -> Reading | None:
    """The date and time in ``text``; None when there is none."""
    iso = _ISO.fullmatch(text)
    if iso:
        return _iso_reading(iso)
    if len(text) > MAX_LENGTH:
        return None
    reading = Reading()
    rest = _WEEKDAY.sub(" ", _NOISE.sub(" ", text), count=1)
    rest = _take_time(rest, reading)
    for pattern, read in _DATE_FORMS:
        found = pattern.search(rest)
        if found and read(found, reading):
            break
    return reading if reading.has_date or reading.hour is not None else None


def _iso_reading(found: re.Match[str]) -> Reading:
    year, month, day, hour, minute, second, fraction, zone = found.groups()
    reading = Reading(year=int(year), month=int(month), day=int(day))
    if hour:
        reading.hour, reading.minute, reading.second = int(hour), int(minute), int(second or 0)
        reading.nanosecond = int((fraction or "0")[:9].ljust(9, "0"))
        reading.offset = zone_offset(zone) if zone else None
    return reading


def _take_time(text: str, reading: Reading) -> str:
    found = _TIME.search(text)
    if not found:
        return text
    hour = int((found["hour"] or found["hour2"] or found["hour3"])[:4])
    half = (found["half"] or found["half2"] or "").lower()
    reading.hour = hour % 12 + (12 if half == "p" else 0) if half else hour
    reading.minute = int((found["minute"] or found["minute3"] or "0")[:4])
    reading.second = int((found["second"] or found["second3"] or "0")[:4])
    reading.nanosecond = int((found["fraction"] or "0")[:9].ljust(9, "0"))
    end = found.end()
    if found["zone"]:
        reading.offset = zone_offset(found["zone"])
        if reading.offset is None:
            # A word that is no zone may be the month: "17:00 Jan 5".
            end = found.start("zone")
    return f"{text[: found.start()]} {text[end:]}"


def _set_date(reading: Reading, year: str | None, month: str | int | None, day: str | None) -> bool:
    """Year, month and day in the order they stood, put right as Ruby does: the longest or quoted part is the year."""
    if year and month and not day:
        year, month, day = None, year, str(month)
    if not year and day and (len(day.lstrip("-")) > 2 or day.startswith("'")):
        year, day = day, None
    if year and re.search(r"\d+[a-z]", year, _FLAGS):
        year, day = day, year
    if isinstance(month, str) and (month.startswith("'") or len(month) > 2):
        year, month, day = month, day, year
    if day and (day.startswith("'") or len(re.sub(r"\D", "", day)) > 2):
        year, day = day, year
    reading.year = _year(year) if year else None
    reading.month = _number(month) if isinstance(month, str) else month
    reading.day = _number(day) if day else None
    return True


def _number(text: str) -> int:
    return int(re.sub(r"[^0-9]", "", text)[:6])


def _year(text: str) -> int:
    digits = re.sub(r"[^-0-9]", "", text)
    number, short = int(digits[:9]), len(digits) <= 2
    return number + (1900 if number >= 69 else 2000) if short and number >= 0 else number


def _month(name: str) -> int:
    return _MONTH_NAMES.index(name[:3].lower()) + 1


def _european(found: re.Match[str], reading: Reading) -> bool:
    return _set_date(reading, found[3], _month(found[2]), found[1])


def _american(found: re.Match[str], reading: Reading) -> bool:
    return _set_date(reading, found[3], _month(found[1]), found[2])


def _iso_like(found: re.Match[str], reading: Reading) -> bool:
    return _set_date(reading, found[1], found[2], found[3])


def _iso_week(found: re.Match[str], reading: Reading) -> bool:
    reading.week = (int(found[1]), int(found[2]), int(found[3] or 1))
    return True


def _ordinal(found: re.Match[str], reading: Reading) -> bool:
    reading.year, reading.day_of_year = int(found[1]), int(found[2])
    return True


def _year_and_month(found: re.Match[str], reading: Reading) -> bool:
    reading.year, reading.month = int(found[1]), int(found[2])
    return True


def _year_alone(found: re.Match[str], reading: Reading) -> bool:
    reading.year = _year(found[1])
    return True


def _month_alone(found: re.Match[str], reading: Reading) -> bool:
    reading.month = _month(found[1])
    return True


def _day_alone(found: re.Match[str], reading: Reading) -> bool:
    reading.day = int(found[1])
    return True


def _digits(found: re.Match[str], reading: Reading) -> bool:
    """``20200102`` and ``20200102T030405Z``; shorter ones are a day, month and day, or a short year with both."""
    day, clock, fraction, zone = found[1], found[2] or "", found[3], found[4]
    if len(day) in (12, 14):
        day, clock = (day[:8], day[8:]) if len(day) == 14 else (day[:6], day[6:])
    if len(day) == 8:
        reading.year, reading.month, reading.day = int(day[:4]), int(day[4:6]), int(day[6:])
    elif len(day) == 6:
        reading.year, reading.month, reading.day = _year(day[:2]), int(day[2:4]), int(day[4:])
    elif len(day) == 4:
        reading.month, reading.day = int(day[:2]), int(day[2:])
    elif len(day) == 7:
        reading.year, reading.day_of_year = int(day[:4]), int(day[4:])
    elif len(day) == 3:
        reading.day_of_year = int(day)
    elif len(day) == 2:
        reading.day = int(day)
    else:
        return False
    if clock and reading.hour is None:
        reading.hour, reading.minute, reading.second = (int(clock[at : at + 2] or 0) for at in (0, 2, 4))
        reading.nanosecond = int((fraction or "0")[:9].ljust(9, "0"))
        reading.offset = zone_offset(zone) if zone else None
    return True


_MONTH: Final = "(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
_MONTH_WORD: Final = rf"{_MONTH}[^-\d\s']*"
"""Any word that begins like a month is one ("marketing"), as in Ruby."""
_YEAR: Final = r"('?-?\d+(?:(?:st|nd|rd|th)\b)?)"
_COMPACT: Final = r"(?<![\w.,/])(\d{2,14})(?:\s*t\s*(?:(\d{2,6})(?:[,.](\d*))?)?)?(z\b|[-+]\d{1,4}\b)?(?![\w.,/])"

_DATE_FORMS: Final[tuple[tuple[re.Pattern[str], Callable[[re.Match[str], Reading], bool]], ...]] = (
    (re.compile(rf"('?\d+)[^-\d\s]*\s*{_MONTH_WORD}(?:\s*{_YEAR})?", _FLAGS), _european),
    (re.compile(rf"\b{_MONTH_WORD}\s*('?\d+)[^-\d\s']*(?:\s*,?\s*('?-?\d+))?", _FLAGS), _american),
    (re.compile(r"('?[-+]?\d+)-(\d+)-('?-?\d+)", _FLAGS), _iso_like),
    (re.compile(rf"('?-?\d+)-{_MONTH}[^-/.]*-('?-?\d+)", _FLAGS), _european),
    (re.compile(rf"\b{_MONTH}[^-/.]*-('?-?\d+)(?:-('?-?\d+))?", _FLAGS), _american),
    (re.compile(r"('?-?\d+)/\s*('?\d+)(?:\D\s*('?-?\d+))?", _FLAGS), _iso_like),
    (re.compile(r"('?-?\d+)\.\s*('?\d+)\.\s*('?-?\d+)", _FLAGS), _iso_like),
    (re.compile(r"\b(\d{4})-?w(\d\d)(?:-?(\d))?\b", _FLAGS), _iso_week),
    (re.compile(r"\b(\d{4})-(\d{3})\b", _FLAGS), _ordinal),
    (re.compile(r"\b(\d{4})-(\d\d)\b", _FLAGS), _year_and_month),
    (re.compile(r"'(\d+)\b", _FLAGS), _year_alone),
    (re.compile(rf"\b{_MONTH}\S*", _FLAGS), _month_alone),
    (re.compile(r"\b(\d{1,2})(?:st|nd|rd|th)\b", _FLAGS), _day_alone),
    (re.compile(_COMPACT, _FLAGS), _digits),
)
"""The forms of a date, in the order Ruby tries them."""
