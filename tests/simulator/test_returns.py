"""Returns worked off: what comes back, what is given instead, what is not returned after all."""

from __future__ import annotations

from typing import Any

import pytest

from runner.simulator.server import RunningShop
from tests.simulator.buying import FIRST, SEED, Ask, held, mutate, read, topics

RED = "gid://shopify/ProductVariant/90000002"
RETURN = """return { id status totalQuantity
  returnLineItems(first: 5) { nodes { id quantity processedQuantity processableQuantity refundableQuantity } }
  exchangeLineItems(first: 5) { nodes { id quantity processedQuantity variantId lineItems { title quantity } } }
  reverseFulfillmentOrders(first: 5) { nodes { id status order { name } lineItems(first: 5) { nodes {
    id totalQuantity dispositions { type quantity location { name } } } } } }
} userErrors { field code }"""
TOPICS = (
    "returns/approve",
    "returns/process",
    "returns/update",
    "refunds/create",
    "reverse_fulfillment_orders/dispose",
)


@pytest.fixture
def kiln(shop: RunningShop) -> RunningShop:
    """The pottery, which has sent two blue mugs to Pat for 55.00."""
    shop.reset(SEED)
    shop.do("order", lines=[{"sku": "MUG-B", "quantity": 2}], customer="pat@shop.test")
    shop.do("fulfill")
    for topic in TOPICS:
        shop.subscribe(topic)
    return shop


def workshop(shop: RunningShop) -> str:
    places = shop.state()["objects"]["Location"]
    return next(str(gid) for gid, node in places.items() if node["name"] == "Workshop")


def create(ask: Ask, quantity: int = 2, exchange: str = "") -> dict[str, Any]:
    """An open return of blue mugs, and ``exchange`` for them."""
    query = "returnableFulfillments(first: 5, orderId: $id) { nodes { returnableFulfillmentLineItems(first: 5) "
    body = ask(
        f"query ($id: ID!) {{ {query} {{ nodes {{ quantity fulfillmentLineItem {{ id }} }} }} }} }} }}", id=FIRST
    )
    (parcel,) = body["data"]["returnableFulfillments"]["nodes"]
    sent = parcel["returnableFulfillmentLineItems"]["nodes"][0]["fulfillmentLineItem"]["id"]
    rows = f'returnLineItems: [{{fulfillmentLineItemId: "{sent}", quantity: {quantity}, returnReason: UNWANTED}}]'
    instead = f"exchangeLineItems: [{exchange}]"
    return mutate(ask, f'returnCreate(returnInput: {{orderId: "{FIRST}", {rows}, {instead}}}) {{ {RETURN} }}')


def process(ask: Ask, given: str) -> dict[str, Any]:
    return mutate(ask, f"returnProcess(input: {{{given}}}) {{ {RETURN} }}")


def test_an_open_return_expects_its_units_in_a_reverse_fulfilment_order(kiln: RunningShop, ask: Ask) -> None:
    made = create(ask)["return"]
    (owner,) = made["reverseFulfillmentOrders"]["nodes"]
    assert (owner["status"], owner["order"]) == ("OPEN", {"name": "#1001"})
    assert [line["totalQuantity"] for line in owner["lineItems"]["nodes"]] == [2]
    closed = mutate(ask, f'returnClose(id: "{made["id"]}") {{ {RETURN} }}')["return"]
    assert closed["reverseFulfillmentOrders"]["nodes"][0]["status"] == "CLOSED"


def test_what_came_back_is_restocked_or_not_and_refunded(kiln: RunningShop, ask: Ask) -> None:
    made = create(ask)["return"]
    line = made["returnLineItems"]["nodes"][0]["id"]
    expected = made["reverseFulfillmentOrders"]["nodes"][0]["lineItems"]["nodes"][0]["id"]
    (sale,) = read(ask, "transactions { id }")["transactions"]
    before, _ = held(kiln, "MUG-B")
    kiln.take()
    dispositions = ", ".join(
        f'{{reverseFulfillmentOrderLineItemId: "{expected}", quantity: 1, dispositionType: {kind}}}'
        for kind in (f'RESTOCKED, locationId: "{workshop(kiln)}"', "MISSING")
    )
    done = process(
        ask,
        f'returnId: "{made["id"]}", returnLineItems: [{{id: "{line}", quantity: 2, dispositions: [{dispositions}]}}], '
        f'financialTransfer: {{issueRefund: {{orderTransactions: [{{parentId: "{sale["id"]}", '
        'transactionAmount: {amount: "55.00", currencyCode: USD}}]}}',
    )
    assert done["userErrors"] == []
    (row,) = done["return"]["returnLineItems"]["nodes"]
    assert (row["processedQuantity"], row["processableQuantity"], row["refundableQuantity"]) == (2, 0, 0)
    (there,) = done["return"]["reverseFulfillmentOrders"]["nodes"][0]["lineItems"]["nodes"]
    assert [(each["type"], each["location"]) for each in there["dispositions"]] == [
        ("RESTOCKED", {"name": "Workshop"}),
        ("MISSING", None),
    ]
    assert held(kiln, "MUG-B")[0] == before + 1
    assert read(ask, "displayFinancialStatus")["displayFinancialStatus"] == "REFUNDED"
    assert sorted(topics(kiln)) == [
        "refunds/create",
        "returns/process",
        *["reverse_fulfillment_orders/dispose"] * 2,
    ]


def test_what_is_given_instead_joins_the_order_when_it_is_processed(kiln: RunningShop, ask: Ask) -> None:
    discount = 'appliedDiscount: {description: "Sorry", value: {percentage: 20.0}}'
    made = create(ask, 1, f'{{variantId: "{RED}", quantity: 1, {discount}}}')["return"]
    (exchange,) = made["exchangeLineItems"]["nodes"]
    assert (exchange["variantId"], exchange["processedQuantity"], exchange["lineItems"]) == (RED, 0, [])
    lines = "lineItems(first: 5) { nodes { sku currentQuantity originalUnitPriceSet { shopMoney { amount } } } }"
    assert [line["sku"] for line in read(ask, lines)["lineItems"]["nodes"]] == ["MUG-B"]
    done = process(
        ask,
        f'returnId: "{made["id"]}", exchangeLineItems: [{{id: "{exchange["id"]}", quantity: 1}}], '
        f'returnLineItems: [{{id: "{made["returnLineItems"]["nodes"][0]["id"]}", quantity: 1}}]',
    )
    assert done["userErrors"] == []
    assert done["return"]["exchangeLineItems"]["nodes"][0]["lineItems"] == [{"title": "Mug", "quantity": 1}]
    found = read(ask, lines)["lineItems"]["nodes"]
    assert [(line["sku"], line["currentQuantity"]) for line in found] == [("MUG-B", 1), ("MUG-R", 1)]
    assert found[1]["originalUnitPriceSet"]["shopMoney"]["amount"] == "20.0"
    open_orders = read(ask, 'fulfillmentOrders(first: 5, query: "status:open") { nodes { status } }')
    assert open_orders["fulfillmentOrders"]["nodes"] == [{"status": "OPEN"}]
    assert held(kiln, "MUG-R") == (4, 1)


def test_units_are_taken_from_a_return(kiln: RunningShop, ask: Ask) -> None:
    made = create(ask, 2, f'{{variantId: "{RED}", quantity: 1}}')["return"]
    line, exchange = (made[name]["nodes"][0]["id"] for name in ("returnLineItems", "exchangeLineItems"))
    kiln.take()
    less = mutate(
        ask,
        f'removeFromReturn(returnId: "{made["id"]}", returnLineItems: [{{returnLineItemId: "{line}", quantity: 1}}], '
        f'exchangeLineItems: [{{exchangeLineItemId: "{exchange}", quantity: 1}}]) {{ {RETURN} }}',
    )["return"]
    assert (less["totalQuantity"], less["exchangeLineItems"]["nodes"]) == (1, [])
    assert less["reverseFulfillmentOrders"]["nodes"][0]["lineItems"]["nodes"][0]["totalQuantity"] == 1
    assert topics(kiln) == ["returns/update"]
    assert create(ask, 1)["userErrors"] == []


REFUSED: dict[str, tuple[str, list[str], str]] = {
    "no such return": ('returnId: "gid://shopify/Return/1"', ["input", "returnId"], "NOT_FOUND"),
    "no such line": (
        'returnId: "RETURN", returnLineItems: [{id: "gid://shopify/ReturnLineItem/1", quantity: 1}]',
        ["input", "returnLineItems", "0", "id"],
        "NOT_FOUND",
    ),
    "more than is expected": (
        'returnId: "RETURN", returnLineItems: [{id: "LINE", quantity: 3}]',
        ["input", "returnLineItems", "0", "quantity"],
        "INVALID",
    ),
    "restocked nowhere": (
        'returnId: "RETURN", returnLineItems: [{id: "LINE", quantity: 1, dispositions: [{'
        'reverseFulfillmentOrderLineItemId: "EXPECTED", quantity: 1, dispositionType: RESTOCKED}]}]',
        ["input", "returnLineItems", "0", "dispositions", "0", "locationId"],
        "BLANK",
    ),
    "no such exchange": (
        'returnId: "RETURN", exchangeLineItems: [{id: "gid://shopify/ExchangeLineItem/1", quantity: 1}]',
        ["input", "exchangeLineItems", "0", "id"],
        "NOT_FOUND",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_processed_is_refused_and_changes_nothing(kiln: RunningShop, ask: Ask, name: str) -> None:
    given, field, code = REFUSED[name]
    made = create(ask)["return"]
    line = made["returnLineItems"]["nodes"][0]["id"]
    expected = made["reverseFulfillmentOrders"]["nodes"][0]["lineItems"]["nodes"][0]["id"]
    for word, node_id in (("RETURN", made["id"]), ("LINE", line), ("EXPECTED", expected)):
        given = given.replace(f'"{word}"', f'"{node_id}"')
    before = kiln.state()["objects"]
    assert process(ask, given)["userErrors"] == [{"field": field, "code": code}]
    assert kiln.state()["objects"] == before


def test_a_return_that_is_closed_is_not_processed(kiln: RunningShop, ask: Ask) -> None:
    made = create(ask)["return"]
    mutate(ask, f'returnClose(id: "{made["id"]}") {{ userErrors {{ code }} }}')
    answer = process(ask, f'returnId: "{made["id"]}"')
    assert answer["userErrors"] == [{"field": ["input", "returnId"], "code": "INVALID_STATE"}]


def test_a_return_suggests_its_refund(kiln: RunningShop, ask: Ask) -> None:
    made = create(ask, 1)["return"]
    line = made["returnLineItems"]["nodes"][0]["id"]
    found = ask(
        f"""{{ return(id: "{made["id"]}") {{ suggestedRefund(returnRefundLineItems: [
        {{returnLineItemId: "{line}", quantity: 1}}]) {{ amount {{ shopMoney {{ amount }} }}
        suggestedTransactions {{ gateway amountSet {{ shopMoney {{ amount }} }} }} }} }} }}"""
    )["data"]["return"]["suggestedRefund"]
    assert found["amount"] == {"shopMoney": {"amount": "27.5"}}
    assert [each["amountSet"]["shopMoney"]["amount"] for each in found["suggestedTransactions"]] == ["27.5"]
