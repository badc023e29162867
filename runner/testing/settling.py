"""Drives tasks in a simulated store until it is quiet: the webhooks of their own changes come back as events."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from runner.engine.bulk import BulkOperations, BulkShop
from runner.engine.engine import Engine
from runner.engine.observe import Occurrence, RunFailed
from runner.engine.rendering import LOOP_CODE
from runner.engine.telling import Counts
from runner.errors import InputError
from runner.model.event import Event
from runner.shopify.webhooks import read_delivery
from runner.simulator.server import RunningShop

MOST_WEBHOOKS = 100
"""So many webhooks for one event are no quiet shop any more."""
MOST_ATTEMPTS = 2000
"""Attempts for one event: tasks that start themselves by events of their own end here."""
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


def settle(engine: Engine, shop: RunningShop, client: BulkShop, *, most_webhooks: int = MOST_WEBHOOKS) -> Settled:
    """Work off what is due, take the shop's webhooks as events, and so on until nothing comes any more.

    The engine's clock is the shop's. It ends early after ``most_webhooks``, or 2,000 attempts.
    """
    bulk = BulkOperations(engine, client)
    until = engine.store.clock.now() + HORIZON
    came: Counter[str] = Counter()
    sums = Counts()
    quiet = False
    attempts = 0
    while not quiet and came.total() < most_webhooks and attempts < MOST_ATTEMPTS:
        counts = engine.drain(until, limit=MOST_ATTEMPTS - attempts)
        sums = _added(sums, counts)
        attempts += counts.events + counts.tasks + counts.actions + counts.failed + counts.retried
        if engine.queue.stats().due:
            break
        quiet = not _next_webhook(engine, shop, came) and not _next_look(engine, bulk)
    return Settled(came.total(), quiet, tuple((name, n) for name, n in came.most_common() if n > 1), sums)


def _next_webhook(engine: Engine, shop: RunningShop, came: Counter[str]) -> bool:
    """Accept the oldest webhook that waits, as it would be received; False when none does."""
    pending = shop.webhooks()["pending"]
    if not pending:
        return False
    (taken,) = shop.take([pending[0]["number"]])
    delivery = read_delivery(taken["headers"], taken["body"].encode())
    event, _ = delivery.read()
    came[subject(event)] += 1
    engine.accept(event, delivery.dedupe_key)
    return True


def subject(event: Event) -> str:
    """What an event is about, in words: ``shopify/products/update Product 8001``."""
    data: Mapping[str, Any] = event.data if isinstance(event.data, Mapping) else {}
    gid = str(data.get("admin_graphql_api_id") or "").partition("?")[0].split("/")
    if len(gid) > 1 and gid[-1]:
        return f"{event.topic} {gid[-2]} {gid[-1]}"
    ids = [f"{name} {value}" for name, value in data.items() if name == "id" or name.endswith("_id")]
    return " ".join([event.topic, *ids[:2]])


def _next_look(engine: Engine, bulk: BulkOperations) -> bool:
    """Look at the bulk operations that are under way, when the next look is due; False when there are none."""
    at = bulk.next_at()
    if at is None:
        return False
    clock = engine.store.clock
    clock.sleep(max(0.0, (at - clock.now()).total_seconds()))
    bulk.look()
    return True


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
