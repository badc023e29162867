"""Performs what a case renders: the real engine on the inline queue, against the store of the case."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from runner.actions import ACTION_TYPES
from runner.engine.matching import EnabledTask
from runner.engine.observe import EventAccepted, Occurrence, TaskRunStarted
from runner.engine.records import action_of
from runner.errors import InputError
from runner.liquid.render import render
from runner.model.event import Event
from runner.model.options import stored_values
from runner.model.rendering import Rendering
from runner.model.run import Run, RunKind
from runner.model.run_form import submission
from runner.store import Store
from runner.testing.fixtures import Case, refuse
from runner.testing.live_engine import live_engine
from runner.testing.stage import Stage, act
from runner.testing.tracing import Watch

MOST_ATTEMPTS = 500
"""Attempts of one case: a task that starts itself for ever ends here."""
_HORIZON = timedelta(days=400)
"""How far the store's time is moved for runs that are due later: offsets, retries."""


@dataclass(frozen=True, slots=True)
class Performance:
    """What happened. ``first`` is the rendering for the event, its last attempt; None when no task run began.

    ``followups`` are the renderings of further task runs, with their topics; ``runs`` are task and action runs.
    """

    first: Rendering | None
    followups: tuple[tuple[str, Rendering], ...]
    runs: list[dict[str, Any]]


@dataclass(slots=True)
class _Watch:
    """Sees the events and renderings go by; lets ``meanwhile`` happen after the first rendering."""

    case: Case
    stage: Stage
    watch: Watch | None = None
    events: list[Event] = field(default_factory=list)
    renderings: dict[str, tuple[str, Rendering]] = field(default_factory=dict)
    """Task run -> topic and rendering, that of its last attempt."""
    fault: InputError | None = None
    """Kept until the end, since the engine would take it for a fault of the task."""
    _run: str = ""

    def occurred(self, occurrence: Occurrence) -> None:
        match occurrence:
            case EventAccepted(event=event):
                self.events.append(event)
            case TaskRunStarted(run=run):
                self._run = run.id

    def render(self, task: Any, event: Event, **more: Any) -> Rendering:
        """``runner.liquid.render.render``, looked at."""
        if self.watch is not None:
            more["profile"] = self.watch(task, event)
        rendering = render(task, event, **more)
        if not self.renderings:
            try:
                act(self.stage.shop, self.stage.other, self.case.meanwhile)
            except InputError as error:
                self.fault = error
        self.renderings[self._run] = (event.topic, rendering)
        return rendering


def perform(case: Case, enabled: EnabledTask, event: Event, stage: Stage, *, watch: Watch | None = None) -> Performance:
    """Accept ``event`` and work until nothing is due any more, later runs included.

    ``watch`` gives what looks on while a script renders.

    ``InputError`` when it does not come to an end, and for a deed in ``meanwhile`` that cannot be done.
    """
    seen = _Watch(case, stage, watch)
    engine = live_engine(stage.store, [enabled], stage, observer=seen.occurred, render=seen.render, values=case.values)
    saved = stored_values(enabled.task, enabled.options)
    engine.accept(event, inputs=submission(event, enabled.task, saved=saved, inputs=case.inputs))
    done = engine.drain(stage.clock.now() + _HORIZON, limit=MOST_ATTEMPTS)
    if seen.fault is not None:
        raise seen.fault
    if done.later or engine.queue.stats().due:
        refuse(case, "perform", f"no end after {MOST_ATTEMPTS} attempts", "the task seems to start itself again")
    rendered = list(seen.renderings.values())
    runs = [entry for each in seen.events for entry in _entries(stage.store, each)]
    return Performance(rendered[0][1] if rendered else None, tuple(rendered[1:]), runs)


def _entries(store: Store, event: Event) -> Iterator[dict[str, Any]]:
    """The task runs of an event, each followed by its action runs."""
    for run in store.runs.of_event(event.id or "", RunKind.TASK):
        yield {"task": event.topic, **outcome_of(store, run)}
        for child in store.runs.children(run.id):
            action = action_of(child)
            kind = ACTION_TYPES.get(action.type)
            summary = kind.summary(action.options) if kind is not None else None
            yield {"action": action.type, "summary": summary, **outcome_of(store, child)}


def outcome_of(store: Store, run: Run) -> dict[str, Any]:
    """How a run ended, in the words of ``action.run``; only what is worth saying."""
    entry: dict[str, Any] = {"ok": run.ok, "attempts": run.attempt}
    if run.ok is None:
        entry["state"] = run.state.value
    if run.error is not None:
        entry["error"] = run.error
    tries = store.runs.attempts(run.id)
    if len(tries) > 1:
        entry["errors_of_attempts"] = [each.error for each in tries]
    return entry | _usage(run.result_meta or {})


def _usage(meta: Mapping[str, Any]) -> dict[str, Any]:
    """The calls of the last attempt and their cost; nothing when the shop was not called."""
    calls = meta.get("shopify_admin_graphql_api_requests_count", 0)
    rest = meta.get("shopify_admin_rest_api_requests_count", 0)
    found = {"calls": calls, "points": meta.get("shopify_admin_graphql_api_cost")} if calls else {}
    return found | ({"rest_calls": rest} if rest else {})
