"""Addresses that a project opens to others: Mechanic-style webhooks, and cache keys that may be read (engine.md 6).

An address ends with a secret, and whoever knows it may use it. Only a hash of the secret is kept: whoever reads the
database, or a copy of it, cannot use the address. So it is shown once, when it is made; a lost one is rotated.
"""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass, replace
from typing import Any, TypeAlias

from runner.errors import InputError
from runner.model.topic import parse_topic
from runner.store import Store
from runner.store.kept import KeptValues
from runner.web.payload import AUTO, MODES

_RESERVED = ("mechanic", "shopify")
"""Domains whose events come from elsewhere (engine.md 2.3)."""


@dataclass(frozen=True, slots=True)
class Hook:
    """A Mechanic-style webhook: what is posted to its address becomes an event of ``topic``.

    ``id`` is no secret, and outlives rotated addresses. What is posted while it is not ``enabled`` is dropped.
    """

    id: str
    name: str
    topic: str
    mode: str = AUTO
    enabled: bool = True

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class CacheAddress:
    """An address where the value of the cache key ``key`` may be read."""

    id: str
    key: str
    enabled: bool = True

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return asdict(self)


Address: TypeAlias = Hook | CacheAddress


class Addresses:
    """The webhooks and cache addresses kept in a database."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._hooks = KeptValues(store.database, "hook")
        self._cached = KeptValues(store.database, "cache_address")

    def hook(self, secret: str) -> Hook | None:
        """The enabled webhook whose address ends with ``secret``."""
        found = self._hooks.get(_digest(secret))
        return Hook(**found) if found is not None and found["enabled"] else None

    def cached(self, secret: str, shop: str) -> tuple[bool, Any]:
        """(whether there is such an enabled address, the value of its key; None when nothing is kept under it)."""
        found = self._cached.get(_digest(secret))
        if found is None or not found["enabled"]:
            return False, None
        return True, self._store.cache.get(shop, found["key"])

    def hooks(self) -> list[Hook]:
        """All webhooks, by name."""
        return sorted((Hook(**value) for value in self._hooks.all().values()), key=lambda hook: (hook.name, hook.id))

    def cache_addresses(self) -> list[CacheAddress]:
        """All cache addresses, by key."""
        found = (CacheAddress(**value) for value in self._cached.all().values())
        return sorted(found, key=lambda address: (address.key, address.id))

    def open(self, address: Address, secret: str) -> None:
        """Open ``address`` at ``secret``. Raises ``TaskError`` or ``InputError`` for what it cannot be."""
        if isinstance(address, Hook):
            _check(address)
        self._kept(address).put(_digest(secret), address.to_dict())

    def find(self, start: str) -> Address:
        """The one address whose id begins with ``start``. Raises ``InputError`` for none, or several."""
        known: list[Address] = [*self.hooks(), *self.cache_addresses()]
        found = [each for each in known if start and each.id.startswith(start)]
        if len(found) != 1:
            raise InputError(
                f'{"several addresses" if found else "no address"} with an id that begins with "{start}"',
                code="input.missing",
                hint="`runner webhooks secret list` shows them",
            )
        return found[0]

    def rotate(self, address: Address, secret: str) -> None:
        """Move ``address`` to ``secret``; the old one is closed at once."""
        self._replace(address, address, secret)

    def switch(self, address: Address, *, on: bool) -> Address:
        """Enable or disable ``address``, which keeps its secret."""
        switched: Address = replace(address, enabled=on)
        self._replace(address, switched)
        return switched

    def close(self, address: Address) -> None:
        """Close ``address`` for good."""
        self._replace(address, None)

    def _replace(self, address: Address, new: Address | None, secret: str | None = None) -> None:
        """Put ``new`` in the place of ``address``, at ``secret`` or where it was; None: nothing."""
        kept = self._kept(address)
        old = [digest for digest, value in kept.all().items() if value["id"] == address.id]
        with self._store.write() as transaction:
            for digest in old:
                kept.drop(digest, within=transaction)
            if new is not None and old:
                kept.put(old[0] if secret is None else _digest(secret), new.to_dict(), within=transaction)

    def _kept(self, address: Address) -> KeptValues:
        return self._hooks if isinstance(address, Hook) else self._cached


def _check(hook: Hook) -> None:
    if parse_topic(hook.topic).domain in _RESERVED:
        raise InputError(
            f'the events of a webhook are of topics user/… or of another program\'s, "{hook.topic}" is none',
            code="input.topic",
            hint="such as user/form/submitted",
        )
    if hook.mode not in MODES:
        raise InputError(f'there is no data mode "{hook.mode}"', hint=f"one of: {', '.join(MODES)}")


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
