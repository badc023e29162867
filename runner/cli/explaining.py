"""What ``runner explain`` tells of a run: what was kept when it was rendered, and what its script says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from runner.actions import ACTION_TYPES
from runner.cli.event_text import STYLES
from runner.cli.operating import Operating, operating
from runner.cli.output import Output, brief
from runner.engine.rendering import script_mark
from runner.errors import LiquidError
from runner.lint.dependence import EACH, Dependence, Field, dependence, shown_field
from runner.liquid.template import DialectTemplate, parse
from runner.model.event import Event
from runner.model.run import Run, RunKind
from runner.model.topic import subject_payload, subject_variable

_MOST_VALUES = 5
"""Of a field that a list has for each of its items."""


@dataclass(frozen=True, slots=True)
class Explained:
    """An action of a task run: its ``origin`` as kept, and what it depends on; None where that cannot be told."""

    run: Run
    origin: Mapping[str, Any] | None
    dependence: Dependence | None


def explain(output: Output, start: str, *, verbose: bool) -> None:
    """Print the explanation of the actions of a run or an event."""
    with operating() as it:
        event_id, chosen = _chosen(it, start)
        row = it.store.events.get(event_id)
        event = row.event if row is not None else None
        scripts = _scripts(it)
        runs = it.store.runs.of_event(event_id)
    tasks = []
    for run in (run for run in runs if run.kind is RunKind.TASK):
        actions = [each for each in runs if each.parent_id == run.id]
        if chosen is not None and chosen != run.id:
            actions = [each for each in actions if each.id == chosen]
            if not actions:
                continue
        tasks.append((run, *_explained(run, actions, scripts.get(run.task_id or ""))))
    for run, explained, reason in tasks:
        _say_task(output, run, event, reason, count=len(explained))
        for each in explained:
            _say_action(output, each, event, verbose=verbose)
    if not tasks:
        output.say(f"No task answered this event: `runner events show {event_id[:8]}` tells why.")
    output.document({"event": event_id, "tasks": [_document(*each, event) for each in tasks]})


def _chosen(it: Operating, start: str) -> tuple[str, str | None]:
    """The event, and the run of a task or action that is meant; None for all of the event."""
    if it.store.search.events_beginning(start) and not it.store.search.runs_beginning(start):
        return it.event(start), None
    run = it.store.runs.get(it.run(start))
    assert run is not None, "its id was just found"
    return run.event_id, None if run.kind is RunKind.EVENT else run.id


def _scripts(it: Operating) -> dict[str, str]:
    """The scripts of the project's tasks, by the ids that runs know them by."""
    return {each.prepared.id: each.prepared.task.script for each in it.tasks().load() if each.prepared is not None}


def _explained(run: Run, actions: Sequence[Run], script: str | None) -> tuple[list[Explained], str | None]:
    """The actions with what is known of each, and why not more is known."""
    kept = run.response if isinstance(run.response, Mapping) else {}
    origins = kept.get("origins")
    if not isinstance(origins, list):
        return [Explained(each, None, None) for each in actions], "nothing about lines was kept when it was rendered"
    template, reason = _template(kept, script)
    found = []
    for each in actions:
        origin = origins[each.seq] if each.seq < len(origins) else None
        depends = dependence(template, origin["offset"]) if template is not None and origin is not None else None
        found.append(Explained(each, origin, depends))
    return found, reason


def _template(kept: Mapping[str, Any], script: str | None) -> tuple[DialectTemplate | None, str | None]:
    if script is None:
        return None, "the task is gone: lines are those of its script then, and fields cannot be told"
    if script_mark(script) != kept.get("script"):
        return None, "the script has changed since: lines are those of then, and fields cannot be told"
    try:
        return parse(script, "script"), None
    except LiquidError as fault:
        return None, f"the script cannot be read: {fault.message}"


# Words


def _say_task(output: Output, run: Run, event: Event | None, reason: str | None, *, count: int) -> None:
    topic = event.topic if event is not None else "an event that is gone"
    output.say(f"task {run.task_name}: {run.state.value} ({run.id[:8]})", style=STYLES.get(run.state.value, "bold"))
    output.say(f"  on {topic} ({run.event_id[:8]})")
    if run.error:
        output.say(f"  error: {run.error}", style="red")
    if not count:
        output.say("  it rendered no actions")
    elif reason is not None:
        output.say(f"  {reason}", style="yellow")


def _say_action(output: Output, each: Explained, event: Event | None, *, verbose: bool) -> None:
    payload = each.run.payload or {}
    kind = str(payload.get("type"))
    known = ACTION_TYPES.get(kind)
    said = known.summary(payload.get("options")) if known is not None else brief(payload.get("options"), compact=True)
    output.say(f"  action {each.run.seq + 1} {kind}: {said} ({each.run.id[:8]})", style="bold")
    if each.origin is not None:
        output.say(f"    written by  line {each.origin['line']} of the script")
        for turn in each.origin["rounds"]:
            item = "" if turn["item"] is None else f": {_told(turn['item'])}"
            output.say(f"    in a loop   line {turn['line']}, {turn['variable']} {turn['index']}{item}")
    if each.dependence is None:
        return
    if each.dependence.conditions:
        output.say(f"    under       {_lines(each.dependence.conditions)}")
    for label, text in _fields(each.dependence, event, verbose=verbose):
        output.say(f"    {label:<11} {text}")
    if each.dependence.queries:
        output.say(f"    queries     {_lines(each.dependence.queries)}")


def _lines(numbers: Sequence[int]) -> str:
    return f"line{'s' if len(numbers) > 1 else ''} {', '.join(map(str, dict.fromkeys(numbers)))}"


def _told(item: Any) -> str:
    if isinstance(item, Mapping):
        return ", ".join(f"{name} {value}" for name, value in item.items())
    return brief(item, compact=True)


def _fields(depends: Dependence, event: Event | None, *, verbose: bool) -> Iterator[tuple[str, str]]:
    subject = subject_variable(event.effective_topic) if event is not None else None
    for field in depends.fields:
        if field[0] in ("event", subject):
            values = _values(field, event, subject)
            shown = ", ".join(brief(each, verbose, compact=True, limit=80) for each in values[:_MOST_VALUES])
            more = ", …" if len(values) > _MOST_VALUES else ""
            yield "event field", f"{shown_field(field)} = {shown}{more}" if values else f"{shown_field(field)} (none)"
    options = dict.fromkeys(str(field[1]) for field in depends.fields if field[0] == "options" and len(field) > 1)
    if options:
        yield "options", ", ".join(options)
    others = [shown_field(each) for each in depends.fields if each[0] not in ("event", subject, "options")]
    if others:
        yield "other", ", ".join(others)


def _values(field: Field, event: Event | None, subject: str | None) -> list[Any]:
    """The values of a field in the event's data; those that are missing there left out."""
    if event is None:
        return []
    root = subject_payload(event.effective_topic, event.data) if field[0] == subject else event.to_dict()
    values = [root]
    for step in field[1:]:
        values = [inner for value in values for inner in _inside(value, step)]
    return [value for value in values if value is not None]


def _inside(value: Any, step: str | int) -> list[Any]:
    if step == EACH:
        return list(value) if isinstance(value, list) else []
    if isinstance(value, Mapping):
        return [value[step]] if step in value else []
    if isinstance(value, list) and isinstance(step, int) and -len(value) <= step < len(value):
        return [value[step]]
    return []


def _document(run: Run, explained: Sequence[Explained], reason: str | None, event: Event | None) -> dict[str, Any]:
    subject = subject_variable(event.effective_topic) if event is not None else None
    rows = []
    for each in explained:
        payload = each.run.payload or {}
        row: dict[str, Any] = {
            "run": each.run.id,
            "seq": each.run.seq,
            "action": {"type": payload.get("type"), "options": payload.get("options")},
            "origin": each.origin,
        }
        if each.dependence is not None:
            row |= {
                "conditions": list(each.dependence.conditions),
                "queries": list(each.dependence.queries),
                "fields": [
                    {"path": shown_field(field), "values": _values(field, event, subject)}
                    if field[0] in ("event", subject)
                    else {"path": shown_field(field)}
                    for field in each.dependence.fields
                ],
            }
        rows.append(row)
    return {"run": run.id, "task": run.task_name, "state": run.state.value, "note": reason, "actions": rows}
