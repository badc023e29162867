"""Events as rows: what happened, once each, with the chain of their parents."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.dialects import postgresql, sqlite

from runner.clock import Clock
from runner.errors import InputError
from runner.model.event import PARENT_DEPTH, Event
from runner.store.columns import Encoded, to_json_text
from runner.store.database import Database, Transaction
from runner.store.tables import EVENTS

_GET = select(EVENTS).where(EVENTS.c.id == bindparam("event_id"))
_ADD = {
    "sqlite": sqlite.insert(EVENTS).on_conflict_do_nothing().returning(EVENTS.c.id),
    "postgresql": postgresql.insert(EVENTS).on_conflict_do_nothing().returning(EVENTS.c.id),
}
"""Inserts that leave what is there alone, whichever key it clashes with, and give the id of what is new."""


@dataclass(frozen=True, slots=True)
class EventRow:
    """An event with what only the engine knows of it: when its run is due, and which run made it.

    ``origin`` says where an unusual event comes from: ``{"replay_of": event id}``, ``{"late": true}`` for a tick of the
    scheduler that is made up for. None for all others. ``cleared_at``: when its data and runs were deleted.
    """

    event: Event
    run_at: datetime
    origin_run_id: str | None
    number: int
    origin: Mapping[str, Any] | None = None
    cleared_at: datetime | None = None


class EventRows:
    """Inserts once, reads with parents."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def add(
        self,
        transaction: Transaction,
        event: Event,
        *,
        shop: str,
        run_at: datetime,
        dedupe: str | None = None,
        origin_run_id: str | None = None,
        origin: Mapping[str, Any] | None = None,
    ) -> bool:
        """Keep ``event``, which must have an id and an aware ``created_at``; False when it is there already.

        Already there: an event with the same id, or with the same ``dedupe`` key in this shop. Parents that are not
        kept yet (an event read from a file can bring its own) are kept too, without runs. Raises InputError when the
        data is not JSON.
        """
        parent = event.parent
        if parent is not None and parent.id is not None and origin_run_id is None:
            self.add(transaction, parent, shop=shop, run_at=run_at)
        values = _values(event, shop) | {"run_at": run_at, "dedupe": dedupe, "origin_run_id": origin_run_id}
        values["origin"] = None if origin is None else dict(origin)
        return insert_event(transaction, values)

    def get(self, event_id: str, *, within: Transaction | None = None) -> EventRow | None:
        """The event with up to five generations of parents, each with its data (engine.md 1.1)."""
        with self._database.read(within) as transaction:
            row = transaction.execute(_GET, {"event_id": event_id}).one_or_none()
            if row is None:
                return None
            parent = self._parents(transaction, row.parent_id, PARENT_DEPTH)
        return EventRow(_event(row, parent), row.run_at, row.origin_run_id, row.number, row.origin, row.cleared_at)

    def latest(self, topic: str, *, shop: str | None = None) -> Event | None:
        """The event of this topic that came last, with its parents; of one shop when given."""
        statement = select(EVENTS).where(EVENTS.c.topic == topic).order_by(EVENTS.c.number.desc()).limit(1)
        if shop is not None:
            statement = statement.where(EVENTS.c.shop == shop)
        with self._database.read() as transaction:
            row = transaction.execute(statement).one_or_none()
            return None if row is None else _event(row, self._parents(transaction, row.parent_id, PARENT_DEPTH))

    def has(self, shop: str, dedupe: str, *, within: Transaction | None = None) -> bool:
        """Whether an event with this dedupe key is kept."""
        statement = select(EVENTS.c.number).where(EVENTS.c.shop == shop, EVENTS.c.dedupe == dedupe)
        with self._database.read(within) as transaction:
            return transaction.execute(statement).first() is not None

    def data_since(self, shop: str, topic: str, since: datetime) -> Iterator[Any]:
        """The data of every event of ``topic`` that came at ``since`` or later."""
        statement = select(EVENTS.c.data).where(
            EVENTS.c.shop == shop, EVENTS.c.topic == topic, EVENTS.c.created_at >= since
        )
        with self._database.read() as transaction:
            for row in transaction.execute(statement):
                yield row.data

    def children(self, event_id: str) -> tuple[Event, ...]:
        """The events whose parent is this one, oldest first, without their own parents."""
        return self._list(select(EVENTS).where(EVENTS.c.parent_id == event_id))

    def all(self, *, topic: str | None = None, limit: int = 1000) -> tuple[Event, ...]:
        """The oldest ``limit`` events, of one topic when given, without their parents."""
        statement = select(EVENTS) if topic is None else select(EVENTS).where(EVENTS.c.topic == topic)
        return self._list(statement.limit(limit))

    def count(self) -> int:
        """How many events are kept."""
        with self._database.read() as transaction:
            return transaction.execute(select(func.count()).select_from(EVENTS)).scalar_one()

    def _list(self, statement: Select[Any]) -> tuple[Event, ...]:
        with self._database.read() as transaction:
            return tuple(_event(row, None) for row in transaction.execute(statement.order_by(EVENTS.c.number)))

    def _parents(self, transaction: Transaction, event_id: str | None, generations: int) -> Event | None:
        rows: list[Any] = []
        while event_id is not None and len(rows) < generations:
            row = transaction.execute(_GET, {"event_id": event_id}).one_or_none()
            if row is None:
                break
            rows.append(row)
            event_id = row.parent_id
        parent: Event | None = None
        for row in reversed(rows):
            parent = _event(row, parent)
        return parent


def insert_event(transaction: Transaction, values: Mapping[str, Any]) -> bool:
    """Insert an event by its columns; False when it is there already, by its id or dedupe key."""
    return transaction.execute(_ADD[transaction.dialect.name], values).one_or_none() is not None


def _encoded(event: Event) -> Encoded | None:
    """The data of ``event`` as it is kept. Raises InputError when it is not JSON."""
    try:
        return None if event.data is None else Encoded(to_json_text(event.data))
    except (TypeError, ValueError, RecursionError) as error:
        raise InputError(
            f"the data of the event {event.topic} is not JSON: {error}",
            hint="Use objects with text keys, lists, text, finite numbers, true, false and null.",
        ) from error


def _values(event: Event, shop: str) -> dict[str, Any]:
    created = event.created_at
    return {
        "id": event.id,
        "shop": shop,
        "topic": event.topic,
        "shopify_topic": event.shopify_topic,
        "source": event.source,
        "data": _encoded(event),
        "parent_id": event.parent.id if event.parent else None,
        "targets": None if event.targets is None else sorted(event.targets),
        "created_at": created if isinstance(created, datetime) else _moment(created, event.topic),
    }


def _moment(text: str | None, topic: str) -> datetime:
    """The aware moment of ISO 8601 ``text``."""
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise InputError(
            f"the event {topic} has created_at {text!r}",
            hint="Write ISO 8601 with a time zone, for example 2026-03-04T20:06:07Z.",
        )
    return moment


def _event(row: Any, parent: Event | None) -> Event:
    return Event(
        topic=row.topic,
        data=row.data,
        id=row.id,
        created_at=row.created_at,
        parent=parent,
        source=row.source,
        shopify_topic=row.shopify_topic,
        targets=None if row.targets is None else frozenset(row.targets),
    )
