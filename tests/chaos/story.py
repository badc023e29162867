"""What the shop's people and machines do while workers die: the tasks, the events, and what must hold at the end."""

from __future__ import annotations

import json
import random
import shutil
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from runner.engine.queue.dispatches import Dispatches
from runner.model.run import Attempt, Run, RunKind, RunState
from runner.shopify.webhooks import SIGNATURE_HEADER, signature
from runner.simulator.server import RunningShop
from runner.store import Store
from tests.chaos.processes import ROOT

OWN = "keep-inventory-levels-in-sync-within-products"
SKUS = ("HD-PAPER", "HD-OAK", "HD-BLACK")
PRODUCT = "gid://shopify/Product/80000001"
ORDERS_TOPIC = "orders/create"

EFFECTS = """
{{% action "cache", "incr", "orders" %}}
{{% action "cache", "set", {key}, order.id %}}
{{% action "shopify" %}}
  mutation {{ tagsAdd(id: "{product}", tags: ["order-{{{{ order.id }}}}"]) {{ userErrors {{ field message }} }} }}
{{% endaction %}}
{{% action "http" %}}
  {{"method": "post", "url": "{url}", "body": {{"order": {{{{ order.id }}}} }} }}
{{% endaction %}}
{{% action "event" %}}
  {{"topic": "user/order/followed", "data": {{{{ order.id }}}},
   "run_at": {{{{ "now" | date: "%s" | plus: 1 }}}} }}
{{% endaction %}}
"""
FOLLOWED = '{% action "cache", "incr", "followed" %}'


def write_project(folder: Path, receiver_url: str) -> None:
    """A project with our inventory task and two more: all kinds of effects, and what follows from them."""
    tasks = folder / "tasks"
    tasks.mkdir(parents=True)
    shutil.copy(ROOT / "tasks" / f"{OWN}.json", tasks)
    script = '{% assign key = "order-" | append: order.id %}' + EFFECTS.format(
        key="key", product=PRODUCT, url=receiver_url
    )
    for name, text, topic in (
        ("effects", script, f"shopify/{ORDERS_TOPIC}"),
        ("followed", FOLLOWED, "user/order/followed"),
    ):
        document = {"name": name, "script": text, "subscriptions_template": topic, "options": {}}
        (tasks / f"{name}.json").write_text(json.dumps(document), encoding="utf-8")


@dataclass
class Story:
    """Sends orders and changes of stock; ``sent`` are the orders that were answered with 200, by their number."""

    shop: RunningShop
    address: str
    chance: random.Random
    sent: set[int] = field(default_factory=set)
    refused: int = 0

    def order(self, number: int, copies: int = 1) -> None:
        """Deliver an order's webhook as the shop does: again and again until it is answered well."""
        body = json.dumps({"id": number, "name": f"#{number}"}).encode()
        headers = {
            "Content-Type": "application/json",
            "X-Shopify-Topic": ORDERS_TOPIC,
            "X-Shopify-Shop-Domain": self.shop.domain,
            "X-Shopify-Webhook-Id": f"order-{number}",
            "X-Shopify-Event-Id": f"order-event-{number}",
            "X-Shopify-Api-Version": "2026-04",
            SIGNATURE_HEADER: signature(body, self.shop.secret),
        }
        for _ in range(copies):
            while not self._delivered(body, headers):
                self.refused += 1
        self.sent.add(number)

    def sell(self) -> None:
        """Somebody buys a print, or a few come in: one change of a level, the rest is the task's work."""
        verb, quantity = self.chance.choice((("sell", 1), ("sell", 2), ("restock", 2)))
        self.shop.do(verb, sku=self.chance.choice(SKUS), location="Workshop", quantity=quantity)

    def _delivered(self, body: bytes, headers: dict[str, str]) -> bool:
        try:
            reply = httpx.post(self.address, content=body, headers=headers, timeout=20)
        except httpx.HTTPError:
            return False
        assert reply.status_code in (200, 500, 503), (reply.status_code, reply.text)
        return reply.status_code == 200


@dataclass(frozen=True)
class Books:
    """Everything that was recorded, read once the store is quiet."""

    events: int
    runs: tuple[Run, ...]
    attempts: dict[str, tuple[Attempt, ...]]
    """By the id of the run."""
    dispatched: tuple[str, ...]
    """Dispatches that wait, or are claimed."""


def read_books(store: Store) -> Books:
    """All events, runs and dispatches of ``store``."""
    runs = store.runs.all()
    events = {run.event_id for run in runs}
    attempts = {run.id: store.runs.attempts(run.id) for run in runs}
    book = Dispatches(store)
    try:
        waiting = book.waiting(limit=10_000, offset=0)
        owners = book.owners()
    finally:
        book.close()
    return Books(len(events), runs, attempts, (*waiting, *owners))


def open_runs(store: Store) -> int:
    """How many runs have not ended."""
    return sum(count for state, count in store.runs.count().items() if not state.final)


def check_books(books: Books, story: Story, kills: int) -> None:
    """Every accepted event came to an end; nothing ran oftener than workers died; both books agree."""
    assert all(run.state.final for run in books.runs)
    assert not any(run.job_open for run in books.runs)
    assert books.dispatched == ()
    orders = [run for run in books.runs if run.kind is RunKind.TASK and run.task_name == "effects"]
    assert len(orders) == len(story.sent), "each accepted order has one task run"
    oftenest = max(sum(each.ended_at is None for each in tries) for tries in books.attempts.values())
    assert oftenest <= kills, f"a run was interrupted {oftenest} times by {kills} kills"
    for run in books.runs:
        if run.state is RunState.FAILED:
            assert (run.failure or {}).get("code") in EXPECTED_FAILURES, (run.error, run.failure, run.payload)


EXPECTED_FAILURES = {"action.outcome_unknown", "action.user_errors", "action.halted"}
"""What may go wrong for good: an effect nobody can know of, and a comparison of stock refused on purpose, which halts
the rest of its sequence."""


def check_effects(books: Books, story: Story, counts: Counter[int], cache: dict[str, Any], tags: list[str]) -> None:
    """What the tasks did, counted where it arrived."""
    actions = Counter(
        (str((run.payload or {}).get("type")), run.state) for run in books.runs if run.kind is RunKind.ACTION
    )
    assert cache["orders"] == len(story.sent), "counted once for each order, in the commit that records it"
    assert cache["followed"] == len(story.sent), "and so for what followed a second later"
    assert {f"order-{number}" for number in story.sent} <= set(tags), "a tag can be added again"
    assert len(counts) >= len(story.sent) - actions["http", RunState.FAILED], "what may not have been done says so"
    for run in books.runs:
        if (run.payload or {}).get("type") == "http":
            check_posts(books.attempts[run.id], counts[run.payload["options"]["body"]["order"]])


def check_posts(attempts: tuple[Attempt, ...], posts: int) -> None:
    """A post was made once for each attempt that says so, and never again after one that nobody saw the end of."""
    sent = [attempt for attempt in attempts if attempt.sent_at is not None]
    assert posts <= len(sent), (posts, attempts)
    assert all(attempt.ended_at is not None for attempt in sent[:-1]), attempts


def check_levels(shop: RunningShop) -> None:
    """All variants of the product have the same stock at each location."""
    objects = shop.state()["objects"]
    items = {
        variant["inventoryItem"]: variant["sku"]
        for variant in objects["ProductVariant"].values()
        if variant["sku"] in SKUS
    }
    levels: dict[str, set[int]] = {}
    for level in objects["InventoryLevel"].values():
        if level["item"] in items:
            levels.setdefault(level["location"], set()).add(level["_quantities"]["available"])
    assert levels
    assert all(len(values) == 1 for values in levels.values()), levels
