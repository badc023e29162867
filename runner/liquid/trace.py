"""Which tags a render came by, and which ways they took (tooling.md 6, coverage)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeVar

Value = TypeVar("Value")


@dataclass(slots=True)
class Trace:
    """A meter that notes places. ``starts`` are offsets of tags and outputs in the script that were rendered, also when
    they failed; ``ways`` are (offset, outcome) as ``Meter.branch`` has them."""

    starts: set[int] = field(default_factory=set)
    ways: set[tuple[int, int]] = field(default_factory=set)

    @contextmanager
    def render(self) -> Iterator[None]:
        """Around a whole render."""
        yield

    def node(self, source: str, start: int, work: Callable[[], None]) -> None:
        """Note the place, and do the ``work``."""
        self.starts.add(start)
        work()

    def branch(self, start: int, outcome: int) -> None:
        """Note the way."""
        self.ways.add((start, outcome))

    def filter(self, name: str, work: Callable[[], Value]) -> Value:
        """The result of ``work``."""
        return work()

    def read(self, kind: str, request: str, work: Callable[[], Value]) -> Value:
        """The result of ``work``."""
        return work()
