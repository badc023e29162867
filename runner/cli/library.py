"""``runner library``: find tasks of the public library, and add them to the project."""

from __future__ import annotations

import click

from runner.cli.completing import complete_library
from runner.cli.grouping import CommandGroup
from runner.cli.output import ExitCode, Output


@click.group("library", cls=CommandGroup)
def command() -> None:
    """Find tasks of the public library, and add them to the project.

    The library is fetched once and kept; `runner library update` fetches the newest. The setting `library` names a
    checkout or another repository instead.
    """


@command.command("search")
@click.argument("words", nargs=-1, metavar="[WORD...]")
@click.option("--tag", "tags", multiple=True, metavar="TAG", help="Only tasks with this tag; may be repeated.")
@click.option("--topic", "topics", multiple=True, metavar="TEXT", help="Only tasks subscribed to such a topic.")
@click.option("--action", "actions", multiple=True, metavar="TYPE", help="Only tasks whose previews do this.")
@click.option("--scope", "scopes", multiple=True, metavar="SCOPE", help="Only tasks that need this access scope.")
@click.option("--limit", type=click.IntRange(1), default=20, show_default=True, help="Show no more than this many.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def search(
    words: tuple[str, ...],
    *,
    tags: tuple[str, ...],
    topics: tuple[str, ...],
    actions: tuple[str, ...],
    scopes: tuple[str, ...],
    limit: int,
    as_json: bool,
) -> int:
    """Find tasks by words in their names, tags, topics, options and documentation, and by what they do.

    All words must stand in a task, in any order; beginnings of words count. Exit code: 0 found, 1 nothing fits.
    """
    from runner.cli import library_tasks
    from runner.library.search import Wanted

    wanted = Wanted(words, tags, topics, actions, scopes)
    found = library_tasks.search_tasks(Output(as_json=as_json), wanted, limit=limit)
    return ExitCode.DONE if found else ExitCode.FAILED


@command.command("show")
@click.argument("handle", shell_complete=complete_library)
@click.option("--script", is_flag=True, help="Print the script, and nothing else.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def show(handle: str, script: bool, as_json: bool) -> None:
    """Show a task: what it is for, its options, topics, actions and access scopes.

    HANDLE may be the address of the task's page too.
    """
    from runner.cli import library_tasks

    library_tasks.show_task(Output(as_json=as_json), handle, script=script)


@command.command("add")
@click.argument("handles", shell_complete=complete_library, nargs=-1, required=True, metavar="HANDLE...")
@click.option("--force", is_flag=True, help="Replace files that exist.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def add(handles: tuple[str, ...], force: bool, as_json: bool) -> None:
    """Copy tasks to tasks/, byte for byte as they are published. They start disabled."""
    from runner.cli import library_tasks

    library_tasks.add_tasks(Output(as_json=as_json), handles, force=force)


@command.command("tags")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def tags(as_json: bool) -> None:
    """List the tags of the library's tasks, the most used first."""
    from runner.cli import library_tasks

    library_tasks.list_tags(Output(as_json=as_json))


@command.command("update")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def update(as_json: bool) -> None:
    """Fetch the newest state of the library."""
    from runner.cli import library_tasks

    library_tasks.update(Output(as_json=as_json))
