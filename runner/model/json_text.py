"""JSON text with places: reads it strictly, and finds the line and column of any key or value.

The standard parser does the reading. The scanner here runs only when something is wrong, or when a text is edited in
place; it is iterative, so no nesting, however hostile, can exhaust the stack.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from runner.errors import InputError, RunnerError, TaskError, Where

MAX_DEPTH = 100
"""Nesting that is accepted, as in Ruby's parser; task files use less than ten."""

KeyPath = tuple[str | int, ...]
"""Keys and list positions from the root to a value."""

_SHOWN_COLUMNS = 120
_STRING = re.compile(r'"[^"\\\x00-\x1f]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\x00-\x1f]*)*"')
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_LITERAL = re.compile(r"true|false|null")
_SPACE = re.compile(r"[ \t\n\r]*")


@dataclass(frozen=True, slots=True)
class JSONText:
    """A text that was read: its ``value``, the ``text`` without byte order mark, whether it had one, its file.

    ``written`` marks a text that nobody has seen, made from data: errors then name keys, but no lines.
    """

    value: Any
    text: str
    bom: bool = False
    file: str | None = None
    written: bool = False

    def where(self, path: KeyPath, *, part: str | None = None) -> Where:
        """The place of the key at ``path`` (of the element, in a list); of its nearest parent when it is absent."""
        if self.written:
            return Where(file=self.file, part=part or path_words(path))
        known = spans(self.text)
        at = path
        while at and at not in known:
            at = at[:-1]
        span = known.get(at)
        offset = 0 if span is None else span.key
        return place(self.text, offset, file=self.file, part=part or path_words(path))


class Span(NamedTuple):
    """Offsets: where the key (or the value, without one) starts; where the value starts and ends."""

    key: int
    start: int
    end: int


class Fault(Exception):
    """What the scanner stumbled over: ``offset``, what it expected there, and the brackets open at that point."""

    def __init__(self, offset: int, expected: Expected, opened: tuple[int, ...]) -> None:
        super().__init__(expected)
        self.offset = offset
        self.expected: Expected = expected
        self.opened = opened


Expected = Literal["value", "first value", "key", "first key", "colon", "comma", "end"]


class ScanEvent(NamedTuple):
    """A step of the scan. ``kind`` is ``key``, ``value`` (of a scalar), ``open`` or ``close``."""

    kind: Literal["key", "value", "open", "close"]
    start: int
    end: int


def read_json(source: str | bytes, *, file: str | None = None, error: type[RunnerError] = InputError) -> JSONText:
    """Strict JSON in UTF-8, with or without byte order mark.

    Refused with ``error`` in plain words, line, column and source line: broken syntax, keys that come twice, NaN and
    infinities, numbers out of range, nesting deeper than ``MAX_DEPTH``, other encodings.
    """
    text, bom = _decode(source, file, error)
    try:
        value = json.loads(text, object_pairs_hook=_unique, parse_constant=_refuse_constant, parse_float=_finite)
    except (ValueError, RecursionError) as fault:
        raise _worded(text, file, error) from fault
    if _too_deep(value):
        raise _worded(text, file, error)
    return JSONText(value, text, bom, file)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError("a key comes twice")
    return made


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _finite(digits: str) -> float:
    number = float(digits)
    if number in (float("inf"), float("-inf")):
        raise ValueError("number out of range")
    return number


def _too_deep(value: Any) -> bool:
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [inner for each in level if isinstance(each, dict | list) for inner in _members(each)]
        if not level:
            return False
    return any(isinstance(each, dict | list) for each in level)


def _members(value: dict[str, Any] | list[Any]) -> Iterator[Any]:
    yield from value.values() if isinstance(value, dict) else value


def _decode(source: str | bytes, file: str | None, error: type[RunnerError]) -> tuple[str, bool]:
    if isinstance(source, str):
        try:
            source.encode()
        except UnicodeEncodeError as fault:
            where = place(source, fault.start, file=file)
            raise error("The text holds half of a character (a lone surrogate).", where=where) from fault
        return source.removeprefix("\ufeff"), source.startswith("\ufeff")
    if source.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise error("The file is in UTF-16, not UTF-8.", hint="Save it again as UTF-8.", where=Where(file=file))
    try:
        text = source.decode()
    except UnicodeDecodeError as fault:
        before = source[: fault.start].decode()
        where = place(before, len(before), file=file)
        message = f"The file is not UTF-8: byte {source[fault.start]:#04x} has no meaning there."
        raise error(message, hint="Save it again as UTF-8.", where=where) from fault
    return text.removeprefix("\ufeff"), text.startswith("\ufeff")


def _worded(text: str, file: str | None, error: type[RunnerError]) -> RunnerError:
    from runner.model.json_faults import explain  # only wanted when something is wrong

    reason = explain(text)
    code = "task.json" if error is TaskError else "input.json"
    return error(reason.message, hint=reason.hint, where=place(text, reason.offset, file=file), code=code)


def place(text: str, offset: int, *, file: str | None = None, part: str | None = None) -> Where:
    """``offset`` as line and column from 1, with the line's text, cut when it is long."""
    start = text.rfind("\n", 0, offset) + 1
    end = text.find("\n", offset)
    line = text[start : None if end < 0 else end].rstrip("\r")
    column = offset - start + 1
    if len(line) > _SHOWN_COLUMNS:
        line = line[:_SHOWN_COLUMNS] + "…"
    shown = line if column <= _SHOWN_COLUMNS else None
    return Where(file=file, part=part, line=text.count("\n", 0, offset) + 1, column=column, source=shown)


def path_words(path: KeyPath) -> str | None:
    """``preview_event_definitions[0].event_attributes``; None for the root."""
    words = ""
    for step in path:
        words += f"[{step}]" if isinstance(step, int) else f".{step}" if words else step
    return words or None


def scan(text: str) -> Iterator[ScanEvent]:
    """The events of ``text`` in order; ``Fault`` where it stops being JSON."""
    opened: list[int] = []
    expected: Expected = "value"
    at = _skip(text, 0)
    while not (at == len(text) and expected == "end"):
        start, char = at, text[at : at + 1]
        in_object = bool(opened) and text[opened[-1]] == "{"
        if expected == "colon" and char == ":":
            expected, at = "value", at + 1
        elif expected == "comma" and char == ",":
            expected, at = ("key" if in_object else "value"), at + 1
        elif expected in ("comma", "first key", "first value") and char and char == ("}" if in_object else "]"):
            opened.pop()
            expected, at = _after_value(opened), at + 1
            yield ScanEvent("close", start, at)
        elif expected in ("key", "first key") and (match := _STRING.match(text, at)):
            expected, at = "colon", match.end()
            yield ScanEvent("key", start, at)
        elif expected in ("value", "first value") and char and char in "{[":
            opened.append(at)
            expected, at = ("first key" if char == "{" else "first value"), at + 1
            yield ScanEvent("open", start, at)
        elif expected in ("value", "first value") and (match := _scalar(text, at)):
            expected, at = _after_value(opened), match.end()
            yield ScanEvent("value", start, at)
        else:
            raise Fault(at, expected, tuple(opened))
        at = _skip(text, at)


def _after_value(opened: list[int]) -> Expected:
    return "comma" if opened else "end"


def _scalar(text: str, at: int) -> re.Match[str] | None:
    return _STRING.match(text, at) or _NUMBER.match(text, at) or _LITERAL.match(text, at)


def _skip(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return at if match is None else match.end()


def spans(text: str) -> dict[KeyPath, Span]:
    """Where each key and value of a valid text stands, by path; the root is ``()``."""
    found: dict[KeyPath, Span] = {}
    path: list[str | int] = []
    starts: list[tuple[int, int]] = []  # of the open values: key offset, value offset
    key_at: int | None = None
    for event in scan(text):
        if event.kind == "key":
            key_at = event.start
            path[-1] = json.loads(text[event.start : event.end])
            continue
        if event.kind != "close":
            if path and isinstance(path[-1], int):
                path[-1] += 1
            starts.append((event.start if key_at is None else key_at, event.start))
            key_at = None
        if event.kind == "open":
            path.append("" if text[event.start] == "{" else -1)
            continue
        if event.kind == "close":
            path.pop()
        key, start = starts.pop()
        found[tuple(path)] = Span(key, start, event.end)
    return found
