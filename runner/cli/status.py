"""``runner status``: what waits, for how long, who works, what failed last."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from runner.cli.output import Output

if TYPE_CHECKING:
    from runner.cli.operating import Operating

_ERRORS = 5
_LAG = 60.0
"""Seconds that a due run may wait before it is worth a colour."""


@click.command("status")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def command(as_json: bool) -> None:
    """Show what runs, what waits, and what failed last."""
    from runner.cli.operating import operating

    output = Output(as_json=as_json)
    with operating() as it:
        document = _document(it)
        _say(output, document, it)
        output.document(document)


def _document(it: Operating) -> dict[str, Any]:
    from runner.cli.event_text import jsonable
    from runner.cli.handover import running_server
    from runner.store.overview import Overview

    overview = Overview(it.store.database, it.store.clock)
    server = running_server(it.store)
    return {
        "shop": it.domain or it.settings.shop,
        "mode": str(it.settings.mode),
        "database": it.store.database.name.removeprefix("the database "),
        "database_bytes": _size(it.store.database.file),
        **overview.status(),
        "running": overview.running(),
        "workers": [jsonable(worker) for worker in it.workers()],
        "server": None if server is None else {"url": server.url, **_served(server.url)},
        "last_errors": overview.failures(_ERRORS),
        "next_ticks": _ticks(it),
    }


def _say(output: Output, document: dict[str, Any], it: Operating) -> None:
    from datetime import datetime

    from runner.cli.moments import shown, span

    def local(text: str | None) -> str:
        return shown(datetime.fromisoformat(text), it.zone) if text else "-"

    live = document["mode"] == "live"
    output.say(f"{document['shop'] or 'no shop is configured'}: {'LIVE' if live else 'dry'}", style="bold")
    size = document["database_bytes"]
    output.say(f"database  {document['database']}{f', {size / 1e6:.1f} MB' if size else ''}")
    workers = document["workers"]
    names = ", ".join(f"{each['host']} ({each['id'][:8]})" for each in workers)
    output.say(f"workers   {names or 'none: start `runner serve`'}", style=None if workers else "yellow")
    if document["server"] is not None:
        output.say(f"server    {document['server']['url']}")
    lag = document["lag_seconds"]
    late = f", the oldest for {span(lag)}" if document["due"] else ""
    output.say(f"due       {document['due']}{late}", style="yellow" if lag > _LAG else None)
    following = f", the next at {local(document['next_at'])}" if document["next_at"] else ""
    output.say(f"later     {document['later']}{following}")
    running = ", ".join(f"{each['running']} {each['task'] or each['kind']}" for each in document["running"])
    output.say(f"running   {running or 'nothing'}")
    counts = ", ".join(f"{number} {state}" for state, number in document["runs"].items())
    output.say(f"kept      {document['events']} event(s){f'; runs: {counts}' if counts else ''}")
    for label, rows, name in (("of task", "top_waiting_tasks", "task"), ("of topic", "top_waiting_topics", "topic")):
        if document[rows]:
            output.say(f"waiting {label}: " + ", ".join(f"{row['waiting']} {row[name]}" for row in document[rows]))
    for tick in document["next_ticks"][:3]:
        output.say(f"schedule  {local(tick['runs_at'])} {tick['task']}")
    for error in document["last_errors"]:
        words = (error["error"] or "").partition("\n")[0]
        output.say(
            f"failed    {local(error['stopped_at'])} {error['task_name'] or error['kind']}: {words}", style="red"
        )
        output.say(f"          runner runs show {error['id'][:8]}")


def _size(file: str | None) -> int | None:
    """Bytes of a SQLite database with its log; None for others."""
    if file is None:
        return None
    return sum(Path(f"{file}{end}").stat().st_size for end in ("", "-wal") if Path(f"{file}{end}").exists())


def _served(url: str) -> dict[str, Any]:
    """What the running server counts itself: the intake by outcome, and whatever else it tells."""
    import httpx

    try:
        found = httpx.get(f"{url}/status", timeout=2.0).json()
    except (httpx.HTTPError, ValueError):
        return {}
    return {name: found[name] for name in ("intake", "throttle") if name in found}


def _ticks(it: Operating) -> list[dict[str, str]]:
    """The next run of each subscription to the schedule, and those that wait for their offset, soonest first."""
    from runner.cli.schedule import waiting_runs
    from runner.clock import iso_utc
    from runner.engine.schedule import next_ticks

    prepared = [task.prepared for task in it.tasks().load() if task.prepared is not None]
    found = next_ticks(prepared, it.store.clock.now(), it.zone)
    moments = [(each.runs_at, each.task.task.name) for each in found]
    moments += [(run["run_at"], run["task_name"]) for run in waiting_runs(it)]
    return [{"task": name, "runs_at": iso_utc(moment)} for moment, name in sorted(moments)]
