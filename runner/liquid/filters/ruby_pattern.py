"""Ruby's regular expressions, rewritten for the package ``regex`` in its version 1 behaviour.

What differs: ``\\d \\w \\s \\h`` are ASCII in Ruby; ``\\z`` is the end and ``\\Z`` the end but for a newline; ``(?m)``
lets the dot match newlines; plain groups do not capture beside named ones; ``\\g<n>`` calls a group, ``\\k<n>`` refers
back. Nested classes, ``&&``, POSIX classes, ``\\p{}``, possessive and atomic groups are the same in both.
"""

from __future__ import annotations

import re
from typing import Final

_SETS: Final = {"d": "0-9", "w": "a-zA-Z0-9_", "s": r" \t\r\n\f\v", "h": "0-9a-fA-F"}
_SAME: Final = frozenset("tnrfvaAbBGKRXpP0123456789xu")
"""Letters and digits after a backslash that mean the same in both."""

_NAMED_GROUP: Final = re.compile(r"\(\?(?:<(?![=!])|')(\w+)[>']")
_REFERENCE: Final = re.compile(r"\\([gk])(?:<([^>]+)>|'([^']+)')")
_BRACED: Final = re.compile(r"\\[pP]\{[^}]*\}")
_CODE_POINT: Final = re.compile(r"\\u\{\s*([0-9a-fA-F]{1,6})\s*\}")
_INLINE_FLAGS: Final = re.compile(r"\(\?([imx]*)(-[imx]+)?(?=[:)])")
_QUANTIFIER: Final = re.compile(r"\{(?:[0-9]+(?:,[0-9]*)?|,[0-9]+)\}")
_POSIX: Final = re.compile(r"\[:\^?[a-z]+:\]")


def translated(pattern: str) -> str:
    """``pattern`` for ``regex``. Mistakes in it are left for the compiler to find."""
    named = any(not _escaped(pattern, found.start()) for found in _NAMED_GROUP.finditer(pattern))
    written: list[str] = []
    position = depth = 0
    while position < len(pattern):
        character = pattern[position]
        if character == "\\":
            piece, position = _escape(pattern, position, inside=depth > 0)
        elif depth:
            piece, position, depth = _in_class(pattern, position, depth)
        elif character == "[":
            piece, position, depth = _open_class(pattern, position, depth)
        elif character == "(":
            piece, position = _group(pattern, position, named)
        elif character == "{":
            # Other braces are literal in Ruby, but fuzzy matching in `regex`.
            quantifier = _QUANTIFIER.match(pattern, position)
            piece, position = (quantifier.group(), quantifier.end()) if quantifier else (r"\{", position + 1)
        else:
            piece, position = character, position + 1
        written.append(piece)
    return "".join(written)


_PIECE: Final = re.compile(r"\\.|\{([0-9]*)(?:,([0-9]*))?\}|.", re.DOTALL)


def expanse(pattern: str) -> int:
    """How large ``pattern`` is with its counted repetitions written out, at most: ``(ab{3}){10}`` is 40."""
    sizes, last, in_class = [0], 0, 0
    for piece in _PIECE.finditer(pattern):
        written = piece.group()
        if written == "[":
            in_class += 1
        elif written == "]" and in_class:
            in_class -= 1
        elif in_class:
            continue
        elif piece.lastindex and (piece.group(1) or piece.group(2)):
            sizes[-1] += last * (max(int((each or "0")[:18]) for each in piece.groups()) - 1)
            last *= max(int((each or "0")[:18]) for each in piece.groups())
            continue
        elif written == "(":
            sizes.append(0)
            continue
        elif written == ")" and len(sizes) > 1:
            last = sizes.pop()
            sizes[-1] += last
            continue
        last = 1
        sizes[-1] += 1
    return sum(sizes)


_LITERAL: Final = re.compile(r"(?:[^\\\[\](){}|.*+?^$]|\\[^\w])+")


def longest_literal(pattern: str) -> int:
    """The length of the longest row of plain characters in ``pattern``."""
    return max((len(row) for row in _LITERAL.findall(pattern)), default=0)


def _escaped(pattern: str, position: int) -> bool:
    before = pattern[:position]
    return (len(before) - len(before.rstrip("\\"))) % 2 == 1


def _escape(pattern: str, position: int, *, inside: bool) -> tuple[str, int]:
    """The rewritten escape at ``position`` and where it ends. ``inside``: within a character class."""
    for known in (_BRACED, _CODE_POINT, _REFERENCE):
        found = known.match(pattern, position)
        if found is None or (known is _REFERENCE and inside):
            continue
        if known is _BRACED:
            return found.group(), found.end()
        if known is _CODE_POINT:
            return f"\\U{int(found.group(1), 16):08X}", found.end()
        name = found.group(2) or found.group(3)
        return (f"(?&{name})" if found.group(1) == "g" else f"(?P={name})"), found.end()
    letter = pattern[position + 1 : position + 2]
    end = position + 2
    if letter.lower() in _SETS and letter:
        members = _SETS[letter.lower()]
        if letter.isupper():
            return f"[^{members}]", end
        return (members if inside else f"[{members}]"), end
    if letter == "z":
        return r"\Z", end
    if letter == "Z":
        return r"(?=\n?\Z)", end
    if letter == "e":
        return r"\x1b", end
    if letter.isalnum() and letter.isascii() and letter not in _SAME:
        return letter, end
    return pattern[position:end], end


def _in_class(pattern: str, position: int, depth: int) -> tuple[str, int, int]:
    character = pattern[position]
    if character == "[":
        return _open_class(pattern, position, depth)
    if character == "]":
        return "]", position + 1, depth - 1
    # Set operators of `regex` are plain characters in Ruby.
    if character in "|~":
        return f"\\{character}", position + 1, depth
    if pattern.startswith("--", position):
        if pattern[position - 1] in "[^":
            return r"\-", position + 1, depth
        return r"-\-", position + 2, depth
    return character, position + 1, depth


def _open_class(pattern: str, position: int, depth: int) -> tuple[str, int, int]:
    posix = _POSIX.match(pattern, position)
    if posix and depth:
        return posix.group(), posix.end(), depth
    end = position + 2 if pattern.startswith("[^", position) else position + 1
    opening = pattern[position:end]
    if pattern.startswith("]", end):
        # A bracket that stands first is literal.
        return f"{opening}\\]", end + 1, depth + 1
    return opening, end, depth + 1


def _group(pattern: str, position: int, named: bool) -> tuple[str, int]:
    name = _NAMED_GROUP.match(pattern, position)
    if name:
        return f"(?P<{name.group(1)}>", name.end()
    flags = _INLINE_FLAGS.match(pattern, position)
    if flags:
        return flags.group().replace("m", "s"), flags.end()
    if pattern.startswith("(?", position):
        return "(?", position + 2
    return ("(?:" if named else "("), position + 1
