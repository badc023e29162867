"""Webhooks carry the keys and the conventions of engine.md 11.3 and 11.4: every row of that list, seen once each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import httpx
import pytest

from runner.simulator.server import RunningShop, simulator
from tests.simulator.asking import Ask, mutate
from tests.simulator.buying import PAT, SEED

ORDER = """id admin_graphql_api_id app_id browser_ip buyer_accepts_marketing cancel_reason cancelled_at cart_token
checkout_id checkout_token client_details closed_at company confirmation_number confirmed contact_email created_at
currency current_subtotal_price current_total_discounts current_total_price current_total_tax current_subtotal_price_set
current_total_discounts_set current_total_price_set current_total_tax_set customer_locale device_id discount_codes
discount_applications duties_included email estimated_taxes financial_status fulfillment_status landing_site
landing_site_ref location_id merchant_of_record_app_id name note note_attributes number order_number order_status_url
original_total_duties_set payment_gateway_names payment_terms phone po_number presentment_currency processed_at
reference referring_site source_identifier source_name source_url subtotal_price tags tax_exempt tax_lines
taxes_included test token total_discounts total_line_items_price total_outstanding total_price total_tax
total_tip_received total_weight updated_at user_id billing_address shipping_address customer fulfillments line_items
refunds shipping_lines"""
LINE_ITEM = """id admin_graphql_api_id attributed_staffs current_quantity fulfillable_quantity fulfillment_service
fulfillment_status gift_card grams name price price_set product_exists product_id properties quantity requires_shipping
sku taxable title total_discount total_discount_set variant_id variant_inventory_management variant_title vendor
tax_lines duties discount_allocations"""
PLACE = "first_name last_name name company address1 address2 city province province_code country country_code zip phone"
ADDRESS = f"{PLACE} latitude longitude"
CUSTOMER = """id admin_graphql_api_id email first_name last_name phone state note verified_email multipass_identifier
tax_exempt tax_exemptions currency created_at updated_at default_address addresses"""
PRODUCT = """id admin_graphql_api_id title body_html vendor product_type handle status tags template_suffix
published_scope created_at updated_at published_at options images image media variant_gids
has_variants_that_requires_components category variants"""
VARIANT = """id admin_graphql_api_id product_id title price compare_at_price sku barcode position option1 option2
option3 inventory_item_id inventory_policy inventory_quantity old_inventory_quantity taxable image_id created_at
updated_at"""
DRAFT = """id admin_graphql_api_id name status email note note_attributes tags currency presentment_currency customer
billing_address shipping_address line_items applied_discount shipping_line tax_lines tax_exempt taxes_included
payment_terms invoice_url invoice_sent_at order_id subtotal_price total_price total_tax created_at updated_at
completed_at"""
FULFILLMENT = """id admin_graphql_api_id order_id name status shipment_status service location_id email destination
origin_address line_items tracking_company tracking_number tracking_numbers tracking_url tracking_urls receipt
created_at updated_at"""
FULFILLMENT_EVENT = """id admin_graphql_api_id fulfillment_id order_id status message happened_at estimated_delivery_at
address1 city province zip country latitude longitude shop_id created_at updated_at"""
REFUND = """id admin_graphql_api_id order_id created_at processed_at note user_id restock duties total_duties_set return
order_adjustments transactions refund_line_items"""
CHECKOUT = """id token cart_token email phone created_at updated_at completed_at currency customer customer_locale
abandoned_checkout_url line_items note note_attributes discount_codes shipping_address billing_address shipping_lines
subtotal_price total_price total_tax source_name"""
COLLECTION = (
    "id admin_graphql_api_id title handle body_html sort_order template_suffix published_at published_scope updated_at"
)
DISCOUNT = "admin_graphql_api_id title status created_at updated_at"
RETURN = "id admin_graphql_api_id name status return_line_items total_return_line_items"

# Topic, the way to a part of its payload, and the keys that part has.
KEYS = [
    ("orders/create", "", ORDER),
    ("orders/updated", "", ORDER),
    ("orders/paid", "", ORDER),
    ("orders/fulfilled", "", ORDER),
    ("orders/cancelled", "", ORDER),
    (
        "orders/create",
        "client_details",
        "accept_language browser_height browser_ip browser_width session_hash user_agent",
    ),
    ("orders/create", "discount_codes.0", "code amount type"),
    ("orders/create", "note_attributes.0", "name value"),
    ("orders/create", "line_items.0", LINE_ITEM),
    ("orders/create", "line_items.0.properties.0", "name value"),
    (
        "orders/create",
        "shipping_lines.0",
        "id code title price discounted_price source carrier_identifier tax_lines discount_allocations",
    ),
    ("orders/create", "shipping_address", ADDRESS),
    ("orders/create", "billing_address", ADDRESS),
    ("orders/create", "customer", CUSTOMER),
    ("orders/fulfilled", "fulfillments.0", FULFILLMENT),
    ("orders/cancelled", "refunds.0", REFUND),
    ("customers/create", "", CUSTOMER),
    ("customers/update", "", CUSTOMER),
    (
        "customers/update",
        "default_address",
        f"{ADDRESS.replace('latitude longitude', '')} id customer_id country_name default",
    ),
    ("customer.tags_added", "", "customerId tags occurredAt"),
    ("products/create", "", PRODUCT),
    ("products/update", "", PRODUCT),
    ("products/update", "options.0", "id product_id name position values"),
    ("products/update", "variants.0", VARIANT),
    ("inventory_levels/update", "", "inventory_item_id location_id available updated_at admin_graphql_api_id"),
    ("draft_orders/create", "", DRAFT),
    ("draft_orders/create", "line_items.0", "title price quantity sku variant_id product_id custom applied_discount"),
    ("fulfillments/create", "", FULFILLMENT),
    ("fulfillment_events/create", "", FULFILLMENT_EVENT),
    ("refunds/create", "", REFUND),
    (
        "refunds/create",
        "refund_line_items.0",
        "id line_item_id location_id quantity restock_type subtotal total_tax line_item",
    ),
    ("refunds/create", "refund_line_items.0.line_item", LINE_ITEM),
    ("orders/edited", "", "order_edit"),
    (
        "orders/edited",
        "order_edit",
        "id app_id created_at notify_customer order_id staff_note user_id line_items discounts shipping_lines",
    ),
    ("orders/edited", "order_edit.line_items", "additions removals"),
    ("orders/edited", "order_edit.line_items.additions.0", "id delta"),
    ("returns/request", "", f"{RETURN} order"),
    ("returns/request", "order", "id admin_graphql_api_id"),
    ("returns/approve", "order", "id admin_graphql_api_id"),
    ("returns/close", "", f"{RETURN} order_id"),
    ("checkouts/create", "", CHECKOUT),
    (
        "checkouts/create",
        "line_items.0",
        "key product_id variant_id title variant_title quantity price line_price sku vendor properties",
    ),
    ("collections/create", "", COLLECTION),
    ("discounts/create", "", DISCOUNT),
]
EXACTLY = [
    ("customer.tags_added", "customerId tags occurredAt"),
    ("inventory_levels/disconnect", "inventory_item_id location_id"),
    ("orders/edited", "order_edit"),
]
GONE_SINCE_2025_01 = """tags orders_count total_spent last_order_id last_order_name email_marketing_consent
sms_marketing_consent"""


@pytest.fixture(scope="module")
def payloads() -> Iterator[dict[str, Any]]:
    """The longest payload of each topic after a long day at the pottery."""
    topics = sorted({topic for topic, *_ in KEYS} | {topic for topic, _ in EXACTLY})
    with simulator(SEED) as shop:
        for topic in topics:
            shop.subscribe(topic)
        headers = {"X-Shopify-Access-Token": shop.token}
        with httpx.Client(base_url=shop.url, headers=headers, timeout=60, trust_env=False, verify=False) as client:

            def ask(query: str, **variables: Any) -> dict[str, Any]:
                body = {"query": query, "variables": variables}
                found: dict[str, Any] = client.post("/admin/api/2026-04/graphql.json", json=body).json()
                return found

            live_a_day(shop, ask)
        found: dict[str, Any] = {}
        for delivery in sorted(shop.take(), key=lambda delivery: len(delivery["body"])):
            found[delivery["topic"]] = delivery["payload"]
        yield found


def live_a_day(shop: RunningShop, ask: Ask) -> None:
    """Something of everything that is told."""
    shop.do(
        "order",
        lines=[{"sku": "MUG-B", "quantity": 2, "properties": {"Engraving": "Pat"}}],
        customer="pat@shop.test",
        shipping={"title": "Standard", "price": "5.00"},
        discount={"code": "SPRING", "percent": 10},
        attributes={"gift": "yes"},
    )
    shop.do("fulfill")
    shop.do("deliver", status="delivered", message="in the porch")
    shop.do("refund", lines=[{"sku": "MUG-B", "quantity": 1}], note="cracked")
    asked = shop.do("request-return", lines=[{"sku": "MUG-B", "quantity": 1}])["admin_graphql_api_id"]
    mutate(ask, f'returnApproveRequest(input: {{id: "{asked}"}}) {{ userErrors {{ message }} }}')
    mutate(ask, f'returnClose(id: "{asked}") {{ userErrors {{ message }} }}')
    shop.do("order", lines=[{"sku": "MUG-R"}], customer="pat@shop.test")
    order = ask("{ orders(first: 1, reverse: true) { nodes { id } } }")["data"]["orders"]["nodes"][0]["id"]
    begun = mutate(ask, f'orderEditBegin(id: "{order}") {{ calculatedOrder {{ id }} userErrors {{ message }} }}')
    edit, hook = (
        begun["calculatedOrder"]["id"],
        ask('{ productVariants(first: 1, query: "sku:HOOK") { nodes { id } } }'),
    )
    variant = hook["data"]["productVariants"]["nodes"][0]["id"]
    mutate(
        ask, f'orderEditAddVariant(id: "{edit}", variantId: "{variant}", quantity: 1) {{ userErrors {{ message }} }}'
    )
    mutate(ask, f'orderEditCommit(id: "{edit}") {{ userErrors {{ message }} }}')
    shop.do("cancel")
    shop.do("add-customer", first_name="Kit", email="kit@shop.test")
    mutate(ask, f'tagsAdd(id: "{PAT}", tags: ["trade"]) {{ userErrors {{ message }} }}')
    mutate(ask, 'productCreate(product: {title: "Plate", tags: ["b", "a"]}) { userErrors { message } }')
    shop.do("edit-product", product="mug", title="Cup", tags="sale, blue")
    shop.do("draft-order", lines=[{"sku": "MUG-B"}], customer="pat@shop.test")
    shop.do("check-out", lines=[{"sku": "MUG-B"}], email="pat@shop.test")
    mutate(ask, 'collectionCreate(input: {title: "Cups"}) { userErrors { message } }')
    mutate(
        ask,
        """discountCodeBasicCreate(basicCodeDiscount: {title: "Ten", code: "TEN", startsAt: "2026-03-01T00:00:00Z",
        context: {all: ALL}, customerGets: {items: {all: true}, value: {percentage: 0.1}}}) {
        userErrors { message } }""",
    )
    level = next(
        gid
        for gid, node in shop.state("InventoryLevel")["objects"]["InventoryLevel"].items()
        if node["_quantities"]["committed"] == 0 and node["_quantities"]["available"] == 4
    )
    mutate(ask, f'inventoryDeactivate(inventoryLevelId: "{level}") {{ userErrors {{ message }} }}')


def part(payload: Any, path: str) -> Any:
    """What stands at ``line_items.0.properties``; the payload itself for a blank path."""
    for step in filter(None, path.split(".")):
        payload = payload[int(step) if step.isdigit() else step]
    return payload


@pytest.mark.parametrize(("topic", "path", "keys"), KEYS, ids=[f"{topic}-{path}" for topic, path, _ in KEYS])
def test_a_payload_has_the_keys_of_its_resource(payloads: dict[str, Any], topic: str, path: str, keys: str) -> None:
    assert set(keys.split()) - part(payloads[topic], path).keys() == set()


@pytest.mark.parametrize(("topic", "keys"), EXACTLY)
def test_some_payloads_have_no_other_keys(payloads: dict[str, Any], topic: str, keys: str) -> None:
    assert payloads[topic].keys() == set(keys.split())


@pytest.mark.parametrize("topic", ["customers/create", "customers/update"])
def test_customers_have_no_aggregates_since_2025_01(payloads: dict[str, Any], topic: str) -> None:
    assert payloads[topic].keys() & set(GONE_SINCE_2025_01.split()) == set()


def members(value: Any, path: str = "") -> Iterator[tuple[str, str, Any]]:
    """Every member inside, as path, last name and value."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield f"{path}.{name}", name, inner
            yield from members(inner, f"{path}.{name}")
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from members(inner, f"{path}.{place}")


LISTS = frozenset(
    """line_items fulfillments refunds shipping_lines tax_lines discount_codes discount_applications note_attributes
    payment_gateway_names properties discount_allocations duties addresses variants options images tracking_numbers
    tracking_urls refund_line_items transactions order_adjustments return_line_items additions removals values
    """.split()  # noqa: SIM905 a list of names
)
CLOCKS = re.compile(r"(?:_at|_on|occurredAt)$")
MONEY = re.compile(
    r"^(?:price|line_price|amount|subtotal_price|(?:current_)?total_(?:price|tax|discounts)|total_outstanding)$"
)


def test_values_follow_the_conventions_of_webhooks(payloads: dict[str, Any]) -> None:
    """engine.md 11.3: ids, gids, money, tags, times with the shop's offset, null for what is absent but for lists."""
    wrong = []
    for topic, payload in payloads.items():
        for path, name, value in members(payload):
            if name in LISTS and ".order_edit." not in path and not isinstance(value, list):
                wrong.append((topic, path, value, "a list is never null"))
            if value is None:
                continue
            if (name == "id" or (name.endswith("_id") and name not in ("admin_graphql_api_id",))) and not (
                isinstance(value, int)
            ):
                wrong.append((topic, path, value, "an id is a number"))
            if name == "admin_graphql_api_id" and not str(value).startswith("gid://shopify/"):
                wrong.append((topic, path, value, "a gid"))
            if "refund_line_items" in path and name in ("subtotal", "total_tax"):
                continue  # numbers there, in the published example too: admin-rest/latest/resources/refund
            if MONEY.match(name) and not (isinstance(value, str) and re.fullmatch(r"-?\d+\.\d\d", value)):
                wrong.append((topic, path, value, "money is text"))
            if name == "tags" and topic != "customer.tags_added" and not isinstance(value, str):
                wrong.append((topic, path, value, "tags are one text"))
            if CLOCKS.search(name) and name not in ("included_in",):
                moment = datetime.fromisoformat(value)
                if moment.tzinfo is None or (topic != "customer.tags_added" and value.endswith("Z")):
                    wrong.append((topic, path, value, "a time with the shop's offset"))
    assert not wrong, wrong
    assert payloads["products/create"]["tags"] == "a, b"
    assert payloads["orders/create"]["created_at"] == "2026-03-02T10:00:00-05:00" or payloads["orders/create"][
        "created_at"
    ].endswith("-05:00")
    assert re.fullmatch(
        r"gid://shopify/InventoryLevel/\d+\?inventory_item_id=\d+",
        payloads["inventory_levels/update"]["admin_graphql_api_id"],
    )
