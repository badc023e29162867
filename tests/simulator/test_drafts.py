"""Draft orders: what they cost, how they become orders, and what is told of them."""

from __future__ import annotations

from typing import Any

import pytest

from runner.simulator.server import RunningShop
from tests.simulator.buying import PAT, SEED, Ask, held, mutate, topics

BLUE = "gid://shopify/ProductVariant/90000001"
CREATE = """mutation ($input: DraftOrderInput!) { draftOrderCreate(input: $input) { draftOrder { id name status email
  note2 tags taxExempt invoiceUrl customAttributes { key value } customer { id } shippingAddress { city }
  subtotalPriceSet { shopMoney { amount } } totalPriceSet { shopMoney { amount } } totalPrice
  totalDiscountsSet { shopMoney { amount } }
  appliedDiscount { title value valueType amountSet { shopMoney { amount } } }
  shippingLine { title shippingRateHandle originalPriceSet { shopMoney { amount } } }
  lineItems(first: 5) { nodes { title sku quantity taxable custom originalUnitPriceWithCurrency { amount }
    appliedDiscount { value } discountedTotalSet { shopMoney { amount } } variant { id } } } }
  userErrors { field message } } }"""


@pytest.fixture
def shop(served: RunningShop) -> RunningShop:
    """The pottery, without orders."""
    served.reset(SEED)
    return served


def draft(ask: Ask, **given: Any) -> dict[str, Any]:
    """The payload of a draft of two blue mugs and whatever is given."""
    return mutate(ask, CREATE, input={"lineItems": [{"variantId": BLUE, "quantity": 2}], **given})


def test_a_draft_costs_its_lines_less_discounts_and_shipping(shop: RunningShop, ask: Ask) -> None:
    payload = draft(
        ask,
        lineItems=[
            {
                "variantId": BLUE,
                "quantity": 2,
                "appliedDiscount": {"value": 2.5, "valueType": "FIXED_AMOUNT", "title": "Seconds"},
            },
            {"title": "Engraving", "quantity": 1, "originalUnitPrice": "10.00"},
        ],
        appliedDiscount={"value": 10.0, "valueType": "PERCENTAGE", "title": "Friend"},
        shippingLine={"title": "Courier", "price": "7.00"},
        customerId=PAT,
        useCustomerDefaultAddress=True,
        tags=["b, a"],
        note="by hand",
        customAttributes=[{"key": "k", "value": "v"}],
        taxExempt=True,
    )
    assert payload["userErrors"] == []
    found = payload["draftOrder"]
    assert (found["name"], found["status"], found["email"], found["tags"]) == (
        "#D1",
        "OPEN",
        "pat@shop.test",
        ["a", "b"],
    )
    assert (found["note2"], found["taxExempt"], found["shippingAddress"]) == ("by hand", True, {"city": "York"})
    assert found["appliedDiscount"] == {
        "title": "Friend",
        "value": 10.0,
        "valueType": "PERCENTAGE",
        "amountSet": {"shopMoney": {"amount": "6.0"}},
    }
    assert found["subtotalPriceSet"]["shopMoney"]["amount"] == "54.0"
    assert (found["totalPrice"], found["totalDiscountsSet"]["shopMoney"]["amount"]) == ("61.00", "11.0")
    mug, engraving = found["lineItems"]["nodes"]
    assert (mug["sku"], mug["custom"], mug["discountedTotalSet"]["shopMoney"]["amount"]) == ("MUG-B", False, "50.0")
    assert (engraving["custom"], engraving["originalUnitPriceWithCurrency"]) == (True, {"amount": "10.0"})


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"lineItems": []}, {"field": None, "message": "Add at least 1 product"}),
        (
            {"lineItems": [{"variantId": "gid://shopify/ProductVariant/1", "quantity": 1}]},
            {"field": ["lineItems", "0", "variantId"], "message": "Product with ID 1 is no longer available."},
        ),
        (
            {"lineItems": [{"variantId": BLUE, "quantity": 0}]},
            {"field": ["lineItems", "0", "quantity"], "message": "Quantity must be greater than or equal to 1"},
        ),
        (
            {"lineItems": [{"quantity": 1, "originalUnitPrice": "1.00"}]},
            {"field": ["lineItems", "0", "title"], "message": "Title can't be blank"},
        ),
        (
            {"customerId": "gid://shopify/Customer/1"},
            {"field": ["customerId"], "message": "Customer does not exist"},
        ),
        ({"email": "nobody"}, {"field": ["email"], "message": "Email is invalid"}),
    ],
)
def test_a_draft_that_cannot_be_is_refused(shop: RunningShop, ask: Ask, change: dict[str, Any], error: Any) -> None:
    payload = draft(ask, **change)
    assert payload == {"draftOrder": None, "userErrors": [error]}


@pytest.mark.parametrize(("pending", "status"), [("true", "PENDING"), ("false", "PAID")])
def test_a_completed_draft_is_an_order(shop: RunningShop, ask: Ask, pending: str, status: str) -> None:
    made = draft(ask, customerId=PAT, tags=["vip"], appliedDiscount={"value": 5.0, "valueType": "FIXED_AMOUNT"})
    for topic in ("orders/create", "draft_orders/update"):
        shop.subscribe(topic)
    text = f"""draftOrderComplete(id: "{made["draftOrder"]["id"]}", paymentPending: {pending}) {{
      draftOrder {{ status completedAt order {{ name tags sourceName displayFinancialStatus customer {{ id }}
      totalPriceSet {{ shopMoney {{ amount }} }} }} }} userErrors {{ message }} }}"""
    completed = mutate(ask, text)["draftOrder"]
    assert completed["status"] == "COMPLETED"
    assert completed["order"] == {
        "name": "#1001",
        "tags": ["vip"],
        "sourceName": "shopify_draft_order",
        "displayFinancialStatus": status,
        "customer": {"id": PAT},
        "totalPriceSet": {"shopMoney": {"amount": "50.0"}},
    }
    assert topics(shop) == ["orders/create", "draft_orders/update"]
    assert held(shop, "MUG-B") == (8, 2)
    assert mutate(ask, text)["userErrors"] == [{"message": "This order has been paid"}]


def test_a_draft_is_changed_invoiced_and_deleted(shop: RunningShop, ask: Ask) -> None:
    for topic in ("draft_orders/create", "draft_orders/update", "draft_orders/delete"):
        shop.subscribe(topic)
    found = draft(ask, email="x@y.test")["draftOrder"]["id"]
    update = f"""draftOrderUpdate(id: "{found}", input: {{
      tags: ["t"], lineItems: [{{variantId: "{BLUE}", quantity: 3}}]}})
      {{ draftOrder {{ tags email totalPrice }} userErrors {{ message }} }}"""
    assert mutate(ask, update)["draftOrder"] == {"tags": ["t"], "email": "x@y.test", "totalPrice": "82.50"}
    invoice = f'draftOrderInvoiceSend(id: "{found}") {{ draftOrder {{ status }} userErrors {{ message }} }}'
    assert mutate(ask, invoice)["draftOrder"] == {"status": "INVOICE_SENT"}
    first, *_, last = shop.take()
    assert first["payload"]["line_items"][0]["sku"] == "MUG-B"
    assert (last["payload"]["status"], last["payload"]["invoice_sent_at"][:10]) == ("invoice_sent", "2026-03-02")
    mutate(ask, f'tagsAdd(id: "{found}", tags: ["z"]) {{ userErrors {{ message }} }}')
    gone = mutate(ask, f'draftOrderDelete(input: {{id: "{found}"}}) {{ deletedId userErrors {{ message }} }}')
    assert gone["deletedId"] == found
    assert topics(shop) == ["draft_orders/update", "draft_orders/delete"]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("status:open", ["#D1"]),
        ("status:completed", ["#D2"]),
        ("status:invoice_sent,open", ["#D1"]),
        ("status:open,completed customer_id:*", []),
        ("tag:x", ["#D1"]),
        ("MUG-B", ["#D1", "#D2"]),
    ],
)
def test_drafts_are_found(shop: RunningShop, ask: Ask, query: str, names: list[str]) -> None:
    draft(ask, tags=["x"])
    second = draft(ask)["draftOrder"]["id"]
    mutate(ask, f'draftOrderComplete(id: "{second}") {{ userErrors {{ message }} }}')
    body = ask("query ($q: String) { draftOrders(first: 9, query: $q) { nodes { name } } }", q=query)
    assert [each["name"] for each in body["data"]["draftOrders"]["nodes"]] == names


def test_the_order_of_a_draft_names_it_on_its_timeline(shop: RunningShop, ask: Ask) -> None:
    shop.subscribe("draft_orders/create")
    made = shop.do(
        "draft-order", lines=[{"sku": "MUG-B"}], customer="pat@shop.test", discount={"title": "F", "amount": 1}
    )
    assert (made["name"], made["total_price"]) == ("#D1", "26.50")
    assert topics(shop) == ["draft_orders/create"]
    mutate(ask, f'draftOrderComplete(id: "{made["admin_graphql_api_id"]}") {{ userErrors {{ message }} }}')
    body = ask("{ orders(first: 1) { nodes { events(first: 1, sortKey: CREATED_AT) { nodes { message } } } } }")
    (event,) = body["data"]["orders"]["nodes"][0]["events"]["nodes"]
    link = f'<a href="https://kiln.myshopify.com/admin/draft_orders/{made["id"]}">#D1</a>'
    assert event["message"] == f"Simulated app created this order from draft order {link}."


CALCULATE = """mutation ($input: DraftOrderInput!) { draftOrderCalculate(input: $input) { calculatedDraftOrder {
  totalPriceSet { shopMoney { amount } } subtotalPrice totalDiscountsSet { shopMoney { amount } } currencyCode
  totalQuantityOfLineItems customer { id } shippingLine { title } appliedDiscount { title }
  lineItems { title quantity sku custom discountedTotalSet { shopMoney { amount } } variant { id } product { title } }
  availableShippingRates { handle } taxLines { rate }
} userErrors { field message } } }"""


def test_a_calculation_tells_what_a_draft_would_cost_and_keeps_nothing(shop: RunningShop, ask: Ask) -> None:
    shop.subscribe("draft_orders/create")
    before = shop.state()["objects"]
    given = {
        "lineItems": [
            {"variantId": BLUE, "quantity": 2},
            {"title": "Engraving", "quantity": 1, "originalUnitPrice": "10.00"},
        ],
        "appliedDiscount": {"value": 10.0, "valueType": "PERCENTAGE", "title": "Friend"},
        "shippingLine": {"title": "Courier", "price": "7.00"},
        "customerId": PAT,
    }
    payload = mutate(ask, CALCULATE, input=given)
    assert payload["userErrors"] == []
    found = payload["calculatedDraftOrder"]
    assert (found["subtotalPrice"], found["totalPriceSet"]["shopMoney"]["amount"]) == ("58.50", "65.5")
    assert found["totalDiscountsSet"]["shopMoney"]["amount"] == "6.5"
    assert (found["totalQuantityOfLineItems"], found["customer"], found["shippingLine"]) == (
        3,
        {"id": PAT},
        {"title": "Courier"},
    )
    assert [(line["title"], line["custom"]) for line in found["lineItems"]] == [("Mug", False), ("Engraving", True)]
    assert found["lineItems"][0]["variant"] == {"id": BLUE}
    assert shop.state()["objects"] == before
    assert topics(shop) == []
    assert draft(ask)["draftOrder"]["name"] == "#D1"


def test_a_calculation_of_nothing_is_refused(shop: RunningShop, ask: Ask) -> None:
    payload = mutate(ask, CALCULATE, input={"lineItems": []})
    assert payload["calculatedDraftOrder"] is None
    assert payload["userErrors"][0]["message"] == "Add at least 1 product"


def test_a_draft_is_made_of_what_an_order_has_left(shop: RunningShop, ask: Ask) -> None:
    address = {"address1": "9 Low Rd", "city": "York", "country_code": "GB", "zip": "YO1 7HH"}
    cart = {"lines": [{"sku": "MUG-B", "quantity": 2}, {"title": "Wrap", "price": "3.00"}], "customer": "pat@shop.test"}
    order = shop.do("order", **cart, address=address, note="by hand", shipping={"title": "Post", "price": "4.00"})
    shop.do("refund", lines=[{"sku": "MUG-B", "quantity": 1}])
    shop.subscribe("draft_orders/create")
    made = mutate(
        ask,
        f"""draftOrderCreateFromOrder(orderId: "{order["admin_graphql_api_id"]}") {{
          userErrors {{ message }} draftOrder {{
          status note2 email totalPrice shippingAddress {{ city countryCodeV2 }} shippingLine {{ title }}
          lineItems(first: 5) {{ nodes {{ title quantity }} }} }} }}""",
    )
    assert made["userErrors"] == []
    found = made["draftOrder"]
    assert (found["status"], found["note2"], found["email"], found["totalPrice"]) == (
        "OPEN",
        "by hand",
        "pat@shop.test",
        "34.50",
    )
    assert found["lineItems"]["nodes"] == [{"title": "Mug", "quantity": 1}, {"title": "Wrap", "quantity": 1}]
    assert found["shippingAddress"] == {"city": "York", "countryCodeV2": "GB"}
    assert topics(shop) == ["draft_orders/create"]
    gone = mutate(ask, 'draftOrderCreateFromOrder(orderId: "gid://shopify/Order/1") { userErrors { field } }')
    assert gone["userErrors"] == [{"field": ["orderId"]}]
