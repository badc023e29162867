"""Asks rules about tasks that are written in a test."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from runner.cli.samples import sample_event
from runner.clock import FixedClock
from runner.lint.engine import examine
from runner.lint.finding import Example, Finding
from runner.lint.rules import RULES
from runner.lint.subject import Surroundings
from runner.model.task import Task

NOW = datetime(2026, 3, 4, 20, 6, tzinfo=UTC)


def around(**more: Any) -> Surroundings:
    return Surroundings(sample=sample_event, clock=FixedClock(NOW), **more)


def task_of(script: str, subscriptions: str = "mechanic/user/trigger", **more: Any) -> Task:
    """A task with what rules on other things than the test's have nothing to say about."""
    lines = [line.strip() for line in subscriptions.split("\n") if line.strip() and "{" not in line]
    own = {"name": "Test", "script": script, "subscriptions_template": subscriptions, "subscriptions": lines}
    return Task.from_json({**own, "options": {}, "docs": "", **more})


def ask(rule: str, script: str, subscriptions: str = "mechanic/user/trigger", **more: Any) -> list[Finding]:
    """What one rule finds."""
    return examine(task_of(script, subscriptions, **more), [RULES[rule]], around())


def ask_example(rule: str, example: Example) -> list[Finding]:
    task = task_of(example.script, example.subscriptions)
    task = Task.from_json({**task.to_dict(), **example.more}, file=example.file)
    return examine(task, [RULES[rule]], around(granted=example.granted))
