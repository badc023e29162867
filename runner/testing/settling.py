"""Drives tasks in a simulated store until it is quiet: the webhooks of their own changes come back as events.

``Settling`` is the one way in which time passes for tasks in a simulated store: `runner run --loop`, the live cases of
``fixtures/`` and the reports over whole libraries all use it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from typing import Any

from runner.engine.bulk import BulkOperations, BulkShop
from runner.engine.engine import Engine
from runner.engine.observe import Occurrence, RunFailed
from runner.engine.rendering import LOOP_CODE
from runner.engine.schedule import TOPICS, ticks
from runner.engine.telling import Counts
from runner.errors import InputError
from runner.model.event import Event
from runner.shopify.webhooks import read_delivery
from runner.simulator.server import RunningShop

MOST_WEBHOOKS = 100
"""So many webhooks about the same thing for one event are no quiet shop any more."""
MOST_ATTEMPTS = 5000
"""Attempts for one event: tasks that start themselves by events of their own end here."""
MOST_IN_ALL = 50_000
"""Attempts however many events there are."""
HORIZON = timedelta(days=400)
"""How far the store's time is moved for runs that are due later: offsets, retries, ends of bulk operations."""
_NATIVE = "shopify/"
_LOOP_WORDS = "loop stopped"


@dataclass(slots=True)
class LoopWatch:
    """An observer that keeps what the engine's guards stopped. ``stopped``: the reasons, each once."""

    stopped: dict[str, None] = field(default_factory=dict)

    def occurred(self, occurrence: Occurrence) -> None:
        """One step of the engine."""
        if isinstance(occurrence, RunFailed):
            error = occurrence.run.error or ""
            if occurrence.outcome.code == LOOP_CODE or error.startswith(_LOOP_WORDS):
                self.stopped[error] = None


@dataclass(frozen=True, slots=True)
class Settled:
    """How it ended. ``webhooks`` came back; ``quiet``: nothing is left to do; ``repeats``: topics with a resource whose
    webhook came more than once, and how often, the most frequent first.
    """

    webhooks: int
    quiet: bool
    repeats: tuple[tuple[str, int], ...]
    counts: Counts

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return {"webhooks": self.webhooks, "quiet": self.quiet, "repeats": dict(self.repeats)}


def listen(shop: RunningShop, engine: Engine) -> tuple[str, ...]:
    """Let the shop keep webhooks of the topics that the engine's tasks subscribe to; those it does not know.

    They wait to be taken by ``settle``: the shop has to hold its webhooks back.
    """
    unknown = []
    for topic in sorted(engine.wanted_topics()):
        if topic.startswith(_NATIVE):
            try:
                shop.subscribe(topic.removeprefix(_NATIVE))
            except InputError:
                unknown.append(topic)
    return tuple(unknown)


def settle(engine: Engine, shop: RunningShop, client: BulkShop, *, most_webhooks: int | None = None) -> Settled:
    """Work off what is due, take the shop's webhooks as events, and so on until nothing comes any more.

    Runs that are due later are reached within 400 days. It ends early after ``most_webhooks`` (None: 100) about
    the same thing, or 5,000 attempts.
    """
    course = Settling(engine, shop, client, most_webhooks=most_webhooks)
    course.rest(engine.store.clock.now() + HORIZON)
    return course.settled()


class Settling:
    """What goes on in a store with tasks: webhooks come back, bulk operations end, time passes when told to.

    The engine's clock is the shop's, and the shop holds its webhooks back. With ``zone``, the shop's time zone, the
    scheduler's topics come as time passes (engine.md 4.3). ``most_webhooks`` (None: 100) about the same thing and
    5,000 attempts are the limits for what one cause leads to: what happens between two calls of ``begin``, or a tick.
    """

    def __init__(
        self,
        engine: Engine,
        shop: RunningShop,
        client: BulkShop,
        *,
        zone: tzinfo | None = None,
        most_webhooks: int | None = None,
    ) -> None:
        self._engine = engine
        self._shop = shop
        self._bulk = BulkOperations(engine, client)
        self._zone = zone
        self._most_webhooks = MOST_WEBHOOKS if most_webhooks is None else most_webhooks
        self._came: Counter[str] = Counter()
        self._counts = Counts()
        self._repeated: Counter[str] = Counter()
        self._attempts = self._in_all = 0
        self._next_tick: datetime | None = None
        if zone is not None:
            self._tick()

    @property
    def exhausted(self) -> bool:
        """Whether a limit was reached: what goes on has no end."""
        repeated = max(self._repeated.values(), default=0) >= self._most_webhooks
        return repeated or self._attempts >= MOST_ATTEMPTS or self._in_all >= MOST_IN_ALL

    def begin(self) -> None:
        """Something new happens: what follows has its own limits."""
        self._attempts = 0
        self._repeated.clear()

    def work(self) -> None:
        """Do what is due now, the webhooks and events that follow included. No time passes for it."""
        while not self.exhausted:
            if self._next_tick is not None and self._now() >= self._next_tick:
                self.begin()
                self._tick()
            counts = self._engine.drain(wait=False, limit=min(MOST_ATTEMPTS - self._attempts, MOST_IN_ALL))
            self._counts = _added(self._counts, counts)
            attempts = counts.events + counts.tasks + counts.actions + counts.failed + counts.retried
            self._attempts += attempts
            self._in_all += attempts
            if self._engine.queue.stats().due:
                self._attempts = MOST_ATTEMPTS
            elif not self._next_webhook() and not self._look():
                break

    def soon(self) -> None:
        """``work``, and wait for what was begun: further attempts of runs that failed, and the ends of bulk operations.

        Runs that are due later by their offset wait on, unless that waiting takes so long.
        """
        self._go(self._soon_at, self._now() + HORIZON)

    def rest(self, until: datetime) -> None:
        """``work``, and wait for everything that is due up to ``until``; for ticks only while other things wait."""
        self._go(lambda: self._first(self._soon_at(), self.later_at), until)

    def pass_to(self, moment: datetime) -> None:
        """``work``, and let time pass up to ``moment``, with everything that is due meanwhile."""
        self._go(lambda: self._first(self._soon_at(), self.later_at, self._next_tick), moment)
        if not self.exhausted:
            self._move(moment)
            self.work()

    @property
    def later_at(self) -> datetime | None:
        """When the next run or webhook is due that has to wait; None when there is none."""
        with self._shop.shop.lock:
            due = [each.due for each in self._shop.shop.webhooks.pending.values()]
        return self._first(self._engine.next_at(), min(due, default=None))

    def settled(self) -> Settled:
        """How it stands now."""
        quiet = not self.exhausted and not self._engine.queue.stats().due and self._waiting() is None
        repeats = tuple((name, n) for name, n in self._came.most_common() if n > 1)
        return Settled(self._came.total(), quiet, repeats, self._counts)

    def _go(self, next_at: Callable[[], datetime | None], until: datetime) -> None:
        self.work()
        while not self.exhausted and (at := next_at()) is not None and at <= until:
            self._move(self._first(at, self._next_tick))
            self.work()

    def _move(self, moment: datetime | None) -> None:
        if moment is not None and moment > self._now():
            self._shop.set_clock(moment)

    def _now(self) -> datetime:
        return self._engine.store.clock.now()

    def _soon_at(self) -> datetime | None:
        return self._first(self._engine.next_at(retries_only=True), self._bulk.next_at())

    @staticmethod
    def _first(*moments: datetime | None) -> datetime | None:
        return min((moment for moment in moments if moment is not None), default=None)

    def _tick(self) -> None:
        """Accept the ticks that are due, and note when the next one is."""
        self._engine.tick()
        assert self._zone is not None
        now = self._now()
        wanted = [topic for topic in TOPICS if topic in self._engine.wanted_topics()]
        coming = (next(ticks(topic, now, now + HORIZON, self._zone), None) for topic in wanted)
        self._next_tick = self._first(*coming)

    def _waiting(self) -> int | None:
        """The number of the webhook that comes next, of those that are due; None when there is none."""
        now = self._now()
        with self._shop.shop.lock:
            pending = self._shop.shop.webhooks.pending.values()
            return next((each.number for each in pending if each.due <= now), None)

    def _next_webhook(self) -> bool:
        """Accept the webhook that comes next, as it would be received; False when none does."""
        number = self._waiting()
        if number is None:
            return False
        (taken,) = self._shop.take([number])
        delivery = read_delivery(taken["headers"], taken["body"].encode())
        event, _ = delivery.read()
        self._came[subject(event)] += 1
        self._repeated[subject(event)] += 1
        self._engine.accept(event, delivery.dedupe_key)
        return True

    def _look(self) -> bool:
        """Look at the bulk operations whose look is due; False when there is none."""
        at = self._bulk.next_at()
        if at is None or at > self._now():
            return False
        self._bulk.look()
        return True


def subject(event: Event) -> str:
    """What an event is about, in words: ``shopify/products/update Product 8001``."""
    data: Mapping[str, Any] = event.data if isinstance(event.data, Mapping) else {}
    gid = str(data.get("admin_graphql_api_id") or "").partition("?")[0].split("/")
    if len(gid) > 1 and gid[-1]:
        return f"{event.topic} {gid[-2]} {gid[-1]}"
    ids = [f"{name} {value}" for name, value in data.items() if name == "id" or name.endswith("_id")]
    return " ".join([event.topic, *ids[:2]])


def _added(one: Counts, other: Counts) -> Counts:
    return Counts(
        events=one.events + other.events,
        tasks=one.tasks + other.tasks,
        actions=one.actions + other.actions,
        failed=one.failed + other.failed,
        retried=one.retried + other.retried,
        later=other.later,
        next_at=other.next_at,
    )
