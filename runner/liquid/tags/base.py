"""What tags share: their header, their bodies, and nodes that render into a context of ours."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Container, Sequence
from functools import partial
from typing import TYPE_CHECKING, TextIO, cast

from liquid import RenderContext, Tag, Token
from liquid.ast import Node
from liquid.output import NullIO
from liquid.parser import get_parser
from liquid.stream import TokenStream
from liquid.token import TOKEN_EOF, TOKEN_EXPRESSION, TOKEN_TAG

from runner.liquid.expressions import ExpressionParser
from runner.liquid.lexer import TOKEN_VERBATIM
from runner.liquid.places import line_of, tag_error

if TYPE_CHECKING:
    from runner.liquid.context import Context
    from runner.liquid.environment import DialectEnvironment


class Block:
    """The nodes between two tags. ``blank`` when none of them prints: then its white space is not written either.

    A block of ours instead of python-liquid's: a hundred blocks inside each other must fit on Python's stack.
    """

    __slots__ = ("blank", "nodes")

    def __init__(self, nodes: Sequence[Node]) -> None:
        self.nodes = tuple(nodes)
        self.blank = all(node.blank for node in nodes)

    def render(self, context: Context, buffer: TextIO) -> None:
        """Render all nodes into ``buffer``."""
        if self.blank:
            buffer = NullIO()
        for node in self.nodes:
            node.render(context, buffer)


class DialectNode(Node):
    """A node rendered by ``write``. ``prints`` false: it never writes text of its own (liquid.md 1.10)."""

    __slots__ = ()

    def __init__(self, token: Token, *, prints: bool = True) -> None:
        super().__init__(token)
        self.blank = not prints

    def render(self, context: RenderContext, buffer: TextIO) -> int:
        ours = cast("Context", context)
        profile = ours.profile
        if profile is None:
            self.write(ours, buffer)
        else:
            profile.node(ours.source, self.token.start_index, partial(self.write, ours, buffer))
        return 0

    render_to_output = render

    @abstractmethod
    def write(self, context: Context, buffer: TextIO) -> None:
        """Do the tag's work; text goes to ``buffer``. Raises ``LiquidError`` with its place."""


class DialectTag(Tag):
    """A tag that reads its header with our expression parser."""

    block = False

    @property
    def dialect(self) -> DialectEnvironment:
        return cast("DialectEnvironment", self.env)

    def header(self, stream: TokenStream) -> tuple[Token, Token]:
        """The tag's own token and the token of the text behind its name (empty when there is none).

        Leaves the stream on the last of them, as python-liquid's parser wants it.
        """
        tag = stream.expect(TOKEN_TAG)
        if stream.peek.kind == TOKEN_EXPRESSION:
            stream.next_token()
            return tag, stream.current
        return tag, Token(TOKEN_EXPRESSION, "", tag.start_index + len(tag.value), tag.source)

    def expressions(self, text: Token) -> ExpressionParser:
        """A parser over the text behind the tag's name."""
        return ExpressionParser(text, self.dialect)

    def body(self, stream: TokenStream, tag: Token, ends: Container[str], end: str) -> Block:
        """The nodes up to a tag in ``ends``; leaves the stream there. Raises ``LiquidError`` when there is none."""
        stream.next_token()
        block = get_parser(self.env).parse_block(stream, ends)
        if stream.current.kind == TOKEN_EOF:
            raise tag_error(
                f"the {tag.value} tag on line {line_of(tag)} is never closed",
                tag,
                f"Write {{% {end} %}} where its body ends.",
            )
        return Block(block.nodes)

    def verbatim(self, stream: TokenStream, tag: Token) -> Token:
        """The text up to the end of ``tag``, which the lexer has found; leaves the stream on the end tag."""
        stream.next_token()
        if stream.current.kind != TOKEN_VERBATIM:
            message = f"the {tag.value} tag cannot stand inside of a liquid tag"
            raise tag_error(message, tag, f"Write {{% {tag.value} %}} … {{% end{tag.value} %}} outside of it.")
        return stream.next_token()

    def finish(self, stream: TokenStream) -> None:
        """Move past text behind an end tag's name, which means nothing (liquid.md 1.12 row 31)."""
        if stream.peek.kind == TOKEN_EXPRESSION:
            stream.next_token()


def keep_white_space(block: Block) -> Block:
    """``block``, which from now on writes its white space even when it has nothing else (liquid.md 1.10)."""
    block.blank = False
    return block
