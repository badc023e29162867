"""The task of a case, with the case's options, checked against what the case says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from runner.actions.base import derived_id
from runner.clock import Clock
from runner.engine.matching import EnabledTask
from runner.errors import InputError, RunnerError
from runner.model.options import unknown_overrides
from runner.model.run_form import check_inputs
from runner.model.task import Task
from runner.project import load_task
from runner.testing.fixtures import Case, refuse


def task_of(case: Case, version: Task | None) -> Task:
    """The task that ``case`` is of, or ``version`` in its place. ``InputError`` for options that it does not have."""
    task = _load(case) if version is None else version
    findings = unknown_overrides(task, case.options)
    if findings:
        refuse(case, f"options.{findings[0].key}", findings[0].message, "option keys are whole, with their flags")
    try:
        check_inputs(task, case.inputs or {})
    except InputError as error:
        refuse(case, f"input.{error.where.part}" if error.where else "input", error.message, error.hint)
    return task


def _load(case: Case) -> Task:
    named = case.task or case.handle
    path = case.root / named
    try:
        return load_task(path if path.is_file() else named, root=case.root)
    except RunnerError as error:
        if error.code == "task.missing":
            refuse(case, "task", error.message, error.hint)
        raise


def enable(case: Case, task: Task, shop: Mapping[str, Any], clock: Clock) -> EnabledTask:
    """The task with the case's options over its own."""
    options = {**task.options, **case.options} if case.options else None
    task_id = case.task_id or derived_id("task", case.handle)
    return EnabledTask.prepare(task, id=task_id, options=options, shop=shop, clock=clock, values=case.values)


def unanswered(enabled: EnabledTask, topic: str) -> str | None:
    """What to say about a topic that the task does not subscribe to; None when it does."""
    if enabled.wants(topic):
        return None
    topics = dict.fromkeys(subscription.topic for subscription in enabled.subscriptions)
    return f"it responds to {', '.join(topics)}" if topics else "it subscribes to nothing"
