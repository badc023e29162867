"""Text that Liquid builds, as far as it is known before it runs: pieces of the source, and gaps for what is not."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

LONGEST = 60_000
"""Characters of a built text that are followed; a longer one counts as unknown."""


class Piece(NamedTuple):
    """``text`` of the source at ``offset``; ``text`` None: a gap that an output fills when the script runs."""

    text: str | None
    offset: int


@dataclass(frozen=True, slots=True)
class Text:
    """A text with gaps. Every branch of a condition inside is there, one after the other."""

    pieces: tuple[Piece, ...] = ()

    def __add__(self, other: Text) -> Text:
        return Text(self.pieces + other.pieces)

    @property
    def length(self) -> int:
        """Characters that are known."""
        return sum(len(piece.text or "?") for piece in self.pieces)

    @property
    def start(self) -> int:
        """Where in the source its first character that is not blank stands."""
        for piece in self.pieces:
            known = piece.text or ""
            if known.strip():
                return piece.offset + len(known) - len(known.lstrip())
        return self.pieces[0].offset if self.pieces else 0

    @property
    def known(self) -> str:
        """The text without its gaps."""
        return "".join(piece.text or "" for piece in self.pieces)

    @property
    def has_gaps(self) -> bool:
        """Whether an output stands in it."""
        return any(piece.text is None for piece in self.pieces)


@dataclass(frozen=True, slots=True)
class Written:
    """A text whose gaps have been filled in: ``text``, and where in the source each part of it comes from."""

    text: str
    starts: tuple[int, ...]
    offsets: tuple[int, ...]

    def source(self, position: int) -> int:
        """The offset in the source of a position in ``text``."""
        at = max(0, bisect_right(self.starts, position) - 1)
        return self.offsets[at] + position - self.starts[at] if self.starts else 0


def write(parts: Iterable[tuple[str, int, bool]]) -> Written:
    """Joins (text, offset, whether it fills a gap); all of a filled gap stands at its offset."""
    texts: list[str] = []
    starts: list[int] = []
    offsets: list[int] = []
    length = 0
    for text, offset, _ in parts:
        starts.append(length)
        offsets.append(offset)
        texts.append(text)
        length += len(text)
    return Written("".join(texts), tuple(starts), tuple(offsets))


_BRACKETS = {"(": ")", "[": "]", "{": "}"}
GAP = "LIQUID_GAP"
"""What stands for a name that an output gives."""


def graphql(text: Text) -> Written:
    """``text`` with its gaps filled so that GraphQL's grammar can read it.

    A gap in place of a value becomes ``null``, one inside a string stays text, one anywhere else is a name
    (tooling.md 7).
    """
    return write(_graphql(text))


def _graphql(text: Text) -> Iterator[tuple[str, int, bool]]:
    state = _Grammar()
    for index, piece in enumerate(text.pieces):
        if piece.text is not None:
            state.read(piece.text)
            yield piece.text, piece.offset, False
            continue
        following = text.pieces[index + 1].text if index + 1 < len(text.pieces) else None
        filled = state.gap(f"{GAP}_{index}", following or "")
        state.read(filled)
        yield filled, piece.offset, True


class _Grammar:
    """Where in a GraphQL text one is: in a string, a comment, or which brackets; and the character before."""

    def __init__(self) -> None:
        self.open: list[str] = []
        self.inside = ""
        self.last = ""
        self.adjacent = False

    def read(self, text: str) -> None:
        at = 0
        while at < len(text):
            at += self._step(text, at)

    def _step(self, text: str, at: int) -> int:
        """Take in what stands at ``at``; how many characters that is."""
        character = text[at]
        if self.inside == "#":
            self.inside = "" if character in "\r\n" else "#"
            self.adjacent = False
            return 1
        if self.inside:
            return self._in_string(text, at)
        if text.startswith('"""', at):
            self.inside = '"""'
            return 3
        if character in '"#':
            self.inside = character
            return 1
        if character in _BRACKETS:
            self.open.append(character)
        elif self.open and character == _BRACKETS[self.open[-1]]:
            self.open.pop()
        if not character.isspace() and character != ",":
            self.last = character
        self.adjacent = character.isalnum() or character == "_"
        return 1

    def _in_string(self, text: str, at: int) -> int:
        if text[at] == "\\":
            return 4 if text.startswith('\\"""', at) else 2
        if text.startswith(self.inside, at):
            length = len(self.inside)
            self.inside, self.last, self.adjacent = "", '"', False
            return length
        return 1

    def gap(self, name: str, following: str) -> str:
        """What fills a gap here."""
        if self.inside:
            return name
        if self.adjacent or following[:1].isalnum() or following[:1] == "_":
            return name
        if "(" not in self.open:
            return f" {name} "
        if self.last in (":", "=") or self.open[-1] == "[":
            return " null "
        return f" {name}: null "


def json_text(text: Text) -> Written:
    """``text`` with its gaps filled so that it may be JSON: null in place of a value, text inside strings."""
    return write(_json(text))


def _json(text: Text) -> Iterator[tuple[str, int, bool]]:
    quoted = escaped = False
    for piece in text.pieces:
        if piece.text is None:
            yield ("GAP" if quoted else "null"), piece.offset, True
            continue
        for character in piece.text:
            if escaped:
                escaped = False
            elif character == "\\" and quoted:
                escaped = True
            elif character == '"':
                quoted = not quoted
        yield piece.text, piece.offset, False
