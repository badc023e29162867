"""Orders: what they cost, what was paid, what was sent, what is given back, and what is told of it."""

from __future__ import annotations

import re
from typing import Any

import pytest

from runner.errors import InputError
from runner.simulator.server import RunningShop
from tests.simulator.buying import CART, FIRST, PAT, SEED, Ask, held, mutate, read, topics

STATUS = "displayFinancialStatus displayFulfillmentStatus"
AMOUNT = "shopMoney { amount }"


@pytest.fixture
def shop(served: RunningShop) -> RunningShop:
    """The pottery, without orders."""
    served.reset(SEED)
    return served


def amount(bag: dict[str, Any]) -> str:
    """The shop's amount in a bag."""
    found: str = bag["shopMoney"]["amount"]
    return found


# placing


def test_an_order_has_the_lines_customer_and_totals_of_what_was_bought(shop: RunningShop, ask: Ask) -> None:
    shop.do("order", **CART)
    order = read(
        ask,
        f"""name email legacyResourceId sourceName confirmed closed cancelledAt tags
        customer {{ id email }} shippingAddress {{ city countryCodeV2 }} shippingLine {{ title }}
        lineItems(first: 5) {{ nodes {{ name sku quantity vendor product {{ title }} variant {{ sku }}
          originalUnitPriceSet {{ {AMOUNT} }} discountedTotalSet {{ {AMOUNT} }} unfulfilledQuantity }} }}
        subtotalPriceSet {{ {AMOUNT} }} totalShippingPriceSet {{ {AMOUNT} }} totalPriceSet {{ {AMOUNT} }} totalPrice
        currentTotalPriceSet {{ shopMoney {{ amount currencyCode }} }} fullyPaid {STATUS}""",
    )
    assert (order["name"], order["email"], order["customer"]["id"]) == ("#1001", "pat@shop.test", PAT)
    assert order["shippingAddress"] == {"city": "York", "countryCodeV2": "GB"}
    assert [(line["name"], line["quantity"]) for line in order["lineItems"]["nodes"]] == [
        ("Mug - Blue", 2),
        ("Mug - Red", 1),
    ]
    first = order["lineItems"]["nodes"][0]
    assert (amount(first["originalUnitPriceSet"]), amount(first["discountedTotalSet"])) == ("27.5", "55.0")
    assert (first["product"]["title"], first["variant"]["sku"], first["unfulfilledQuantity"]) == ("Mug", "MUG-B", 2)
    assert [amount(order[name]) for name in ("subtotalPriceSet", "totalShippingPriceSet", "totalPriceSet")] == [
        "80.0",
        "5.0",
        "85.0",
    ]
    assert order["currentTotalPriceSet"]["shopMoney"] == {"amount": "85.0", "currencyCode": "USD"}
    assert (order["totalPrice"], order["fullyPaid"]) == ("85.00", True)
    assert (order["displayFinancialStatus"], order["displayFulfillmentStatus"]) == ("PAID", "UNFULFILLED")


def test_a_sale_makes_an_order_and_then_tells_the_stock(shop: RunningShop) -> None:
    for topic in ("orders/create", "orders/paid", "orders/updated", "inventory_levels/update"):
        shop.subscribe(topic)
    sold = shop.do("sell", sku="MUG-B", quantity=2, location="Workshop")
    assert (sold["order"], sold["name"]) == (FIRST, "#1001")
    assert topics(shop) == ["orders/create", "orders/paid", "inventory_levels/update"]
    assert held(shop, "MUG-B") == (8, 2)


def test_a_pending_order_is_not_told_as_paid(shop: RunningShop, ask: Ask) -> None:
    shop.subscribe("orders/create")
    shop.subscribe("orders/paid")
    shop.do("order", **CART, payment="pending")
    assert topics(shop) == ["orders/create"]
    assert read(ask, "displayFinancialStatus canMarkAsPaid fullyPaid unpaid") == {
        "displayFinancialStatus": "PENDING",
        "canMarkAsPaid": True,
        "fullyPaid": False,
        "unpaid": True,
    }


def test_the_payload_has_the_keys_that_tasks_read(shop: RunningShop) -> None:
    shop.subscribe("orders/create")
    shop.do(
        "order",
        **CART,
        note="ring twice",
        tags="b, a",
        attributes={"gift": "yes"},
        discount={"code": "SPRING", "amount": 3},
    )
    (delivery,) = shop.take()
    order = delivery["payload"]
    assert order["admin_graphql_api_id"] == FIRST
    assert (order["name"], order["number"], order["order_number"]) == ("#1001", 1, 1001)
    assert (order["tags"], order["note"]) == ("a, b", "ring twice")
    assert order["note_attributes"] == [{"name": "gift", "value": "yes"}]
    assert order["discount_codes"] == [{"code": "SPRING", "amount": "3.00", "type": "fixed_amount"}]
    assert (order["total_line_items_price"], order["total_discounts"], order["total_price"]) == (
        "80.00",
        "3.00",
        "82.00",
    )
    assert (order["financial_status"], order["fulfillment_status"]) == ("paid", None)
    assert order["customer"]["admin_graphql_api_id"] == PAT
    assert order["shipping_address"]["city"] == "York"
    assert order["shipping_lines"][0]["title"] == "Standard"
    assert re.fullmatch(r"2026-03-02T10:0\d:\d\d-05:00", order["created_at"])
    (line, _) = order["line_items"]
    assert (line["sku"], line["price"], line["quantity"], line["product_exists"]) == ("MUG-B", "27.50", 2, True)
    assert (line["variant_title"], line["vendor"], line["properties"]) == ("Blue", "Kiln", [])


def test_a_discount_is_spread_over_the_lines_to_the_cent(shop: RunningShop, ask: Ask) -> None:
    shop.do("order", lines=[{"sku": "MUG-B"}, {"sku": "MUG-R"}], discount={"code": "TEN", "percent": 10})
    order = read(
        ask,
        f"""discountCodes totalDiscountsSet {{ {AMOUNT} }} lineItems(first: 2) {{ nodes {{
          discountAllocations {{ allocatedAmountSet {{ {AMOUNT} }} discountApplication {{ targetType
            value {{ ... on PricingPercentageValue {{ percentage }} }}
            ... on DiscountCodeApplication {{ code }} }} }} }} }}""",
    )
    shares = [line["discountAllocations"][0] for line in order["lineItems"]["nodes"]]
    assert [amount(share["allocatedAmountSet"]) for share in shares] == ["2.75", "2.5"]
    assert shares[0]["discountApplication"] == {"targetType": "LINE_ITEM", "value": {"percentage": 10.0}, "code": "TEN"}
    assert (order["discountCodes"], amount(order["totalDiscountsSet"])) == (["TEN"], "5.25")


@pytest.mark.parametrize(
    ("included", "total", "tax"), [(False, "33.0", "5.5"), (True, "27.5", "4.58")], ids=["on top", "included"]
)
def test_taxes_are_added_unless_prices_include_them(
    shop: RunningShop, ask: Ask, included: bool, total: str, tax: str
) -> None:
    line = {"variantId": "gid://shopify/ProductVariant/90000001", "quantity": 1}
    line["taxLines"] = [{"title": "VAT", "rate": 0.2}]  # type: ignore[assignment]
    payload = mutate(
        ask,
        """mutation ($order: OrderCreateOrderInput!) { orderCreate(order: $order) { userErrors { message }
        order { totalPriceSet { shopMoney { amount } } totalTaxSet { shopMoney { amount } }
        taxLines { title rate } } } }""",
        order={"lineItems": [line], "taxesIncluded": included},
    )
    assert payload["userErrors"] == []
    assert (amount(payload["order"]["totalPriceSet"]), amount(payload["order"]["totalTaxSet"])) == (total, tax)
    assert payload["order"]["taxLines"] == [{"title": "VAT", "rate": 0.2}]


# changing


def test_an_order_is_updated_and_told(shop: RunningShop, ask: Ask) -> None:
    shop.do("order", **CART)
    shop.subscribe("orders/updated")
    payload = mutate(
        ask,
        f"""orderUpdate(input: {{id: "{FIRST}", note: "n", tags: ["b", "a, c"], email: "x@y.test",
        customAttributes: [{{key: "k", value: "v"}}],
        metafields: [{{namespace: "mechanic", key: "seen", type: "boolean", value: "true"}}]}})
        {{ order {{ note tags email customAttributes {{ key value }}
        metafield(namespace: "mechanic", key: "seen") {{ value }} }}
        userErrors {{ field message }} }}""",
    )
    assert payload["userErrors"] == []
    assert payload["order"] == {
        "note": "n",
        "tags": ["a", "b", "c"],
        "email": "x@y.test",
        "customAttributes": [{"key": "k", "value": "v"}],
        "metafield": {"value": "true"},
    }
    (delivery,) = shop.take()
    assert delivery["payload"]["tags"] == "a, b, c"


@pytest.mark.parametrize(
    ("mutation", "field"),
    [
        ('orderUpdate(input: {id: "gid://shopify/Order/1"})', ["id"]),
        ('orderClose(input: {id: "gid://shopify/Order/1"})', ["id"]),
        ('orderOpen(input: {id: "gid://shopify/Order/1"})', ["id"]),
        ('orderMarkAsPaid(input: {id: "gid://shopify/Order/1"})', ["id"]),
    ],
)
def test_an_order_that_is_not_there_is_a_user_error(ask: Ask, mutation: str, field: list[str]) -> None:
    payload = mutate(ask, f"{mutation} {{ order {{ id }} userErrors {{ field message }} }}")
    assert payload == {"order": None, "userErrors": [{"field": field, "message": "Order does not exist"}]}


def test_tags_of_orders_are_told_as_an_update_of_the_order(shop: RunningShop, ask: Ask) -> None:
    shop.do("order", **CART)
    shop.subscribe("orders/updated")
    mutate(ask, f'tagsAdd(id: "{FIRST}", tags: ["x"]) {{ userErrors {{ message }} }}')
    assert topics(shop) == ["orders/updated"]
    mutate(ask, f'tagsAdd(id: "{FIRST}", tags: ["X"]) {{ userErrors {{ message }} }}')
    assert topics(shop) == []


def test_closing_and_opening_again(shop: RunningShop, ask: Ask) -> None:
    shop.do("order", **CART)
    shop.subscribe("orders/updated")
    closed = mutate(ask, f'orderClose(input: {{id: "{FIRST}"}}) {{ order {{ closed }} userErrors {{ message }} }}')
    assert closed["order"] == {"closed": True}
    opened = mutate(ask, f'orderOpen(input: {{id: "{FIRST}"}}) {{ order {{ closed }} userErrors {{ message }} }}')
    assert opened["order"] == {"closed": False}
    assert topics(shop) == ["orders/updated"] * 2


# paying

CAPTURE = """mutation ($input: OrderCaptureInput!) { orderCapture(input: $input) {
  transaction { kind status amountSet { shopMoney { amount } } parentTransaction { id } }
  userErrors { field message } } }"""


def authorized(ask: Ask) -> str:
    """The id of the first order's authorization."""
    (transaction,) = read(ask, "transactions(capturable: true) { id }")["transactions"]
    found: str = transaction["id"]
    return found


def test_what_was_authorized_is_captured_in_parts(shop: RunningShop, ask: Ask) -> None:
    shop.do("order", **CART, payment="authorized")
    assert read(ask, "displayFinancialStatus capturable canMarkAsPaid totalCapturable") == {
        "displayFinancialStatus": "AUTHORIZED",
        "capturable": True,
        "canMarkAsPaid": False,
        "totalCapturable": "85.00",
    }
    shop.subscribe("orders/paid")
    parent = authorized(ask)
    given = {"id": FIRST, "parentTransactionId": parent, "amount": "50.00", "finalCapture": False}
    payload = mutate(ask, CAPTURE, input=given)
    assert payload["transaction"] == {
        "kind": "CAPTURE",
        "status": "SUCCESS",
        "amountSet": {"shopMoney": {"amount": "50.0"}},
        "parentTransaction": {"id": parent},
    }
    assert read(ask, "displayFinancialStatus")["displayFinancialStatus"] == "PARTIALLY_PAID"
    assert topics(shop) == []
    mutate(ask, CAPTURE, input={**given, "amount": "35.00"})
    assert read(ask, "displayFinancialStatus fullyPaid") == {"displayFinancialStatus": "PAID", "fullyPaid": True}
    assert topics(shop) == ["orders/paid"]


@pytest.mark.parametrize(
    ("change", "field"),
    [({"amount": "85.01"}, ["amount"]), ({"amount": "0.00"}, ["amount"]), ({"id": "gid://shopify/Order/1"}, ["id"])],
)
def test_a_capture_that_cannot_be_is_refused(
    shop: RunningShop, ask: Ask, change: dict[str, str], field: list[str]
) -> None:
    shop.do("order", **CART, payment="authorized")
    given = {"id": FIRST, "parentTransactionId": authorized(ask), "amount": "85.00", **change}
    payload = mutate(ask, CAPTURE, input=given)
    assert payload["transaction"] is None
    assert payload["userErrors"][0]["field"] == field
    assert read(ask, "displayFinancialStatus")["displayFinancialStatus"] == "AUTHORIZED"


def test_a_pending_order_is_marked_as_paid_once(shop: RunningShop, ask: Ask) -> None:
    shop.do("order", **CART, payment="pending")
    shop.subscribe("orders/paid")
    mark = f'orderMarkAsPaid(input: {{id: "{FIRST}"}}) {{ order {{ {STATUS} }} userErrors {{ field message }} }}'
    assert mutate(ask, mark)["order"]["displayFinancialStatus"] == "PAID"
    assert topics(shop) == ["orders/paid"]
    assert mutate(ask, mark)["userErrors"] == [{"field": ["id"], "message": "Order cannot be marked as paid."}]


def test_a_voided_authorization_leaves_nothing_to_capture(shop: RunningShop, ask: Ask) -> None:
    shop.do("order", **CART, payment="authorized")
    parent = authorized(ask)
    void = f'transactionVoid(parentTransactionId: "{parent}") {{ transaction {{ kind }} userErrors {{ code }} }}'
    assert mutate(ask, void)["transaction"] == {"kind": "VOID"}
    assert read(ask, "displayFinancialStatus")["displayFinancialStatus"] == "VOIDED"
    assert mutate(ask, void)["userErrors"] == [{"code": "AUTH_NOT_VOIDABLE"}]


# sending


def parts(ask: Ask) -> list[dict[str, Any]]:
    """The fulfilment orders of the first order."""
    fields = "id status lineItems(first: 5) { nodes { id remainingQuantity sku } } assignedLocation { name }"
    found: list[dict[str, Any]] = read(ask, f"fulfillmentOrders(first: 5) {{ nodes {{ {fields} }} }}")[
        "fulfillmentOrders"
    ]["nodes"]
    return found


SEND = """mutation ($fulfillment: FulfillmentInput!) { fulfillmentCreate(fulfillment: $fulfillment) {
  fulfillment { name status totalQuantity displayStatus trackingInfo { company number url } }
  userErrors { field message } } }"""


def test_sending_a_part_and_then_the_rest(shop: RunningShop, ask: Ask) -> None:
    shop.do("order", **CART)
    for topic in ("fulfillments/create", "orders/partially_fulfilled", "orders/fulfilled", "orders/updated"):
        shop.subscribe(topic)
    (owner,) = parts(ask)
    line = owner["lineItems"]["nodes"][0]
    row = {"fulfillmentOrderId": owner["id"], "fulfillmentOrderLineItems": [{"id": line["id"], "quantity": 1}]}
    tracking = {"company": "UPS", "number": "1Z"}
    payload = mutate(ask, SEND, fulfillment={"lineItemsByFulfillmentOrder": [row], "trackingInfo": tracking})
    assert payload["fulfillment"] == {
        "name": "#1001-F1",
        "status": "SUCCESS",
        "totalQuantity": 1,
        "displayStatus": "FULFILLED",
        "trackingInfo": [{"company": "UPS", "number": "1Z", "url": "https://www.ups.com/track?tracknum=1Z"}],
    }
    assert topics(shop) == ["fulfillments/create", "orders/partially_fulfilled", "orders/updated"]
    assert held(shop, "MUG-B") == (8, 1)
    rest = {"lineItemsByFulfillmentOrder": [{"fulfillmentOrderId": owner["id"]}]}
    assert mutate(ask, SEND, fulfillment=rest)["fulfillment"]["totalQuantity"] == 2
    assert topics(shop) == ["fulfillments/create", "orders/fulfilled", "orders/updated"]
    assert (held(shop, "MUG-B"), held(shop, "MUG-R")) == ((8, 0), (4, 0))
    assert read(ask, STATUS)["displayFulfillmentStatus"] == "FULFILLED"
    assert parts(ask)[0]["status"] == "CLOSED"
    again = mutate(ask, SEND, fulfillment=rest)
    number = owner["id"].rsplit("/", 1)[-1]
    message = f"Fulfillment order {number} has an unfulfillable status= closed."
    assert again["userErrors"] == [{"field": ["fulfillment"], "message": message}]


def test_nobody_sends_more_than_is_left(shop: RunningShop, ask: Ask) -> None:
    shop.do("order", **CART)
    (owner,) = parts(ask)
    line = owner["lineItems"]["nodes"][1]
    row = {"fulfillmentOrderId": owner["id"], "fulfillmentOrderLineItems": [{"id": line["id"], "quantity": 2}]}
    payload = mutate(ask, SEND, fulfillment={"lineItemsByFulfillmentOrder": [row]})
    message = "Invalid fulfillment order line item quantity requested."
    assert payload["userErrors"] == [{"field": ["fulfillment"], "message": message}]
    assert read(ask, STATUS)["displayFulfillmentStatus"] == "UNFULFILLED"


def test_lines_of_two_locations_make_two_fulfillment_orders(shop: RunningShop, ask: Ask) -> None:
    shop.do("order", lines=[{"sku": "MUG-B", "location": "Gallery"}, {"sku": "MUG-R"}])
    assert sorted(owner["assignedLocation"]["name"] for owner in parts(ask)) == ["Gallery", "Workshop"]
    assert held(shop, "MUG-B", "Gallery") == (3, 1)


def test_a_cancelled_fulfillment_is_to_be_sent_again(shop: RunningShop, ask: Ask) -> None:
    shop.do("order", **CART)
    sent = shop.do("fulfill")
    shop.subscribe("fulfillments/update")
    payload = mutate(
        ask,
        f"""fulfillmentCancel(id: "{sent["admin_graphql_api_id"]}") {{
        fulfillment {{ status displayStatus }} userErrors {{ message }} }}""",
    )
    assert payload["fulfillment"] == {"status": "CANCELLED", "displayStatus": "CANCELED"}
    assert topics(shop) == ["fulfillments/update"]
    assert read(ask, STATUS)["displayFulfillmentStatus"] == "UNFULFILLED"
    assert [owner["status"] for owner in parts(ask)] == ["CLOSED", "OPEN"]
    assert held(shop, "MUG-B") == (8, 2)


def test_carriers_are_heard(shop: RunningShop, ask: Ask) -> None:
    shop.do("order", **CART)
    sent = shop.do("fulfill", company="UPS", number="1Z")
    shop.subscribe("fulfillment_events/create")
    payload = mutate(
        ask,
        f"""fulfillmentEventCreate(fulfillmentEvent: {{
        fulfillmentId: "{sent["admin_graphql_api_id"]}", status: DELIVERED, message: "Left in porch"}})
        {{ fulfillmentEvent {{ status message happenedAt }} userErrors {{ message }} }}""",
    )
    assert payload["fulfillmentEvent"]["status"] == "DELIVERED"
    (delivery,) = shop.take()
    assert (delivery["payload"]["status"], delivery["payload"]["order_id"]) == ("delivered", 50000001)
    (found,) = read(ask, "fulfillments { displayStatus deliveredAt }")["fulfillments"]
    assert (found["displayStatus"], found["deliveredAt"][:16]) == ("DELIVERED", "2026-03-02T15:00")


def test_tracking_is_replaced(shop: RunningShop, ask: Ask) -> None:
    shop.do("order", **CART)
    sent = shop.do("fulfill", company="UPS", number="1Z")["admin_graphql_api_id"]
    payload = mutate(
        ask,
        f"""fulfillmentTrackingInfoUpdate(fulfillmentId: "{sent}",
        trackingInfoInput: {{numbers: ["A", "B"], company: "Post"}})
        {{ fulfillment {{ trackingInfo {{ company number url }} }} userErrors {{ message }} }}""",
    )
    assert payload["fulfillment"]["trackingInfo"] == [
        {"company": "Post", "number": "A", "url": None},
        {"company": "Post", "number": "B", "url": None},
    ]


# giving back

REFUND = """mutation ($input: RefundInput!) { refundCreate(input: $input) @idempotent(key: "k1") {
  refund { id totalRefundedSet { shopMoney { amount } }
  refundLineItems(first: 5) { nodes { quantity restocked location { name } lineItem { sku } } } }
  order { displayFinancialStatus } userErrors { field message } } }"""
WORKSHOP = "gid://shopify/Location/20000001"
BLUE = "gid://shopify/LineItem/60000001"


def money(ask: Ask, value: str) -> list[dict[str, Any]]:
    """A refund of the first transaction."""
    parent = read(ask, "transactions { id }")["transactions"][0]["id"]
    return [{"orderId": FIRST, "kind": "REFUND", "gateway": "bogus", "amount": value, "parentId": parent}]


def test_units_that_came_back_are_available_again(shop: RunningShop, ask: Ask) -> None:
    shop.do("order", **CART)
    shop.do("fulfill")
    for topic in ("refunds/create", "orders/updated"):
        shop.subscribe(topic)
    row = {"lineItemId": BLUE, "quantity": 1, "restockType": "RETURN", "locationId": WORKSHOP}
    given = {"orderId": FIRST, "refundLineItems": [row], "transactions": money(ask, "27.50"), "note": "cracked"}
    payload = mutate(ask, REFUND, input=given)
    assert payload["userErrors"] == []
    assert payload["order"] == {"displayFinancialStatus": "PARTIALLY_REFUNDED"}
    assert amount(payload["refund"]["totalRefundedSet"]) == "27.5"
    (line,) = payload["refund"]["refundLineItems"]["nodes"]
    assert (line["restocked"], line["location"]["name"], line["lineItem"]["sku"]) == (True, "Workshop", "MUG-B")
    assert held(shop, "MUG-B") == (9, 0)
    first, second = shop.take()
    assert (first["topic"], second["topic"]) == ("refunds/create", "orders/updated")
    (told,) = first["payload"]["refund_line_items"]
    assert (told["quantity"], told["subtotal"], told["line_item"]["sku"]) == (1, 27.5, "MUG-B")
    lines = "lineItems(first: 1) { nodes { quantity currentQuantity } }"
    order = read(ask, f"currentTotalPriceSet {{ {AMOUNT} }} totalPriceSet {{ {AMOUNT} }} {lines}")
    assert (amount(order["totalPriceSet"]), amount(order["currentTotalPriceSet"])) == ("85.0", "57.5")
    assert order["lineItems"]["nodes"] == [{"quantity": 2, "currentQuantity": 1}]


def test_units_that_were_never_sent_are_uncommitted(shop: RunningShop, ask: Ask) -> None:
    shop.do("order", **CART)
    row = {"lineItemId": BLUE, "quantity": 2, "restockType": "CANCEL", "locationId": WORKSHOP}
    assert mutate(ask, REFUND, input={"orderId": FIRST, "refundLineItems": [row]})["userErrors"] == []
    assert held(shop, "MUG-B") == (10, 0)
    assert [line["remainingQuantity"] for line in parts(ask)[0]["lineItems"]["nodes"]] == [0, 1]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"orderId": "gid://shopify/Order/1"}, ["orderId"]),
        ({"refundLineItems": [{"lineItemId": BLUE, "quantity": 3}]}, ["refundLineItems", "0", "quantity"]),
        (
            {"refundLineItems": [{"lineItemId": BLUE, "quantity": 1, "restockType": "RETURN"}]},
            ["refundLineItems", "0", "locationId"],
        ),
        ({"shipping": {"amount": "5.01"}}, ["shipping", "amount"]),
    ],
)
def test_a_refund_that_cannot_be_is_refused(
    shop: RunningShop, ask: Ask, change: dict[str, Any], field: list[str]
) -> None:
    shop.do("order", **CART)
    payload = mutate(ask, REFUND, input={"orderId": FIRST, **change})
    assert payload["userErrors"][0]["field"] == field
    assert payload["refund"] is None


def test_more_money_than_was_paid_is_not_given_back(shop: RunningShop, ask: Ask) -> None:
    shop.do("order", **CART)
    payload = mutate(ask, REFUND, input={"orderId": FIRST, "transactions": money(ask, "85.01")})
    assert payload["userErrors"][0]["field"] == ["transactions", "0", "amount"]


# cancelling


def cancel(ask: Ask, more: str) -> dict[str, Any]:
    """Cancel the first order."""
    return mutate(
        ask,
        f"""orderCancel(orderId: "{FIRST}", {more}) {{ job {{ id }}
        orderCancelUserErrors {{ field message code }} userErrors {{ field message }} }}""",
    )


def test_a_cancelled_order_is_refunded_and_restocked(shop: RunningShop, ask: Ask) -> None:
    shop.do("order", **CART)
    for topic in ("orders/cancelled", "orders/updated", "refunds/create"):
        shop.subscribe(topic)
    assert cancel(ask, "reason: CUSTOMER, refund: true, restock: true")["job"] is not None
    order = read(ask, f"cancelledAt cancelReason {STATUS} currentTotalPriceSet {{ {AMOUNT} }}")
    assert (order["cancelReason"], order["displayFinancialStatus"]) == ("CUSTOMER", "REFUNDED")
    assert amount(order["currentTotalPriceSet"]) == "0.0"
    assert held(shop, "MUG-B") == (10, 0)
    assert topics(shop) == ["refunds/create", "orders/cancelled", "orders/updated"]
    refused = cancel(ask, "reason: OTHER, refund: false, restock: false")
    assert refused["orderCancelUserErrors"][0]["code"] == "INVALID"


def test_cancelling_without_restocking_uncommits_and_voids(shop: RunningShop, ask: Ask) -> None:
    shop.do("order", **CART, payment="authorized")
    cancel(ask, "reason: FRAUD, refund: false, restock: false")
    assert read(ask, STATUS)["displayFinancialStatus"] == "VOIDED"
    assert held(shop, "MUG-B") == (8, 0)


def test_an_order_with_fulfillments_is_not_cancelled(shop: RunningShop, ask: Ask) -> None:
    shop.do("order", **CART)
    shop.do("fulfill")
    assert cancel(ask, "reason: OTHER, refund: true, restock: true")["orderCancelUserErrors"][0]["code"] == "INVALID"


# finding


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("status:open", ["#1001", "#1003", "#1004"]),
        ("status:closed", ["#1002"]),
        ("status:not_closed", ["#1001", "#1003", "#1004", "#1005"]),
        ("status:cancelled", ["#1005"]),
        ("financial_status:paid", ["#1001", "#1002", "#1004"]),
        ("financial_status:pending", ["#1003"]),
        ("financial_status:paid,pending", ["#1001", "#1002", "#1003", "#1004"]),
        ("financial_status:unpaid", ["#1003"]),
        ("fulfillment_status:unshipped", ["#1001", "#1003", "#1005"]),
        ("fulfillment_status:partial", ["#1004"]),
        ("fulfillment_status:unfulfilled", ["#1001", "#1003", "#1004", "#1005"]),
        ("fulfillment_status:shipped", ["#1002"]),
        ("tag:late", ["#1003"]),
        ("-tag:late", ["#1001", "#1002", "#1004", "#1005"]),
        ("tag_not:late", ["#1001", "#1002", "#1004", "#1005"]),
        ("name:1002", ["#1002"]),
        ("name:#1002", ["#1002"]),
        ("sku:MUG-R", ["#1004"]),
        ("email:pat@shop.test", ["#1001"]),
        ("customer_id:7001", ["#1001"]),
        ("discount_code:SPRING", ["#1003"]),
        ("source_name:pos", ["#1002"]),
        ("Moss", ["#1001"]),
        ("chargeback_status:needs_response", ["#1004"]),
        ("chargeback_status:any", ["#1004"]),
        ("processed_at:>2026-03-01", ["#1001", "#1002", "#1003", "#1004", "#1005"]),
        ("created_at:<2026-03-01", []),
    ],
)
def test_orders_are_found_by_the_documented_fields(shop: RunningShop, ask: Ask, query: str, names: list[str]) -> None:
    _five(shop)
    body = ask(
        "query ($q: String) { orders(first: 9, query: $q) { nodes { name } } ordersCount(query: $q) { count } }",
        q=query,
    )
    assert [order["name"] for order in body["data"]["orders"]["nodes"]] == names
    assert body["data"]["ordersCount"]["count"] == len(names)


def _five(shop: RunningShop) -> None:
    shop.do("order", lines=[{"sku": "MUG-B"}], customer="pat@shop.test")
    shop.do("order", lines=[{"sku": "HOOK"}], source="pos")
    shop.do("fulfill")
    shop.do("edit-order", closed=True)
    shop.do("order", lines=[{"sku": "MUG-B"}], payment="pending", tags="late", discount={"code": "SPRING", "amount": 1})
    shop.do("order", lines=[{"sku": "MUG-B"}, {"sku": "MUG-R"}])
    shop.do("fulfill", lines=[{"sku": "MUG-R"}])
    shop.do("dispute")
    shop.do("order", lines=[{"sku": "MUG-B"}])
    shop.do("cancel")


@pytest.mark.parametrize(
    ("verb", "given", "message"),
    [
        ("order", {"lines": [{"sku": "MUG-B", "quantity": 99}]}, "only 8 of MUG-B at Workshop, not 99"),
        ("order", {"lines": [{"sku": "MUG-B"}], "payment": "later"}, "there is no payment 'later'"),
        ("pay", {"order": "#9"}, "there is no order '#9'"),
        ("deliver", {}, "#1001 was not sent"),
        ("cancel", {"reason": "bored"}, "there is no reason 'bored'"),
        ("fulfill", {"lines": [{"sku": "HOOK"}]}, "there is nothing like that left to fulfill of #1001"),
    ],
)
def test_verbs_say_what_is_wrong(shop: RunningShop, verb: str, given: dict[str, Any], message: str) -> None:
    shop.do("order", **CART)
    with pytest.raises(InputError, match=message.replace("(", "\\(")):
        shop.do(verb, **given)


@pytest.mark.parametrize(
    ("given", "by_user", "message"),
    [
        ({"customer": "pat@shop.test"}, False, "Pat Moss placed this order on Online Store."),
        ({"source": "pos"}, True, "Shop Owner processed this order on Point of Sale."),
        ({"source": "shopify_draft_order"}, True, "Shop Owner created this order."),
    ],
)
def test_the_timeline_says_who_made_an_order(
    shop: RunningShop, ask: Ask, given: dict[str, Any], by_user: bool, message: str
) -> None:
    shop.do("order", lines=[{"sku": "MUG-B"}], **given)
    text = 'events(first: 1, query: "action:placed") { nodes { message attributeToUser } }'
    assert read(ask, text)["events"]["nodes"] == [{"message": message, "attributeToUser": by_user}]


def test_a_tip_is_a_line_of_its_own_in_what_is_told(shop: RunningShop) -> None:
    tipped = shop.do("order", lines=[{"sku": "MUG-B", "quantity": 2}], tip="3.00")
    last = tipped["line_items"][-1]
    assert (last["title"], last["price"], last["requires_shipping"], last["fulfillable_quantity"]) == (
        "Tip",
        "3.00",
        False,
        0,
    )
    assert last["tip"] == {"payment_gateway": "bogus", "payment_method": "bogus"}
    assert (tipped["subtotal_price"], tipped["total_price"], tipped["total_tip_received"]) == ("55.00", "58.00", "3.00")
    assert all("tip" not in line for line in shop.do("order", **CART)["line_items"])


def test_a_line_keeps_the_selling_plan_it_was_bought_with(shop: RunningShop, ask: Ask) -> None:
    shop.do("order", lines=[{"sku": "MUG-B", "selling_plan": "Every month"}, {"sku": "MUG-R"}])
    nodes = read(ask, "lineItems(first: 2) { nodes { sellingPlan { name } } }")["lineItems"]["nodes"]
    assert nodes == [{"sellingPlan": {"name": "Every month"}}, {"sellingPlan": None}]


def test_orders_with_any_chargeback_are_found(shop: RunningShop, ask: Ask) -> None:
    shop.do("order", **CART)
    shop.do("order", **CART)
    shop.do("dispute", order="#1001")
    found = ask('query { orders(first: 5, query: "chargeback_status:any") { nodes { name } } }')
    assert found["data"]["orders"]["nodes"] == [{"name": "#1001"}]


def test_a_dispute_is_told_and_seen(shop: RunningShop, ask: Ask) -> None:
    shop.do("order", **CART)
    for topic in ("disputes/create", "disputes/update"):
        shop.subscribe(topic)
    assert shop.do("dispute", kind="inquiry")["amount"] == "85.00"
    shop.do("dispute", kind="inquiry", status="won")
    assert topics(shop) == ["disputes/create", "disputes/update"]
    assert read(ask, "disputes { initiatedAs status }") == {"disputes": [{"initiatedAs": "INQUIRY", "status": "WON"}]}
