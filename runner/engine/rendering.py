"""Task run → rendering → action runs (engine.md 4, actions.md 1.4)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import asdict, dataclass
from typing import Any, Protocol

from runner.actions.base import Metered, Outcome, ShopClient, derived_id
from runner.clock import Clock
from runner.engine.ending import Ending
from runner.engine.guards import LoopGuards, fingerprint, guard_key
from runner.engine.matching import PERFORM_TOPIC, EnabledTask, TaskBook
from runner.engine.observe import Observer, Occurrence, TaskRunRendered, TaskRunStarted
from runner.engine.queue.port import PRIORITY, Queue
from runner.liquid.reads import Reads
from runner.model.event import Event
from runner.model.json import canonical
from runner.model.rendering import Rendering
from runner.model.run import Run, RunKind, RunState
from runner.model.secret import Secrets
from runner.model.shop_values import ShopValues
from runner.store import Store, Transaction

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


class TaskJob:
    """A task run: claim, render outside any transaction, then one commit of the result and all action runs.

    ``values`` are the shop's globals and secrets; what is rendered, and kept, holds placeholders for secrets.
    """

    def __init__(
        self,
        store: Store,
        queue: Queue,
        ending: Ending,
        *,
        tasks: Callable[[], TaskBook],
        view: Callable[[str | None], View],
        render: Render,
        shop: Mapping[str, Any],
        guards: LoopGuards,
        clock: Clock,
        tell: Observer,
        values: ShopValues,
    ) -> None:
        self._store = store
        self._queue = queue
        self._ending = ending
        self._tasks = tasks
        self._view = view
        self._render = render
        self._shop = shop
        self._guards = guards
        self._clock = clock
        self._tell = tell
        self._values = values

    def work(self, run: Run, event: Event, dispatch_no: int, claim: str) -> None:
        """Claim, render, record."""
        claimed = self._queue.accept(lambda tx: self._store.runs.claim(tx, run.id, dispatch_no, claim))
        if claimed is None:
            return
        told: list[Occurrence]
        enabled = self._tasks().get(run.task_id)
        refusal = _refusal(claimed, enabled, self._ending.retry.attempts)
        if enabled is None or refusal is not None:
            outcome = refusal or Outcome(ok=False)
            told = self._queue.accept(lambda tx: self._ending.fail(tx, claimed, event, outcome))
        else:
            self._tell(TaskRunStarted(event, claimed))
            rendering, meta = self._rendered(claimed, enabled, event)
            told = self._queue.accept(lambda tx: self._record(tx, claimed, event, enabled, rendering, meta))
        for occurrence in told:
            self._tell(occurrence)

    def _rendered(self, run: Run, enabled: EnabledTask, event: Event) -> tuple[Rendering, Mapping[str, Any] | None]:
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
        return rendering, _meta(usage)

    def _record(
        self,
        transaction: Transaction,
        run: Run,
        event: Event,
        enabled: EnabledTask,
        rendering: Rendering,
        meta: Mapping[str, Any] | None,
    ) -> list[Occurrence]:
        mark = fingerprint(rendering.actions)
        key = guard_key(enabled.id, event)
        values: dict[str, Any] = {
            "result": rendering.to_dict(),
            "result_meta": meta,
            "response": {"reads": [asdict(read) for read in rendering.reads], "warnings": list(rendering.warnings)},
            "fingerprint": mark,
            "guard_key": key,
        }
        failure = _failure(rendering) or self._echo_of_itself(transaction, event, enabled, mark)
        if failure is not None:
            return self._ending.fail(transaction, run, event, failure, **values)
        loop = self._repetition(transaction, run, key, mark)
        done = self._ending.succeed(transaction, run, **values)
        if done is None:
            return []
        told: list[Occurrence] = [TaskRunRendered(event, done, rendering)]
        return told + self._action_runs(transaction, done, event, enabled, rendering, loop)

    def _action_runs(
        self,
        transaction: Transaction,
        run: Run,
        event: Event,
        enabled: EnabledTask,
        rendering: Rendering,
        loop: str | None,
    ) -> list[Occurrence]:
        """Keep one run an action; queue them, of a sequence only the first. ``loop`` fails them all instead."""
        told: list[Occurrence] = []
        now = self._clock.now()
        for seq, action in enumerate(rendering.actions):
            made = Run(
                id=derived_id(run.id, "action", str(seq)),
                kind=RunKind.ACTION,
                event_id=run.event_id,
                state=RunState.FAILED if loop else RunState.UNSCHEDULED,
                run_at=now,
                shop=run.shop,
                parent_id=run.id,
                seq=seq,
                task_id=run.task_id,
                task_name=run.task_name,
                priority=PRIORITY[RunKind.ACTION],
                sequence=enabled.task.perform_action_runs_in_sequence,
                halts=enabled.task.halt_action_run_sequence_on_error,
                payload={**action.to_dict(), "api_version": enabled.api_version},
                error=loop,
                failure={"code": LOOP_CODE} if loop else None,
                stopped_at=now if loop else None,
            )
            self._store.runs.add(transaction, made)
            if loop:
                told += self._ending.fail_unperformed(transaction, made, event, action, loop)
            elif seq == 0 or not made.sequence:
                self._queue.dispatch(transaction, made.id, priority=made.priority)
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


def _refusal(run: Run, enabled: EnabledTask | None, attempts: int) -> Outcome | None:
    """Why the run fails before it begins."""
    if enabled is None:
        return Outcome(
            ok=False,
            error=f'the task "{run.task_name}" is disabled or gone',
            hint="Enable it and retry the run.",
            code="task.disabled",
        )
    return never_ended(run, attempts)


def never_ended(run: Run, attempts: int) -> Outcome | None:
    """The failure of a run that was begun more often than it may be: its process died each time."""
    if run.attempt <= attempts:
        return None
    return Outcome(
        ok=False,
        error=f"begun {run.attempt - 1} times and never ended: the process died each time",
        code="engine.died",
    )


def _failure(rendering: Rendering) -> Outcome | None:
    """The failure a rendering stands for: of the script, or its first error object."""
    error = rendering.error
    if error is not None:
        return Outcome.failed(error)
    if not rendering.errors:
        return None
    first = rendering.errors[0]
    return Outcome(ok=False, error=first if isinstance(first, str) else canonical(first), code="task.error")


def _meta(usage: Metered | None) -> Mapping[str, Any] | None:
    return None if usage is None else dict(usage.to_meta())
