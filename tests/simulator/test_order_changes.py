"""Edits of orders, fulfilment orders on their way, and returns."""

from __future__ import annotations

from typing import Any

import pytest

from runner.simulator.server import RunningShop
from tests.simulator.buying import CART, FIRST, SEED, Ask, held, mutate, read, topics

GALLERY = "gid://shopify/Location/20000002"
HOOK = "gid://shopify/ProductVariant/90000003"
BLUE = "gid://shopify/ProductVariant/90000001"
TOTAL = "currentTotalPriceSet { shopMoney { amount } }"


@pytest.fixture
def shop(served: RunningShop) -> RunningShop:
    """The pottery with one order."""
    served.reset(SEED)
    served.do("order", **CART)
    return served


# editing


def begin(ask: Ask) -> str:
    """The gid of an edit that has begun."""
    payload = mutate(ask, f'orderEditBegin(id: "{FIRST}") {{ calculatedOrder {{ id }} userErrors {{ message }} }}')
    found: str = payload["calculatedOrder"]["id"]
    return found


def commit(ask: Ask, edit: str) -> dict[str, Any]:
    """Commit it."""
    return mutate(
        ask, f'orderEditCommit(id: "{edit}", staffNote: "n") {{ order {{ id edited }} userErrors {{ message }} }}'
    )


def test_an_edit_adds_a_discounted_variant_and_owes_the_rest(shop: RunningShop, ask: Ask) -> None:
    edit = begin(ask)
    added = mutate(
        ask,
        f"""orderEditAddVariant(id: "{edit}", variantId: "{HOOK}", quantity: 2) {{ calculatedLineItem {{ id quantity }}
        calculatedOrder {{ addedLineItems(first: 3) {{ edges {{ node {{ id title }} }} }}
        totalPriceSet {{ shopMoney {{ amount }} }} totalOutstandingSet {{ shopMoney {{ amount }} }} }}
        userErrors {{ message }} }}""",
    )
    line = added["calculatedLineItem"]["id"]
    assert added["calculatedOrder"]["addedLineItems"]["edges"] == [{"node": {"id": line, "title": "Hook"}}]
    assert added["calculatedOrder"]["totalPriceSet"]["shopMoney"]["amount"] == "93.0"
    assert added["calculatedOrder"]["totalOutstandingSet"]["shopMoney"]["amount"] == "8.0"
    cheaper = mutate(
        ask,
        f"""orderEditAddLineItemDiscount(id: "{edit}", lineItemId: "{line}", discount: {{percentValue: 50,
        description: "d"}})
        {{ calculatedOrder {{ totalPriceSet {{ shopMoney {{ amount }} }} }} calculatedLineItem {{
        hasStagedLineItemDiscount }}
        userErrors {{ message }} }}""",
    )
    assert cheaper["calculatedOrder"]["totalPriceSet"]["shopMoney"]["amount"] == "89.0"
    assert read(ask, TOTAL) == {"currentTotalPriceSet": {"shopMoney": {"amount": "85.0"}}}
    shop.subscribe("orders/edited")
    assert commit(ask, edit)["order"] == {"id": FIRST, "edited": True}
    order = read(
        ask, f"{TOTAL} displayFinancialStatus canMarkAsPaid lineItems(first: 5) {{ nodes {{ sku quantity }} }}"
    )
    assert order["currentTotalPriceSet"]["shopMoney"]["amount"] == "89.0"
    assert (order["displayFinancialStatus"], order["canMarkAsPaid"]) == ("PARTIALLY_PAID", True)
    assert order["lineItems"]["nodes"][-1] == {"sku": "HOOK", "quantity": 2}
    (delivery,) = shop.take()
    told = delivery["payload"]["order_edit"]
    assert (told["order_id"], told["staff_note"], told["line_items"]["removals"]) == (50000001, "n", [])
    assert told["line_items"]["additions"] == [{"id": 60000003, "delta": 2}]
    assert commit(ask, edit)["userErrors"] == [{"message": "The calculated order does not exist."}]


@pytest.mark.parametrize(("quantity", "stock"), [(1, (9, 1)), (0, (10, 0)), (3, (7, 3))])
def test_an_edit_changes_a_quantity_and_the_stock(
    shop: RunningShop, ask: Ask, quantity: int, stock: tuple[int, int]
) -> None:
    edit = begin(ask)
    line = "gid://shopify/CalculatedLineItem/60000001"
    payload = mutate(
        ask,
        f"""orderEditSetQuantity(id: "{edit}", lineItemId: "{line}", quantity: {quantity}, restock: true) {{
        calculatedLineItem {{ quantity }} userErrors {{ message }} }}""",
    )
    assert payload["calculatedLineItem"] == {"quantity": quantity}
    assert held(shop, "MUG-B") == (8, 2)
    assert commit(ask, edit)["userErrors"] == []
    assert held(shop, "MUG-B") == stock


@pytest.mark.parametrize(
    ("text", "field"),
    [
        (f'orderEditAddVariant(id: "EDIT", variantId: "{BLUE}", quantity: 1)', ["variantId"]),
        (f'orderEditAddVariant(id: "EDIT", variantId: "{HOOK}", quantity: 0)', ["quantity"]),
        ('orderEditAddVariant(id: "EDIT", variantId: "gid://shopify/ProductVariant/1", quantity: 1)', ["variantId"]),
        ('orderEditSetQuantity(id: "EDIT", lineItemId: "gid://shopify/LineItem/1", quantity: 1)', ["lineItemId"]),
        ('orderEditBegin(id: "gid://shopify/Order/1")', ["id"]),
    ],
)
def test_an_edit_that_cannot_be_is_refused(shop: RunningShop, ask: Ask, text: str, field: list[str]) -> None:
    edit = begin(ask)
    payload = mutate(ask, f"{text.replace('EDIT', edit)} {{ calculatedOrder {{ id }} userErrors {{ field message }} }}")
    assert payload["calculatedOrder"] is None
    assert payload["userErrors"][0]["field"] == field


def test_an_edit_without_changes_is_not_committed(shop: RunningShop, ask: Ask) -> None:
    assert commit(ask, begin(ask))["userErrors"] == [{"message": "There are no changes to commit."}]


# fulfilment orders


def owners(ask: Ask) -> list[dict[str, Any]]:
    """The fulfilment orders of the order."""
    fields = "id status assignedLocation { name } lineItems(first: 5) { nodes { id sku remainingQuantity } }"
    found: list[dict[str, Any]] = read(ask, f"fulfillmentOrders(first: 5) {{ nodes {{ {fields} }} }}")[
        "fulfillmentOrders"
    ]["nodes"]
    return found


def test_a_fulfillment_order_moves_with_its_commitment_and_leaves_the_rest(shop: RunningShop, ask: Ask) -> None:
    shop.subscribe("fulfillment_orders/moved")
    (owner,) = owners(ask)
    fields = "id assignedLocation { name }"
    payload = mutate(
        ask,
        f"""fulfillmentOrderMove(id: "{owner["id"]}", newLocationId: "{GALLERY}") {{ movedFulfillmentOrder {{
        {fields} }}
        remainingFulfillmentOrder {{ {fields} }} userErrors {{ message }} }}""",
    )
    assert payload["movedFulfillmentOrder"] == {"id": owner["id"], "assignedLocation": {"name": "Gallery"}}
    assert payload["remainingFulfillmentOrder"]["assignedLocation"] == {"name": "Workshop"}
    assert (held(shop, "MUG-B"), held(shop, "MUG-B", "Gallery"), held(shop, "MUG-R")) == ((10, 0), (2, 2), (4, 1))
    assert topics(shop) == ["fulfillment_orders/moved"]


def test_a_fulfillment_order_on_hold_is_not_sent_before_it_is_released(shop: RunningShop, ask: Ask) -> None:
    for topic in ("fulfillment_orders/placed_on_hold", "fulfillment_orders/hold_released"):
        shop.subscribe(topic)
    (owner,) = owners(ask)
    held_ = mutate(
        ask,
        f"""fulfillmentOrderHold(id: "{owner["id"]}", fulfillmentHold: {{reason: AWAITING_PAYMENT, reasonNotes:
        "n"}}) {{
        fulfillmentOrder {{ status fulfillmentHolds {{ reason reasonNotes }} }} userErrors {{ message }} }}""",
    )
    assert held_["fulfillmentOrder"]["status"] == "ON_HOLD"
    assert held_["fulfillmentOrder"]["fulfillmentHolds"] == [{"reason": "AWAITING_PAYMENT", "reasonNotes": "n"}]
    assert read(ask, "displayFulfillmentStatus") == {"displayFulfillmentStatus": "ON_HOLD"}
    released = mutate(
        ask,
        f"""fulfillmentOrderReleaseHold(id: "{owner["id"]}") {{
        fulfillmentOrder {{ status }} userErrors {{ message }} }}""",
    )
    assert released["fulfillmentOrder"] == {"status": "OPEN"}
    assert topics(shop) == ["fulfillment_orders/placed_on_hold", "fulfillment_orders/hold_released"]


def test_only_orders_to_be_picked_up_are_prepared(served: RunningShop, ask: Ask) -> None:
    served.reset(SEED)
    for pickup, errors in ((True, []), (False, [{"code": "FULFILLMENT_ORDER_INVALID"}])):
        served.do("order", lines=[{"sku": "MUG-B"}], pickup=pickup)
        order = ask("{ orders(first: 1, reverse: true) { nodes { fulfillmentOrders(first: 1) { nodes { id } } } } }")
        owner = order["data"]["orders"]["nodes"][0]["fulfillmentOrders"]["nodes"][0]["id"]
        rows = f'{{lineItemsByFulfillmentOrder: [{{fulfillmentOrderId: "{owner}"}}]}}'
        text = f"fulfillmentOrderLineItemsPreparedForPickup(input: {rows}) {{ userErrors {{ code }} }}"
        assert mutate(ask, text) == {"userErrors": errors}


def test_a_cancelled_fulfillment_order_is_replaced(shop: RunningShop, ask: Ask) -> None:
    (owner,) = owners(ask)
    text = f'fulfillmentOrderCancel(id: "{owner["id"]}") {{ fulfillmentOrder {{ status }} userErrors {{ message }} }}'
    assert mutate(ask, text)["fulfillmentOrder"] == {"status": "CANCELLED"}
    assert [each["status"] for each in owners(ask)] == ["CANCELLED", "OPEN"]


# returns


def test_a_requested_return_is_approved_refunded_and_closed(shop: RunningShop, ask: Ask) -> None:
    shop.do("fulfill")
    for topic in ("returns/request", "returns/approve", "returns/close", "refunds/create"):
        shop.subscribe(topic)
    asked = shop.do("request-return", lines=[{"sku": "MUG-B"}], reason="defective", note="cracked")
    assert (asked["name"], asked["status"], asked["order_id"]) == ("#1001-R1", "requested", 50000001)
    node_id = asked["admin_graphql_api_id"]
    assert read(ask, "returnStatus") == {"returnStatus": "RETURN_REQUESTED"}
    approve = f"""returnApproveRequest(input: {{id: "{node_id}"}}) {{ return {{ id name status
      returnLineItems(first: 3) {{ nodes {{ id quantity returnReason customerNote
      ... on ReturnLineItem {{ fulfillmentLineItem {{ lineItem {{ sku }} }} }} }} }} }} userErrors {{ field
        message code }} }}"""
    approved = mutate(ask, approve)["return"]
    assert approved["status"] == "OPEN"
    (line,) = approved["returnLineItems"]["nodes"]
    assert (line["quantity"], line["returnReason"], line["customerNote"]) == (1, "DEFECTIVE", "cracked")
    assert line["fulfillmentLineItem"] == {"lineItem": {"sku": "MUG-B"}}
    assert mutate(ask, approve)["userErrors"][0]["code"] == "INVALID_STATE"
    refund = mutate(
        ask,
        f"""mutation ($key: String!) {{ returnRefund(returnRefundInput: {{returnId: "{node_id}",
        returnRefundLineItems: [{{returnLineItemId: "{line["id"]}", quantity: 1}}]}}) @idempotent(key: $key) {{
        refund {{ return {{ name }} }} userErrors {{ message }} }} }}""",
        key="r1",
    )
    assert refund["refund"] == {"return": {"name": "#1001-R1"}}
    assert held(shop, "MUG-B") == (9, 0)
    closed = mutate(ask, f'returnClose(id: "{node_id}") {{ return {{ status }} userErrors {{ message }} }}')
    assert closed["return"] == {"status": "CLOSED"}
    assert topics(shop) == ["returns/request", "returns/approve", "refunds/create", "returns/close"]
    assert read(ask, "returnStatus") == {"returnStatus": "RETURNED"}


@pytest.mark.parametrize(
    ("quantity", "part", "code"), [(3, 0, "INVALID"), (0, 0, "GREATER_THAN"), (1, None, "NOT_FOUND")]
)
def test_a_return_of_what_was_not_sent_is_refused(
    shop: RunningShop, ask: Ask, quantity: int, part: int | None, code: str
) -> None:
    shop.do("fulfill")
    lines = read(ask, "fulfillments { fulfillmentLineItems(first: 5) { nodes { id } } }")["fulfillments"][0]
    found = lines["fulfillmentLineItems"]["nodes"]
    line = found[part]["id"] if part is not None else "gid://shopify/FulfillmentLineItem/1"
    rows = f'{{fulfillmentLineItemId: "{line}", quantity: {quantity}, returnReason: OTHER}}'
    text = f'returnCreate(returnInput: {{orderId: "{FIRST}", returnLineItems: [{rows}]}})'
    payload = mutate(ask, f"{text} {{ return {{ id }} userErrors {{ code }} }}")
    assert payload == {"return": None, "userErrors": [{"code": code}]}
