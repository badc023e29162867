"""``runner events``: what happened, and what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from runner.cli.grouping import CommandGroup
from runner.cli.operating import filters
from runner.cli.output import Output
from runner.errors import InputError

if TYPE_CHECKING:
    from runner.cli.operating import Operating
    from runner.engine.matching import TaskBook

_LIMIT = click.IntRange(1, 1000)
_ORDER = ("failed", "started", "due", "scheduled", "unscheduled", "cancelled", "dry", "succeeded")


@click.group("events", cls=CommandGroup)
def command() -> None:
    """List, show, export, import and capture events."""


@command.command("list")
@filters(runs=False)
@click.option("--limit", type=_LIMIT, default=20, show_default=True, help="How many at most.")
@click.option("--before", metavar="ID", help="Go on with the events older than this one.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def list_(*, limit: int, before: str | None, as_json: bool, **given: Any) -> None:
    """List events, the newest first, with their runs by state."""
    from runner.cli.event_text import jsonable
    from runner.cli.moments import shown
    from runner.cli.operating import operating

    output = Output(as_json=as_json)
    with operating() as it:
        wanted = it.wanted(given)
        place = _number(it, before) if before else None
        found = it.store.search.events(wanted, before=place, limit=limit + 1)
        page, more, zone = found[:limit], len(found) > limit, it.zone
        rows = [
            (row["id"][:8], shown(row["created_at"], it.zone), row["topic"], row["source"] or "-", _states(row))
            for row in page
        ]
    if rows:
        output.table(("id", f"came ({zone})", "topic", "source", "runs"), rows)
    else:
        output.say("no events yet" if wanted.is_empty and not before else "no event fits")
    following = page[-1]["id"] if more else None
    if following:
        output.note(f"There are more: --before {following[:8]}")
    output.document({"events": [jsonable(row) for row in page], "next": following})


@command.command("show")
@click.argument("start", metavar="ID")
@click.option("--verbose", is_flag=True, help="Show everything whole.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def show(start: str, verbose: bool, as_json: bool) -> None:
    """Show an event with its runs, parents and children, and why nothing happened.

    ID is the beginning of an event's id, such as its first eight characters.
    """
    from runner.cli.event_text import say_story, story_document
    from runner.cli.operating import operating
    from runner.engine.operations.story import tell

    output = Output(as_json=as_json)
    with operating() as it:
        story = tell(it.store, it.event(start), _book(it), workers=len(it.workers()))
        assert story is not None, "its id was just found"
        say_story(output, story, it.zone, verbose=verbose)
        output.document(story_document(story))


@command.command("export")
@click.argument("file", default="-")
@filters(runs=False)
@click.option("--json", "as_json", is_flag=True, help="Print the sum as one JSON document.")
def export(*, file: str, as_json: bool, **given: Any) -> None:
    """Write events with all of their runs to FILE, one JSON document a line; - is standard output."""
    from runner.cli.event_files import export as write
    from runner.cli.operating import operating

    if as_json and file == "-":
        raise InputError(
            "--json needs a FILE: the events are on standard output", code="input.usage", hint="name a file"
        )
    with operating() as it:
        write(Output(as_json=as_json), it, it.wanted(given), file)


@command.command("import")
@click.argument("file")
@click.option("--run", "runs", is_flag=True, help="Let the enabled tasks answer them, as if they came now.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def import_(file: str, runs: bool, as_json: bool) -> None:
    """Keep the events of FILE that are not there yet; - is standard input.

    They are history: nothing is run, and `runner replay` makes new events of them. With --run they are accepted as if
    they came now, without the runs they had.
    """
    from runner.cli.event_files import import_lines
    from runner.cli.operating import accepting, note_workers, operating

    output = Output(as_json=as_json)
    with accepting() if runs else operating() as it:
        import_lines(output, it, file, run=runs)
        if runs:
            note_workers(output, it)


@command.command("capture")
@click.argument("starts", metavar="ID...", nargs=-1, required=True)
@click.option("--task", "handle", metavar="HANDLE", help="Write cases for the tests of this task instead of samples.")
@click.option("--anonymise", is_flag=True, help="Replace names, addresses, telephone numbers and tokens by stand-ins.")
@click.option("--replace", is_flag=True, help="Write over files that are there.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def capture(*, starts: tuple[str, ...], handle: str | None, anonymise: bool, replace: bool, as_json: bool) -> None:
    """Write events as samples, fixtures/_events/TOPIC.json, or as cases of a task."""
    from runner.cli.capture import capture as write
    from runner.cli.operating import operating

    with operating() as it:
        if handle is not None and handle not in {task.handle for task in it.tasks().load()}:
            raise InputError(
                f'there is no task "{handle}" in the project',
                code="input.missing",
                hint="`runner tasks list` shows them",
            )
        write(Output(as_json=as_json), it, starts, handle=handle, anonymise=anonymise, replace=replace)


def _number(it: Operating, start: str) -> int:
    row = it.store.events.get(it.event(start))
    assert row is not None, "its id was just found"
    return row.number


def _states(row: dict[str, Any]) -> str:
    if row["cleared_at"] is not None:
        return "deleted"
    runs = row["runs"]
    return ", ".join(f"{runs[state]} {state}" for state in _ORDER if state in runs) or "-"


def _book(it: Operating) -> TaskBook:
    from runner.engine.matching import TaskBook

    return TaskBook(task.prepared for task in it.tasks().load() if task.prepared is not None)
