"""``liquid``: statements one a line, and ``#``: a comment in a tag (liquid.md 1.8)."""

from __future__ import annotations

from typing import TYPE_CHECKING, TextIO

from liquid import Token
from liquid.parser import get_parser
from liquid.stream import TokenStream

from runner.liquid.lexer import line_tokens
from runner.liquid.places import syntax_error
from runner.liquid.tags.base import Block, DialectNode, DialectTag

if TYPE_CHECKING:
    from runner.liquid.context import Context


class LiquidNode(DialectNode):
    """The statements of a ``liquid`` tag."""

    __slots__ = ("block",)

    def __init__(self, token: Token, block: Block) -> None:
        super().__init__(token, prints=not block.blank)
        self.block = block

    def write(self, context: Context, buffer: TextIO) -> None:
        self.block.render(context, buffer)


class LiquidTag(DialectTag):
    """``{% liquid … %}``: tags one a line, without delimiters. A block that is opened inside is closed inside."""

    name = "liquid"

    def parse(self, stream: TokenStream) -> LiquidNode:
        tag, text = self.header(stream)
        statements = TokenStream(line_tokens(text), block_depth_carry=stream.block_depth)
        return LiquidNode(tag, Block(get_parser(self.env).parse_block(statements, ()).nodes))


class CommentNode(DialectNode):
    """Nothing."""

    __slots__ = ()

    def write(self, context: Context, buffer: TextIO) -> None:
        """Nothing is written."""


class InlineCommentTag(DialectTag):
    """``{% # text %}``: a comment. Each of its lines starts with ``#``."""

    name = "#"

    def parse(self, stream: TokenStream) -> CommentNode:
        tag, text = self.header(stream)
        offset = text.start_index
        for number, line in enumerate(text.value.split("\n")):
            bare = line.lstrip()
            if number and bare and not bare.startswith("#"):
                at = offset + len(line) - len(bare)
                raise syntax_error("every line of an inline comment starts with #", tag.source, at)
            offset += len(line) + 1
        return CommentNode(tag, prints=False)
