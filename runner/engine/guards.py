"""Stops tasks that answer themselves for ever (engine.md 8.2, actions.md 1.8)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from runner.model.action import Action
from runner.model.event import Event
from runner.model.json import canonical

_UPDATE_VERBS = ("update", "updated")


@dataclass(frozen=True, slots=True)
class LoopGuards:
    """Both guards and their thresholds.

    ``perform``: fail a task run that answers ``mechanic/actions/perform`` with what its predecessor rendered.
    ``repeats``: fail the actions of the so many-th consecutive identical task run for one resource of a Shopify update
    topic within ``window``; None switches that off.
    """

    # differs: the platform does not publish its thresholds; these are ours, and can be set.
    perform: bool = True
    repeats: int | None = 4
    window: timedelta = timedelta(minutes=10)


def fingerprint(actions: Sequence[Action]) -> str | None:
    """Equal for runs that want the same in the same order; logs do not count. None when nothing is wanted."""
    if not actions:
        return None
    text = canonical([[action.type, action.options, action.meta] for action in actions])
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def guard_key(task_id: str, event: Event) -> str | None:
    """What the second guard counts under: task, topic and resource; None for topics it does not watch.

    Only native deliveries are watched: chains of ``user/…`` events loop on purpose.
    """
    domain, _, rest = event.topic.partition("/")
    if domain != "shopify" or rest.rpartition("/")[2] not in _UPDATE_VERBS:
        return None
    resource = _resource(event.data)
    return None if resource is None else canonical([task_id, event.topic, resource])


def _resource(data: Any) -> Any:
    """What tells one resource from another: its gid, its id, or all ids in it, as levels have only those of others."""
    if not isinstance(data, Mapping):
        return None
    for key in ("admin_graphql_api_id", "id"):
        if isinstance(data.get(key), str | int):
            return data[key]
    ids = {key: value for key, value in data.items() if key.endswith("_id") and isinstance(value, str | int)}
    return ids or None
