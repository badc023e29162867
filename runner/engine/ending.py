"""How runs end: well, later, or for good, with all that follows in the same commit (engine.md 4, actions.md 1).

Every method works inside a transaction and returns what to tell the observer after the commit. Nothing to tell means
that the claim was lost: somebody else owns the run now, and nothing was written.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from runner.actions.base import ActionType, Outcome
from runner.clock import Clock
from runner.engine.bulk_start import watch_started
from runner.engine.followups import Followups
from runner.engine.matching import PERFORM_TOPIC, TaskBook
from runner.engine.observe import ActionHalted, ActionPerformed, CallDeprecated, Occurrence, RunFailed, RunRetried
from runner.engine.queue.port import PRIORITY, Queue
from runner.engine.retry import RetryPolicy
from runner.model.action import Action
from runner.model.deprecation import DeprecatedCall
from runner.model.event import Event
from runner.model.run import Run, RunState
from runner.shopify.versions import supported_versions
from runner.store import Store, Transaction


@dataclass(frozen=True, slots=True)
class Settled:
    """How an action's attempt ended. ``told`` is empty when the claim was lost; ``again`` when it is tried once more.

    ``halted``: what follows in its sequence was ended with it.
    """

    told: Sequence[Occurrence]
    again: datetime | None = None
    halted: bool = False


@dataclass(frozen=True, slots=True)
class Ending:
    """Writes the ends of runs. ``tasks`` gives the present task book; ``chance`` a number from 0 up to 1 for jitter."""

    store: Store
    queue: Queue
    followups: Followups
    tasks: Callable[[], TaskBook]
    retry: RetryPolicy
    clock: Clock
    chance: Callable[[], float]

    def succeed(self, transaction: Transaction, run: Run, *, still_open: bool = False, **values: Any) -> Run | None:
        """The run as succeeded, its job ``still_open`` or not; None when the claim is lost."""
        return self.store.runs.end(transaction, run, RunState.SUCCEEDED, still_open=still_open, **values)

    def fail(
        self, transaction: Transaction, run: Run, event: Event, outcome: Outcome, **values: Any
    ) -> list[Occurrence]:
        """An event or task run that failed: tried again later if that may help, else failed for good."""
        later = self._retried(transaction, run, event, outcome)
        if later is not None:
            return list(later.told)
        failed = self._failed(transaction, run, outcome, **values)
        if failed is None:
            return []
        return [
            RunFailed(event, failed, outcome),
            *self.followups.of_failure(transaction, failed, event, self.tasks()),
        ]

    def settle(
        self,
        transaction: Transaction,
        run: Run,
        event: Event,
        action: Action,
        outcome: Outcome,
        *,
        type: ActionType | None,
        dry: bool = False,
        still_open: bool = False,
    ) -> Settled:
        """The end of an action's attempt. ``type`` None: there is no such type. ``dry``: it was validated only.

        ``still_open``: the job of this run has other actions to perform. It stays open, and is not dispatched anew for
        another attempt: ``again`` says when that is due.
        """
        warned = self.deprecated(transaction, run, event, outcome.deprecated)
        if not outcome.ok:
            failed = self._settle_failure(transaction, run, event, action, outcome, type=type, still_open=still_open)
            return replace(failed, told=[*warned, *failed.told] if failed.told else ())
        state = RunState.DRY if dry else RunState.SUCCEEDED
        values = {"result": outcome.result, "result_meta": outcome.meta, "response": outcome.response}
        done = self.store.runs.end(transaction, run, state, still_open=still_open, **values)
        if done is None:
            return Settled(())
        told: list[Occurrence] = [*warned, ActionPerformed(event, done, action, outcome)]
        if not dry:
            watch_started(self.store, transaction, done, event, action, outcome.result)
            told += self.followups.of_drafts(transaction, done, event, outcome.events)
            told += self._announce(transaction, done, event, action, type)
        return Settled(told)

    def deprecated(
        self, transaction: Transaction, run: Run, event: Event, calls: Sequence[DeprecatedCall]
    ) -> list[Occurrence]:
        """Note the ``calls`` of a task that the shop wants changed; what to tell of those that are new.

        Those in the newest stable version are left out, since there is no later one to go to (engine.md 5.5).
        """
        newest = supported_versions(self.clock.now().date())[-1] if calls else ""
        counting = [call for call in calls if call.version != newest]
        task = self.tasks().get(run.task_id)
        if not counting or task is None:
            return []
        new = self.store.deprecations.note(transaction, run.shop, task.id, task.task.content_hash, counting)
        return [CallDeprecated(event, run, call) for call in new]

    def fail_unperformed(
        self, transaction: Transaction, run: Run, event: Event, action: Action, error: str
    ) -> list[Occurrence]:
        """An action run, already kept as failed, that a guard does not let happen: reported, not announced."""
        told: list[Occurrence] = [RunFailed(event, run, Outcome(ok=False, error=error))]
        return told + list(self.followups.of_failure(transaction, run, event, self.tasks(), action))

    def _settle_failure(
        self,
        transaction: Transaction,
        run: Run,
        event: Event,
        action: Action,
        outcome: Outcome,
        *,
        type: ActionType | None,
        still_open: bool,
    ) -> Settled:
        later = self._retried(transaction, run, event, outcome, still_open=still_open)
        if later is not None:
            return later
        values = {"response": outcome.response, "result_meta": outcome.meta}
        failed = self._failed(transaction, run, outcome, still_open=still_open, **values)
        if failed is None:
            return Settled(())
        watch_started(self.store, transaction, failed, event, action, outcome.response)
        told: list[Occurrence] = [RunFailed(event, failed, outcome)]
        told += self._announce(transaction, failed, event, action, type)
        told += self.followups.of_failure(transaction, failed, event, self.tasks(), action)
        halts = failed.sequence and failed.halts
        if halts:
            told += self._halt(transaction, failed, event, action)
        return Settled(told, halted=halts)

    def _retried(
        self, transaction: Transaction, run: Run, event: Event, outcome: Outcome, *, still_open: bool = False
    ) -> Settled | None:
        """A run that is tried again; None when it is not."""
        delay = self.retry.delay_after(run.tries, transient=outcome.transient, chance=self.chance())
        if delay is None:
            return None
        at = self.clock.now() + timedelta(seconds=delay)
        error = outcome.error or "it failed"
        if not self.store.runs.retry_later(transaction, run, at, error):
            return Settled(())
        if not still_open:
            self.queue.dispatch(transaction, run.id, at=at, priority=PRIORITY[run.kind])
        waiting = replace(run, state=RunState.SCHEDULED, run_at=at, error=error)
        return Settled([RunRetried(event, waiting, at, error)], again=at)

    def _failed(self, transaction: Transaction, run: Run, outcome: Outcome, **values: Any) -> Run | None:
        detail = {key: value for key, value in (("code", outcome.code), ("hint", outcome.hint)) if value}
        return self.store.runs.end(
            transaction, run, RunState.FAILED, error=outcome.error or "it failed", failure=detail or None, **values
        )

    def _announce(
        self, transaction: Transaction, run: Run, event: Event, action: Action, type: ActionType | None
    ) -> Sequence[Occurrence]:
        """``mechanic/actions/perform``, unless the type or the action does not want it, or the task does not listen."""
        task = self.tasks().get(run.task_id)
        if task is None or not task.wants(PERFORM_TOPIC) or not action.perform_event:
            return ()
        if type is not None and not type.announces():
            return ()
        return self.followups.of_performed(transaction, run, event, action)

    def _halt(self, transaction: Transaction, run: Run, event: Event, action: Action) -> list[Occurrence]:
        """Fail the rest of the sequence unperformed: no attempts, no events (actions.md 1.6)."""
        error = f"not performed: the sequence was halted when its action {run.seq + 1} ({action.type}) failed"
        siblings = self.store.runs.children(run.parent_id or "", within=transaction)
        waiting = [each.id for each in siblings if each.seq > run.seq]
        failure = {"code": "action.halted"}
        closed = self.store.runs.close_unstarted(transaction, waiting, RunState.FAILED, error=error, failure=failure)
        halted = (self.store.runs.get(run_id, within=transaction) for run_id in closed)
        return [ActionHalted(event, each) for each in halted if each is not None]
