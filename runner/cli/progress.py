"""Progress of work on many things: a bar on a terminal, a line every ten seconds elsewhere, on stderr."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import TypeVar

from runner.cli.output import Output, has_colour
from runner.clock import Clock

EVERY = timedelta(seconds=10)

_Item = TypeVar("_Item")


def counted(items: Sequence[_Item], label: str, *, output: Output, clock: Clock) -> Iterator[_Item]:
    """``items`` one by one; how many are done is shown meanwhile."""
    if has_colour(sys.stderr):
        yield from _barred(items, label)
        return
    told = clock.now()
    for number, item in enumerate(items, start=1):
        yield item
        now = clock.now()
        if now - told >= EVERY and number < len(items):
            output.note(f"{label}: {number} of {len(items)}")
            told = now


def _barred(items: Sequence[_Item], label: str) -> Iterator[_Item]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn(label), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(file=sys.stderr), transient=True) as bar:
        shown = bar.add_task(label, total=len(items))
        for item in items:
            yield item
            bar.advance(shown)
