"""Completion of filters and of their named arguments."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from lsprotocol.types import CompletionItemKind

from runner.lsp import manual
from runner.lsp.completion.suggestion import Suggestion
from runner.lsp.cursor import Lexeme


def filters(start: int, offset: int) -> Iterator[Suggestion]:
    """All filters; those that the platform deprecated come last."""
    from runner.liquid.filters import deprecated

    for name, entry in manual.filters().items():
        old = name in deprecated.FILTERS
        yield Suggestion(
            name,
            start,
            offset,
            CompletionItemKind.Function,
            entry.head,
            entry.markdown,
            rank=8 if old else 5,
            deprecated=old,
        )


def arguments(found: Sequence[Lexeme], start: int, offset: int) -> Iterator[Suggestion]:
    """The named arguments of the filter that the expression ends in."""
    entry = manual.filters().get(last_filter(found) or "")
    given = {before.value for before, after in pairwise(found) if after.value == ":"}
    for argument in entry.arguments if entry is not None else ():
        name = argument.strip("[]").partition(":")[0]
        if ":" in argument and name not in given:
            about = f"argument of {entry.name}" if entry is not None else ""
            kind = CompletionItemKind.Field
            yield Suggestion(f"{name}:", start, offset, kind, about, text=f"{name}: ", rank=3)


def last_filter(found: Sequence[Lexeme]) -> str | None:
    """The filter whose arguments are being written; None where none is."""
    bars = [at for at, each in enumerate(found) if each.value == "|"]
    if not bars or bars[-1] + 2 >= len(found) or found[bars[-1] + 2].value != ":":
        return None
    return found[bars[-1] + 1].value
