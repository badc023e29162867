"""Reads answered from a table, with a record of every one that was made."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from runner.liquid.objects import environment
from runner.liquid.objects.base import freeze
from runner.liquid.objects.fetch import Fetch
from runner.liquid.objects.resources import RESOURCES
from runner.liquid.state import RenderState
from runner.liquid.values import lookup
from runner.model.event import Event

NOW = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)


class Recorded:
    """``rest`` answers by path and query (``x.json?a=1&b=2``, names sorted); ``queries`` answers GraphQL in order."""

    def __init__(
        self,
        rest: Mapping[str, Any] | None = None,
        *,
        queries: Iterable[Any] = (),
        cached: Mapping[str, Any] | None = None,
    ) -> None:
        self._rest = dict(rest or {})
        self._queries = list(queries)
        self._cached = dict(cached or {})
        self.calls: list[str] = []

    def graphql(self, query: str, variables: Mapping[str, Any] | None = None) -> Any:
        self.calls.append(f"graphql {dict(variables or {})}")
        return self._queries.pop(0) if self._queries else None

    def rest(self, path: str, params: Mapping[str, Any] | None = None) -> Any:
        query = "&".join(f"{name}={value}" for name, value in sorted((params or {}).items()))
        self.calls.append(f"{path}?{query}" if query else path)
        return self._rest.get(self.calls[-1])

    def cache(self, key: str) -> Any:
        self.calls.append(f"cache {key}")
        return self._cached.get(key)

    def cache_items(self) -> Iterable[tuple[str, Any]]:
        self.calls.append("cache items")
        return sorted(self._cached.items())


def state_of(reads: Recorded | None = None, **fields: Any) -> RenderState:
    """The state of a render at a fixed time; without reads nobody answers."""
    return RenderState(now=NOW, **({"reads": reads} if reads else {}), **fields)


def variables(
    topic: str, payload: Any = None, reads: Recorded | None = None, *, preview: bool = False, **fields: Any
) -> dict[str, Any]:
    """The environment of an event with this payload."""
    event = Event(topic, payload, preview=preview)
    return environment(event, state=state_of(reads, preview=preview, **fields), task_record={"id": "task-1"})


def in_state(state: RenderState, topic: str, payload: Any) -> dict[str, Any]:
    """The environment of an event with this payload, rendered in ``state``."""
    return environment(Event(topic, payload), state=state, task_record={})


def resource(name: str, payload: Any, reads: Recorded | None = None, *, state: RenderState | None = None) -> Any:
    """The object of that name around a payload, as a webhook gives it."""
    return RESOURCES[name](freeze(payload), Fetch(state or state_of(reads), RESOURCES))


def walk(value: Any, path: str) -> Any:
    """``walk(x, "a.b.0")`` is ``x.a.b[0]`` in a template."""
    for key in path.split("."):
        value = lookup(value, int(key) if key.lstrip("-").isdigit() else key)
    return value
