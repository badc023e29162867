"""Up to when each topic of the scheduler has been looked after, so that missed ticks can be made up for."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite

from runner.store.database import Database
from runner.store.tables import SCHEDULE

ANY = "*"
"""Stands for the last look at the shop's schedule as a whole."""


class ScheduleRows:
    """One row a shop and topic that tasks wanted when somebody last looked, and one for the look itself."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def looked(self, shop: str) -> dict[str, datetime]:
        """By topic, and under ``ANY``, when the shop's schedule was last looked after; empty for a new shop."""
        statement = select(SCHEDULE.c.topic, SCHEDULE.c.looked_at).where(SCHEDULE.c.shop == shop)
        with self._database.read() as transaction:
            return {row.topic: row.looked_at for row in transaction.execute(statement)}

    def note(self, shop: str, topics: Iterable[str], at: datetime) -> None:
        """Record that ``topics``, and no others, were looked after up to ``at``."""
        rows = [{"shop": shop, "topic": topic, "looked_at": at} for topic in (ANY, *topics)]
        with self._database.write() as transaction:
            insert = (sqlite if transaction.dialect.name == "sqlite" else postgresql).insert(SCHEDULE)
            kept = insert.on_conflict_do_update(
                index_elements=["shop", "topic"], set_={"looked_at": insert.excluded.looked_at}
            )
            transaction.execute(kept, rows)
            gone = SCHEDULE.c.topic.not_in([row["topic"] for row in rows])
            transaction.execute(delete(SCHEDULE).where(SCHEDULE.c.shop == shop, gone))
