"""Ruby's ``strptime``: text read by a layout (liquid.md 3.3, ``parse_date``)."""

from __future__ import annotations

import re
from typing import Final

from runner.liquid.filters.clock_reading import Reading, zone_offset
from runner.liquid.filters.strftime import COMPOUND, DAYS, MONTHS, check_layout

_DIRECTIVE: Final = re.compile(r"%[-0^#_]*+[0-9]*+:{0,3}[EO]?([A-Za-z%+])")


def _names(words: tuple[str, ...]) -> str:
    """Either spelling of each name, the long one tried first."""
    return "|".join([f"{word}|{word[:3]}" for word in words])


_PATTERNS: Final[dict[str, str]] = {
    "A": _names(DAYS),
    "B": _names(MONTHS),
    "C": r"[+-]?\d{1,2}",
    "d": r" \d|\d{1,2}",
    "G": r"[+-]?\d{1,4}",
    "H": r" \d|\d{1,2}",
    "I": r" \d|\d{1,2}",
    "j": r"\d{1,3}",
    "L": r"\d{1,9}",
    "M": r"\d{1,2}",
    "m": r"\d{1,2}",
    "N": r"\d{1,9}",
    "p": r"[ap](?:m\b|\.m\.)",
    "S": r"\d{1,2}",
    "s": r"[+-]?\d{1,12}",
    "u": r"[1-7]",
    "V": r"\d{1,2}",
    "w": r"[0-6]",
    "Y": r"[+-]?\d+",
    "y": r"\d{1,2}",
    "z": r"(?:gmt|utc?)?[-+]\d+(?:[,.:]\d+(?::\d+)?)?|[a-z]{1,5}\b",
}
"""What each directive matches, ASCII digits, any case."""

_ALIASES: Final = {"a": "A", "b": "B", "h": "B", "e": "d", "k": "H", "l": "I", "P": "p", "Z": "z", "U": "V", "W": "V"}


def strptime(text: str, layout: str) -> Reading | None:
    """The parts of ``text`` that ``layout`` names; None when it does not match from the start.

    Text behind the match is ignored, as in Ruby; white space matches any white space.
    """
    check_layout("parse_date", layout)
    letters, pattern = _compiled(_expanded(layout))
    found = re.match(pattern, text, re.IGNORECASE | re.ASCII) if pattern is not None else None
    if found is None:
        return None
    reading, extra = Reading(), dict[str, int]()
    for letter, written in zip(letters, found.groups(), strict=True):
        if not _take(letter, written, reading, extra):
            return None
    _combine(reading, extra)
    return reading


def _expanded(layout: str) -> str:
    for letter, meaning in COMPOUND.items():
        layout = re.sub(rf"%[-0^#_]*{re.escape(letter)}", lambda _, meaning=meaning: meaning, layout)  # type: ignore[misc]
    return layout


def _compiled(layout: str) -> tuple[list[str], str | None]:
    """The letters of the directives in order, and the pattern of the whole; None for an unknown directive."""
    letters: list[str] = []
    written: list[str] = []
    position = 0
    for directive in _DIRECTIVE.finditer(layout):
        written.append(_literal(layout[position : directive.start()]))
        position = directive.end()
        letter = _ALIASES.get(directive.group(1), directive.group(1))
        if letter in ("n", "t"):
            written.append(r"\s*+")
        elif letter == "%":
            written.append("%")
        elif letter in _PATTERNS:
            # A year takes all its digits, unless more digits must follow it.
            digits_follow = letter == "Y" and re.match(r"%[-0^#_]*[CdeGHIjklLMmNSsUuVWwYy]|\d", layout[position:])
            letters.append(letter)
            # Atomic: as in Ruby, what a directive has taken is never given back for another try.
            written.append(r"([+-]?\d{1,4}+)" if digits_follow else f"(?>({_PATTERNS[letter]}))")
        else:
            return letters, None
    written.append(_literal(layout[position:]))
    return letters, "".join(written)


def _literal(text: str) -> str:
    return re.sub(r"(?:\\[\t\n\v\f\r ]|[\t\n\v\f\r ])+", r"\\s*+", re.escape(text))


def _take(letter: str, written: str, reading: Reading, extra: dict[str, int]) -> bool:
    """Put one directive's text into ``reading``, or ``extra`` when it needs others; False when it is out of range."""
    if letter == "B":
        reading.month = next(number for number, name in enumerate(MONTHS, 1) if name[:3].lower() == written[:3].lower())
    elif letter == "A":
        reading.weekday = next(number for number, name in enumerate(DAYS, 1) if name[:3].lower() == written[:3].lower())
    elif letter == "p":
        extra["p"] = 12 if written[0] in "pP" else 0
    elif letter == "z":
        reading.offset = zone_offset(written)
        return reading.offset is not None
    elif letter in ("L", "N"):
        reading.nanosecond = int(written.ljust(9, "0"))
    else:
        number = int(written[:12])
        least, most = _LIMITS.get(letter, (number, number))
        if not least <= number <= most:
            return False
        if letter in _FIELDS:
            setattr(reading, _FIELDS[letter], number)
        else:
            extra[letter] = number
    return True


_FIELDS: Final = {
    "d": "day", "H": "hour", "I": "hour", "j": "day_of_year", "M": "minute", "m": "month", "S": "second", "s": "epoch",
    "Y": "year",
}  # fmt: skip
_LIMITS: Final = {
    "d": (1, 31), "H": (0, 24), "I": (1, 12), "j": (1, 366), "M": (0, 59), "m": (1, 12), "S": (0, 60), "V": (0, 53),
}  # fmt: skip


def _combine(reading: Reading, extra: dict[str, int]) -> None:
    """What needs several directives: afternoon, century and year, ISO week."""
    if "p" in extra and reading.hour is not None:
        reading.hour = reading.hour % 12 + extra["p"]
    if "y" in extra and reading.year is None:
        century = extra.get("C", 19 if extra["y"] >= 69 else 20)
        reading.year = century * 100 + extra["y"]
    if "G" in extra and "V" in extra:
        reading.week = (extra["G"], extra["V"], extra.get("u") or reading.weekday or 1)
