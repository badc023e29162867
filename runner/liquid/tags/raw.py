"""``raw``: text in which delimiters mean nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, TextIO

from liquid import Token
from liquid.stream import TokenStream

from runner.liquid.tags.base import DialectNode, DialectTag

if TYPE_CHECKING:
    from runner.liquid.context import Context


class RawNode(DialectNode):
    """Text, written as it stands, white space included."""

    __slots__ = ("text",)

    def __init__(self, token: Token, text: str) -> None:
        super().__init__(token, prints=bool(text))
        self.text = text

    def write(self, context: Context, buffer: TextIO) -> None:
        context.mark(buffer, self.token.start_index)
        buffer.write(self.text)


class RawTag(DialectTag):
    """``{% raw %}…{% endraw %}``: the body as it stands; delimiters in it mean nothing."""

    name = "raw"

    def parse(self, stream: TokenStream) -> RawNode:
        tag, text = self.header(stream)
        self.expressions(text).expect_end()
        body = self.verbatim(stream, tag)
        return RawNode(body, body.value)
