"""Asks rules about tasks that are written in a test."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from runner.cli.samples import sample_event
from runner.clock import FixedClock
from runner.lint.checkout import Checkout
from runner.lint.engine import examine
from runner.lint.finding import Example, Finding
from runner.lint.rules import RULES
from runner.lint.subject import Surroundings
from runner.model.task import Task
from runner.task_pages import OURS, index, pages

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
    return examine(task, [RULES[rule]], around(granted=example.granted, checkout=checkout_of(task, example.page)))


def checkout_of(task: Task, name: str | None = None) -> Checkout:
    """A checkout with the pages of the task, on which it has this ``name``, and a list of tags."""
    handle = task.handle or ""
    shown = Task.from_json({**task.to_dict(), "name": name or task.name})
    docs = {f"{handle}/{path}": content for path, content in pages(shown, handle).items()}
    return Checkout(OURS, {**docs, "README.md": index({handle: shown}).encode()}, ("Customers", "Orders"))
