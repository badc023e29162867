"""Ruby's ``strftime`` (liquid.md 3.3)."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from runner.liquid.filters.moment import Moment
from runner.liquid.limits import too_large
from runner.liquid.values import shown

MAX_WIDTH: Final = 1024
"""Characters one directive may be padded to; Ruby refuses far larger ones too."""

MONTHS: Final = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

MAX_LAYOUT: Final = 10_000
"""Characters of the longest layout of a date."""

# Possessive, since the flags and the width may both begin with zeros.
_DIRECTIVE: Final = re.compile(r"%([-0^#_]*+)([0-9]*+)(:{0,3})[EO]?([A-Za-z%+])")

COMPOUND: Final = {
    "c": "%a %b %e %H:%M:%S %Y",
    "D": "%m/%d/%y",
    "F": "%Y-%m-%d",
    "r": "%I:%M:%S %p",
    "R": "%H:%M",
    "T": "%H:%M:%S",
    "v": "%e-%^b-%Y",
    "x": "%m/%d/%y",
    "X": "%H:%M:%S",
    "+": "%a %b %e %H:%M:%S %Z %Y",
}
"""Directives that stand for several others."""


def _week_of_year(moment: Moment, first_weekday: int) -> int:
    """The week of the year; weeks start on ``first_weekday`` (0 Monday, 6 Sunday), days before the first are in 0."""
    wall = moment.wall
    return (wall.timetuple().tm_yday + 6 - (wall.weekday() - first_weekday) % 7) // 7


_NUMBERS: Final[dict[str, tuple[Callable[[Moment], int], int, str]]] = {
    "C": (lambda m: m.wall.year // 100, 2, "0"),
    "d": (lambda m: m.wall.day, 2, "0"),
    "e": (lambda m: m.wall.day, 2, " "),
    "G": (lambda m: m.wall.isocalendar().year, 4, "0"),
    "g": (lambda m: m.wall.isocalendar().year % 100, 2, "0"),
    "H": (lambda m: m.wall.hour, 2, "0"),
    "I": (lambda m: m.wall.hour % 12 or 12, 2, "0"),
    "j": (lambda m: m.wall.timetuple().tm_yday, 3, "0"),
    "k": (lambda m: m.wall.hour, 2, " "),
    "l": (lambda m: m.wall.hour % 12 or 12, 2, " "),
    "M": (lambda m: m.wall.minute, 2, "0"),
    "m": (lambda m: m.wall.month, 2, "0"),
    "S": (lambda m: m.wall.second, 2, "0"),
    "s": (lambda m: m.epoch, 1, "0"),
    "U": (lambda m: _week_of_year(m, 6), 2, "0"),
    "u": (lambda m: m.wall.isoweekday(), 1, "0"),
    "V": (lambda m: m.wall.isocalendar().week, 2, "0"),
    "W": (lambda m: _week_of_year(m, 0), 2, "0"),
    "w": (lambda m: m.wall.isoweekday() % 7, 1, "0"),
    "Y": (lambda m: m.wall.year, 4, "0"),
    "y": (lambda m: m.wall.year % 100, 2, "0"),
}
"""Directive: its number, least width, padding."""

_TEXTS: Final[dict[str, Callable[[Moment], str]]] = {
    "A": lambda m: DAYS[m.wall.weekday()],
    "a": lambda m: DAYS[m.wall.weekday()][:3],
    "B": lambda m: MONTHS[m.wall.month - 1],
    "b": lambda m: MONTHS[m.wall.month - 1][:3],
    "h": lambda m: MONTHS[m.wall.month - 1][:3],
    "n": lambda m: "\n",
    "P": lambda m: "am" if m.wall.hour < 12 else "pm",
    "p": lambda m: "AM" if m.wall.hour < 12 else "PM",
    "t": lambda m: "\t",
    "Z": lambda m: m.second.tzname() or "",
    "%": lambda m: "%",
}


def strftime(moment: Moment, layout: str) -> str:
    """``moment`` in the given layout; what is no directive is printed as it stands. LimitError for a huge width."""
    check_layout("date", layout)
    return _DIRECTIVE.sub(lambda found: _directive(moment, found), layout)


def check_layout(filter_name: str, layout: str) -> None:
    """Raise ``LimitError`` for a layout that is too long."""
    if len(layout) > MAX_LAYOUT:
        raise too_large(f"{filter_name}: the format has {len(layout):,} characters, more than {MAX_LAYOUT:,}")


def _directive(moment: Moment, found: re.Match[str]) -> str:
    flags, digits, colons, letter = found.groups()
    width = int(digits[:6] or 0)
    if width > MAX_WIDTH:
        raise too_large(f"date: the width in {shown(found.group())} is more than {MAX_WIDTH:,}")
    if letter == "z":
        return _offset(moment, flags, width, len(colons))
    if colons:
        return found.group()
    if letter in _NUMBERS:
        value, least, padding = _NUMBERS[letter]
        return _padded_number(value(moment), flags, width or least, padding)
    if letter in ("L", "N"):
        places = width or (3 if letter == "L" else 9)
        return f"{moment.nanosecond:09d}".ljust(places, "0")[:places]
    if letter in COMPOUND:
        written = strftime(moment, COMPOUND[letter])
    elif letter in _TEXTS:
        written = _TEXTS[letter](moment)
    else:
        return found.group()
    return _padded_text(_cased(written, letter, flags), flags, width)


def _padded_number(value: int, flags: str, width: int, padding: str) -> str:
    for flag in flags:
        padding = {"-": "", "0": "0", "_": " "}.get(flag, padding)
    if not padding:
        return str(value)
    return str(value).zfill(width) if padding == "0" else str(value).rjust(width)


def _cased(written: str, letter: str, flags: str) -> str:
    if "#" in flags:
        return written.lower() if letter in "pZ" else written.upper()
    return written.upper() if "^" in flags else written


def _padded_text(written: str, flags: str, width: int) -> str:
    if "-" in flags:
        return written
    return written.rjust(width, "0" if "0" in flags else " ")


def _offset(moment: Moment, flags: str, width: int, colons: int) -> str:
    """``+0530``, with colons ``+05:30`` and ``+05:30:00``; the width pads the hours."""
    offset = moment.second.utcoffset()
    seconds = int(offset.total_seconds()) if offset else 0
    sign, seconds = ("-" if seconds < 0 else "+"), abs(seconds)
    hours, minutes, rest = seconds // 3600, seconds // 60 % 60, seconds % 60
    tail = [f"{minutes:02d}", f":{minutes:02d}", f":{minutes:02d}:{rest:02d}"][min(colons, 2)]
    if colons == 3:
        tail = f":{minutes:02d}:{rest:02d}" if rest else f":{minutes:02d}" if minutes else ""
    if "_" in flags or "-" in flags:
        shown = f"{sign}{hours}{tail}"
        return shown if "-" in flags else shown.rjust(width or len(tail) + 3)
    return f"{sign}{str(hours).zfill(max(2, width - 1 - len(tail)))}{tail}"
