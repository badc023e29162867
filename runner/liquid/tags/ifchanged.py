"""``ifchanged``: a body that is written only when its text differs from the last time."""

from __future__ import annotations

from typing import TYPE_CHECKING, TextIO

from liquid import Token
from liquid.stream import TokenStream

from runner.liquid.tags.base import Block, DialectNode, DialectTag, keep_white_space

if TYPE_CHECKING:
    from runner.liquid.context import Context


class IfChangedNode(DialectNode):
    """Compares the body's text with the last one."""

    __slots__ = ("block",)

    def __init__(self, token: Token, block: Block) -> None:
        super().__init__(token)
        self.block = keep_white_space(block)

    def write(self, context: Context, buffer: TextIO) -> None:
        rendered = context.new_buffer()
        self.block.render(context, rendered)
        if context.ifchanged(rendered.getvalue()):
            context.mark(buffer, self.token.start_index)
            buffer.write(rendered.getvalue())


class IfChangedTag(DialectTag):
    """``{% ifchanged %}…{% endifchanged %}``: the body, when its text differs from the last time."""

    name = "ifchanged"

    def parse(self, stream: TokenStream) -> IfChangedNode:
        tag, _ = self.header(stream)
        block = self.body(stream, tag, ("endifchanged",), "endifchanged")
        self.finish(stream)
        return IfChangedNode(tag, block)
