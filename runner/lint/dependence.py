"""What a place of a script depends on: the fields, options and queries that can have had a part in it.

A slice backward from the place: the expressions of its tag, of the conditions and loops around it, and of every
assignment to a variable that any of these reads. What stands in it may have mattered; nothing else can have.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from liquid.ast import Node

from runner.lint.tree import blocks, expressions, nodes, parts
from runner.liquid.expressions.nodes import Expression, Filtered, Path, Property
from runner.liquid.tags.assign import AssignNode
from runner.liquid.tags.capture import CaptureNode
from runner.liquid.tags.case import CaseNode
from runner.liquid.tags.content import ContentNode
from runner.liquid.tags.counters import CounterNode
from runner.liquid.tags.for_ import ForNode
from runner.liquid.tags.if_ import IfNode
from runner.liquid.tags.tablerow import TablerowNode
from runner.liquid.template import DialectTemplate

EACH = "[]"
"""The step of a path that stands for every item of a list."""
_OF_LOOPS = frozenset({"forloop", "tablerowloop"})
_MOST_FIELDS = 50
"""Of one path: where many loops share a variable, each of them may be meant."""

Field = tuple[str | int, ...]
"""A path from a variable of the environment on, such as ``("order", "line_items", "[]", "sku")``."""


@dataclass(frozen=True, slots=True)
class Dependence:
    """``fields`` in the order they are met, each once; ``conditions`` the lines of the conditions around the place,
    outer first; ``queries`` the lines where the shop was asked for what came in."""

    fields: tuple[Field, ...] = ()
    conditions: tuple[int, ...] = ()
    queries: tuple[int, ...] = ()


def dependence(template: DialectTemplate, offset: int) -> Dependence:
    """What the tag at ``offset`` of a script depends on, or the JSON object that is written out there."""
    chain, level = _chain(template.nodes, offset)
    if not chain:
        return Dependence()
    slicing = _Slicing(template)
    for each in _object(level, chain[-1], offset) if isinstance(chain[-1], ContentNode) else [chain[-1]]:
        slicing.take_whole(each)
    around = chain[:-1]
    for node in around:
        slicing.take_all(expressions(node))
    slicing.finish()
    conditions = (slicing.line(node.token.start_index) for node in around if isinstance(node, IfNode | CaseNode))
    return Dependence(tuple(slicing.fields), tuple(conditions), tuple(sorted(slicing.queries)))


def _chain(roots: Sequence[Node], offset: int) -> tuple[list[Node], Sequence[Node]]:
    """The nodes around ``offset``, outer first, the last one that begins at or before it; and the last one's level."""
    found: list[Node] = []
    level: Sequence[Node] = roots
    while True:
        before = [node for node in level if node.token.start_index <= offset]
        if not before:
            return found, level
        found.append(before[-1])
        inner = [each for block in blocks(before[-1]) for each in block.nodes]
        if before[-1].token.start_index == offset or not inner:
            return found, level
        level = inner


def _object(level: Sequence[Node], first: ContentNode, offset: int) -> Iterator[Node]:
    """The nodes between the opening brace at ``offset`` and the one that closes it."""
    depth = 0
    for node in (each for each in level if each.token.start_index >= first.token.start_index):
        yield node
        if isinstance(node, ContentNode):
            text = node.text[offset - first.token.start_index :] if node is first else node.text
            for sign in text:
                depth += {"{": 1, "}": -1}.get(sign, 0)
                if sign == "}" and depth <= 0:
                    return


class _Slicing:
    """The slice as it grows. Variables that the script sets lead to where they are set; others are fields."""

    def __init__(self, template: DialectTemplate) -> None:
        self._source = template.source
        self.fields: dict[Field, None] = {}
        self.queries: set[int] = set()
        self._setters: dict[str, list[tuple[Node, tuple[Node, ...]]]] = {}
        self._loops: dict[str, list[Expression]] = {}
        self._wanted: list[str] = []
        self._followed: set[str] = set()
        self._learn(template.nodes, ())

    def _learn(self, level: Iterable[Node], around: tuple[Node, ...]) -> None:
        for node in level:
            if isinstance(node, AssignNode) and isinstance(node.target.root, str):
                self._setters.setdefault(node.target.root, []).append((node, around))
            elif isinstance(node, CaptureNode | CounterNode):
                self._setters.setdefault(node.name, []).append((node, around))
            elif isinstance(node, ForNode | TablerowNode):
                self._loops.setdefault(node.header.variable, []).append(node.header.items)
            for block in blocks(node):
                self._learn(block.nodes, (*around, node))

    def line(self, offset: int) -> int:
        """The line on which ``offset`` stands."""
        return self._source.count("\n", 0, offset) + 1

    def take_whole(self, node: Node) -> None:
        """Everything that ``node`` reads, its bodies included."""
        for each in nodes([node]):
            self.take_all(expressions(each))

    def take_all(self, found: Iterable[Expression]) -> None:
        """Everything that these expressions read."""
        for expression in found:
            self._take(expression)

    def finish(self) -> None:
        """Follow variables to where they are set, until nothing new comes in."""
        while self._wanted:
            for node, around in self._setters.get(self._wanted.pop(), ()):
                self.take_whole(node)
                for each in around:
                    self.take_all(expressions(each))

    def _take(self, expression: Expression) -> None:
        for part in parts(expression):
            if isinstance(part, Path):
                self._path(part)
            elif isinstance(part, Filtered) and any(each.function.name == "shopify" for each in part.filters):
                self.queries.add(self.line(part.start))

    def _path(self, path: Path) -> None:
        for field in islice(self._resolved(path, frozenset()), _MOST_FIELDS):
            self.fields.setdefault(field)

    def _resolved(self, path: Path, inside: frozenset[str]) -> Iterator[Field]:
        """The fields that ``path`` leads to; variables of the script are put down to be followed."""
        root = path.root
        if not isinstance(root, str) or root in _OF_LOOPS:
            return
        steps = tuple(_steps(path))
        if root in self._setters and root not in self._followed:
            self._followed.add(root)
            self._wanted.append(root)
        if root in inside:
            return
        if root in self._loops:
            for items in self._loops[root]:
                inner = items.value if isinstance(items, Filtered) else items
                if isinstance(inner, Path):
                    yield from ((*field, EACH, *steps) for field in self._resolved(inner, inside | {root}))
        elif root not in self._setters:
            yield (root, *steps)


def _steps(path: Path) -> Iterator[str | int]:
    """The steps up to the first that is computed, or tells about a container instead of leading into it."""
    for step in path.steps:
        if isinstance(step, Expression) or (isinstance(step, Property) and step.name == "size"):
            return
        yield {"first": 0, "last": -1}[step.name] if isinstance(step, Property) else step


def shown_field(field: Field) -> str:
    """A field as scripts write it."""
    text = str(field[0])
    for step in field[1:]:
        text += step if step == EACH else f"[{step}]" if isinstance(step, int) else f".{step}"
    return text
