"""What the engine tells while it works, so that a command can print it step by step. Told after the commit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from runner.actions.base import Outcome
from runner.model.action import Action
from runner.model.deprecation import DeprecatedCall
from runner.model.event import Event
from runner.model.rendering import Rendering
from runner.model.run import Run


@dataclass(frozen=True, slots=True)
class EventAccepted:
    """An event is kept; its run is due at ``run_at``. Also told of events that actions and errors make."""

    event: Event
    run_at: datetime


@dataclass(frozen=True, slots=True)
class EventDuplicate:
    """An event that was kept before came again, and was dropped."""

    event: Event
    dedupe: str | None


@dataclass(frozen=True, slots=True)
class EventMatched:
    """An event run ended well: these task runs answer the event, none if nobody subscribes."""

    event: Event
    run: Run
    task_runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class EventSkipped:
    """An event run ended well without asking any task, since the event filter ``name`` stopped the event."""

    event: Event
    run: Run
    name: str


@dataclass(frozen=True, slots=True)
class TaskRunStarted:
    """A task is about to be rendered."""

    event: Event
    run: Run


@dataclass(frozen=True, slots=True)
class TaskRunRendered:
    """A task run succeeded: its actions are recorded."""

    event: Event
    run: Run
    rendering: Rendering


@dataclass(frozen=True, slots=True)
class ActionStarted:
    """An action is about to be performed; ``summary`` is one line for people."""

    event: Event
    run: Run
    action: Action
    summary: str


@dataclass(frozen=True, slots=True)
class ActionPerformed:
    """An action succeeded, or was validated by a dry run (``run.state`` tells)."""

    event: Event
    run: Run
    action: Action
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class ActionHalted:
    """An action will not be performed, since an earlier one of its sequence failed."""

    event: Event
    run: Run


@dataclass(frozen=True, slots=True)
class RunRetried:
    """An attempt of any kind of run failed; the next one is due at ``at``."""

    event: Event
    run: Run
    at: datetime
    error: str


@dataclass(frozen=True, slots=True)
class RunFailed:
    """A run of any kind failed for good; ``run.error`` says why. ``outcome`` holds the hint and the shop's answer."""

    event: Event
    run: Run
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class CallDeprecated:
    """A task made a call, of a kind it had not made since it was last edited, that the shop wants changed."""

    event: Event
    run: Run
    call: DeprecatedCall


Occurrence: TypeAlias = (
    EventAccepted
    | EventDuplicate
    | EventMatched
    | EventSkipped
    | TaskRunStarted
    | TaskRunRendered
    | ActionStarted
    | ActionPerformed
    | ActionHalted
    | RunRetried
    | RunFailed
    | CallDeprecated
)

Observer: TypeAlias = Callable[[Occurrence], None]


def no_observer(occurrence: Occurrence) -> None:
    """Listens to nothing."""
