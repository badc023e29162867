"""Keeps events, each with its event run, in one commit: from outside, from actions, from failures.

An event that is due is matched in that same commit, so that the next thing the queue does for it is to render a task
(durability.md 5.3).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from runner.actions.base import derived_id
from runner.engine.matching import Matcher
from runner.engine.observe import EventAccepted, EventMatched, Occurrence
from runner.engine.queue.port import PRIORITY, Queue
from runner.errors import RunnerError
from runner.model.event import Event
from runner.model.run import Run, RunKind, RunState
from runner.store import Store, Transaction

REPLAY_OF = "replay_of"
"""Key in the origin of a replay: the id of the event it repeats."""
REPLAYED = "replayed"
"""Key in the payload of runs that a replay made: the loop guards do not count them."""


class Intake:
    """The only way an event comes to be. ``matcher`` gives what may match events now; None: that is for later."""

    def __init__(self, store: Store, queue: Queue, domain: str, matcher: Callable[[], Matcher | None]) -> None:
        self._store = store
        self._queue = queue
        self._domain = domain
        self._matcher = matcher

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
    ) -> list[Occurrence]:
        """Keep ``event``, which has its id and time, and queue its run for ``run_at``; what to tell: none of a repeat.

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
            return []
        run = Run(
            id=derived_id(event.id, "run"),
            kind=RunKind.EVENT,
            event_id=event.id,
            state=RunState.UNSCHEDULED,
            run_at=run_at,
            shop=self._domain,
            priority=PRIORITY[RunKind.EVENT],
            payload=_payload(inputs, origin),
        )
        accepted = EventAccepted(event, run_at)
        matched = self._matched(transaction, event, run)
        if matched is not None:
            return [accepted, matched]
        self._queue.dispatch_new(transaction, [run])
        return [accepted]

    def _matched(self, transaction: Transaction, event: Event, run: Run) -> EventMatched | None:
        """The event run as done, with its task runs; None when it has to come up by itself."""
        now = self._store.clock.now()
        matcher = self._matcher()
        if matcher is None or (run.run_at is not None and run.run_at > now):
            return None
        try:
            wanted = matcher.task_runs(run, event)
        except RunnerError:
            return None  # its own job fails with that error, and makes it known
        done = replace(run, state=RunState.SUCCEEDED, attempt=1, enqueued_at=now, started_at=now, stopped_at=now)
        return EventMatched(event, done, self._queue.dispatch_new(transaction, wanted, beside=[done]))


def _payload(inputs: Mapping[str, Any] | None, origin: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """What goes from the event run to its task runs: what the run form sent, and that somebody asked for a repeat."""
    given: dict[str, Any] = {} if inputs is None else {"inputs": dict(inputs)}
    if REPLAY_OF in (origin or {}):
        given[REPLAYED] = True
    return given or None
