"""``{{ value }}`` and ``{% echo value %}``."""

from __future__ import annotations

from typing import TYPE_CHECKING, TextIO

from liquid import Token
from liquid.stream import TokenStream
from liquid.token import TOKEN_EXPRESSION, TOKEN_OUTPUT

from runner.errors import LiquidError
from runner.liquid.expressions import Expression
from runner.liquid.tags.base import DialectNode, DialectTag
from runner.liquid.values import text

if TYPE_CHECKING:
    from runner.liquid.context import Context


class OutputNode(DialectNode):
    """A value, written in its text form. No value at all is legal and means nil (liquid.md 1.3)."""

    __slots__ = ("value",)

    def __init__(self, token: Token, value: Expression | None) -> None:
        super().__init__(token)
        self.value = value

    def write(self, context: Context, buffer: TextIO) -> None:
        if self.value is None:
            return
        context.mark(buffer, self.token.start_index)
        try:
            buffer.write(text(self.value.evaluate(context)))
        except LiquidError as error:
            raise context.placed(error, self.value.start) from error


class OutputTag(DialectTag):
    """``{{ value | filter: argument }}``: a value, in its text form. Nothing between the braces is nil.

    White space beside ``{{-`` and ``-}}`` (``{%-``, ``-%}``) is cut away, line ends included.
    """

    name = TOKEN_OUTPUT

    def parse(self, stream: TokenStream) -> OutputNode:
        token = stream.eat(TOKEN_OUTPUT)
        return self._node(token, stream.expect(TOKEN_EXPRESSION))

    def _node(self, token: Token, expression: Token) -> OutputNode:
        parser = self.expressions(expression)
        value = None if parser.at_end() else parser.filtered()
        parser.expect_end()
        return OutputNode(token, value)


class EchoTag(OutputTag):
    """``{% echo value %}``: as ``{{ value }}``, for inside of ``liquid``."""

    name = "echo"

    def parse(self, stream: TokenStream) -> OutputNode:
        return self._node(*self.header(stream))
