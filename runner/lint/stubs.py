"""Preview data against the query they stand for (tooling.md 7, L2)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from runner.lint.flow.analysis import Stub
from runner.lint.flow.document import member_value
from runner.lint.flow.shape import NEVER, UNKNOWN, Listing, Nothing, Result, Selection, Value, only
from runner.lint.flow.text import json_text
from runner.model.json_text import KeyPath, spans

_RESPONSE = ("data", "errors", "extensions")

Surplus = tuple[str, tuple[str, ...], int]
"""A key, the keys that lead to it, and where in the script it stands."""


def surplus(stub: Stub) -> Iterator[Surplus]:
    """The keys of a stub that the query does not select, each once; none where they cannot be compared."""
    written = json_text(stub.text)
    try:
        value = json.loads(written.text)
    except (ValueError, RecursionError):
        return
    known = spans(written.text)
    seen = set()
    for path in _surplus(value, stub.live, ()):
        names = tuple(step for step in path if isinstance(step, str))
        if names not in seen:
            seen.add(names)
            yield names[-1], names[:-1], written.source(known[path].key)


def _surplus(value: Any, live: Value, path: KeyPath) -> Iterator[KeyPath]:
    if live.unknown:
        return
    if isinstance(value, list):
        items = [shape.items for shape in live.shapes if isinstance(shape, Listing)]
        for index, item in enumerate(value if len(items) == 1 else ()):
            yield from _surplus(item, items[0], (*path, index))
    elif isinstance(value, dict):
        shapes = [shape for shape in live.shapes if not isinstance(shape, Nothing)]
        if not shapes or not all(isinstance(shape, Selection | Result) for shape in shapes):
            return
        for key, inner in value.items():
            found = NEVER
            for shape in shapes:
                found = found | _member(shape, key)
            if found == NEVER:
                yield (*path, key)
            else:
                yield from _surplus(inner, found, (*path, key))


def _member(shape: Any, key: str) -> Value:
    """What ``key`` holds of a live value; never anything when it is not selected."""
    if isinstance(shape, Result):
        if key == "data":
            return only(Selection(shape.query, ()))
        return UNKNOWN if key in _RESPONSE else NEVER
    member = shape.query.member(shape.path)
    if member is None or member.fields is None:
        return UNKNOWN
    if key in member.fields:
        return member_value(shape.query, (*shape.path, key), member.fields[key])
    return UNKNOWN if member.open else NEVER
