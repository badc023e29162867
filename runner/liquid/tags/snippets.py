"""``render`` and ``include``: parsed, but there are no snippets for tasks (liquid.md 1.8)."""

from __future__ import annotations

from typing import TYPE_CHECKING, TextIO

from liquid import Token
from liquid.stream import TokenStream

from runner.liquid.tags.base import DialectNode, DialectTag

if TYPE_CHECKING:
    from runner.liquid.context import Context


class SnippetNode(DialectNode):
    """Fails when it is reached."""

    __slots__ = ("text",)

    def __init__(self, token: Token, text: str) -> None:
        super().__init__(token)
        self.text = text

    def write(self, context: Context, buffer: TextIO) -> None:
        raise context.failure(
            f"no such template: {self.text}",
            self.token.start_index,
            "Tasks have no snippets. Write the text here, or capture it once and print the variable.",
        )


class RenderTag(DialectTag):
    """``{% render "name" %}``: is read, and fails when it is reached, since tasks have no snippets."""

    name = "render"

    def parse(self, stream: TokenStream) -> SnippetNode:
        tag, text = self.header(stream)
        return SnippetNode(tag, text.value)


class IncludeTag(RenderTag):
    """``{% include "name" %}``: as ``render``."""

    name = "include"
