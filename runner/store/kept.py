"""Small settings of a database that commands change: enabled tasks, webhook addresses, cache addresses.

They are rows of the table of facts, named ``kind/name``, their values JSON. A database belongs to one
project, and a project to one shop (tooling.md 1.1), so no shop is part of the name.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite

from runner.store.columns import to_json_text
from runner.store.database import Database, Transaction
from runner.store.tables import META


class KeptValues:
    """JSON values by name, of one ``kind``: ``task``, ``hook``, ``cache_address``, ``server``."""

    def __init__(self, database: Database, kind: str) -> None:
        self._database = database
        self._prefix = f"{kind}/"

    def get(self, name: str, *, within: Transaction | None = None) -> Any:
        """The value; None when there is none."""
        statement = select(META.c.value).where(META.c.name == self._prefix + name)
        with self._database.read(within) as transaction:
            text = transaction.execute(statement).scalar_one_or_none()
        return None if text is None else json.loads(text)

    def all(self) -> dict[str, Any]:
        """Every value by name, in the order of the names."""
        statement = select(META.c.name, META.c.value).where(META.c.name.startswith(self._prefix, autoescape=True))
        with self._database.read() as transaction:
            rows = transaction.execute(statement).all()
        return {
            row.name.removeprefix(self._prefix): json.loads(row.value) for row in sorted(rows, key=lambda r: r.name)
        }

    def put(self, name: str, value: Any, *, within: Transaction | None = None) -> None:
        """Keep ``value`` under ``name``, in the place of what is there; ``within`` an open transaction, with it."""
        row = {"name": self._prefix + name, "value": to_json_text(value)}
        with self._writing(within) as transaction:
            insert = sqlite.insert if transaction.dialect.name == "sqlite" else postgresql.insert
            statement: Any = insert(META).values(**row)
            transaction.execute(statement.on_conflict_do_update(index_elements=["name"], set_={"value": row["value"]}))

    def drop(self, name: str, *, within: Transaction | None = None) -> bool:
        """Forget ``name``; whether it was there."""
        with self._writing(within) as transaction:
            return bool(transaction.execute(delete(META).where(META.c.name == self._prefix + name)).rowcount)

    @contextmanager
    def _writing(self, within: Transaction | None) -> Iterator[Transaction]:
        if within is not None:
            yield within
            return
        with self._database.write() as transaction:
            yield transaction
