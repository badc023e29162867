"""Price rules, orders made, refunds calculated, risks, disputes, gift cards and fulfilment orders over REST."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from runner.simulator.server import RunningShop
from tests.simulator.buying import CART, SEED, topics

API = "/admin/api/2026-04"
ORDER = f"{API}/orders/50000001"
RULE = {
    "title": "Spring",
    "target_type": "line_item",
    "target_selection": "all",
    "allocation_method": "across",
    "value_type": "percentage",
    "value": "-10.0",
    "customer_selection": "all",
    "starts_at": "2026-03-01T00:00:00-05:00",
}


@pytest.fixture
def shop(served: RunningShop) -> RunningShop:
    """The pottery, without orders."""
    served.reset(SEED)
    return served


def post(http: httpx.Client, path: str, status: int = 201, **body: Any) -> Any:
    reply = http.post(f"{API}/{path}.json", json=body)
    assert reply.status_code == status, reply.text
    return reply.json()


def get(http: httpx.Client, path: str, **params: Any) -> Any:
    reply = http.get(f"{API}/{path}.json", params=params)
    assert reply.status_code == 200, reply.text
    return reply.json()


def test_a_price_rule_gets_codes_and_is_the_discount_that_graphql_shows(
    shop: RunningShop, http: httpx.Client, ask: Any
) -> None:
    rule = post(http, "price_rules", price_rule=RULE)["price_rule"]
    assert {name: rule[name] for name in RULE} == {**RULE, "starts_at": "2026-03-01T00:00:00-05:00"}
    base = f"price_rules/{rule['id']}/discount_codes"
    code = post(http, base, discount_code={"code": "SPRING10"})["discount_code"]
    assert (code["price_rule_id"], code["usage_count"]) == (rule["id"], 0)
    node = ask(
        '{ codeDiscountNodeByCode(code: "spring10") { id codeDiscount { ... on DiscountCodeBasic { summary } } } }'
    )
    assert node["data"]["codeDiscountNodeByCode"] == {
        "id": f"gid://shopify/DiscountCodeNode/{rule['id']}",
        "codeDiscount": {"summary": "10% off entire order"},
    }
    found = http.get(f"{API}/discount_codes/lookup.json", params={"code": "Spring10"})
    assert found.status_code == 303
    assert http.get(found.headers["Location"]).json()["discount_code"]["code"] == "SPRING10"
    assert get(http, "price_rules/count") == {"count": 1}
    assert get(http, "discount_codes/count") == {"count": 1}
    again = http.post(f"{API}/{base}.json", json={"discount_code": {"code": "spring10"}})
    assert (again.status_code, list(again.json()["errors"])) == (422, ["code"])
    assert http.delete(f"{API}/{base}/{code['id']}.json").status_code == 204
    assert get(http, base) == {"discount_codes": []}


def test_a_price_rule_is_changed_and_deleted(shop: RunningShop, http: httpx.Client) -> None:
    for topic in ("discounts/create", "discounts/update", "discounts/delete"):
        shop.subscribe(topic)
    wanted = {**RULE, "value_type": "fixed_amount", "value": "-5.0", "prerequisite_customer_ids": [7001]}
    rule = post(http, "price_rules", price_rule=wanted)["price_rule"]
    assert (rule["value"], rule["customer_selection"], rule["prerequisite_customer_ids"]) == (
        "-5.00",
        "prerequisite",
        [7001],
    )
    change = {"title": "Summer", "value": "-7.5", "usage_limit": 3, "entitled_product_ids": [80000001]}
    changed = http.put(f"{API}/price_rules/{rule['id']}.json", json={"price_rule": change}).json()["price_rule"]
    assert {name: changed[name] for name in change} == {**change, "value": "-7.50"}
    assert (changed["target_selection"], changed["prerequisite_customer_ids"]) == ("entitled", [7001])
    assert http.delete(f"{API}/price_rules/{rule['id']}.json").status_code == 204
    assert topics(shop) == ["discounts/create", "discounts/update", "discounts/delete"]


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "no title": ({"title": ""}, "title"),
    "a positive value": ({"value": "10.0"}, "value"),
    "more than all": ({"value": "-101"}, "value"),
    "no number": ({"value": "much"}, "value"),
    "an unknown kind of value": ({"value_type": "half"}, "value_type"),
    "no start": ({"starts_at": None}, "starts_at"),
    "an end before the start": ({"ends_at": "2026-02-01T00:00:00-05:00"}, "ends_at"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_price_rule_that_cannot_be_is_refused(shop: RunningShop, http: httpx.Client, name: str) -> None:
    change, field = WRONG[name]
    reply = http.post(f"{API}/price_rules.json", json={"price_rule": {**RULE, **change}})
    assert (reply.status_code, list(reply.json()["errors"])) == (422, [field])
    assert get(http, "price_rules") == {"price_rules": []}


def test_free_shipping_is_a_price_rule_on_shipping_lines(shop: RunningShop, http: httpx.Client) -> None:
    wanted = {**RULE, "target_type": "shipping_line", "allocation_method": "each", "value": "-100.0"}
    rule = post(http, "price_rules", price_rule=wanted)["price_rule"]
    assert (rule["target_type"], rule["value"], rule["allocation_method"]) == ("shipping_line", "-100.0", "each")


def test_an_order_is_made_with_customer_shipping_and_discount(shop: RunningShop, http: httpx.Client) -> None:
    shop.subscribe("orders/create")
    order = post(
        http,
        "orders",
        order={
            "email": "pat@shop.test",
            "customer": {"id": 7001},
            "line_items": [
                {"variant_id": 90000001, "quantity": 2},
                {
                    "title": "Gift wrap",
                    "price": "3.00",
                    "quantity": 1,
                    "properties": [{"name": "Colour", "value": "Red"}],
                },
            ],
            "shipping_lines": [{"title": "Standard", "price": "5.00", "code": "STD"}],
            "discount_codes": [{"code": "WELCOME", "amount": "10.00", "type": "fixed_amount"}],
            "shipping_address": {"address1": "9 Low Rd", "city": "York", "country": "United Kingdom", "zip": "YO1 7HH"},
            "note": "Ring twice",
            "tags": "phone, vip",
            "financial_status": "pending",
            "transactions": [{"kind": "sale", "status": "success", "amount": "20.00"}],
        },
    )["order"]
    assert (order["total_line_items_price"], order["total_discounts"], order["total_price"]) == (
        "58.00",
        "10.00",
        "53.00",
    )
    assert (order["financial_status"], order["customer"]["id"], order["tags"]) == ("partially_paid", 7001, "phone, vip")
    assert order["line_items"][1]["properties"] == [{"name": "Colour", "value": "Red"}]
    assert [line["code"] for line in order["shipping_lines"]] == ["STD"]
    assert topics(shop) == ["orders/create"]


@pytest.mark.parametrize(
    ("order", "field"),
    [
        ({"line_items": []}, "lineItems"),
        ({"line_items": [{"variant_id": 1}]}, "variantId"),
        ({"financial_status": "x"}, "financial_status"),
    ],
    ids=["no lines", "no such variant", "an unknown status"],
)
def test_an_order_that_cannot_be_is_refused(
    shop: RunningShop, http: httpx.Client, order: dict[str, Any], field: str
) -> None:
    reply = http.post(f"{API}/orders.json", json={"order": order})
    assert (reply.status_code, list(reply.json()["errors"])) == (422, [field])
    assert get(http, "orders/count", status="any") == {"count": 0}


def test_a_refund_is_calculated_and_not_made(shop: RunningShop, http: httpx.Client, ask: Any) -> None:
    placed = shop.do("order", **CART)
    line = placed["line_items"][0]
    rows = [{"line_item_id": line["id"], "quantity": 1, "restock_type": "no_restock"}]
    found = post(
        http,
        "orders/50000001/refunds/calculate",
        200,
        refund={"shipping": {"full_refund": True}, "refund_line_items": rows},
    )["refund"]
    assert found["shipping"] == {"amount": "5.00", "tax": "0.00", "maximum_refundable": "5.00"}
    assert (found["refund_line_items"][0]["subtotal"], found["refund_line_items"][0]["quantity"]) == ("27.50", 1)
    (transaction,) = found["transactions"]
    assert (transaction["kind"], transaction["amount"], transaction["maximum_refundable"]) == (
        "suggested_refund",
        "32.50",
        "85.00",
    )
    query = f"""{{ order(id: "gid://shopify/Order/50000001") {{
      suggestedRefund(refundShipping: true, refundLineItems: [
        {{lineItemId: "gid://shopify/LineItem/{line["id"]}", quantity: 1}}
      ]) {{
        amountSet {{ shopMoney {{ amount }} }} shipping {{ amountSet {{ shopMoney {{ amount }} }} }}
        suggestedTransactions {{ kind amountSet {{ shopMoney {{ amount }} }} parentTransaction {{ kind }} }}
        refundLineItems {{ quantity lineItem {{ sku }} }}
      }} all: suggestedRefund(suggestFullRefund: true) {{ amount }} refunds {{ id }} }} }}"""
    order = ask(query)["data"]["order"]
    assert order["all"] == {"amount": "85.00"}
    assert order["refunds"] == []
    suggested = order["suggestedRefund"]
    assert suggested["amountSet"]["shopMoney"]["amount"] == "32.5"
    assert suggested["refundLineItems"] == [{"quantity": 1, "lineItem": {"sku": "MUG-B"}}]
    assert suggested["suggestedTransactions"] == [
        {
            "kind": "SUGGESTED_REFUND",
            "amountSet": {"shopMoney": {"amount": "32.5"}},
            "parentTransaction": {"kind": "SALE"},
        }
    ]
    assert get(http, "orders/50000001/transactions/count") == {"count": 1}


def test_risks_are_added_read_changed_and_deleted(shop: RunningShop, http: httpx.Client, ask: Any) -> None:
    shop.do("order", **CART)
    made = post(http, "orders/50000001/risks", risk={"message": "Odd address", "recommendation": "cancel"})["risk"]
    path = f"orders/50000001/risks/{made['id']}"
    assert get(http, path)["risk"] == made
    level = '{ order(id: "gid://shopify/Order/50000001") { risk { recommendation } } }'
    assert ask(level)["data"]["order"]["risk"] == {"recommendation": "CANCEL"}
    changed = http.put(f"{API}/{path}.json", json={"risk": {"recommendation": "accept"}}).json()["risk"]
    assert (changed["message"], changed["recommendation"]) == ("Odd address", "accept")
    assert http.post(f"{ORDER}/risks.json", json={"risk": {"recommendation": "burn"}}).status_code == 422
    assert http.delete(f"{API}/{path}.json").status_code == 200
    assert http.get(f"{API}/{path}.json").status_code == 404
    assert get(http, "orders/50000001/risks") == {"risks": []}


def test_disputes_are_read_as_the_webhook_told_them(shop: RunningShop, http: httpx.Client) -> None:
    shop.subscribe("disputes/create")
    shop.do("order", **CART)
    told = shop.do("dispute", order="#1001")
    assert get(http, f"shopify_payments/disputes/{told['id']}") == {"dispute": told}
    assert get(http, "shopify_payments/disputes", status="won") == {"disputes": []}
    assert (told["order_id"], told["amount"], told["status"]) == (50000001, "85.00", "needs_response")
    assert http.get(f"{API}/shopify_payments/disputes/1.json").status_code == 404


def test_gift_cards_are_issued_changed_and_searched(shop: RunningShop, http: httpx.Client) -> None:
    card = post(http, "gift_cards", gift_card={"initial_value": 25, "code": "ABCD EFGH 1234", "note": "x"})["gift_card"]
    assert (card["code"], card["balance"], card["last_characters"]) == ("abcdefgh1234", "25.00", "1234")
    changed = http.put(f"{API}/gift_cards/{card['id']}.json", json={"gift_card": {"customer_id": 7001}}).json()
    assert (changed["gift_card"]["customer_id"], "code" in changed["gift_card"]) == (7001, False)
    assert http.post(f"{API}/gift_cards.json", json={"gift_card": {}}).status_code == 422
    assert [row["id"] for row in get(http, "gift_cards/search", query="balance_status:full")["gift_cards"]] == [
        card["id"]
    ]


def test_fulfillment_orders_are_held_released_moved_and_cancelled(shop: RunningShop, http: httpx.Client) -> None:
    shop.do("order", lines=[{"sku": "MUG-B", "quantity": 2}])
    for topic in ("placed_on_hold", "hold_released", "moved", "cancelled", "rescheduled"):
        shop.subscribe(f"fulfillment_orders/{topic}")
    owner = get(http, "orders/50000001/fulfillment_orders")["fulfillment_orders"][0]
    base = f"fulfillment_orders/{owner['id']}"
    hold = {"reason": "awaiting_payment", "reason_notes": "late"}
    held = post(http, f"{base}/hold", 200, fulfillment_hold=hold)["fulfillment_order"]
    assert (held["status"], held["fulfillment_holds"]) == ("on_hold", [hold])
    assert post(http, f"{base}/release_hold", 200)["fulfillment_order"]["status"] == "open"
    there = next(row["id"] for row in get(http, "locations")["locations"] if row["name"] == "Gallery")
    moved = post(http, f"{base}/move", 200, fulfillment_order={"new_location_id": there})
    assert moved["moved_fulfillment_order"]["assigned_location_id"] == there
    later = post(http, f"{base}/reschedule", 200, fulfillment_order={"new_fulfill_at": "2026-05-01T00:00:00Z"})
    assert later["fulfillment_order"]["status"] == "scheduled"
    assert post(http, f"{base}/open", 200)["fulfillment_order"]["status"] == "open"
    refused = http.post(f"{API}/{base}/close.json", json={})
    assert refused.status_code == 422
    answer = post(http, f"{base}/cancel", 200)
    assert answer["fulfillment_order"]["status"] == "cancelled"
    assert answer["replacement_fulfillment_order"]["status"] == "open"
    assert get(http, f"{base}/fulfillments") == {"fulfillments": []}
    assert [topic.partition("/")[2] for topic in topics(shop)] == [
        "placed_on_hold",
        "hold_released",
        "moved",
        "rescheduled",
        "cancelled",
    ]
