"""``increment`` and ``decrement``: counters apart from variables, written each time."""

from __future__ import annotations

from typing import TYPE_CHECKING, TextIO

from liquid import Token
from liquid.stream import TokenStream

from runner.liquid.tags.base import DialectNode, DialectTag

if TYPE_CHECKING:
    from runner.liquid.context import Context


class CounterNode(DialectNode):
    """Writes the counter ``name``: before counting up, after counting down."""

    __slots__ = ("down", "name")

    def __init__(self, token: Token, name: str, *, down: bool) -> None:
        super().__init__(token)
        self.name = name
        self.down = down

    def write(self, context: Context, buffer: TextIO) -> None:
        context.mark(buffer, self.token.start_index)
        count = context.decrement if self.down else context.increment
        buffer.write(str(count(self.name)))


class IncrementTag(DialectTag):
    """``{% increment name %}``: writes a counter, from 0 on, and counts it up.

    Counters are no variables: ``assign`` to the same name leaves them alone.
    """

    name = "increment"
    down = False

    def parse(self, stream: TokenStream) -> CounterNode:
        tag, text = self.header(stream)
        return CounterNode(tag, self.expressions(text).name(), down=self.down)


class DecrementTag(IncrementTag):
    """``{% decrement name %}``: counts a counter down, from 0, and writes it: -1 at first."""

    name = "decrement"
    down = True
