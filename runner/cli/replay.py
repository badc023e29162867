"""``runner replay``: events that happened, once more."""

from __future__ import annotations

from typing import Any

import click

from runner.cli.operating import filters
from runner.cli.output import Output
from runner.errors import InputError

_MOST = 100_000
"""Events that one command replays at most."""


@click.command("replay")
@click.argument("starts", metavar="[ID]...", nargs=-1)
@filters(runs=False)
@click.option("--for", "answering", metavar="TASK", help="Let this task alone answer.")
@click.option("--if-no-runs", is_flag=True, help="Leave out events that a task has answered.")
@click.option("--dry-run", is_flag=True, help="Count, and do nothing.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def command(
    *,
    starts: tuple[str, ...],
    answering: str | None,
    if_no_runs: bool,
    dry_run: bool,
    yes: bool,
    as_json: bool,
    **given: Any,
) -> None:
    """Make new events of old ones, for tasks to answer anew.

    Events are named by ID, or chosen by options; the oldest comes first. Topic, data and form values are those of the
    old event, the tasks are those of today, and actions are performed again. The old event stays as it is; the new one
    notes where it comes from.
    """
    from runner.cli.operating import accepting, confirm, note_workers
    from runner.engine.operations.replay import replay
    from runner.model.run import RunKind

    output = Output(as_json=as_json)
    with accepting() as it:
        wanted = it.wanted(given)
        if bool(starts) == (not wanted.is_empty):
            raise InputError(
                "say which events: ids, or options that choose some",
                code="input.usage",
                hint="runner replay --topic shopify/orders/create --since 2h --dry-run",
            )
        ids = [it.event(start) for start in starts]
        if not starts:
            ids = [event_id for _, event_id in it.store.search.event_ids(wanted, limit=_MOST)]
        if if_no_runs:
            ids = [event_id for event_id in ids if not it.store.runs.of_event(event_id, RunKind.TASK)]
        targets = [it.task(answering)[0]] if answering is not None else None
        if dry_run:
            output.say(f"{len(ids)} event(s) would be replayed")
            output.document({"events": ids, "dry_run": True})
            return
        if not starts and ids:
            confirm(output, f"Replay {len(ids)} event(s)?", yes=yes)
        engine = it.engine()
        made = [(event_id, replay(engine, it.store, event_id, targets=targets)) for event_id in ids]
        for old, new in made[:20]:
            output.say(f"{old[:8]} is replayed as {new[:8]}")
        output.say(f"{len(made)} event(s) replayed")
        output.document({"replayed": [{"event": old, "as": new} for old, new in made]})
        if made:
            note_workers(output, it)
