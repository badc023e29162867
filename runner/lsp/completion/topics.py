"""Completion of topics and of the delays behind them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from lsprotocol.types import CompletionItemKind

from runner.lsp.completion.suggestion import Suggestion
from runner.model.subscription import UNITS
from runner.model.topic import MECHANIC_TOPICS, SHOPIFY_TOPICS, subject_variable

_TOPIC = re.compile(r"[a-z0-9_/]*\Z")
_DELAY = re.compile(r"\+(?P<amount>[0-9.]*)(?P<unit>[a-z]*)\Z")


def topics(line: str, offset: int, first: Sequence[str] = ()) -> Iterator[Suggestion]:
    """The topics, or the units of a delay, for what is written of ``line``; ``first`` come first."""
    delay = _DELAY.search(line)
    if delay is not None:
        yield from _delays(delay, offset)
        return
    found = _TOPIC.search(line)
    start = offset - len(found.group()) if found is not None else offset
    for topic in dict.fromkeys((*first, *MECHANIC_TOPICS, *SHOPIFY_TOPICS)):
        variable = subject_variable(topic)
        detail = f"gives the variable {variable}" if variable else "topic"
        yield Suggestion(topic, start, offset, CompletionItemKind.Event, detail, rank=2 if topic in first else 5)


def _delays(delay: re.Match[str], offset: int) -> Iterator[Suggestion]:
    amount = delay["amount"].strip(".") or "1"
    start = offset - len(delay.group()) + 1
    for unit in UNITS:
        text = f"{amount}.{unit}" + ("" if amount == "1" else "s")
        yield Suggestion(text, start, offset, CompletionItemKind.Unit, "later", rank=UNITS.index(unit))
