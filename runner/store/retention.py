"""Deletes events whose time is over, in parts, on indexes (engine.md 1.7, durability.md 5.8)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, case, delete, func, or_, select, update

from runner.clock import Clock
from runner.store import run_statements as statements
from runner.store.chunks import chunks
from runner.store.database import Database, Transaction
from runner.store.tables import EVENTS, RUNS

GENERATIONS = 5
"""How far down the descendants of an event keep it (engine.md 1.6)."""
KNOWN_FOR = timedelta(hours=48)
"""How long an event is known at least, so that a delivery that comes again is no second event."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a walk over the events of a shop, the oldest first, has come to."""

    shop: str
    created_at: datetime
    number: int


@dataclass(frozen=True, slots=True)
class Deleted:
    """What was deleted: whole ``events``, and the data and runs of ``cleared`` ones, whose rows stay for a while."""

    events: int = 0
    cleared: int = 0

    def __add__(self, other: Deleted) -> Deleted:
        return Deleted(self.events + other.events, self.cleared + other.cleared)


class RetentionRows:
    """Statements of retention. Each part is one short transaction."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def delete_page(self, before: datetime, after: Place | None, *, limit: int = 500) -> tuple[Deleted, Place | None]:
        """Go over the next events that came before ``before``; delete those that were complete by then.

        What was deleted, and the place to go on from; None at the end.
        """
        now = self._clock.now()
        with self._database.write() as transaction:
            page = _page(transaction, before, after, limit)
            if not page:
                return Deleted(), None
            complete = _complete(transaction, [row.id for row in page], before)
            over = [row for row in page if row.id in complete]
            gone = [row.id for row in over if now - row.created_at >= KNOWN_FOR]
            stay = [row.id for row in over if now - row.created_at < KNOWN_FOR and row.cleared_at is None]
            for some in chunks(gone):
                transaction.execute(delete(EVENTS).where(EVENTS.c.id.in_(some)))
            cleared = clear(transaction, stay, now)
        last = page[-1]
        return Deleted(len(gone), cleared), Place(last.shop, last.created_at, last.number)

    def open_events(self, event_ids: Sequence[str]) -> frozenset[str]:
        """Those of the events that have a run which has not ended."""
        with self._database.read() as transaction:
            return frozenset(
                name for some in chunks(event_ids) for name, end in _ends(transaction, some) if end is None
            )


def clear(transaction: Transaction, event_ids: Sequence[str], now: datetime) -> int:
    """Delete the data and the runs of events, whose rows stay; how many."""
    for some in chunks(event_ids):
        transaction.execute(delete(RUNS).where(RUNS.c.event_id.in_(some)))
        transaction.execute(update(EVENTS).where(EVENTS.c.id.in_(some)).values(data=None, cleared_at=now))
    return len(event_ids)


def _page(transaction: Transaction, before: datetime, after: Place | None, limit: int) -> list[Any]:
    """The next events, of this shop or else of the next one: the index goes by shop and age."""
    shop = after.shop if after is not None else _next_shop(transaction, None)
    while shop is not None:
        statement = select(EVENTS.c.id, EVENTS.c.number, EVENTS.c.shop, EVENTS.c.created_at, EVENTS.c.cleared_at)
        statement = statement.where(EVENTS.c.shop == shop, EVENTS.c.created_at < before)
        if after is not None and after.shop == shop:
            later = or_(
                EVENTS.c.created_at > after.created_at,
                and_(EVENTS.c.created_at == after.created_at, EVENTS.c.number > after.number),
            )
            statement = statement.where(EVENTS.c.created_at >= after.created_at, later)
        rows = transaction.execute(statement.order_by(EVENTS.c.created_at, EVENTS.c.number).limit(limit)).all()
        if rows:
            return list(rows)
        shop = _next_shop(transaction, shop)
    return []


def _next_shop(transaction: Transaction, shop: str | None) -> str | None:
    statement = select(func.min(EVENTS.c.shop))
    found = transaction.execute(statement if shop is None else statement.where(EVENTS.c.shop > shop)).scalar_one()
    return None if found is None else str(found)


def _ends(transaction: Transaction, event_ids: Sequence[str]) -> list[tuple[str, datetime | None]]:
    """For each event with runs: when the last of them ended; None when one has not."""
    waits = func.max(case((or_(RUNS.c.state.not_in(statements.FINAL), RUNS.c.job_open.is_(True)), 1), else_=0))
    last = func.max(func.coalesce(RUNS.c.stopped_at, RUNS.c.run_at))
    statement = select(RUNS.c.event_id, waits, last).where(RUNS.c.event_id.in_(event_ids)).group_by(RUNS.c.event_id)
    return [(event_id, None if open_ else at) for event_id, open_, at in transaction.execute(statement)]


def _late(transaction: Transaction, event_ids: Sequence[str], before: datetime) -> set[str]:
    """Those of the events that have a run which has not ended, or ended at ``before`` or later."""
    found: set[str] = set()
    for some in chunks(event_ids):
        found.update(event_id for event_id, end in _ends(transaction, some) if end is None or end >= before)
    return found


def _complete(transaction: Transaction, event_ids: Sequence[str], before: datetime) -> frozenset[str]:
    """Those of the events that ended before ``before``, with all their descendants down to five generations."""
    late = _late(transaction, event_ids, before)
    roots: dict[str, set[str]] = {event_id: {event_id} for event_id in event_ids if event_id not in late}
    held: set[str] = set()
    for _ in range(GENERATIONS):
        children: dict[str, set[str]] = {}
        for child, parent, created_at in _children(transaction, roots):
            above = roots[parent] - held
            if created_at >= before:
                held |= above
            elif above:
                children.setdefault(child, set()).update(above)
        for child in _late(transaction, list(children), before):
            held |= children.pop(child)
        roots = {child: above - held for child, above in children.items() if above - held}
        if not roots:
            break
    return frozenset(event_ids) - late - held


def _children(transaction: Transaction, parents: Iterable[str]) -> list[tuple[str, str, datetime]]:
    found: list[tuple[str, str, datetime]] = []
    for some in chunks(list(parents)):
        statement = select(EVENTS.c.id, EVENTS.c.parent_id, EVENTS.c.created_at).where(EVENTS.c.parent_id.in_(some))
        found += [(row.id, row.parent_id, row.created_at) for row in transaction.execute(statement)]
    return found
