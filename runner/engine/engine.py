"""What happens to an event, from its acceptance to the last of its children. The only writer of runs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from runner.actions import ACTION_TYPES
from runner.actions.base import ActionType, Services, ShopClient, derived_id
from runner.clock import FixedClock
from runner.engine.ending import Ending
from runner.engine.filters import EventFilter, stopped_by
from runner.engine.followups import Followups
from runner.engine.guards import LoopGuards
from runner.engine.ids import fresh_id
from runner.engine.intake import Intake
from runner.engine.job import Body, Job
from runner.engine.match import EventJob
from runner.engine.matching import EnabledTask, TaskBook, shop_zone
from runner.engine.observe import (
    ActionPerformed,
    EventAccepted,
    EventDuplicate,
    EventMatched,
    EventSkipped,
    Observer,
    Occurrence,
    RunFailed,
    RunRetried,
    TaskRunRendered,
    no_observer,
)
from runner.engine.perform import ActionJob
from runner.engine.queue.inline import InlineQueue
from runner.engine.reads import EngineReads
from runner.engine.rendering import Render, TaskJob, View
from runner.engine.retry import NO_JITTER, RetryPolicy
from runner.engine.schedule import PERIOD, Tick, due_ticks, subscribed
from runner.errors import InputError
from runner.liquid.reads import Reads
from runner.liquid.render import render as render_task
from runner.model.event import Event
from runner.model.run import RunKind
from runner.model.run_form import FORM_TOPIC, has_run_form, with_submission
from runner.model.shop_values import ShopValues
from runner.redact import Redactor
from runner.store import Store, Transaction
from runner.store.schedule import ANY


@dataclass(frozen=True, slots=True)
class Counts:
    """What a ``drain`` did. ``later`` dispatches wait for ``next_at`` or longer, when it came to its end."""

    events: int = 0
    tasks: int = 0
    actions: int = 0
    failed: int = 0
    retried: int = 0
    later: int = 0
    next_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Behaviour:
    """Settings of an engine that have a sensible default.

    ``chance`` gives numbers from 0 up to 1 for the jitter of retries; the default gives none. ``dry_run``: actions are
    checked and recorded, never performed. ``resend_all``: attempts of unknown outcome are always made again.
    """

    retry: RetryPolicy = field(default_factory=RetryPolicy)
    guards: LoopGuards = field(default_factory=LoopGuards)
    chance: Callable[[], float] = lambda: NO_JITTER
    dry_run: bool = False
    resend_all: bool = False


class Engine:
    """Accepts events and works them off, on a queue in this thread.

    ``store`` keeps everything, and its clock is the engine's. ``tasks`` may be replaced by ``use``, the event
    ``filters`` by ``use_filters``. ``shop`` is the
    REST shop record (domain, time zone). ``client`` calls the shop's Admin API; without it, shopify actions fail and
    reads are nil. ``reads`` replaces what templates see of the shop and cache. ``values`` are the shop's globals and
    secrets; placeholders are salted with the store's salt, and values are never kept or told. ``services`` are what
    actions reach beside the shop. ``ids`` makes claims, and
    ids of events that have none. ``observer`` is told what happens, each time after its commit.
    """

    def __init__(
        self,
        store: Store,
        tasks: Iterable[EnabledTask] = (),
        *,
        shop: Mapping[str, Any] | None = None,
        client: ShopClient | None = None,
        reads: Reads | None = None,
        values: ShopValues | None = None,
        ids: Callable[[], str] = fresh_id,
        observer: Observer = no_observer,
        render: Render = render_task,
        action_types: Mapping[str, ActionType] = ACTION_TYPES,
        dry_run: bool = False,
        behaviour: Behaviour | None = None,
        filters: Iterable[EventFilter] = (),
        services: Services | None = None,
    ) -> None:
        settings = behaviour or Behaviour()
        settings = replace(settings, dry_run=settings.dry_run or dry_run)
        self.store = store
        self._book = TaskBook(tasks)
        self._filters = tuple(filters)
        self._shop = dict(shop or {})
        self._domain = str(self._shop.get("myshopify_domain") or self._shop.get("domain") or "")
        self._zone = shop_zone(self._shop)
        self._clock = store.clock
        self._values = (values or ShopValues()).salted(store.salt)
        self._ids = ids
        self._observer = observer
        self._counts = Counts()
        self.queue = InlineQueue(store, owner=ids())
        self._intake = Intake(store, self.queue, self._domain)
        self.queue.start(self._job(settings, client, reads, render, action_types, services or Services()))

    def use(self, tasks: Iterable[EnabledTask]) -> None:
        """Replace the tasks. Runs that wait see the new ones when they come up (engine.md 1.5)."""
        self._book = TaskBook(tasks)

    def use_filters(self, filters: Iterable[EventFilter]) -> None:
        """Replace the event filters. Events that wait are judged by the new ones (engine.md 3.5)."""
        self._filters = tuple(filters)

    def accept(
        self,
        event: Event,
        dedupe: str | None = None,
        *,
        run_at: datetime | None = None,
        inputs: Mapping[str, Any] | None = None,
    ) -> str | None:
        """Keep ``event`` for processing at ``run_at`` (None or past: now); its id, or None when it is a duplicate.

        ``dedupe`` names the delivery, for Shopify's webhooks topic and webhook id: the same name is the same event, and
        its id follows from the name. ``inputs`` are what the run form sent (tasks.md 3.9). Raises InputError for an
        event that cannot be processed, StoreError when it cannot be kept. May be called from another thread than the
        one that drains; the observer is told in the caller's.
        """
        now = self._clock.now()
        return self._keep(event, dedupe, due=max(run_at or now, now), inputs=inputs)

    def tick(self, now: datetime | None = None, *, catch_up: bool = True) -> tuple[Tick, ...]:
        """Accept an event for every tick of the scheduler that became due since the last look; those accepted.

        Only for topics that enabled tasks subscribe to. Call it at the start, and after ``seconds_to_next_look``; any
        number of processes may, since a tick is one event whoever finds it. ``catch_up`` false drops the ticks that
        nobody was there for. A shop's first look finds nothing; ``now`` None asks the clock (engine.md 4.3).
        """
        moment = now or self._clock.now()
        looked = self.store.schedule.looked(self._domain)
        # A task that was enabled since the last look starts from there, but not from before a long standstill.
        start = max(looked.get(ANY, moment), moment - PERIOD)
        wanted = subscribed(self._book)
        since = {topic: looked.get(topic, start) for topic in wanted}
        accepted = []
        for tick in due_ticks(since, moment, self._zone, catch_up=catch_up):
            event = Event(tick.topic, source="scheduler", created_at=moment)
            origin = {"late": True} if tick.late else None
            # The tick's own time counts for offsets, however late it is accepted.
            if self._keep(event, tick.dedupe(self._domain, self._zone), due=tick.at, origin=origin) is not None:
                accepted.append(tick)
        self.store.schedule.note(self._domain, wanted, moment)
        return tuple(accepted)

    def _keep(
        self,
        event: Event,
        dedupe: str | None,
        *,
        due: datetime,
        inputs: Mapping[str, Any] | None = None,
        origin: Mapping[str, Any] | None = None,
    ) -> str | None:
        """Check and keep ``event`` with its run due at ``due``; its id, or None when it is a duplicate."""
        if event.preview:
            raise InputError(
                f"the event {event.topic} is marked as preview", hint="Take `preview` out, or use `runner preview`."
            )
        if not isinstance(event.topic, str) or not event.topic.strip():
            raise InputError("the event has no topic", hint='Give it one, for example "mechanic/user/trigger".')
        if inputs is not None and not has_run_form(event.topic):
            raise InputError(f"no run form comes with {event.topic}", hint=f"Its values go with {FORM_TOPIC}.")
        named = derived_id("event", self._domain, dedupe) if dedupe is not None else None
        kept = replace(event, id=event.id or named or self._ids(), created_at=event.created_at or self._clock.now())
        if inputs is not None:
            kept = with_submission(kept, inputs)

        def record(transaction: Transaction) -> bool:
            return self._intake.record(transaction, kept, run_at=due, dedupe=dedupe, inputs=inputs, origin=origin)

        if not self.queue.accept(record):
            self._observer(EventDuplicate(kept, dedupe))
            return None
        self._observer(EventAccepted(kept, due))
        return kept.id

    def step(self) -> bool:
        """Do the one due run that comes first; False when none is due."""
        return self.queue.step()

    def drain(
        self,
        until: datetime | None = None,
        *,
        advance: bool = False,
        wait: bool = True,
        limit: int | None = None,
    ) -> Counts:
        """Work until nothing is due.

        With the machine's clock, retries are waited for unless ``wait`` is false, and other later runs up to ``until``.
        A ``FixedClock`` never waits: it jumps to the next due time when ``advance`` is true, no further than ``until``.
        ``limit`` bounds the number of attempts, for tasks that start themselves again for ever.
        """
        self._counts = Counts()
        steps = 0
        while limit is None or steps < limit:
            if self.step():
                steps += 1
            elif not self._pause(until, advance=advance, wait=wait):
                break
        return replace(self._counts, later=self.queue.stats().later, next_at=self.queue.next_at())

    def recover(self) -> int:
        """Take over what a process that died left open in this store; how many runs. They go on with ``drain``."""
        return self.queue.adopt(self._domain)

    def _pause(self, until: datetime | None, *, advance: bool, wait: bool) -> bool:
        """Let time pass until the next run is due; False when that is not wanted, or none waits."""
        fixed = isinstance(self._clock, FixedClock)
        if not (advance if fixed else wait):
            return False
        due = self.queue.next_at(retries_only=not fixed and until is None)
        if due is None or (until is not None and due > until):
            return False
        self._clock.sleep((due - self._clock.now()).total_seconds())
        return True

    def _tell(self, occurrence: Occurrence) -> None:
        self._counts = _counting(self._counts, occurrence)
        self._observer(occurrence)

    def _job(
        self,
        settings: Behaviour,
        client: ShopClient | None,
        reads: Reads | None,
        render: Render,
        types: Mapping[str, ActionType],
        services: Services,
    ) -> Job:
        """The bodies of all kinds of runs, put together."""
        store, queue, clock, zone = self.store, self.queue, self._clock, self._zone

        def clients(version: str | None) -> ShopClient | None:
            return client if client is None or version is None else client.at(version)

        def view(version: str | None) -> View:
            caller = clients(version)
            return View(caller, reads or EngineReads(caller, store.cache, self._domain))

        def book() -> TaskBook:
            return self._book

        def stopped(event: Event) -> str | None:
            return stopped_by(self._filters, event, shop=self._shop, reads=view(None).reads, clock=clock)

        followups = Followups(store, self._intake, clock)
        ending = Ending(store, queue, followups, book, settings.retry, clock, settings.chance)
        kept = (store, queue, ending)
        bodies: dict[RunKind, Body] = {
            RunKind.EVENT: EventJob(*kept, tasks=book, zone=zone, clock=clock, tell=self._tell, stopped_by=stopped),
            RunKind.TASK: TaskJob(
                *kept,
                tasks=book,
                view=view,
                render=render,
                shop=self._shop,
                guards=settings.guards,
                clock=clock,
                tell=self._tell,
                values=self._values,
            ),
            RunKind.ACTION: ActionJob(
                *kept,
                types=types,
                tasks=book,
                clients=clients,
                zone=zone,
                clock=clock,
                tell=self._tell,
                dry=settings.dry_run,
                resend_all=settings.resend_all,
                secrets=self._values.secrets,
                services=services,
            ),
        }
        redactor = Redactor(self._values.secrets.known_values())
        return Job(store, queue, ending, bodies, claims=self._ids, tell=self._tell, redactor=redactor)


def _counting(counts: Counts, occurrence: Occurrence) -> Counts:
    match occurrence:
        case EventMatched() | EventSkipped():
            return replace(counts, events=counts.events + 1)
        case TaskRunRendered():
            return replace(counts, tasks=counts.tasks + 1)
        case ActionPerformed():
            return replace(counts, actions=counts.actions + 1)
        case RunFailed():
            return replace(counts, failed=counts.failed + 1)
        case RunRetried():
            return replace(counts, retried=counts.retried + 1)
        case _:
            return counts
