"""Open jobs as the durable queue's keeper sees them: which runs wait for a dispatch, under which number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, or_, select

from runner.model.run import RunState
from runner.store.chunks import CHUNK, chunks
from runner.store.database import Database, Transaction
from runner.store.runs import SHARED
from runner.store.tables import RUNS


@dataclass(frozen=True, slots=True)
class OpenJob:
    """A run whose job is open, its present dispatch number, and its place in the order of making."""

    run_id: str
    dispatch_no: int
    number: int


_COLUMNS = (RUNS.c.id, RUNS.c.dispatch_no, RUNS.c.number)


class JobRows:
    """Queries about runs in the shared queue."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def overdue(self, before: datetime, *, after: int = 0, limit: int = CHUNK) -> tuple[OpenJob, ...]:
        """Open jobs that were due, and not begun again, earlier than ``before``: those past the number ``after``."""
        statement = (
            select(*_COLUMNS)
            .where(RUNS.c.job_open.is_(True), RUNS.c.owner == SHARED, RUNS.c.number > after)
            .where(RUNS.c.run_at < before, or_(RUNS.c.started_at.is_(None), RUNS.c.started_at < before))
            .order_by(RUNS.c.number)
            .limit(limit)
        )
        with self._database.read() as transaction:
            return tuple(OpenJob(*row) for row in transaction.execute(statement))

    def strange(
        self, begun_before: datetime, *, shop: str | None = None, due_before: datetime | None = None
    ) -> list[str]:
        """Open runs outside the shared queue, oldest first: of commands of one thread, most of which have ended.

        Left out are those begun after ``begun_before``, which may be under way. ``shop`` None: of all shops;
        ``due_before`` None: whenever they are due.
        """
        statement = (
            select(RUNS.c.id)
            .where(RUNS.c.job_open.is_(True), RUNS.c.owner != SHARED)
            .where(or_(RUNS.c.state != RunState.STARTED.value, RUNS.c.started_at < begun_before))
            .order_by(RUNS.c.number)
        )
        if shop is not None:
            statement = statement.where(RUNS.c.shop == shop)
        if due_before is not None:
            statement = statement.where(RUNS.c.run_at < due_before)
        with self._database.read() as transaction:
            return list(transaction.execute(statement).scalars())

    def dispatch_numbers(
        self, run_ids: Sequence[str], *, opened: bool, within: Transaction | None = None
    ) -> dict[str, int]:
        """The present dispatch number of each of these runs, of open ones in the shared queue or of closed ones."""
        found: dict[str, int] = {}
        with self._database.read(within) as transaction:
            for some in chunks(run_ids):
                statement = select(RUNS.c.id, RUNS.c.dispatch_no).where(RUNS.c.id.in_(some))
                wanted = (
                    and_(RUNS.c.job_open.is_(True), RUNS.c.owner == SHARED) if opened else RUNS.c.job_open.is_(False)
                )
                statement = statement.where(wanted)
                found.update((row.id, row.dispatch_no) for row in transaction.execute(statement))
        return found
