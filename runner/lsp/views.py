"""The texts of a task inside a file: a part is a whole file, or a string of JSON with escapes in it."""

from __future__ import annotations

import json
import re
from array import array
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from runner.model.json_text import Fault, KeyPath, Span, spans

_CHARACTER = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\.|.", re.DOTALL
)
"""One character of a JSON string, escaped or not."""
_LIQUID_KEYS = ("script", "subscriptions_template", "online_store_javascript", "order_status_javascript")
_HALF_WRITTEN = re.compile(rf'"({"|".join(_LIQUID_KEYS)})"\s*:\s*"((?:\\.|[^"\\\n])*)')
"""A part of a file that is no JSON at the moment: whoever writes in a string of it may just have typed a quote."""


@dataclass(frozen=True, slots=True)
class View:
    """``text`` is what a part says; ``starts`` is where each of its characters, and its end, stands in the file.

    ``starts`` None: the file is the text.
    """

    part: KeyPath
    text: str
    starts: array[int] | None = None

    def outside(self, offset: int) -> int:
        """Where in the file the character at ``offset`` stands."""
        return offset if self.starts is None else self.starts[min(max(offset, 0), len(self.starts) - 1)]

    def inside(self, offset: int) -> int | None:
        """Which character stands at ``offset`` of the file; None when the part is not there."""
        if self.starts is None:
            return offset
        if not self.starts[0] <= offset <= self.starts[-1]:
            return None
        return bisect_right(self.starts, offset) - 1

    def written(self, text: str) -> str:
        """``text`` as it has to stand in the file."""
        return text if self.starts is None else json.dumps(text, ensure_ascii=False)[1:-1]


def json_views(text: str) -> tuple[View, ...]:
    """The parts of a task file that can be helped with: the script and its like, texts of options, topics."""
    try:
        known = spans(text)
    except Fault:
        return tuple(_views_of_broken(text))
    return tuple(
        _view(path, text, span.start + 1, span.end - 1)
        for path, span in known.items()
        if _is_shown(path) and text[span.start] == '"'
    )


def key_spans(text: str) -> dict[KeyPath, Span]:
    """Where the keys of a JSON text stand; none in one that is broken."""
    try:
        return spans(text)
    except Fault:
        return {}


def _is_shown(path: KeyPath) -> bool:
    match path:
        case (str(key),):
            return key in _LIQUID_KEYS
        case ("options", *_) | ("subscriptions", _) | ("preview_event_definitions", _, "event_attributes", "topic"):
            return True
        case _:
            return False


def _views_of_broken(text: str) -> Iterator[View]:
    for found in _HALF_WRITTEN.finditer(text):
        yield _view((found[1],), text, found.start(2), found.end(2))


def _view(path: KeyPath, text: str, start: int, end: int) -> View:
    matches = list(_CHARACTER.finditer(text, start, end))
    starts = array("L", (match.start() for match in matches))
    starts.append(end)
    try:
        value = json.loads(f'"{text[start:end]}"', strict=False)
    except ValueError:
        value = "".join(match.group()[-1] for match in matches)  # an escape that is no escape
    return View(path, value, starts)
