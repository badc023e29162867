"""``runner profile``: what a script spends its time on."""

from __future__ import annotations

import click

from runner.cli.completing import complete_seeds, complete_tasks
from runner.cli.output import ExitCode, Output


@click.command("profile")
@click.argument("task", shell_complete=complete_tasks)
@click.option("--event", "event_file", metavar="FILE", help="Render the event in this JSON file, and only that.")
@click.option("--topic", metavar="TOPIC", help="With --shop: an event of this topic, with data of the store.")
@click.option(
    "--shop",
    "seed",
    metavar="SEED",
    shell_complete=complete_seeds,
    help="Render live, reading a simulated store made from this seed.",
)
@click.option("--options", "options_file", metavar="FILE", help="Option values (a JSON object) in place of the task's.")
@click.option("--times", type=click.IntRange(1, 1000), default=1, show_default=True, help="Render so many times.")
@click.option("--limit", type=click.IntRange(1), default=15, show_default=True, help="Show so many lines at most.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def command(
    task: str,
    *,
    event_file: str | None,
    topic: str | None,
    seed: str | None,
    options_file: str | None,
    times: int,
    limit: int,
    as_json: bool,
) -> int:
    """Show what a script spends its time on: lines, filters, and reads of the shop.

    Without --shop, the task's previews are rendered, which read nothing. With it, one event is rendered as a run would,
    reading a simulated store; nothing is performed.

    A line's own time is what its tag or output takes, without what stands inside. Exit code: 0 rendered, 1 the script
    failed, 2 invalid input.
    """
    from runner.cli.profiling import Asked, profile_task

    asked = Asked(task, event_file, topic, seed, options_file)
    rendered = profile_task(Output(as_json=as_json), asked, times=times, limit=limit)
    return ExitCode.DONE if rendered else ExitCode.FAILED
