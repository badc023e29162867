"""Orders, customers, draft orders, fulfillments, refunds and what hangs on them."""

from __future__ import annotations

from typing import Any

import pytest

from runner.liquid.objects.base import FrozenList
from runner.liquid.objects.named_values import NamedValues
from runner.liquid.values import elements, is_blank, json_text, lookup
from tests.liquid.objects.recorded import Recorded, resource, variables, walk

ORDER = {
    "id": 5001,
    "name": "#2001",
    "email": "pat@shop.test",
    "location_id": 2001,
    "tags": "alpha, beta",
    "note_attributes": [{"name": "gift", "value": "yes"}, {"name": "Gift note", "value": ""}],
    "customer": {"id": 7001, "email": "pat@shop.test", "first_name": "Pat"},
    "line_items": [
        {"id": 6001, "product_id": 8001, "variant_id": 9001, "properties": [{"name": "Engraving", "value": "A"}]}
    ],
    "fulfillments": [{"id": 4001, "order_id": 5001, "tracking_numbers": ["T1"], "line_items": [{"id": 6001}]}],
    "refunds": [
        {
            "id": 4201,
            "order_id": 5001,
            "refund_line_items": [{"quantity": 1, "line_item": {"product_id": 8001, "sku": "MUG-B"}}],
            "transactions": [{"id": 1, "kind": "refund", "order_id": 5001}],
        }
    ],
}
ANSWERS = {
    "orders/5001.json": {"order": ORDER},
    "orders/5001/transactions.json": {"transactions": [{"id": 1, "order_id": 5001, "kind": "sale"}]},
    "orders/5001/risks.json": {"risks": [{"id": 77, "order_id": 5001, "score": "0.5"}]},
    "orders/5001/fulfillment_orders.json": {
        "fulfillment_orders": [{"id": 88, "order_id": 5001, "assigned_location": {"name": "Studio"}}]
    },
    "orders/5001/fulfillments/4001.json": {"fulfillment": {"id": 4001, "name": "#2001.1"}},
    "customers/7001.json": {"customer": {"id": 7001, "tags": "vip, trade", "orders_count": 3}},
    "locations/2001.json": {"location": {"id": 2001, "name": "Studio"}},
    "products/8001.json": {"product": {"id": 8001, "tags": "blue", "handle": "mug"}},
    "variants/9001.json": {"variant": {"id": 9001, "sku": "MUG-B"}},
}


@pytest.mark.parametrize(
    ("name", "payload", "path", "expected", "calls"),
    [
        ("order", ORDER, "customer.first_name", "Pat", []),
        ("order", ORDER, "customer.tags", "vip, trade", ["customers/7001.json"]),
        ("order", ORDER, "customer.name", None, ["customers/7001.json"]),
        ("order", ORDER, "customer.reload.orders_count", 3, ["customers/7001.json"]),
        ("order", {"id": 5001}, "customer.email", "pat@shop.test", ["orders/5001.json"]),
        ("order", {"id": 5001, "customer": None}, "customer", None, []),
        ("order", ORDER, "location.name", "Studio", ["locations/2001.json"]),
        ("order", {"id": 1, "location_id": None}, "location", None, []),
        ("order", ORDER, "line_items.0.product.handle", "mug", ["products/8001.json"]),
        ("order", ORDER, "line_items.0.variant.sku", "MUG-B", ["variants/9001.json"]),
        ("order", ORDER, "line_items.0.properties.Engraving", "A", []),
        ("order", ORDER, "fulfillments.0.tracking_numbers.0", "T1", []),
        ("order", ORDER, "fulfillments.0.shipment_status", None, []),
        ("order", ORDER, "fulfillments.0.order.name", "#2001", []),
        ("order", ORDER, "refunds.0.order.customer.first_name", "Pat", []),
        ("order", ORDER, "refunds.0.refund_line_items.0.line_item.sku", "MUG-B", []),
        ("order", ORDER, "refunds.0.transactions.0.kind", "refund", []),
        ("order", {"id": 5001}, "refunds.0.id", 4201, ["orders/5001.json"]),
        ("order", ORDER, "transactions.first.kind", "sale", ["orders/5001/transactions.json"]),
        ("order", ORDER, "transactions.first.order.name", "#2001", ["orders/5001/transactions.json"]),
        ("order", ORDER, "risks.77.score", "0.5", ["orders/5001/risks.json"]),
        (
            "order",
            ORDER,
            "fulfillment_orders.first.assigned_location.name",
            "Studio",
            ["orders/5001/fulfillment_orders.json"],
        ),
        ("fulfillment", {"id": 4001, "order_id": 5001}, "order.name", "#2001", ["orders/5001.json"]),
        ("fulfillment", {"id": 4001, "order_id": 5001}, "name", "#2001.1", ["orders/5001/fulfillments/4001.json"]),
        ("fulfillment", {"id": 4001}, "name", None, []),
        ("fulfillment", {"id": 4001, "location_id": 2001}, "location.name", "Studio", ["locations/2001.json"]),
        ("fulfillment", {"line_items": [{"product_id": 8001}]}, "line_items.0.product_id", 8001, []),
        ("fulfillment_event", {"id": 4101, "order_id": 5001}, "order.name", "#2001", ["orders/5001.json"]),
        (
            "fulfillment_event",
            {"id": 4101, "order_id": 5001, "fulfillment_id": 4001},
            "fulfillment.name",
            "#2001.1",
            ["orders/5001/fulfillments/4001.json"],
        ),
        ("refund", {"id": 4201, "order_id": 5001}, "order.customer.tags", "vip, trade", None),
        ("order_edit", {"id": 4301, "order_id": 5001}, "order.name", "#2001", ["orders/5001.json"]),
        ("order_edit", {"id": 4301, "order_id": 5001}, "staff_note", None, []),
        ("draft_order", {"id": 1101, "order_id": 5001}, "order.name", "#2001", ["orders/5001.json"]),
        ("draft_order", {"id": 1101, "order_id": None}, "order", None, []),
        ("draft_order", {"id": 1101, "customer": {"id": 7001}}, "customer.tags", "vip, trade", ["customers/7001.json"]),
        ("gift_card", {"id": 1, "customer_id": 7001}, "customer.tags", "vip, trade", ["customers/7001.json"]),
        ("gift_card", {"id": 1, "order_id": 5001}, "order.name", "#2001", ["orders/5001.json"]),
        ("dispute", {"id": 1, "order_id": 5001}, "order.name", "#2001", ["orders/5001.json"]),
    ],
)
def test_relations_make_exactly_the_reads_they_need(
    name: str, payload: Any, path: str, expected: Any, calls: list[str] | None
) -> None:
    reads = Recorded(ANSWERS)
    assert walk(resource(name, payload, reads), path) == expected
    assert calls is None or reads.calls == calls


def test_a_relation_that_the_payload_carries_whole_is_taken_from_it() -> None:
    reads = Recorded(ANSWERS)
    draft = resource("draft_order", {"id": 1, "order": {"id": 5001, "name": "#here"}}, reads)
    assert walk(draft, "order.name") == "#here"
    assert walk(draft, "order.email") == "pat@shop.test"
    order = resource("order", {"id": 5001, "transactions": [{"id": 3, "kind": "void"}]}, reads)
    assert walk(order, "transactions.0.kind") == "void"
    assert reads.calls == ["orders/5001.json"]


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("gift", "yes"),
        ("Gift note", ""),
        ("Gift", None),
        ("missing", None),
        (0, {"name": "gift", "value": "yes"}),
        (-1, {"name": "Gift note", "value": ""}),
        (5, None),
        (True, None),
        ("size", 2),
        ("first", {"name": "gift", "value": "yes"}),
        ("last", {"name": "Gift note", "value": ""}),
    ],
)
def test_note_attributes_answer_by_name_and_stay_a_list(key: Any, expected: Any) -> None:
    attributes = resource("order", ORDER).lookup("note_attributes")
    assert lookup(attributes, key) == expected
    assert elements(attributes) == ORDER["note_attributes"]
    assert json_text(attributes) == json_text(ORDER["note_attributes"])


def test_no_note_attributes_are_blank() -> None:
    empty = NamedValues(FrozenList())
    assert is_blank(empty)
    assert lookup(empty, "first") is None
    assert lookup(empty, "x") is None
    assert resource("order", {"note_attributes": None}).lookup("note_attributes") is None
    assert lookup(NamedValues(FrozenList(["text", 7, None])), "name") is None


def test_the_first_of_two_attributes_with_one_name_counts() -> None:
    entries = FrozenList([{"name": "a", "value": 1}, {"name": "a", "value": 2}])
    assert lookup(NamedValues(entries), "a") == 1


def test_added_tags_are_a_list_and_the_customer_is_found_by_its_gid() -> None:
    reads = Recorded(ANSWERS)
    payload = {"customerId": "gid://shopify/Customer/7001", "tags": ["vip"], "occurredAt": "2026-03-02T15:15:00Z"}
    customer = variables("shopify/customer/tags_added", payload, reads)["customer"]
    assert customer.lookup("tags") == ["vip"]
    assert customer.lookup("customerId") == "gid://shopify/Customer/7001"
    assert reads.calls == []
    assert customer.lookup("orders_count") == 3
    assert customer.lookup("id") == 7001
    assert reads.calls == ["customers/7001.json"]


def test_tags_that_the_payload_has_are_not_read_again() -> None:
    reads = Recorded(ANSWERS)
    assert resource("customer", {"id": 7001, "tags": ""}, reads).lookup("tags") == ""
    assert reads.calls == []


@pytest.mark.parametrize(
    ("scope", "query"),
    [("open", "status=open"), ("any", "status=any"), ("unshipped", "fulfillment_status=unshipped&status=open")],
)
def test_orders_of_a_customer_have_the_scopes_of_orders(scope: str, query: str) -> None:
    names = sorted([*query.split("&"), "limit=250", "since_id=0"])
    path = "customers/7001/orders.json?" + "&".join(names)
    reads = Recorded({path: {"orders": [{"id": 5001, "name": "#2001", "order_number": 2001}]}})
    orders = walk(resource("order", ORDER, reads), f"customer.orders.{scope}")
    assert [order.lookup("name") for order in orders] == ["#2001"]
    assert reads.calls == [path]


@pytest.mark.parametrize(
    ("key", "answer", "expected"),
    [
        ("pat@shop.test", [{"id": 7001, "email": "pat@shop.test"}], 7001),
        ("PAT@shop.test", [{"id": 7001, "email": "pat@shop.test"}], 7001),
        ("pat@shop.test", [{"id": 1, "email": "xpat@shop.test"}, {"id": 2, "email": "pat@shop.test"}], 2),
        ("pat@shop.test", [{"id": 1, "email": "xpat@shop.test"}], None),
        ("pat@shop.test", [{"id": 1, "email": None}], None),
        ("pat@shop.test", [], None),
        ("pat@shop.test", None, None),
    ],
)
def test_a_customer_is_found_by_the_whole_address(key: str, answer: Any, expected: int | None) -> None:
    path = f'customers/search.json?query=email:"{key}"'
    reads = Recorded({path: {"customers": answer}})
    found = walk(variables("mechanic/user/trigger", None, reads)["shop"], "customers").lookup(key)
    assert (None if found is None else found.ident) == expected
    assert reads.calls == [path]


@pytest.mark.parametrize("key", ['a@b" OR state:"enabled', "a b@c", "a\\@b"])
def test_an_address_cannot_widen_the_search(key: str) -> None:
    reads = Recorded()
    assert variables("mechanic/user/trigger", None, reads)["shop"].lookup("customers").lookup(key) is None
    assert reads.calls == []


def test_a_customer_is_found_by_id_like_anything_else() -> None:
    reads = Recorded(ANSWERS)
    assert walk(variables("mechanic/user/trigger", None, reads)["shop"], "customers.7001.tags") == "vip, trade"


def test_an_order_in_json_is_its_payload() -> None:
    assert json_text(resource("order", ORDER, Recorded(ANSWERS))) == json_text(ORDER)
