"""Which tasks answer an event, and when (engine.md 3.2 to 3.4, 8.1)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from runner.actions.base import derived_id
from runner.clock import Clock
from runner.engine.queue.port import PRIORITY
from runner.errors import ConfigError
from runner.model.event import Event
from runner.model.run import Run, RunKind, RunState
from runner.model.shop_values import ShopValues
from runner.model.subscription import Subscription, parse_subscriptions
from runner.model.task import Task

ERROR_TOPICS = "mechanic/errors/"
PERFORM_TOPIC = "mechanic/actions/perform"


@dataclass(frozen=True, slots=True)
class EnabledTask:
    """A task as the engine runs it. ``enabled`` false stands for a task that is there and switched off.

    ``id`` is what ``task.id`` shows; it must survive edits, since it is baked into pending events and cache keys.
    ``options`` None means the task's own. ``api_version`` None means the client's. ``scopes`` are the access scopes
    error events list.
    """

    task: Task
    id: str
    subscriptions: tuple[Subscription, ...]
    options: Mapping[str, Any] | None = None
    enabled: bool = True
    created_at: datetime | str | None = None
    api_version: str | None = None
    scopes: tuple[str, ...] = ()

    @classmethod
    def prepare(
        cls,
        task: Task,
        *,
        id: str | None = None,
        options: Mapping[str, Any] | None = None,
        shop: Mapping[str, Any] | None = None,
        clock: Clock | None = None,
        created_at: datetime | str | None = None,
        values: ShopValues | None = None,
    ) -> EnabledTask:
        """The task with its subscriptions rendered for these options and this shop.

        ``values`` are the shop's globals and secrets, for options that name one. The default id follows from the task's
        handle, or its name. Raises TaskError or LiquidError for a subscriptions template that does not render or parse.
        """
        from runner.liquid.render import render_subscriptions

        given = values or ShopValues()
        text = render_subscriptions(
            task, options=options, shop=shop, clock=clock, globals=given.globals, secrets=given.secrets
        )
        return cls(
            task=task,
            id=id or derived_id("task", task.handle or task.name),
            subscriptions=parse_subscriptions(text),
            options=options,
            created_at=created_at,
            api_version=task.shopify_api_version,
        )

    def wants(self, topic: str) -> bool:
        """Whether any subscription, with or without offset, is to ``topic``."""
        return any(subscription.topic == topic for subscription in self.subscriptions)

    @property
    def errors_only(self) -> bool:
        """Whether it listens to error topics and nothing else: such a task hears of every task's errors."""
        return all(subscription.topic.startswith(ERROR_TOPICS) for subscription in self.subscriptions)


class TaskBook:
    """The tasks of the shop by id. Raises ConfigError when two have the same id."""

    def __init__(self, tasks: Iterable[EnabledTask] = ()) -> None:
        self._tasks: dict[str, EnabledTask] = {}
        for task in tasks:
            if task.id in self._tasks:
                raise ConfigError(
                    f'two tasks have the id {task.id}: "{self._tasks[task.id].task.name}" and "{task.task.name}"',
                    hint="Give each task its own id, or file name.",
                )
            self._tasks[task.id] = task

    def __iter__(self) -> Iterator[EnabledTask]:
        return iter(self._tasks.values())

    def get(self, task_id: str | None) -> EnabledTask | None:
        """The task when it is there and enabled."""
        task = self._tasks.get(task_id or "")
        return task if task is not None and task.enabled else None

    def known(self, task_id: str | None) -> EnabledTask | None:
        """The task, enabled or not."""
        return self._tasks.get(task_id or "")

    def matching(self, event: Event) -> tuple[tuple[EnabledTask, Subscription], ...]:
        """Each distinct pair of an enabled task and a subscription of it to exactly this topic, in order."""
        return tuple(
            (task, subscription)
            for task in self
            if task.enabled and _may_answer(task, event)
            for subscription in dict.fromkeys(task.subscriptions)
            if subscription.topic == event.topic
        )


def _may_answer(task: EnabledTask, event: Event) -> bool:
    """Targets first; error events reach the tasks made for them, and others only with errors of their own."""
    if event.targets is not None:
        return task.id in event.targets
    if not event.topic.startswith(ERROR_TOPICS) or task.errors_only:
        return True
    failed = event.data.get("task") if isinstance(event.data, Mapping) else None
    return isinstance(failed, Mapping) and failed.get("id") == task.id


def due_at(subscription: Subscription, event_due: datetime, now: datetime, zone: tzinfo) -> datetime:
    """When the task run is due: the offset counts from the event run's due time; the past means now (engine.md 3.3)."""
    moment = event_due if subscription.offset is None else subscription.offset.apply(event_due, zone)
    return max(moment, now)


class Matcher:
    """Which task runs an event asks for, by the tasks and subscriptions of the moment. ``zone`` is the shop's."""

    def __init__(self, tasks: Callable[[], TaskBook], zone: tzinfo, clock: Clock) -> None:
        self._tasks = tasks
        self._zone = zone
        self._clock = clock

    def task_runs(self, run: Run, event: Event) -> tuple[Run, ...]:
        """One for each matching subscription, to be kept. Raises TaskError for an offset beyond all calendars."""
        return tuple(self._task_runs(run, event))

    def _task_runs(self, run: Run, event: Event) -> Iterator[Run]:
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


def shop_zone(shop: Mapping[str, Any]) -> tzinfo:
    """The zone of the shop record (``iana_timezone``); UTC without one, or with one that is not known."""
    try:
        return ZoneInfo(str(shop.get("iana_timezone") or "UTC"))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC
