"""The context of a render: variables, loops, budgets, and how errors get their place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from liquid import RenderContext

from runner.errors import LiquidError, RunnerError
from runner.liquid.limits import Budget, OutputBuffer, nested_too_deeply, out_of_memory
from runner.liquid.origins import Mark, Notes, Rounds, told
from runner.liquid.places import place

if TYPE_CHECKING:
    from runner.liquid.state import RenderState
    from runner.liquid.tags.for_ import ForLoop
    from runner.liquid.template import DialectTemplate

AnyError = TypeVar("AnyError", bound=RunnerError)

MAX_MARKS = 100_000
"""Places of printed text that are all remembered; from then on, one in MARK_EVERY characters is."""
MARK_EVERY = 1000


class Context(RenderContext):
    """Variables of one template's render, on python-liquid's context.

    A name is looked up in the innermost ``for`` first, then among assigned and captured names, then in the environment,
    then among ``increment`` counters (liquid.md 1.6).
    """

    __slots__ = ("_frames", "budget", "emits", "marks", "notes", "output", "profile", "state")

    def __init__(
        self,
        template: DialectTemplate,
        environment: Mapping[str, Any],
        state: RenderState,
        budget: Budget,
        *,
        emits: bool,
    ) -> None:
        super().__init__(template, globals=environment)
        self.state = state
        self.budget = budget
        self.emits = emits
        """Whether action, log and error mean anything here: true for scripts only (liquid.md 1.2)."""
        self.profile = state.profile if emits else None
        self.output = OutputBuffer(budget)
        self.marks: list[Mark] = []
        """Where everything printed at the top level comes from, ascending."""
        self.notes = Notes()
        self._frames: list[dict[str, Any]] = []

    # Variables

    def find(self, name: str) -> Any:
        """The variable ``name``, None when there is none."""
        for frame in reversed(self._frames):
            if name in frame:
                return frame[name]
        if name in self.locals:
            return self.locals[name]
        if name in self.globals:
            return self.globals[name]
        return self.counters.get(name)

    @contextmanager
    def frame(self, variables: dict[str, Any]) -> Iterator[None]:
        """``variables`` hide all others of their names while inside."""
        self._frames.append(variables)
        try:
            yield
        finally:
            self._frames.pop()

    def enclosing_loop(self) -> ForLoop | None:
        """The ``forloop`` of the loop around this one."""
        for frame in reversed(self._frames):
            if "forloop" in frame:
                loop: ForLoop = frame["forloop"]
                return loop
        return None

    def rounds(self) -> Rounds:
        """The loops around this place and the rounds they are in."""
        found = []
        for frame in self._frames:
            loop: ForLoop | None = frame.get("forloop")
            if loop is not None:
                found.append((loop.start, loop.variable, loop.index0 + 1, told(frame.get(loop.variable))))
        return tuple(found)

    # Text

    def new_buffer(self) -> OutputBuffer:
        """A buffer for text that does not go to the output yet."""
        return OutputBuffer(self.budget)

    def mark(self, buffer: object, start: int) -> None:
        """Remember that what ``buffer`` gets next comes from offset ``start``, for errors about the output."""
        if buffer is self.output:
            position = self.output.tell()
            if len(self.marks) < MAX_MARKS or position - self.marks[-1].position > MARK_EVERY:
                self.marks.append(Mark(position, start, self.rounds()))

    # Errors and limits

    def placed(self, error: AnyError, start: int) -> AnyError:
        """``error`` with the place ``start`` of this template, unless it already has one."""
        if error.where is None:
            error.where = place(self.source, start)
        return error

    def failure(self, message: str, start: int, hint: str | None = None, code: str = "liquid.render") -> LiquidError:
        """A ``LiquidError`` at offset ``start``."""
        return LiquidError(message, hint=hint, where=place(self.source, start), code=code)

    @property
    def source(self) -> str:
        template: DialectTemplate = self.template  # type: ignore[assignment]
        return template.source


@contextmanager
def exhaustion() -> Iterator[None]:
    """Tells values that are nested too deeply, and memory that runs out, as ``LimitError``."""
    try:
        yield
    except RecursionError as error:
        raise nested_too_deeply("a value of the event, the shop or the options is") from error
    except MemoryError:
        # Without its cause, whose traceback would keep what fills the memory.
        raise out_of_memory("the run took all the memory there is") from None


def in_part(error: LiquidError, part: str) -> LiquidError:
    """``error`` with the part of the task it concerns, such as ``script`` or ``option "Body"``."""
    if error.where is not None and error.where.part is None:
        error.where = replace(error.where, part=part)
    return error
