"""A shop, an engine and a courier in the hands of a test: who sells what, which webhook comes when, what gets lost."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from runner import Event, FixedClock, Task
from runner.engine import EnabledTask, Engine
from runner.engine.observe import Occurrence
from runner.shopify.client import CallRecord, ShopifyClient, open_http
from runner.simulator.server import RunningShop, simulator
from runner.store import Store

START = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
TOPIC = "inventory_levels/update"


class Keeping:
    """One task against one simulated shop, over real HTTP, on a clock that only the test moves.

    ``workers`` engines share one store, each with a queue of its own: a test can let them overlap, run by run.
    """

    def __init__(
        self, shop: RunningShop, http: Any, task: Task, options: dict[str, Any] | None = None, workers: int = 1
    ) -> None:
        self.shop = shop
        self.clock = FixedClock(START)
        self.calls: list[CallRecord] = []
        self.seen: list[Occurrence] = []
        self.client = ShopifyClient(
            shop.domain, shop.token, http=http, clock=self.clock, base_url=shop.url, log=self.calls.append
        )
        record = self.client.rest("GET", "/admin/shop.json").body["shop"]
        self.store = Store(":memory:", clock=self.clock)
        enabled = EnabledTask.prepare(task, options=options, shop=record, clock=self.clock)
        self.engines = [
            Engine(self.store, [enabled], shop=record, client=self.client, observer=self.seen.append)
            for _ in range(workers)
        ]
        self.pending: list[dict[str, Any]] = []
        self.arrivals = 0

    def collect(self) -> list[dict[str, Any]]:
        """The webhooks that are on their way, the shop's newest last."""
        self.pending += self.shop.take()
        return self.pending

    def arrive(self, index: int, *, worker: int = 0, keep: bool = False, again: bool = False) -> None:
        """Let the webhook at ``index`` arrive at ``worker``; ``keep`` it on its way to arrive once more.

        ``again``: under another delivery id, as when Shopify makes two deliveries of one change.
        """
        webhook = self.pending[index] if keep else self.pending.pop(index)
        self.arrivals += 1
        name = f"{webhook['id']}-{self.arrivals}" if again else webhook["id"]
        self.engines[worker % len(self.engines)].accept(
            Event(f"shopify/{webhook['topic']}", webhook["payload"], source="shopify"), dedupe=name
        )

    def tick(self, seconds: float) -> None:
        """Time passes, here and in the shop."""
        self.clock.advance(seconds)
        self.shop.advance(seconds)

    def settle(self, rounds: int = 60) -> int:
        """Deliver and work until nothing is on its way; how many rounds that took. Fails when it takes ``rounds``."""
        for taken in range(rounds):
            self.drain()
            if not self.collect():
                return taken
            while self.pending:
                self.arrive(0)
        raise AssertionError(f"the shop is not quiet after {rounds} rounds")

    def drain(self) -> None:
        """Work everything off, retries included: the clocks move to them."""
        before = self.clock.now()
        for engine in self.engines:
            engine.drain(advance=True, limit=500)
        self.shop.advance((self.clock.now() - before).total_seconds() + 1)
        self.clock.advance(1)

    def work(self, worker: int, steps: int) -> None:
        """Let ``worker`` do up to ``steps`` runs that are due now."""
        engine = self.engines[worker % len(self.engines)]
        while steps > 0 and engine.step():
            steps -= 1

    def levels(self, product: str) -> dict[str, dict[str, int]]:
        """``{location: {sku: available}}`` of the product with this title."""
        found: dict[str, dict[str, int]] = {}
        document = """query ($search: String!) { products(first: 5, query: $search) { nodes { title
            variants(first: 250) { nodes { sku inventoryItem { inventoryLevels(first: 10) { nodes {
              location { name } quantities(names: ["available"]) { quantity } } } } } } } } }"""
        self.shop.clear_faults()
        reply = self.client.graphql(document, {"search": f'title:"{product}"'})
        for node in reply.body["data"]["products"]["nodes"]:
            for variant in node["variants"]["nodes"] if node["title"] == product else ():
                for level in variant["inventoryItem"]["inventoryLevels"]["nodes"]:
                    at = found.setdefault(level["location"]["name"], {})
                    at[variant["sku"]] = level["quantities"][0]["quantity"]
        return found


@contextmanager
def held_shop(seed: Any = "prints") -> Iterator[tuple[RunningShop, Any]]:
    """A simulated shop that keeps its webhooks until they are taken, and an HTTP client for it."""
    with simulator(seed, hold_webhooks=True, restore_rate=100_000) as shop, open_http() as http:
        shop.subscribe(TOPIC)
        yield shop, http
