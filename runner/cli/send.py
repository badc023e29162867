"""``runner send``: an event for the enabled tasks, through the same way in as any other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from runner.cli.output import Output
from runner.errors import InputError

if TYPE_CHECKING:
    from runner.cli.operating import Operating
    from runner.engine.matching import EnabledTask
    from runner.model.event import Event


@click.command("send")
@click.argument("topic")
@click.option("--data", "data_file", metavar="FILE", help="The event's data, any JSON in a file; - for standard input.")
@click.option("--record", metavar="ID", help="Instead of --data: this resource of the shop, such as an order's number.")
@click.option("--task", "handle", metavar="TASK", help="Let this task alone answer.")
@click.option("--input", "input_file", metavar="FILE", help="Values of the run form (a JSON object), for `input`.")
@click.option("--at", metavar="TIME", help="Be due then: 2026-03-04T10:30, or 2h from now.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def command(
    *,
    topic: str,
    data_file: str | None,
    record: str | None,
    handle: str | None,
    input_file: str | None,
    at: str | None,
    as_json: bool,
) -> None:
    """Accept an event for the enabled tasks.

    It is kept in the database, and worked on by `runner serve` or `runner worker`: the one that runs, or the next to
    start. Without --data, an event of Shopify has the first such resource of the shop for its data, others have none.
    """
    from runner.cli.inputs import read_options
    from runner.cli.moments import parse_moment, shown
    from runner.cli.operating import accepting, note_workers

    output = Output(as_json=as_json)
    if data_file is not None and record is not None:
        raise InputError("--data and --record exclude each other", code="input.usage", hint="give one of them")
    inputs = read_options(input_file)
    with accepting() as it:
        now = it.store.clock.now()
        due = parse_moment(at, "--at", now=now, zone=it.zone, ahead=True) if at else None
        answering = _answering(output, it, topic, handle)
        event = _event(output, it, topic, data_file, record)
        targets = frozenset({answering.id}) if answering is not None else None
        form = _form(answering, event, inputs, input_file)
        from dataclasses import replace

        event_id = it.engine().accept(replace(event, targets=targets), run_at=due, inputs=form)
        output.say(str(event_id))
        output.note(f"event {topic}, due {'now' if due is None else shown(due, it.zone)}")
        output.note(f"`runner events show {str(event_id)[:8]}` tells what comes of it")
        note_workers(output, it)
        output.document({"id": event_id, "topic": topic, "due": (due or now).isoformat(), "workers": len(it.workers())})


def _answering(output: Output, it: Operating, topic: str, handle: str | None) -> EnabledTask | None:
    """The task of ``handle``, None without one; says so when no enabled task will answer ``topic``."""
    from runner.model.topic import check_topic

    found = [task for task in it.tasks().load() if task.prepared is not None]
    if handle is not None:
        chosen = next((task for task in found if handle in (task.handle, task.name)), None)
        if chosen is None or chosen.prepared is None:
            raise InputError(
                f'there is no task "{handle}" in the project',
                code="input.missing",
                hint="`runner tasks list` shows them",
            )
        if not chosen.prepared.wants(topic):
            raise InputError(
                f'the task "{chosen.handle}" does not subscribe to {topic}',
                code="input.topic",
                hint=f"it subscribes to {', '.join(chosen.topics) or 'nothing'}",
            )
        if not chosen.enabled:
            output.note(f"The task {chosen.handle} is disabled: `runner tasks enable {chosen.handle}`", style="yellow")
        return chosen.prepared
    wants = [task for task in found if task.prepared is not None and task.prepared.wants(topic)]
    note = check_topic(topic)
    if note is not None and not wants:
        raise InputError(note.message, code="input.topic", hint=note.hint)
    if not any(task.enabled for task in wants):
        off = f"; disabled: {', '.join(task.handle for task in wants)}" if wants else ""
        output.note(f"No enabled task subscribes to {topic}{off}.", style="yellow")
    return None


def _event(output: Output, it: Operating, topic: str, data_file: str | None, record: str | None) -> Event:
    from runner.cli.inputs import read_bytes
    from runner.model.event import Event
    from runner.model.json_text import read_json

    native = topic if topic.startswith("shopify/") else None
    source = "shopify" if native else "user"
    if data_file is not None:
        data: Any = read_json(read_bytes(data_file, "data file"), file=data_file).value
    elif native is not None or record is not None:
        data = _resource(output, it, topic, record)
    else:
        data = None
    return Event(topic, data, source=source, shopify_topic=native)


def _resource(output: Output, it: Operating, topic: str, record: str | None) -> Any:
    """The data of an event about a resource of the shop: the one with the id ``record``, or the first."""
    from runner.cli.samples import first_resource, one_resource
    from runner.cli.target import configured_target

    _, subject, verb = topic.split("/")
    resource = verb if subject == "user" else subject  # mechanic/user/order is about an order
    with configured_target(it.settings, dry=True) as target:
        found = (
            first_resource(resource, target.asking) if record is None else one_resource(resource, record, target.asking)
        )
    if found is None:
        wanted = f"{resource} {record}" if record else resource
        raise InputError(
            f"the shop has no {wanted} that it could be about",
            code="input.missing",
            hint="give its data with --data FILE",
        )
    if record is None:
        output.note(f"The event's data: the first of the shop's {resource}.")
    return [found] if subject == "user" and verb.endswith("s") else found


def _form(
    answering: EnabledTask | None, event: Event, inputs: dict[str, Any] | None, input_file: str | None
) -> dict[str, Any] | None:
    """What the run form sends. ``InputError`` for values that no task, or not this one, asks for."""
    from runner.model.options import stored_values
    from runner.model.run_form import check_inputs, has_run_form, submission

    if answering is None:
        if inputs is not None:
            raise InputError("--input needs --task: the form is the task's", code="input.usage", hint="add --task TASK")
        return None
    check_inputs(answering.task, inputs or {}, input_file)
    if inputs is not None and not has_run_form(event.topic):
        raise InputError(f"no run form comes with {event.topic}", code="input.usage", hint="leave --input out")
    return submission(event, answering.task, saved=stored_values(answering.task, answering.options), inputs=inputs)
