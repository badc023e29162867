"""An engine with its store, clock, tasks and what it told, made in one line."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from runner.actions import ACTION_TYPES, ActionType, Outcome, Tools
from runner.actions.base import Services
from runner.clock import FixedClock
from runner.engine import Behaviour, EnabledTask, Engine
from runner.engine.observe import Occurrence
from runner.errors import ActionError
from runner.liquid.render import render
from runner.model.event import Event
from runner.model.run import Run, RunKind, RunState
from runner.model.shop_values import ShopValues
from runner.model.task import Task
from runner.store import Store

NOW = datetime(2026, 3, 4, 20, 6, 7, tzinfo=UTC)
SHOP = {"myshopify_domain": "prints.myshopify.com", "iana_timezone": "America/New_York"}
DOMAIN = "prints.myshopify.com"


class Killed(BaseException):
    """The process dies here."""


class ProbeAction(ActionType):
    """An action type of the tests' own: records each performance, and ends as scripted.

    ``options`` is a name; ``endings[name]`` are the outcomes (or exceptions) of its attempts in turn, then success.
    ``meanwhile[name]`` happens once, while it is performed.
    """

    name = "probe"
    schema: Mapping[str, Any] = {}

    def __init__(self, *, local: bool = False, again: bool = True) -> None:
        self.local = local  # type: ignore[misc]  # a class attribute of real types
        self.again = again
        self.performed: list[str] = []
        self.endings: dict[str, list[Outcome | BaseException]] = {}
        self.meanwhile: dict[str, Callable[[], object]] = {}

    def validate(self, options: Any) -> str:
        if not isinstance(options, str):
            raise ActionError("probe: a name is needed")
        return options

    def perform(self, options: str, tools: Tools) -> Outcome:
        self.performed.append(options)
        if options in self.meanwhile:
            self.meanwhile.pop(options)()
        planned = self.endings.get(options, [])
        ending = planned.pop(0) if planned else Outcome(ok=True, result=options)
        if isinstance(ending, BaseException):
            raise ending
        return ending

    def summary(self, options: Any) -> str:
        return str(options)

    def resendable(self, options: str) -> bool:
        return self.again


LATER = Outcome(ok=False, error="busy", transient=True)
NEVER = Outcome(ok=False, error="refused", response={"said": "no"})


@dataclass
class World:
    """``engine`` over ``store``; ``told`` is what its observer heard."""

    store: Store
    clock: FixedClock
    probe: ProbeAction
    tasks: list[EnabledTask] = field(default_factory=list)
    told: list[Occurrence] = field(default_factory=list)
    client: Any = None
    behaviour: Behaviour = field(default_factory=Behaviour)
    types: Mapping[str, ActionType] | None = None
    render: Any = render
    values: ShopValues | None = None
    shop: Mapping[str, Any] = field(default_factory=lambda: SHOP)
    services: Services | None = None
    ids: int = 0

    def __post_init__(self) -> None:
        self.engine = self.reopened()

    def reopened(self) -> Engine:
        """A new engine on the same store, as after a restart."""
        self.engine = Engine(
            self.store,
            self.tasks,
            shop=self.shop,
            client=self.client,
            ids=self.next_id,
            observer=self.told.append,
            action_types=self.types or {**ACTION_TYPES, "probe": self.probe},
            behaviour=self.behaviour,
            render=self.render,
            values=self.values,
            services=self.services,
        )
        return self.engine

    def next_id(self) -> str:
        self.ids += 1
        return f"id-{self.ids}"

    def task(self, script: str, subscriptions: str = "user/a/b", *, name: str = "task", **changes: Any) -> EnabledTask:
        """Adds a task; its id is its name."""
        keys = {key: changes.pop(key) for key in list(changes) if key not in EnabledTask.__dataclass_fields__}
        document = {"name": name, "script": script, "subscriptions_template": subscriptions, **keys}
        task = Task.from_json(document)
        prepared = EnabledTask.prepare(task, id=name, shop=self.shop, clock=self.clock, values=self.values)
        made = EnabledTask(**{**{k: getattr(prepared, k) for k in EnabledTask.__dataclass_fields__}, **changes})
        self.tasks = [each for each in self.tasks if each.id != name] + [made]
        self.engine.use(self.tasks)
        return made

    def send(self, topic: str = "user/a/b", data: Any = None, **changes: Any) -> str:
        """Accepts an event; its id."""
        given = {key: changes.pop(key) for key in ("dedupe", "run_at", "inputs") if key in changes}
        event_id = self.engine.accept(Event(topic, data=data, **changes), **given)
        assert event_id is not None
        return event_id

    def run(self, topic: str = "user/a/b", data: Any = None, **changes: Any) -> str:
        """Accepts an event and works until nothing is due; its id."""
        event_id = self.send(topic, data, **changes)
        self.engine.drain()
        return event_id

    def runs(self, kind: RunKind, topic: str | None = None) -> list[Run]:
        """All runs of a kind, oldest first; those of events of a topic, if given."""
        found = self.store.runs.all(kind=kind)
        return [run for run in found if topic is None or self.topic(run) == topic]

    def actions(self) -> list[Run]:
        return self.runs(RunKind.ACTION)

    def topic(self, run: Run) -> str:
        row = self.store.events.get(run.event_id)
        assert row is not None
        return row.event.topic

    def states(self) -> list[RunState]:
        """The states of all action runs, in rendered order."""
        return [run.state for run in self.actions()]

    def logs(self, topic: str | None = None) -> list[Any]:
        """What task runs logged, in order."""
        return [log for run in self.runs(RunKind.TASK, topic) for log in (run.result or {}).get("logs", [])]

    def topics(self) -> list[str]:
        """The topics of all events, in the order they came to be."""
        return [event.topic for event in self.store.events.all()]

    def heard(self) -> list[str]:
        """The kinds of occurrences told, in order."""
        return [type(occurrence).__name__ for occurrence in self.told]


def probes(names: Sequence[str]) -> str:
    """A script that wants one probe action a name."""
    return "".join(f'{{% action "probe", "{name}" %}}' for name in names)
