"""What became of an event: its runs, its family, and why nothing happened where nothing did (engine.md 1.8)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from runner.engine.intake import REPLAY_OF
from runner.engine.matching import ERROR_TOPICS, TaskBook
from runner.model.event import Event
from runner.model.run import Run, RunKind, RunState
from runner.store import EventRow, Store


@dataclass(frozen=True, slots=True)
class Story:
    """An event with its ``run``, the task runs with the action runs of each, and its family.

    ``reasons`` are sentences that say why nothing happened, or not yet; empty when something did. ``ancestors`` begin
    with the parent, however many there are.
    """

    row: EventRow
    run: Run | None
    tasks: tuple[tuple[Run, tuple[Run, ...]], ...]
    ancestors: tuple[Event, ...]
    children: tuple[Event, ...]
    reasons: tuple[str, ...]


def tell(store: Store, event_id: str, tasks: TaskBook, *, workers: int) -> Story | None:
    """The story of an event by the ``tasks`` of today; None for an unknown one. ``workers``: how many are alive."""
    row = store.events.get(event_id)
    if row is None:
        return None
    runs = store.runs.of_event(event_id)
    own = next((run for run in runs if run.kind is RunKind.EVENT), None)
    task_runs = [run for run in runs if run.kind is RunKind.TASK]
    actions = {run.id: tuple(each for each in runs if each.parent_id == run.id) for run in task_runs}
    return Story(
        row,
        own,
        tuple((run, actions[run.id]) for run in task_runs),
        _ancestors(store, row.event),
        store.events.children(event_id),
        tuple(_reasons(row, own, task_runs, tasks, workers)),
    )


def _ancestors(store: Store, event: Event) -> tuple[Event, ...]:
    """All of them, nearest first: scripts see five, people all that are kept."""
    found: list[Event] = []
    seen = {event.id}
    parent = event.parent
    while parent is not None and parent.id not in seen:
        found.append(parent)
        seen.add(parent.id)
        if parent.parent is None:
            row = store.events.get(parent.id or "")
            parent = row.event.parent if row is not None else None
        else:
            parent = parent.parent
    return tuple(found)


def _reasons(row: EventRow, own: Run | None, task_runs: Sequence[Run], tasks: TaskBook, workers: int) -> list[str]:
    if row.cleared_at is not None:
        return ["its data and runs were deleted"]
    if own is None:
        return ["it was kept without being processed: it came as the parent of another one, or from an import"]
    if own.state is RunState.CANCELLED:
        return ["it was cancelled before any task was asked"]
    if own.state is RunState.FAILED:
        return [f"its event run failed: {own.error}"]
    if not own.state.final:
        return [_waiting(own, workers)]
    if task_runs:
        return [_waiting(run, workers) for run in task_runs if run.state is RunState.DUE and not workers][:1]
    skipped = own.response.get("skipped_by") if isinstance(own.response, Mapping) else None
    if skipped is not None:
        return [f'it was skipped by the event filter "{skipped}"']
    return _unanswered(row.event, tasks)


def _waiting(run: Run, workers: int) -> str:
    if run.state is RunState.SCHEDULED:
        return "it is not due yet"
    if run.state is RunState.STARTED:
        return "it is under way"
    return "it waits for a worker" if workers else "it waits for a worker, and none runs: start `runner serve`"


def _unanswered(event: Event, tasks: TaskBook) -> list[str]:
    """Why no task answered an event that was processed, by the tasks of today."""
    reasons: list[str] = []
    if event.targets is not None:
        reasons.append(_targeted(event, tasks))
    wants = [task for task in tasks if task.wants(event.topic)]
    reasons += [f'the task "{task.task.name}" subscribes to it and is disabled' for task in wants if not task.enabled]
    enabled = [task for task in wants if task.enabled]
    if not wants:
        reasons.append(f"no task of the project subscribes to {event.topic}")
    elif enabled and event.targets is None:
        names = ", ".join(f'"{task.task.name}"' for task in enabled)
        if event.topic.startswith(ERROR_TOPICS):
            reasons.append(f"{names} hears of errors of its own only, since it subscribes to other topics too")
        else:
            reasons.append(f"{names} subscribes to it now, and did not when it was processed: retry its event run")
    return reasons


def _targeted(event: Event, tasks: TaskBook) -> str:
    names = []
    for task_id in sorted(event.targets or ()):
        task = tasks.known(task_id)
        if task is None:
            names.append(f"{task_id}, which is gone")
        else:
            names.append(
                f'"{task.task.name}"' + ("" if task.wants(event.topic) else ", which does not subscribe to it")
            )
    return f"it is for {'; '.join(names) or 'no task'} alone"


def origin_words(origin: Mapping[str, Any] | None) -> str | None:
    """Where an unusual event comes from, in words; None for all others."""
    if not origin:
        return None
    if REPLAY_OF in origin:
        return f"a replay of {origin[REPLAY_OF]}"
    if origin.get("late"):
        return "a tick of the schedule that was missed and made up for"
    return ", ".join(f"{name}: {value}" for name, value in origin.items())
