"""Worker processes as rows: who takes runs from the durable queue, and when each was last heard of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select, update

from runner.clock import Clock
from runner.store.database import Database
from runner.store.tables import WORKERS


@dataclass(frozen=True, slots=True)
class WorkerRow:
    """A worker process. ``beat`` grows with each sign of life; ``seen`` is its own clock's time of the last one."""

    executor_id: str
    seen: datetime
    beat: int
    host: str
    version: str


class WorkerRows:
    """Queries about workers."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def beat(self, executor_id: str, *, host: str, version: str) -> int:
        """Note a sign of life, the first one included; how many there have been. Raises StoreError."""
        now = self._clock.now()
        with self._database.write() as transaction:
            statement = (
                update(WORKERS)
                .where(WORKERS.c.executor_id == executor_id)
                .values(seen=now, beat=WORKERS.c.beat + 1)
                .returning(WORKERS.c.beat)
            )
            beats = transaction.execute(statement).scalar_one_or_none()
            if beats is not None:
                return int(beats)
            first = {"executor_id": executor_id, "seen": now, "beat": 1, "host": host, "version": version}
            transaction.execute(insert(WORKERS).values(first))
            return 1

    def all(self) -> tuple[WorkerRow, ...]:
        """Every worker known, by its id. Some may be dead: only a ``beat`` that grows shows life."""
        columns = (WORKERS.c.executor_id, WORKERS.c.seen, WORKERS.c.beat, WORKERS.c.host, WORKERS.c.version)
        with self._database.read() as transaction:
            return tuple(WorkerRow(*row) for row in transaction.execute(select(*columns).order_by(columns[0])))

    def remove(self, executor_id: str) -> None:
        """Forget a worker that ended in good order."""
        with self._database.write() as transaction:
            transaction.execute(delete(WORKERS).where(WORKERS.c.executor_id == executor_id))

    def forget(self, before: datetime) -> int:
        """Forget workers last seen earlier than ``before``; how many."""
        with self._database.write() as transaction:
            return transaction.execute(delete(WORKERS).where(WORKERS.c.seen < before)).rowcount
