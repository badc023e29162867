"""Changes inside of hashes and lists: which keys a script sets, and which variables it changes in place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from liquid.ast import Node

from runner.lint.flow.condition import live_nodes
from runner.liquid.expressions.nodes import Expression, Filtered, Path, Property
from runner.liquid.tags.assign import AssignNode
from runner.liquid.tags.for_ import ForNode
from runner.liquid.tags.tablerow import TablerowNode


def set_keys(roots: Sequence[Node]) -> frozenset[str]:
    """Names that live runs may set by brackets anywhere, as in ``{% assign order["note"] = "x" %}``."""
    found = set()
    for node in live_nodes(roots):
        if isinstance(node, AssignNode) and node.target.steps:
            last = node.target.steps[-1]
            name = last.name if isinstance(last, Property) else last
            if isinstance(name, str):
                found.add(name)
    return frozenset(found)


class _Share(NamedTuple):
    """``part`` names an object that is what ``whole`` names, or in it."""

    part: str
    whole: str
    same: bool


def changed_names(roots: Sequence[Node]) -> frozenset[str]:
    """Variables that get elements, or keys only known later, in place; and all that may be or hold the same object."""
    every = list(live_nodes(roots))
    shares = [share for node in every if (share := _share(node))]
    changed: set[str] = set()
    deeply: set[str] = set()
    for node in every:
        if isinstance(node, AssignNode) and isinstance(node.target.root, str) and _puts_inside(node):
            changed.add(node.target.root)
            if len(node.target.steps) > 1:
                deeply.add(node.target.root)
    while True:
        more = {share.whole for share in shares if share.part in changed}
        inside = {share.part for share in shares if share.whole in deeply}
        same = {share.part for share in shares if share.same and share.whole in changed}
        deeper = inside | {share.part for share in shares if share.same and share.whole in deeply} | (more - changed)
        if more | inside | same <= changed and deeper <= deeply:
            return frozenset(changed)
        changed |= more | inside | same
        deeply |= deeper


def _puts_inside(node: AssignNode) -> bool:
    """Whether it sets an element, or a key that is only known later."""
    return bool(node.target.steps) and not isinstance(node.target.steps[-1], str | Property)


def _share(node: Node) -> _Share | None:
    if isinstance(node, AssignNode) and isinstance(node.target.root, str) and not node.target.steps:
        path = _path(node.value)
        return _Share(node.target.root, str(path.root), not path.steps) if path is not None else None
    if isinstance(node, ForNode | TablerowNode):
        path = _path(node.header.items)
        return _Share(node.header.variable, str(path.root), False) if path is not None else None
    return None


def _path(expression: Expression | None) -> Path | None:
    """The path that an expression gives as it is; None for what makes something new."""
    if isinstance(expression, Filtered):
        expression = expression.value if all(each.function.name in _AS_IS for each in expression.filters) else None
    return expression if isinstance(expression, Path) and isinstance(expression.root, str) else None


_AS_IS = frozenset({"default", "first", "last"})
"""Filters that give the object itself, or one in it."""
