"""Every query root that tasks of the library use answers, and nothing in the answer is guessed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from runner.simulator.server import RunningShop, simulator
from tests.simulator.conftest import GRAPHQL

ROOTS = {
    "order": "order(id: $order) { name displayFinancialStatus }",
    "products": 'products(first: 2, query: "title:Mug") { nodes { title } }',
    "orders": "orders(first: 2, reverse: true) { nodes { name } }",
    "product": "product(id: $product) { title }",
    "customer": "customer(id: $customer) { email }",
    "inventoryLevel": 'inventoryLevel(id: $level) { quantities(names: ["available"]) { quantity } }',
    "productVariants": 'productVariants(first: 2, query: "sku:HD-OAK") { nodes { sku } }',
    "publications": "publications(first: 5) { nodes { name } }",
    "collection": "collection(id: $collection) { title }",
    "customers": "customers(first: 2) { nodes { email } }",
    "customerSegmentMembers": (
        "customerSegmentMembers(first: 2, query: \"customer_tags CONTAINS 'vip'\") { edges { node { id } } totalCount }"
    ),
    "collections": "collections(first: 2) { nodes { title } }",
    "locations": "locations(first: 2) { nodes { name } }",
    "draftOrders": "draftOrders(first: 2) { nodes { name } }",
    "draftOrder": "draftOrder(id: $draft) { name }",
    "inventoryItems": "inventoryItems(first: 2) { nodes { sku } }",
    "shopifyqlQuery": 'shopifyqlQuery(query: "FROM sales SHOW total_sales") { tableData { rows } parseErrors }',
    "inventoryItem": "inventoryItem(id: $item) { sku }",
    "shop": "shop { name }",
    "codeDiscountNodeByCode": 'codeDiscountNodeByCode(code: "TEN") { id }',
    "deliveryProfile": "deliveryProfile(id: $profile) { name }",
    "discountNodes": "discountNodes(first: 2) { nodes { id } }",
    "ordersCount": "ordersCount(limit: null) { count precision }",
    "productVariant": "productVariant(id: $variant) { title }",
    "refund": "refund(id: $refund) { note }",
    "collectionByIdentifier": 'collectionByIdentifier(identifier: {handle: "sea"}) { title }',
    "customersCount": "customersCount { count }",
    "discountNode": "discountNode(id: $discount) { id }",
    "events": "events(first: 2) { nodes { message } }",
    "markets": "markets(first: 2) { nodes { name } }",
    "metafieldDefinitions": "metafieldDefinitions(first: 2, ownerType: PRODUCT) { nodes { key } }",
    "metaobject": "metaobject(id: $metaobject) { handle }",
    "paymentTermsTemplates": "paymentTermsTemplates { name }",
    "productTypes": "productTypes(first: 5) { nodes }",
    "productVendors": "productVendors(first: 5) { nodes }",
    "publication": "publication(id: $publication) { name }",
    "return": "return(id: $return) { name }",
    "segments": "segments(first: 2) { nodes { name } }",
    "app": "app { title icon { url } apiKey requestedAccessScopes { handle } }",
    "appInstallation": "appInstallation { launchUrl app { handle installation { id } } }",
    "businessEntities": "businessEntities { displayName address { countryCode } }",
    "publicApiVersions": "publicApiVersions { handle supported }",
    "shopLocales": "shopLocales { locale primary }",
    "staffMember": "staffMember { name isShopOwner initials avatar { url } }",
    "staffMembers": "staffMembers(first: 2, sortKey: LAST_NAME) { nodes { email } }",
}
"""The 38 roots of the library (actions.md 10.2), then some that apps ask often."""
SEEDED: dict[str, Any] = {
    "shop": {"name": "Kiln", "domain": "kiln.myshopify.com", "owner": "Ida Kiln"},
    "clock": "2026-03-02T10:00:00-05:00",
    "locations": ["Workshop"],
    "publications": ["Online Store"],
    "products": [
        {"title": "Mug", "type": "Cup", "vendor": "Kiln", "sku": "HD-OAK", "price": "20", "levels": {"Workshop": 9}}
    ],
    "collections": [{"title": "Sea", "products": ["mug"]}],
    "customers": [{"name": "Pat Moss", "email": "pat@shop.test", "tags": "vip"}],
    "segments": [{"name": "VIP", "query": "customer_tags CONTAINS 'vip'"}],
    "discounts": [{"title": "Ten", "code": "TEN", "percentage": 10}],
    "markets": [{"name": "North", "countries": ["CA"]}],
    "shopifyql": [{"match": "FROM sales", "rows": [{"total_sales": "9.00"}]}],
    "metafield_definitions": [{"owner": "product", "metafield": "care.wash", "type": "boolean"}],
    "metaobject_definitions": [{"type": "fact", "fields": {"text": "single_line_text_field"}}],
    "metaobjects": [{"type": "fact", "handle": "hot", "values": {"text": "Hot"}}],
}


@pytest.fixture(scope="module")
def told() -> Iterator[tuple[httpx.Client, dict[str, str]]]:
    """A client of a strict shop in which there is something of everything, and an id of each."""
    with simulator(SEEDED, strict=True) as shop:
        line = {"lines": [{"sku": "HD-OAK"}]}
        shop.do("order", **line, customer="pat@shop.test", payment="paid", force=True)
        shop.do("fulfill", order="#1001")
        shop.do("request-return", order="#1001")
        shop.do("refund", order="#1001", note="broken")
        shop.do("draft-order", **line)
        objects = shop.state()["objects"]
        kinds = {
            "order": "Order",
            "product": "Product",
            "customer": "Customer",
            "level": "InventoryLevel",
            "collection": "Collection",
            "draft": "DraftOrder",
            "item": "InventoryItem",
            "profile": "DeliveryProfile",
            "variant": "ProductVariant",
            "refund": "Refund",
            "discount": "DiscountCodeNode",
            "metaobject": "Metaobject",
            "publication": "Publication",
            "return": "Return",
        }
        ids = {name: next(iter(objects[kind])) for name, kind in kinds.items()}
        headers = {"X-Shopify-Access-Token": shop.token}
        with httpx.Client(base_url=shop.url, headers=headers, timeout=60, trust_env=False) as client:
            yield client, ids


@pytest.mark.parametrize("root", ROOTS)
def test_a_query_root_answers_with_something_and_guesses_nothing(
    told: tuple[httpx.Client, dict[str, str]], root: str
) -> None:
    client, ids = told
    names = [name for name in ids if f"${name})" in ROOTS[root]]
    declared = f"({', '.join(f'${name}: ID!' for name in names)})" if names else ""
    query = f"query {declared} {{ {ROOTS[root]} }}"
    reply = client.post(GRAPHQL, json={"query": query, "variables": {name: ids[name] for name in names}})
    body = reply.json()
    assert "errors" not in body, body
    assert body["data"][root]
    assert body["data"][root] != {"nodes": []}
    assert "X-Simulator-Guessed" not in reply.headers


def test_what_is_inside_of_a_guess_is_a_guess_too_and_no_fault(http: httpx.Client) -> None:
    query = "{ taxonomy { categories(first: 1) { nodes { id } } } deliveryPromiseSettings { processingTime } }"
    reply = http.post(GRAPHQL, json={"query": query})
    assert "errors" not in reply.json(), reply.json()
    assert "DeliveryPromiseSetting.processingTime" in reply.headers["X-Simulator-Guessed"]


def test_every_plain_field_of_the_shop_has_a_true_answer(http: httpx.Client, ask: Any) -> None:
    kinds = ask('{ __type(name: "Shop") { fields { name args { name } type { kind ofType { kind } } } } }')
    plain = [
        field["name"]
        for field in kinds["data"]["__type"]["fields"]
        if not field["args"]
        and (field["type"]["kind"] in ("SCALAR", "ENUM") or (field["type"]["ofType"] or {}).get("kind") == "SCALAR")
    ]
    assert {"name", "taxesIncluded", "orderNumberFormatPrefix", "timezoneOffset"} <= set(plain)
    reply = http.post(GRAPHQL, json={"query": f"{{ shop {{ {' '.join(plain)} }} }}"})
    assert "errors" not in reply.json(), reply.json()
    assert "X-Simulator-Guessed" not in reply.headers


BARE = {
    "SubscriptionContract": "billingPolicy { interval } deliveryPrice { amount } lines(first: 1) { nodes { id } }",
    "StoreCreditAccount": "balance { amount currencyCode }",
    "InventoryTransfer": "origin { name } totalQuantity receivedQuantity shipments(first: 1) { nodes { id } }",
    "InventoryTransferLineItem": "title shippedQuantity shippableQuantity",
    "InventoryShipment": "lineItemTotalQuantity totalReceivedQuantity tracking { company }",
    "InventoryShipmentLineItem": "acceptedQuantity unreceivedQuantity",
    "ExchangeLineItem": "processableQuantity lineItems { id }",
    "PaymentSchedule": "due dueAt balanceDue { amount }",
    "PaymentTerms": "due order { id } paymentSchedules(first: 1) { nodes { id } }",
}
"""Types that seeds give only as ``objects``, without what mutations would have stored."""


def test_objects_of_a_seed_that_say_nothing_are_read_without_a_fault(shop: RunningShop, ask: Any) -> None:
    shop.reset({"objects": [{"type": kind, "id": 5} for kind in BARE]})
    for kind, fields in BARE.items():
        body = ask(f'{{ node(id: "gid://shopify/{kind}/5") {{ ... on {kind} {{ {fields} }} }} }}')
        assert "errors" not in body, body
        assert body["data"]["node"] is not None
