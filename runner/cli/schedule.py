"""``runner schedule``: when the tasks of the scheduler come up."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING, Any

import click

from runner.cli.output import Output

if TYPE_CHECKING:
    from runner.cli.operating import Operating
    from runner.engine.matching import EnabledTask


@click.command("schedule")
@click.option("--missed", is_flag=True, help="Show what was missed, and will be made up for when a worker starts.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def command(missed: bool, as_json: bool) -> None:
    """Show when the schedule runs which tasks next.

    Times are those of the shop's zone, offsets of subscriptions included.
    """
    from runner.cli.event_text import jsonable
    from runner.cli.operating import accepting
    from runner.clock import iso_utc
    from runner.engine.schedule import next_ticks

    output = Output(as_json=as_json)
    with accepting() as it:
        prepared = [task.prepared for task in it.tasks().load() if task.prepared is not None]
        now = it.store.clock.now()
        if missed:
            _missed(output, it, prepared)
            return
        found = next_ticks(prepared, now, it.zone)
        waiting = waiting_runs(it)
        rows = [(each.runs_at, each.task.task.name, str(each.subscription)) for each in found]
        rows += [(run["run_at"], run["task_name"], f"{run['topic']}, waits since its tick") for run in waiting]
        if rows:
            output.table(
                ("runs", "task", "subscription"),
                [(_local(moment, it.zone), name, what) for moment, name, what in sorted(rows)],
            )
            output.note(f"Times are those of the shop, {it.zone}.")
        else:
            output.say("no enabled task subscribes to the schedule")
        if rows and not it.workers():
            output.note("No worker runs: nothing is started until `runner serve` is.", style="yellow")
        upcoming = [
            {
                "task": each.task.task.handle or each.task.task.name,
                "subscription": str(each.subscription),
                "tick_at": iso_utc(each.tick_at),
                "runs_at": iso_utc(each.runs_at),
            }
            for each in found
        ]
        document = {"zone": str(it.zone), "next": upcoming, "waiting": [jsonable(run) for run in waiting]}
        output.document(document)


def waiting_runs(it: Operating) -> list[dict[str, Any]]:
    """Task runs whose tick has been, and whose offset has not: the first to come first."""
    from runner.engine.schedule import SCHEDULER
    from runner.store import Wanted

    wanted = Wanted(topic=f"{SCHEDULER}*", kinds=("task",), states=("scheduled",))
    return sorted(it.store.search.runs(wanted, limit=1000), key=lambda run: run["run_at"])


def _missed(output: Output, it: Operating, tasks: Sequence[EnabledTask]) -> None:
    """The ticks that nobody was there for, as the next look of a worker will find them."""
    from runner.clock import iso_utc
    from runner.engine.schedule import missed_ticks

    now = it.store.clock.now()
    found = missed_ticks(tasks, it.store.schedule.looked(it.domain), now, it.zone)
    rows = [(_local(tick.at, it.zone), tick.topic) for tick in found]
    if rows:
        output.table(("was due", "topic"), rows)
    else:
        output.say("nothing was missed")
    output.document({"zone": str(it.zone), "missed": [{"topic": tick.topic, "at": iso_utc(tick.at)} for tick in found]})


def _local(moment: datetime, zone: tzinfo) -> str:
    return moment.astimezone(zone).strftime("%a %Y-%m-%d %H:%M %Z")
