"""Offsets of a text, and the positions of the protocol: lines, and units of the encoding that was agreed on.

Lines end as the protocol says, at ``\\n``, ``\\r\\n`` and ``\\r``; nothing else that Unicode calls a line end counts.
"""

from __future__ import annotations

import re
from bisect import bisect_right

from lsprotocol.types import Position, PositionEncodingKind, Range

_LINE_END = re.compile(r"\r\n|\n|\r")
_CODECS = {PositionEncodingKind.Utf8: "utf-8", PositionEncodingKind.Utf16: "utf-16-le"}
_BYTES = {PositionEncodingKind.Utf8: 1, PositionEncodingKind.Utf16: 2}


class Lines:
    """The lines of ``text``. Positions beyond the end of a line, or of the text, are those ends."""

    def __init__(self, text: str, encoding: str = PositionEncodingKind.Utf16) -> None:
        self.text = text
        self.encoding = PositionEncodingKind(encoding)
        self._starts = [0, *(found.end() for found in _LINE_END.finditer(text))]

    def position(self, offset: int) -> Position:
        """The position of ``offset``, in code points."""
        offset = min(max(offset, 0), len(self.text))
        line = bisect_right(self._starts, offset) - 1
        return Position(line, self._units(self.text[self._starts[line] : offset]))

    def range(self, start: int, end: int) -> Range:
        """The range between two offsets."""
        return Range(self.position(start), self.position(end))

    def offset(self, position: Position) -> int:
        """The offset of a position; the middle of a character counts as its start."""
        if position.line >= len(self._starts):
            return len(self.text)
        start = self._starts[position.line]
        line = self.text[start : self._end(position.line)]
        if self.encoding == PositionEncodingKind.Utf32 or line.isascii():
            return start + min(position.character, len(line))
        size = position.character * _BYTES[self.encoding]
        return start + len(line.encode(_CODECS[self.encoding], "surrogatepass")[:size].decode(self._codec, "ignore"))

    def counted(self, line: int, column: int) -> int:
        """The offset of a line and column as findings count them: from 1, lines ending at ``\\n`` only."""
        start = 0
        for _ in range(line - 1):
            found = self.text.find("\n", start)
            if found < 0:
                break
            start = found + 1
        return min(start + column - 1, len(self.text))

    @property
    def _codec(self) -> str:
        return _CODECS[self.encoding]

    def _end(self, line: int) -> int:
        """Where the line ends, without what ends it."""
        if line + 1 >= len(self._starts):
            return len(self.text)
        end = self._starts[line + 1]
        return end - (2 if self.text[end - 2 : end] == "\r\n" else 1)

    def _units(self, text: str) -> int:
        if self.encoding == PositionEncodingKind.Utf32 or text.isascii():
            return len(text)
        return len(text.encode(self._codec, "surrogatepass")) // _BYTES[self.encoding]
