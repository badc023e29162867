"""``event`` and ``event.parent``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from runner.clock import iso_utc
from runner.liquid.objects.base import FrozenHash, LiquidObject, freeze
from runner.model.event import PARENT_DEPTH, Event

_FIELDS = ("id", "topic", "shopify_topic", "data", "source", "created_at", "parent")


class EventObject(LiquidObject):
    """An event as scripts see it (liquid.md 5.1): ``preview`` is true in previews and otherwise no key at all.

    ``generations`` is how many parents can still be seen above this one; the one after them is nil. ``data`` may be
    given frozen already, to be shared with the subject variable.
    """

    __slots__ = ("_event", "_fields", "_generations")

    def __init__(self, event: Event, *, generations: int = PARENT_DEPTH, data: Any = None) -> None:
        self._event = event
        self._generations = generations
        self._fields: dict[str, Any] = {} if data is None else {"data": data}

    def lookup(self, key: Any) -> Any:
        if key == "preview":
            return True if self._event.preview else None
        if key not in _FIELDS:
            return None
        if key not in self._fields:
            self._fields[key] = self._read(key)
        return self._fields[key]

    def _read(self, name: str) -> Any:
        event = self._event
        if name == "data":
            return freeze(event.data)
        if name == "created_at":
            return (
                event.created_at
                if event.created_at is None or isinstance(event.created_at, str)
                else iso_utc(event.created_at)
            )
        if name == "parent":
            if event.parent is None or self._generations < 1:
                return None
            return EventObject(event.parent, generations=self._generations - 1)
        return getattr(event, name)

    def plain(self) -> Any:
        return FrozenHash(freeze(self._event.to_dict(self._generations)))

    def __iter__(self) -> Iterator[Any]:
        names = (*_FIELDS, "preview") if self._event.preview else _FIELDS
        return iter([[name, self.lookup(name)] for name in names])
