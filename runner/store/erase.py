"""Finds and erases what the database holds of a person, wherever in data, actions, results and errors it stands."""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Text, delete, or_, select, type_coerce

from runner.clock import Clock
from runner.errors import InputError
from runner.store.chunks import chunks
from runner.store.database import Database, Transaction
from runner.store.retention import clear
from runner.store.search import mentions
from runner.store.tables import ATTEMPTS, BULK_LINES, BULK_OPERATIONS, CACHE, EVENTS, RUNS

SHORTEST = 4
"""Characters that what is looked for has at least: less would stand everywhere by chance."""
_OF_EVENT = (EVENTS.c.data,)
_OF_RUN = (RUNS.c.payload, RUNS.c.result, RUNS.c.response, RUNS.c.error, RUNS.c.failure, RUNS.c.guard_key)


@dataclass(frozen=True, slots=True)
class Subject:
    """Who or what is looked for: numbers of customers and orders in ``ids``, addresses of mail and such in ``texts``.

    An id counts where it stands as a whole number, in ``gid://shopify/Customer/ID`` too; a text in capitals or not.
    """

    ids: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()

    def check(self) -> None:
        """Raises InputError for a subject that is empty, or would be found everywhere by chance."""
        short = next((each for each in (*self.ids, *self.texts) if len(each) < SHORTEST), None)
        wrong = next((each for each in self.ids if not each.isdigit()), None)
        if short is not None or not (self.ids or self.texts):
            raise InputError(
                f'"{short or ""}" is too short to look for: it stands in many places by chance',
                code="input.usage",
                hint=f"give at least {SHORTEST} characters",
            )
        if wrong is not None:
            raise InputError(f'"{wrong}" is no id', code="input.usage", hint="give the number, such as 6789012345")

    def is_in(self, texts: Sequence[str | None]) -> bool:
        """Whether one of the ``texts``, JSON or plain, holds it."""
        patterns = [rf"(?<!\d){each}(?!\d)" for each in self.ids]
        patterns += [re.escape(form) for each in self.texts for form in (each, json.dumps(each)[1:-1])]
        pattern = re.compile("|".join(patterns), re.IGNORECASE)
        return any(pattern.search(text) for text in texts if text)

    def stands_in(self, columns: Sequence[Any]) -> ColumnElement[bool]:
        """Rows that may hold it: some hold an id as a part of a longer number."""
        return or_(*(mentions(column, each) for column in columns for each in (*self.ids, *self.texts)))


class Erasure:
    """Statements that look through everything: they take time on a large database, and are for rare occasions."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def events(self, subject: Subject, *, shop: str | None = None) -> list[str]:
        """The ids of events, of ``shop`` if given, that hold it in their data or in any of their runs, oldest first."""
        of_shop = [] if shop is None else [EVENTS.c.shop == shop]
        with self._database.read() as transaction:
            found = _holding(transaction, subject, EVENTS, EVENTS.c.id, _OF_EVENT)
            found |= _holding(transaction, subject, RUNS, RUNS.c.event_id, _OF_RUN)
            tries = _holding(transaction, subject, ATTEMPTS, ATTEMPTS.c.run_id, (ATTEMPTS.c.error,))
            found |= _of_bulk_operations(transaction, subject)
            for some in chunks(sorted(tries)):
                found |= set(transaction.execute(select(RUNS.c.event_id).where(RUNS.c.id.in_(some))).scalars())
            numbered: list[tuple[int, str]] = []
            for some in chunks(sorted(found)):
                rows = transaction.execute(select(EVENTS.c.number, EVENTS.c.id).where(EVENTS.c.id.in_(some), *of_shop))
                numbered += [(row.number, row.id) for row in rows]
        return [event_id for _, event_id in sorted(numbered)]

    def cache_keys(self, subject: Subject, *, shop: str | None = None) -> list[tuple[str, str]]:
        """(shop, key) of cache values, of ``shop`` if given, that hold it in the key or the value."""
        of_shop = [] if shop is None else [CACHE.c.shop == shop]
        columns = (CACHE.c.key, CACHE.c.value)
        with self._database.read() as transaction:
            rows = transaction.execute(select(CACHE.c.shop, *columns).where(subject.stands_in(columns), *of_shop)).all()
        return [(row.shop, row.key) for row in rows if subject.is_in((row.key, row.value))]

    def erase(self, event_ids: Sequence[str], cache_keys: Sequence[tuple[str, str]]) -> None:
        """Delete the data and runs of events, whose rows stay without them, and cache values."""
        for some in chunks(event_ids, 200):
            with _overwriting(self._database) as transaction:
                clear(transaction, some, self._clock.now())
        with _overwriting(self._database) as transaction:
            for shop, key in cache_keys:
                transaction.execute(delete(CACHE).where(CACHE.c.shop == shop, CACHE.c.key == key))
        _empty_log(self._database)

    def erase_shop(self, shop: str) -> int:
        """Delete every event, with its runs, and the whole cache of a shop; how many events."""
        with _overwriting(self._database) as transaction:
            transaction.execute(delete(CACHE).where(CACHE.c.shop == shop))
            number = transaction.execute(delete(EVENTS).where(EVENTS.c.shop == shop)).rowcount
        _empty_log(self._database)
        return number


@contextmanager
def _overwriting(database: Database) -> Iterator[Transaction]:
    """A transaction whose deletions leave no bytes behind in a SQLite file."""
    with database.write() as transaction:
        if database.dialect == "sqlite":
            transaction.exec_driver_sql("PRAGMA secure_delete=ON")
        yield transaction


def _empty_log(database: Database) -> None:
    """Bring the log of a SQLite file into the file, and empty it; while others read, the next one who can does that."""
    if database.file is None:
        return
    with database.wording("written"):
        connection = database.engine.raw_connection()
        try:
            connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            connection.close()


def _of_bulk_operations(transaction: Transaction, subject: Subject) -> set[str]:
    """The ids of events that led to bulk operations whose results hold it: they are packed, so all are read."""
    statement = select(BULK_OPERATIONS.c.event_id, BULK_LINES.c.content).join_from(BULK_LINES, BULK_OPERATIONS)
    rows = transaction.execute(statement.execution_options(yield_per=20))
    return {row.event_id for row in rows if subject.is_in([zlib.decompress(row.content).decode("utf-8", "replace")])}


def _holding(transaction: Transaction, subject: Subject, table: Any, owner: Any, columns: Sequence[Any]) -> set[str]:
    """The ids in ``owner`` of the rows that hold the subject in one of ``columns``."""
    texts = [type_coerce(column, Text) for column in columns]
    rows: Iterator[Any] = iter(transaction.execute(select(owner, *texts).where(subject.stands_in(columns))))
    return {row[0] for row in rows if subject.is_in(row[1:])}
