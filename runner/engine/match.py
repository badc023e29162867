"""Event run → task runs (engine.md 3)."""

from __future__ import annotations

from collections.abc import Callable

from runner.actions.base import Outcome
from runner.engine.crew import Crew, LostClaim
from runner.engine.matching import Matcher
from runner.engine.observe import EventMatched, EventSkipped, Occurrence
from runner.errors import RunnerError, StoreError
from runner.model.event import Event
from runner.model.run import Run
from runner.store import Transaction


class EventJob:
    """An event run that could not be matched when its event was accepted: it came due later, or filters judge it.

    One commit keeps the task runs, with the tasks and subscriptions of that moment. ``stopped_by`` names the event
    filter that stops an event.
    """

    def __init__(self, crew: Crew, matcher: Matcher, stopped_by: Callable[[Event], str | None]) -> None:
        self._crew = crew
        self._matcher = matcher
        self._stopped_by = stopped_by

    def work(self, run: Run, event: Event) -> None:
        """Ask the event filters, match, record. Raises LostClaim when somebody else has the run."""
        verdict: str | RunnerError | None
        try:
            verdict = self._stopped_by(event)
        except StoreError:
            raise
        except RunnerError as error:
            verdict = error
        for occurrence in self._crew.queue.accept(lambda tx: self._match(tx, run, event, verdict)):
            self._crew.tell(occurrence)

    def _match(
        self, transaction: Transaction, run: Run, event: Event, verdict: str | RunnerError | None
    ) -> list[Occurrence]:
        ending = self._crew.ending
        if isinstance(verdict, RunnerError):
            return ending.fail(transaction, run, event, Outcome.failed(verdict))
        if verdict is not None:
            skipped = ending.succeed(transaction, run, response={"skipped_by": verdict})
            return [] if skipped is None else [EventSkipped(event, skipped, verdict)]
        try:
            wanted = self._matcher.task_runs(run, event)
        except RunnerError as error:
            return ending.fail(transaction, run, event, Outcome.failed(error))
        done = ending.succeed(transaction, run)
        if done is None:
            raise LostClaim
        return [EventMatched(event, done, self._crew.queue.dispatch_new(transaction, wanted))]
