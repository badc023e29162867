"""Previews: what a task would do, for each topic it subscribes to, with nothing performed (tasks.md 4)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from runner.clock import Clock, SystemClock
from runner.errors import LiquidError, TaskError
from runner.liquid.render import render, render_subscriptions
from runner.liquid.template import parse
from runner.model.event import Event
from runner.model.json import JSON
from runner.model.option_errors import OptionError, validate
from runner.model.options import discover, stored_values
from runner.model.rendering import Rendering
from runner.model.subscription import Subscription, read_subscriptions, subscription_warnings
from runner.model.task import Task

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

GIVEN, DEFINED, SAMPLE, EMPTY = "given event", "task definition", "sample", "no data"
"""Sources of a previewed event, best first."""


@dataclass(frozen=True, slots=True)
class Preview:
    """One rendering. ``source`` is where the event came from; ``milliseconds`` how long it took to render."""

    topic: str
    source: str
    description: str
    rendering: Rendering
    milliseconds: float

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready (tasks.md 4.5)."""
        rendered = self.rendering
        document: dict[str, Any] = {
            "topic": self.topic,
            "description": self.description,
            "source": self.source,
            **rendered.to_dict(),
            "warnings": list(rendered.warnings),
            "ms": self.milliseconds,
            "ok": rendered.ok,
        }
        if rendered.error is not None:
            document["error"] = rendered.error.to_dict()
        return document


@dataclass(frozen=True, slots=True)
class TaskPreview:
    """All previews of a task.

    ``faults`` make the task invalid: subscriptions that cannot be read, a script that does not parse. ``option_errors``
    would keep it from being enabled; it is previewed all the same (tasks.md 3.7).
    """

    task: Task
    subscriptions: tuple[Subscription, ...]
    previews: tuple[Preview, ...]
    faults: tuple[TaskError | LiquidError, ...] = ()
    option_errors: tuple[OptionError, ...] = ()
    warnings: tuple[str, ...] = ()

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
                "subscriptions": [str(each) for each in self.subscriptions],
                "option_errors": [error.to_dict() for error in self.option_errors],
                "errors": [fault.to_dict() for fault in self.faults],
                "warnings": list(self.warnings),
            },
            "previews": [preview.to_dict() for preview in self.previews],
            "ok": self.ok,
        }


def preview_task(
    task: Task,
    *,
    sample: Callable[[str], Event | None],
    event: Event | None = None,
    options: Mapping[str, Any] | None = None,
    shop: Mapping[str, Any] | None = None,
    clock: Clock | None = None,
) -> TaskPreview:
    """Render ``task`` once for every event it would be previewed with.

    With ``event``, for that one alone. ``sample`` gives the sample event of a topic, None where there is none.
    ``clock`` also measures. Raises nothing for what is wrong with the task: it stands in the result.
    """
    time = clock or SystemClock()
    record = dict(SAMPLE_SHOP if shop is None else shop)
    faults: list[TaskError | LiquidError] = []
    subscriptions: tuple[Subscription, ...] = ()
    try:
        text = render_subscriptions(task, options=options, shop=record, clock=time)
        subscriptions, wrong = read_subscriptions(text)
        faults.extend(wrong)
    except LiquidError as fault:
        faults.append(fault)
    events = [(GIVEN, "", event)] if event is not None else _events(task, subscriptions, sample)
    previews = []
    for source, description, each in events:
        began = time.now()
        rendering = render(task, replace(each, preview=True), options=options, shop=record, clock=time)
        elapsed = (time.now() - began).total_seconds() * 1000
        previews.append(Preview(each.topic, source, description, rendering, round(elapsed, 1)))
    faults.extend(_syntax(task, previews))
    return TaskPreview(
        task,
        subscriptions,
        tuple(previews),
        tuple(faults),
        tuple(validate(discover(task), stored_values(task, options))),
        subscription_warnings(subscriptions),
    )


def _syntax(task: Task, previews: list[Preview]) -> list[LiquidError]:
    """The syntax error of the script, if it has one; also when no event was there to render it with."""
    if not previews:
        try:
            parse(task.script, "script")
        except LiquidError as fault:
            return [fault]
    found = [preview.rendering.error for preview in previews if preview.rendering.error is not None]
    return [error for error in found if error.code == "liquid.syntax"][:1]


def _events(
    task: Task, subscriptions: tuple[Subscription, ...], sample: Callable[[str], Event | None]
) -> list[tuple[str, str, Event]]:
    """(source, description, event) for each distinct topic: the task's definitions, else the sample, else no data."""
    found: list[tuple[str, str, Event]] = []
    for topic in dict.fromkeys(subscription.topic for subscription in subscriptions):
        defined = [
            (DEFINED, str(entry.get("description") or ""), _bare(topic, entry["event_attributes"].get("data")))
            for entry in task.preview_event_definitions
            if entry["event_attributes"]["topic"] == topic
        ]
        if defined:
            found.extend(defined)
            continue
        example = sample(topic)
        found.append((SAMPLE, "", example) if example is not None else (EMPTY, "", _bare(topic, None)))
    return found


def _bare(topic: str, data: JSON) -> Event:
    """An event as it would come; that of a native Shopify topic names it twice (engine.md 1.1)."""
    return Event(topic, data, shopify_topic=topic if topic.startswith("shopify/") else None)
