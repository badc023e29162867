"""Completion of tags: with their ends, and first of all the end of the block that is open."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from lsprotocol.types import CompletionItemKind

from runner.lsp import manual
from runner.lsp.completion.suggestion import Suggestion
from runner.lsp.cursor import Piece, Place, word_start

_ARGUMENTS: Final[Mapping[str, str]] = {
    "action": '"${1:type}"',
    "assign": "${1:name} = ${2:value}",
    "capture": "${1:name}",
    "case": "${1:value}",
    "cycle": "${1:values}",
    "decrement": "${1:name}",
    "echo": "${1:value}",
    "error": '"${1:message}"',
    "for": "${1:item} in ${2:list}",
    "if": "${1:condition}",
    "increment": "${1:name}",
    "log": "${1:value}",
    "tablerow": "${1:item} in ${2:list}",
    "unless": "${1:condition}",
}
"""What is asked for behind the name of a tag."""
_WITH_END: Final = frozenset(
    {"action", "capture", "case", "comment", "for", "if", "ifchanged", "permissions", "raw", "tablerow", "unless"}
)
_BETWEEN: Final[Mapping[str, tuple[str, ...]]] = {
    "if": ("else", "elsif"),
    "unless": ("else", "elsif"),
    "case": ("when", "else"),
    "for": ("else",),
}
_NOT_TYPED = frozenset({"{{", "{{ }}", "#"})


def tags(source: str, offset: int, place: Place) -> Iterator[Suggestion]:
    """The tags that may stand where a name is being written."""
    piece = place.piece
    assert piece is not None, "the caller has seen that a tag is being written"
    start = word_start(source, offset)
    if place.blocks:
        yield from _of_block(place.blocks[-1].name, start, offset)
    for name, entry in manual.tags().items():
        if name in _NOT_TYPED:
            continue
        end, snippet = _whole(source, offset, piece, name)
        text = name + source[offset:end]
        kind = CompletionItemKind.Keyword
        yield Suggestion(name, start, end, kind, "tag", entry.markdown, text=text, snippet=snippet)


def _of_block(name: str, start: int, offset: int) -> Iterator[Suggestion]:
    detail = f"of the {name} that is open"
    yield Suggestion(f"end{name}", start, offset, CompletionItemKind.Keyword, detail, rank=1)
    for between in _BETWEEN.get(name, ()):
        yield Suggestion(between, start, offset, CompletionItemKind.Keyword, detail, rank=2)


def _whole(source: str, offset: int, piece: Piece, name: str) -> tuple[int, str | None]:
    """How far the suggestion reaches, and the whole tag as a snippet; None where the rest of it stands there."""
    arguments = _ARGUMENTS.get(name, "")
    between = f" {arguments}" if arguments else ""
    if piece.inline:
        return offset, f"{name}{between}" + (f"\n$0\nend{name}" if name in _WITH_END else "")
    if source[offset : piece.stop].strip():
        return offset, None
    same_line = "\n" not in source[offset : piece.end]
    if not same_line and piece.closed:
        return offset, None
    closing = source[piece.stop : piece.end] if piece.closed else "%}"
    end = piece.end if piece.closed else offset
    ending = f"$0{{% end{name} %}}" if name in _WITH_END else "$0"
    return end, f"{name}{between} {closing}{ending}"
