"""The body of one dispatch: claim the run, work, commit (durability.md 5.5).

Whatever happens in between, a process that dies leaves the rows of a run that can be begun again. What is no
``Exception`` (the process is being stopped) passes through for that reason; everything else ends in the run's record.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable
from typing import Protocol

from runner.actions.base import Outcome
from runner.engine.ending import Ending
from runner.engine.observe import Observer
from runner.engine.queue.port import Queue
from runner.engine.records import action_of
from runner.errors import RunnerError, StoreError
from runner.model.event import Event
from runner.model.run import Run, RunKind, RunState
from runner.redact import Redactor
from runner.store import Store

logger = logging.getLogger(__name__)


class Body(Protocol):
    """The work of one kind of run."""

    def work(self, run: Run, event: Event, dispatch_no: int, claim: str) -> None:
        """Claim ``run`` under ``claim``, do its next attempt and record how it ended."""


class Job:
    """What the queue calls, with a run id and a dispatch number. ``bodies`` has one for each kind.

    ``redactor`` knows the values of all secrets: a fault of ours may quote anything.
    """

    def __init__(
        self,
        store: Store,
        queue: Queue,
        ending: Ending,
        bodies: dict[RunKind, Body],
        *,
        claims: Callable[[], str],
        tell: Observer,
        redactor: Redactor,
    ) -> None:
        self._store = store
        self._queue = queue
        self._ending = ending
        self._bodies = bodies
        self._claims = claims
        self._tell = tell
        self._redactor = redactor

    def __call__(self, run_id: str, dispatch_no: int) -> None:
        """Do one attempt of the run, unless this dispatch is out of date. Raises StoreError only."""
        run = self._store.runs.get(run_id)
        row = None if run is None else self._store.events.get(run.event_id)
        if run is None or row is None or not run.job_open or run.dispatch_no != dispatch_no:
            return
        claim = self._claims()
        try:
            self._bodies[run.kind].work(run, row.event, dispatch_no, claim)
        except StoreError:
            raise
        except RunnerError as error:
            self._fail(run, row.event, claim, Outcome.failed(error))
        except Exception as error:  # noqa: BLE001  a fault of ours ends this run, and must not stop the others
            trace = self._redactor.text(traceback.format_exc())
            logger.error("the %s run %s stopped on a fault of the engine\n%s", run.kind.value, run_id, trace)
            text = self._redactor.text(f"fault of the engine: {type(error).__name__}: {error}")
            self._fail(run, row.event, claim, Outcome(ok=False, error=text, code="engine.fault"))

    def give_up(self, run_id: str, dispatch_no: int) -> None:
        """End a run as failed whose process died time and again, if this is still its dispatch. Raises StoreError."""
        run = self._store.runs.get(run_id)
        row = None if run is None else self._store.events.get(run.event_id)
        if run is None or row is None or not run.job_open or run.dispatch_no != dispatch_no:
            return
        error = "given up: the process died each time it was begun"
        hint = "Look for what ends the process, memory for example, then retry the run."
        outcome = Outcome(ok=False, error=error, code="engine.died", hint=hint)
        self._fail(run, row.event, self._claims(), outcome)

    def _fail(self, run: Run, event: Event, claim: str, outcome: Outcome) -> None:
        """Record the failure of a run whose body did not. Its claim may have been undone with its transaction."""
        with self._store.write() as transaction:
            current = self._store.runs.get(run.id, within=transaction)
            if current is None or current.claim != claim or current.state is not RunState.STARTED:
                current = self._store.runs.claim(transaction, run.id, run.dispatch_no, claim)
            if current is None:
                return
            if run.kind is RunKind.ACTION:
                told = self._ending.settle(transaction, current, event, action_of(run), outcome, type=None)
            else:
                told = self._ending.fail(transaction, current, event, outcome)
        for occurrence in told:
            self._tell(occurrence)
