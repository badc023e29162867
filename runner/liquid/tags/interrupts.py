"""``break`` and ``continue``: out of a loop, or out of the whole render (liquid.md 1.9).

A block that holds one is not blank, as in Ruby: white space before it is printed (liquid.md 1.10).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TextIO

from liquid.exceptions import LiquidInterrupt
from liquid.stream import TokenStream

from runner.liquid.tags.base import DialectNode, DialectTag

if TYPE_CHECKING:
    from runner.liquid.context import Context


class BreakLoop(LiquidInterrupt):
    """Ends the innermost loop, or the render."""


class ContinueLoop(LiquidInterrupt):
    """Goes on with the next round of the innermost loop, or ends the render."""


class BreakNode(DialectNode):
    """``{% break %}``."""

    __slots__ = ()

    def write(self, context: Context, buffer: TextIO) -> None:
        raise BreakLoop


class ContinueNode(DialectNode):
    """``{% continue %}``."""

    __slots__ = ()

    def write(self, context: Context, buffer: TextIO) -> None:
        raise ContinueLoop


class BreakTag(DialectTag):
    """``{% break %}``: ends the innermost loop; outside of loops, the whole script, without error.

    Inside a ``capture`` outside of loops, the text written so far is assigned first.
    """

    name = "break"

    def parse(self, stream: TokenStream) -> BreakNode:
        return BreakNode(self.header(stream)[0], prints=True)


class ContinueTag(DialectTag):
    """``{% continue %}``: goes on with the next item of the innermost loop; outside of loops, as ``break``."""

    name = "continue"

    def parse(self, stream: TokenStream) -> ContinueNode:
        return ContinueNode(self.header(stream)[0], prints=True)
