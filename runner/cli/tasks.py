"""``runner tasks``: the tasks of the project, and their switches."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from runner.cli.output import Output

if TYPE_CHECKING:
    from runner.cli.project_tasks import ProjectTasks


@click.group("tasks")
def command() -> None:
    """List the project's tasks, enable and disable them."""


@contextmanager
def _opened() -> Iterator[ProjectTasks]:
    from runner.cli.project_tasks import ProjectTasks
    from runner.cli.target import open_kept
    from runner.config import load_settings
    from runner.preview import SAMPLE_SHOP
    from runner.shop_values import load_values

    settings = load_settings()
    with open_kept(settings) as store:
        yield ProjectTasks(settings, store, shop=SAMPLE_SHOP, values=load_values(settings))


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def list_(as_json: bool) -> None:
    """List the tasks of the folder tasks/, with their state and topics."""
    output = Output(as_json=as_json)
    with _opened() as tasks:
        found = tasks.known()
    rows = [
        (task.handle, "invalid" if task.fault else "enabled" if task.enabled else "disabled", ", ".join(task.topics))
        for task in found
    ]
    output.table(("task", "state", "subscriptions"), rows)
    for task in found:
        for each in task.deprecations:
            seen = f"{each.count} time(s), last on {each.last_seen:%Y-%m-%d}"
            words = f"{each.request} in {each.version}, {seen}: {each.reason}"
            output.say(f"Warning: {task.handle}: {words}", style="yellow")
    output.document({"tasks": [task.to_dict() for task in found]})


@command.command("enable")
@click.argument("handle")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def enable(handle: str, as_json: bool) -> None:
    """Let a task run: its events start it from now on."""
    _switch(handle, as_json, on=True)


@command.command("disable")
@click.argument("handle")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def disable(handle: str, as_json: bool) -> None:
    """Keep a task from running; its runs that wait will fail when they come up."""
    _switch(handle, as_json, on=False)


def _switch(handle: str, as_json: bool, *, on: bool) -> None:
    output = Output(as_json=as_json)
    with _opened() as tasks:
        task = tasks.switch(handle, on=on)
    output.say(f"{task.handle} is {'enabled' if on else 'disabled'}")
    output.document({"task": task.to_dict()})
