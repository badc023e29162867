"""The statements of a run's life, built once: building one costs more than running it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    and_,
    bindparam,
    case,
    delete,
    insert,
    literal_column,
    or_,
    select,
    update,
)

from runner.model.run import CHUNK, RunKind, RunState
from runner.store.tables import ATTEMPTS, RUNS


def _among(states: Iterable[str]) -> ColumnElement[bool]:
    """Whether a run is in one of ``states``: written out, since a list among the values is expanded at each use."""
    return RUNS.c.state.in_([literal_column(f"'{state}'") for state in states])


FINAL = [state.value for state in RunState if state.final]
UNSTARTED = [RunState.UNSCHEDULED.value, RunState.SCHEDULED.value, RunState.DUE.value]

GET = select(RUNS).where(RUNS.c.id == bindparam("run_id"))
CHILDREN = select(RUNS).where(RUNS.c.parent_id == bindparam("parent")).order_by(RUNS.c.seq, RUNS.c.number)
ADD = insert(RUNS)
IS_FINAL = _among(FINAL)
CLAIM = (
    update(RUNS)
    .where(RUNS.c.id == bindparam("run_id"), RUNS.c.dispatch_no == bindparam("dispatch"), RUNS.c.job_open.is_(True))
    .values(
        claim=bindparam("claimant"),
        state=case((IS_FINAL, RUNS.c.state), else_=RunState.STARTED.value),
        started_at=case((IS_FINAL, RUNS.c.started_at), else_=bindparam("now", type_=RUNS.c.started_at.type)),
        stopped_at=case((IS_FINAL, RUNS.c.stopped_at), else_=None),
        attempt=case((IS_FINAL, RUNS.c.attempt), else_=RUNS.c.attempt + 1),
    )
    .returning(RUNS)
)
JOB = RUNS.alias("job")
BEGIN = (
    update(RUNS)
    .where(RUNS.c.id == bindparam("run_id"), RUNS.c.attempt == bindparam("before"), RUNS.c.job_open.is_(False))
    .where(_among([*UNSTARTED, RunState.STARTED.value]))
    .where(
        select(JOB.c.id)
        .where(JOB.c.id == bindparam("job_id"), JOB.c.claim == bindparam("claimant"), JOB.c.job_open.is_(True))
        .exists()
    )
    .values(
        claim=bindparam("claimant"),
        state=RunState.STARTED.value,
        started_at=bindparam("now"),
        stopped_at=None,
        attempt=RUNS.c.attempt + 1,
        enqueued_at=bindparam("enqueued"),
        sent_at=bindparam("sent"),
        idem_key=bindparam("key"),
    )
)
MINE = update(RUNS).where(
    RUNS.c.id == bindparam("run_id"),
    RUNS.c.claim == bindparam("claimant"),
    RUNS.c.state == RunState.STARTED.value,
)
ENDED = ("result", "result_meta", "response", "error", "failure", "fingerprint", "guard_key")
END = MINE.values(
    state=bindparam("new_state"),
    stopped_at=bindparam("now"),
    job_open=bindparam("still_open", type_=Boolean),
    sent_at=None,
    owner=case((bindparam("still_open", type_=Boolean), RUNS.c.owner), else_=None),
    **{name: bindparam(f"new_{name}", type_=RUNS.c[name].type) for name in ENDED},
)
CLOSE = (
    update(RUNS)
    .where(RUNS.c.id == bindparam("run_id"), RUNS.c.claim == bindparam("claimant"), RUNS.c.job_open.is_(True))
    .values(
        job_open=bindparam("still_open", type_=Boolean),
        owner=case((bindparam("still_open", type_=Boolean), RUNS.c.owner), else_=None),
    )
)
BACK = MINE.values(state=RunState.SCHEDULED.value, run_at=bindparam("at"), started_at=None, attempt=RUNS.c.attempt - 1)
LATER = MINE.values(
    state=RunState.SCHEDULED.value,
    run_at=bindparam("at"),
    stopped_at=bindparam("now"),
    sent_at=None,
    error=bindparam("new_error"),
    result=None,
)
SENT = MINE.values(sent_at=bindparam("now"), idem_key=bindparam("key"))
DISPATCH = (
    update(RUNS)
    .where(RUNS.c.id == bindparam("run_id"), or_(~IS_FINAL, RUNS.c.job_open.is_(True)))
    .values(
        state=case((IS_FINAL, RUNS.c.state), else_=bindparam("new_state")),
        run_at=bindparam("at"),
        enqueued_at=bindparam("now"),
        priority=bindparam("new_priority"),
        owner=bindparam("new_owner"),
        dispatch_no=RUNS.c.dispatch_no + 1,
        job_open=True,
        claim=None,
    )
    .returning(RUNS.c.dispatch_no, RUNS.c.shop)
)
OPEN = select(RUNS.c.id, RUNS.c.dispatch_no, RUNS.c.run_at, RUNS.c.attempt).where(
    RUNS.c.owner == bindparam("who"), RUNS.c.job_open.is_(True)
)
NEXT_DUE = (
    OPEN.where(RUNS.c.run_at <= bindparam("now")).order_by(RUNS.c.priority, RUNS.c.run_at, RUNS.c.number).limit(1)
)
NEXT_WAITING = (
    OPEN.where(RUNS.c.attempt >= bindparam("tried")).order_by(RUNS.c.run_at, RUNS.c.priority, RUNS.c.number).limit(1)
)
ATTEMPT = update(ATTEMPTS).where(ATTEMPTS.c.run_id == bindparam("run"), ATTEMPTS.c.number == bindparam("nth"))
ATTEMPT_SENT = ATTEMPT.values(sent_at=bindparam("now"))
ATTEMPT_ENDED = ATTEMPT.values(ended_at=bindparam("now"), error=bindparam("new_error"))
ATTEMPT_ADD = insert(ATTEMPTS)
ATTEMPT_UNDO = delete(ATTEMPTS).where(ATTEMPTS.c.run_id == bindparam("run"), ATTEMPTS.c.number == bindparam("nth"))
CARRIES = and_(
    RUNS.c.kind == RunKind.ACTION.value,
    or_(RUNS.c.sequence.is_(True), and_(RUNS.c.seq > 0, RUNS.c.seq % CHUNK == 0)),
)
"""Runs whose dispatch stands for others too."""
LEFT: dict[str, Any] = {
    "job_open": case((CARRIES, RUNS.c.job_open), else_=False),
    "owner": case((CARRIES, RUNS.c.owner), else_=None),
}
