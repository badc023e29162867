"""Deliveries that Shopify failed to make are found and made up for, each once (engine.md 5.3, 10)."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from runner import Event, FixedClock, Task
from runner.engine import EnabledTask, Engine
from runner.engine.reconciler import LATE, SOURCE, Reconciler
from runner.shopify.changes import LEVELS, TOPICS, changes
from runner.shopify.client import ShopifyClient, open_http
from runner.simulator.server import RunningShop, simulator
from runner.store import Store

START = datetime(2026, 3, 2, 16, 0, tzinfo=UTC)
EVERY = timedelta(minutes=15)
PRODUCTS = "shopify/products/update"


class World:
    """A simulated shop, an engine and its reconciler, all on one clock."""

    def __init__(self, shop: RunningShop, http: httpx.Client, store: Store, clock: FixedClock, *topics: str) -> None:
        self.shop, self.clock, self.store = shop, clock, store
        self.client = ShopifyClient(shop.domain, shop.token, http=http, clock=clock, base_url=shop.url)
        record = self.client.rest("GET", "/admin/shop.json").body["shop"]
        document = {"name": "made", "script": "", "subscriptions_template": "\n".join(topics), "options": {}}
        enabled = EnabledTask.prepare(Task.from_json(document), shop=record, clock=clock)
        self.engine = Engine(store, [enabled], shop=record, client=self.client)
        self.reconciler = Reconciler(self.engine, self.client, EVERY)

    def tick(self, minutes: float) -> None:
        self.clock.advance(minutes * 60)
        self.shop.advance(minutes * 60)

    def deliver(self, webhook: dict[str, Any]) -> str | None:
        event = Event(f"shopify/{webhook['topic']}", webhook["payload"], source="shopify")
        return self.engine.accept(event, dedupe=webhook["id"])

    def made_up(self) -> list[Event]:
        return [event for event in self.store.events.all() if event.source == SOURCE]


@pytest.fixture
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    clock = FixedClock(START)
    with (
        simulator("prints", hold_webhooks=True, restore_rate=100_000) as shop,
        open_http() as http,
        Store(":memory:", clock=clock) as store,
    ):
        shop.set_clock(START)
        shop.subscribe("inventory_levels/update")
        shop.subscribe("products/update")
        yield World(shop, http, store, clock, LEVELS, PRODUCTS, "user/a/b")


def started(world: World) -> None:
    """The first look, which only remembers from when on nothing may be missing."""
    assert world.reconciler.look() == 0
    world.tick(6)


def test_what_was_told_is_not_made_up_for_and_what_was_not_is_once(world: World) -> None:
    started(world)
    world.shop.do("sell", sku="HD-OAK", location="Workshop")
    world.shop.do("sell", sku="SM-PAPER-A3", location="Gallery")
    first, *_ = world.shop.take()
    assert world.deliver(first)
    world.tick(20)
    assert world.reconciler.look() == 1
    (event,) = world.made_up()
    level = world.client.rest("GET", "/admin/inventory_levels.json", None, {"location_ids": event.data["location_id"]})
    assert event.data in level.body["inventory_levels"]
    assert (event.topic, event.shopify_topic) == (LEVELS, LEVELS)
    assert event.data["inventory_item_id"] != first["payload"]["inventory_item_id"]
    world.tick(20)
    assert world.reconciler.look() == 0


def test_it_is_marked_and_tasks_answer_it_as_any_other(world: World) -> None:
    started(world)
    world.shop.do("sell", sku="HD-OAK", location="Workshop")
    world.tick(20)
    world.reconciler.look()
    (event,) = world.made_up()
    row = world.store.events.get(event.id or "")
    assert row is not None
    assert row.origin is not None
    assert "changed_at" in row.origin["reconciled"]
    assert world.engine.drain().tasks == 1


def test_a_delivery_that_comes_after_all_is_a_repeat(world: World) -> None:
    started(world)
    world.shop.do("sell", sku="HD-OAK", location="Workshop")
    (late,) = world.shop.take()
    world.tick(20)
    assert world.reconciler.look() == 1
    assert world.deliver(late) is None
    world.shop.do("sell", sku="HD-OAK", location="Workshop")
    (next_one,) = world.shop.take()
    assert world.deliver(next_one), "what happened since is news"


def test_deliveries_have_some_minutes_before_they_count_as_missing(world: World) -> None:
    started(world)
    world.tick(20)
    world.shop.do("sell", sku="HD-OAK", location="Workshop")
    world.tick(LATE.total_seconds() / 60 - 1)
    assert world.reconciler.look() == 0
    world.tick(20)
    assert world.reconciler.look() == 1


def test_it_asks_no_oftener_than_wanted_and_nothing_about_topics_that_nobody_wants(world: World) -> None:
    started(world)
    before = len(world.shop.requests())
    world.reconciler.look()
    assert len(world.shop.requests()) == before
    world.tick(20)
    world.engine.use([])
    world.reconciler.look()
    assert len(world.shop.requests()) == before


def test_products_are_told_in_the_form_of_their_webhook(world: World) -> None:
    started(world)
    world.shop.do("edit-product", product="Harbour at Dawn", title="Harbour at Noon")
    (webhook,) = [each for each in world.shop.take() if each["topic"] == "products/update"]
    world.tick(20)
    world.reconciler.look()
    (event,) = [each for each in world.made_up() if each.topic == PRODUCTS]
    payload = webhook["payload"]
    same = ("id", "title", "handle", "vendor", "product_type", "tags", "status", "admin_graphql_api_id")
    assert {name: event.data[name] for name in same} == {name: payload[name] for name in same}
    known = [(each["id"], each["sku"], each["price"]) for each in payload["variants"]]
    assert [(each["id"], each["sku"], each["price"]) for each in event.data["variants"]] == known
    assert world.deliver(webhook) is None


def test_trouble_with_one_topic_is_logged_and_leaves_its_watermark(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    started(world)
    world.shop.do("sell", sku="HD-OAK", location="Workshop")
    world.tick(20)
    world.shop.add_fault(kind="error", status=502, path="inventory_levels")
    with caplog.at_level(logging.WARNING):
        assert world.reconciler.look() == 0
    assert f"{LEVELS} could not be reconciled" in caplog.text
    world.shop.clear_faults()
    assert world.reconciler.look() == 1


def test_a_standstill_is_made_up_for(world: World) -> None:
    started(world)
    world.shop.do("sell", sku="HD-OAK", location="Workshop")
    world.tick(60 * 24 * 3)
    assert world.reconciler.look() == 1


def orders_shop(request: httpx.Request) -> httpx.Response:
    """Two pages of orders by search, and their records over REST, as Shopify documents them."""
    if request.url.path.endswith("graphql.json"):
        asked = json.loads(request.content)["variables"]
        assert asked["search"] == "created_at:>='2026-03-02T16:00:00.000Z' created_at:<='2026-03-02T17:00:00.000Z'"
        second = asked["after"] == "one"
        node = {"id": f"gid://shopify/Order/{8 if second else 7}", "createdAt": "2026-03-02T16:30:00Z"}
        info = {"hasNextPage": not second, "endCursor": "two" if second else "one"}
        return httpx.Response(200, json={"data": {"orders": {"nodes": [node], "pageInfo": info}}})
    if request.url.path.endswith("/orders/7.json"):
        return httpx.Response(200, json={"order": {"id": 7, "created_at": "2026-03-02T16:30:00Z"}})
    return httpx.Response(404, json={"errors": "Not Found"})


def test_all_pages_are_read_and_what_is_gone_has_no_payload() -> None:
    with httpx.Client(transport=httpx.MockTransport(orders_shop)) as http:
        client = ShopifyClient("example.myshopify.com", "shpat_x", http=http, clock=FixedClock(START))
        found = list(changes(client, "shopify/orders/create", START, START + timedelta(hours=1)))
        assert [change.key for change in found] == ["7", "8"]
        assert found[0].payload() == {"id": 7, "created_at": "2026-03-02T16:30:00Z"}
        assert found[1].payload() is None


def test_every_listed_topic_is_one_that_shopify_has() -> None:
    from runner.model.topic import SHOPIFY_TOPICS

    assert {topic.removeprefix("shopify/") for topic in (*TOPICS, LEVELS)} <= {
        topic.removeprefix("shopify/") for topic in SHOPIFY_TOPICS
    }
