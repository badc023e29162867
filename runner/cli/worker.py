"""``runner worker``: runs the enabled tasks beside others on the same database, until stopped."""

from __future__ import annotations

import threading
from contextlib import ExitStack
from typing import TYPE_CHECKING

import click

from runner.cli.output import Output

if TYPE_CHECKING:
    from runner.config import Settings


@click.command("worker")
@click.option("--json", "as_json", is_flag=True, help="Print what is worked on as one JSON document.")
def command(as_json: bool) -> None:
    """Work on runs of the database, beside `runner serve` or alone.

    A PostgreSQL database takes any number of workers, on any number of machines. A SQLite file has one: stop
    `runner serve` first, or let it receive only, with --no-work. Workers receive no webhooks; they keep the schedules.
    """
    from runner.cli.working import stop_signals
    from runner.config import load_settings

    output = Output(as_json=as_json)
    settings = load_settings()
    for warning in settings.warnings:
        output.note(f"Warning: {warning}", style="yellow")
    with stop_signals() as stop:
        _work(output, settings, stop)


def _work(output: Output, settings: Settings, stop: threading.Event) -> None:
    from runner.cli.logs import logging_to_stderr
    from runner.cli.project_tasks import ProjectTasks
    from runner.cli.steps import Steps
    from runner.cli.target import configured_target
    from runner.cli.working import ending, open_engine
    from runner.value_files import LiveValues

    steps = Steps(output, endless=True)
    with ExitStack() as stack:
        target = stack.enter_context(configured_target(settings, dry=False, log=steps.called))
        current = LiveValues(settings)
        stack.enter_context(logging_to_stderr(lambda: (*settings.secrets, *current.values.secrets.known_values())))
        tasks = ProjectTasks(settings, target.store, shop=target.record, values=current)
        engine, work = open_engine(
            stack, target, tasks, current.values, steps.occurred, settings=settings, note=output.note
        )
        taken = engine.recover()
        stack.enter_context(ending(output, work))
        work.start()
        enabled = [task.handle for task in tasks.load() if task.enabled]
        live = settings.mode == "live"
        output.say(
            f"{target.label}: {'LIVE, actions change it' if live else 'dry, nothing is performed'}", style="bold"
        )
        output.say(f"database  {target.store.database.name.removeprefix('the database ')}")
        output.say(f"tasks     {', '.join(enabled) or 'none enabled'}")
        if taken:
            output.say(f"{taken} run(s) that were left open are taken up.")
        output.document({"database": target.store.database.name, "mode": str(settings.mode), "enabled": enabled})
        stop.wait()
        output.note("stopping: what runs is finished first")
    output.note("stopped")
