"""The preview events that a task defines, as cases: each is tested like a fixture of its own (tooling.md 6)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from runner.errors import RunnerError, TaskError
from runner.model.event import Event
from runner.model.subscription import read_subscriptions
from runner.project import load_task
from runner.task_folder import HEAD, is_task_folder
from runner.testing.fixtures import FOLDER, Case

_TASKS = "tasks"


def is_task(path: Path) -> bool:
    """True for ``<project>/tasks/<handle>.json``, and for the ``task.json`` of a folder without such a file."""
    if path.name == HEAD and path.parent.parent.name == _TASKS:
        return is_task_folder(path.parent) and not path.parent.with_name(f"{path.parent.name}.json").exists()
    return path.suffix == ".json" and path.parent.name == _TASKS and path.name[0] != "."


def definition_cases(path: Path) -> list[Case]:
    """A case for each event that the task defines for a topic it subscribes to; others are dormant (tasks.md 4.1).

    Named after topics, and numbered where a topic has several. ``TaskError`` for a task that cannot be read.
    """
    folder = path.parent if path.name == HEAD else path.with_suffix("")
    root = folder.parent.parent
    task = load_task(path if path.name != HEAD else folder)
    topics = _topics(task)
    counted: Counter[str] = Counter()
    cases = []
    for each in task.previews:
        counted[each.topic] += 1
        if topics is not None and each.topic not in topics:
            continue
        name = _name(each.topic, counted[each.topic])
        native = each.topic if each.topic.startswith("shopify/") else None
        event = Event(each.topic, each.data, preview=True, shopify_topic=native)
        place = root / FOLDER / folder.name / f"{name}.yml"
        cases.append(Case(place, event, each.description, task=str(path.relative_to(root))))
    return cases


def definition_names(root: Path, handle: str) -> set[str] | None:
    """Names of all events that the task of this handle defines; None when it cannot be read, so that nobody knows."""
    file, folder = root / _TASKS / f"{handle}.json", root / _TASKS / handle
    if not (file.is_file() or is_task_folder(folder)):
        return set()
    try:
        task = load_task(file if file.is_file() else folder)
    except TaskError:
        return None
    counted: Counter[str] = Counter()
    names = set()
    for each in task.previews:
        counted[each.topic] += 1
        names.add(_name(each.topic, counted[each.topic]))
    return names


def _name(topic: str, number: int) -> str:
    name = re.sub(r"[^a-z0-9]+", "-", topic.lower()).strip("-")
    return name if number == 1 else f"{name}-{number}"


def _topics(task: Any) -> Mapping[str, None] | None:
    """Topics that the task subscribes to; None when its template does not render, which then fails each case."""
    from runner.liquid.render import render_subscriptions

    try:
        lines, _ = read_subscriptions(render_subscriptions(task))
    except RunnerError:
        return None
    return dict.fromkeys(each.topic for each in lines)
