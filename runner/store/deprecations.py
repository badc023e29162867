"""What the shop said of tasks' calls that it will not answer any more some day (engine.md 5.5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite

from runner.clock import Clock
from runner.model.deprecation import DeprecatedCall
from runner.store.database import Database, Transaction
from runner.store.tables import DEPRECATIONS


@dataclass(frozen=True, slots=True)
class Deprecation:
    """A call of a task in an API ``version``, with the shop's ``reason`` to change it: how often, first and last."""

    task_id: str
    request: str
    version: str
    reason: str
    count: int
    first_seen: datetime
    last_seen: datetime


class DeprecationRows:
    """One row for each kind of call of a task's ``edition``: of another edition's calls nothing is known."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def note(
        self, transaction: Transaction, shop: str, task_id: str, edition: str, calls: Sequence[DeprecatedCall]
    ) -> tuple[DeprecatedCall, ...]:
        """Count ``calls`` of a task, and forget those of its other editions; the calls that are new."""
        now = self._clock.now()
        mine = (DEPRECATIONS.c.shop == shop, DEPRECATIONS.c.task_id == task_id)
        transaction.execute(delete(DEPRECATIONS).where(*mine, DEPRECATIONS.c.edition != edition))
        insert = (sqlite if transaction.dialect.name == "sqlite" else postgresql).insert(DEPRECATIONS)
        counted = insert.on_conflict_do_update(
            index_elements=["shop", "task_id", "edition", "request", "version"],
            set_={
                "reason": insert.excluded.reason,
                "count": DEPRECATIONS.c.count + 1,
                "last_seen": insert.excluded.last_seen,
            },
        ).returning(DEPRECATIONS.c.count)
        new = []
        # In one order everywhere, so that two workers never wait for each other's rows.
        for call in sorted(calls, key=lambda each: (each.request, each.version)):
            row = {"shop": shop, "task_id": task_id, "edition": edition, "request": call.request, "count": 1}
            row |= {"version": call.version, "reason": call.reason, "first_seen": now, "last_seen": now}
            if transaction.execute(counted, row).scalar_one() == 1:
                new.append(call)
        return tuple(new)

    def of(self, task_id: str, edition: str) -> tuple[Deprecation, ...]:
        """What is known of the calls of a task in this edition, the latest first."""
        columns = [DEPRECATIONS.c[name] for name in Deprecation.__slots__]
        statement = (
            select(*columns)
            .where(DEPRECATIONS.c.task_id == task_id, DEPRECATIONS.c.edition == edition)
            .order_by(DEPRECATIONS.c.last_seen.desc(), DEPRECATIONS.c.request)
        )
        with self._database.read() as transaction:
            return tuple(Deprecation(*row) for row in transaction.execute(statement))

    def forget(self, task_id: str) -> None:
        """Forget the calls of a task, which has been switched off."""
        with self._database.write() as transaction:
            transaction.execute(delete(DEPRECATIONS).where(DEPRECATIONS.c.task_id == task_id))
