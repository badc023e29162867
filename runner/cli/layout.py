"""JSON values as lines for people: texts of several lines as they are, hashes and lists indented."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from textwrap import dedent
from typing import Any, TypeVar

_Member = TypeVar("_Member")

MOST_LINES = 24
"""Lines of one text that are shown unless all are wanted."""
MOST_ITEMS = 10
"""Members of one list or hash that are shown unless all are wanted."""
LONGEST_LINE = 400
"""Characters of one line that are shown unless all are wanted."""
_INLINE = 72
"""Characters up to which a list or hash stands in one line, as JSON."""
_SPARED = 4
"""Lines or members that are not worth a note that they were left out."""
_LOOKS_OTHERWISE = re.compile(r"|\s.*|.*\s|null|true|false|-?[0-9][0-9.eE+-]*|[\[{\"].*", re.DOTALL)
"""Texts that need quotes, not to be taken for nothing, a number, or a list."""


def value_lines(value: Any, *, whole: bool = False) -> list[str]:
    """``value`` in lines, indented by two a level; without ``whole``, what is long is cut, and says so."""
    if isinstance(value, str):
        return _text_lines(value, whole)
    if isinstance(value, Mapping) and value:
        return _member_lines([(f"{key}:", member) for key, member in value.items()], whole)
    if isinstance(value, Sequence) and value:
        return _item_lines(value, whole)
    return [json.dumps(value, ensure_ascii=False)]


def labelled(label: str, value: Any, *, whole: bool = False) -> list[str]:
    """``label`` with the value behind it when it fits into a line, else below it."""
    inline = _inline(value, whole)
    if inline is not None:
        return [f"{label} {inline}".rstrip()]
    return [label, *indented(value_lines(value, whole=whole))]


def indented(lines: Iterable[str], by: int = 2) -> list[str]:
    """``lines`` moved to the right; empty ones stay empty."""
    return [f"{' ' * by}{line}" if line else "" for line in lines]


def _member_lines(members: list[tuple[str, Any]], whole: bool) -> list[str]:
    shown = members if whole else _first(members, MOST_ITEMS)
    lines = [line for label, member in shown for line in _member(label, member, whole)]
    return [*lines, *_more(len(members) - len(shown), "more")]


def _item_lines(items: Sequence[Any], whole: bool) -> list[str]:
    """The items of a list: a hash or text of several lines begins behind the dash."""
    lines: list[str] = []
    shown = items if whole else _first(items, MOST_ITEMS)
    for item in shown:
        if _inline(item, whole) is None:
            first, *rest = value_lines(item, whole=whole) or [""]
            lines += [f"- {first}", *indented(rest)]
        else:
            lines += _member("-", item, whole)
    return [*lines, *_more(len(items) - len(shown), "more")]


def _first(members: Sequence[_Member], most: int) -> Sequence[_Member]:
    """The first ``most``, or all where little would be left out."""
    return members if len(members) <= most + _SPARED else members[:most]


def _more(count: int, what: str) -> list[str]:
    return [f"… {count} {what}; --verbose shows all"] if count else []


def _member(label: str, member: Any, whole: bool) -> list[str]:
    if isinstance(member, str) and _LOOKS_OTHERWISE.fullmatch(member) and "\n" not in member.strip():
        return [f"{label} {json.dumps(_cut(member, whole), ensure_ascii=False)}"]
    return labelled(label, member, whole=whole)


def _inline(value: Any, whole: bool) -> str | None:
    """``value`` in one line; None when it needs more."""
    if isinstance(value, str):
        text = value.strip("\r\n")
        return None if "\n" in text else _cut(text, whole)
    text = json.dumps(value, ensure_ascii=False)
    # A line break inside would stand there as two characters, which nobody reads as one.
    short = len(text) <= _INLINE and "\\n" not in text
    return text if not isinstance(value, Mapping | list | tuple) or not value or short else None


def _text_lines(text: str, whole: bool) -> list[str]:
    """The lines of ``text`` without those around it that are blank, and without common indentation."""
    lines = [line.rstrip() for line in dedent("\n".join(text.splitlines())).split("\n")]
    while lines and not lines[0]:
        del lines[0]
    while lines and not lines[-1]:
        del lines[-1]
    shown = lines if whole else _first(lines, MOST_LINES)
    return [*(_cut(line, whole) for line in shown), *_more(len(lines) - len(shown), "more lines")]


def _cut(line: str, whole: bool) -> str:
    if whole or len(line) <= LONGEST_LINE:
        return line
    return f"{line[:LONGEST_LINE].rstrip()}… ({len(line)} characters; --verbose shows all)"
