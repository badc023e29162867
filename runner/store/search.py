"""Which events and runs fit what a person asks for: lists by page, counts, ids by their beginning (engine.md 1.8)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, Text, and_, func, or_, select, type_coerce

from runner.store.chunks import chunks
from runner.store.database import Database
from runner.store.tables import EVENTS, RUNS

_EVENT_COLUMNS = ("number", "id", "topic", "source", "created_at", "run_at", "parent_id", "origin", "cleared_at")
_RUN_COLUMNS = (
    *("number", "id", "kind", "state", "task_id", "task_name", "event_id", "parent_id", "seq", "attempt", "run_at"),
    *("started_at", "stopped_at", "job_open", "error"),
)
_TEXTS = (RUNS.c.payload, RUNS.c.result, RUNS.c.response, RUNS.c.error)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What events and runs must be like; what is left out does not matter.

    ``topic`` may end in ``*``. ``tasks`` are ids or names. ``since`` and ``until`` bound the time an event came to be,
    the latter excluded. ``states`` and ``kinds`` are those of a run: of an event, one of its runs. ``events`` and
    ``runs`` are ids. ``text`` stands anywhere in data, actions, results or errors, in any case. ``shop`` is the domain
    that events are of: a database may hold several.
    """

    topic: str | None = None
    tasks: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    states: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    events: tuple[str, ...] = ()
    runs: tuple[str, ...] = ()
    text: str | None = None
    shop: str | None = None

    @property
    def is_empty(self) -> bool:
        """Whether everything fits."""
        return self == Wanted()


class Search:
    """Rows as hashes of the columns' own values, newest first, ``limit`` at a time."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def events(self, wanted: Wanted, *, before: int | None = None, limit: int = 50) -> list[dict[str, Any]]:
        """A page of the events that fit, older than the number ``before``; each with its runs by state."""
        statement = select(*(EVENTS.c[name] for name in _EVENT_COLUMNS)).where(*_of_events(wanted))
        if before is not None:
            statement = statement.where(EVENTS.c.number < before)
        found = self._rows(statement.order_by(EVENTS.c.number.desc()).limit(limit))
        states = self._states([row["id"] for row in found])
        return [row | {"runs": states.get(row["id"], {})} for row in found]

    def event_ids(self, wanted: Wanted, *, limit: int = 1000, after: int = 0) -> list[tuple[int, str]]:
        """Numbers and ids of the events that fit, oldest first, past the number ``after``."""
        statement = select(EVENTS.c.number, EVENTS.c.id).where(*_of_events(wanted), EVENTS.c.number > after)
        with self._database.read() as transaction:
            return [
                (row.number, row.id) for row in transaction.execute(statement.order_by(EVENTS.c.number).limit(limit))
            ]

    def count_events(self, wanted: Wanted) -> int:
        """How many events fit."""
        with self._database.read() as transaction:
            statement = select(func.count()).select_from(EVENTS).where(*_of_events(wanted))
            return transaction.execute(statement).scalar_one()

    def runs(self, wanted: Wanted, *, before: int | None = None, limit: int = 50) -> list[dict[str, Any]]:
        """A page of the runs that fit, made earlier than the number ``before``, each with the topic of its event."""
        statement = _joined(select(*(RUNS.c[name] for name in _RUN_COLUMNS), EVENTS.c.topic)).where(*_of_runs(wanted))
        if before is not None:
            statement = statement.where(RUNS.c.number < before)
        return self._rows(statement.order_by(RUNS.c.number.desc()).limit(limit))

    def run_ids(self, wanted: Wanted, *, after: int = 0, limit: int = 5000) -> list[tuple[int, str]]:
        """Numbers and ids of the runs that fit, in the order they were made, past the number ``after``."""
        statement = _joined(select(RUNS.c.number, RUNS.c.id)).where(*_of_runs(wanted), RUNS.c.number > after)
        with self._database.read() as transaction:
            return [(row.number, row.id) for row in transaction.execute(statement.order_by(RUNS.c.number).limit(limit))]

    def count_runs(self, wanted: Wanted) -> dict[tuple[str, str], int]:
        """(kind, state) -> how many of the runs that fit."""
        statement = _joined(select(RUNS.c.kind, RUNS.c.state, func.count())).where(*_of_runs(wanted))
        with self._database.read() as transaction:
            rows = transaction.execute(statement.group_by(RUNS.c.kind, RUNS.c.state)).all()
        return {(kind, state): number for kind, state, number in rows}

    def events_beginning(self, start: str, *, limit: int = 5) -> list[str]:
        """The ids of events that begin with ``start``; that one alone which is ``start``."""
        return self._beginning(EVENTS, start, limit)

    def runs_beginning(self, start: str, *, limit: int = 5) -> list[str]:
        """The ids of runs that begin with ``start``; that one alone which is ``start``."""
        return self._beginning(RUNS, start, limit)

    def knows_task(self, names: Iterable[str]) -> bool:
        """Whether any run is of a task with one of these ids or names."""
        statement = select(RUNS.c.id).where(_of_tasks(tuple(names))).limit(1)
        with self._database.read() as transaction:
            return transaction.execute(statement).one_or_none() is not None

    def _beginning(self, table: Any, start: str, limit: int) -> list[str]:
        with self._database.read() as transaction:
            exact = transaction.execute(select(table.c.id).where(table.c.id == start)).scalars().all()
            if exact:
                return list(exact)
            near = select(table.c.id).where(table.c.id.startswith(start, autoescape=True)).order_by(table.c.id)
            return list(transaction.execute(near.limit(limit)).scalars())

    def _states(self, event_ids: Sequence[str]) -> dict[str, dict[str, int]]:
        """Event id -> state -> number of runs."""
        found: dict[str, dict[str, int]] = {}
        with self._database.read() as transaction:
            for some in chunks(event_ids):
                statement = select(RUNS.c.event_id, RUNS.c.state, func.count()).where(RUNS.c.event_id.in_(some))
                for event_id, state, number in transaction.execute(statement.group_by(RUNS.c.event_id, RUNS.c.state)):
                    found.setdefault(event_id, {})[state] = number
        return found

    def _rows(self, statement: Select[Any]) -> list[dict[str, Any]]:
        with self._database.read() as transaction:
            return [dict(row._mapping) for row in transaction.execute(statement)]


def mentions(column: Any, text: str) -> ColumnElement[bool]:
    """Whether a text or JSON ``column`` holds ``text``, in capitals or not, as itself or as JSON writes it."""
    low = func.lower(type_coerce(column, Text))
    forms = {text.lower(), json.dumps(text)[1:-1].lower()}
    return or_(*(low.contains(form, autoescape=True) for form in sorted(forms)))


def _joined(statement: Select[Any]) -> Select[Any]:
    return statement.join_from(RUNS, EVENTS, RUNS.c.event_id == EVENTS.c.id)


def _of_tasks(tasks: tuple[str, ...]) -> ColumnElement[bool]:
    return or_(RUNS.c.task_id.in_(tasks), RUNS.c.task_name.in_(tasks))


def _of_event(wanted: Wanted) -> list[ColumnElement[bool]]:
    """What the event itself must be like."""
    found: list[ColumnElement[bool]] = []
    if wanted.topic is not None:
        start = wanted.topic.removesuffix("*")
        exact = start == wanted.topic
        found.append(EVENTS.c.topic == start if exact else EVENTS.c.topic.startswith(start, autoescape=True))
    if wanted.since is not None:
        found.append(EVENTS.c.created_at >= wanted.since)
    if wanted.until is not None:
        found.append(EVENTS.c.created_at < wanted.until)
    if wanted.events:
        found.append(EVENTS.c.id.in_(wanted.events))
    if wanted.shop is not None:
        found.append(EVENTS.c.shop == wanted.shop)
    return found


def _of_run(wanted: Wanted) -> list[ColumnElement[bool]]:
    """What the run itself must be like, its text aside."""
    found: list[ColumnElement[bool]] = []
    if wanted.tasks:
        found.append(_of_tasks(wanted.tasks))
    if wanted.states:
        found.append(RUNS.c.state.in_(wanted.states))
    if wanted.kinds:
        found.append(RUNS.c.kind.in_(wanted.kinds))
    if wanted.runs:
        found.append(RUNS.c.id.in_(wanted.runs))
    return found


def _of_runs(wanted: Wanted) -> list[ColumnElement[bool]]:
    found = [*_of_event(wanted), *_of_run(wanted)]
    if wanted.text:
        found.append(or_(*(mentions(each, wanted.text) for each in (EVENTS.c.data, RUNS.c.id, *_TEXTS))))
    return found


def _of_events(wanted: Wanted) -> list[ColumnElement[bool]]:
    found = _of_event(wanted)
    theirs = RUNS.c.event_id == EVENTS.c.id
    if of_run := _of_run(wanted):
        found.append(select(RUNS.c.id).where(and_(theirs, *of_run)).exists())
    if wanted.text:
        own = [mentions(each, wanted.text) for each in (EVENTS.c.data, EVENTS.c.id, EVENTS.c.topic, EVENTS.c.dedupe)]
        in_runs = or_(*(mentions(each, wanted.text) for each in _TEXTS))
        found.append(or_(*own, select(RUNS.c.id).where(theirs, in_runs).exists()))
    return found
