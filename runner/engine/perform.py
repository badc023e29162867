"""Action run → outcome (actions.md 1.4, durability.md 6)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta, tzinfo
from typing import Any

from runner.actions import action_type
from runner.actions.base import ActionType, CacheWriter, Outcome, Services, ShopClient, Tools
from runner.clock import Clock
from runner.engine.ending import Ending
from runner.engine.hiding import hidden, redactor_for
from runner.engine.matching import TaskBook
from runner.engine.observe import ActionStarted, Observer, Occurrence
from runner.engine.queue.port import Queue
from runner.engine.records import action_of
from runner.engine.rendering import never_ended
from runner.errors import ActionError, RunnerError, StoreError
from runner.model.action import Action
from runner.model.event import Event
from runner.model.run import Run
from runner.model.secret import Secrets
from runner.redact import Redactor
from runner.store import Store, Transaction

RESEND_WITHIN = timedelta(hours=12)
"""The other side forgets idempotency keys some day: nothing older is sent again by itself (durability.md 6.5)."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A checked action: ``outcome`` is set when there is nothing to perform, since it failed already.

    ``options`` may hold values of secrets: they are for performing only. ``redactor`` knows those values.
    """

    action: Action
    type: ActionType | None = None
    options: Any = None
    outcome: Outcome | None = None
    redactor: Redactor = field(default_factory=Redactor)


class ActionJob:
    """An action run. Local types are performed in the commit that records them; for others sending is recorded first.

    ``clients`` gives the shop's client for an API version. ``dry``: actions are checked, and recorded as not performed.
    ``resend_all``: attempts of unknown outcome are always made again. ``secrets`` are put where a type sends them;
    ``services`` are what types reach beside the shop.
    """

    def __init__(
        self,
        store: Store,
        queue: Queue,
        ending: Ending,
        *,
        types: Mapping[str, ActionType],
        tasks: Callable[[], TaskBook],
        clients: Callable[[str | None], ShopClient | None],
        zone: tzinfo,
        clock: Clock,
        tell: Observer,
        dry: bool = False,
        resend_all: bool = False,
        secrets: Secrets,
        services: Services,
    ) -> None:
        self._store = store
        self._queue = queue
        self._ending = ending
        self._types = types
        self._tasks = tasks
        self._clients = clients
        self._zone = zone
        self._clock = clock
        self._tell = tell
        self._dry = dry
        self._resend_all = resend_all
        self._secrets = secrets
        self._services = services

    def work(self, run: Run, event: Event, dispatch_no: int, claim: str) -> None:
        """Claim, check, perform, record."""
        prepared = self._prepare(run)
        if prepared.type is not None and prepared.outcome is None:
            self._tell(ActionStarted(event, run, prepared.action, prepared.type.summary(prepared.action.options)))
        if self._dry or prepared.outcome is not None or (prepared.type is not None and prepared.type.local):
            told = self._queue.accept(lambda tx: self._inside(tx, run, event, prepared, dispatch_no, claim))
        else:
            told = self._outside(run, event, prepared, dispatch_no, claim)
        for occurrence in told:
            self._tell(occurrence)

    def _prepare(self, run: Run) -> Prepared:
        """Everything that can fail without touching anything (actions.md 1.5)."""
        action = action_of(run)
        try:
            kind = action_type(action.type, self._types)
        except ActionError as error:
            return Prepared(action, outcome=Outcome.failed(error))
        if self._tasks().get(run.task_id) is None:
            text = f'the task "{run.task_name}" is disabled or gone'
            return Prepared(action, kind, outcome=Outcome(ok=False, error=text, code="task.disabled"))
        redactor = Redactor()
        try:
            resolved = kind.with_secrets(action.options, self._secrets)
            if resolved != action.options:
                redactor = redactor_for(action.options, self._secrets)
            return Prepared(action, kind, kind.validate(resolved), redactor=redactor)
        except ActionError as error:
            return Prepared(action, kind, outcome=hidden(Outcome.failed(error), redactor))

    def _inside(
        self, transaction: Transaction, waiting: Run, event: Event, prepared: Prepared, dispatch_no: int, claim: str
    ) -> list[Occurrence]:
        """All in one transaction: what a local action writes is there exactly when its run is recorded as done."""
        run = self._store.runs.claim(transaction, waiting.id, dispatch_no, claim)
        if run is None:
            return []
        outcome = prepared.outcome or never_ended(run, self._ending.retry.attempts)
        dry = self._dry and outcome is None
        if dry:
            outcome = Outcome(ok=True)
        elif outcome is None:
            outcome = self._perform_local(transaction, run, event, prepared)
        return self._ending.settle(transaction, run, event, prepared.action, outcome, type=prepared.type, dry=dry)

    def _perform_local(self, transaction: Transaction, run: Run, event: Event, prepared: Prepared) -> Outcome:
        """A failure undoes what the action wrote, and nothing else."""
        part = transaction.begin_nested()
        cache = self._store.cache.writer(transaction, run.shop)
        outcome = self._performed(run, event, prepared, cache=cache)
        if outcome.ok:
            part.commit()
        else:
            part.rollback()
        return outcome

    def _outside(
        self, waiting: Run, event: Event, prepared: Prepared, dispatch_no: int, claim: str
    ) -> list[Occurrence]:
        """Record the sending, send, record the end."""
        run, early = self._queue.accept(lambda tx: self._begin(tx, waiting, event, prepared, dispatch_no, claim))
        if run is None:
            return early
        outcome = self._performed(run, event, prepared)
        if outcome.uncertain and not self._may_resend(prepared):
            outcome = _unknown(outcome)
        return self._queue.accept(
            lambda tx: self._ending.settle(tx, run, event, prepared.action, outcome, type=prepared.type)
        )

    def _begin(
        self, transaction: Transaction, waiting: Run, event: Event, prepared: Prepared, dispatch_no: int, claim: str
    ) -> tuple[Run | None, list[Occurrence]]:
        """The run, marked as sent; or None and what happened instead."""
        run = self._store.runs.claim(transaction, waiting.id, dispatch_no, claim)
        if run is None:
            return None, []
        outcome = never_ended(run, self._ending.retry.attempts)
        if outcome is None and run.sent_at is not None:
            late = self._clock.now() - run.sent_at > RESEND_WITHIN
            if (late and not self._resend_all) or not self._may_resend(prepared):
                outcome = _unknown(Outcome(ok=False, error="the process died after sending it"))
        if outcome is not None:
            settled = self._ending.settle(transaction, run, event, prepared.action, outcome, type=prepared.type)
            return None, settled
        if not self._store.runs.mark_sent(transaction, run, idem_key=run.id):
            return None, []
        return run, []

    def _performed(self, run: Run, event: Event, prepared: Prepared, cache: CacheWriter | None = None) -> Outcome:
        if prepared.type is None:
            raise ValueError("an action without a type cannot be performed")
        try:
            tools = Tools(
                clock=self._clock,
                run_id=run.id,
                event=event,
                task_id=run.task_id or "",
                zone=self._zone,
                shop=None if prepared.type.local else self._clients((run.payload or {}).get("api_version")),
                cache=cache,
                services=self._services,
            )
            outcome = hidden(prepared.type.perform(prepared.options, tools), prepared.redactor)
        except StoreError:
            raise
        except RunnerError as error:
            return hidden(Outcome.failed(error), prepared.redactor)
        return outcome if outcome.ok else replace(outcome, result=None, events=())

    def _may_resend(self, prepared: Prepared) -> bool:
        return self._resend_all or (prepared.type is not None and prepared.type.resendable(prepared.options))


def _unknown(outcome: Outcome) -> Outcome:
    """The failure of an action that may have taken effect, and must not be done twice without anybody knowing."""
    # differs: the platform tries such an action again, and may perform it twice (durability.md 6.2).
    return replace(
        outcome,
        error=f"outcome unknown: {outcome.error}; it may have taken effect, and doing it twice would not be harmless",
        transient=False,
        code="action.outcome_unknown",
        hint="Look in the shop, then retry the run if it did not happen.",
    )
