"""Keeps a trace of every rendering that cases make, for coverage (tooling.md 6)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from runner.liquid.profile import Meter
from runner.liquid.trace import Trace
from runner.model.event import Event
from runner.model.task import Task

CASE, PREVIEW, SAMPLE = "case", "preview", "sample"
"""Kinds of what is rendered for."""
Watch = Callable[[Task, Event], Meter]
"""Asked before each rendering for what is to look on."""


@dataclass(frozen=True, slots=True)
class Traced:
    """The ``trace`` of one rendering of ``task``, for an event of ``topic``.

    ``kind`` is ``case``, ``preview`` (an event that the task defines) or ``sample``. ``case`` names what it was made
    for: of a sample the topic, else folder and name as in ``my-task/plain``.
    """

    task: Task
    topic: str
    preview: bool
    case: str
    kind: str
    trace: Trace


@dataclass(slots=True)
class Tracing:
    """All renderings that were looked on."""

    traced: list[Traced] = field(default_factory=list)

    def of(self, case: str, kind: str) -> Watch:
        """What looks on while a case of this name and kind is played."""

        def watch(task: Task, event: Event) -> Meter:
            trace = Trace()
            self.traced.append(Traced(task, event.topic, event.preview, case, kind, trace))
            return trace

        return watch
