"""Which place of the script wrote an action, and in which rounds of loops: noted while rendering, at little cost.

What a tag writes is found again in the output by its text, also when it was captured and printed later. For objects
that a script prints by itself, the marks of the output tell.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import deque
from collections.abc import Iterator
from typing import Any, NamedTuple

from runner.model.rendering import Origin, Round

MOST_NOTES = 100_000
"""Tags that are noted in one render; what later ones wrote has no origin."""
_NAMES = ("admin_graphql_api_id", "id", "sku", "name", "title", "key", "displayName")
"""What tells an item from others, the best first."""
_MOST_TEXT = 100
_PAIR = 2
"""A pair of a hash is told by its key."""
_COMPARED = 12

Rounds = tuple[tuple[int, str, int, Any], ...]
"""(offset of the loop's tag, its variable, the round from 1 on, what tells the item), outer loops first."""


class Mark(NamedTuple):
    """Text at ``position`` of the output comes from offset ``start`` of the source, in these ``rounds``."""

    position: int
    start: int
    rounds: Rounds = ()


class Notes:
    """What the tags of one render wrote."""

    __slots__ = ("_count", "_written")

    def __init__(self) -> None:
        self._written: dict[int, deque[tuple[int, Rounds]]] = {}
        self._count = 0

    def add(self, text: str, start: int, rounds: Rounds) -> None:
        """The tag at ``start`` wrote ``text``."""
        if self._count < MOST_NOTES:
            self._count += 1
            self._written.setdefault(hash(text), deque()).append((start, rounds))

    def take(self, text: str) -> tuple[int, Rounds] | None:
        """Who wrote ``text``: of several that did, each in turn, the last one for all that are left."""
        found = self._written.get(hash(text))
        if not found:
            return None
        return found.popleft() if len(found) > 1 else found[0]


class OriginFinder:
    """Tells the origins of the actions of one output, asked for in the order of the output."""

    def __init__(self, source: str, output: str, marks: list[Mark], notes: Notes) -> None:
        self._source = source
        self._output = output
        self._marks = marks
        self._notes = notes
        self._lines: dict[int, int] = {}

    def origin(self, position: int, end: int) -> Origin | None:
        """Where the object that stands from ``position`` to ``end`` came from."""
        noted = self._notes.take(self._output[position:end])
        if noted is None:
            index = bisect_right(self._marks, position, key=lambda mark: mark.position) - 1
            if index < 0:
                return None
            mark = self._marks[index]
            noted = self._exact(mark, position), mark.rounds
        start, rounds = noted
        return Origin(self._line(start), start, tuple(self._rounds(rounds)))

    def _exact(self, mark: Mark, position: int) -> int:
        """The offset of the object itself, where it stands literally in the script's text behind the mark."""
        at = mark.start + position - mark.position
        beginning = self._output[position : position + _COMPARED]
        return at if self._source.startswith(beginning, at) else mark.start

    def _rounds(self, rounds: Rounds) -> Iterator[Round]:
        for start, variable, index, item in rounds:
            yield Round(self._line(start), variable, index, item)

    def _line(self, start: int) -> int:
        line = self._lines.get(start)
        if line is None:
            line = self._lines[start] = self._source.count("\n", 0, start) + 1
        return line


def told(item: Any) -> Any:
    """What tells ``item`` from others, short enough to be kept; None when nothing does."""
    if item is None or isinstance(item, bool | int | float):
        return item
    if isinstance(item, str):
        return item if len(item) <= _MOST_TEXT else f"{item[: _MOST_TEXT - 1]}…"
    if isinstance(item, dict):
        for name in _NAMES:
            value = item.get(name)
            if value and isinstance(value, str | int):
                return {name: told(value)}
        node = item.get("node")
        return told(node) if isinstance(node, dict) else None
    if isinstance(item, list | tuple) and len(item) == _PAIR and isinstance(item[0], str):
        return told(item[0])
    # Of a resource of the shop, what came with it: asking it for more may cost a request.
    payload = getattr(item, "payload", None)
    return told(payload) if isinstance(payload, dict) else None
