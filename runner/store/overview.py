"""Lists and sums for people: newest events and runs, how much waits and for how long (tooling.md 1.1)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select

from runner.clock import Clock, iso_utc
from runner.store.database import Database
from runner.store.tables import EVENTS, RUNS

_RUN_COLUMNS = ("id", "kind", "state", "task_name", "event_id", "attempt", "run_at", "stopped_at", "error")
_EVENT_COLUMNS = ("id", "topic", "source", "created_at")
_TOP = 5


class Overview:
    """Rows as JSON-ready hashes, newest first, never more than ``limit``."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def events(self, *, topic: str | None = None, limit: int = 50) -> list[dict[str, Any]]:
        """The newest events, of one topic when given, with the number of their runs that failed or wait."""
        statement = select(*(EVENTS.c[name] for name in _EVENT_COLUMNS)).order_by(EVENTS.c.number.desc()).limit(limit)
        found = self._rows(statement if topic is None else statement.where(EVENTS.c.topic == topic))
        states = self._states([row["id"] for row in found])
        return [row | {"runs": states.get(row["id"], {})} for row in found]

    def runs(
        self, *, kind: str | None = None, state: str | None = None, event: str | None = None, limit: int = 50
    ) -> list[dict[str, Any]]:
        """The newest runs, of one kind, state or event when given."""
        statement = select(*(RUNS.c[name] for name in _RUN_COLUMNS)).order_by(RUNS.c.number.desc()).limit(limit)
        for column, wanted in ((RUNS.c.kind, kind), (RUNS.c.state, state), (RUNS.c.event_id, event)):
            statement = statement if wanted is None else statement.where(column == wanted)
        return self._rows(statement)

    def status(self) -> dict[str, Any]:
        """Runs by state, how many wait, the seconds that the oldest due one has waited, what most of them are of."""
        now = self._clock.now()
        open_runs = RUNS.c.job_open.is_(True)
        counted = select(RUNS.c.state, func.count()).group_by(RUNS.c.state)
        due = select(func.count(), func.min(RUNS.c.run_at)).where(open_runs, RUNS.c.run_at <= now)
        later = select(func.count(), func.min(RUNS.c.run_at)).where(open_runs, RUNS.c.run_at > now)
        with self._database.read() as transaction:
            states = {row[0]: row[1] for row in transaction.execute(counted)}
            due_count, oldest = transaction.execute(due).one()
            later_count, following = transaction.execute(later).one()
            events = transaction.execute(select(func.count()).select_from(EVENTS)).scalar_one()
            tasks = transaction.execute(_top(RUNS.c.task_name)).all()
            topics = transaction.execute(_top(EVENTS.c.topic).join_from(RUNS, EVENTS, RUNS.c.event_id == EVENTS.c.id))
            top_topics = [{"topic": name, "waiting": number} for name, number in topics]
        return {
            "events": events,
            "runs": dict(sorted(states.items())),
            "due": due_count,
            "lag_seconds": max(0.0, (now - oldest).total_seconds()) if oldest is not None else 0.0,
            "later": later_count,
            "next_at": iso_utc(following) if following is not None else None,
            "top_waiting_tasks": [{"task": name, "waiting": number} for name, number in tasks],
            "top_waiting_topics": top_topics,
        }

    def running(self) -> list[dict[str, Any]]:
        """How many runs are under way, by task and kind."""
        number = func.count().label("running")
        statement = select(RUNS.c.task_name.label("task"), RUNS.c.kind, number).where(RUNS.c.state == "started")
        return self._rows(statement.group_by(RUNS.c.task_name, RUNS.c.kind).order_by(number.desc(), RUNS.c.task_name))

    def failures(self, limit: int) -> list[dict[str, Any]]:
        """The runs that failed last."""
        statement = select(*(RUNS.c[name] for name in _RUN_COLUMNS)).where(RUNS.c.state == "failed")
        return self._rows(statement.order_by(RUNS.c.run_at.desc(), RUNS.c.number.desc()).limit(limit))

    def _states(self, event_ids: list[str]) -> dict[str, dict[str, int]]:
        """Event id -> state -> number of runs."""
        statement = (
            select(RUNS.c.event_id, RUNS.c.state, func.count())
            .where(RUNS.c.event_id.in_(event_ids))
            .group_by(RUNS.c.event_id, RUNS.c.state)
        )
        found: dict[str, dict[str, int]] = {}
        with self._database.read() as transaction:
            for event_id, state, number in transaction.execute(statement):
                found.setdefault(event_id, {})[state] = number
        return found

    def _rows(self, statement: Select[Any]) -> list[dict[str, Any]]:
        with self._database.read() as transaction:
            return [_shown(dict(row._mapping)) for row in transaction.execute(statement)]


def _top(column: Any) -> Select[Any]:
    number = func.count().label("waiting")
    return (
        select(column, number)
        .where(RUNS.c.job_open.is_(True), column.is_not(None))
        .group_by(column)
        .order_by(number.desc(), column)
        .limit(_TOP)
    )


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    return {name: iso_utc(value) if isinstance(value, datetime) else value for name, value in row.items()}
