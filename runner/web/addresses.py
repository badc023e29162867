"""Addresses that a project opens to others: Mechanic-style webhooks, and cache keys that may be read (engine.md 6)."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from runner.errors import InputError
from runner.model.topic import parse_topic
from runner.store import Store
from runner.store.kept import KeptValues
from runner.web.payload import AUTO, MODES


@dataclass(frozen=True, slots=True)
class Hook:
    """A Mechanic-style webhook: what is posted to its address becomes an event of ``topic``."""

    id: str
    name: str
    topic: str
    mode: str = AUTO

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return asdict(self)


class Addresses:
    """The hooks and cache addresses kept in a database. Their ids are the secret part of their address."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._hooks = KeptValues(store.database, "hook")
        self._cached = KeptValues(store.database, "cache_address")

    def hook(self, hook_id: str) -> Hook | None:
        """The webhook of this id."""
        found = self._hooks.get(hook_id)
        return None if found is None else Hook(**found)

    def hooks(self) -> list[Hook]:
        """All webhooks, by name."""
        return sorted((Hook(**value) for value in self._hooks.all().values()), key=lambda hook: (hook.name, hook.id))

    def add_hook(self, hook: Hook) -> None:
        """Open the address of ``hook``. Raises ``TaskError`` or ``InputError`` for a topic or mode it cannot have."""
        if parse_topic(hook.topic).domain != "user":
            raise InputError(
                f'the events of a webhook are of topics user/…, "{hook.topic}" is none',
                code="input.topic",
                hint="such as user/form/submitted",
            )
        if hook.mode not in MODES:
            raise InputError(f'there is no data mode "{hook.mode}"', hint=f"one of: {', '.join(MODES)}")
        self._hooks.put(hook.id, hook.to_dict())

    def drop_hook(self, hook_id: str) -> bool:
        """Close its address; whether it was open."""
        return self._hooks.drop(hook_id)

    def cache_addresses(self) -> dict[str, str]:
        """Id -> cache key."""
        return {name: str(key) for name, key in self._cached.all().items()}

    def add_cache_address(self, address_id: str, key: str) -> None:
        """Let whoever knows ``address_id`` read the value of ``key``."""
        self._cached.put(address_id, key)

    def drop_cache_address(self, address_id: str) -> bool:
        """Close the address; whether it was open."""
        return self._cached.drop(address_id)

    def cached(self, address_id: str, shop: str) -> tuple[bool, Any]:
        """(whether there is such an address, the value of its key; None when nothing is kept under it)."""
        key = self._cached.get(address_id)
        return (False, None) if key is None else (True, self._store.cache.get(shop, key))
