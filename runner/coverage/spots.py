"""What there is to be entered in a script: its tags, and the ways each can go, inside each other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum

from liquid.ast import Node

from runner.lint.flow.condition import holds
from runner.lint.tree import blocks, literal, parts, path_words
from runner.liquid.expressions.nodes import Expression, RangeLiteral
from runner.liquid.tags.base import DialectNode
from runner.liquid.tags.case import CaseNode
from runner.liquid.tags.content import ContentNode
from runner.liquid.tags.emission import EmissionNode
from runner.liquid.tags.for_ import ForNode
from runner.liquid.tags.if_ import IfNode
from runner.liquid.tags.liquid_ import CommentNode, LiquidNode
from runner.liquid.tags.permissions import PermissionsNode
from runner.liquid.tags.raw import RawNode
from runner.liquid.tags.tablerow import TablerowNode

_LONGEST = 90
_TOPIC = ("event", "topic")
_IDLE = (ContentNode, CommentNode, PermissionsNode, RawNode)
"""Nodes that do nothing when they are rendered."""


class Reach(Enum):
    """Which renderings can get to a place, by what the conditions about ``event.preview`` leave."""

    BOTH = "both"
    PREVIEW = "preview"
    LIVE = "live"
    NONE = "none"

    @classmethod
    def of(cls, preview: bool, live: bool) -> Reach:
        """The one for what is possible."""
        if preview and live:
            return cls.BOTH
        return cls.PREVIEW if preview else cls.LIVE if live else cls.NONE

    @property
    def preview(self) -> bool:
        """Whether previews can get there."""
        return self in (Reach.BOTH, Reach.PREVIEW)

    @property
    def live(self) -> bool:
        """Whether live events can get there."""
        return self in (Reach.BOTH, Reach.LIVE)


@dataclass(frozen=True, slots=True)
class Spot:
    """A place of a script. ``kind``: ``branch``, or of a tag ``action``, ``log``, ``error``, ``break``, else ``tag``.

    ``tag`` is the offset of the tag, ``outcome`` the way it goes (``Meter.branch``), None for the tag itself.
    ``label`` is the text of the tag, or of the branch; ``lack`` says what did not happen when it was never entered.
    ``asks_topic``: the branch compares ``event.topic``. ``inside`` are the spots that can be entered from here only.
    """

    kind: str
    tag: int
    outcome: int | None
    line: int
    label: str
    lack: str
    reach: Reach
    asks_topic: bool = False
    inside: tuple[Spot, ...] = field(default=())

    def every(self) -> Iterator[Spot]:
        """It and all inside of it."""
        yield self
        for spot in self.inside:
            yield from spot.every()


def spots(source: str, roots: Sequence[Node]) -> tuple[Spot, ...]:
    """The spots of a script's nodes, in the order of the source."""
    return tuple(_Reader(source).tags(roots, Reach.BOTH))


@dataclass(slots=True)
class _Way:
    """One way of a tag, as it is read."""

    outcome: int
    start: int
    label: str
    lack: str
    nodes: Sequence[Node] = ()
    reach: Reach = Reach.BOTH
    condition: Sequence[Expression] = ()


class _Reader:
    """Reads the spots of one source; ``_bare`` inside of ``liquid``, where a tag ends with its line."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._bare = False

    def tags(self, nodes: Sequence[Node], reach: Reach) -> Iterator[Spot]:
        for node in nodes:
            if not isinstance(node, DialectNode) or isinstance(node, _IDLE):
                continue
            was_bare = self._bare
            self._bare = was_bare or isinstance(node, LiquidNode)
            ways = self._ways(node, reach)
            inside = [self._branch(node, way) for way in ways]
            if not ways:
                inside += [spot for block in blocks(node) for spot in self.tags(block.nodes, reach)]
            self._bare = was_bare
            start = node.token.start_index
            label = self._text(start)
            yield Spot(_kind(node, label), start, None, self._line(start), label, _LACK, reach, inside=tuple(inside))

    def _branch(self, node: Node, way: _Way) -> Spot:
        asks = any(path_words(part) == _TOPIC for each in way.condition for part in parts(each))
        inside = tuple(self.tags(way.nodes, way.reach))
        line = self._line(way.start)
        tag = node.token.start_index
        return Spot("branch", tag, way.outcome, line, way.label, way.lack, way.reach, asks, inside)

    def _ways(self, node: Node, reach: Reach) -> list[_Way]:
        match node:
            case IfNode():
                return list(self._of_if(node, reach))
            case CaseNode():
                return list(self._of_case(node, reach))
            case ForNode() | TablerowNode():
                return list(self._of_loop(node, reach))
            case _:
                return []

    def _of_if(self, node: IfNode, reach: Reach) -> Iterator[_Way]:
        """A branch each; without ``else``, going past is a way too, unless it cannot be."""
        preview, live = reach.preview, reach.live
        first = self._text(node.token.start_index)
        for place, branch in enumerate(node.branches):
            in_preview, in_live = holds(branch, preview=True), holds(branch)
            here = Reach.of(preview and in_preview is not False, live and in_live is not False)
            label = self._text(branch.start)
            if branch.condition is None:
                label, lack = f"else of `{first}`", _LACK
            else:
                lack = "never false" if branch.negated else "never true"
            asked = () if branch.condition is None else (branch.condition,)
            yield _Way(place, branch.start, label, lack, branch.block.nodes, here, asked)
            preview, live = preview and in_preview is not True, live and in_live is not True
        past = Reach.of(preview, live)
        if node.branches[-1].condition is not None and past is not Reach.NONE:
            lack = "never true" if node.branches[0].negated else "never false"
            if len(node.branches) > 1:
                lack = "never without any of its branches"
            yield _Way(len(node.branches), node.token.start_index, first, lack, (), past)

    def _of_case(self, node: CaseNode, reach: Reach) -> Iterator[_Way]:
        first = self._text(node.token.start_index)
        for place, when in enumerate(node.whens):
            is_else = when.candidates is None
            label = f"else of `{first}`" if is_else else self._text(when.start)
            asked = () if is_else else (node.subject, *(when.candidates or ()))
            lack = _LACK if is_else else "never matched"
            yield _Way(place, when.start, label, lack, when.block.nodes, reach, asked)
        if all(when.candidates is not None for when in node.whens):
            lack = "never without any of its values"
            yield _Way(len(node.whens), node.token.start_index, first, lack, (), reach)

    def _of_loop(self, node: ForNode | TablerowNode, reach: Reach) -> Iterator[_Way]:
        start, items = node.token.start_index, node.header.items
        label = self._text(start)
        yield _Way(0, start, label, "never with items", node.block.nodes, reach)
        default = node.default if isinstance(node, ForNode) else None
        if default is not None or not _always_has_items(items):
            yield _Way(1, start, label, "never without items", () if default is None else default.nodes, reach)

    def _text(self, start: int) -> str:
        """The text of the tag at ``start``, in one line."""
        text = self._source[start:]
        if self._bare:
            text = text.partition("\n")[0]
        closing = "}}" if text.startswith("{{") else "%}"
        words = " ".join(text.partition(closing)[0].removeprefix("{{").strip("- \t\r\n").split())
        return words if len(words) <= _LONGEST else f"{words[: _LONGEST - 1]}…"

    def _line(self, start: int) -> int:
        return self._source.count("\n", 0, start) + 1


_LACK = "never rendered"


def _kind(node: Node, label: str) -> str:
    name = label.partition(" ")[0]
    if isinstance(node, EmissionNode):
        return name
    return "break" if name in ("break", "continue") else "tag"


def _always_has_items(items: Expression) -> bool:
    """True of ``(1..100)``."""
    if not isinstance(items, RangeLiteral):
        return False
    first, last = literal(items.first), literal(items.last)
    return isinstance(first, int) and isinstance(last, int) and first <= last
