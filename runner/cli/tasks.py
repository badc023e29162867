"""``runner tasks``: the tasks of the project, their files and their switches."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from runner.cli.completing import complete_tasks
from runner.cli.grouping import CommandGroup
from runner.cli.output import Output

if TYPE_CHECKING:
    from runner.cli.project_tasks import ProjectTasks


@click.group("tasks", cls=CommandGroup)
def command() -> None:
    """List the project's tasks, make and edit their files, enable and disable them."""


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
@click.argument("handle", shell_complete=complete_tasks)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def enable(handle: str, as_json: bool) -> None:
    """Let a task run: its events start it from now on."""
    _switch(handle, as_json, on=True)


@command.command("disable")
@click.argument("handle", shell_complete=complete_tasks)
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


@command.command("new")
@click.argument("handle")
@click.option("--name", help="The task's name; default: made of the handle.")
@click.option("--topic", default="mechanic/user/trigger", show_default=True, help="What it subscribes to.")
@click.option("--force", is_flag=True, help="Replace files that exist.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def new(handle: str, name: str | None, topic: str, force: bool, as_json: bool) -> None:
    """Begin a task: tasks/HANDLE.json, and the folder tasks/HANDLE/ to edit it in."""
    from runner.cli import task_files

    task_files.new(Output(as_json=as_json), handle, name=name, topic=topic, force=force)


@command.command("unbundle")
@click.argument("task", shell_complete=complete_tasks)
@click.option("--force", is_flag=True, help="Replace what was edited in the folder.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def unbundle(task: str, force: bool, as_json: bool) -> None:
    """Split a task into a folder: script.liquid, docs.md, subscriptions.liquid, and task.json for the rest.

    TASK is a handle, or the path of a JSON file or folder. Edits in the folder count at once for preview, lint and
    test; `runner tasks bundle` writes them to the JSON file, which is what runs.
    """
    from runner.cli import task_files

    task_files.unbundle_task(Output(as_json=as_json), task, force=force)


@command.command("bundle")
@click.argument("tasks", shell_complete=complete_tasks, nargs=-1, metavar="[TASK...]")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def bundle(tasks: tuple[str, ...], as_json: bool) -> int:
    """Write what was edited in folders to the JSON files beside them; without TASK, of all folders.

    What was not edited keeps its bytes. A template or options that changed render the list of subscriptions anew.
    """
    from runner.cli import task_files

    return task_files.bundle_tasks(Output(as_json=as_json), tasks)


@command.command("status")
@click.argument("tasks", shell_complete=complete_tasks, nargs=-1, metavar="[TASK...]")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def status(tasks: tuple[str, ...], as_json: bool) -> int:
    """Show which folders were edited and not bundled.

    Exit code: 0 all are ready, 1 some need bundling, 2 some cannot be read.
    """
    from runner.cli import task_files

    return task_files.status(Output(as_json=as_json), tasks)
