"""Splits the text of an expression into lexemes (liquid.md 1.3)."""

from __future__ import annotations

import re
from typing import NamedTuple

from runner.errors import LiquidError

WORD = "name"
STRING = "string"
INTEGER = "integer"
FLOAT = "number"
OPERATOR = "operator"
SIGN = "sign"
END = "end of the tag"

_LEXEME = re.compile(
    r"""
      (?P<skip>\s+)
    | (?P<string>"[^"]*"|'[^']*')
    | (?P<number>-?\d+\.\d+)
    | (?P<integer>-?\d+)
    | (?P<operator>==|!=|<>|<=|>=|<|>)
    | (?P<sign>\.\.|[.\[\]():,|=])
    | (?P<name>[A-Za-z_][\w-]*\??)
    """,
    re.VERBOSE | re.ASCII,
)


class Lexeme(NamedTuple):
    """One word, literal or sign; ``start`` is its offset in the template's source."""

    kind: str
    value: str
    start: int


def lexemes(text: str, offset: int) -> list[Lexeme]:
    """The lexemes of ``text``, which stands at ``offset`` in the template; the last one is an ``END``.

    Raises ``LiquidError`` (its place is the offset in ``column`` terms of the caller) for a character that cannot
    stand in an expression, or a string that is never closed.
    """
    found: list[Lexeme] = []
    position = 0
    while position < len(text):
        match = _LEXEME.match(text, position)
        if match is None:
            raise UnexpectedCharacter(text[position], offset + position)
        kind = match.lastgroup or ""
        if kind == STRING:
            found.append(Lexeme(kind, match.group()[1:-1], offset + position))
        elif kind != "skip":
            found.append(Lexeme(kind, match.group(), offset + position))
        position = match.end()
    found.append(Lexeme(END, "", offset + len(text)))
    return found


class UnexpectedCharacter(LiquidError):
    """A character no expression can hold; ``start`` is its offset in the template's source."""

    code = "liquid.syntax"

    def __init__(self, character: str, start: int) -> None:
        if character in "\"'":
            message = f"a string that starts with {character} is never closed"
            hint = "Close it with the same quote. Strings have no escapes and cannot hold their own quote."
        else:
            message = f"unexpected character {character!r}"
            hint = "Names, strings, numbers, and the signs . .. [ ] ( ) : , | = == != <> < > <= >= may stand here."
        super().__init__(message, hint=hint)
        self.start = start
