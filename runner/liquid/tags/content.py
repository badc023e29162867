"""Text outside of tags."""

from __future__ import annotations

from typing import TYPE_CHECKING, TextIO, cast

from liquid import RenderContext, Token
from liquid.stream import TokenStream
from liquid.token import TOKEN_CONTENT

from runner.liquid.tags.base import DialectNode, DialectTag

if TYPE_CHECKING:
    from runner.liquid.context import Context


class ContentNode(DialectNode):
    """Text, written as it stands."""

    __slots__ = ("text",)

    def __init__(self, token: Token) -> None:
        super().__init__(token, prints=not (not token.value or token.value.isspace()))
        self.text = token.value

    def render(self, context: RenderContext, buffer: TextIO) -> int:
        """Write the text; no profile measures it, since it begins where a tag's line ends."""
        self.write(cast("Context", context), buffer)
        return 0

    render_to_output = render

    def write(self, context: Context, buffer: TextIO) -> None:
        if not self.blank:
            context.mark(buffer, self.token.start_index)
        buffer.write(self.text)


class ContentTag(DialectTag):
    """Reads text between tags."""

    name = TOKEN_CONTENT

    def parse(self, stream: TokenStream) -> ContentNode:
        return ContentNode(stream.expect(TOKEN_CONTENT))
