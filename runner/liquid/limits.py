"""Budgets of one render: nothing a script says may run, grow or wait without end (liquid.md 1.11)."""

from __future__ import annotations

from dataclasses import dataclass
from io import StringIO
from typing import Any, Final

from runner.clock import stopwatch
from runner.errors import LimitError
from runner.liquid.memory import resident

BLOCK_NESTING: Final = 100
"""Blocks within blocks, as Ruby Liquid refuses more (liquid.md 1.11)."""

MAX_SOURCE: Final = 1_000_000
"""Characters of the longest template; the longest of the platform's library has 50,000."""

MAX_TEXT: Final = 20_000_000
"""Characters of the longest text: of a filter's result, a capture, the output; as the platform's largest files."""

MAX_RANGE: Final = 1_000_000
"""Elements of the longest list that a filter makes of other things: of a range, of several lists, of a text."""

MAX_WHOLE: Final = 10**15
"""The farthest a range may reach in either direction."""

MAX_ELEMENTS: Final = 5_000_000
"""Elements of the largest list with all lists and hashes inside of it, each counted as often as it is reached."""

_WATCHED: Final = 5_000_000
"""What may be made, in rough units of some bytes, until the memory is looked at again."""
_COPIED: Final = 20
"""Those units for each element of a copied list or hash."""
_MEGABYTE: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Limits:
    """What one render may use. Engine-wide; the platform's own figures are not published (engine.md 8.3, 12).

    ``iterations``: loop rounds in total. ``output``: characters written in total, captures included. ``seconds``: wall
    clock. ``megabytes``: by how much the memory of the process may grow meanwhile, whatever else it does.
    """

    iterations: int = 10_000_000
    output: int = 1_000_000_000
    seconds: float = 300.0
    megabytes: int = 512


class Budget:
    """What is left of the limits, shared by all templates of one render."""

    __slots__ = ("_elapsed", "_memory", "_unwatched", "iterations", "limits", "output")

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.iterations = limits.iterations
        self.output = limits.output
        self._elapsed = stopwatch()
        self._memory = resident()
        self._unwatched = 0

    def charge_iterations(self, rounds: int) -> None:
        """Take ``rounds`` loop rounds, at loop entry. Raises ``LimitError`` when there are not that many left."""
        self.iterations -= rounds
        if self.iterations < 0:
            raise LimitError(
                f"this loop would bring the run over its budget of {self.limits.iterations:,} loop rounds",
                hint="Loop over less: stop early with break, or ask the shop for fewer items.",
                code="liquid.limit.iterations",
            )

    def charge_output(self, characters: int) -> None:
        """Take ``characters`` of written text. Raises ``LimitError`` when there are not that many left."""
        self.output -= characters
        if self.output < 0:
            raise LimitError(
                f"the run wrote more than its budget of {self.limits.output:,} characters",
                hint="Look for text that grows in a loop, such as a capture that contains itself.",
                code="liquid.limit.output",
            )

    def check_time(self) -> None:
        """Raise ``LimitError`` when the render has taken too long."""
        if self._elapsed() > self.limits.seconds:
            raise LimitError(
                f"the run took longer than its budget of {self.limits.seconds:g} seconds",
                hint="Do less in one run: smaller pages, fewer nested loops, or a bulk operation.",
                code="liquid.limit.time",
            )

    def grew(self, size: int) -> None:
        """Say that values of about ``size`` characters or elements were made; now and then, the memory is looked at."""
        self._unwatched += size
        if self._unwatched > _WATCHED:
            self._unwatched = 0
            self.check_memory()

    def charge_copy(self, elements: int) -> None:
        """Say that a container of so many elements is about to be copied."""
        self.grew(_COPIED * (elements + 1))

    def check_memory(self) -> None:
        """Raise ``LimitError`` when the process has grown too much since the render began."""
        now = resident()
        if now is not None and self._memory is not None and now - self._memory > self.limits.megabytes * _MEGABYTE:
            raise out_of_memory(f"the run took more than its budget of {self.limits.megabytes} MB of memory")


class OutputBuffer(StringIO):
    """A text buffer that charges what is written to a budget."""

    def __init__(self, budget: Budget) -> None:
        super().__init__(newline="")
        self._budget = budget

    def write(self, text: str, /) -> int:
        size = len(text)
        self._budget.charge_output(size)
        self._budget.grew(size + 10)
        if self.tell() + size > MAX_TEXT:
            raise LimitError(
                f"a text would have more than {MAX_TEXT:,} characters",
                hint="Look for text that grows in a loop, such as a capture that contains itself.",
                code="liquid.limit.output",
            )
        return super().write(text)


def too_large(message: str, hint: str | None = None) -> LimitError:
    """The error about one value that is, or would be, larger than any may be."""
    return LimitError(message, hint=hint, code="liquid.limit.size")


def out_of_memory(message: str) -> LimitError:
    """The error about a run that keeps too much."""
    return LimitError(
        message,
        hint="Keep less at a time: only the fields that are needed, and smaller pages.",
        code="liquid.limit.memory",
    )


def nested_too_deeply(what: str) -> LimitError:
    """The error about ``what``: values or blocks inside each other beyond what the engine can follow."""
    return LimitError(f"{what} nested too deeply", code="liquid.limit.nesting")


def extent(value: Any, most: int, *, texts: bool = False) -> int:
    """How many elements ``value`` has, with everything inside it; with ``texts``, characters of texts count too.

    What can be reached in several ways counts each time, as it would be written each time: a list of a thousand
    references to one list of a thousand elements is a million. Stops counting beyond ``most``.
    """
    # As a text, a container has brackets, commas and blanks: no millions of them need be visited to be too much.
    weight, per_element = (5, 2) if texts else (1, 1)
    total = 0
    pending = [value]
    while pending and total <= most:
        container = pending.pop()
        total += weight + per_element * len(container)
        if isinstance(container, dict):
            if texts:
                total += sum([len(key) for key in container if isinstance(key, str)])
            container = container.values()
        for item in container:
            kind = type(item)
            if kind is str:
                total += len(item) if texts else 0
            elif isinstance(item, (list, tuple, dict)):
                pending.append(item)
    return total


def refuse_large(value: Any, what: str) -> None:
    """Raise ``LimitError`` when ``value``, a list or hash, would be too long a text. ``what`` would write it."""
    if extent(value, MAX_TEXT, texts=True) > MAX_TEXT:
        raise too_large(f"{what}: the value would be a text of more than {MAX_TEXT:,} characters")
