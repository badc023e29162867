"""Where in a template something is: offsets to lines, and errors that carry their place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runner.errors import LiquidError, Where

if TYPE_CHECKING:
    from liquid import Token


def place(source: str, start: int, part: str | None = None) -> Where:
    """The line, column (both from 1) and line text of offset ``start`` in ``source``."""
    start = min(max(start, 0), len(source))
    line_start = source.rfind("\n", 0, start) + 1
    line_end = source.find("\n", start)
    text = source[line_start : len(source) if line_end < 0 else line_end].rstrip("\r")
    return Where(part=part, line=source.count("\n", 0, start) + 1, column=start - line_start + 1, source=text)


def line_of(token: Token) -> int:
    """The line (from 1) on which ``token`` stands."""
    return token.source.count("\n", 0, max(token.start_index, 0)) + 1


def syntax_error(message: str, source: str, start: int, hint: str | None = None) -> LiquidError:
    """A ``LiquidError`` about the text of a template at offset ``start``."""
    return LiquidError(message, hint=hint, where=place(source, start), code="liquid.syntax")


def tag_error(message: str, token: Token, hint: str | None = None) -> LiquidError:
    """A ``LiquidError`` about the tag at ``token``."""
    return syntax_error(message, token.source, token.start_index, hint)
