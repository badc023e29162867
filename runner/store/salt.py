"""The salt of placeholders: made once for each database, the same from rendering to performing (actions.md 1.9)."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from runner.store.database import Database
from runner.store.tables import META

_NAME = "secret_salt"
_ADD = {
    "sqlite": sqlite.insert(META).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(META).on_conflict_do_nothing(),
}


def fresh_salt() -> str:
    """128 random bits. ``Store`` takes another source as its argument ``salt`` where texts must repeat exactly."""
    return secrets.token_hex(16)


def kept_salt(database: Database, fresh: Callable[[], str]) -> str:
    """The salt of ``database``; one that has none yet gets a ``fresh`` one, and keeps it."""
    look = select(META.c.value).where(META.c.name == _NAME)
    with database.read() as transaction:
        found = transaction.execute(look).scalar_one_or_none()
    if found is not None:
        return str(found)
    with database.write() as transaction:
        # Another process may have been faster: the row that is there counts.
        transaction.execute(_ADD[database.dialect], {"name": _NAME, "value": fresh()})
        return str(transaction.execute(look).scalar_one())
