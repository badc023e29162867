"""Events with their runs as records to be written to a file, and read back into another database."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Table, insert, select

from runner.clock import Clock, iso_utc
from runner.errors import InputError
from runner.model.run import RunState
from runner.store.columns import Moment
from runner.store.database import Database, Transaction
from runner.store.events import insert_event
from runner.store.search import Search, Wanted
from runner.store.tables import ATTEMPTS, EVENTS, RUNS

_PAGE = 200
_OF_QUEUE = {"number", "owner", "claim", "job_open", "dispatch_no"}
"""Columns that mean something to the queue of one database only."""
_FINAL = {state.value for state in RunState if state.final}
UNFINISHED = "it had not ended when its event was exported"


class Archive:
    """Writes and reads records: ``{"event": {…}, "runs": [{…, "attempts": […]}]}``, moments as ISO 8601 text."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._search = Search(database)

    def records(self, wanted: Wanted) -> Iterator[dict[str, Any]]:
        """The events that fit, oldest first, each with all of its runs."""
        after = 0
        while found := self._search.event_ids(wanted, after=after, limit=_PAGE):
            after = found[-1][0]
            ids = [event_id for _, event_id in found]
            with self._database.read() as transaction:
                events = {row["id"]: row for row in _rows(transaction, EVENTS, EVENTS.c.id.in_(ids))}
                runs = _rows(transaction, RUNS, RUNS.c.event_id.in_(ids))
                tries = _rows(transaction, ATTEMPTS, ATTEMPTS.c.run_id.in_([run["id"] for run in runs]))
            for event_id in ids:
                if event_id in events:  # else deleted in between
                    yield {"event": events[event_id], "runs": _of_event(event_id, runs, tries)}

    def keep(self, transaction: Transaction, record: Mapping[str, Any]) -> bool:
        """Keep a record as history: nothing of it is run. False when the event is there already.

        A run that had not ended becomes ``cancelled``. Raises InputError for a record that is none.
        """
        event = _values(EVENTS, record.get("event"), "event")
        if not insert_event(transaction, event):
            return False
        runs = record.get("runs") or ()
        self._check_new(transaction, runs)
        for given in runs:
            run = _values(RUNS, given, "run")
            if run["state"] not in _FINAL:
                run |= {"state": RunState.CANCELLED.value, "error": UNFINISHED, "stopped_at": self._clock.now()}
            if run["event_id"] != event["id"]:
                raise InputError(f"the run {run['id']} is of another event", code="input.event")
            transaction.execute(insert(RUNS), {**run, "job_open": False, "dispatch_no": 0})
            for each in given.get("attempts") or ():
                transaction.execute(insert(ATTEMPTS), _values(ATTEMPTS, {**each, "run_id": run["id"]}, "attempt"))
        return True

    def _check_new(self, transaction: Transaction, runs: Sequence[Any]) -> None:
        """Raises InputError when one of the ``runs`` of a new event is in the database already."""
        ids = [str(run["id"]) for run in runs if isinstance(run, Mapping) and "id" in run]
        known = transaction.execute(select(RUNS.c.id).where(RUNS.c.id.in_(ids)).limit(1)).scalar_one_or_none()
        if known is not None or len(set(ids)) < len(ids):
            raise InputError(
                f"the run {known or ids[0]} is there already, under another event",
                code="input.event",
                hint="the file was put together from several; leave this line out",
            )


def _rows(transaction: Transaction, table: Table, condition: Any) -> list[dict[str, Any]]:
    names = [column.name for column in table.columns if column.name not in _OF_QUEUE]
    if table is ATTEMPTS:
        names.append("number")
    order = table.c.number
    rows = transaction.execute(select(*(table.c[name] for name in names)).where(condition).order_by(order))
    return [
        {name: iso_utc(value) if isinstance(value, datetime) else value for name, value in row._mapping.items()}
        for row in rows
    ]


def _of_event(event_id: str, runs: Sequence[dict[str, Any]], tries: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    def attempts(run_id: str) -> list[dict[str, Any]]:
        found = [each for each in tries if each["run_id"] == run_id]
        return [{name: value for name, value in each.items() if name != "run_id"} for each in found]

    return [{**run, "attempts": attempts(run["id"])} for run in runs if run["event_id"] == event_id]


def _values(table: Table, given: Any, what: str) -> dict[str, Any]:
    """The columns of ``given``, checked. Raises InputError naming what is wrong."""
    if not isinstance(given, Mapping):
        raise InputError(f"the {what} is no object", code="input.event")
    values: dict[str, Any] = {}
    for column in table.columns:
        if column.name in _OF_QUEUE and not (table is ATTEMPTS and column.name == "number"):
            continue
        value = given.get(column.name)
        if value is None and not column.nullable:
            raise InputError(f'the {what} has no "{column.name}"', code="input.event")
        values[column.name] = _moment(value, column.name) if isinstance(column.type, Moment) and value else value
    return values


def _moment(value: Any, name: str) -> datetime:
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        moment = None
    if moment is None or moment.tzinfo is None:
        raise InputError(f'"{name}" is no time with a zone: {value!r}', code="input.event")
    return moment
