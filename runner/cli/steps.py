"""Tells what the engine does, step by step, and sums it up."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from runner.cli.output import Output, brief
from runner.clock import iso_utc
from runner.engine import observe

if TYPE_CHECKING:
    from runner.model.event import Event
    from runner.model.rendering import Rendering
    from runner.model.run import Run
    from runner.shopify.usage import CallRecord


def no_origin(event: Event) -> str | None:
    """Nothing is known of where an event came from."""
    return None


_WITHOUT_HEADING = (observe.EventAccepted, observe.EventDuplicate, observe.EventSkipped, observe.ActionPerformed)
"""What names its event itself, or mostly prints nothing."""


@dataclass(slots=True)
class Tally:
    """Counts of what happened. ``points`` are those of GraphQL."""

    events: int = 0
    duplicates: int = 0
    task_runs: int = 0
    quiet_runs: int = 0
    """Task runs that asked for no change in the shop."""
    actions: int = 0
    dry: int = 0
    kept: int = 0
    """Actions that were written into the outbox in place of being sent."""
    failed: int = 0
    calls: int = 0
    points: float = 0.0

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return {
            "events": self.events,
            "duplicates": self.duplicates,
            "task_runs": self.task_runs,
            "actions": self.actions,
            "actions_kept": self.kept,
            "actions_not_performed": self.dry,
            "failed": self.failed,
            "calls": self.calls,
            "points": round(self.points, 1),
        }


@dataclass(slots=True)
class _Seen:
    """What is known of one event, for the JSON document."""

    event: Event
    runs: dict[str, dict[str, Any]] = field(default_factory=dict)


class Steps:
    """An observer of the engine and of the shop's client. May be called from several threads.

    ``origin`` words where an event came from. With ``verbose``, queries and whole options are printed as well.
    ``endless`` is for services: nothing is kept for ``to_dict``, which would grow for ever, and where the lines pass
    from one event to another, which several threads work on, a line says which one it is.
    """

    def __init__(
        self,
        output: Output,
        *,
        verbose: bool = False,
        endless: bool = False,
        origin: Callable[[Event], str | None] = no_origin,
    ) -> None:
        self.tally = Tally()
        self._output = output
        self._verbose = verbose
        self._endless = endless
        self._origin = origin
        self._lock = threading.RLock()
        self._seen: dict[str, _Seen] = {}
        self._heading: str | None = None

    def called(self, record: CallRecord) -> None:
        """One exchange with the shop."""
        with self._lock:
            self.tally.calls += record.kind != "token"
            self.tally.points += record.cost or 0.0
            cost = f", {record.cost:g} points" if record.cost is not None else ""
            status = "no reply" if record.status is None else str(record.status)
            outcome = "" if record.outcome == "ok" else f" {record.outcome}"
            self._say(f"    shop: {record.request} -> {status}{outcome}{cost}", style="dim")

    def occurred(self, occurrence: observe.Occurrence) -> None:
        """One step of the engine."""
        with self._lock:
            if self._endless and not isinstance(occurrence, _WITHOUT_HEADING):
                self._head(occurrence.event)
            match occurrence:
                case observe.EventAccepted():
                    self._accepted(occurrence)
                case observe.EventDuplicate(event=event):
                    self.tally.duplicates += 1
                    self._say(f"event {event.topic}: came again, dropped", style="dim")
                case observe.EventMatched(event=event, run=run, task_runs=task_runs):
                    self._matched(event, run, task_runs)
                case observe.EventSkipped(event=event, run=run, name=name):
                    self._note(event, run, "skipped", None)
                    self._say(f"event {event.topic}: skipped by the event filter {name}", style="dim")
                case observe.TaskRunStarted(run=run):
                    self.tally.task_runs += 1
                    self._say(f"  task: {run.task_name or run.task_id}")
                case observe.TaskRunRendered(event=event, run=run, rendering=rendering):
                    self._rendered(event, run, rendering)
                case observe.ActionStarted(summary=summary, action=action):
                    self._say(f"  action {action.type}: {summary}")
                case observe.ActionPerformed():
                    self._performed(occurrence)
                case observe.ActionHalted(event=event, run=run):
                    self._note(event, run, "halted", run.error)
                    self._say("  action: not performed, since an earlier one of its sequence failed", style="yellow")
                case observe.RunRetried(run=run, at=at, error=error):
                    self._say(f"    failed: {error}", style="yellow")
                    self._say(f"    attempt {run.attempt}; the next one is due at {iso_utc(at)}", style="yellow")
                case observe.RunFailed():
                    self._failed(occurrence)
                case observe.CallDeprecated(run=run, call=call):
                    words = f"{call.request} in {call.version} is deprecated: {call.reason}"
                    self._say(f"    Warning: {run.task_name or run.task_id}: {words}", style="yellow")

    def to_dict(self) -> list[dict[str, Any]]:
        """The events with their runs, in the order they came."""
        return [
            {
                "id": seen.event.id,
                "topic": seen.event.topic,
                "source": seen.event.source,
                "runs": list(seen.runs.values()),
            }
            for seen in self._seen.values()
        ]

    def _say(self, text: str, *, style: str | None = None) -> None:
        self._output.say(text, style=style)

    def _block(self, label: str, value: Any) -> None:
        """A value in one line, or whole and indented with ``verbose``."""
        for number, line in enumerate(brief(value, whole=self._verbose, compact=not self._verbose).splitlines()):
            self._say(f"    {label}: {line}" if number == 0 else f"      {line}")

    def _accepted(self, occurrence: observe.EventAccepted) -> None:
        event = occurrence.event
        self.tally.events += 1
        origin = self._origin(event) or event.source
        if self._endless:
            self._heading = event.id
            self._say(f"event {event.topic} {_short(event)}{f' ({origin})' if origin else ''}", style="cyan")
            return
        self._seen[event.id or ""] = _Seen(event)
        self._say(f"event {event.topic}{f' ({origin})' if origin else ''}", style="cyan")

    def _head(self, event: Event) -> None:
        """Say which event the next lines are about, when the ones before were about another."""
        if event.id != self._heading:
            self._heading = event.id
            self._say(f"event {event.topic} {_short(event)}", style="cyan")

    def _matched(self, event: Event, run: Run, task_runs: tuple[Run, ...]) -> None:
        for task_run in task_runs:
            if task_run.run_at is not None and run.run_at is not None and task_run.run_at > run.run_at:
                self._say(f"  task: {task_run.task_name}, due at {iso_utc(task_run.run_at)}")
        if not task_runs:
            self._say(f"  no task responds to {event.topic}", style="dim")

    def _rendered(self, event: Event, run: Run, rendering: Rendering) -> None:
        record = self._note(event, run, "succeeded", None)
        record["rendering"] = rendering.to_dict()
        record["read_errors"] = [error for read in rendering.reads for error in read.errors]
        for error in record["read_errors"]:
            self._say(f"    the shop answered with an error: {error}", style="yellow")
        for log in rendering.logs:
            self._block("log", log)
        for warning in rendering.warnings:
            self._say(f"    warning: {warning}", style="yellow")
        count = len(rendering.actions)
        self.tally.quiet_runs += all(action.type != "shopify" for action in rendering.actions)
        self._say(f"    rendered {count} action{'' if count == 1 else 's'}" if count else "    nothing to do")
        if self._verbose:
            for action in rendering.actions:
                self._block(action.type, action.options)

    def _performed(self, occurrence: observe.ActionPerformed) -> None:
        event, run, outcome = occurrence.event, occurrence.run, occurrence.outcome
        dry = run.state == "dry"
        place = outcome.response.get("outbox") if isinstance(outcome.response, dict) else None
        self.tally.kept += place is not None
        self.tally.actions += not dry and place is None
        self.tally.dry += dry and place is None
        record = self._note(event, run, str(run.state), None)
        record["action"] = occurrence.action.to_dict()
        record["result"] = outcome.result
        if place is not None:
            record["outbox"] = place
            self._say(f"    not sent: {place}", style="yellow")
        elif dry:
            self._say("    not performed: dry run", style="yellow")

    def _failed(self, occurrence: observe.RunFailed) -> None:
        run, outcome = occurrence.run, occurrence.outcome
        self.tally.failed += 1
        self._note(occurrence.event, run, "failed", run.error)["hint"] = outcome.hint
        self._say(f"    {run.kind} run failed: {run.error}", style="red")
        if outcome.hint:
            self._say(f"    Hint: {outcome.hint}")

    def _note(self, event: Event, run: Run, state: str, error: str | None) -> dict[str, Any]:
        """The record of ``run`` in the document, made when it is new."""
        seen = _Seen(event) if self._endless else self._seen.setdefault(event.id or "", _Seen(event))
        record = seen.runs.setdefault(run.id, {"id": run.id, "kind": str(run.kind), "task": run.task_name})
        record.update(state=state, error=error, attempts=run.attempt, usage=run.result_meta)
        return record


def _short(event: Event) -> str:
    """As much of the id as `runner events show` needs."""
    return (event.id or "")[:8]
