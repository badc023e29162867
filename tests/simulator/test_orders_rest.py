"""Orders, their parts, and draft orders over REST."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from runner.simulator.server import RunningShop
from tests.simulator.buying import CART, SEED, held

API = "/admin/api/2026-04"
ORDER = f"{API}/orders/50000001"


@pytest.fixture
def shop(served: RunningShop) -> RunningShop:
    """The pottery, without orders."""
    served.reset(SEED)
    return served


def names(http: httpx.Client, query: str) -> list[str]:
    """The names of the orders a query gives."""
    reply = http.get(f"{API}/orders.json?{query}")
    assert reply.status_code == 200, reply.text
    return [order["name"] for order in reply.json()["orders"]]


def test_open_orders_come_first_and_the_rest_when_asked(shop: RunningShop, http: httpx.Client) -> None:
    shop.do("order", lines=[{"sku": "MUG-B"}])
    shop.do("order", lines=[{"sku": "HOOK"}])
    shop.do("fulfill")
    shop.do("edit-order", closed=True)
    shop.do("order", lines=[{"sku": "MUG-B"}], payment="pending")
    assert names(http, "") == ["#1003", "#1001"]
    assert names(http, "status=any") == ["#1003", "#1002", "#1001"]
    assert names(http, "status=closed") == ["#1002"]
    assert names(http, "status=any&financial_status=paid") == ["#1002", "#1001"]
    assert names(http, "status=any&fulfillment_status=shipped") == ["#1002"]
    assert names(http, "status=any&fulfillment_status=unshipped") == ["#1003", "#1001"]
    assert names(http, "status=any&limit=2") == ["#1003", "#1002"]
    assert http.get(f"{API}/orders/count.json?status=any").json() == {"count": 3}
    assert http.get(f"{API}/orders.json?status=odd").status_code == 400


def test_one_order_has_its_customer_whole(shop: RunningShop, http: httpx.Client) -> None:
    shop.do("order", **CART)
    order = http.get(f"{ORDER}.json").json()["order"]
    assert (order["name"], order["total_price"], order["customer"]["tags"]) == ("#1001", "85.00", "vip")
    assert order["customer"]["orders_count"] == 1
    assert http.get(f"{API}/orders/1.json").status_code == 404


def test_an_order_is_changed_closed_opened_and_cancelled(shop: RunningShop, http: httpx.Client) -> None:
    shop.do("order", **CART)
    body = {"order": {"id": 1, "note": "n", "tags": "a, b", "shipping_address": {"zip": "YO2 1AA"}}}
    changed = http.put(f"{ORDER}.json", json=body).json()["order"]
    assert (changed["note"], changed["tags"], changed["shipping_address"]["zip"]) == ("n", "a, b", "YO2 1AA")
    assert changed["shipping_address"]["city"] == "York"
    assert http.post(f"{ORDER}/close.json").json()["order"]["closed_at"] is not None
    assert http.post(f"{ORDER}/open.json").json()["order"]["closed_at"] is None
    cancelled = http.post(f"{ORDER}/cancel.json", json={"reason": "customer", "restock": True, "refund": True})
    order = cancelled.json()["order"]
    assert (order["cancel_reason"], order["financial_status"], held(shop, "MUG-B")) == ("customer", "refunded", (10, 0))


def test_an_authorization_is_captured(shop: RunningShop, http: httpx.Client) -> None:
    shop.do("order", **CART, payment="authorized")
    reply = http.post(f"{ORDER}/transactions.json", json={"transaction": {"kind": "capture"}})
    assert (reply.status_code, reply.json()["transaction"]["amount"]) == (201, "85.00")
    kinds = [each["kind"] for each in http.get(f"{ORDER}/transactions.json").json()["transactions"]]
    assert kinds == ["authorization", "capture"]
    again = http.post(f"{ORDER}/transactions.json", json={"transaction": {"kind": "capture"}})
    assert again.status_code == 422


def test_parcels_and_refunds_of_an_order(shop: RunningShop, http: httpx.Client) -> None:
    shop.do("order", **CART)
    (owner,) = http.get(f"{ORDER}/fulfillment_orders.json").json()["fulfillment_orders"]
    assert (owner["status"], owner["assigned_location"]["name"]) == ("open", "Workshop")
    asked = {"line_items_by_fulfillment_order": [{"fulfillment_order_id": owner["id"]}]}
    made = http.post(f"{API}/fulfillments.json", json={"fulfillment": asked})
    assert (made.status_code, made.json()["fulfillment"]["status"]) == (201, "success")
    number = made.json()["fulfillment"]["id"]
    told = http.post(f"{ORDER}/fulfillments/{number}/events.json", json={"event": {"status": "in_transit"}})
    assert told.status_code == 201
    (parcel,) = http.get(f"{ORDER}/fulfillments.json").json()["fulfillments"]
    assert (parcel["shipment_status"], len(parcel["line_items"])) == ("in_transit", 2)
    gone = http.put(f"{ORDER}/fulfillments/{number}.json", json={"fulfillment": {"tracking_number": "1"}})
    assert (gone.status_code, gone.json()) == (404, {"errors": "Not Found"})
    line = http.get(f"{ORDER}.json").json()["order"]["line_items"][0]
    row = {"line_item_id": line["id"], "quantity": 1, "restock_type": "no_restock"}
    refunded = http.post(f"{ORDER}/refunds.json", json={"refund": {"refund_line_items": [row], "note": "cracked"}})
    assert refunded.status_code == 201
    assert http.get(f"{ORDER}/refunds.json").json()["refunds"][0]["note"] == "cracked"


@pytest.mark.parametrize(
    ("given", "status"),
    [({"line_items": [{"variant_id": 90000001, "quantity": 2}]}, 201), ({"line_items": []}, 422)],
)
def test_a_draft_is_made_and_completed(
    shop: RunningShop, http: httpx.Client, given: dict[str, Any], status: int
) -> None:
    reply = http.post(f"{API}/draft_orders.json", json={"draft_order": {**given, "customer": {"id": 7001}}})
    assert reply.status_code == status
    if status == 201:
        draft = reply.json()["draft_order"]
        assert (draft["total_price"], draft["email"], draft["status"]) == ("55.00", "pat@shop.test", "open")
        done = http.put(f"{API}/draft_orders/{draft['id']}/complete.json?payment_pending=true").json()["draft_order"]
        assert (done["status"], done["order_id"]) == ("completed", 50000001)
        assert http.get(f"{API}/draft_orders.json?status=open").json() == {"draft_orders": []}
