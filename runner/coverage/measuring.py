"""Collects what cases and samples enter, task by task."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from runner.coverage.report import TaskCoverage, cover
from runner.errors import RunnerError
from runner.liquid.render import render_subscriptions
from runner.model.subscription import Subscription, read_subscriptions
from runner.model.task import Task
from runner.preview_events import DEFINED, Find, preview_events
from runner.project import load_task
from runner.testing.fixtures import FOLDER, Case
from runner.testing.play import play
from runner.testing.tracing import SAMPLE, Traced, Tracing


def measure(root: Path, sources: Iterable[Path], tracing: Tracing, *, sample: Find) -> list[TaskCoverage]:
    """The coverage of the tasks in ``sources`` (files, or folders of tasks), and of all that ``tracing`` saw beside.

    To what the cases entered comes what previews of the other topics do, with the ``sample`` of each. The least covered
    first. A task that cannot be read is left out: its cases tell why.
    """
    by_file: dict[str, list[Traced]] = {}
    tasks: dict[str, Task] = {}
    notes: dict[str, list[str]] = {}
    for each in tracing.traced:
        name = _name(each.task)
        by_file.setdefault(name, []).append(each)
        tasks.setdefault(name, each.task)
    for source in sources:
        try:
            task = load_task(source)
        except RunnerError:
            continue
        name = _name(task)
        tasks.setdefault(name, task)
        traced, notes[name] = _samples(root, task, sample)
        by_file.setdefault(name, []).extend(traced)
    found = [_covered(tasks[name], by_file[name], notes.get(name, ())) for name in tasks]
    return sorted(found, key=lambda each: (each.whole.percent, each.by_live.percent, each.handle))


def _name(task: Task) -> str:
    return str(Path(task.file).absolute()) if task.file is not None else task.name


def _covered(task: Task, traced: Sequence[Traced], notes: Sequence[str]) -> TaskCoverage:
    topics = dict.fromkeys(each.topic for each in _subscriptions(task))
    return replace(cover(task.handle or task.name, task, topics, traced), notes=tuple(notes))


def _samples(root: Path, task: Task, sample: Find) -> tuple[list[Traced], list[str]]:
    """Previews of the topics for which the task defines no event, and why some render less than they could."""
    tracing = Tracing()
    place = root / FOLDER / (task.handle or "task") / "sample.yml"
    subscribed = _subscriptions(task)
    notes = [] if subscribed else ["with its options as they are, the task subscribes to nothing"]
    for each in preview_events(task, subscribed, sample=sample):
        if each.source == DEFINED:
            continue
        event = replace(each.event, preview=True, id=None)
        try:
            failure: Any = play(Case(place, event), task, watch=tracing.of(event.topic, SAMPLE))["liquid_error"]
        except RunnerError as fault:
            failure = fault.message
        if isinstance(failure, Mapping):  # a text of several lines, as snapshots hold it
            failure = " ".join(failure["lines"])
        if failure is not None:
            notes.append(f"the preview of {event.topic} fails: {failure}")
    return tracing.traced, notes


def _subscriptions(task: Task) -> list[Subscription]:
    """Those that can be read; what is wrong with others is told by preview and lint."""
    try:
        return list(read_subscriptions(render_subscriptions(task))[0])
    except RunnerError:
        return []
