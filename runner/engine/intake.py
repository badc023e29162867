"""Keeps events, each with its event run, in one commit: from outside, from actions, from failures."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from runner.actions.base import derived_id
from runner.engine.queue.port import PRIORITY, Queue
from runner.model.event import Event
from runner.model.run import Run, RunKind, RunState
from runner.store import Store, Transaction


class Intake:
    """The only way an event comes to be."""

    def __init__(self, store: Store, queue: Queue, domain: str) -> None:
        self._store = store
        self._queue = queue
        self._domain = domain

    def record(
        self,
        transaction: Transaction,
        event: Event,
        *,
        run_at: datetime,
        dedupe: str | None = None,
        origin_run_id: str | None = None,
        inputs: Mapping[str, Any] | None = None,
        origin: Mapping[str, Any] | None = None,
    ) -> bool:
        """Keep ``event``, which has its id and time, and queue its run for ``run_at``; False for a duplicate.

        ``inputs`` are the values of the run form that came with it; they stay with its run. ``origin`` says where an
        unusual event comes from (``EventRow.origin``).
        """
        if event.id is None:
            raise ValueError("an event needs its id before it is kept")
        kept = self._store.events.add(
            transaction,
            event,
            shop=self._domain,
            run_at=run_at,
            dedupe=dedupe,
            origin_run_id=origin_run_id,
            origin=origin,
        )
        if not kept:
            return False
        run = Run(
            id=derived_id(event.id, "run"),
            kind=RunKind.EVENT,
            event_id=event.id,
            state=RunState.UNSCHEDULED,
            run_at=run_at,
            shop=self._domain,
            priority=PRIORITY[RunKind.EVENT],
            payload=None if inputs is None else {"inputs": dict(inputs)},
        )
        self._store.runs.add(transaction, run)
        self._queue.dispatch(transaction, run.id, at=run_at, priority=run.priority)
        return True
