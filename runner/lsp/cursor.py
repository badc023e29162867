"""What stands where in a Liquid text that is being written: it need not parse, and mostly does not.

A delimiter that is not closed yet ends where the next one opens, an output at the end of its line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

_OPENING = re.compile(r"\{[{%]-?")
_NAME = re.compile(r"\s*(#|\w*)")
_LINE = re.compile(r"[ \t]*(?P<name>#|\w*)[^\n]*")
_UNREAD = ("comment", "permissions", "raw")
_BLOCKS = frozenset({"if", "unless", "case", "for", "tablerow", "capture", "ifchanged", *_UNREAD})
_EMITTING = frozenset({"action", "error", "log"})
_TAKES_BODY = re.compile(r"""\s*("[^"]*"|'[^']*'|[\w.]+)?\s*(,?\s*__\w+:.*)?\Z""", re.DOTALL)
_LEXEME = re.compile(
    r"""(?P<string>"[^"]*"|'[^']*')|(?P<open>["'].*)|(?P<number>-?\d+(?:\.\d+)?)|(?P<word>[A-Za-z_][\w-]*\??)"""
    r"""|(?P<sign>\.\.|==|!=|<>|<=|>=|[^\s\w])""",
    re.DOTALL | re.ASCII,
)


class Lexeme(NamedTuple):
    """A piece of an expression: ``kind`` is string, open (a string that is not closed), number, word or sign."""

    kind: str
    value: str
    start: int


@dataclass(frozen=True, slots=True)
class Piece:
    """A tag, or an output (``name`` empty): where it starts, its name, its expression and its delimiter's end.

    ``inline``: a line of a ``liquid`` tag. ``closed``: its end was found.
    """

    name: str
    start: int
    name_start: int
    expression: int
    stop: int
    end: int
    closed: bool = True
    inline: bool = False
    is_output: bool = False

    def text(self, source: str) -> str:
        """Its expression."""
        return source[self.expression : self.stop]


@dataclass(frozen=True, slots=True)
class Place:
    """``piece`` is the tag or output around an offset; ``blocks`` the tags that are open there, outer first."""

    piece: Piece | None
    blocks: tuple[Piece, ...]


def pieces(source: str) -> list[Piece]:
    """All tags and outputs, those inside of comments and raw texts left out."""
    return list(_pieces(source))


def _pieces(source: str) -> Iterator[Piece]:
    position = 0
    while (opening := _OPENING.search(source, position)) is not None:
        piece = _piece(source, opening)
        yield piece
        position = max(piece.end, opening.end())
        if piece.name in _UNREAD and piece.closed:
            ending = re.compile(rf"\{{%-?\s*end{piece.name}\b").search(source, position)
            position = ending.start() if ending is not None else len(source)
        elif piece.name == "liquid":
            yield from _lines(source, piece)


def _piece(source: str, opening: re.Match[str]) -> Piece:
    start, inside = opening.start(), opening.end()
    is_output = source[start + 1] == "{"
    closing = source.find("}}" if is_output else "%}", inside)
    following = _OPENING.search(source, inside)
    closed = closing >= 0 and (following is None or closing < following.start())
    if closed:
        stop, end = closing - (source[closing - 1] == "-" and closing > inside), closing + 2
    else:
        stop = following.start() if following is not None else len(source)
        if is_output:
            line = source.find("\n", inside)
            stop = min(stop, line) if line >= 0 else stop
        end = stop
    if is_output:
        return Piece("", start, inside, inside, stop, end, closed, is_output=True)
    found = _NAME.match(source, inside, stop)
    name_start, name_end = found.span(1) if found is not None else (inside, inside)
    return Piece(source[name_start:name_end], start, name_start, name_end, stop, end, closed)


def _lines(source: str, piece: Piece) -> Iterator[Piece]:
    position = piece.expression
    for line in source[piece.expression : piece.stop].split("\n"):
        end = position + len(line)
        found = _LINE.match(source, position, end)
        if found is not None:
            start = found.start("name")
            yield Piece(found["name"], start, start, found.end("name"), end, end, inline=True)
        position = end + 1


def takes_body(piece: Piece, source: str) -> bool:
    """Whether a tag is a block, as far as it is written."""
    if piece.name in _BLOCKS:
        return True
    return (
        piece.name in _EMITTING
        and (piece.name == "action" or not piece.text(source).strip())
        and bool(_TAKES_BODY.match(piece.text(source)))
    )


def place(source: str, offset: int, found: list[Piece] | None = None) -> Place:
    """What stands around ``offset``."""
    inner: Piece | None = None
    blocks: list[Piece] = []
    for piece in pieces(source) if found is None else found:
        if piece.start >= offset:
            break
        if piece.name_start <= offset <= piece.stop:
            inner = piece
        elif offset < piece.end and piece.name != "liquid":
            inner = inner or piece
        if piece.end > offset or (inner is piece):
            continue
        if takes_body(piece, source):
            blocks.append(piece)
        elif piece.name.startswith("end"):
            opened = next((at for at in reversed(range(len(blocks))) if blocks[at].name == piece.name[3:]), None)
            if opened is not None:
                del blocks[opened:]
    return Place(inner, tuple(blocks))


def lexemes(text: str, offset: int = 0) -> list[Lexeme]:
    """The pieces of an expression that stands at ``offset``."""
    return [Lexeme(found.lastgroup or "", found.group(), offset + found.start()) for found in _LEXEME.finditer(text)]


def word_start(source: str, offset: int) -> int:
    """Where the word begins that ends at ``offset``."""
    start = offset
    while start > 0 and (source[start - 1].isalnum() or source[start - 1] in "_-"):
        start -= 1
    return start


def word_end(source: str, offset: int) -> int:
    """Where the word ends that begins before ``offset``."""
    while offset < len(source) and (source[offset].isalnum() or source[offset] in "_-"):
        offset += 1
    return offset


def body_of(piece: Piece, source: str, found: list[Piece]) -> tuple[int, int]:
    """Where the body of a block begins and ends: at the end of the text when it is not closed."""
    depth = 0
    for other in found:
        if other.start < piece.end:
            continue
        if other.name == piece.name and takes_body(other, source):
            depth += 1
        elif other.name == f"end{piece.name}":
            if depth == 0:
                return piece.end, other.start
            depth -= 1
    return piece.end, len(source)
