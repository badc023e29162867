"""``capture``: the text of a body as a variable, white space included (liquid.md 1.8, 1.10)."""

from __future__ import annotations

from typing import TYPE_CHECKING, TextIO

from liquid import Token
from liquid.stream import TokenStream

from runner.liquid.expressions import lexemes as kinds
from runner.liquid.tags.base import Block, DialectNode, DialectTag, keep_white_space

if TYPE_CHECKING:
    from runner.liquid.context import Context


class CaptureNode(DialectNode):
    """Renders its body into a variable. An interrupt keeps what was collected so far (liquid.md 1.9)."""

    __slots__ = ("block", "name")

    def __init__(self, token: Token, name: str, block: Block) -> None:
        super().__init__(token, prints=False)
        self.name = name
        self.block = keep_white_space(block)

    def write(self, context: Context, buffer: TextIO) -> None:
        captured = context.new_buffer()
        try:
            self.block.render(context, captured)
        finally:
            context.assign(self.name, captured.getvalue())


class CaptureTag(DialectTag):
    """``{% capture name %}…{% endcapture %}``: the text of the body as a variable, white space included.

    ``break`` and ``continue`` inside keep what was written before them. The name may be quoted.
    """

    name = "capture"

    def parse(self, stream: TokenStream) -> CaptureNode:
        tag, text = self.header(stream)
        parser = self.expressions(text)
        name = parser.take().value if parser.current.kind == kinds.STRING else parser.name()
        block = self.body(stream, tag, ("endcapture",), "endcapture")
        self.finish(stream)
        return CaptureNode(tag, name, block)
