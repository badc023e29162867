"""Walks over the nodes and expressions of a parsed script."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from liquid.ast import Node

from runner.liquid.expressions.nodes import And, Comparison, Expression, Filtered, Literal, Path, RangeLiteral
from runner.liquid.tags.assign import AssignNode
from runner.liquid.tags.base import Block
from runner.liquid.tags.capture import CaptureNode
from runner.liquid.tags.case import CaseNode
from runner.liquid.tags.cycle import CycleNode
from runner.liquid.tags.emission import EmissionNode
from runner.liquid.tags.for_ import ForNode
from runner.liquid.tags.if_ import IfNode
from runner.liquid.tags.ifchanged import IfChangedNode
from runner.liquid.tags.liquid_ import LiquidNode
from runner.liquid.tags.output import OutputNode
from runner.liquid.tags.tablerow import TablerowNode


def blocks(node: Node) -> Iterator[Block]:
    """The bodies of a tag, in order."""
    match node:
        case IfNode():
            yield from (branch.block for branch in node.branches)
        case CaseNode():
            yield from (when.block for when in node.whens)
        case ForNode():
            yield node.block
            if node.default is not None:
                yield node.default
        case CaptureNode() | TablerowNode() | IfChangedNode() | LiquidNode():
            yield node.block
        case EmissionNode() if node.block is not None:
            yield node.block
        case _:
            return


def nodes(roots: Sequence[Node]) -> Iterator[Node]:
    """All nodes below and with ``roots``, in the order of the source."""
    for node in roots:
        yield node
        for block in blocks(node):
            yield from nodes(block.nodes)


def expressions(node: Node) -> Iterator[Expression]:
    """The expressions of a tag itself, without those of its bodies."""
    match node:
        case AssignNode():
            yield from (step for step in node.target.steps if isinstance(step, Expression))
            if node.value is not None:
                yield node.value
        case OutputNode() if node.value is not None:
            yield node.value
        case IfNode():
            yield from (branch.condition for branch in node.branches if branch.condition is not None)
        case CaseNode():
            yield node.subject
            yield from (candidate for when in node.whens for candidate in when.candidates or ())
        case ForNode() | TablerowNode():
            yield node.header.items
            yield from node.header.arguments.values()
        case EmissionNode():
            yield from node.arguments.positional
            yield from node.arguments.named.values()
        case CycleNode():
            yield from node.turns
        case _:
            return


def parts(expression: Expression) -> Iterator[Expression]:
    """``expression`` and every expression in it."""
    yield expression
    match expression:
        case Filtered():
            yield from parts(expression.value)
            for each in expression.filters:
                for argument in (*each.positional, *each.named.values()):
                    yield from parts(argument)
        case Comparison() | And():
            yield from parts(expression.left)
            yield from parts(expression.right)
        case RangeLiteral():
            yield from parts(expression.first)
            yield from parts(expression.last)
        case Path():
            for step in (expression.root, *expression.steps):
                if isinstance(step, Expression):
                    yield from parts(step)
        case _:
            return


def literal(expression: Expression) -> object:
    """The value of a literal; None for anything else."""
    return expression.value if isinstance(expression, Literal) else None


def path_words(expression: Expression) -> tuple[str | int, ...]:
    """``("event", "topic")`` of the path ``event.topic``; empty for what is no path of plain names."""
    if not isinstance(expression, Path) or not isinstance(expression.root, str):
        return ()
    steps: list[str | int] = [expression.root]
    for step in expression.steps:
        if isinstance(step, Expression):
            return ()
        steps.append(step if isinstance(step, str | int) else step.name)
    return tuple(steps)
