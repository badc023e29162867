"""Action run → outcome (actions.md 1.4, durability.md 6)."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, tzinfo
from typing import Any

from runner.actions import action_type
from runner.actions.base import ActionType, CacheWriter, Outcome, Services, ShopClient, Tools
from runner.clock import Clock
from runner.engine.hiding import hidden, redactor_for
from runner.engine.matching import TaskBook
from runner.engine.records import action_of
from runner.engine.troubles import Troubles
from runner.errors import ActionError, RunnerError, StoreError
from runner.model.action import Action
from runner.model.event import Event
from runner.model.run import Run, RunState
from runner.model.secret import Secrets
from runner.redact import Redactor
from runner.store import Store, Transaction

logger = logging.getLogger(__name__)

RESEND_WITHIN = timedelta(hours=12)
"""The other side forgets idempotency keys some day: nothing older is sent again by itself (durability.md 6.5)."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A checked action: ``outcome`` is set when there is nothing to perform, since it failed already.

    ``options`` may hold values of secrets: they are for performing only. ``redactor`` knows those values. ``leaves``:
    performing it reaches beyond the store; ``is_dry``: it is checked, or written down, and no more. ``put_off``: not to
    be begun before.
    """

    action: Action
    type: ActionType | None = None
    options: Any = None
    outcome: Outcome | None = None
    redactor: Redactor = field(default_factory=Redactor)
    leaves: bool = False
    is_dry: bool = False
    put_off: datetime | None = None


class Performer:
    """Checks and performs actions; writes nothing but what local types write.

    ``clients`` gives the shop's client for an API version. ``dry``: actions are checked, and recorded as not performed.
    ``resend_all``: attempts of unknown outcome are always made again. ``secrets`` are put where a type sends them;
    ``services`` are what types reach beside the shop. ``redactor`` gives one that knows the present values of all
    secrets: a fault of ours may quote anything. ``troubles`` knows which runs could not be written down. May be called
    from many threads.
    """

    def __init__(
        self,
        store: Store,
        *,
        types: Mapping[str, ActionType],
        tasks: Callable[[], TaskBook],
        clients: Callable[[str | None], ShopClient | None],
        zone: tzinfo,
        clock: Clock,
        attempts: int,
        dry: bool = False,
        resend_all: bool = False,
        secrets: Secrets,
        services: Services,
        redactor: Callable[[], Redactor],
    ) -> None:
        self._store = store
        self.troubles = Troubles()
        self._types = types
        self._tasks = tasks
        self._clients = clients
        self._zone = zone
        self._clock = clock
        self._attempts = attempts
        self._dry = dry
        self._resend_all = resend_all
        self._secrets = secrets
        self._services = services
        self._redactor = redactor

    def prepare(self, run: Run) -> Prepared:
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
        leaves = not kind.local and (kind.offline or not self._dry)
        try:
            resolved = kind.with_secrets(action.options, self._secrets)
            if resolved != action.options:
                redactor = redactor_for(action.options, self._secrets)
            options = kind.validate(resolved)
        except ActionError as error:
            return Prepared(action, kind, outcome=hidden(Outcome.failed(error), redactor))
        except Exception as error:  # noqa: BLE001  a fault of ours ends this action, and must not stop the others
            return Prepared(action, kind, outcome=self._fault(run, error))
        return Prepared(action, kind, options, redactor=redactor, leaves=leaves, is_dry=self._dry)

    def foregone(self, run: Run, prepared: Prepared, *, begun: bool) -> Outcome | None:
        """How the next attempt of ``run`` ends before anything is performed; None when it may be.

        ``begun``: that attempt has been counted. A former one that was sent and never ended is of unknown outcome.
        """
        if prepared.outcome is not None:
            return prepared.outcome
        ended = never_ended(run, self._attempts, begun=begun, trouble=self.troubles.of(run))
        if ended is not None:
            return ended
        if prepared.leaves and run.sent_at is not None and run.state is RunState.STARTED:
            late = self._clock.now() - run.sent_at > RESEND_WITHIN
            if (late and not self._resend_all) or not self._may_resend(prepared):
                return _unknown(Outcome(ok=False, error="the process died after sending it"))
        return Outcome(ok=True) if prepared.is_dry and not prepared.leaves else None

    def perform_local(self, transaction: Transaction, run: Run, event: Event, prepared: Prepared) -> Outcome:
        """Inside the transaction that records the end: a failure undoes what the action wrote, and nothing else."""
        cache = self._store.cache.writer(transaction, run.shop)
        if prepared.type is not None and prepared.type.writes_whole:
            return self._performed(run, event, prepared, cache=cache)
        part = transaction.begin_nested()
        outcome = self._performed(run, event, prepared, cache=cache)
        if outcome.ok:
            part.commit()
        else:
            part.rollback()
        return outcome

    def perform(self, run: Run, event: Event, prepared: Prepared) -> Outcome:
        """Outside any transaction. Raises StoreError only."""
        outcome = self._performed(run, event, prepared)
        return _unknown(outcome) if outcome.uncertain and not self._may_resend(prepared) else outcome

    def _performed(self, run: Run, event: Event, prepared: Prepared, cache: CacheWriter | None = None) -> Outcome:
        assert prepared.type is not None, "an action without a type cannot be performed"
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
        except Exception as error:  # noqa: BLE001  a fault of ours ends this action, and must not stop the others
            return self._fault(run, error)
        return outcome if outcome.ok else replace(outcome, result=None, events=())

    def _fault(self, run: Run, error: Exception) -> Outcome:
        trace = self._redactor().text(traceback.format_exc())
        logger.error("the %s run %s stopped on a fault of the engine\n%s", run.kind.value, run.id, trace)
        return fault(error, self._redactor())

    def _may_resend(self, prepared: Prepared) -> bool:
        return self._resend_all or (prepared.type is not None and prepared.type.resendable(prepared.options))


_UNWRITTEN = "Look at the database, and in the shop for what was done; then retry the run."
_UNENDED = "Look for what ends the process, memory for example, and at its log; then retry the run."


def fault(error: Exception, redactor: Redactor) -> Outcome:
    """The failure of a run that met a fault of ours."""
    text = redactor.text(f"fault of the engine: {type(error).__name__}: {error}")
    return Outcome(ok=False, error=text, code="engine.fault")


def never_ended(run: Run, attempts: int, *, begun: bool = True, trouble: StoreError | None = None) -> Outcome | None:
    """The failure of a run that was begun more often than it may be, and of which nothing was written down.

    ``begun``: the attempt in question has been counted already. ``trouble``: what the database said to the last one;
    None when nobody heard it, since the process died, or since it was another one that heard it.
    """
    tries = run.tries if begun else run.tries + 1
    if tries <= attempts:
        return None
    begun_so_often = f"begun {tries - 1} times and never ended"
    if trouble is not None:
        text = f"{begun_so_often}: what came of it could not be kept ({trouble.message})"
        return Outcome(ok=False, error=text, code=trouble.code, hint=trouble.hint or _UNWRITTEN)
    text = f"{begun_so_often}: the process died each time, or could not write to the database"
    return Outcome(ok=False, error=text, code="engine.died", hint=_UNENDED)


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
