"""Budgets of one render: nothing a script says may run, grow or wait without end (liquid.md 1.11)."""

from __future__ import annotations

from dataclasses import dataclass
from io import StringIO

from runner.errors import LimitError

BLOCK_NESTING = 100
"""Blocks within blocks, as Ruby Liquid refuses more (liquid.md 1.11)."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one render may use. Engine-wide; the platform's own figures are not published (engine.md 8.3).

    ``iterations``: loop rounds in total. ``output``: characters written in total, captures included. ``seconds``: wall
    clock.
    """

    iterations: int = 10_000_000
    output: int = 100_000_000
    seconds: float = 300.0


class Budget:
    """What is left of the limits, shared by all templates of one render."""

    __slots__ = ("iterations", "limits", "output")

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.iterations = limits.iterations
        self.output = limits.output

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


class OutputBuffer(StringIO):
    """A text buffer that charges what is written to a budget."""

    def __init__(self, budget: Budget) -> None:
        super().__init__(newline="")
        self._budget = budget

    def write(self, text: str, /) -> int:
        self._budget.charge_output(len(text))
        return super().write(text)
