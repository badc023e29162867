"""What orders, drafts and parcels weigh: what is in them, in grams."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from runner.simulator.server import RunningShop
from tests.simulator.buying import SEED, Ask, mutate

LINES = [{"sku": "CUP", "quantity": 3}, "MUG-B"]
"""Three cups of 350 grams and a mug whose weight nobody knows."""
WEIGHED = {
    **SEED,
    "products": [*SEED["products"], {"title": "Cup", "sku": "CUP", "price": "9.00", "weight": "0.35"}],
    "orders": [{"lines": LINES, "fulfilled": [{"sku": "CUP"}]}],
    "draft_orders": [{"lines": LINES}],
}


@pytest.fixture
def weighed(served: RunningShop, ask: Ask) -> Ask:
    served.reset(WEIGHED)
    return ask


def test_an_order_weighs_what_is_in_it(weighed: Ask) -> None:
    body = weighed(
        """{ orders(first: 1) { nodes { totalWeight currentTotalWeight fulfillmentOrders(first: 1) { nodes {
        remainingLineItemsWeight { value unit } lineItems(first: 2) { nodes { weight { value unit } } } } } } }
        draftOrders(first: 1) { nodes { totalWeight lineItems(first: 1) { nodes { weight { value unit } } } } } }"""
    )
    order, draft = (body["data"][root]["nodes"][0] for root in ("orders", "draftOrders"))
    cup, nothing = {"value": 0.35, "unit": "KILOGRAMS"}, {"value": 0.0, "unit": "KILOGRAMS"}
    assert (order["totalWeight"], order["currentTotalWeight"], draft["totalWeight"]) == ("1050", "1050", "1050")
    (owner,) = order["fulfillmentOrders"]["nodes"]
    assert owner["remainingLineItemsWeight"] == {"value": 700.0, "unit": "GRAMS"}
    assert [each["weight"] for each in owner["lineItems"]["nodes"]] == [cup, nothing]
    assert draft["lineItems"]["nodes"] == [{"weight": cup}]


def test_rest_tells_grams(weighed: Ask, http: httpx.Client) -> None:
    (order,) = http.get("/admin/api/2026-04/orders.json?status=any").json()["orders"]
    (draft,) = http.get("/admin/api/2026-04/draft_orders.json").json()["draft_orders"]
    assert (order["total_weight"], [line["grams"] for line in order["line_items"]]) == (1050, [350, 0])
    assert [line["grams"] for line in draft["line_items"]] == [350, 0]


@pytest.mark.parametrize(
    ("value", "unit", "grams", "short"),
    [(250.0, "GRAMS", 250, "g"), (2.0, "POUNDS", 907, "lb"), (8.0, "OUNCES", 227, "oz"), (0.5, "KILOGRAMS", 500, "kg")],
)
def test_every_unit_is_turned_into_grams(
    weighed: Ask, http: httpx.Client, value: float, unit: str, grams: int, short: str
) -> None:
    found = weighed('{ productVariants(first: 1, query: "sku:CUP") { nodes { inventoryItem { id } } } }')
    item = found["data"]["productVariants"]["nodes"][0]["inventoryItem"]["id"]
    weight: dict[str, Any] = {"value": value, "unit": unit}
    given = f"measurement: {{ weight: {{ value: {weight['value']}, unit: {unit} }} }}"
    mutate(weighed, f'inventoryItemUpdate(id: "{item}", input: {{ {given} }}) {{ userErrors {{ message }} }}')
    products = http.get("/admin/api/2026-04/products.json?handle=cup").json()["products"]
    (variant,) = products[0]["variants"]
    assert (variant["grams"], variant["weight"], variant["weight_unit"]) == (grams, value, short)
