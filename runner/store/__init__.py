"""Events, runs and cache as rows on SQLite or PostgreSQL. SQL lives here and nowhere else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from runner.clock import Clock, SystemClock
from runner.store.bulk import BulkRows, BulkWatch
from runner.store.cache import CacheRows, CacheWriter
from runner.store.database import Database, Transaction
from runner.store.deprecations import Deprecation, DeprecationRows
from runner.store.erase import Erasure, Subject
from runner.store.events import EventRow, EventRows
from runner.store.jobs import JobRows, OpenJob
from runner.store.migrate import migrate
from runner.store.retention import RetentionRows
from runner.store.runs import SHARED, Dispatched, Due, RunRows, begun_run
from runner.store.salt import fresh_salt, kept_salt
from runner.store.schedule import ScheduleRows
from runner.store.search import Search, Wanted
from runner.store.workers import WorkerRow, WorkerRows

__all__ = [
    "SHARED",
    "BulkRows",
    "BulkWatch",
    "CacheRows",
    "CacheWriter",
    "Deprecation",
    "DeprecationRows",
    "Dispatched",
    "Due",
    "Erasure",
    "EventRow",
    "EventRows",
    "JobRows",
    "OpenJob",
    "RunRows",
    "ScheduleRows",
    "Search",
    "Store",
    "Subject",
    "Transaction",
    "Wanted",
    "WorkerRow",
    "WorkerRows",
    "begun_run",
]


class Store:
    """A database brought to the present schema, with its queries by subject.

    ``url`` and ``synchronous`` as for ``Database``: ``sqlite:///FILE``, a path, ``:memory:`` or ``postgresql://…``.
    Raises StoreError when
    the database cannot be opened, is none, or is newer than this code.

    ``salt`` gives a new database what its placeholders of secrets are salted with; kept, it is the attribute ``salt``.
    """

    def __init__(
        self,
        url: str = ":memory:",
        *,
        clock: Clock | None = None,
        salt: Callable[[], str] = fresh_salt,
        synchronous: str = "full",
    ) -> None:
        self.clock = clock or SystemClock()
        self.database = Database(url, synchronous=synchronous)
        try:
            self.version = migrate(self.database, self.clock)
            self.salt = kept_salt(self.database, salt)
        except BaseException:
            self.database.close()
            raise
        self.events = EventRows(self.database, self.clock)
        self.erasure = Erasure(self.database, self.clock)
        self.runs = RunRows(self.database, self.clock)
        self.cache = CacheRows(self.database, self.clock)
        self.jobs = JobRows(self.database)
        self.search = Search(self.database)
        self.workers = WorkerRows(self.database, self.clock)
        self.retention = RetentionRows(self.database, self.clock)
        self.schedule = ScheduleRows(self.database)
        self.bulk = BulkRows(self.database)
        self.deprecations = DeprecationRows(self.database, self.clock)

    @contextmanager
    def write(self, *, lasting: bool = True) -> Iterator[Transaction]:
        """A transaction: all of the block is committed, or nothing. ``lasting`` as for ``Database.write``."""
        with self.database.write(lasting=lasting) as transaction:
            yield transaction

    def close(self) -> None:
        """Let go of the database."""
        self.database.close()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *unused: object) -> None:
        self.close()
