"""``cycle``: one of several values in turn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, TextIO

from liquid import Token
from liquid.stream import TokenStream

from runner.liquid.expressions import Expression
from runner.liquid.tags.base import DialectNode, DialectTag
from runner.liquid.values import inspect, text

if TYPE_CHECKING:
    from runner.liquid.context import Context


class CycleNode(DialectNode):
    """Writes the next of its values. Cycles with the same group, or the same text when none is given, share turns."""

    __slots__ = ("group", "key", "turns")

    def __init__(self, token: Token, key: str, group: Expression | None, turns: Sequence[Expression]) -> None:
        super().__init__(token)
        self.key = key
        self.group = group
        self.turns = tuple(turns)

    def write(self, context: Context, buffer: TextIO) -> None:
        context.mark(buffer, self.token.start_index)
        key = self.key if self.group is None else inspect(self.group.evaluate(context))
        index = context.cycle(key, len(self.turns))
        buffer.write(text(self.turns[index % len(self.turns)].evaluate(context)))


class CycleTag(DialectTag):
    """``{% cycle a, b, c %}``: the next of the values, each time it is reached.

    ``{% cycle group: a, b %}`` takes turns of its own with every cycle of that group.
    """

    name = "cycle"

    def parse(self, stream: TokenStream) -> CycleNode:
        tag, header = self.header(stream)
        parser = self.expressions(header)
        first = parser.primary()
        group = first if parser.skip_sign(":") else None
        turns = [parser.primary() if group is not None else first]
        while parser.skip_sign(","):
            turns.append(parser.primary())
        parser.expect_end()
        return CycleNode(tag, header.value, group, turns)
