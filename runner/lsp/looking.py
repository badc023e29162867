"""Where things of a script are: the filter that is being written, definitions, and an outline."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from lsprotocol.types import SymbolKind

from runner.lsp import manual
from runner.lsp.completion import action_type
from runner.lsp.completion.filters import last_filter
from runner.lsp.cursor import body_of, lexemes, place, takes_body, word_end, word_start
from runner.lsp.hover import OPTION
from runner.lsp.manual import Entry
from runner.lsp.setting import Setting


class Signature(NamedTuple):
    """A filter, and which of its arguments is being written; None: one that it does not take."""

    entry: Entry
    active: int | None


def signature(setting: Setting, offset: int) -> Signature | None:
    """The filter whose arguments are being written at ``offset``."""
    piece = place(setting.source, offset, setting.pieces).piece
    if piece is None:
        return None
    found = lexemes(setting.source[piece.expression : offset], piece.expression)
    entry = manual.filters().get(last_filter([*found, *found[-1:]]) or "")
    if entry is None or not entry.arguments:
        return None
    bar = max(at for at, each in enumerate(found) if each.value == "|")
    return Signature(entry, _active(entry, [each.value for each in found[bar + 3 :]]))


def _active(entry: Entry, words: list[str]) -> int | None:
    commas = [at for at, word in enumerate(words) if word == ","]
    current = words[commas[-1] + 1 :] if commas else words
    if len(current) > 1 and current[1] == ":":
        named = [argument.strip("[]").partition(":")[0] for argument in entry.arguments]
        return named.index(current[0]) if current[0] in named else None
    return min(len(commas), len(entry.arguments) - 1)


class Definition(NamedTuple):
    """Where a variable is set (offsets in the script), or which option is meant."""

    start: int = 0
    end: int = 0
    option: str | None = None


def definition(setting: Setting, offset: int) -> Definition | None:
    """What the word at ``offset`` leads to."""
    source = setting.source
    start, end = word_start(source, offset), word_end(source, offset)
    word = source[start:end]
    if not word:
        return None
    if OPTION.search(source, max(0, start - 20), start):
        return Definition(option=word)
    found = place(source, end, setting.pieces)
    if found.piece is None or source[start - 1 : start] == ".":
        return None
    setter = setting.setter(word, start)
    return Definition(setter.start, setter.start + len(word)) if setter is not None else None


@dataclass(frozen=True, slots=True)
class Symbol:
    """A line of the outline: the whole of it from ``start`` to ``end``, its name from ``name_start`` on."""

    name: str
    kind: SymbolKind
    start: int
    end: int
    name_start: int
    detail: str = ""


def symbols(setting: Setting) -> Iterator[Symbol]:
    """The captures and actions of a script, in order."""
    source = setting.source
    for piece in setting.pieces:
        if piece.name not in ("action", "capture"):
            continue
        end = piece.end
        if takes_body(piece, source):
            body_end = body_of(piece, source, setting.pieces)[1]
            closing = next((each.end for each in setting.pieces if each.start == body_end), body_end)
            end = max(closing, piece.end)
        if piece.name == "action":
            name = action_type(piece, source) or "action"
            yield Symbol(name, SymbolKind.Event, piece.start, end, piece.name_start, "action")
        else:
            found = lexemes(piece.text(source), piece.expression)
            name = found[0].value.strip("\"'") if found else "capture"
            at = found[0].start if found else piece.name_start
            yield Symbol(name or "capture", SymbolKind.Variable, piece.start, end, at, "capture")
