"""Renders a task against an event: the engine's centre, without any effect on the world."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any

from runner.clock import Clock, SystemClock, iso_utc
from runner.errors import LiquidError, ShopifyError
from runner.liquid.context import exhaustion, in_part
from runner.liquid.limits import Budget, Limits
from runner.liquid.objects import environment as variables_of
from runner.liquid.objects.base import freeze
from runner.liquid.objects.secrets import secret_reference, secret_references
from runner.liquid.profile import Meter
from runner.liquid.reads import NoReads, Reads
from runner.liquid.state import RenderState
from runner.liquid.stream import Emitted, read_stream
from runner.liquid.template import parse
from runner.model.event import Event
from runner.model.options import Kind, Option, coerce, discover, parse_key, stored_values
from runner.model.rendering import Rendering
from runner.model.run_form import fill_form
from runner.model.secret import Secrets
from runner.model.task import Task

_NOTHING: Mapping[str, Any] = MappingProxyType({})


def render(
    task: Task,
    event: Event,
    *,
    options: Mapping[str, Any] | None = None,
    shop: Mapping[str, Any] | None = None,
    reads: Reads | None = None,
    clock: Clock | None = None,
    task_id: str | None = None,
    task_created_at: datetime | str | None = None,
    limits: Limits | None = None,
    globals: Mapping[str, Any] | None = None,
    secrets: Secrets | Mapping[str, str | None] | None = None,
    inputs: Mapping[str, Any] | None = None,
    profile: Meter | None = None,
) -> Rendering:
    """What ``task`` makes of ``event``.

    ``options`` are stored values in place of the task's own (None: the task's own). ``shop`` is the REST shop record;
    its ``iana_timezone`` is the zone of dates. ``reads`` answers queries, lookups and cache; without it nothing outside
    the event can be seen: the ``shopify`` filter gives nil, lookups are nil, caches and collections are empty, as in
    the platform's previews. ``clock`` is asked once. ``task_id`` and ``task_created_at`` are what ``task.id`` and
    ``task.created_at`` show.

    ``globals`` are the shop's JSON values by key. ``secrets`` are its secrets by key, None for a value that is not
    known here; whatever is rendered holds placeholders for them, never values (``runner.model.secret``). ``inputs`` are
    the values of the run form by option key or bare name, for ``mechanic/user/form`` and events of resources sent from
    the admin; what is not among them has its saved value (tasks.md 3.9). ``profile`` looks on, such
    as ``runner.liquid.profile.Profile``, which adds up what the script spends its time on.

    Never raises for what the script does: its failure is in ``Rendering.error`` (liquid.md 1.1, 2.1).
    """
    state = RenderState(
        now=(clock or SystemClock()).now(),
        shop=dict(shop or {}),
        reads=reads if reads is not None else NoReads(),
        preview=event.preview,
        secrets=_secrets(secrets),
        profile=profile,
    )
    given = Given(options, globals or _NOTHING, inputs)
    try:
        with exhaustion(), profile.render() if profile is not None else nullcontext():
            emitted = _emitted(task, event, given, state, limits or Limits(), _identity(task_id, task_created_at))
    except LiquidError as error:
        return _rendering(state, error=error)
    except ShopifyError as error:
        failure = LiquidError(f"the shop could not be read: {error.message}", hint=error.hint, code=error.code)
        failure.transient = error.transient
        return _rendering(state, error=failure)
    return _rendering(state, emitted)


@dataclass(frozen=True, slots=True)
class Given:
    """What a shop and a person give a task: stored option values, globals, values of the run form."""

    options: Mapping[str, Any] | None = None
    globals: Mapping[str, Any] = field(default_factory=lambda: _NOTHING)
    inputs: Mapping[str, Any] | None = None


def _secrets(secrets: Secrets | Mapping[str, str | None] | None) -> Secrets:
    return secrets if isinstance(secrets, Secrets) else Secrets(dict(secrets or {}))


def _rendering(state: RenderState, emitted: Emitted | None = None, error: LiquidError | None = None) -> Rendering:
    """The outcome: an ``error`` object drops every action, and a failed script everything (liquid.md 2.1)."""
    actions, logs, errors, origins = emitted if emitted is not None else Emitted((), (), ())
    return Rendering(
        actions=() if errors else actions,
        logs=logs,
        errors=errors,
        queries=tuple(state.queries),
        error=error,
        reads=tuple(state.read_log),
        warnings=tuple(state.warnings),
        lookups=tuple(state.lookups.values()),
        origins=() if errors else origins,
    )


def _task_record(task: Task) -> dict[str, Any]:
    """What ``task`` shows in Liquid besides its identity (engine.md 1.3, tasks.md 10)."""
    return {
        "name": task.name,
        "event_topics": list(dict.fromkeys(line.partition("+")[0] for line in task.subscriptions)),
        "subscriptions": list(task.subscriptions),
        "subscriptions_template": task.subscriptions_template,
        "script": task.script,
        "docs": task.docs,
        "enabled": True,
        "shopify_api_version": task.shopify_api_version,
        "perform_action_runs_in_sequence": task.perform_action_runs_in_sequence,
        "halt_action_run_sequence_on_error": task.halt_action_run_sequence_on_error,
    }


def _identity(task_id: str | None, created_at: datetime | str | None) -> dict[str, Any]:
    created = iso_utc(created_at) if isinstance(created_at, datetime) else created_at
    return {"id": task_id, "created_at": created}


def _emitted(
    task: Task,
    event: Event,
    given: Given,
    state: RenderState,
    limits: Limits,
    identity: Mapping[str, Any],
) -> Emitted:
    budget = Budget(limits)
    record = {**_task_record(task), **identity}
    form = fill_form(
        event,
        discover(task),
        saved=stored_values(task, given.options),
        submitted=given.inputs,
        runtime=lambda option, stored: _runtime(option, stored, given.globals, state.secrets),
    )
    variables = variables_of(
        form.event if form else event,
        state=state,
        task_record=record,
        globals=given.globals,
        secrets=secret_references(state.secrets),
        inputs=form.values if form else None,
    )
    rendered = render_options(task, given, variables, state, budget)
    variables["options"] = freeze(rendered)
    variables["task"] = freeze({**record, "options": rendered})
    template = parse(task.script, "script")
    output, context = template.run(variables, state, budget, emits=True)
    try:
        return read_stream(output, task.script, context.marks, context.notes)
    except LiquidError as error:
        raise in_part(error, "script") from error


def render_options(
    task: Task,
    given: Given,
    variables: Mapping[str, Any],
    state: RenderState,
    budget: Budget,
) -> dict[str, Any]:
    """Runtime values by option key: Liquid in texts rendered, then coerced by kind, or looked up (tasks.md 3.6, 3.8).

    ``variables`` is what the values may use. Raises ``LiquidError`` naming the option and the line.
    """
    runtime: dict[str, Any] = {}
    for key, stored in stored_values(task, given.options).items():
        option = parse_key(key)
        value = _with_liquid(stored, option.label, variables, state, budget) if option.renders_liquid else stored
        runtime[key] = _runtime(option, value, given.globals, state.secrets)
    return runtime


def _runtime(option: Option, stored: Any, globals: Mapping[str, Any], secrets: Secrets) -> Any:
    """The value scripts see: that of the global an option names, a reference to a secret, else the coerced one."""
    if option.kind is Kind.GLOBAL:
        return globals.get(stored) if isinstance(stored, str) else None
    if option.kind is Kind.SECRET:
        return secret_reference(stored, secrets)
    return coerce(option, stored)


def _with_liquid(value: Any, label: str, variables: Mapping[str, Any], state: RenderState, budget: Budget) -> Any:
    """``value`` with every text in it rendered: elements of lists, values (not keys) of hashes."""
    if isinstance(value, str):
        if "{{" not in value and "{%" not in value:
            return value
        budget.check_time()
        return parse(value, f'option "{label}"').run(variables, state, budget)[0]
    if isinstance(value, list):
        return [_with_liquid(item, label, variables, state, budget) for item in value]
    if isinstance(value, dict):
        return {key: _with_liquid(item, label, variables, state, budget) for key, item in value.items()}
    return value


def render_subscriptions(
    task: Task,
    *,
    options: Mapping[str, Any] | None = None,
    shop: Mapping[str, Any] | None = None,
    clock: Clock | None = None,
    globals: Mapping[str, Any] | None = None,
    secrets: Secrets | Mapping[str, str | None] | None = None,
) -> str:
    """The text of the task's subscriptions template, with ``options`` and ``shop`` in scope (tasks.md 2).

    ``globals`` and ``secrets`` are for options that name one. One subscription a line, to be read by
    ``runner.model.subscription``. Raises ``LiquidError``.
    """
    state = RenderState(
        now=(clock or SystemClock()).now(), shop=dict(shop or {}), preview=True, secrets=_secrets(secrets)
    )
    budget = Budget(Limits())
    variables = {"shop": freeze(state.shop)}
    given = Given(options, globals or _NOTHING)
    with exhaustion():
        rendered = freeze(render_options(task, given, variables, state, budget))
    return parse(task.template, "subscriptions").run({**variables, "options": rendered}, state, budget)[0]
