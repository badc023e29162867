"""What completion offers, before it is put into the words of the protocol."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lsprotocol.types import CompletionItemKind


@dataclass(frozen=True, slots=True)
class Suggestion:
    """``label`` is shown and stands for what is typed; ``start`` to ``end`` of the text become ``text``.

    ``snippet`` is ``text`` with places to jump to, for editors that can. ``rank`` sorts, smallest first.
    ``later`` says what to look up when somebody wants to know about it: of hundreds hardly one is looked at.
    """

    label: str
    start: int
    end: int
    kind: CompletionItemKind
    detail: str = ""
    about: str = ""
    text: str | None = None
    snippet: str | None = None
    rank: int = 5
    deprecated: bool = False
    later: Mapping[str, str] | None = None
