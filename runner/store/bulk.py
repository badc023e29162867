"""Bulk operations as rows: who waits for which, when to ask again, and the lines of their results (engine.md 5.6).

Results are kept in the database, compressed in parts of whole lines: every worker on every machine can read them, and
backup, retention and purge take them along.
"""

from __future__ import annotations

import zlib
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from runner.store.database import Database, Transaction
from runner.store.tables import BULK_LINES, BULK_OPERATIONS

PART_SIZE = 256 * 1024
"""Bytes of lines in a part, about, before it is compressed: what a reader has to unpack to see one line."""
_COMPRESSION = 3


@dataclass(frozen=True, slots=True)
class BulkWatch:
    """A bulk operation that an action of ``task_id`` started while it answered ``event_id``.

    ``operation_id`` is None while it has to be found out. ``kind`` is ``QUERY`` or ``MUTATION``. ``look_at``: when to
    ask for its status next; None once it is over. ``looks`` counts how often that was done.
    """

    id: str
    shop: str
    kind: str
    task_id: str
    event_id: str
    action_run_id: str
    begun_at: datetime
    operation_id: str | None = None
    api_version: str | None = None
    status: str | None = None
    looks: int = 0
    look_at: datetime | None = None
    ended_at: datetime | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class BulkPart:
    """Where a part of a result stands in it: the number of its first line, from 0 on, and how many it has."""

    part: int
    first_line: int
    line_count: int


class BulkRows:
    """Watches and results. Any number of processes may look after them: a look is claimed by moving it on."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # --- watches -------------------------------------------------------------------------------------------------

    def add(self, transaction: Transaction, watch: BulkWatch) -> None:
        """Begin to watch; nothing happens when it is watched already."""
        values = {column.name: getattr(watch, column.name) for column in BULK_OPERATIONS.columns}
        dialect = sqlite if transaction.dialect.name == "sqlite" else postgresql
        transaction.execute(dialect.insert(BULK_OPERATIONS).on_conflict_do_nothing(), values)

    def due(self, shop: str, now: datetime, *, limit: int = 20) -> tuple[BulkWatch, ...]:
        """Watches of ``shop`` to be looked after by ``now``, the longest due first."""
        statement = (
            select(BULK_OPERATIONS)
            .where(BULK_OPERATIONS.c.shop == shop, BULK_OPERATIONS.c.look_at <= now)
            .order_by(BULK_OPERATIONS.c.look_at)
            .limit(limit)
        )
        with self._database.read() as transaction:
            return tuple(_watch(row) for row in transaction.execute(statement))

    def claim(self, watch: BulkWatch, until: datetime) -> BulkWatch | None:
        """Take the look that is due: nobody else looks before ``until``. None when somebody else has taken it."""
        changed = (
            update(BULK_OPERATIONS)
            .where(BULK_OPERATIONS.c.id == watch.id, BULK_OPERATIONS.c.look_at == watch.look_at)
            .values(look_at=until, looks=BULK_OPERATIONS.c.looks + 1)
            .returning(BULK_OPERATIONS)
        )
        with self._database.write() as transaction:
            row = transaction.execute(changed).one_or_none()
        return None if row is None else _watch(row)

    def note(self, watch: BulkWatch, look_at: datetime | None, **values: Any) -> BulkWatch | None:
        """Write what a claimed look found, and when the next is due; None when the claim is lost."""
        with self._database.write() as transaction:
            return self._note(transaction, watch, look_at, **values)

    def hasten(
        self, transaction: Transaction, operation_id: str, now: datetime, *, unless: Collection[str] = ()
    ) -> None:
        """Have the operation looked after now: somebody says that it has ended.

        Not where its status is one of ``unless``, the final ones: that is no news then, and its result may be being
        fetched, which a second look would begin anew.
        """
        status = BULK_OPERATIONS.c.status
        transaction.execute(
            update(BULK_OPERATIONS)
            .where(BULK_OPERATIONS.c.operation_id == operation_id, BULK_OPERATIONS.c.look_at > now)
            .where(or_(status.is_(None), status.not_in(sorted(unless))))
            .values(look_at=now)
        )

    def of_operation(self, shop: str, operation_id: str) -> BulkWatch | None:
        """The watch of an operation, over or not; None when no action of this shop started it."""
        statement = select(BULK_OPERATIONS).where(
            BULK_OPERATIONS.c.operation_id == operation_id, BULK_OPERATIONS.c.shop == shop
        )
        with self._database.read() as transaction:
            row = transaction.execute(statement.order_by(BULK_OPERATIONS.c.begun_at.desc()).limit(1)).one_or_none()
        return None if row is None else _watch(row)

    def open(self, shop: str | None = None) -> tuple[BulkWatch, ...]:
        """What is being watched, of one shop when given, the oldest first."""
        statement = select(BULK_OPERATIONS).where(BULK_OPERATIONS.c.look_at.is_not(None))
        if shop is not None:
            statement = statement.where(BULK_OPERATIONS.c.shop == shop)
        with self._database.read() as transaction:
            rows = transaction.execute(statement.order_by(BULK_OPERATIONS.c.begun_at, BULK_OPERATIONS.c.id))
            return tuple(_watch(row) for row in rows)

    # --- results -------------------------------------------------------------------------------------------------

    def keep_lines(self, watch: BulkWatch, lines: Iterable[bytes], *, renew: Any) -> int:
        """Keep a result in the place of what there was, part by part; how many lines.

        ``lines`` come without line ends; blank ones are none. ``renew()`` gives the time to claim the look until,
        before each part. Raises LostLook when somebody else has taken it meanwhile.
        """
        with self._database.write() as transaction:
            transaction.execute(delete(BULK_LINES).where(BULK_LINES.c.bulk_id == watch.id))
        first = 0
        current = watch
        for number, part in enumerate(_parts(lines)):
            with self._database.write() as transaction:
                noted = self._note(transaction, current, renew())
                if noted is None:
                    raise LostLook
                row = {"bulk_id": watch.id, "part": number, "first_line": first, "line_count": len(part)}
                content = zlib.compress(b"\n".join(part), _COMPRESSION)
                transaction.execute(insert(BULK_LINES), {**row, "content": content})
            current = noted
            first += len(part)
        return first

    def parts(self, bulk_id: str) -> tuple[BulkPart, ...]:
        """The parts of a result, in order; none when it has no lines."""
        statement = select(BULK_LINES.c.part, BULK_LINES.c.first_line, BULK_LINES.c.line_count).where(
            BULK_LINES.c.bulk_id == bulk_id
        )
        with self._database.read() as transaction:
            return tuple(BulkPart(*row) for row in transaction.execute(statement.order_by(BULK_LINES.c.part)))

    def lines(self, bulk_id: str, part: int) -> list[bytes]:
        """The lines of one part. Raises LookupError when it is gone."""
        statement = select(BULK_LINES.c.content).where(BULK_LINES.c.bulk_id == bulk_id, BULK_LINES.c.part == part)
        with self._database.read() as transaction:
            content = transaction.execute(statement).scalar_one_or_none()
        if content is None:
            raise LookupError(bulk_id)
        return zlib.decompress(content).split(b"\n")

    def size(self) -> int:
        """Bytes that results take, compressed."""
        with self._database.read() as transaction:
            return int(
                transaction.execute(select(func.coalesce(func.sum(func.length(BULK_LINES.c.content)), 0))).scalar_one()
            )

    # --- inside --------------------------------------------------------------------------------------------------

    def _note(
        self, transaction: Transaction, watch: BulkWatch, look_at: datetime | None, **values: Any
    ) -> BulkWatch | None:
        changed = (
            update(BULK_OPERATIONS)
            .where(BULK_OPERATIONS.c.id == watch.id, BULK_OPERATIONS.c.looks == watch.looks)
            .where(BULK_OPERATIONS.c.ended_at.is_(None))
            .values(look_at=look_at, **values)
            .returning(BULK_OPERATIONS)
        )
        row = transaction.execute(changed).one_or_none()
        return None if row is None else _watch(row)


class LostLook(Exception):
    """Somebody else looks after the operation now: nothing more may be written for this look."""


def _parts(lines: Iterable[bytes]) -> Iterator[list[bytes]]:
    """Whole lines, in groups of about ``PART_SIZE`` bytes."""
    part: list[bytes] = []
    size = 0
    for line in lines:
        if not line.strip():
            continue
        part.append(line)
        size += len(line)
        if size >= PART_SIZE:
            yield part
            part, size = [], 0
    if part:
        yield part


def _watch(row: Any) -> BulkWatch:
    return BulkWatch(**{column.name: row._mapping[column.name] for column in BULK_OPERATIONS.columns})
