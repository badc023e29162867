"""The events that runs make: of Event actions, of performed actions, of failures (actions.md 1.7, engine.md 8.1)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from runner.actions.base import EventDraft, derived_id
from runner.clock import Clock
from runner.engine.intake import Intake
from runner.engine.matching import ERROR_TOPICS, PERFORM_TOPIC, EnabledTask, TaskBook
from runner.engine.observe import Occurrence
from runner.engine.records import action_record, event_record, task_record
from runner.model.action import Action
from runner.model.event import Event
from runner.model.run import Run, RunKind
from runner.store import Store, Transaction


class Followups:
    """Children of the event that a run answers. Ids derive from the run: a repeated commit makes no second event."""

    def __init__(self, store: Store, intake: Intake, clock: Clock) -> None:
        self._store = store
        self._intake = intake
        self._clock = clock

    def of_drafts(
        self, transaction: Transaction, run: Run, event: Event, drafts: Iterable[EventDraft]
    ) -> list[Occurrence]:
        """The events an action asked for."""
        return [
            told
            for draft in drafts
            for told in self._record(
                transaction,
                run,
                Event(
                    topic=draft.topic,
                    data=draft.data,
                    id=draft.id,
                    created_at=self._clock.now(),
                    parent=event,
                    source=draft.source,
                    targets=draft.targets,
                ),
                draft,
            )
        ]

    def of_performed(self, transaction: Transaction, run: Run, event: Event, action: Action) -> list[Occurrence]:
        """``mechanic/actions/perform`` for the declaring task."""
        child = Event(
            topic=PERFORM_TOPIC,
            data=action_record(action, run),
            id=_id_after(run, "perform"),
            created_at=self._clock.now(),
            parent=event,
            source="action_perform",
            targets=frozenset({run.task_id or ""}),
        )
        return self._record(transaction, run, child)

    def of_failure(
        self, transaction: Transaction, run: Run, event: Event, tasks: TaskBook, action: Action | None = None
    ) -> list[Occurrence]:
        """``mechanic/errors/…`` for a run that failed for good, when a task wants to know.

        None is made while an error event, or a descendant of one, is being answered: a reporter that fails would
        otherwise report itself for ever.
        """
        topic = f"{ERROR_TOPICS}{run.kind.value}"
        enabled = tasks.known(run.task_id)
        if _about_errors(event) or not any(_listens(task, topic, run) for task in tasks):
            return []
        data: dict[str, Any] = {
            "message": run.error,
            "event": event_record(event, self._event_run(transaction, run)),
        }
        if run.kind is not RunKind.EVENT and enabled is not None:
            task_run = (
                run if run.kind is RunKind.TASK else self._store.runs.get(run.parent_id or "", within=transaction)
            )
            data["task"] = task_record(enabled, task_run)
        if action is not None:
            data["action"] = action_record(action, run)
        child = Event(
            topic=topic,
            data=data,
            id=_id_after(run, "error"),
            created_at=self._clock.now(),
            parent=event,
            source="error",
        )
        return self._record(transaction, run, child)

    def _record(
        self, transaction: Transaction, run: Run, event: Event, draft: EventDraft | None = None
    ) -> list[Occurrence]:
        run_at = draft.run_at if draft is not None and draft.run_at is not None else self._clock.now()
        return self._intake.record(transaction, event, run_at=run_at, origin_run_id=run.id)

    def _event_run(self, transaction: Transaction, run: Run) -> Run | None:
        if run.kind is RunKind.EVENT:
            return run
        return self._store.runs.get(derived_id(run.event_id, "run"), within=transaction)


def _id_after(run: Run, what: str) -> str:
    """The id of the event about how ``run`` ended: another one each time a person asks for the run again."""
    again = (str(run.attempts_before),) if run.attempts_before else ()
    return derived_id(run.id, what, *again)


def _about_errors(event: Event) -> bool:
    """Whether the event, or one it descends from, is an error event."""
    current: Event | None = event
    while current is not None:
        if current.topic.startswith(ERROR_TOPICS):
            return True
        current = current.parent
    return False


def _listens(task: EnabledTask, topic: str, run: Run) -> bool:
    """Whether a task would hear of this failure: error-only tasks of all, others of their own (engine.md 8.1)."""
    return task.enabled and task.wants(topic) and (task.errors_only or task.id == run.task_id)
