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
from runner.engine.carrying import carriage_of
from runner.engine.crew import Crew, LostClaim
from runner.engine.perform import fault, never_ended
from runner.errors import RunnerError, StoreError
from runner.model.event import Event
from runner.model.run import Run, RunKind, RunState
from runner.redact import Redactor
from runner.store import Transaction

logger = logging.getLogger(__name__)


class Body(Protocol):
    """The work of one kind of run."""

    def work(self, run: Run, event: Event) -> None:
        """Do what the claimed ``run`` is for and record how it ended. Raises LostClaim when nothing may be written."""


class Job:
    """What the queue calls, with a run id and a dispatch number. ``bodies`` has one for each kind.

    ``redactor`` gives one that knows the present values of all secrets: a fault of ours may quote anything. May be
    called in many threads.
    """

    def __init__(
        self, crew: Crew, bodies: dict[RunKind, Body], *, claims: Callable[[], str], redactor: Callable[[], Redactor]
    ) -> None:
        self._crew = crew
        self._bodies = bodies
        self._claims = claims
        self._redactor = redactor

    def __call__(self, run_id: str, dispatch_no: int) -> None:
        """Do what the run's dispatch stands for, unless it is out of date. Raises StoreError only."""
        entered = self._enter(run_id, dispatch_no)
        if entered is None:
            return
        run, event = entered
        ended = self._ended(run)
        if ended is not None:
            self._fail(run, event, ended)
            return
        try:
            self._work(run, event)
        except LostClaim:
            return
        except StoreError as error:
            self._crew.performer.troubles.note(run, error)
            raise
        except RunnerError as error:
            self._fail(run, event, Outcome.failed(error))
        except Exception as error:  # noqa: BLE001  a fault of ours ends this run, and must not stop the others
            trace = self._redactor().text(traceback.format_exc())
            logger.error("the %s run %s stopped on a fault of the engine\n%s", run.kind.value, run_id, trace)
            self._fail(run, event, fault(error, self._redactor()))

    def give_up(self, run_id: str, dispatch_no: int) -> None:
        """End what a dispatch was doing as failed, since its process died time and again. Raises StoreError."""
        entered = self._enter(run_id, dispatch_no)
        if entered is not None:
            error = "given up: the process died each time it was begun"
            hint = "Look for what ends the process, memory for example, then retry the run."
            self._fail(*entered, Outcome(ok=False, error=error, code="engine.died", hint=hint))

    def _work(self, run: Run, event: Event) -> None:
        self._bodies[run.kind].work(run, event)
        self._crew.performer.troubles.forget(run)

    def _ended(self, run: Run) -> Outcome | None:
        """How a task run ends that could not be written down so often; those of actions see to it themselves."""
        trouble = self._crew.performer.troubles.of(run)
        if trouble is None or run.kind is not RunKind.TASK or run.state.final:
            return None
        return never_ended(run, self._crew.ending.retry.attempts, trouble=trouble)

    def _enter(self, run_id: str, dispatch_no: int) -> tuple[Run, Event] | None:
        """The run, claimed for this entry, and its event; None when this dispatch is no longer wanted."""
        claim = self._claims()

        def guarded(transaction: Transaction) -> tuple[Run, Event] | None:
            run = self._crew.store.runs.claim(transaction, run_id, dispatch_no, claim)
            row = None if run is None else self._crew.store.events.get(run.event_id, within=transaction)
            return None if run is None or row is None else (run, row.event)

        # A claim that is lost with the power leaves the run as it was before: due, for whoever comes next.
        return self._crew.queue.accept(guarded, lasting=False)

    def _fail(self, run: Run, event: Event, outcome: Outcome) -> None:
        """Record the failure of a claimed run whose body did not, or of what it was performing."""
        current = self._crew.store.runs.get(run.id)
        if current is None or current.claim != run.claim:
            return
        if run.kind is RunKind.ACTION or current.state.final:
            try:
                carriage_of(self._crew, current, event).give_up(outcome)
            except LostClaim:
                return
        elif current.state is RunState.STARTED:
            for occurrence in self._crew.queue.accept(lambda tx: self._crew.ending.fail(tx, current, event, outcome)):
                self._crew.tell(occurrence)
