"""Puts the bodies of all kinds of runs together: what the queue calls to work."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import Any

from runner.actions.base import ActionType, Services, ShopClient
from runner.engine.carrying import ActionJob
from runner.engine.crew import Crew
from runner.engine.ending import Ending
from runner.engine.filters import EventFilter, stopped_by
from runner.engine.followups import Followups
from runner.engine.guards import LoopGuards
from runner.engine.holding import IN_PLACE, Holding
from runner.engine.intake import Intake
from runner.engine.job import Body, Job
from runner.engine.match import EventJob
from runner.engine.matching import Matcher, TaskBook
from runner.engine.observe import Observer
from runner.engine.perform import Performer
from runner.engine.queue.port import Queue
from runner.engine.reads import EngineReads
from runner.engine.rendering import Render, TaskJob, View
from runner.engine.retry import NO_JITTER, RetryPolicy
from runner.liquid.reads import Reads
from runner.model.event import Event
from runner.model.run import RunKind
from runner.model.shop_values import ShopValues
from runner.redact import Redactor
from runner.store import Store


@dataclass(frozen=True, slots=True)
class Behaviour:
    """Settings of an engine that have a sensible default.

    ``chance`` gives numbers from 0 up to 1 for the jitter of retries; the default gives none. ``dry_run``: actions are
    checked and recorded, never performed. ``resend_all``: attempts of unknown outcome are always made again. ``width``:
    how many actions of a task run are performed at a time, when it does not ask for a sequence (durability.md 5.3).
    ``in_place``: seconds that a run waits in its slot for the shop's budgets; longer waits are dispatches of their own.
    """

    retry: RetryPolicy = field(default_factory=RetryPolicy)
    guards: LoopGuards = field(default_factory=LoopGuards)
    chance: Callable[[], float] = lambda: NO_JITTER
    dry_run: bool = False
    resend_all: bool = False
    width: int = 4
    in_place: float = IN_PLACE


@dataclass(frozen=True, slots=True)
class Outside:
    """What runs reach outside the store: the shop by ``client`` or ``reads``, everything else by ``services``."""

    client: ShopClient | None
    reads: Reads | None
    services: Services
    render: Render
    types: Mapping[str, ActionType]

    def hold(self) -> float:
        """Seconds until the shop's budgets allow new runs; 0 where there is no shop to call."""
        return 0.0 if self.client is None else self.client.hold()


@dataclass(frozen=True, slots=True)
class Shop:
    """The shop that the runs are of: its REST record, its domain, its time zone, its globals and secrets."""

    record: Mapping[str, Any]
    domain: str
    zone: tzinfo
    values: ShopValues

    def redactor(self) -> Redactor:
        """Takes the values that its secrets have at present out of anything."""
        return Redactor(self.values.secrets.known_values())


def assemble(
    store: Store,
    queue: Queue,
    intake: Intake,
    shop: Shop,
    outside: Outside,
    *,
    behaviour: Behaviour,
    tasks: Callable[[], TaskBook],
    matcher: Matcher,
    filters: Callable[[], tuple[EventFilter, ...]],
    claims: Callable[[], str],
    tell: Observer,
) -> Job:
    """The job of an engine. ``tasks`` and ``filters`` give the present ones each time they are asked."""
    clock = store.clock

    def clients(version: str | None) -> ShopClient | None:
        return outside.client if outside.client is None or version is None else outside.client.at(version)

    def view(version: str | None) -> View:
        caller = clients(version)
        return View(caller, outside.reads or EngineReads(caller, store.cache, shop.domain, store.bulk))

    def stopped(event: Event) -> str | None:
        return stopped_by(filters(), event, shop=shop.record, reads=view(None).reads, clock=clock)

    performer = Performer(
        store,
        types=outside.types,
        tasks=tasks,
        clients=clients,
        zone=shop.zone,
        clock=clock,
        attempts=behaviour.retry.attempts,
        dry=behaviour.dry_run,
        resend_all=behaviour.resend_all,
        secrets=shop.values.secrets,
        services=outside.services,
        redactor=shop.redactor,
    )
    followups = Followups(store, intake, clock)
    ending = Ending(store, queue, followups, tasks, behaviour.retry, clock, behaviour.chance)
    holding = Holding(outside.hold, clock, in_place=behaviour.in_place)
    crew = Crew(store, queue, ending, performer, holding, clock, tell, behaviour.width)
    task_job = TaskJob(
        crew,
        tasks=tasks,
        view=view,
        render=outside.render,
        shop=shop.record,
        guards=behaviour.guards,
        values=shop.values,
    )
    bodies: dict[RunKind, Body] = {
        RunKind.EVENT: EventJob(crew, matcher, stopped),
        RunKind.TASK: task_job,
        RunKind.ACTION: ActionJob(crew),
    }
    return Job(crew, bodies, claims=claims, redactor=shop.redactor)
