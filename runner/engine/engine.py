"""What happens to an event, from its acceptance to the last of its children. The only writer of runs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from runner.actions import ACTION_TYPES
from runner.actions.base import ActionType, Services, ShopClient, derived_id
from runner.clock import FixedClock
from runner.engine.assembly import Behaviour, Outside, Shop, assemble
from runner.engine.bulk_start import FINISH_TOPIC, hasten
from runner.engine.filters import EventFilter
from runner.engine.holding import ALONE
from runner.engine.ids import fresh_id
from runner.engine.intake import Intake
from runner.engine.matching import EnabledTask, Matcher, TaskBook, shop_zone
from runner.engine.observe import EventDuplicate, Observer, Occurrence, no_observer
from runner.engine.queue.inline import InlineQueue
from runner.engine.queue.port import Queue
from runner.engine.reconciler import made_up_for
from runner.engine.rendering import Render
from runner.engine.schedule import PERIOD, Tick, due_ticks, subscribed
from runner.engine.telling import Counts, Teller
from runner.errors import InputError
from runner.liquid.reads import Reads
from runner.liquid.render import render as render_task
from runner.model.event import Event
from runner.model.run_form import FORM_TOPIC, has_run_form, with_submission
from runner.model.shop_values import ShopValues
from runner.store import Store, Transaction
from runner.store.schedule import ANY


class Engine:
    """Accepts events, and works them off: step by step in this thread, or from ``start`` on through ``queue``.

    Without a ``queue`` it makes one of its own, which does what ``step`` and ``drain`` ask for and nothing else. With a
    durable one it only accepts until it is started; the queue stays the caller's to close.

    ``store`` keeps everything, and its clock is the engine's. ``tasks`` may be replaced by ``use``, the event
    ``filters`` by ``use_filters``; with ``tasks`` None, and until ``use``, events are kept for others to match.
    ``shop`` is the REST shop record (domain, time zone). ``client`` calls the shop's Admin API; without it, shopify
    actions fail and reads are nil. ``reads`` replaces what templates see of the shop and cache. ``values`` are the
    shop's globals and secrets; placeholders are salted with the store's salt, and values are never kept or told.
    ``services`` are what actions reach beside the shop. ``ids`` makes claims, and ids of events that have none.
    ``observer`` is told what happens, each time after its commit: one thing at a time, in
    whichever thread it happened.
    """

    def __init__(
        self,
        store: Store,
        tasks: Iterable[EnabledTask] | None = None,
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
        queue: Queue | None = None,
    ) -> None:
        settings = behaviour or Behaviour()
        width = 1 if queue is None else settings.width  # this thread, and no other
        in_place = ALONE if queue is None else settings.in_place
        settings = replace(settings, dry_run=settings.dry_run or dry_run, width=width, in_place=in_place)
        self.store = store
        self._book = TaskBook(tasks or ())
        self._is_booked = tasks is not None
        self._filters = tuple(filters)
        record = dict(shop or {})
        self._domain = str(record.get("myshopify_domain") or record.get("domain") or "")
        self._zone = shop_zone(record)
        self._clock = store.clock
        self._ids = ids
        self._tell = Teller(observer)
        self._inline = InlineQueue(store, owner=ids()) if queue is None else None
        self.queue: Queue = queue or self._inline  # type: ignore[assignment]  # one of the two is there
        matcher = Matcher(lambda: self._book, self._zone, self._clock)
        # Filters may ask the shop, and an engine that was told of no tasks knows of none to match: both are for later.
        self._intake = Intake(
            store, self.queue, self._domain, lambda: matcher if self._is_booked and not self._filters else None
        )
        self._job = assemble(
            store,
            self.queue,
            self._intake,
            Shop(record, self._domain, self._zone, (values or ShopValues()).salted(store.salt)),
            Outside(client, reads, services or Services(), render, action_types),
            behaviour=settings,
            tasks=lambda: self._book,
            matcher=matcher,
            filters=lambda: self._filters,
            claims=ids,
            tell=self._tell,
        )
        self._working = False
        if self._inline is not None:
            self.start()

    @property
    def is_working(self) -> bool:
        """Whether due runs are worked on: always by the steps of an inline engine, else between start and stop."""
        return self._working

    def start(self) -> None:
        """Begin to work on due runs. Raises StoreError or ConfigError as the queue's ``start``."""
        self.queue.start(self._job, self._job.give_up)
        self._working = True

    def stop(self, grace: float = 0.0) -> None:
        """Begin nothing more, and wait up to ``grace`` seconds for what is under way; others may do the rest."""
        self._working = False
        self.queue.stop(grace)

    def use(self, tasks: Iterable[EnabledTask]) -> None:
        """Replace the tasks. Runs that wait see the new ones when they come up (engine.md 1.5)."""
        self._book = TaskBook(tasks)
        self._is_booked = True

    def task(self, task_id: str) -> EnabledTask | None:
        """A task that is there at present, enabled or not."""
        return self._book.known(task_id)

    def wanted_topics(self) -> frozenset[str]:
        """The topics that enabled tasks subscribe to at present."""
        return frozenset(each.topic for task in self._book if task.enabled for each in task.subscriptions)

    @property
    def domain(self) -> str:
        """The shop's domain, under which its events are kept."""
        return self._domain

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
        origin: Mapping[str, Any] | None = None,
    ) -> str | None:
        """Keep ``event`` for processing at ``run_at`` (None or past: now); its id, or None when it is a duplicate.

        ``dedupe`` names the delivery, for Shopify's webhooks topic and webhook id: the same name is the same event, and
        its id follows from the name. ``inputs`` are what the run form sent (tasks.md 3.9); ``origin`` says where an
        unusual event comes from (``EventRow.origin``). Raises InputError for an event that cannot be processed,
        StoreError when it cannot be kept. May be called from another thread than the one that drains; the observer is
        told in the caller's.
        """
        now = self._clock.now()
        return self._keep(event, dedupe, due=max(run_at or now, now), inputs=inputs, origin=origin)

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

        def record(transaction: Transaction) -> list[Occurrence]:
            if kept.topic == FINISH_TOPIC:
                hasten(self.store, transaction, kept)
            if made_up_for(self.store, transaction, kept, self._domain):
                return []
            return self._intake.record(transaction, kept, run_at=due, dedupe=dedupe, inputs=inputs, origin=origin)

        told = self.queue.accept(record)
        for occurrence in told or [EventDuplicate(kept, dedupe)]:
            self._tell(occurrence)
        return kept.id if told else None

    def step(self) -> bool:
        """Do the one due run that comes first; False when none is due. For an engine without a queue of others."""
        return self._stepping().step()

    def drain(
        self,
        until: datetime | None = None,
        *,
        advance: bool = False,
        wait: bool = True,
        limit: int | None = None,
    ) -> Counts:
        """Work until nothing is due; what was done since the last time, matching of accepted events included.

        With the machine's clock, retries are waited for unless ``wait`` is false, and other later runs up to ``until``.
        A ``FixedClock`` never waits: it jumps to the next due time when ``advance`` is true, no further than ``until``.
        ``limit`` bounds the number of steps, for tasks that start themselves again for ever.
        """
        queue = self._stepping()
        steps = 0
        while limit is None or steps < limit:
            if self.step():
                steps += 1
            elif not self._pause(until, advance=advance, wait=wait):
                break
        return replace(self._tell.reset(), later=queue.stats().later, next_at=queue.next_at())

    def next_at(self, *, retries_only: bool = False) -> datetime | None:
        """When the next run that waits is due; None when none waits. Only of those tried before, if asked."""
        return self._stepping().next_at(retries_only=retries_only)

    def recover(self) -> int:
        """Take over what commands that ended left open in this store; how many runs.

        They go on with ``drain``, or when the queue is started. What a dead worker process of a durable queue had
        claimed is taken over by the others, or at the next start, without being asked.
        """
        return self.queue.adopt(self._domain)

    def _pause(self, until: datetime | None, *, advance: bool, wait: bool) -> bool:
        """Let time pass until the next run is due; False when that is not wanted, or none waits."""
        fixed = isinstance(self._clock, FixedClock)
        if not (advance if fixed else wait):
            return False
        due = self._stepping().next_at(retries_only=not fixed and until is None)
        if due is None or (until is not None and due > until):
            return False
        self._clock.sleep((due - self._clock.now()).total_seconds())
        return True

    def _stepping(self) -> InlineQueue:
        """The queue that does one run at a time when told to. Raises RuntimeError for an engine on another one."""
        if self._inline is None:
            raise RuntimeError("this engine works by itself, from `start` on: it takes no steps")
        return self._inline
