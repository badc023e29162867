"""Splits a template into text, outputs and tags (liquid.md 1.3).

One pass, whose time and memory grow with the length of the source and no faster: python-liquid's own lexer is a regular
expression that takes minutes for a page of unclosed delimiters and gigabytes for one long tag.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from liquid import Token
from liquid.token import TOKEN_CONTENT, TOKEN_EXPRESSION, TOKEN_OUTPUT, TOKEN_TAG

from runner.errors import LiquidError
from runner.liquid.places import line_of, syntax_error, tag_error

TOKEN_VERBATIM: Final = "VERBATIM"
"""The inside of ``raw``, ``permissions`` and ``comment``, as it stands."""

_SPACE: Final = " \t\n\v\f\r\0"
"""What ``-`` inside a delimiter takes away outside of it."""

_OPENING: Final = re.compile(r"\{[{%]")
_NAME: Final = re.compile(r"\s*(#|\w+)\s*")


def tokens(source: str) -> Iterator[Token]:
    """The tokens of ``source``. Raises ``LiquidError`` for a delimiter, comment or raw block that is never closed."""
    position = 0
    trim = False
    while True:
        opening = _OPENING.search(source, position)
        end = opening.start() if opening else len(source)
        text = source[position:end].lstrip(_SPACE) if trim else source[position:end]
        start = end - len(text)
        if opening and source.startswith("-", end + 2):
            text = text.rstrip(_SPACE)
        if text:
            yield Token(TOKEN_CONTENT, text, start, source)
        if opening is None:
            return
        if opening.group() == "{{":
            position = _closed(source, end, "}}")
            start, stop, trim = _inside(source, end, position)
            yield Token(TOKEN_OUTPUT, source[end:position], end, source)
            yield Token(TOKEN_EXPRESSION, source[start:stop], start, source)
        else:
            tag, position, trim = _tag(source, end)
            yield from tag
            read_body = _BODIES.get(tag[0].value)
            if read_body:
                body, position, trim = read_body(tag[0], position)
                yield from body


def _closed(source: str, start: int, closing: str) -> int:
    """The offset behind the end of what opens at ``start``."""
    end = source.find(closing, start + 2)
    if end < 0:
        opening = source[start : start + 2]
        raise syntax_error(f"expected '{closing}': what opens here with '{opening}' is never closed", source, start)
    return end + 2


def _inside(source: str, start: int, end: int) -> tuple[int, int, bool]:
    """From where to where the text inside delimiters goes, without white space, and whether text behind is trimmed."""
    first = start + 3 if source[start + 2] == "-" else start + 2
    last = end - 2
    trims = source[last - 1] == "-" and last > start + 2
    inside = source[first : max(first, last - 1 if trims else last)]
    bare = inside.lstrip()
    return first + len(inside) - len(bare), first + len(inside.rstrip()) if bare else first, trims


def _tag(source: str, start: int) -> tuple[list[Token], int, bool]:
    """The tokens of the tag that opens at ``start``, the offset behind it, and whether text behind is trimmed."""
    end = _closed(source, start, "%}")
    first, last, trims = _inside(source, start, end)
    name = _NAME.match(source, first, last)
    if name is None:
        raise syntax_error("a tag without a name", source, start, "Write a tag such as {% assign x = 1 %}.")
    found = [Token(TOKEN_TAG, name[1], name.start(1), source)]
    if name.end() < last:
        found.append(Token(TOKEN_EXPRESSION, source[name.end() : last], name.end(), source))
    return found, end, trims


def _verbatim(tag: Token, position: int) -> tuple[list[Token], int, bool]:
    """The body of ``raw`` or ``permissions``, which starts at ``position``, up to and behind its end tag."""
    source, name = tag.source, tag.value
    closing = re.compile(rf"\{{%-?\s*(end{name})(?!\w)").search(source, position)
    if closing is None:
        raise _never_closed(tag)
    end = _closed(source, closing.start(), "%}")
    ending = Token(TOKEN_TAG, closing[1], closing.start(1), source)
    return _body(source, position, closing.start(), ending), end, _inside(source, closing.start(), end)[2]


def _body(source: str, start: int, end: int, ending: Token) -> list[Token]:
    return [Token(TOKEN_VERBATIM, source[start:end], start, source), ending]


_COMMENT_TAG: Final = re.compile(r"\{%-?\s*(\w*)")


def _comment(tag: Token, position: int) -> tuple[list[Token], int, bool]:
    """The body of a comment up to and behind its end tag. Comments nest; whatever else is inside means nothing."""
    source = tag.source
    depth, start = 1, position
    while opening := _COMMENT_TAG.search(source, position):
        end = source.find("%}", opening.end())
        if end < 0:
            break
        position = end + 2
        name = opening[1]
        if name == "raw":
            position = _verbatim(Token(TOKEN_TAG, name, opening.start(1), source), position)[1]
        depth += (name == "comment") - (name == "endcomment")
        if depth == 0:
            ending = Token(TOKEN_TAG, name, opening.start(1), source)
            return _body(source, start, opening.start(), ending), position, source[end - 1] == "-"
    raise _never_closed(tag)


_BODIES: Final = {"comment": _comment, "permissions": _verbatim, "raw": _verbatim}
"""Tags whose bodies are not looked into."""


def _never_closed(tag: Token) -> LiquidError:
    return tag_error(
        f"the {tag.value} tag on line {line_of(tag)} is never closed",
        tag,
        f"Write {{% end{tag.value} %}} where its body ends.",
    )


def line_tokens(text: Token) -> Iterator[Token]:
    """The tokens of the statements inside a ``liquid`` tag, one a line. Raises ``LiquidError`` for other lines."""
    start = text.start_index
    comment: Token | None = None
    depth = 0
    for line in text.value.split("\n"):
        statement = _NAME.match(line)
        if statement is None and line.strip() and comment is None:
            at = start + len(line) - len(line.lstrip())
            raise syntax_error(f"expected a tag, found {line.strip()[:40]!r}", text.source, at)
        name = statement[1] if statement else ""
        if comment is None and statement and name != "#":
            tag = Token(TOKEN_TAG, name, start + statement.start(1), text.source)
            yield tag
            rest = line[statement.end() :].rstrip()
            if rest:
                yield Token(TOKEN_EXPRESSION, rest, start + statement.end(), text.source)
            if name == "comment":
                comment, depth = tag, 1
        elif comment is not None and statement:
            depth += (name == "comment") - (name == "endcomment")
            if depth == 0:
                comment = None
                yield Token(TOKEN_TAG, name, start + statement.start(1), text.source)
        start += len(line) + 1
    if comment is not None:
        raise _never_closed(comment)
