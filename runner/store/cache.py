"""The cache that tasks read and cache actions write: JSON by key, per shop, with an end (actions.md 3.1)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Insert, Select, and_, delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from runner.clock import Clock
from runner.errors import ActionError
from runner.store.columns import to_json_text
from runner.store.database import Database, Transaction
from runner.store.tables import CACHE

_ADD = {
    "sqlite": sqlite.insert(CACHE).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(CACHE).on_conflict_do_nothing(),
}


def _setting(insert: sqlite.Insert | postgresql.Insert) -> Insert:
    new = {"value": insert.excluded.value, "expires_at": insert.excluded.expires_at}
    return insert.on_conflict_do_update(index_elements=("shop", "key"), set_=new)


_SET = {"sqlite": _setting(sqlite.insert(CACHE)), "postgresql": _setting(postgresql.insert(CACHE))}


@dataclass(frozen=True, slots=True)
class CacheEntry:
    """A live value and the end of its time."""

    key: str
    value: Any
    expires_at: datetime


class CacheRows:
    """Look-ups, and writers bound to a transaction. An entry whose time is over is as good as gone."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def get(self, shop: str, key: str, *, within: Transaction | None = None) -> Any:
        """The value, a fresh copy; None when there is none, it is null, or it has expired."""
        with self._database.read(within) as transaction:
            found = transaction.execute(self._live(shop).where(CACHE.c.key == key)).one_or_none()
        return None if found is None else json.loads(found.value)

    def items(self, shop: str, *, within: Transaction | None = None) -> tuple[tuple[str, Any], ...]:
        """All live entries, ordered by key."""
        with self._database.read(within) as transaction:
            rows = transaction.execute(self._live(shop)).all()
        return tuple(sorted(((row.key, json.loads(row.value)) for row in rows), key=lambda pair: pair[0]))

    def entry(self, shop: str, key: str) -> CacheEntry | None:
        """One live entry; its value may be null. None when there is none, or it has expired."""
        with self._database.read() as transaction:
            row = transaction.execute(self._live(shop).where(CACHE.c.key == key)).one_or_none()
        return None if row is None else CacheEntry(row.key, json.loads(row.value), row.expires_at)

    def entries(self, shop: str, start: str = "", *, limit: int | None = None) -> list[CacheEntry]:
        """Live entries whose keys begin with ``start``, ordered by key, ``limit`` at most."""
        statement = self._live(shop).where(_begins(start)).order_by(CACHE.c.key).limit(limit)
        with self._database.read() as transaction:
            return [
                CacheEntry(row.key, json.loads(row.value), row.expires_at) for row in transaction.execute(statement)
            ]

    def clear(self, shop: str, start: str = "") -> int:
        """Delete the entries whose keys begin with ``start``, expired ones too; how many were live."""
        with self._database.write() as transaction:
            live = transaction.execute(
                delete(CACHE).where(CACHE.c.shop == shop, _begins(start), CACHE.c.expires_at > self._clock.now())
            ).rowcount
            transaction.execute(delete(CACHE).where(CACHE.c.shop == shop, _begins(start)))
            return live

    def writer(self, transaction: Transaction, shop: str) -> CacheWriter:
        """What a cache action writes with; all of it is part of ``transaction``."""
        return CacheWriter(self._database, transaction, shop, self._clock)

    def put(self, shop: str, key: str, value: Any, ttl: int) -> None:
        """Store one value for ``ttl`` seconds, in a transaction of its own."""
        with self._database.write() as transaction:
            self.writer(transaction, shop).set(key, value, ttl)

    def sweep(self) -> int:
        """Delete what has expired; how many entries that were."""
        with self._database.write() as transaction:
            return transaction.execute(delete(CACHE).where(CACHE.c.expires_at <= self._clock.now())).rowcount

    def _live(self, shop: str) -> Select[Any]:
        return select(CACHE.c.key, CACHE.c.value, CACHE.c.expires_at).where(
            CACHE.c.shop == shop, CACHE.c.expires_at > self._clock.now()
        )


class CacheWriter:
    """The seven commands reduced to three: set, delete, add. Every one of them restarts the entry's time.

    All raise StoreError when the database fails, transient when it went away with the transaction.
    """

    def __init__(self, database: Database, transaction: Transaction, shop: str, clock: Clock) -> None:
        self._database = database
        self._transaction = transaction
        self._shop = shop
        self._clock = clock

    def set(self, key: str, value: Any, ttl: int) -> None:
        """Store ``value`` under ``key`` for ``ttl`` seconds, replacing what is there."""
        with self._database.wording("written"):
            ends = self._clock.now() + timedelta(seconds=ttl)
            values = {"shop": self._shop, "key": key, "value": to_json_text(value), "expires_at": ends}
            self._transaction.execute(_SET[self._transaction.dialect.name], values)

    def delete(self, key: str) -> bool:
        """Remove the entry; whether a live one existed."""
        with self._database.wording("written"):
            existed = self._live_text(key) is not None
            self._transaction.execute(delete(CACHE).where(self._at(key)))
        return existed

    def add(self, key: str, amount: int, ttl: int) -> int | float:
        """Add to a number, where a missing or expired one counts as 0; the new number.

        Raises ActionError when the value is not a number. Atomic: the row stays locked until the transaction ends.
        """
        with self._database.wording("written"):
            self._claim_row(key)
            text = self._live_text(key)
        present = 0 if text is None else json.loads(text)
        if isinstance(present, bool) or not isinstance(present, int | float):
            raise ActionError(
                f"the cache key {key!r} holds {_kind(present)}, not a number",
                hint="Counter commands work on numbers: delete the key first, or use another one.",
            )
        total = present + amount
        with self._database.wording("written"):
            self._write(key, to_json_text(total), ttl)
        return total

    def _claim_row(self, key: str) -> None:
        """Make sure the row exists and is ours until the commit: an absent one is put in as already expired.

        SQLite needs no lock on the row, since the transaction holds the one on the database.
        """
        values = {"shop": self._shop, "key": key, "value": "null", "expires_at": self._clock.now()}
        self._transaction.execute(_ADD[self._transaction.dialect.name], values)
        if self._transaction.dialect.name != "sqlite":
            self._transaction.execute(select(CACHE.c.key).where(self._at(key)).with_for_update()).one()

    def _live_text(self, key: str) -> str | None:
        """The stored JSON text of a live entry."""
        statement = select(CACHE.c.value).where(self._at(key), CACHE.c.expires_at > self._clock.now())
        return self._transaction.execute(statement).scalar_one_or_none()

    def _write(self, key: str, text: str, ttl: int) -> None:
        ends = self._clock.now() + timedelta(seconds=ttl)
        self._transaction.execute(update(CACHE).where(self._at(key)).values(value=text, expires_at=ends))

    def _at(self, key: str) -> Any:
        return and_(CACHE.c.shop == self._shop, CACHE.c.key == key)


def _begins(start: str) -> Any:
    """Whether a key begins with ``start``, letter for letter: ``LIKE`` on SQLite takes capitals for small ones."""
    return func.substr(CACHE.c.key, 1, len(start)) == start


def _kind(value: Any) -> str:
    names = {bool: "true or false", str: "text", list: "a list", dict: "an object", type(None): "null"}
    return names.get(type(value), type(value).__name__)
