"""The fashion shop: what its seed holds, that its generator makes it, and that all of it is answered truly."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from runner.shopify.schema import DEFAULT_VERSION, Field, load
from runner.simulator.clock import VirtualClock
from runner.simulator.families import INDEXES
from runner.simulator.graph import Graph
from runner.simulator.seed import Seed, load_seed
from runner.simulator.server import RunningShop, simulator
from tests.simulator.asking import Ask
from tests.simulator.conftest import GRAPHQL

SHOPS = Path(__file__).parents[2] / "fixtures" / "_shops"


@pytest.fixture(scope="module")
def seed() -> Seed:
    return load_seed("fashion")


@pytest.fixture(scope="module")
def graph(seed: Seed) -> Graph:
    return seed.graph(VirtualClock(seed.start), INDEXES)


@pytest.fixture(scope="module")
def strict(seed: Seed) -> Iterator[RunningShop]:
    """The shop served so that a guess is an error; tests here only read."""
    with simulator(seed, strict=True, bucket=10_000_000.0) as shop:
        yield shop


@pytest.fixture(scope="module")
def client(strict: RunningShop) -> Iterator[httpx.Client]:
    headers = {"X-Shopify-Access-Token": strict.token}
    with httpx.Client(base_url=strict.url, headers=headers, timeout=60, trust_env=False) as client:
        yield client


@pytest.fixture(scope="module")
def read(client: httpx.Client) -> Ask:
    """``read(query, **variables)``: the data of the answer, which has no error."""

    def read(query: str, **variables: Any) -> dict[str, Any]:
        body = client.post(GRAPHQL, json={"query": query, "variables": variables}).json()
        assert "errors" not in body, body["errors"]
        data: dict[str, Any] = body["data"]
        return data

    return read


def test_the_file_is_what_its_generator_makes() -> None:
    command = [sys.executable, str(SHOPS / "fashion.py"), "--stdout"]
    made = subprocess.run(command, capture_output=True, check=True, timeout=120)
    assert made.stdout.decode() == (SHOPS / "fashion.yml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("type_name", "count"),
    [
        ("Product", 500),
        ("ProductVariant", 2000),
        ("Location", 3),
        ("Customer", 300),
        ("Order", 400),
        ("DraftOrder", 30),
        ("Company", 6),
        ("Market", 5),
        ("GiftCard", 18),
        ("AbandonedCheckout", 16),
    ],
)
def test_there_are_as_many_as_the_shop_is_said_to_have(graph: Graph, type_name: str, count: int) -> None:
    assert graph.count(type_name) == count


@pytest.mark.parametrize(
    ("query", "least"),
    [
        *((f"financial_status:{status}", 3) for status in ("paid", "pending", "authorized", "voided", "refunded")),
        ("financial_status:partially_paid", 5),
        ("financial_status:partially_refunded", 5),
        *((f"fulfillment_status:{status}", 5) for status in ("fulfilled", "unfulfilled", "partial", "on_hold")),
        ("fulfillment_status:scheduled", 3),
        ("status:cancelled", 10),
        ("status:closed", 50),
        ("status:open", 100),
        *((f"return_status:{status}", 3) for status in ("return_requested", "in_progress", "returned")),
        ("risk_level:high", 3),
        ("chargeback_status:needs_response", 1),
        ("delivery_method:pick-up", 5),
        ("source_name:pos", 20),
        ("discount_code:WELCOME10", 5),
        ("gateway:paypal", 5),
        ("tag:wholesale", 5),
        ("created_at:<2025-03-02", 20),
        ("created_at:>2026-02-23 AND fulfillment_status:unfulfilled", 20),
        ("processed_at:<2026-02-25 AND fulfillment_status:unfulfilled AND status:open", 10),
    ],
)
def test_there_are_orders_of_every_state_and_age(read: Ask, query: str, least: int) -> None:
    found = read("query ($search: String) { ordersCount(query: $search) { count } }", search=query)
    assert found["ordersCount"]["count"] >= least


@pytest.mark.parametrize(
    ("root", "query", "least"),
    [
        ("productsCount", "status:draft", 5),
        ("productsCount", "status:archived", 5),
        ("productsCount", "inventory_total:<=0", 10),
        ("productsCount", "tag:sale", 30),
        ("productsCount", "created_at:<2025-03-02", 50),
        ("productsCount", "created_at:>2026-02-01", 5),
        ("productsCount", "published_status:unpublished", 10),
        ("customersCount", "state:enabled", 50),
        ("customersCount", "state:invited", 5),
        ("customersCount", "tag:vip", 5),
        ("customersCount", "orders_count:0", 10),
        ("customersCount", "orders_count:>3", 5),
        ("draftOrdersCount", "status:open", 5),
        ("draftOrdersCount", "status:invoice_sent", 5),
        ("draftOrdersCount", "status:completed", 5),
        ("discountNodesCount", "status:active", 4),
        ("discountNodesCount", "status:expired", 2),
        ("discountNodesCount", "status:scheduled", 2),
        ("giftCardsCount", "status:disabled", 1),
    ],
)
def test_there_are_things_of_every_kind(read: Ask, root: str, query: str, least: int) -> None:
    found = read(f"query ($search: String) {{ {root}(query: $search) {{ count }} }}", search=query)
    assert found[root]["count"] >= least


def test_goods_have_the_blemishes_of_a_shop_that_grew(graph: Graph) -> None:
    products, variants = graph.of_type("Product"), graph.of_type("ProductVariant")
    items, levels = graph.of_type("InventoryItem"), graph.of_type("InventoryLevel")
    skus = Counter(each["sku"] for each in variants if each["sku"])
    costs = {item.id: item["_cost"] for item in items}
    found = {
        "no images": sum(1 for each in products if not each["_media"]),
        "no cost": sum(1 for item in items if item["_cost"] is None),
        "the same SKU": sum(1 for count in skus.values() if count > 1),
        "no SKU": sum(1 for each in variants if not each["sku"]),
        "below cost": sum(1 for v in variants if float(costs[v["inventoryItem"]] or 0) > float(v["price"])),
        "compared": sum(1 for each in variants if each["compareAtPrice"]),
        "oversold": sum(1 for each in levels if each["_quantities"]["available"] < 0),
        "incoming": sum(1 for each in levels if each["_quantities"]["incoming"] > 0),
        "not shipped": sum(1 for item in items if not item["requiresShipping"]),
    }
    assert {name: count for name, count in found.items() if count < 4} == {}


LISTS = [
    "abandonedCheckouts",
    "automaticDiscountNodes",
    "blogs",
    "articles",
    "catalogs",
    "codeDiscountNodes",
    "collections",
    "companies",
    "companyLocations",
    "customers",
    "deliveryProfiles",
    "discountNodes",
    "draftOrders",
    "files",
    "fulfillmentOrders",
    "giftCards",
    "inventoryItems",
    "locations",
    "markets",
    "menus",
    "metafieldDefinitions:ownerType=PRODUCT",
    "metaobjectDefinitions",
    "metaobjects:type=designer",
    "orders",
    "pages",
    "products",
    "productTags",
    "productTypes",
    "productVariants",
    "productVendors",
    "publications",
    "segments",
    "themes",
    "urlRedirects",
]
"""The roots that answer with lists, some with an argument they need."""


@pytest.mark.parametrize("asked", LISTS)
def test_every_list_is_read_without_a_guess(read: Ask, asked: str) -> None:
    root, _, more = asked.partition(":")
    schema = load(DEFAULT_VERSION)
    field = schema.field("QueryRoot", root)
    assert field is not None
    connection = field.type.strip("!")
    node = _bare(schema.field(connection, "nodes"))
    arguments = f", {more.replace('=', ': ')}" if more and more[0].islower() else ""
    if arguments and "type:" in arguments:
        arguments = arguments.replace("designer", '"designer"')
    selection = f"{{ {_plain_fields(node)} }}" if schema.kind(node) != "SCALAR" else ""
    found = read(f"{{ {root}(first: 250{arguments}) {{ nodes {selection} }} }}")
    assert found[root]["nodes"]


def _bare(field: Field | None) -> str:
    assert field is not None
    return field.type.strip("[]!")


def _plain_fields(type_name: str) -> str:
    """The fields of a type that are plain values and ask for no argument."""
    schema, names = load(DEFAULT_VERSION), ["__typename"]
    for name in schema.field_names(type_name):
        field = schema.field(type_name, name)
        if field is None or any(each.required for each in field.args.values()):
            continue
        if schema.kind(_bare(field)) in ("SCALAR", "ENUM"):
            names.append(name)
    return " ".join(names)


PARTS = {
    "companyLocations": "market { name enabled } taxSettings { taxExempt }",
    "companies": "mainContact { id } metafieldDefinitions(first: 2) { nodes { key } }",
    "customers": "defaultAddress { city } lastOrder { name } metafields(first: 3) { nodes { key value } }",
    "discountNodes": "discount { __typename } metafieldDefinitions(first: 2) { nodes { key } }",
    "draftOrders": "customer { email } lineItems(first: 2) { nodes { title } } events(first: 1) { nodes { message } }",
    "fulfillmentOrders": "assignedLocation { name } fulfillmentHolds { reason } lineItems(first: 2) { nodes { sku } }",
    "giftCards": "balance { amount } customer { email } transactions(first: 2) { nodes { amount { amount } } }",
    "markets": "priceList { id } regions(first: 2) { nodes { name } }",
    "orders": """purchasingEntity { __typename } customerJourneySummary { lastVisit { source } } disputes { status }
        lineItems(first: 3) { nodes { sku variant { id } product { id } } } transactions { kind status gateway }
        fulfillments { displayStatus trackingInfo { number } } returns(first: 2) { nodes { name status } }""",
    "productVariants": "presentmentPrices(first: 1) { nodes { price { amount } } } inventoryItem { id }",
    "products": "productCategory { __typename } options { name } media(first: 2) { nodes { alt } }",
    "publications": "app { title developerName apiKey launchUrl webhookApiVersion } catalog { title }",
}
"""Parts of what the lists answer with, at the other end of a relation."""


@pytest.mark.parametrize("root", PARTS)
def test_what_belongs_to_the_things_of_a_list_is_read_without_a_guess(read: Ask, root: str) -> None:
    more = ", sortKey: PROCESSED_AT, reverse: true" if root == "orders" else ""
    assert read(f"{{ {root}(first: 50{more}) {{ nodes {{ {PARTS[root]} }} }} }}")[root]["nodes"]


def test_orders_of_every_state_are_told_by_rest(client: httpx.Client) -> None:
    states: set[tuple[str, str | None]] = set()
    path = "/admin/api/2026-04/orders.json?status=any&limit=250"
    while path:
        reply = client.get(path)
        for order in reply.json()["orders"]:
            states.add((order["financial_status"], order["fulfillment_status"]))
            paid = sum(float(each["amount"]) for refund in order["refunds"] for each in refund["transactions"])
            assert paid <= float(order["total_price"])
            assert order["line_items"]
        path = httpx.URL(reply.links["next"]["url"]).raw_path.decode() if "next" in reply.links else ""
    assert states >= {
        *((money, None) for money in ("authorized", "paid", "partially_paid", "pending", "refunded", "voided")),
        *((money, "fulfilled") for money in ("paid", "partially_refunded", "refunded")),
        ("paid", "partial"),
    }
