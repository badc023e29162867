"""An event and its runs, for people and as a document."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING, Any

from runner.cli.layout import indented, labelled
from runner.cli.moments import shown
from runner.clock import iso_utc

if TYPE_CHECKING:
    from runner.cli.output import Output
    from runner.engine.operations.story import Story
    from runner.model.run import Run

STYLES = {"failed": "red", "succeeded": "green", "cancelled": "yellow", "started": "cyan"}


def jsonable(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row with its moments as ISO 8601 text, and without the numbers of the table."""
    return {
        name: iso_utc(value) if isinstance(value, datetime) else value
        for name, value in row.items()
        if name != "number"
    }


def say_story(output: Output, story: Story, zone: tzinfo, *, verbose: bool) -> None:
    """The whole event: where it comes from, what became of it, what came of that."""
    from runner.engine.operations.story import origin_words

    event = story.row.event
    created = event.created_at
    output.say(f"event {event.topic}", style="bold")
    output.say(f"  id        {event.id}")
    output.say(f"  came      {shown(created, zone) if isinstance(created, datetime) else created} ({zone})")
    if event.source or event.shopify_topic:
        via = f", as {event.shopify_topic}" if event.shopify_topic not in (None, event.topic) else ""
        output.say(f"  source    {event.source or '-'}{via}")
    origin = origin_words(story.row.origin)
    if origin is not None:
        output.say(f"  origin    {origin}")
    for generation, parent in enumerate(story.ancestors):
        output.say(
            f"  {'parent' if generation == 0 else '':<8}  {'  ' * generation}{parent.topic} ({str(parent.id)[:8]})"
        )
    for line in labelled("data", event.data, whole=verbose):
        output.say(f"  {line}")
    if story.run is not None:
        say_run(output, story.run, zone, indent=0, verbose=verbose)
    for run, actions in story.tasks:
        say_run(output, run, zone, indent=2, verbose=verbose)
        for action in actions:
            say_run(output, action, zone, indent=4, verbose=verbose)
    for reason in story.reasons:
        output.say(
            f"Nothing happened{' yet' if 'wait' in reason or 'due' in reason else ''}: {reason}.", style="yellow"
        )
    for child in story.children:
        output.say(f"child event {child.topic} ({str(child.id)[:8]})", style="cyan")


def say_run(output: Output, run: Run, zone: tzinfo, *, indent: int, verbose: bool) -> None:
    """One run with its logs, errors and result."""
    pad = " " * indent
    name = {"event": "event run", "task": f"task {run.task_name}", "action": f"action {run.seq + 1}"}[run.kind.value]
    kind = (run.payload or {}).get("type") if run.kind.value == "action" else None
    tries = f", attempt {run.attempt}" if run.attempt > 1 else ""
    due = f", due {shown(run.run_at, zone)}" if run.state.value in ("scheduled", "due") else ""
    took = f", {run.elapsed_ms} ms" if run.elapsed_ms is not None and run.state.final else ""
    output.say(
        f"{pad}{name}{f' {kind}' if kind else ''}: {run.state.value}{due}{took}{tries} ({run.id[:8]})",
        style=STYLES.get(run.state.value),
    )
    for label, value in _parts(run, verbose):
        for line in indented(labelled(label, value, whole=verbose), indent + 2):
            output.say(line)
    if run.error:
        output.say(f"{pad}  error: {run.error}", style="red")
    hint = run.failure.get("hint") if isinstance(run.failure, Mapping) else None
    if hint:
        output.say(f"{pad}  Hint: {hint}")


def _parts(run: Run, verbose: bool) -> list[tuple[str, Any]]:
    """What of the run's content is shown."""
    result = run.result if isinstance(run.result, Mapping) else {}
    if run.kind.value == "task":
        logs = [("log:", log) for log in result.get("logs", [])]
        return logs + ([] if result.get("actions") or run.error else [("no actions", "")] if run.state.final else [])
    if run.kind.value != "action":
        return []
    parts: list[tuple[str, Any]] = [("options:", (run.payload or {}).get("options"))]
    if run.result is not None:
        parts.append(("result:", run.result))
    if run.response is not None and (verbose or run.error):
        parts.append(("answer:", run.response))
    return parts


def story_document(story: Story) -> dict[str, Any]:
    """The story as JSON."""
    row = story.row
    return {
        "event": row.event.to_dict(),
        "run_at": iso_utc(row.run_at),
        "origin": row.origin,
        "targets": None if row.event.targets is None else sorted(row.event.targets),
        "run": None if story.run is None else run_document(story.run),
        "tasks": [
            {**run_document(run), "actions": [run_document(action) for action in actions]}
            for run, actions in story.tasks
        ],
        "children": [{"id": child.id, "topic": child.topic} for child in story.children],
        "reasons": list(story.reasons),
    }


def run_document(run: Run) -> dict[str, Any]:
    """A run as JSON, with all that is kept of it."""
    return {
        **run.to_record(),
        "kind": run.kind.value,
        "state": run.state.value,
        "task_id": run.task_id,
        "task": run.task_name,
        "event_id": run.event_id,
        "parent_id": run.parent_id,
        "seq": run.seq,
        "payload": run.payload,
        "result": run.result,
        "response": run.response,
        "failure": run.failure,
    }
