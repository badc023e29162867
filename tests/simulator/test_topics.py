"""Every topic that tasks of the library subscribe to is caused by something that can be done to the store."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from runner.simulator.server import RunningShop
from tests.simulator.asking import Ask
from tests.simulator.buying import CART, PAT, SEED

Step = tuple[str, dict[str, Any]] | str
"""A verb with its arguments, or the text of a mutation."""
ORDER, SENT = ("order", {**CART, "payment": "pending"}), ("fulfill", {"order": "#1001"})
MUG = "gid://shopify/Product/80000001"
LINE = '{title: "Mug", quantity: 1, originalUnitPriceWithCurrency: {amount: "5", currencyCode: USD}}'
RETURN = ("request-return", {"order": "#1001"})
CAUSES: dict[str, list[Step]] = {
    "checkouts/create": [("check-out", {"lines": [{"sku": "HOOK"}], "email": "kim@shop.test"})],
    "checkouts/update": [
        ("check-out", {"lines": [{"sku": "HOOK"}], "email": "kim@shop.test"}),
        ("check-out", {"checkout": "", "note": "Ring"}),
    ],
    "collections/create": ['collectionCreate(input: {title: "Sea"}) { userErrors { message } }'],
    "collections/update": [
        'collectionCreate(input: {title: "Sea"}) { userErrors { message } }',
        'collectionUpdate(input: {id: "COLLECTION", title: "Sky"}) { userErrors { message } }',
    ],
    "customer.tags_added": [f'tagsAdd(id: "{PAT}", tags: ["new"]) {{ userErrors {{ message }} }}'],
    "customers/create": [("add-customer", {"email": "kim@shop.test"})],
    "customers/enable": [("set-account", {"customer": "pat@shop.test", "state": "enabled"})],
    "customers/update": [("edit-customer", {"customer": "pat@shop.test", "note": "likes blue"})],
    "discounts/create": [
        'discountCodeBasicCreate(basicCodeDiscount: {title: "Ten", code: "TEN", startsAt: "2026-01-01T00:00:00Z", '
        "context: {all: ALL}, customerGets: {value: {percentage: 0.1}, items: {all: true}}}) { userErrors { message } }"
    ],
    "draft_orders/create": [("draft-order", {"lines": [{"sku": "HOOK"}]})],
    "draft_orders/update": [
        f"draftOrderCreate(input: {{lineItems: [{LINE}]}}) {{ userErrors {{ message }} }}",
        'draftOrderUpdate(id: "DRAFTORDER", input: {note: "x"}) { userErrors { message } }',
    ],
    "fulfillment_events/create": [ORDER, SENT, ("deliver", {"order": "#1001"})],
    "fulfillments/create": [ORDER, SENT],
    "fulfillments/update": [ORDER, SENT, ("deliver", {"order": "#1001", "status": "in_transit"})],
    "inventory_levels/update": [("sell", {"sku": "MUG-B", "location": "Workshop"})],
    "orders/cancelled": [ORDER, ("cancel", {"order": "#1001"})],
    "orders/create": [ORDER],
    "orders/edited": [
        ORDER,
        'orderEditBegin(id: "ORDER") { userErrors { message } }',
        'orderEditAddCustomItem(id: "CALCULATEDORDER", title: "Wrap", quantity: 1, '
        'price: {amount: "2", currencyCode: USD}) { userErrors { message } }',
        'orderEditCommit(id: "CALCULATEDORDER") { userErrors { message } }',
    ],
    "orders/fulfilled": [ORDER, SENT],
    "orders/paid": [ORDER, ("pay", {"order": "#1001"})],
    "orders/updated": [ORDER, ("edit-order", {"order": "#1001", "note": "x"})],
    "products/create": ['productCreate(product: {title: "Bowl"}) { userErrors { message } }'],
    "products/delete": [f'productDelete(input: {{id: "{MUG}"}}) {{ userErrors {{ message }} }}'],
    "products/update": [("edit-product", {"product": "mug", "title": "Big mug"})],
    "refunds/create": [("order", CART), ("refund", {"order": "#1001"})],
    "returns/close": [
        ORDER,
        SENT,
        ("request-return", {"order": "#1001", "approved": True}),
        'returnClose(id: "RETURN") { userErrors { message } }',
    ],
    "returns/request": [ORDER, SENT, RETURN],
}
"""Topic -> what is done, in its order. Ids of the newest object of a type stand as its name in capitals."""


def perform(shop: RunningShop, ask: Ask, step: Step) -> None:
    """Do one step; ids are filled in."""
    objects = {kind.upper(): list(nodes) for kind, nodes in shop.state()["objects"].items()}
    if isinstance(step, str):
        text = re.sub(r'"([A-Z]+)"', lambda word: f'"{objects[word[1]][-1]}"' if word[1] in objects else word[0], step)
        body = ask(f"mutation {{ {text} }}")
        assert "errors" not in body, body
        assert [payload["userErrors"] for payload in body["data"].values()] == [[]], body
        return
    verb, given = step
    if "checkout" in given:
        (checkout,) = shop.state()["objects"]["AbandonedCheckout"].values()
        given = {**given, "checkout": checkout["_token"]}
    shop.do(verb, **given)


@pytest.mark.parametrize("topic", CAUSES)
def test_a_topic_is_sent_by_the_last_thing_done(shop: RunningShop, ask: Ask, topic: str) -> None:
    shop.reset(SEED)
    shop.subscribe(topic)
    *before, last = CAUSES[topic]
    for step in before:
        perform(shop, ask, step)
    shop.take()
    perform(shop, ask, last)
    delivered = shop.take()
    assert topic in {each["topic"] for each in delivered}
    assert all(each["payload"] for each in delivered)


@pytest.mark.library
def test_no_task_of_the_library_waits_for_a_topic_that_nothing_causes(library: Path) -> None:
    wanted: set[str] = set()
    for path in library.glob("*/*.json"):
        task = json.loads(path.read_text())
        text = " ".join(task.get("subscriptions") or []) + " " + str(task.get("subscriptions_template") or "")
        wanted |= set(re.findall(r"shopify/([a-z_]+/[a-z_]+)", text))
    assert "orders/create" in wanted
    assert wanted - {topic.replace(".", "/") for topic in CAUSES} == set()
