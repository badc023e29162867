"""What looks on while a script renders, and one that does: what it spends its time on, by lines, filters, reads.

Nothing is looked at, and nothing spent on it, unless a ``Meter`` is passed to ``render``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from runner.clock import stopwatch

Value = TypeVar("Value")


class Meter(Protocol):
    """Looks on while scripts render."""

    def render(self) -> AbstractContextManager[None]:
        """Around a whole render."""
        ...

    def node(self, source: str, start: int, work: Callable[[], None]) -> None:
        """Do the ``work`` of the tag or output at ``start`` of ``source``."""
        ...

    def branch(self, start: int, outcome: int) -> None:
        """The tag at ``start`` took a way: the place of a branch from 0 on, one more than the last for none of them.

        Of a loop, 0: it has items, 1: it has none.
        """
        ...

    def filter(self, name: str, work: Callable[[], Value]) -> Value:
        """The result of ``work``, which is that of a filter."""
        ...

    def read(self, kind: str, request: str, work: Callable[[], Value]) -> Value:
        """The result of ``work``, which asks the shop."""
        ...


@dataclass(slots=True)
class Spent:
    """How often something was done, and the seconds it took: ``total`` with what was done inside of it, ``own``
    without."""

    count: int = 0
    total: float = 0.0
    own: float = 0.0

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready, in milliseconds."""
        return {"count": self.count, "ms": round(self.total * 1000, 3), "own_ms": round(self.own * 1000, 3)}


@dataclass(slots=True)
class Profile:
    """What renders spent, added up.

    ``lines`` by the line of the script on which a tag or output begins, ``filters`` by name, ``reads`` by (kind, text
    of the request). Time inside a filter is part of the own time of its line; time of a read is part of that of the
    filter or line that made it.
    """

    lines: dict[int, Spent] = field(default_factory=dict)
    filters: dict[str, Spent] = field(default_factory=dict)
    reads: dict[tuple[str, str], Spent] = field(default_factory=dict)
    renders: int = 0
    seconds: float = 0.0
    _elapsed: Callable[[], float] = field(default_factory=stopwatch)
    _inside: list[float] = field(default_factory=lambda: [0.0])
    _open: list[int] = field(default_factory=list)
    _starts: dict[tuple[int, int], int] = field(default_factory=dict)

    @contextmanager
    def render(self) -> Iterator[None]:
        """Around a whole render."""
        began = self._elapsed()
        try:
            yield
        finally:
            self.renders += 1
            self.seconds += self._elapsed() - began

    def node(self, source: str, start: int, work: Callable[[], None]) -> None:
        """Do the ``work`` of the tag or output at ``start`` of ``source``."""
        line = self._line(source, start)
        repeated = line in self._open  # tags on one line inside each other: their time counts once
        self._open.append(line)
        self._inside.append(0.0)
        began = self._elapsed()
        try:
            work()
        finally:
            took = self._elapsed() - began
            inside = self._inside.pop()
            self._open.pop()
            self._inside[-1] += took
            spent = self.lines.setdefault(line, Spent())
            spent.own += took - inside
            if not repeated:
                spent.count += 1
                spent.total += took

    def branch(self, start: int, outcome: int) -> None:
        """Which way a tag takes is no matter of time."""

    def filter(self, name: str, work: Callable[[], Value]) -> Value:
        """The result of ``work``, which is that of a filter."""
        return self._timed(self.filters.setdefault(name, Spent()), work)

    def read(self, kind: str, request: str, work: Callable[[], Value]) -> Value:
        """The result of ``work``, which asks the shop."""
        return self._timed(self.reads.setdefault((kind, request), Spent()), work)

    def _timed(self, spent: Spent, work: Callable[[], Value]) -> Value:
        began = self._elapsed()
        try:
            return work()
        finally:
            took = self._elapsed() - began
            spent.count += 1
            spent.total += took
            spent.own += took

    def _line(self, source: str, start: int) -> int:
        place = (len(source), start)
        line = self._starts.get(place)
        if line is None:
            line = self._starts[place] = source.count("\n", 0, start) + 1
        return line
