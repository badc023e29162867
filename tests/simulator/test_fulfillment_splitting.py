"""Fulfilment orders split, merged, closed, and given a deadline."""

from __future__ import annotations

from typing import Any

import pytest

from runner.simulator.server import RunningShop
from tests.simulator.asking import Ask
from tests.simulator.buying import FIRST, SEED, held, mutate, topics

OWNERS = """{ order(id: "gid://shopify/Order/50000001") { displayFulfillmentStatus fulfillmentOrders(first: 9) { nodes {
  id status requestStatus fulfillBy fulfillmentOrdersForMerge(first: 5) { nodes { id } }
  lineItems(first: 9) { nodes { id totalQuantity remainingQuantity lineItem { sku } } }
} } } }"""
LINES = "lineItems(first: 5) { nodes { remainingQuantity lineItem { sku } } }"


@pytest.fixture
def kiln(shop: RunningShop) -> RunningShop:
    """The pottery with one order of two blue mugs and a red one, at one location."""
    shop.reset(SEED)
    shop.do("order", lines=[{"sku": "MUG-B", "quantity": 2}, {"sku": "MUG-R"}])
    for topic in ("fulfillment_orders/split", "fulfillment_orders/merged"):
        shop.subscribe(topic)
    return shop


def owners(ask: Ask) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = ask(OWNERS)["data"]["order"]["fulfillmentOrders"]["nodes"]
    return found


def split(ask: Ask, owner: str, *rows: tuple[str, int]) -> dict[str, Any]:
    given = ", ".join(f'{{id: "{part}", quantity: {quantity}}}' for part, quantity in rows)
    return mutate(
        ask,
        f'fulfillmentOrderSplit(fulfillmentOrderSplits: [{{fulfillmentOrderId: "{owner}", '
        f"fulfillmentOrderLineItems: [{given}]}}]) {{ fulfillmentOrderSplits {{ fulfillmentOrder {{ id {LINES} }} "
        f"remainingFulfillmentOrder {{ id {LINES} }} replacementFulfillmentOrder {{ id }} }} "
        "userErrors { field message code } }",
    )


def content(owner: dict[str, Any]) -> dict[str, int]:
    return {row["lineItem"]["sku"]: row["remainingQuantity"] for row in owner["lineItems"]["nodes"]}


def test_a_split_leaves_the_named_units_and_moves_the_rest(kiln: RunningShop, ask: Ask) -> None:
    (owner,) = owners(ask)
    before = held(kiln, "MUG-B")
    blue = owner["lineItems"]["nodes"][0]["id"]
    (result,) = split(ask, owner["id"], (blue, 1))["fulfillmentOrderSplits"]
    assert result["fulfillmentOrder"]["id"] == owner["id"]
    assert content(result["fulfillmentOrder"]) == {"MUG-B": 1}
    assert content(result["remainingFulfillmentOrder"]) == {"MUG-B": 1, "MUG-R": 1}
    assert result["replacementFulfillmentOrder"] is None
    assert topics(kiln) == ["fulfillment_orders/split"]
    assert held(kiln, "MUG-B") == before
    first, second = owners(ask)
    assert first["fulfillmentOrdersForMerge"]["nodes"] == [{"id": second["id"]}]


def test_what_was_split_is_merged_again(kiln: RunningShop, ask: Ask) -> None:
    (owner,) = owners(ask)
    split(ask, owner["id"], (owner["lineItems"]["nodes"][0]["id"], 1))
    kiln.take()
    intents = ", ".join(f'{{fulfillmentOrderId: "{each["id"]}"}}' for each in owners(ask))
    answer = mutate(
        ask,
        f"fulfillmentOrderMerge(fulfillmentOrderMergeInputs: [{{mergeIntents: [{intents}]}}]) "
        f"{{ fulfillmentOrderMerges {{ fulfillmentOrder {{ id {LINES} }} }} userErrors {{ code }} }}",
    )
    assert answer["userErrors"] == []
    assert content(answer["fulfillmentOrderMerges"][0]["fulfillmentOrder"]) == {"MUG-B": 2, "MUG-R": 1}
    assert [each["status"] for each in owners(ask)] == ["OPEN", "CLOSED"]
    assert topics(kiln) == ["fulfillment_orders/merged"]
    kiln.do("fulfill", order="#1001")
    assert ask(OWNERS)["data"]["order"]["displayFulfillmentStatus"] == "FULFILLED"


REFUSED: dict[str, tuple[str, list[int], str]] = {
    "no such fulfilment order": ("gid://shopify/FulfillmentOrder/1", [1], "FULFILLMENT_ORDER_NOT_FOUND"),
    "no lines": ("", [], "NO_LINE_ITEMS_PROVIDED_TO_SPLIT"),
    "nothing of a line": ("", [0], "GREATER_THAN"),
    "more than there is": ("", [3], "INVALID_LINE_ITEM_QUANTITY"),
    "everything": ("", [2, 1], "INVALID_LINE_ITEM_QUANTITY"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_split_that_cannot_be_is_refused(kiln: RunningShop, ask: Ask, name: str) -> None:
    given, quantities, code = REFUSED[name]
    (owner,) = owners(ask)
    parts = [row["id"] for row in owner["lineItems"]["nodes"]]
    answer = split(ask, given or owner["id"], *zip(parts, quantities, strict=False))
    assert [error["code"] for error in answer["userErrors"]] == [code]
    assert owners(ask) == [owner]


def test_fulfilment_orders_of_two_orders_do_not_merge(kiln: RunningShop, ask: Ask) -> None:
    kiln.do("order", lines=[{"sku": "MUG-R"}])
    ids = list(kiln.state()["objects"]["FulfillmentOrder"])
    intents = ", ".join(f'{{fulfillmentOrderId: "{each}"}}' for each in ids)
    answer = mutate(
        ask,
        f"fulfillmentOrderMerge(fulfillmentOrderMergeInputs: [{{mergeIntents: [{intents}]}}]) "
        "{ fulfillmentOrderMerges { fulfillmentOrder { id } } userErrors { field } }",
    )
    assert answer["fulfillmentOrderMerges"] is None
    assert answer["userErrors"] == [{"field": ["fulfillmentOrderMergeInputs", "0"]}]


def test_only_one_in_progress_is_closed_and_then_incomplete(kiln: RunningShop, ask: Ask) -> None:
    (owner,) = owners(ask)
    text = f'fulfillmentOrderClose(id: "{owner["id"]}") {{ fulfillmentOrder {{ status }} userErrors {{ field }} }}'
    assert mutate(ask, text)["userErrors"] == [{"field": ["id"]}]
    mutate(ask, f'fulfillmentOrderReportProgress(id: "{owner["id"]}") {{ userErrors {{ message }} }}')
    assert mutate(ask, text) == {"fulfillmentOrder": {"status": "INCOMPLETE"}, "userErrors": []}


def test_a_deadline_is_kept(kiln: RunningShop, ask: Ask) -> None:
    (owner,) = owners(ask)
    text = (
        'fulfillmentOrdersSetFulfillmentDeadline(fulfillmentDeadline: "2026-04-01T00:00:00Z", '
        "fulfillmentOrderIds: {ids}) { success userErrors { code } }"
    )
    assert mutate(ask, text.replace("{ids}", f'["{owner["id"]}"]')) == {"success": True, "userErrors": []}
    assert owners(ask)[0]["fulfillBy"] == "2026-04-01T00:00:00Z"
    missing = mutate(ask, text.replace("{ids}", f'["{FIRST}"]'))
    assert missing["userErrors"] == [{"code": "FULFILLMENT_ORDERS_NOT_FOUND"}]
