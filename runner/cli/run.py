"""``runner run``: a task on an event, with everything that follows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from runner.cli.completing import complete_seeds, complete_tasks
from runner.cli.inputs import read_event, read_options
from runner.cli.output import ExitCode, Output
from runner.cli.preview import check_options
from runner.errors import InputError, SafetyError, Where
from runner.model.event import Event

if TYPE_CHECKING:
    from runner.actions import ActionType
    from runner.cli.steps import Steps
    from runner.cli.target import Target
    from runner.config import Settings
    from runner.engine.engine import Engine
    from runner.engine.matching import EnabledTask
    from runner.engine.observe import Observer
    from runner.engine.telling import Counts
    from runner.model.shop_values import ShopValues

_MOST_STEPS = 10_000
"""Attempts of one command: a task that starts itself again ends here."""
_SIMULATED_HORIZON = timedelta(days=400)
"""How far a simulated store's clock is moved for runs that are due later."""
_BULK_WAIT = timedelta(minutes=10)
"""How long the end of a bulk operation is waited for."""


@click.command("run")
@click.argument("task", shell_complete=complete_tasks)
@click.option("--event", "event_file", metavar="FILE", help="The event, a JSON file with topic and data.")
@click.option("--topic", metavar="TOPIC", help="An event of this topic, with data of the store, else a sample.")
@click.option(
    "--shop",
    "seed",
    metavar="SEED",
    shell_complete=complete_seeds,
    help="Run in a simulated store made from this seed, such as prints.",
)
@click.option("--options", "options_file", metavar="FILE", help="Option values (a JSON object) in place of the task's.")
@click.option("--input", "input_file", metavar="FILE", help="Values of the run form (a JSON object), for `input`.")
@click.option("--live", is_flag=True, help="Perform in the configured shop, or stop when the settings forbid it.")
@click.option("--dry-run", is_flag=True, help="Render and check, and perform nothing.")
@click.option("--outside", is_flag=True, help="With --shop: let actions reach other machines, such as a mail server.")
@click.option("--loop", is_flag=True, help="With --shop: let webhooks of the changes come back, until all is quiet.")
@click.option("--verbose", is_flag=True, help="Show whole actions and logs.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def command(
    task: str,
    event_file: str | None,
    topic: str | None,
    seed: str | None,
    options_file: str | None,
    input_file: str | None,
    live: bool,
    dry_run: bool,
    outside: bool,
    loop: bool,
    verbose: bool,
    as_json: bool,
) -> int:
    """Run a task on an event and perform its actions, dry by default.

    With --shop, in a simulated store that lives as long as the command: there actions are performed, since nothing
    real can be hurt. Otherwise in the configured shop: nothing is performed unless the settings say mode: live and
    hold a token. What actions would send to others then, mail, requests, uploads, is written into a folder of files.

    Exit code: 0 every run succeeded, 1 a run failed, 2 invalid input, 3 the shop did not answer, 4 stopped for safety.
    """
    from runner.cli.run_loop import Looping, webhook_origin
    from runner.cli.steps import Steps, no_origin
    from runner.model.run_form import check_inputs
    from runner.project import load_task

    _check_flags(event_file, topic, seed, live=live, dry_run=dry_run, outside=outside, loop=loop)
    output = Output(as_json=as_json)
    loaded = load_task(task)
    given = read_event(event_file) if event_file is not None else None
    options, inputs = read_options(options_file), read_options(input_file)
    check_options(loaded, options, options_file)
    check_inputs(loaded, inputs or {}, input_file)
    steps = Steps(output, verbose=verbose, origin=webhook_origin if loop else no_origin)
    settings, values = _surroundings(output)
    with _open(settings, seed, live=live, dry_run=dry_run, outside=outside, steps=steps) as target:
        from runner.engine.matching import EnabledTask

        enabled = EnabledTask.prepare(loaded, options=options, shop=target.record, clock=target.clock, values=values)
        event = _event(output, given, topic, enabled, target, event_file)
        form = _form(enabled, event, inputs, input_file)
        types = _types(settings, enabled, target, outside=outside)
        retry = settings.retry_seconds
        looping = Looping(output, steps)
        engine = _engine(output, enabled, target, looping.occurred, types=types, values=values, retry=retry)
        if loop:
            counts, back = looping.until_quiet(engine, target, lambda: engine.accept(event, inputs=form))
        else:
            engine.accept(event, inputs=form)
            counts, back = _work(output, engine, target), None
        _finish(output, enabled, target, steps, counts, back)
    return ExitCode.FAILED if steps.tally.failed or (back and not back["quiet"]) else ExitCode.DONE


def _check_flags(
    event_file: str | None, topic: str | None, seed: str | None, *, live: bool, dry_run: bool, outside: bool, loop: bool
) -> None:
    clashes = (
        (event_file is not None and topic is not None, "--event and --topic", "an event file has its topic in it"),
        (live and dry_run, "--live and --dry-run", "give one of them"),
        (live and seed is not None, "--live and --shop", "a simulated store needs no --live: actions happen there"),
        (outside and dry_run, "--outside and --dry-run", "give one of them"),
        (loop and dry_run, "--loop and --dry-run", "without changes nothing comes back"),
    )
    for clash, names, hint in clashes:
        if clash:
            raise InputError(f"{names} exclude each other", code="input.usage", hint=hint)
    if outside and seed is None:
        raise InputError(
            "--outside goes with --shop",
            code="input.usage",
            hint="for the configured shop the settings decide: actions reach others with `mode: live`",
        )
    if loop and seed is None:
        hint = "such as --shop prints; for a shop that is served, `runner serve` receives what comes back"
        raise InputError("--loop goes with --shop", code="input.usage", hint=hint)


def _surroundings(output: Output) -> tuple[Settings, ShopValues]:
    """The settings, with a word about what is odd in them, and the globals and secrets of tasks."""
    from runner.config import load_settings
    from runner.shop_values import load_values

    settings = load_settings()
    for warning in settings.warnings:
        output.note(f"Warning: {warning}", style="yellow")
    return settings, load_values(settings)


def _open(
    settings: Settings, seed: str | None, *, live: bool, dry_run: bool, outside: bool, steps: Steps
) -> AbstractContextManager[Target]:
    """The store to work on."""
    from runner.cli.target import configured_target, simulated_target

    if seed is not None:
        return simulated_target(seed, dry=dry_run, log=steps.called, settings=settings, outside=outside)
    dry = dry_run or not _may_perform(settings, live=live)
    return configured_target(settings, dry=dry, log=steps.called)


def _may_perform(settings: Settings, *, live: bool) -> bool:
    from runner.config import Mode

    settings.require_shop()
    allowed = settings.mode is Mode.LIVE
    if live and not allowed:
        raise SafetyError(
            f"--live was given, but the settings say mode: dry ({settings.origins.get('mode', 'default')})",
            hint=f"set `mode: live` in runner.yml, or RUNNER_MODE=live, to let actions change {settings.shop}",
        )
    return allowed


def _types(settings: Settings, enabled: EnabledTask, target: Target, *, outside: bool) -> Mapping[str, ActionType]:
    """The types of actions, those that would reach others in the outbox: all of them, or what needs a real shop."""
    from runner.actions import ACTION_TYPES
    from runner.clock import SystemClock
    from runner.outbox import FolderOutbox, kept_types

    if target.mode == "live":
        return ACTION_TYPES
    folder = settings.outbox_folder()
    if folder.is_relative_to(Path.cwd()):
        folder = folder.relative_to(Path.cwd())
    outbox = FolderOutbox(folder, enabled.task.handle or enabled.task.name, SystemClock())
    return kept_types(outbox, only=frozenset({"files", "flow"}) if outside else None)


def _event(
    output: Output,
    given: Event | None,
    topic: str | None,
    enabled: EnabledTask,
    target: Target,
    event_file: str | None,
) -> Event:
    """The event to run on: the file's, or one of the topic. ``InputError`` when the task would not respond."""
    wanted = given.topic if given is not None else topic
    subscribed = list(dict.fromkeys(subscription.topic for subscription in enabled.subscriptions))
    if wanted is None:
        hint = f"--topic {subscribed[0]}, or --event FILE" if subscribed else "--event FILE, or --topic TOPIC"
        hint += f"; the task responds to {_listed(subscribed)}" if len(subscribed) != 1 else ""
        raise InputError("no event is given", code="input.usage", hint=hint)
    _check_topic(wanted, subscribed, event_file)
    if given is not None:
        return _as_live(given)
    from runner.cli.samples import event_for
    from runner.model.run_form import FORM_TOPIC

    if wanted == FORM_TOPIC:  # its data are the values of the form
        return _as_live(Event(wanted))
    event, origin = event_for(wanted, target.asking, target.simulated)
    output.note(f"The event's data: {origin}.")
    return _as_live(event)


def _form(
    enabled: EnabledTask, event: Event, inputs: Mapping[str, Any] | None, input_file: str | None
) -> dict[str, Any] | None:
    """What the run form of ``event`` sends; None where there is no form. ``InputError`` for values nobody asks for."""
    from runner.model.options import stored_values
    from runner.model.run_form import FORM_TOPIC, submission

    saved = stored_values(enabled.task, enabled.options)
    form = submission(event, enabled.task, saved=saved, inputs=inputs)
    if form is None and inputs is not None:
        raise InputError(
            f"no run form comes with {event.topic}",
            code="input.usage",
            where=Where(file=input_file),
            hint=f"--input goes with {FORM_TOPIC} and with resources sent from the admin, mechanic/user/order",
        )
    return form


def _as_live(event: Event) -> Event:
    """The event as the engine takes it: no preview, and with a source (engine.md 1.1)."""
    source = event.source or ("shopify" if event.topic.startswith("shopify/") else "user")
    return replace(event, preview=False, source=source)


def _check_topic(topic: str, subscribed: Sequence[str], event_file: str | None) -> None:
    import difflib

    from runner.model.topic import check_topic

    if topic in subscribed:
        return
    where = Where(file=event_file, part="topic") if event_file is not None else None
    bare = topic.partition("+")[0]
    if bare != topic and bare in subscribed:
        raise InputError(
            f'an event\'s topic has no offset, "{topic}" has one',
            code="input.topic",
            where=where,
            hint=f"write {bare}: the offset belongs to the subscription",
        )
    note = check_topic(topic)
    near = difflib.get_close_matches(topic, subscribed, n=1, cutoff=0.85)
    advice = note.hint if note is not None and note.hint else ""
    raise InputError(
        note.message if note is not None else f'the task does not respond to "{topic}"',
        code="input.topic",
        where=where,
        hint=f"did you mean {near[0]}?" if near else f"{advice} The task responds to {_listed(subscribed)}".strip(),
    )


def _listed(topics: Sequence[str]) -> str:
    return ", ".join(topics) or "nothing: its subscriptions are empty"


def _engine(
    output: Output,
    enabled: EnabledTask,
    target: Target,
    observer: Observer,
    *,
    types: Mapping[str, ActionType],
    values: ShopValues,
    retry: tuple[float, ...],
) -> Engine:
    """The engine for the one task, announced."""
    from runner.engine import Behaviour, RetryPolicy
    from runner.engine.engine import Engine

    if target.mode == "live":
        output.note(f"LIVE: actions change {target.label}.", style="red")
    output.say(f"{enabled.task.name}", style="bold")
    output.say(f"in {target.label}{'; dry run, nothing is performed' if target.is_dry else ''}")
    output.say()
    return Engine(
        target.store,
        [enabled],
        shop=target.record,
        client=target.client,
        reads=target.reads,
        values=values,
        observer=observer,
        action_types=types,
        dry_run=target.is_dry,
        services=target.services,
        behaviour=Behaviour(retry=RetryPolicy(retry)),
    )


def _work(output: Output, engine: Engine, target: Target) -> Counts:
    """Work off what is due, bulk operations and, in a simulated store, later runs included."""
    until = target.clock.now() + _SIMULATED_HORIZON if target.simulated is not None else None
    counts = engine.drain(until, wait=True, limit=_MOST_STEPS)
    return _after_bulk(output, engine, target, until) or counts


def _after_bulk(output: Output, engine: Engine, target: Target, until: datetime | None) -> Counts | None:
    """Wait for the bulk operations that were started, and work off what their ends lead to; None without any."""
    from runner.engine.bulk import BulkOperations

    bulk = BulkOperations(engine, target.client)
    deadline = target.clock.now() + _BULK_WAIT
    counts = None
    if bulk.next_at() is not None:
        output.note("waiting for a bulk operation of the shop to end")
    while (at := bulk.next_at()) is not None and at < deadline:
        target.clock.sleep((at - target.clock.now()).total_seconds())
        if bulk.look():
            counts = engine.drain(until, wait=True, limit=_MOST_STEPS)
    for watch in bulk.open:
        output.note(f"the bulk operation {watch.operation_id or ''} goes on; `runner serve` waits for its end")
    return counts


def _finish(
    output: Output,
    enabled: EnabledTask,
    target: Target,
    steps: Steps,
    counts: Counts,
    back: Mapping[str, Any] | None,
) -> None:
    """The sum, what is still to come, what changed in a simulated store; and the JSON document."""
    tally = steps.tally
    parts = [f"{tally.task_runs} task run(s)", f"{tally.actions} action(s) performed"]
    parts += [f"{tally.kept} kept in the outbox"] if tally.kept else []
    parts += [f"{tally.dry} not performed"] if tally.dry else []
    parts += [f"{tally.failed} run(s) failed"] if tally.failed else []
    output.say()
    output.say(f"{', '.join(parts)}; {tally.calls} call(s) to the shop, {tally.points:g} points.")
    if counts.later and counts.next_at is not None:
        output.say(f"{counts.later} run(s) are due later, the next at {counts.next_at.isoformat()}; not waited for.")
    changes = target.simulated.changes() if target.simulated is not None else []
    changes = [
        change for change in changes if change["cause"] != "subscriptions" and not change["cause"].startswith("do/")
    ]
    if changes:
        output.say(f"{len(changes)} change(s) in the store, which is gone now; `runner shop serve` keeps one.")
    document = _document(enabled, target, steps, counts, changes)
    output.document(document if back is None else {**document, "loop": back, "ok": document["ok"] and back["quiet"]})


def _document(
    enabled: EnabledTask, target: Target, steps: Steps, counts: Counts, changes: Sequence[dict[str, Any]]
) -> dict[str, Any]:
    return {
        "task": {"name": enabled.task.name, "handle": enabled.task.handle, "id": enabled.id},
        "shop": target.record.get("myshopify_domain"),
        "mode": target.mode,
        "events": steps.to_dict(),
        "totals": steps.tally.to_dict(),
        "due_later": counts.later,
        "changes": list(changes),
        "ok": not steps.tally.failed,
    }
