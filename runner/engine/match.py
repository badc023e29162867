"""Event run → task runs (engine.md 3)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import tzinfo

from runner.actions.base import Outcome, derived_id
from runner.clock import Clock
from runner.engine.ending import Ending
from runner.engine.matching import TaskBook, due_at
from runner.engine.observe import EventMatched, EventSkipped, Observer, Occurrence
from runner.engine.queue.port import PRIORITY, Queue
from runner.errors import RunnerError, StoreError
from runner.model.event import Event
from runner.model.run import Run, RunKind, RunState
from runner.store import Store, Transaction


class EventJob:
    """An event run: one commit from the claim to the task runs, with the tasks and subscriptions of that moment."""

    def __init__(
        self,
        store: Store,
        queue: Queue,
        ending: Ending,
        *,
        tasks: Callable[[], TaskBook],
        zone: tzinfo,
        clock: Clock,
        tell: Observer,
        stopped_by: Callable[[Event], str | None],
    ) -> None:
        self._store = store
        self._queue = queue
        self._ending = ending
        self._tasks = tasks
        self._zone = zone
        self._clock = clock
        self._tell = tell
        self._stopped_by = stopped_by

    def work(self, run: Run, event: Event, dispatch_no: int, claim: str) -> None:
        """Ask the event filters, then claim, match and record in one commit."""
        verdict: str | RunnerError | None
        try:
            verdict = self._stopped_by(event)
        except StoreError:
            raise
        except RunnerError as error:
            verdict = error
        told = self._queue.accept(lambda tx: self._match(tx, run, event, dispatch_no, claim, verdict))
        for occurrence in told:
            self._tell(occurrence)

    def _match(
        self,
        transaction: Transaction,
        waiting: Run,
        event: Event,
        dispatch_no: int,
        claim: str,
        verdict: str | RunnerError | None,
    ) -> list[Occurrence]:
        run = self._store.runs.claim(transaction, waiting.id, dispatch_no, claim)
        if run is None:
            return []
        if isinstance(verdict, RunnerError):
            return self._ending.fail(transaction, run, event, Outcome.failed(verdict))
        if verdict is not None:
            skipped = self._ending.succeed(transaction, run, response={"skipped_by": verdict})
            return [] if skipped is None else [EventSkipped(event, skipped, verdict)]
        try:
            made = tuple(self._task_runs(run, event))
        except RunnerError as error:
            return self._ending.fail(transaction, run, event, Outcome.failed(error))
        done = self._ending.succeed(transaction, run)
        if done is None:
            return []
        self._store.runs.add(transaction, made)
        for task_run in made:
            self._queue.dispatch(transaction, task_run.id, at=task_run.run_at, priority=task_run.priority)
        return [EventMatched(event, done, made)]

    def _task_runs(self, run: Run, event: Event) -> Iterator[Run]:
        """One for each matching subscription. Raises TaskError for an offset beyond all calendars."""
        now = self._clock.now()
        form = run.payload or {}  # the values of the run form, when the event came with one
        for seq, (enabled, subscription) in enumerate(self._tasks().matching(event)):
            yield Run(
                id=derived_id(run.id, enabled.id, str(subscription)),
                kind=RunKind.TASK,
                event_id=run.event_id,
                state=RunState.UNSCHEDULED,
                run_at=due_at(subscription, run.run_at or now, now, self._zone),
                shop=run.shop,
                parent_id=run.id,
                seq=seq,
                task_id=enabled.id,
                task_name=enabled.task.name,
                priority=PRIORITY[RunKind.TASK],
                payload={"subscription": str(subscription), **form},
            )
