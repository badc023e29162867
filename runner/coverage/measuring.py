"""Collects what cases and samples enter, task by task."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from runner.coverage.report import TaskCoverage, cover
from runner.errors import RunnerError
from runner.liquid.render import render_subscriptions
from runner.model.subscription import Subscription, read_subscriptions
from runner.model.task import Task
from runner.preview_events import DEFINED, Find, preview_events
from runner.project import load_task
from runner.testing.fixtures import FOLDER, Case
from runner.testing.play import play
from runner.testing.tracing import Traced, Tracing


def measure(root: Path, sources: Iterable[Path], tracing: Tracing, *, sample: Find) -> list[TaskCoverage]:
    """The coverage of the tasks in ``sources`` (files, or folders of tasks), and of all that ``tracing`` saw beside.

    To what the cases entered comes what previews of the other topics do, with the ``sample`` of each. The least covered
    first. A task that cannot be read is left out: its cases tell why.
    """
    by_file: dict[str, list[Traced]] = {}
    tasks: dict[str, Task] = {}
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
        by_file.setdefault(name, []).extend(_samples(root, task, sample))
    found = [_covered(tasks[name], by_file[name]) for name in tasks]
    return sorted(found, key=lambda each: (each.whole.percent, each.by_live.percent, each.handle))


def _name(task: Task) -> str:
    return str(Path(task.file).absolute()) if task.file is not None else task.name


def _covered(task: Task, traced: Sequence[Traced]) -> TaskCoverage:
    topics = dict.fromkeys(each.topic for each in _subscriptions(task))
    return cover(task.handle or task.name, task, topics, traced)


def _samples(root: Path, task: Task, sample: Find) -> list[Traced]:
    """Previews of the topics for which the task defines no event."""
    tracing = Tracing()
    place = root / FOLDER / (task.handle or "task") / "sample.yml"
    for each in preview_events(task, _subscriptions(task), sample=sample):
        if each.source == DEFINED:
            continue
        event = replace(each.event, preview=True, id=None)
        try:
            play(Case(place, event), task, watch=tracing.of(event.topic, "sample"))
        except RunnerError:
            continue
    return tracing.traced


def _subscriptions(task: Task) -> list[Subscription]:
    """Those that can be read; what is wrong with others is told by preview and lint."""
    try:
        return list(read_subscriptions(render_subscriptions(task))[0])
    except RunnerError:
        return []
