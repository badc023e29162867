"""Makes a run that has ended ready to be dispatched again, because a person asked for it (engine.md 4.5)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update

from runner.model.run import RunState
from runner.store import run_statements as statements
from runner.store.database import Transaction
from runner.store.tables import RUNS


def reopen(transaction: Transaction, run_id: str, at: datetime) -> bool:
    """Throw away how the run ended; the caller dispatches it. False when it has not ended, or its job goes on.

    Attempts count on, while automatic retries begin anew.
    """
    done = transaction.execute(
        update(RUNS)
        .where(RUNS.c.id == run_id, RUNS.c.state.in_(statements.FINAL), RUNS.c.job_open.is_(False))
        .values(
            state=RunState.UNSCHEDULED.value,
            run_at=at,
            attempts_before=RUNS.c.attempt,
            claim=None,
            owner=None,
            started_at=None,
            stopped_at=None,
            enqueued_at=None,
            sent_at=None,
            result=None,
            result_meta=None,
            response=None,
            error=None,
            failure=None,
            fingerprint=None,
            guard_key=None,
        )
    )
    return bool(done.rowcount)
