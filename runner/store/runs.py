"""Runs and their attempts as rows. Only the engine writes them; each write of a running job carries its claim."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, and_, func, insert, select, update

from runner.clock import Clock
from runner.model.run import Attempt, Run, RunKind, RunState
from runner.store.database import Database, Transaction
from runner.store.tables import ATTEMPTS, RUNS

_FIELDS = tuple(field.name for field in fields(Run))
_WAITING = (RunState.DUE.value, RunState.SCHEDULED.value, RunState.STARTED.value)


@dataclass(frozen=True, slots=True)
class Due:
    """A dispatch waiting in the queue: which run, under which number, from when on."""

    run_id: str
    dispatch_no: int
    run_at: datetime
    attempt: int


class RunRows:
    """Queries of the whole life of a run."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    # --- what people and tests ask -------------------------------------------------------------------------------

    def get(self, run_id: str, *, within: Transaction | None = None) -> Run | None:
        """One run."""
        found = self._list(select(RUNS).where(RUNS.c.id == run_id), within)
        return found[0] if found else None

    def of_event(self, event_id: str, kind: RunKind | None = None) -> tuple[Run, ...]:
        """All runs of an event, or those of one kind, in the order they were made."""
        statement = select(RUNS).where(RUNS.c.event_id == event_id)
        return self._list(statement if kind is None else statement.where(RUNS.c.kind == kind.value))

    def children(self, run_id: str, *, within: Transaction | None = None) -> tuple[Run, ...]:
        """The task runs of an event run, or the action runs of a task run, in rendered order."""
        return self._list(select(RUNS).where(RUNS.c.parent_id == run_id).order_by(RUNS.c.seq), within)

    def all(self, *, kind: RunKind | None = None, state: RunState | None = None) -> tuple[Run, ...]:
        """All runs, or those of a kind and a state."""
        statement = select(RUNS)
        if kind is not None:
            statement = statement.where(RUNS.c.kind == kind.value)
        return self._list(statement if state is None else statement.where(RUNS.c.state == state.value))

    def count(self) -> dict[RunState, int]:
        """How many runs are in each state; states without any are left out."""
        with self._database.read() as transaction:
            rows = transaction.execute(select(RUNS.c.state, func.count()).group_by(RUNS.c.state)).all()
        return {RunState(state): number for state, number in rows}

    def attempts(self, run_id: str) -> tuple[Attempt, ...]:
        """The tries of a run, first one first."""
        statement = select(ATTEMPTS).where(ATTEMPTS.c.run_id == run_id).order_by(ATTEMPTS.c.number)
        with self._database.read() as transaction:
            return tuple(Attempt(*row) for row in transaction.execute(statement))

    # --- what the engine does ------------------------------------------------------------------------------------

    def add(self, transaction: Transaction, run: Run) -> None:
        """Keep a new run."""
        values = {name: getattr(run, name) for name in _FIELDS if name != "number"}
        values |= {"kind": run.kind.value, "state": run.state.value}
        transaction.execute(insert(RUNS).values(**values))

    def claim(self, transaction: Transaction, run_id: str, dispatch_no: int, claim: str) -> Run | None:
        """Begin an attempt: the run as it is now, or None when this dispatch is no longer wanted (durability.md 5.5).

        The guard is the dispatch number and ``job_open``, never the state. The attempt is counted and recorded.
        """
        taken = transaction.execute(
            update(RUNS)
            .where(RUNS.c.id == run_id, RUNS.c.dispatch_no == dispatch_no, RUNS.c.job_open.is_(True))
            .where(RUNS.c.state.in_(_WAITING))
            .values(
                claim=claim,
                state=RunState.STARTED.value,
                started_at=self._clock.now(),
                stopped_at=None,
                attempt=RUNS.c.attempt + 1,
            )
        )
        if taken.rowcount == 0:
            return None
        run = self.get(run_id, within=transaction)
        if run is not None:
            values = {"run_id": run_id, "number": run.attempt, "started_at": self._clock.now()}
            transaction.execute(insert(ATTEMPTS).values(**values))
        return run

    def mark_sent(self, transaction: Transaction, run: Run, idem_key: str) -> bool:
        """Record that the action is about to leave for the outside; False when the claim is lost (durability.md 6)."""
        now = self._clock.now()
        if not self._mine(transaction, run, sent_at=now, idem_key=idem_key):
            return False
        transaction.execute(update(ATTEMPTS).where(_attempt(run)).values(sent_at=now))
        return True

    def end(self, transaction: Transaction, run: Run, state: RunState, **values: Any) -> bool:
        """The final state of a claimed run, with ``result``, ``error`` and so on; False when the claim is lost."""
        now = self._clock.now()
        stopped = {"state": state.value, "stopped_at": now, "job_open": False, "sent_at": None, "owner": None}
        if not self._mine(transaction, run, **stopped, **values):
            return False
        self._end_attempt(transaction, run, values.get("error"))
        return True

    def retry_later(self, transaction: Transaction, run: Run, at: datetime, error: str) -> bool:
        """Give a claimed run back to wait until ``at``; the caller dispatches it anew. False when the claim is lost."""
        values = {"state": RunState.SCHEDULED.value, "run_at": at, "stopped_at": self._clock.now(), "sent_at": None}
        if not self._mine(transaction, run, **values, error=error, result=None):
            return False
        self._end_attempt(transaction, run, error)
        return True

    def dispatched(self, transaction: Transaction, run_id: str, *, at: datetime, priority: int, owner: str) -> int:
        """Open the run's job in the queue of ``owner`` from ``at`` on; the new dispatch number, 0 if it is final."""
        now = self._clock.now()
        state = RunState.SCHEDULED if at > now else RunState.DUE
        transaction.execute(
            update(RUNS)
            .where(RUNS.c.id == run_id, RUNS.c.state.not_in([s.value for s in RunState if s.final]))
            .values(
                state=state.value,
                run_at=at,
                enqueued_at=now,
                priority=priority,
                owner=owner,
                dispatch_no=RUNS.c.dispatch_no + 1,
                job_open=True,
                claim=None,
            )
        )
        return (
            transaction.execute(
                select(RUNS.c.dispatch_no).where(RUNS.c.id == run_id, RUNS.c.job_open.is_(True))
            ).scalar_one_or_none()
            or 0
        )

    def close_unstarted(
        self, transaction: Transaction, run_ids: Iterable[str], state: RunState, **values: Any
    ) -> tuple[str, ...]:
        """End runs that nobody has begun (a halted sequence, a cancelled batch); the ids this was true of."""
        open_states = [RunState.UNSCHEDULED.value, RunState.SCHEDULED.value, RunState.DUE.value]
        closed = []
        for run_id in run_ids:
            done = transaction.execute(
                update(RUNS)
                .where(RUNS.c.id == run_id, RUNS.c.state.in_(open_states))
                .values(state=state.value, stopped_at=self._clock.now(), job_open=False, owner=None, **values)
            )
            if done.rowcount:
                closed.append(run_id)
        return tuple(closed)

    def next_due(self, owner: str) -> Due | None:
        """What the queue of ``owner`` should do now: lowest priority number, then earliest, then oldest."""
        order = (RUNS.c.priority, RUNS.c.run_at, RUNS.c.number)
        return self._first(owner, RUNS.c.run_at <= self._clock.now(), order)

    def next_waiting(self, owner: str, *, retries_only: bool = False) -> Due | None:
        """The dispatch of ``owner`` that comes due first, due ones included; of retries only, if asked."""
        which = RUNS.c.attempt > 0 if retries_only else RUNS.c.attempt >= 0
        return self._first(owner, which, (RUNS.c.run_at, RUNS.c.priority, RUNS.c.number))

    def waiting(self, owner: str) -> tuple[int, int]:
        """How many dispatches of ``owner`` are due now, and how many later."""
        now = self._clock.now()
        statement = select(RUNS.c.run_at).where(RUNS.c.owner == owner, RUNS.c.job_open.is_(True))
        with self._database.read() as transaction:
            moments = transaction.execute(statement).scalars().all()
        due = sum(1 for moment in moments if moment is not None and moment <= now)
        return due, len(moments) - due

    def adopt(self, owner: str, shop: str) -> int:
        """Take over every open job of ``shop`` whatever its owner, begun ones included; how many."""
        with self._database.write() as transaction:
            return transaction.execute(
                update(RUNS)
                .where(RUNS.c.shop == shop, RUNS.c.job_open.is_(True))
                .values(owner=owner, dispatch_no=RUNS.c.dispatch_no + 1, claim=None)
            ).rowcount

    def recent_fingerprints(
        self, transaction: Transaction, run: Run, guard_key: str, *, count: int, window: timedelta
    ) -> tuple[str | None, ...]:
        """What the last ``count`` other task runs under ``guard_key`` rendered within ``window``, newest first."""
        statement = (
            select(RUNS.c.fingerprint)
            .where(RUNS.c.guard_key == guard_key, RUNS.c.id != run.id)
            .where(RUNS.c.stopped_at >= self._clock.now() - window)
            .order_by(RUNS.c.stopped_at.desc(), RUNS.c.number.desc())
            .limit(count)
        )
        return tuple(transaction.execute(statement).scalars().all())

    # --- inside --------------------------------------------------------------------------------------------------

    def _mine(self, transaction: Transaction, run: Run, **values: Any) -> bool:
        owned = and_(RUNS.c.id == run.id, RUNS.c.claim == run.claim, RUNS.c.state == RunState.STARTED.value)
        return bool(transaction.execute(update(RUNS).where(owned).values(**values)).rowcount)

    def _end_attempt(self, transaction: Transaction, run: Run, error: str | None) -> None:
        values = {"ended_at": self._clock.now(), "error": error}
        transaction.execute(update(ATTEMPTS).where(_attempt(run)).values(**values))

    def _first(self, owner: str, which: Any, order: tuple[Any, ...]) -> Due | None:
        statement = (
            select(RUNS.c.id, RUNS.c.dispatch_no, RUNS.c.run_at, RUNS.c.attempt)
            .where(RUNS.c.owner == owner, RUNS.c.job_open.is_(True), which)
            .order_by(*order)
            .limit(1)
        )
        with self._database.read() as transaction:
            row = transaction.execute(statement).one_or_none()
        return None if row is None else Due(*row)

    def _list(self, statement: Select[Any], within: Transaction | None = None) -> tuple[Run, ...]:
        with self._database.read(within) as transaction:
            return tuple(_run(row) for row in transaction.execute(statement.order_by(RUNS.c.number)))


def _attempt(run: Run) -> Any:
    return and_(ATTEMPTS.c.run_id == run.id, ATTEMPTS.c.number == run.attempt)


def _run(row: Any) -> Run:
    values = {name: getattr(row, name) for name in _FIELDS}
    values |= {"kind": RunKind(row.kind), "state": RunState(row.state)}
    return Run(**values)
