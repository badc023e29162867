"""Values in cases: plain JSON, with no surprises.

Unquoted words are read as JSON reads them: ``true``, ``false``, ``null`` and JSON's numbers. Everything else is text as
written: ``no`` is a word, ``0012`` four characters, ``12:30`` no number, a date stays text.
"""

from __future__ import annotations

import re
from typing import Any

import yaml

from runner.errors import Where
from runner.simulator.seed_reader import Source, Table

_INTEGER = re.compile(r"-?(0|[1-9]\d*)")
_FLOAT = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?")
_WORDS = {"true": True, "false": False, "null": None, "~": None, "": None}
_MERGE = "<<"
_DEEPEST = 100


def value_of(table: Table, key: str) -> Any:
    """The value of ``key`` as plain JSON; None when it is missing or null. Marks the key as known."""
    if key not in table:
        return None
    return _plain(table.source, _node(table, key), f"{table.path}.{key}" if table.path else key, 0)


def place_of(table: Table, key: str) -> Where:
    """Where the value of ``key`` stands."""
    mark = _node(table, key).start_mark
    lines = table.source.lines
    return Where(
        table.source.name,
        part=f"{table.path}.{key}" if table.path else key,
        line=mark.line + 1,
        column=mark.column + 1,
        source=lines[mark.line] if mark.line < len(lines) else None,
    )


def _node(table: Table, key: str) -> yaml.Node:
    found: yaml.Node = next(value for name, value in table.node.value if name.value == key)
    return found


def _plain(source: Source, node: yaml.Node, part: str, depth: int) -> Any:
    if depth > _DEEPEST:
        source.refuse(node, part, f"nested deeper than {_DEEPEST} levels", "an anchor may refer to itself")
    if isinstance(node, yaml.SequenceNode):
        return [_plain(source, item, f"{part}[{at}]", depth + 1) for at, item in enumerate(node.value)]
    if isinstance(node, yaml.MappingNode):
        return _members(source, node, part, depth)
    if not isinstance(node, yaml.ScalarNode):
        source.refuse(node, part, "expected a value")
    return _scalar(node)


def _members(source: Source, node: yaml.MappingNode, part: str, depth: int) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in node.value:
        if not isinstance(key, yaml.ScalarNode):
            source.refuse(key, part, "expected a word as key")
        name = str(key.value)
        if name == _MERGE and not key.style:
            source.refuse(key, part, "merging with << is not supported", "write the keys out")
        if name in found:
            source.refuse(key, f"{part}.{name}", f"the key {name} stands here twice")
        found[name] = _plain(source, value, f"{part}.{name}", depth + 1)
    return found


def _scalar(node: yaml.ScalarNode) -> Any:
    text = str(node.value)
    if node.style:  # quoted, or a block of text
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    return float(text) if _FLOAT.fullmatch(text) else text
