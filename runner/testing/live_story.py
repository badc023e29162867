"""Notes what goes on in a live case: which events came, what each run rendered and performed, and in which step."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Any

from runner.clock import Clock
from runner.engine.observe import (
    EventAccepted,
    EventDuplicate,
    EventMatched,
    EventSkipped,
    Occurrence,
    RunFailed,
    TaskRunStarted,
)
from runner.engine.records import action_of
from runner.liquid.render import render
from runner.model.event import Event
from runner.model.rendering import Rendering
from runner.model.run import Run, RunKind
from runner.store import Store
from runner.testing.live import LiveRun
from runner.testing.performance import outcome_of
from runner.testing.readable import action_options
from runner.testing.settling import LoopWatch, subject


@dataclass(slots=True)
class _TaskRun:
    """A run of a task: what for, when it began, and what its last attempt rendered."""

    run: Run
    event: Event
    at: datetime
    rendering: Rendering | None = None


@dataclass(slots=True)
class _Step:
    events: list[str] = field(default_factory=list)
    runs: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)


class Story:
    """An observer and renderer in one, for an engine that works in this thread."""

    def __init__(self, store: Store, clock: Clock, zone: tzinfo, watch: LoopWatch, sums: LiveRun) -> None:
        self.watch = watch
        self._store = store
        self._clock = clock
        self._zone = zone
        self._sums = sums
        self._step = _Step()
        self._runs: dict[str, _TaskRun] = {}
        self._waiting: dict[str, tuple[datetime, str]] = {}
        """What is due later, by the id of the event or run."""
        self._failed = 0
        self._run = ""

    def occurred(self, occurrence: Occurrence) -> None:
        """One step of the engine."""
        self.watch.occurred(occurrence)
        self._sums.occurred(occurrence)
        match occurrence:
            case EventAccepted(event=event, run_at=run_at):
                self._step.events.append(_origin(event))
                self._waiting[event.id or ""] = (run_at, subject(event))
            case EventDuplicate(event=event):
                self._step.events.append(f"{_origin(event)}, once more: dropped")
            case EventMatched(event=event, task_runs=runs):
                self._waiting.pop(event.id or "", None)
                for each in runs:
                    words = subject(event).replace(event.topic, _subscription(each, event), 1)
                    self._waiting[each.id] = (each.run_at or self._clock.now(), words)
            case EventSkipped(event=event):
                self._waiting.pop(event.id or "", None)
            case TaskRunStarted(event=event, run=run):
                self._began(event, run)
            case RunFailed(run=run) if run.kind is RunKind.EVENT:
                self._step.failed.append(f"event: {run.error}")
                self._failed += 1

    def render(self, task: Any, event: Event, **more: Any) -> Rendering:
        """``runner.liquid.render.render``, looked at."""
        rendering = render(task, event, **more)
        self._runs[self._run].rendering = rendering
        return rendering

    def begin_step(self) -> None:
        """What comes from now on belongs to the next step."""
        self._step = _Step()

    def step(self) -> dict[str, Any]:
        """What happened since ``begin_step``: events in a line each, the runs that began."""
        found = {
            "events": self._step.events,
            "failed": self._step.failed,
            "runs": [self._shown(self._runs[each]) for each in self._step.runs],
        }
        return {key: value for key, value in found.items() if value}

    def later(self) -> list[str]:
        """What waits for a later moment, soonest first: ``2026-03-04T10:00:00-05:00: user/reviews/ask+2.days``."""
        return [f"{self.time(at)}: {words}" for at, words in sorted(self._waiting.values())]

    def totals(self) -> dict[str, int]:
        """Counts over all steps."""
        found = {"runs": len(self._runs), "actions": 0, "logs": 0, "errors": 0, "failed": self._failed}
        for each in self._runs.values():
            children = self._store.runs.children(each.run.id)
            runs = [self._store.runs.get(each.run.id), *children]
            found["actions"] += len(children)
            found["failed"] += sum(run is not None and run.ok is False for run in runs)
            if each.rendering is not None:
                found["logs"] += len(each.rendering.logs)
                found["errors"] += len(each.rendering.errors)
        return found

    def performed(self, claimed: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """What was performed of the types of ``claimed``, run by run: the options that are claimed of any of them."""
        names: dict[str, list[str]] = {}
        for kind, options in (item for each in claimed for item in each.items()):
            names.setdefault(kind, []).extend(options)
        children = (run for each in self._runs for run in self._store.runs.children(each) if run.ok)
        actions = (action for action in map(action_of, children) if action.type in names)
        return [{action.type: _chosen(action.options, names[action.type])} for action in actions]

    def time(self, moment: datetime) -> str:
        """An instant as the shop's clock shows it."""
        return moment.astimezone(self._zone).isoformat(timespec="seconds")

    def _began(self, event: Event, run: Run) -> None:
        self._waiting.pop(run.id, None)
        self._run = run.id
        if run.id not in self._runs:
            self._runs[run.id] = _TaskRun(run, event, self._clock.now())
            self._step.runs.append(run.id)

    def _shown(self, task_run: _TaskRun) -> dict[str, Any]:
        run = self._store.runs.get(task_run.run.id) or task_run.run
        about = subject(task_run.event).removeprefix(task_run.event.topic).strip()
        shown: dict[str, Any] = {"run": _subscription(run, task_run.event)}
        if about:
            shown["about"] = about
        shown |= {"at": self.time(task_run.at), **outcome_of(self._store, run)}
        rendering = task_run.rendering
        if rendering is not None:
            rendered = {**rendering.to_dict(), "warnings": list(rendering.warnings)}
            # What is asked of the store is told by the calls of the step, what is performed by the runs of the actions.
            shown |= {key: value for key, value in rendered.items() if value and key not in ("actions", "queries")}
        actions = [self._action(each) for each in self._store.runs.children(run.id)]
        return shown | ({"actions": actions} if actions else {})

    def _action(self, run: Run) -> dict[str, Any]:
        action = action_of(run).to_dict()
        options = _unindented(action["options"]) if action["type"] == "shopify" else action["options"]
        shown = action_options({**action, "options": options})
        return {**action, "options": shown, **outcome_of(self._store, run)}


def _chosen(options: Any, names: Sequence[str]) -> Any:
    """The options of these names; what has no names as a whole, where any are asked for."""
    if isinstance(options, Mapping):
        return {name: options.get(name) for name in dict.fromkeys(names)}
    return options if names else {}


def _unindented(options: Any) -> Any:
    """GraphQL without the indentation that it has in its script."""
    if isinstance(options, str):
        return textwrap.dedent(options).strip()
    if isinstance(options, dict) and isinstance(options.get("query"), str):
        return {**options, "query": _unindented(options["query"])}
    return options


def _subscription(run: Run, event: Event) -> str:
    return str((run.payload or {}).get("subscription") or event.topic)


def _origin(event: Event) -> str:
    """``shopify/orders/create Order 50000001 (shopify)``."""
    return f"{subject(event)} ({event.source})" if event.source else subject(event)
