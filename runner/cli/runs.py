"""``runner runs``: what was done, what failed, what waits; again, or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from runner.cli.grouping import CommandGroup
from runner.cli.operating import filters
from runner.cli.output import ExitCode, Output
from runner.errors import InputError

if TYPE_CHECKING:
    from runner.cli.operating import Operating
    from runner.store import Wanted

_LIMIT = click.IntRange(1, 1000)
_MOST = 100_000
"""Runs that one `retry` takes at most."""


@click.group("runs", cls=CommandGroup)
def command() -> None:
    """List, show, retry and cancel runs of events, tasks and actions."""


@command.command("list")
@filters(runs=True)
@click.option("--limit", type=_LIMIT, default=20, show_default=True, help="How many at most.")
@click.option("--before", metavar="ID", help="Go on with the runs made earlier than this one.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def list_(*, limit: int, before: str | None, as_json: bool, **given: Any) -> None:
    """List runs, the newest first."""
    from runner.cli.event_text import jsonable
    from runner.cli.moments import shown
    from runner.cli.operating import operating

    output = Output(as_json=as_json)
    with operating() as it:
        wanted = it.wanted(given)
        place = _number(it, before) if before else None
        found = it.store.search.runs(wanted, before=place, limit=limit + 1)
        page, more, zone = found[:limit], len(found) > limit, it.zone
        rows = [
            (
                *(row["id"][:8], row["event_id"][:8], row["kind"], row["state"], _what(row)),
                *(shown(row["run_at"], it.zone), _first_line(row["error"])),
            )
            for row in page
        ]
    if rows:
        output.table(("id", "event", "kind", "state", "of", f"due ({zone})", "error"), rows)
    else:
        output.say("no runs yet" if wanted.is_empty and not before else "no run fits")
    following = page[-1]["id"] if more else None
    if following:
        output.note(f"There are more: --before {following[:8]}")
    output.document({"runs": [jsonable(row) for row in page], "next": following})


@command.command("show")
@click.argument("start", metavar="ID")
@click.option("--verbose", is_flag=True, help="Show everything whole.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def show(start: str, verbose: bool, as_json: bool) -> None:
    """Show a run with its attempts, logs, result and error.

    ID is the beginning of a run's id, such as its first eight characters.
    """
    from runner.cli.event_text import run_document, say_run
    from runner.cli.moments import shown
    from runner.cli.operating import operating
    from runner.clock import iso_utc

    output = Output(as_json=as_json)
    with operating() as it:
        run = it.store.runs.get(it.run(start))
        assert run is not None, "its id was just found"
        attempts = it.store.runs.attempts(run.id)
        row = it.store.events.get(run.event_id)
        output.say(f"event {row.event.topic if row is not None else '-'} ({run.event_id[:8]})", style="cyan")
        say_run(output, run, it.zone, indent=0, verbose=verbose)
        for attempt in attempts:
            end = "under way" if attempt.ended_at is None else f"ended {shown(attempt.ended_at, it.zone)}"
            error = f": {attempt.error}" if attempt.error else ""
            output.say(f"  attempt {attempt.number}: begun {shown(attempt.started_at, it.zone)}, {end}{error}")
        times = [
            {
                "number": attempt.number,
                "started_at": iso_utc(attempt.started_at),
                "sent_at": None if attempt.sent_at is None else iso_utc(attempt.sent_at),
                "ended_at": None if attempt.ended_at is None else iso_utc(attempt.ended_at),
                "error": attempt.error,
            }
            for attempt in attempts
        ]
        output.document({"run": {**run_document(run), "attempt_list": times}})


@command.command("retry")
@click.argument("starts", metavar="[ID]...", nargs=-1)
@filters(runs=True)
@click.option("--dry-run", is_flag=True, help="Count, and do nothing.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def retry(*, starts: tuple[str, ...], dry_run: bool, yes: bool, as_json: bool, **given: Any) -> int:
    """Run again what failed: runs by ID, or all failed ones that the options choose.

    A task run is rendered with the task's present code and the event's old data; an action is performed with the
    options it was rendered with, one of unknown outcome too. A run with a result is left alone: event runs that made
    task runs, task runs that made actions, actions that succeeded.

    Exit code: 0 all are queued, 1 some were refused.
    """
    from dataclasses import replace

    from runner.cli.operating import confirm, note_workers, operating
    from runner.engine.operations import again

    output = Output(as_json=as_json)
    with operating() as it:
        wanted = it.wanted(given)
        if bool(starts) == (not wanted.is_empty):
            raise InputError(
                "say which runs: ids, or options that choose some",
                code="input.usage",
                hint="runner runs retry --since 2h",
            )
        ids = [it.run(start) for start in starts]
        if not starts:
            wanted = wanted if wanted.states else replace(wanted, states=("failed",))
            ids = [run_id for _, run_id in it.store.search.run_ids(wanted, limit=_MOST)]
        if dry_run:
            output.say(f"{len(ids)} run(s) would be tried again")
            output.document({"runs": ids, "dry_run": True})
            return ExitCode.DONE
        if not starts and ids:
            confirm(output, f"Run {len(ids)} run(s) again?", yes=yes)
        done = again.retry(it.store, it.queue, ids)
        for each in done.refused:
            output.note(f"{each.run.id[:8]} ({each.run.kind}): {each.reason}", style="yellow")
        output.say(f"{len(done.runs)} run(s) wait to be tried again")
        refused = [{"id": each.run.id, "reason": each.reason} for each in done.refused]
        output.document({"runs": list(done.runs), "refused": refused})
        if done.runs:
            note_workers(output, it)
    return ExitCode.FAILED if done.refused else ExitCode.DONE


@command.command("cancel")
@click.argument("starts", metavar="[ID]...", nargs=-1)
@filters(runs=True)
@click.option("--all", "everything", is_flag=True, help="Every run that waits.")
@click.option("--dry-run", is_flag=True, help="Count, and do nothing.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def cancel(*, starts: tuple[str, ...], everything: bool, dry_run: bool, yes: bool, as_json: bool, **given: Any) -> None:
    """Cancel runs that wait: by ID, or all that the options choose.

    What is under way is not interrupted. A cancelled event run asks no task, a cancelled task run renders nothing, a
    cancelled action is not performed; `runner runs retry` brings them back.
    """
    from runner.cli.operating import confirm, operating
    from runner.engine.operations import cancelling

    output = Output(as_json=as_json)
    with operating() as it:
        wanted = _chosen(it, starts, given, everything=everything)
        sight = cancelling.outlook(it.store, wanted)
        kinds = ", ".join(f"{number} {kind} run(s)" for kind, number in sight.waiting.items()) or "no run"
        under_way = f"; {sight.under_way} under way will not be interrupted" if sight.under_way else ""
        if dry_run:
            output.say(f"{kinds} would be cancelled{under_way}")
            output.document({"waiting": dict(sight.waiting), "under_way": sight.under_way, "dry_run": True})
            return
        if sight.total and not starts:
            confirm(output, f"Cancel {kinds}{under_way}?", yes=yes)
        number = cancelling.cancel(it.store, it.queue, wanted) if sight.total else 0
        output.say(f"{number} run(s) cancelled{under_way}")
        output.document({"cancelled": number, "waiting": dict(sight.waiting), "under_way": sight.under_way})


def _chosen(it: Operating, starts: tuple[str, ...], given: dict[str, Any], *, everything: bool) -> Wanted:
    """The runs that are meant. ``InputError`` when nothing says which, or two things do."""
    from runner.store import Wanted

    wanted = it.wanted(given)
    if sum((bool(starts), not wanted.is_empty, everything)) != 1:
        raise InputError(
            "say which runs: ids, options that choose some, or --all",
            code="input.usage",
            hint="runner runs cancel --task TASK --dry-run",
        )
    return Wanted(runs=tuple(it.run(start) for start in starts)) if starts else wanted


def _number(it: Operating, start: str) -> int:
    run = it.store.runs.get(it.run(start))
    assert run is not None, "its id was just found"
    return run.number


def _what(row: dict[str, Any]) -> str:
    """What a run is of, for people."""
    if row["kind"] == "event":
        return str(row["topic"])
    return f"{row['task_name']}, action {row['seq'] + 1}" if row["kind"] == "action" else str(row["task_name"])


def _first_line(error: str | None) -> str:
    """The beginning of an error, for a table."""
    line = (error or "").partition("\n")[0]
    return line if len(line) <= 60 else f"{line[:59]}…"
