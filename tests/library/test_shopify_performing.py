"""Every valid shopify action of the previews is performed: by the schema's word, and by the simulator where it can."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from graphql import parse

from runner.actions import Outcome, Tools
from runner.actions.base import ShopClient
from runner.actions.shopify import ShopifyAction
from runner.actions.shopify_graphql import mutation_fields
from runner.clock import FixedClock
from runner.model.event import Event
from runner.project import find_seed
from runner.shopify.client import ShopifyClient
from runner.shopify.schema import DEFAULT_VERSION
from runner.simulator.graph import Graph, level_gid
from runner.simulator.mutations import MUTATIONS
from runner.simulator.server import simulator
from tests.library.performing import Distinct, distinct, grouped
from tests.library.sweep import NOW
from tests.servers.admin import AdminShop, admin_shop, checked

pytestmark = pytest.mark.library

KIND = ShopifyAction()

REFUSED: dict[str, tuple[str, str]] = {
    "Cannot query field 'inventoryAdjustQuantity'": (
        "the mutation has been taken away since",
        "vintage-2021/maintain-inventory-for-a-product-bundle",
    ),
    "Unknown argument 'trackingInfoUpdateInput'": (
        "the argument has another name: broken at Shopify too (actions.md 11)",
        """
        current/auto-prefix-tracking-numbers-for-each-new-fulfillment
        vintage-2021/auto-prefix-tracking-numbers-for-each-new-fulfillment
        """,
    ),
    "unknown field 'valueType'": (
        "the field has been taken away since",
        """
        vintage-2021/auto-remove-a-product-tag-x-days-after-its-added
        vintage-2021/auto-tag-new-products-by-back-in-stock-age
        vintage-2021/email-customers-when-tagged
        """,
    ),
    "Value 'Grams' does not exist": (
        "the task's own stub data has a unit that there is not",
        "current/auto-recurring-draft-orders",
    ),
    "'[String!]!' not to be None": (
        "the option that holds the tags is unset, or the sample has none",
        """
        current/auto-tag-a-customers-first-order
        current/auto-tag-customers-by-email-domain
        current/auto-tag-customers-that-accept-marketing
        current/auto-tag-new-orders
        current/auto-tag-orders-from-recurring-client-ip-addresses
        current/auto-tag-orders-that-contain-an-out-of-stock-item
        current/auto-tag-orders-that-do-not-have-a-certain-tag
        current/auto-tag-orders-that-have-tips
        current/auto-tag-orders-with-mismatching-billing-and-shipping-addresses
        current/auto-tag-products-that-are-missing-costs
        current/maintain-a-tag-for-orders-processed-today
        current/tag-customers-on-the-anniversary-of-their-first-order
        current/tag-customers-with-open-draft-orders
        current/tag-new-orders-of-customers-with-prior-unpaid-orders
        current/tag-products-with-no-images
        current/untag-orders-when-paid
        vintage-2021/auto-tag-orders-that-contain-an-out-of-stock-item
        """,
    ),
    "'ID!' not to be None": (
        "the sample has no such resource, or the option that names it is unset",
        """
        current/archive-orders-when-tagged
        current/auto-associate-variants-with-a-delivery-profile-by-metafield-value
        current/auto-tag-products-with-incoming-inventory
        current/maintain-inventory-for-a-product-bundle
        current/partially-auto-capture-payments-as-orders-are-fulfilled
        current/sync-variant-inventory-within-a-product-by-pack-size
        current/tag-customers-with-open-draft-orders
        """,
    ),
    "'String!' not to be None": (
        "the option that names the metafield or attribute is unset",
        """
        current/auto-copy-customer-metafields-to-new-orders
        current/record-judge-me-customer-review-counts
        current/track-incoming-donations-in-a-store-metafield
        """,
    ),
}
"""Part of the message -> (why the document cannot be performed, the exports)."""

REFUSED_BY_SIMULATOR: dict[str, tuple[str, str]] = {
    "CHANGE_FROM_QUANTITY_STALE": (
        "the sample says another quantity than this shop has",
        """
        current/accept-a-maximum-number-of-orders-per-day
        current/keep-inventory-levels-in-sync-within-products
        current/keep-variant-inventory-in-sync-across-locations
        current/reset-inventory-levels-daily
        current/reset-negative-inventory-levels-to-zero-in-bulk
        current/scheduled-inventory-adjustment
        """,
    ),
    "Invalid id: gid://shopify/customer/": (
        "the task's own stub data has the type of an id in small letters",
        "current/auto-tag-customers-who-purchase-an-item-on-sale",
    ),
    "Invalid id: gid://shopify/order/": (
        "the task's own stub data has the type of an id in small letters",
        "current/sync-an-inverse-order-tag",
    ),
    "The inventory item was not found.": (
        "the task's own stub data has the type of an id in small letters",
        "current/auto-connect-new-products-to-all-locations",
    ),
    "Owner does not exist.": (
        "the task's own stub data has a member of a segment for an owner",
        "current/email-customers-when-tagged",
    ),
    "Field 'available' doesn't exist on type 'InventoryLevel'": (
        "the field has been taken away since",
        "vintage-2021/backup-scheduled-inventory-exports-in-shopifys-csv-format",
    ),
    "Argument 'key' on Field 'metafield' has an invalid value (null)": (
        "the option that names the metafield is unset",
        "current/delete-variants-having-a-metafield-date-that-has-passed",
    ),
}
"""The same of what the schema accepts."""

FURNISHED = {"tagsAdd", "tagsRemove", "bulkOperationRunQuery", "metafieldsSet", "metafieldsDelete", "productUpdate"} | {
    "inventoryAdjustQuantities",
    "inventoryBulkToggleActivation",
    "inventoryItemUpdate",
}
"""What the shop has all resources for; with other mutations it may say of its state that it does not fit."""


OF_EACH_KIND = """
customers: [{name: Pat Moss, email: pat@shop.test}]
orders: [{lines: [{sku: HD-OAK}], customer: pat@shop.test}]
draft_orders: [{lines: [{sku: HD-OAK}], customer: pat@shop.test}]
"""
"""What the seed lacks of kinds that cannot be without their parts."""
WITH_PARTS = {"Return", "Refund", "Fulfillment", "FulfillmentOrder"}
"""Kinds that come to be by what happens to an order; where none has, actions hear that there is none."""


@pytest.fixture(scope="module")
def http() -> Iterator[httpx.Client]:
    with httpx.Client(timeout=10, trust_env=False) as client:
        yield client


@pytest.fixture(scope="module")
def admin() -> Iterator[AdminShop]:
    with admin_shop() as shop:
        yield shop


def connect(url: str, token: str, http: httpx.Client) -> ShopifyClient:
    return ShopifyClient("prints.myshopify.com", token, http=http, clock=FixedClock(NOW), base_url=url)


def perform(action: Distinct, shop: ShopClient) -> Outcome:
    """The outcome of a real client's calls."""
    event = Event("user/a/b", id="event-1", created_at=NOW)
    tools = Tools(clock=FixedClock(NOW), run_id="run-1", event=event, task_id="task-1", shop=shop)
    return KIND.perform(KIND.validate(action.options), tools)


def test_the_shop_accepts_all_but_the_listed(admin: AdminShop, http: httpx.Client) -> None:
    """A shop that validates by the official schema; what it answers has that shape, and is the result."""
    client, refused = connect(admin.url, "shpat_1", http), {}
    for action in distinct("shopify"):
        outcome = perform(action, client)
        if not outcome.ok:
            refused[action] = str(outcome.error)
        else:
            assert_complete(action, outcome)
    assert grouped(refused, REFUSED) == {key: set(exports.split()) for key, (_, exports) in REFUSED.items()}
    assert len(admin.saw) == len(distinct("shopify")), "each is one call"


def assert_complete(action: Distinct, outcome: Outcome) -> None:
    """Every root field of the document is answered, and a REST call by its resource."""
    result: object = outcome.result
    assert isinstance(result, dict), action
    call = KIND.validate(action.options)
    if hasattr(call, "query"):
        asked = {(field.alias or field.name).value for field in mutation_fields(parse(call.query))}
        assert asked == set(result["data"]), action
    else:
        assert set(result) != {"errors"}, action
    assert outcome.meta is not None


def mutations(action: Distinct) -> set[str]:
    """The mutations of an action whose document the schema accepts; none of any other."""
    call = KIND.validate(action.options)
    if not hasattr(call, "query") or isinstance(checked(DEFAULT_VERSION, call.query), tuple):
        return set()
    return {field.name.value for field in mutation_fields(parse(call.query))}


def furnish(graph: Graph, text: str) -> None:
    """Give the shop every resource that the actions name, each as the first of its kind."""
    named = sorted(set(re.findall(r"gid://shopify/([A-Z]\w+)/(\d+)", text)))
    with graph.transaction():
        for kind, number in named:
            first = next(iter(graph.of_type(kind)), None)
            if first is None and kind in WITH_PARTS:
                continue
            fields = dict(first.fields) if first is not None else {"tags": []}
            if graph.get(f"gid://shopify/{kind}/{number}") is None:
                graph.create(kind, fields, id=f"gid://shopify/{kind}/{number}")
        level = next(iter(graph.of_type("InventoryLevel")))
        for item in graph.of_type("InventoryItem"):
            for location in graph.of_type("Location"):
                place = level_gid(location.id, item.id)
                if graph.get(place) is None:
                    graph.create("InventoryLevel", {**level.fields, "item": item.id, "location": location.id}, id=place)


def test_the_simulator_performs_all_that_it_knows_but_the_listed(http: httpx.Client, tmp_path: Path) -> None:
    refused: dict[Distinct, str] = {}
    performed = [action for action in distinct("shopify") if mutations(action) and mutations(action) <= set(MUTATIONS)]
    seed = tmp_path / "seed.yml"
    seed.write_text(find_seed("prints").read_text(encoding="utf-8") + OF_EACH_KIND, encoding="utf-8")
    with simulator(seed, hold_webhooks=True) as running:
        furnish(running.shop.graph, json.dumps([action.options for action in performed]))
        client = connect(running.url, running.token, http)
        for action in performed:
            outcome = perform(action, client)
            by_its_state = outcome.code == "action.user_errors" and not mutations(action) <= FURNISHED
            if not outcome.ok and not by_its_state:
                refused[action] = str(outcome.error)
        assert running.changes(), "the shop is not as it was"
    listed = {key: set(exports.split()) for key, (_, exports) in REFUSED_BY_SIMULATOR.items()}
    assert grouped(refused, REFUSED_BY_SIMULATOR) == listed
    assert len(performed) - len(refused) > 150
