"""What `runner serve` and `runner worker` have in common: the engine on the durable queue, and how it ends."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any, NoReturn

from runner.cli.output import Output

if TYPE_CHECKING:
    from runner.cli.project_filters import ProjectFilters
    from runner.cli.project_tasks import ProjectTask, ProjectTasks
    from runner.cli.target import Target
    from runner.config import Settings
    from runner.engine.engine import Engine
    from runner.engine.observe import Observer
    from runner.engine.operations.complying import Compliance
    from runner.engine.working import WorkingThread
    from runner.model.shop_values import ShopValues

_HUNG = 70
"""Exit code of a worker that hangs (`sysexits`: a fault of software). Whoever started it should do so again."""
GRACE = 30.0
"""Seconds that what is under way has to end, once asked to stop."""


@contextmanager
def stop_signals() -> Iterator[threading.Event]:
    """An event that SIGTERM and SIGINT set while the block lasts."""
    stop = threading.Event()
    previous = {each: signal.signal(each, lambda *_: stop.set()) for each in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield stop
    finally:
        for number, former in previous.items():
            signal.signal(number, former)


def open_engine(
    stack: ExitStack,
    target: Target,
    tasks: ProjectTasks,
    values: ShopValues,
    observer: Observer,
    *,
    settings: Settings,
    note: Callable[[str], None],
    works: bool = True,
) -> tuple[Engine, WorkingThread]:
    """The engine on the durable queue, and what works for it, not started; the one place where the queue is chosen.

    The queue is closed with the ``stack``. ``works`` false: events are accepted, and left to other processes. What
    commands left open in the database is taken up. Raises StoreError where the database cannot hold the queue.
    """
    from random import random

    from runner.cli.project_filters import ProjectFilters
    from runner.config import Mode
    from runner.engine.assembly import Behaviour
    from runner.engine.engine import Engine
    from runner.engine.operations.retention import Retention
    from runner.engine.queue.durable import DurableQueue
    from runner.engine.queue.limits import QueueLimits
    from runner.engine.retry import RetryPolicy
    from runner.engine.ticking import Schedule
    from runner.engine.working import WorkingThread
    from runner.shopify.versions import version_warning

    limits = QueueLimits(
        shop=int(settings.shop_slots),
        worker=int(settings.worker_slots),
        poll=float(settings.poll),
        heartbeat=float(settings.heartbeat),
        job=float(settings.job_limit),
    )
    queue = DurableQueue(target.store, limits=limits, end=lambda: leave(_HUNG))
    stack.callback(queue.close)
    engine = Engine(
        target.store,
        shop=target.record,
        client=target.client,
        values=values,
        observer=observer,
        dry_run=settings.mode is not Mode.LIVE,
        behaviour=Behaviour(retry=RetryPolicy(settings.retry_seconds), chance=random),
        services=target.services,
        queue=queue,
    )
    old = version_warning(settings.api_version, target.store.clock.now().date())
    if old is not None:
        note(f"Warning: the setting api_version: {old}")
    reload = _Reload(engine, tasks, ProjectFilters(settings), note)
    reload()
    chores = (reload, Schedule(engine).look, Retention(target.store, settings.keeps_for).look)
    if not works:
        return engine, WorkingThread(engine, (reload,), works=False)
    long = (*_asking(engine, target, settings), *_expiry(target), _compliance(engine, settings).look)
    return engine, WorkingThread(engine, chores, long)


def _asking(engine: Engine, target: Target, settings: Settings) -> Iterator[Callable[[], object]]:
    """What asks the shop in the background: after bulk operations, and for changes that no webhook told of."""
    from runner.engine.bulk import BulkOperations
    from runner.engine.reconciler import Reconciler

    yield BulkOperations(engine, target.asking).look
    if settings.reconciles_every is not None:
        yield Reconciler(engine, target.asking, settings.reconciles_every).look


def _compliance(engine: Engine, settings: Settings) -> Compliance:
    """What tells of requests for personal data, and does them."""
    from runner.engine.operations.complying import Compliance

    return Compliance(engine.store, engine.queue, engine.domain, at_once=settings.redact == "at once")


def _expiry(target: Target) -> tuple[Callable[[], object], ...]:
    """What deletes files whose time is over."""
    from runner.files.keeping import Expiry

    store = target.services.store
    return () if store is None else (Expiry(store).look,)


@contextmanager
def ending(output: Output, work: WorkingThread) -> Iterator[None]:
    """Lets ``work`` end with the block: what is under way has ``GRACE`` seconds, the rest is left to others.

    A run that hangs must not keep the process: then it ends at once, here, with everything committed that there is.
    """
    try:
        yield
    finally:
        left = work.stop(GRACE)
        if left:
            output.note(f"{left} run(s) did not end within {GRACE:g} s: the next worker goes on with them")
            output.note("stopped")
            leave(0)


def leave(code: int) -> NoReturn:
    """End the process at once, whatever hangs in it. Others go on from all that was committed."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


class _Reload:
    """Gives the engine the tasks and event filters anew when a file or a switch has changed."""

    def __init__(
        self, engine: Engine, tasks: ProjectTasks, filters: ProjectFilters, note: Callable[[str], None]
    ) -> None:
        self._engine = engine
        self._tasks = tasks
        self._filters = filters
        self._note = note
        self._seen: tuple[Any, ...] | None = None

    def __call__(self) -> None:
        """Look, and act when there is something new."""
        now = (self._tasks.fingerprint(), self._filters.fingerprint())
        if now == self._seen:
            return
        for fault in self._filters.faults():
            self._note(f"Warning: no event gets past this: {fault}")
        self._engine.use_filters(self._filters.load())
        found = self._tasks.load()
        for task in found:
            trouble = self._trouble(task) if task.enabled else None
            if trouble is not None:
                self._note(f"Warning: {task.handle} {trouble}")
        self._engine.use(task.prepared for task in found if task.prepared is not None)
        self._seen = now

    def _trouble(self, task: ProjectTask) -> str | None:
        """What is wrong with an enabled task: it cannot be used, or runs in another API version than it asks for."""
        from runner.shopify.versions import version_warning

        if task.fault is not None:
            return f"cannot be used: {task.fault}"
        asked = task.prepared.api_version if task.prepared is not None else None
        old = version_warning(asked, self._engine.store.clock.now().date()) if asked is not None else None
        return None if old is None else f"asks for {old}"
