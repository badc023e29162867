"""Task run → rendering → action runs (engine.md 4, actions.md 1.4)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any, Protocol

from runner.actions.base import Metered, Outcome, ShopClient
from runner.actions.cache import CacheAction
from runner.actions.event import EventAction
from runner.clock import Clock
from runner.engine.bulk_start import unread_failure
from runner.engine.carrying import AFTER_CACHE, Carriage, action_id, carriage_of
from runner.engine.crew import Crew, Step
from runner.engine.guards import LoopGuards, fingerprint, guard_key
from runner.engine.intake import REPLAYED
from runner.engine.matching import PERFORM_TOPIC, EnabledTask, TaskBook
from runner.engine.observe import Occurrence, TaskRunRendered, TaskRunStarted
from runner.engine.perform import never_ended
from runner.engine.queue.port import PRIORITY
from runner.liquid.reads import Reads
from runner.model.deprecation import DeprecatedCall
from runner.model.event import Event
from runner.model.json import canonical
from runner.model.rendering import Rendering
from runner.model.run import CHUNK, Run, RunKind, RunState
from runner.model.secret import Secrets
from runner.model.shop_values import ShopValues
from runner.store import Transaction

LOOP_CODE = "engine.loop"


class Render(Protocol):
    """``runner.liquid.render.render``, or a stand-in."""

    def __call__(
        self,
        task: Any,
        event: Event,
        *,
        options: Mapping[str, Any] | None = None,
        shop: Mapping[str, Any] | None = None,
        reads: Reads | None = None,
        clock: Clock | None = None,
        task_id: str | None = None,
        task_created_at: Any = None,
        globals: Mapping[str, Any] | None = None,
        secrets: Secrets | None = None,
        inputs: Mapping[str, Any] | None = None,
    ) -> Rendering: ...


@dataclass(frozen=True, slots=True)
class View:
    """What a rendering sees of the world: ``client`` is metered, ``reads`` answers. ``client`` None: no shop."""

    client: ShopClient | None
    reads: Reads


@dataclass(frozen=True, slots=True)
class Rendered:
    """A rendering, what its reads used of the shop's budget, and the action runs it asks for.

    ``deprecated`` are those of its reads that the shop wants changed.
    """

    rendering: Rendering
    meta: Mapping[str, Any] | None
    runs: tuple[Run, ...]
    deprecated: tuple[DeprecatedCall, ...] = ()


class TaskJob:
    """A task run: render outside any transaction, then commit the result and all action runs at once, then perform.

    What local actions write is part of that one commit. Once it is there, the run is never rendered again: an entry
    that comes later goes on with the actions (durability.md 6.7). ``values`` are the shop's globals and secrets; what
    is rendered, and kept, holds placeholders for secrets.
    """

    def __init__(
        self,
        crew: Crew,
        *,
        tasks: Callable[[], TaskBook],
        view: Callable[[str | None], View],
        render: Render,
        shop: Mapping[str, Any],
        guards: LoopGuards,
        values: ShopValues,
    ) -> None:
        self._crew = crew
        self._store = crew.store
        self._queue = crew.queue
        self._ending = crew.ending
        self._clock = crew.clock
        self._tell = crew.tell
        self._tasks = tasks
        self._view = view
        self._render = render
        self._shop = shop
        self._guards = guards
        self._values = values

    def work(self, run: Run, event: Event) -> None:
        """Render, record, perform. Raises LostClaim when somebody else has the run."""
        if run.state.final:
            carriage = carriage_of(self._crew, run, event)
            carriage.go_on(carriage.begin())
            return
        enabled = self._tasks().get(run.task_id)
        refusal = _refusal(run, event, enabled, self._ending.retry.attempts)
        if enabled is None or refusal is not None:
            outcome = refusal or Outcome(ok=False)
            self._tell_all(self._queue.accept(lambda tx: self._ending.fail(tx, run, event, outcome)))
            return
        later = self._crew.holding.task_until()
        if later is not None:
            self._queue.accept(lambda tx: self._put_off(tx, run, later))
            return
        self._crew.holding.pause()
        self._tell(TaskRunStarted(event, run))
        rendering, usage = self._rendered(run, enabled, event)
        made = Rendered(
            rendering,
            None if usage is None else dict(usage.to_meta()),
            tuple(self._action_runs(run, enabled, rendering)),
            () if usage is None else tuple(usage.deprecated),
        )
        first = made.runs[:CHUNK]
        carriage = Carriage(self._crew, run, event, first, sequence=any(each.sequence for each in first))
        planned = () if _failure(rendering) else carriage.plan_first()

        def record(transaction: Transaction) -> tuple[list[Occurrence], Step | None]:
            told, performs = self._record(transaction, run, event, enabled, made, carriage.waiting)
            return told, carriage.step(transaction, planned) if performs else None

        told, step = self._queue.accept(record, patient=True)
        self._tell_all(told)
        if step is not None:
            flights = carriage.take(step)
            self._tell_all(step.told)
            carriage.go_on(flights)

    def _put_off(self, transaction: Transaction, run: Run, at: datetime) -> None:
        """Give the run back, as if it had not been begun, until the shop's budgets have recovered."""
        if self._store.runs.put_back(transaction, run, at):
            self._queue.dispatch(transaction, run.id, at=at, priority=run.priority)

    def _tell_all(self, told: Iterable[Occurrence]) -> None:
        for occurrence in told:
            self._tell(occurrence)

    def _rendered(self, run: Run, enabled: EnabledTask, event: Event) -> tuple[Rendering, Metered | None]:
        """The rendering, and what its reads used of the shop's budget."""
        view = self._view(enabled.api_version)
        meter = nullcontext(None) if view.client is None else view.client.metered()
        with meter as usage:
            rendering = self._render(
                enabled.task,
                event,
                options=enabled.options,
                shop=self._shop,
                reads=view.reads,
                clock=self._clock,
                task_id=enabled.id,
                task_created_at=enabled.created_at,
                globals=self._values.globals,
                secrets=self._values.secrets,
                inputs=(run.payload or {}).get("inputs"),
            )
        return rendering, usage

    def _record(
        self,
        transaction: Transaction,
        run: Run,
        event: Event,
        enabled: EnabledTask,
        made: Rendered,
        first: Sequence[Run],
    ) -> tuple[list[Occurrence], bool]:
        """Keep the result and the action runs, the ``first`` as they are by now; what to tell, whether to perform."""
        rendering = made.rendering
        mark = fingerprint(rendering.actions)
        # Somebody who replays an event a few times means it: that is no loop.
        key = None if (run.payload or {}).get(REPLAYED) else guard_key(enabled.id, event)
        values: dict[str, Any] = {
            "result": rendering.to_dict(),
            "result_meta": made.meta,
            "response": _response(rendering, enabled),
            "fingerprint": mark,
            "guard_key": key,
        }
        warned = self._ending.deprecated(transaction, run, event, made.deprecated)
        failure = _failure(rendering) or self._echo_of_itself(transaction, event, enabled, mark)
        if failure is not None:
            told = self._ending.fail(transaction, run, event, failure, **values)
            return [*warned, *told] if told else [], False
        loop = self._repetition(transaction, run, key, mark)
        performs = bool(made.runs) and loop is None
        done = self._ending.succeed(transaction, run, still_open=performs, **values)
        if done is None:
            return [], False
        told = [*warned, TaskRunRendered(event, done, rendering)]
        if loop is None:
            self._keep(transaction, [*first, *made.runs[CHUNK:]])
        else:
            told += self._not_performed(transaction, event, made, loop)
        return told, performs

    def _action_runs(self, run: Run, enabled: EnabledTask, rendering: Rendering) -> Iterator[Run]:
        """One for each action. In a sequence only the first is due; its predecessor makes each other one so."""
        now = self._clock.now()
        sequence = enabled.task.perform_action_runs_in_sequence
        cached = not sequence and any(action.type == CacheAction.name for action in rendering.actions)
        for seq, action in enumerate(rendering.actions):
            waits = {AFTER_CACHE: True} if cached and action.type == EventAction.name else {}
            yield Run(
                id=action_id(run.id, seq),
                kind=RunKind.ACTION,
                event_id=run.event_id,
                state=RunState.UNSCHEDULED if sequence and seq else RunState.DUE,
                run_at=now,
                enqueued_at=None if sequence and seq else now,
                shop=run.shop,
                parent_id=run.id,
                seq=seq,
                task_id=run.task_id,
                task_name=run.task_name,
                priority=PRIORITY[RunKind.ACTION],
                sequence=sequence,
                halts=enabled.task.halt_action_run_sequence_on_error,
                payload={**action.to_dict(), "api_version": enabled.api_version, **waits},
            )

    def _keep(self, transaction: Transaction, runs: Sequence[Run]) -> None:
        """Keep action runs. Beyond the first chunk, each chunk is dispatched by its first; of a sequence only later."""
        for start in range(0, len(runs), CHUNK):
            chunk = runs[start : start + CHUNK]
            if start and not chunk[0].sequence:
                self._queue.dispatch_new(transaction, chunk[:1], beside=chunk[1:])
            else:
                self._store.runs.add(transaction, chunk)

    def _not_performed(self, transaction: Transaction, event: Event, made: Rendered, loop: str) -> list[Occurrence]:
        """Keep the action runs as failed, for the reason ``loop``."""
        told: list[Occurrence] = []
        now = self._clock.now()
        for run, action in zip(made.runs, made.rendering.actions, strict=True):
            failed = replace(
                run, state=RunState.FAILED, error=loop, failure={"code": LOOP_CODE}, stopped_at=now, enqueued_at=None
            )
            self._store.runs.add(transaction, failed)
            told += self._ending.fail_unperformed(transaction, failed, event, action, loop)
        return told

    def _echo_of_itself(
        self, transaction: Transaction, event: Event, enabled: EnabledTask, mark: str | None
    ) -> Outcome | None:
        """Loop guard 1: an answer to a performed action that equals the run which declared that action."""
        if not self._guards.perform or mark is None or event.topic != PERFORM_TOPIC:
            return None
        row = self._store.events.get(event.id or "", within=transaction)
        performed = self._store.runs.get(row.origin_run_id or "", within=transaction) if row is not None else None
        declaring = self._store.runs.get(performed.parent_id or "", within=transaction) if performed else None
        if declaring is None or declaring.task_id != enabled.id or declaring.fingerprint != mark:
            return None
        return Outcome(
            ok=False,
            error="loop stopped: the task answers its performed action with the same actions again",
            hint=f"Look at action.meta or event.topic before repeating an action on {PERFORM_TOPIC}.",
            code=LOOP_CODE,
        )

    def _repetition(self, transaction: Transaction, run: Run, key: str | None, mark: str | None) -> str | None:
        """Loop guard 2: why the actions must not be performed, None when they may."""
        if key is None or mark is None or self._guards.repeats is None:
            return None
        before = self._guards.repeats - 1
        recent = self._store.runs.recent_fingerprints(transaction, run, key, count=before, window=self._guards.window)
        if len(recent) < before or any(other != mark for other in recent):
            return None
        minutes = self._guards.window.total_seconds() / 60
        return (
            f"loop stopped: {self._guards.repeats} runs for this resource within {minutes:g} minutes wanted the same "
            "actions; the update they cause seems to start the task again"
        )


def _response(rendering: Rendering, enabled: EnabledTask) -> dict[str, Any]:
    """What is kept of a rendering beside its result: reads, warnings, and where in which script actions came from."""
    return {
        "reads": [asdict(read) for read in rendering.reads],
        "warnings": list(rendering.warnings),
        "script": script_mark(enabled.task.script),
        "origins": [None if each is None else each.to_dict() for each in rendering.origins],
    }


def script_mark(script: str) -> str:
    """A short text that differs for scripts that differ."""
    return hashlib.sha256(script.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _refusal(run: Run, event: Event, enabled: EnabledTask | None, attempts: int) -> Outcome | None:
    """Why the run fails before it begins."""
    if enabled is None:
        return Outcome(
            ok=False,
            error=f'the task "{run.task_name}" is disabled or gone',
            hint="Enable it and retry the run.",
            code="task.disabled",
        )
    return never_ended(run, attempts) or unread_failure(event, enabled)


def _failure(rendering: Rendering) -> Outcome | None:
    """The failure a rendering stands for: of the script, or its first error object."""
    error = rendering.error
    if error is not None:
        return Outcome.failed(error)
    if not rendering.errors:
        return None
    first = rendering.errors[0]
    return Outcome(ok=False, error=first if isinstance(first, str) else canonical(first), code="task.error")
