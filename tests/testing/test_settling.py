"""A task is driven until the store is quiet, its own changes coming back as webhooks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from runner.clock import Clock
from runner.engine.engine import Engine
from runner.engine.matching import EnabledTask
from runner.model.event import Event
from runner.model.task import Task
from runner.shopify.client import ShopifyClient, open_http
from runner.simulator.server import RunningShop, simulator
from runner.store import Store
from runner.testing.settling import LoopWatch, listen, settle, subject

TOPIC = "shopify/products/update"
PRODUCT = "gid://shopify/Product/80000001"
TAG = '{% action "shopify" %}mutation { tagsAdd(id: "' + PRODUCT + '", tags: [TAGS]) { userErrors { message } } }'
TAG += "{% endaction %}"
SAME = '{% action "shopify" %}mutation { productUpdate(product: {id: "' + PRODUCT + '", vendor: "Same"}) '
SAME += "{ userErrors { message } } }{% endaction %}"
BULK = (
    '{% if event.topic contains "bulk_operation" %}{% log bulkOperation.status %}{% else %}{% action "shopify" %}'
    'mutation { bulkOperationRunQuery(query: "{ products { edges { node { id } } } }") { bulkOperation { id } '
    "userErrors { message } } }{% endaction %}{% endif %}"
)


@dataclass
class Scene:
    shop: RunningShop
    client: ShopifyClient
    watch: LoopWatch
    logs: list[Any]

    def settled(self, script: str, topics: str = TOPIC, **more: Any) -> Any:
        task = Task.from_json(
            {"name": "Mine", "script": script, "options": {}, "subscriptions_template": topics, "subscriptions": []}
        )
        clock: Clock = self.shop.shop.clock
        record = self.client.rest("GET", "/admin/shop.json").body["shop"]
        with Store(":memory:", clock=clock) as store:
            enabled = EnabledTask.prepare(task, shop=record, clock=clock)
            engine = Engine(store, [enabled], shop=record, client=self.client, observer=self.occurred)
            self.unknown = listen(self.shop, engine)
            topic = topics.split()[0].partition("+")[0]
            engine.accept(Event(topic, {"admin_graphql_api_id": PRODUCT}, shopify_topic=topic, source="shopify"))
            return settle(engine, self.shop, self.client, **more)

    def occurred(self, occurrence: Any) -> None:
        self.watch.occurred(occurrence)
        self.logs += getattr(getattr(occurrence, "rendering", None), "logs", ())

    def changed(self, cause: str) -> int:
        return sum(change["cause"] == cause for change in self.shop.changes())


@pytest.fixture(scope="module")
def served() -> Iterator[RunningShop]:
    with simulator("prints", hold_webhooks=True) as shop:
        yield shop


@pytest.fixture
def scene(served: RunningShop) -> Iterator[Scene]:
    served.reset()
    served.hold()
    with open_http() as http:
        client = ShopifyClient(served.domain, served.token, http=http, clock=served.shop.clock, base_url=served.url)
        yield Scene(served, client, LoopWatch(), [])


def test_a_task_that_sees_what_it_did_comes_to_an_end(scene: Scene) -> None:
    script = '{% unless event.data.tags contains "seen" %}' + TAG.replace("TAGS", '"seen"') + "{% endunless %}"
    ended = scene.settled(script)
    assert (ended.quiet, ended.webhooks, ended.counts.tasks, scene.changed("graphql tagsAdd")) == (True, 1, 2, 1)
    assert not scene.watch.stopped


def test_a_loop_of_equal_actions_is_stopped_by_the_engine_and_told(scene: Scene) -> None:
    ended = scene.settled(SAME)
    assert (ended.quiet, ended.repeats) == (True, ((f"{TOPIC} Product 80000001", 3),))
    (reason,) = scene.watch.stopped
    assert reason.startswith("loop stopped")


def test_a_loop_of_ever_new_actions_ends_at_the_limit_and_is_not_quiet(scene: Scene) -> None:
    script = TAG.replace("TAGS", '{{ event.data.tags | size | append: "" | json }}')
    ended = scene.settled(script, most_webhooks=6)
    assert (ended.quiet, ended.webhooks) == (False, 6)


def test_many_webhooks_about_different_things_are_no_loop(scene: Scene) -> None:
    query = "{ products(first: 6) { nodes { id } } }"
    script = (
        '{% if event.data.admin_graphql_api_id == "' + PRODUCT + '" %}{% assign found = "' + query + '" | shopify %}'
    )
    script += (
        "{% for product in found.data.products.nodes %}" + TAG.replace(PRODUCT, "{{ product.id }}") + "{% endfor %}"
    )
    ended = scene.settled(script.replace("TAGS", '"seen"') + "{% endif %}", most_webhooks=3)
    assert (ended.quiet, ended.webhooks) == (True, 6)


def test_a_task_that_calls_itself_by_events_of_its_own_is_not_quiet(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("runner.testing.settling.MOST_ATTEMPTS", 30)
    script = '{% action "event" %}{"topic": "user/again/now", "task_id": {{ task.id | json }}}{% endaction %}'
    assert not scene.settled(script, f"{TOPIC}\nuser/again/now").quiet


def test_a_run_that_is_due_later_is_reached(scene: Scene) -> None:
    before = scene.shop.shop.clock.now()
    ended = scene.settled(TAG.replace("TAGS", '"late"'), f"{TOPIC}+2.days", most_webhooks=1)
    assert ended.counts.tasks >= 1
    assert (scene.shop.shop.clock.now() - before).days >= 2


def test_the_end_of_a_bulk_operation_is_waited_for(scene: Scene) -> None:
    ended = scene.settled(BULK, f"{TOPIC}\nmechanic/shopify/bulk_operation")
    assert (ended.quiet, ended.counts.tasks) == (True, 2)
    assert [str(log).lower() for log in scene.logs] == ["completed"]


def test_a_topic_that_no_shop_sends_is_named(scene: Scene) -> None:
    scene.settled("{% log 1 %}", f"{TOPIC}\nshopify/products/updated")
    assert scene.unknown == ("shopify/products/updated",)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"admin_graphql_api_id": PRODUCT}, f"{TOPIC} Product 80000001"),
        ({"inventory_item_id": 3, "location_id": 4, "available": 5}, f"{TOPIC} inventory_item_id 3 location_id 4"),
        ({"id": 7}, f"{TOPIC} id 7"),
        (None, TOPIC),
        ([1], TOPIC),
    ],
)
def test_an_event_is_told_by_what_it_is_about(data: Any, words: str) -> None:
    assert subject(Event(TOPIC, data)) == words
