"""Previews: what a task would do, for each topic it subscribes to, with nothing performed (tasks.md 4)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from types import MappingProxyType
from typing import Any

from runner.clock import Clock, SystemClock
from runner.errors import ActionError, LiquidError, TaskError
from runner.liquid.limits import Limits
from runner.liquid.profile import Meter
from runner.liquid.render import render, render_subscriptions
from runner.liquid.scan import scan
from runner.liquid.template import parse
from runner.model.action import Action
from runner.model.event import Event
from runner.model.option_errors import OptionError, validate
from runner.model.options import Option, discover, stored_values
from runner.model.rendering import Rendering
from runner.model.secret import Secrets
from runner.model.subscription import Subscription, read_subscriptions, subscription_warnings
from runner.model.task import Task
from runner.preview_events import Find, PreviewEvent, preview_events
from runner.preview_scopes import RequiredScope, ScopeReport, rendering_scopes, required_scopes
from runner.shopify.versions import version_warning

SAMPLE_SHOP: Mapping[str, Any] = MappingProxyType(
    {
        "id": 1,
        "name": "Sample Shop",
        "email": "owner@example.com",
        "customer_email": "hello@example.com",
        "domain": "sample-shop.example",
        "myshopify_domain": "sample-shop.myshopify.com",
        "shop_owner": "Sam Sample",
        "country_code": "US",
        "currency": "USD",
        "money_format": "${{amount}}",
        "money_with_currency_format": "${{amount}} USD",
        "timezone": "(GMT+00:00) UTC",
        "iana_timezone": "Etc/UTC",
        "primary_locale": "en",
    }
)
"""The shop of a preview, where no shop is configured: previews read nothing from outside."""


@dataclass(frozen=True, slots=True)
class Preview:
    """One rendering. ``source`` is where the event came from; ``milliseconds`` how long it took to render.

    ``scopes`` are those that this rendering asks for; the whole task needs those of ``TaskPreview.scopes``.
    ``refusals``: why actions, by their place from 0 on, could not be performed as they are (actions.md 1.4). They do
    not make the preview fail: options that are not filled in yet are the usual reason.
    """

    topic: str
    source: str
    description: str
    rendering: Rendering
    milliseconds: float
    scopes: tuple[RequiredScope, ...] = ()
    refusals: Mapping[int, ActionError] = field(default_factory=dict)

    @property
    def did_nothing(self) -> bool:
        """True when it rendered well, and neither action, log nor error came of it."""
        rendered = self.rendering
        return rendered.error is None and not (rendered.actions or rendered.logs or rendered.errors)

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready (tasks.md 4.5); actions also as people read them, ``summary`` and ``shown``."""
        rendered = self.rendering
        document: dict[str, Any] = {
            "topic": self.topic,
            "description": self.description,
            "source": self.source,
            **rendered.to_dict(),
            "actions": [_described(action) for action in rendered.actions],
            "scopes": [scope.to_dict() for scope in self.scopes],
            "warnings": list(rendered.warnings),
            "ms": self.milliseconds,
            "ok": rendered.ok,
        }
        if rendered.error is not None:
            document["error"] = rendered.error.to_dict()
        if self.refusals:
            document["refusals"] = [{"action": place, **why.to_dict()} for place, why in self.refusals.items()]
        return document


def _described(action: Action) -> dict[str, Any]:
    from runner.actions import ACTION_TYPES

    kind = ACTION_TYPES.get(action.type)
    if kind is None:
        return action.to_dict()
    return {**action.to_dict(), "summary": kind.summary(action.options), "shown": kind.shown(action.options)}


@dataclass(frozen=True, slots=True)
class TaskPreview:
    """All previews of a task.

    ``faults`` make the task invalid: subscriptions that cannot be read, a script that does not parse, a permissions tag
    that asks for what there is not. ``option_errors`` would keep it from being enabled; it is previewed all the same
    (tasks.md 3.7). ``granted`` are the scopes of the shop's token, None when they are not known.
    """

    task: Task
    subscriptions: tuple[Subscription, ...]
    previews: tuple[Preview, ...]
    faults: tuple[TaskError | LiquidError, ...] = ()
    option_errors: tuple[OptionError, ...] = ()
    warnings: tuple[str, ...] = ()
    scopes: ScopeReport = field(default_factory=ScopeReport)
    granted: Collection[str] | None = None

    @property
    def is_valid(self) -> bool:
        """False when the platform would not save such a task."""
        return not self.faults

    @property
    def ok(self) -> bool:
        """True when the task is valid and every preview rendered without an error."""
        return self.is_valid and all(preview.rendering.ok for preview in self.previews)

    def to_dict(self) -> dict[str, Any]:
        """The result document of ``preview --json`` (tasks.md 4.5)."""
        return {
            "task": {
                "name": self.task.name,
                "handle": self.task.handle,
                "file": self.task.file,
                "subscriptions": [str(each) for each in self.subscriptions],
                "option_errors": [error.to_dict() for error in self.option_errors],
                "errors": [fault.to_dict() for fault in self.faults],
                "warnings": list(self.warnings),
            },
            "previews": [preview.to_dict() for preview in self.previews],
            "scopes": self.scopes.to_dict(self.granted),
            "ok": self.ok,
        }


def preview_task(
    task: Task,
    *,
    sample: Find,
    stored: Find | None = None,
    event: Event | None = None,
    options: Mapping[str, Any] | None = None,
    inputs: Mapping[str, Any] | None = None,
    globals: Mapping[str, Any] | None = None,
    secrets: Secrets | Mapping[str, str | None] | None = None,
    granted: Collection[str] | None = None,
    shop: Mapping[str, Any] | None = None,
    clock: Clock | None = None,
    profile: Meter | None = None,
    limits: Limits | None = None,
) -> TaskPreview:
    """Render ``task`` once for every event it would be previewed with.

    With ``event``, for that one alone. ``stored`` gives the latest event of a topic that the shop had, ``sample`` the
    sample of a topic, None where there is none. ``options``, ``inputs``, ``globals`` and ``secrets`` are those of
    ``render``; a reference to a global or secret that is not among them is an option error, where they are known (not
    None). ``granted`` are the scopes of the shop's token. ``clock`` also measures; so does
    ``profile``, by line and filter. ``limits`` hold for each rendering.

    Raises nothing for what is wrong with the task: it stands in the result.
    """
    time = clock or SystemClock()
    record = dict(SAMPLE_SHOP if shop is None else shop)
    subscriptions, faults = _subscriptions(
        partial(render_subscriptions, task, options=options, shop=record, clock=time, globals=globals, secrets=secrets)
    )
    rendered = partial(
        render,
        task,
        options=options,
        shop=record,
        clock=time,
        globals=globals,
        secrets=secrets,
        inputs=inputs,
        profile=profile,
        limits=limits,
    )
    events = preview_events(task, subscriptions, sample=sample, stored=stored, given=event)
    previews = tuple(_preview(task, each, rendered, time) for each in events)
    faults += [fault for fault in _syntax_faults(task, previews) if not _is_told(fault, faults)]
    known, values = discover(task), stored_values(task, options)
    known_secrets = secrets.values if isinstance(secrets, Secrets) else secrets
    return TaskPreview(
        task,
        subscriptions,
        previews,
        tuple(faults),
        (*validate(known, values, globals=globals, secrets=known_secrets), *_liquid_errors(known, values)),
        (*_warnings(known, subscriptions, event), *subscription_warnings(subscriptions), *_version(task, time)),
        required_scopes(task, subscriptions, [preview.rendering for preview in previews]),
        granted,
    )


def _version(task: Task, clock: Clock) -> Iterator[str]:
    """What is wrong with the API version that the task names."""
    asked = task.shopify_api_version
    told = version_warning(asked, clock.now().date()) if asked is not None else None
    if told is not None:
        yield told


def _subscriptions(text: Callable[[], str]) -> tuple[tuple[Subscription, ...], list[TaskError | LiquidError]]:
    """The subscriptions of the rendered template, and what is wrong with it."""
    try:
        subscriptions, wrong = read_subscriptions(text())
    except LiquidError as fault:
        return (), [fault]
    return subscriptions, [*wrong]


def _preview(task: Task, found: PreviewEvent, rendered: Callable[[Event], Rendering], clock: Clock) -> Preview:
    began = clock.now()
    rendering = rendered(replace(found.event, preview=True))
    elapsed = round((clock.now() - began).total_seconds() * 1000, 1)
    scopes = rendering_scopes(task, rendering).scopes
    refusals = dict(_refusals(rendering.actions)) if rendering.actions else {}
    return Preview(found.event.topic, found.source, found.description, rendering, elapsed, scopes, refusals)


def _refusals(actions: Iterable[Action]) -> Iterator[tuple[int, ActionError]]:
    """Why actions would fail before anything is sent; none of them is performed."""
    # Late: tasks whose previews do nothing, and `runner --help`, need none of the action types.
    from runner.actions import action_type

    for place, action in enumerate(actions):
        try:
            action_type(action.type).validate(action.options)
        except ActionError as error:
            yield place, error


def _syntax_faults(task: Task, previews: tuple[Preview, ...]) -> Iterator[LiquidError]:
    """What keeps the script, its permissions or its JavaScript from being saved; also when no event rendered it."""
    failed = [preview.rendering.error for preview in previews if preview.rendering.error is not None]
    found = [error for error in failed if error.code == "liquid.syntax"][:1]
    yield from found or _syntax_error(task.script, "script")
    if "permissions" in task.script:
        yield from scan(task).faults
    for key in ("online_store_javascript", "order_status_javascript"):
        yield from _syntax_error(getattr(task, key) or "", key)


def _syntax_error(text: str, part: str) -> Iterator[LiquidError]:
    try:
        parse(text, part)
    except LiquidError as fault:
        yield fault


def _is_told(fault: LiquidError, faults: list[TaskError | LiquidError]) -> bool:
    return any((each.message, each.where) == (fault.message, fault.where) for each in faults)


def _liquid_errors(options: tuple[Option, ...], values: Mapping[str, Any]) -> Iterator[OptionError]:
    """Values whose Liquid does not parse (tasks.md 3.7)."""
    for option in options:
        for item, text in _texts(values.get(option.key)) if option.renders_liquid else ():
            for fault in _syntax_error(text, f'option "{option.label}"'):
                line = f", line {fault.where.line}" if fault.where and fault.where.line else ""
                named = "" if item is None else f", item {item}" if isinstance(item, int) else f', "{item}"'
                message = f'"{option.label}"{named}{line}: {fault.message}'
                yield OptionError("option.liquid", option.key, option.label, message, item)


def _texts(value: Any) -> Iterator[tuple[int | str | None, str]]:
    """(element from 1, or key of the pair, or None; text) of every text with Liquid in a value."""
    pairs: Any = [(None, value)]
    if isinstance(value, list):
        pairs = enumerate(value, start=1)
    elif isinstance(value, Mapping):
        pairs = value.items()
    for item, text in pairs:
        if isinstance(text, str) and ("{{" in text or "{%" in text):
            yield item, text


def _warnings(
    options: tuple[Option, ...], subscriptions: tuple[Subscription, ...], event: Event | None
) -> Iterator[str]:
    """What is not as its author may think: flags of options, and a given event that the task does not respond to."""
    for option in options:
        for warning in option.warnings:
            yield f"option {option.key}: {warning}"
    if event is not None and event.topic not in {subscription.topic for subscription in subscriptions}:
        yield f"the task does not subscribe to {event.topic}, the topic of the given event"
