"""``@idempotent``: once per key, Shopify's errors, the window of a day."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from runner.simulator.server import RunningShop

Ask = Callable[..., dict[str, Any]]
ITEM, WORKSHOP = "gid://shopify/InventoryItem/30000001", "gid://shopify/Location/20000001"
ADJUST = """mutation($input: InventoryAdjustQuantitiesInput!, $key: String!) {
  inventoryAdjustQuantities(input: $input) @idempotent(key: $key) {
  inventoryAdjustmentGroup { id } userErrors { field message code } } }"""


def given(delta: int = -1, expected: int | None = None, item: str = ITEM) -> dict[str, Any]:
    row = {"inventoryItemId": item, "locationId": WORKSHOP, "delta": delta, "changeFromQuantity": expected}
    return {"name": "available", "reason": "correction", "changes": [row]}


def payload(body: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = body["data"]["inventoryAdjustQuantities"]
    return found


def available(shop: RunningShop) -> int:
    levels = shop.state()["objects"]["InventoryLevel"].values()
    held = [level for level in levels if (level["item"], level["location"]) == (ITEM, WORKSHOP)]
    return int(held[0]["_quantities"]["available"])


def code_of(body: dict[str, Any]) -> str:
    (error,) = payload(body)["userErrors"]
    return str(error["code"])


def test_a_required_key_that_is_missing_is_a_top_level_error(ask: Ask, shop: RunningShop) -> None:
    text = (
        "mutation($input: InventoryAdjustQuantitiesInput!) "
        "{ go: inventoryAdjustQuantities(input: $input) { userErrors { code } } }"
    )
    body = ask(text, input=given())
    (error,) = body["errors"]
    assert body["data"] == {"go": None}
    assert error["message"] == "The @idempotent directive is required for this mutation but was not provided."
    assert error["path"] == ["go"]
    assert error["extensions"] == {"code": "BAD_REQUEST"}
    assert available(shop) == 30


def test_a_mutation_without_the_rule_needs_no_key(ask: Ask) -> None:
    body = ask('mutation { tagsAdd(id: "gid://shopify/Product/80000001", tags: "x") { userErrors { message } } }')
    assert body["data"]["tagsAdd"]["userErrors"] == []


def test_the_same_request_under_one_key_happens_once(ask: Ask, shop: RunningShop) -> None:
    first, second = ask(ADJUST, input=given(), key="k"), ask(ADJUST, input=given(), key="k")
    assert payload(first) == payload(second)
    assert payload(first)["inventoryAdjustmentGroup"] is not None
    assert available(shop) == 29


def test_a_replay_may_select_other_fields_and_sees_the_present(ask: Ask, shop: RunningShop) -> None:
    ask(ADJUST, input=given(), key="k")
    shop.do("adjust", sku="HD-PAPER", location="Workshop", to=5)
    level = f'inventoryLevel(locationId: "{WORKSHOP}") {{ quantities(names: "available") {{ quantity }} }}'
    text = ADJUST.replace("{ id }", f'{{ changes(quantityNames: "available") {{ delta item {{ {level} }} }} }}')
    (change,) = payload(ask(text, input=given(), key="k"))["inventoryAdjustmentGroup"]["changes"]
    assert change["delta"] == -1
    assert change["item"]["inventoryLevel"]["quantities"] == [{"quantity": 5}]


def test_a_replay_sends_no_second_webhook(ask: Ask, shop: RunningShop) -> None:
    shop.subscribe("inventory_levels/update")
    ask(ADJUST, input=given(), key="k")
    ask(ADJUST, input=given(), key="k")
    assert len(shop.take()) == 1


def test_other_parameters_under_the_key_are_refused(ask: Ask, shop: RunningShop) -> None:
    ask(ADJUST, input=given(), key="k")
    body = ask(ADJUST, input=given(-2), key="k")
    assert payload(body)["userErrors"] == [
        {
            "field": None,
            "message": "The same idempotency key cannot be used with different operation parameters.",
            "code": "IDEMPOTENCY_KEY_PARAMETER_MISMATCH",
        }
    ]
    assert available(shop) == 29


def test_the_key_belongs_to_one_mutation(ask: Ask) -> None:
    ask(ADJUST, input=given(), key="k")
    text = f"""mutation {{ inventoryActivate(inventoryItemId: "{ITEM}", locationId: "{WORKSHOP}")
      @idempotent(key: "k") {{ inventoryLevel {{ id }} userErrors {{ message }} }} }}"""
    (error,) = ask(text)["data"]["inventoryActivate"]["userErrors"]
    assert "idempotency key" in error["message"]


def test_after_user_errors_the_key_is_spent(ask: Ask, shop: RunningShop) -> None:
    assert code_of(ask(ADJUST, input=given(expected=1), key="k")) == "CHANGE_FROM_QUANTITY_STALE"
    shop.do("adjust", sku="HD-PAPER", location="Workshop", to=1)
    body = ask(ADJUST, input=given(expected=1), key="k")
    assert code_of(body) == "IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED"
    assert payload(body)["userErrors"][0]["message"].endswith("Retry with a new idempotency key.")
    assert payload(ask(ADJUST, input=given(expected=1), key="new"))["userErrors"] == []


def test_a_top_level_error_spends_no_key(ask: Ask, shop: RunningShop) -> None:
    without = given()
    del without["changes"][0]["changeFromQuantity"]
    assert "errors" in ask(ADJUST, input=without, key="k")
    assert payload(ask(ADJUST, input=given(), key="k"))["userErrors"] == []


def test_a_request_that_has_not_ended_refuses_its_double(ask: Ask, shop: RunningShop) -> None:
    shop.do("hold-key", key="k")
    assert code_of(ask(ADJUST, input=given(), key="k")) == "IDEMPOTENCY_CONCURRENT_REQUEST"
    shop.do("release-key", key="k")
    assert payload(ask(ADJUST, input=given(), key="k"))["userErrors"] == []


@pytest.mark.parametrize(("hours", "left"), [(23.9, 29), (24.1, 28)])
def test_a_key_is_remembered_for_a_day(ask: Ask, shop: RunningShop, hours: float, left: int) -> None:
    ask(ADJUST, input=given(), key="k")
    shop.advance(hours * 3600)
    ask(ADJUST, input=given(), key="k")
    assert available(shop) == left


@pytest.mark.parametrize("key", ["", "   ", "x" * 256])
def test_a_blank_or_endless_key_is_refused(ask: Ask, key: str) -> None:
    assert ask(ADJUST, input=given(), key=key)["errors"][0]["extensions"]["code"] == "BAD_REQUEST"


def test_a_lost_reply_is_made_good_by_the_same_key(ask: Ask, shop: RunningShop) -> None:
    shop.add_fault(kind="lost_reply", count=1)
    with pytest.raises(httpx.TransportError):
        ask(ADJUST, input=given(), key="k")
    assert available(shop) == 29
    assert payload(ask(ADJUST, input=given(), key="k"))["inventoryAdjustmentGroup"] is not None
    assert available(shop) == 29
