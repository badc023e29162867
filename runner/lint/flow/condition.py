"""Conditions that are decided by whether it is a live run or a preview: those about ``event.preview``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from liquid.ast import Node

from runner.lint.tree import blocks, path_words
from runner.liquid.expressions.nodes import And, Comparison, Expression, Literal, Or, Path
from runner.liquid.tags.if_ import Branch, IfNode
from runner.liquid.values import BLANK, EMPTY

_PREVIEW = ("event", "preview")


def truth(condition: Expression, *, preview: bool = False) -> bool | None:
    """Whether ``condition`` holds in a live run, or in a ``preview``; None when it depends."""
    match condition:
        case Path():
            return preview if path_words(condition) == _PREVIEW else None
        case Literal():
            return condition.value is not None and condition.value is not False
        case Comparison():
            return _compared(condition, preview)
        case Or():
            return _any(*(truth(side, preview=preview) for side in (condition.left, condition.right)))
        case And():
            return _all(*(truth(side, preview=preview) for side in (condition.left, condition.right)))
        case _:
            return None


def _any(left: bool | None, right: bool | None) -> bool | None:
    if left is True or right is True:
        return True
    return None if left is None or right is None else False


def _all(left: bool | None, right: bool | None) -> bool | None:
    if left is False or right is False:
        return False
    return None if left is None or right is None else True


def _compared(condition: Comparison, preview: bool) -> bool | None:
    """event.preview is true in previews and nil in live runs (tasks.md 4.1)."""
    for path, other in ((condition.left, condition.right), (condition.right, condition.left)):
        if path_words(path) == _PREVIEW and isinstance(other, Literal):
            blank = other.value is None or other.value is BLANK or other.value is EMPTY
            equal = other.value is True if preview else blank
            return {"==": equal, "!=": not equal, "<>": not equal}.get(condition.operator)
    return None


def holds(branch: Branch, *, preview: bool = False) -> bool | None:
    """Whether a live run, or a ``preview``, takes a branch, when it gets there; None when it depends."""
    if branch.condition is None:
        return True
    decided = truth(branch.condition, preview=preview)
    return decided if decided is None else decided is not branch.negated


def live_nodes(roots: Sequence[Node]) -> Iterator[Node]:
    """All nodes that a live run may reach."""
    for node in roots:
        yield node
        if not isinstance(node, IfNode):
            for block in blocks(node):
                yield from live_nodes(block.nodes)
            continue
        for branch in node.branches:
            decided = holds(branch)
            if decided is not False:
                yield from live_nodes(branch.block.nodes)
            if decided is True:
                break
