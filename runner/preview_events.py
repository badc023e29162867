"""The events a task is previewed with: each distinct topic with the best source there is (tasks.md 4.1)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from runner.clock import iso_utc
from runner.model.event import Event
from runner.model.json import JSON
from runner.model.subscription import Subscription
from runner.model.task import Task

GIVEN, DEFINED, STORED, SAMPLE, EMPTY = "given event", "task definition", "stored event", "sample", "no data"
"""Sources of a previewed event, best first."""

Find = Callable[[str], Event | None]
"""Topic -> event; None where there is none."""


@dataclass(frozen=True, slots=True)
class PreviewEvent:
    """An event, the ``source`` it came from, and a ``description`` for people, which may be empty."""

    source: str
    description: str
    event: Event


def preview_events(
    task: Task,
    subscriptions: Iterable[Subscription],
    *,
    sample: Find,
    stored: Find | None = None,
    given: Event | None = None,
) -> list[PreviewEvent]:
    """For each distinct topic, in the order of ``subscriptions``, all definitions of the task, or one event.

    The one is the latest ``stored`` event, else the ``sample``, else an event without data. With ``given``, that alone.
    Definitions of other topics are dormant.
    """
    if given is not None:
        return [PreviewEvent(GIVEN, "", given)]
    topics = dict.fromkeys(subscription.topic for subscription in subscriptions)
    return [each for topic in topics for each in _of_topic(task, topic, sample, stored)]


def _of_topic(task: Task, topic: str, sample: Find, stored: Find | None) -> Iterator[PreviewEvent]:
    defined = [each for each in task.previews if each.topic == topic]
    if defined:
        for each in defined:
            yield PreviewEvent(DEFINED, each.description, _bare(topic, each.data))
        return
    kept = stored(topic) if stored is not None else None
    if kept is not None:
        yield PreviewEvent(STORED, _described(kept), kept)
        return
    example = sample(topic)
    yield PreviewEvent(EMPTY, "", _bare(topic, None)) if example is None else PreviewEvent(SAMPLE, "", example)


def _described(event: Event) -> str:
    created = iso_utc(event.created_at) if isinstance(event.created_at, datetime) else event.created_at
    return " of ".join(filter(None, (event.id, created)))


def _bare(topic: str, data: JSON) -> Event:
    """An event as it would come; that of a native Shopify topic names it twice (engine.md 1.1)."""
    return Event(topic, data, shopify_topic=topic if topic.startswith("shopify/") else None)
