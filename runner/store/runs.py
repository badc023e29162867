"""Runs and their attempts as rows. Only the engine writes them; each write of a running job carries its claim."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, select, update

from runner.clock import Clock
from runner.model.run import Attempt, Run, RunKind, RunState
from runner.store import run_statements as statements
from runner.store.chunks import chunks
from runner.store.columns import plain
from runner.store.database import Database, Transaction
from runner.store.tables import ATTEMPTS, RUNS

SHARED = "queue"
"""The owner of runs in the durable queue, which all workers share. Queues of one thread have owners of their own."""

_FIELDS = tuple(field.name for field in fields(Run))


@dataclass(frozen=True, slots=True)
class Due:
    """A dispatch waiting in the queue: which run, under which number, from when on."""

    run_id: str
    dispatch_no: int
    run_at: datetime
    attempt: int


@dataclass(frozen=True, slots=True)
class Dispatched:
    """A dispatch just made: its number, and the shop of its run."""

    dispatch_no: int
    shop: str


class RunRows:
    """Queries of the whole life of a run."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    # --- what people and tests ask -------------------------------------------------------------------------------

    def get(self, run_id: str, *, within: Transaction | None = None) -> Run | None:
        """One run."""
        with self._database.read(within) as transaction:
            row = transaction.execute(statements.GET, {"run_id": run_id}).one_or_none()
        return None if row is None else _run(row)

    def of_event(self, event_id: str, kind: RunKind | None = None) -> tuple[Run, ...]:
        """All runs of an event, or those of one kind, in the order they were made."""
        statement = select(RUNS).where(RUNS.c.event_id == event_id)
        return self._list(statement if kind is None else statement.where(RUNS.c.kind == kind.value))

    def children(self, run_id: str, *, within: Transaction | None = None) -> tuple[Run, ...]:
        """The task runs of an event run, or the action runs of a task run, in rendered order."""
        with self._database.read(within) as transaction:
            return tuple(_run(row) for row in transaction.execute(statements.CHILDREN, {"parent": run_id}))

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

    def add(self, transaction: Transaction, runs: Run | Sequence[Run], *, owner: str | None = None) -> None:
        """Keep new runs, with the attempt that one is in. Those with an open job wait in the queue of ``owner``."""
        made = [runs] if isinstance(runs, Run) else runs
        if not made:
            return
        transaction.execute(statements.ADD, [_row(run, owner) for run in made])
        attempts = [_attempt(run) for run in made if run.state is RunState.STARTED]
        if attempts:
            transaction.execute(statements.ATTEMPT_ADD, attempts)

    def claim(self, transaction: Transaction, run_id: str, dispatch_no: int, claim: str) -> Run | None:
        """The guarded start of a job: its run as it is now, or None when this dispatch is no longer wanted.

        The guard is the dispatch number and ``job_open``, never the state (durability.md 5.5). A run that is not final
        begins an attempt by it. That is counted, and recorded unless it is an event run's: those leave nothing to see.
        """
        now = self._clock.now()
        values = {"run_id": run_id, "dispatch": dispatch_no, "claimant": claim, "now": now}
        row = transaction.execute(statements.CLAIM, values).one_or_none()
        if row is None:
            return None
        run = _run(row)
        if run.kind is not RunKind.EVENT and not run.state.final:
            transaction.execute(statements.ATTEMPT_ADD, {"run_id": run_id, "number": run.attempt, "started_at": now})
        return run

    def begin(self, transaction: Transaction, run: Run, job: Run, *, sent: bool) -> Run | None:
        """Begin an attempt of ``run``, an action that the claimed ``job`` of another run carries: the run with it.

        ``sent``: it is about to leave for the outside (durability.md 6). None when nothing was written: the claim of
        the job is lost, or the run is no longer as ``run`` says (cancelled, or begun by somebody else).
        """
        now = self._clock.now()
        key = run.id if sent else run.idem_key
        left = now if sent else run.sent_at
        values = {"run_id": run.id, "before": run.attempt, "job_id": job.id, "claimant": job.claim, "now": now}
        if not transaction.execute(
            statements.BEGIN, {**values, "sent": left, "key": key, "enqueued": run.enqueued_at or now}
        ).rowcount:
            return None
        begun = begun_run(run, job, now, sent=sent)
        transaction.execute(statements.ATTEMPT_ADD, _attempt(begun) | {"sent_at": now if sent else None})
        return begun

    def mark_sent(self, transaction: Transaction, run: Run, idem_key: str) -> bool:
        """Record that the action is about to leave for the outside; False when the claim is lost (durability.md 6)."""
        now = self._clock.now()
        if not transaction.execute(statements.SENT, {**_by(run), "now": now, "key": idem_key}).rowcount:
            return False
        transaction.execute(statements.ATTEMPT_SENT, {"run": run.id, "nth": run.attempt, "now": now})
        return True

    def end(
        self, transaction: Transaction, run: Run, state: RunState, *, still_open: bool = False, **values: Any
    ) -> Run | None:
        """Write the final state of a claimed run, with ``result``, ``error`` and so on; the run with them.

        What is not given becomes null. ``still_open``: its job goes on with other runs, until ``close``. None when the
        claim is lost: then nothing was written.
        """
        now = self._clock.now()
        given: dict[str, Any] = {name: values.get(name) for name in statements.ENDED}
        given["error"] = plain(given["error"])
        written = {f"new_{name}": value for name, value in given.items()}
        row = {**_by(run), **written, "new_state": state.value, "now": now, "still_open": still_open}
        if not transaction.execute(statements.END, row).rowcount:
            return None
        self._end_attempt(transaction, run, values.get("error"))
        return replace(run, state=state, stopped_at=now, job_open=still_open, sent_at=None, **given)

    def close(self, transaction: Transaction, job: Run, *, still_open: bool = False) -> bool:
        """Close the job of a claimed run that has ended already; ``still_open``: it is to be dispatched anew at once.

        False when the claim is lost: then nothing was written, and nothing more may be.
        """
        return bool(transaction.execute(statements.CLOSE, {**_by(job), "still_open": still_open}).rowcount)

    def put_back(self, transaction: Transaction, run: Run, at: datetime) -> bool:
        """Undo the beginning of a claimed run's attempt, to be dispatched for ``at``; False when the claim is lost."""
        if not transaction.execute(statements.BACK, {**_by(run), "at": at}).rowcount:
            return False
        transaction.execute(statements.ATTEMPT_UNDO, {"run": run.id, "nth": run.attempt})
        return True

    def retry_later(self, transaction: Transaction, run: Run, at: datetime, error: str) -> bool:
        """Give a claimed run back to wait until ``at``; the caller dispatches it anew. False when the claim is lost."""
        values = {**_by(run), "at": at, "now": self._clock.now(), "new_error": error}
        if not transaction.execute(statements.LATER, values).rowcount:
            return False
        self._end_attempt(transaction, run, error)
        return True

    def dispatched(
        self, transaction: Transaction, run_id: str, *, at: datetime, priority: int, owner: str
    ) -> Dispatched | None:
        """Open the run's job in the queue of ``owner`` from ``at`` on, under its next number; None if it is final."""
        now = self._clock.now()
        state = RunState.SCHEDULED if at > now else RunState.DUE
        values = {"run_id": run_id, "new_state": state.value, "at": at, "now": now}
        row = transaction.execute(
            statements.DISPATCH, {**values, "new_priority": priority, "new_owner": owner}
        ).one_or_none()
        return None if row is None else Dispatched(row.dispatch_no, row.shop)

    def close_unstarted(
        self, transaction: Transaction, run_ids: Iterable[str], state: RunState, **values: Any
    ) -> tuple[str, ...]:
        """End runs that nobody has begun (a halted sequence, a cancelled batch); the ids this was true of.

        A dispatch that stands for further actions stays, for those.
        """
        wanted = list(run_ids)
        closed: set[str] = set()
        for some in chunks(wanted):
            done = transaction.execute(
                update(RUNS)
                .where(RUNS.c.id.in_(some), RUNS.c.state.in_(statements.UNSTARTED))
                .values(state=state.value, stopped_at=self._clock.now(), **statements.LEFT, **values)
                .returning(RUNS.c.id)
            )
            closed.update(done.scalars())
        return tuple(run_id for run_id in wanted if run_id in closed)

    def next_due(self, owner: str) -> Due | None:
        """What the queue of ``owner`` should do now: lowest priority number, then earliest, then oldest."""
        return self._first(statements.NEXT_DUE, {"who": owner, "now": self._clock.now()})

    def next_waiting(self, owner: str, *, retries_only: bool = False) -> Due | None:
        """The dispatch of ``owner`` that comes due first, due ones included; of retries only, if asked."""
        return self._first(statements.NEXT_WAITING, {"who": owner, "tried": int(retries_only)})

    def waiting(self, owner: str) -> tuple[int, int]:
        """How many dispatches of ``owner`` are due now, and how many later."""
        now = self._clock.now()
        statement = select(RUNS.c.run_at).where(RUNS.c.owner == owner, RUNS.c.job_open.is_(True))
        with self._database.read() as transaction:
            moments = transaction.execute(statement).scalars().all()
        due = sum(1 for moment in moments if moment is not None and moment <= now)
        return due, len(moments) - due

    def adopt(self, owner: str, shop: str) -> int:
        """Take over every open job of ``shop``, begun ones included; how many. The shared queue keeps its own."""
        with self._database.write() as transaction:
            return transaction.execute(
                update(RUNS)
                .where(RUNS.c.shop == shop, RUNS.c.job_open.is_(True), RUNS.c.owner != SHARED)
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

    def _end_attempt(self, transaction: Transaction, run: Run, error: str | None) -> None:
        if run.kind is not RunKind.EVENT:
            values = {"run": run.id, "nth": run.attempt, "now": self._clock.now(), "new_error": error}
            transaction.execute(statements.ATTEMPT_ENDED, values)

    def _first(self, statement: Select[Any], values: dict[str, Any]) -> Due | None:
        with self._database.read() as transaction:
            row = transaction.execute(statement, values).one_or_none()
        return None if row is None else Due(*row)

    def _list(self, statement: Select[Any], within: Transaction | None = None) -> tuple[Run, ...]:
        with self._database.read(within) as transaction:
            return tuple(_run(row) for row in transaction.execute(statement.order_by(RUNS.c.number)))


def begun_run(run: Run, job: Run, now: datetime, *, sent: bool) -> Run:
    """``run`` with its next attempt begun by the claimed ``job``; ``sent``: and about to leave for the outside."""
    return replace(
        run,
        claim=job.claim,
        state=RunState.STARTED,
        started_at=now,
        stopped_at=None,
        attempt=run.attempt + 1,
        enqueued_at=run.enqueued_at or now,
        sent_at=now if sent else run.sent_at,
        idem_key=run.id if sent else run.idem_key,
    )


def _attempt(run: Run) -> dict[str, Any]:
    return {"run_id": run.id, "number": run.attempt, "started_at": run.started_at, "sent_at": run.sent_at}


def _by(run: Run) -> dict[str, Any]:
    """Which row, and under which claim it may be written."""
    return {"run_id": run.id, "claimant": run.claim}


def _row(run: Run, owner: str | None) -> dict[str, Any]:
    values = {name: getattr(run, name) for name in _FIELDS if name != "number"}
    return values | {"kind": run.kind.value, "state": run.state.value, "owner": owner if run.job_open else None}


def _run(row: Any) -> Run:
    values = row._mapping
    return Run(**{name: values[name] for name in _FIELDS} | {"kind": RunKind(row.kind), "state": RunState(row.state)})
