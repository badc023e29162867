"""Inventory over the API: quantities, compare-and-set, atomicity, user errors, webhooks."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Any

import pytest

from runner.simulator.server import RunningShop

Ask = Callable[..., dict[str, Any]]
ITEM, OTHER_ITEM = "gid://shopify/InventoryItem/30000001", "gid://shopify/InventoryItem/30000002"
WORKSHOP, GALLERY = "gid://shopify/Location/20000001", "gid://shopify/Location/20000002"
NAMES = ["available", "committed", "reserved", "damaged", "safety_stock", "quality_control", "incoming", "on_hand"]
KEYS = count()

READ = """
query($item: ID!, $location: ID!, $names: [String!]!) { inventoryItem(id: $item) {
  inventoryLevel(locationId: $location) {
    id updatedAt isActive quantities(names: $names) { name quantity updatedAt } } } }
"""
GROUP = "inventoryAdjustmentGroup { reason changes { name delta quantityAfterChange item { id } location { name } } }"
PAYLOADS = {
    "inventoryAdjustQuantities": "InventoryAdjustQuantitiesInput",
    "inventorySetQuantities": "InventorySetQuantitiesInput",
    "inventorySetOnHandQuantities": "InventorySetOnHandQuantitiesInput",
    "inventoryMoveQuantities": "InventoryMoveQuantitiesInput",
}


@pytest.fixture
def perform(ask: Ask) -> Callable[..., dict[str, Any]]:
    """``perform("inventoryAdjustQuantities", input)``: the body of the reply, under a key of its own."""

    def perform(name: str, given: dict[str, Any]) -> dict[str, Any]:
        text = f"mutation($input: {PAYLOADS[name]}!, $key: String!) {{ {name}(input: $input) @idempotent(key: $key) "
        text += f"{{ {GROUP} userErrors {{ field message code }} }} }}"
        return ask(text, input=given, key=f"key-{next(KEYS)}")

    return perform


@pytest.fixture
def held(ask: Ask) -> Callable[..., dict[str, int]]:
    """``held(item, location)``: every quantity by name."""

    def held(item: str = ITEM, location: str = WORKSHOP) -> dict[str, int]:
        level = ask(READ, item=item, location=location, names=NAMES)["data"]["inventoryItem"]["inventoryLevel"]
        return {entry["name"]: entry["quantity"] for entry in level["quantities"]}

    return held


def change(delta: int = -3, **more: Any) -> dict[str, Any]:
    return {"inventoryItemId": ITEM, "locationId": WORKSHOP, "delta": delta, "changeFromQuantity": None, **more}


def adjusting(*changes: dict[str, Any], name: str = "available", **more: Any) -> dict[str, Any]:
    return {"name": name, "reason": "correction", "changes": list(changes), **more}


def codes(body: dict[str, Any]) -> list[tuple[str, list[str]]]:
    (payload,) = body["data"].values()
    assert payload["inventoryAdjustmentGroup"] is None
    return [(error["code"], error["field"]) for error in payload["userErrors"]]


def test_an_adjustment_changes_available_and_on_hand_by_the_delta(perform: Any, held: Any) -> None:
    body = perform("inventoryAdjustQuantities", adjusting(change(-3, changeFromQuantity=30)))
    payload = body["data"]["inventoryAdjustQuantities"]
    assert payload["userErrors"] == []
    assert [
        (each["name"], each["delta"], each["quantityAfterChange"])
        for each in payload["inventoryAdjustmentGroup"]["changes"]
    ] == [
        ("available", -3, 27),
        ("on_hand", -3, 27),
    ]
    assert (held()["available"], held()["on_hand"]) == (27, 27)
    assert held(location=GALLERY)["available"] == 12


def test_the_changes_of_a_group_are_filtered_by_name_item_and_location(ask: Ask) -> None:
    text = """mutation($input: InventoryAdjustQuantitiesInput!, $places: [ID!]) {
      inventoryAdjustQuantities(input: $input) @idempotent(key: "x") { inventoryAdjustmentGroup {
        a: changes(quantityNames: "available") { name }
        b: changes(inventoryItemIds: []) { name }
        c: changes(locationIds: $places) { name } } } }"""
    body = ask(text, input=adjusting(change()), places=[WORKSHOP])
    group = body["data"]["inventoryAdjustQuantities"]["inventoryAdjustmentGroup"]
    assert [len(group[key]) for key in "abc"] == [1, 0, 2]


def test_a_stale_compare_and_set_changes_nothing_and_names_the_field(perform: Any, held: Any) -> None:
    body = perform(
        "inventoryAdjustQuantities",
        adjusting(change(changeFromQuantity=30), change(inventoryItemId=OTHER_ITEM, changeFromQuantity=29)),
    )
    assert codes(body) == [("CHANGE_FROM_QUANTITY_STALE", ["input", "changes", "1", "changeFromQuantity"])]
    message = body["data"]["inventoryAdjustQuantities"]["userErrors"][0]["message"]
    assert message == "The changeFromQuantity argument no longer matches the persisted quantity."
    assert held()["available"] == 30


def test_change_from_quantity_must_be_written_out(ask: Ask, perform: Any, held: Any) -> None:
    without = change()
    del without["changeFromQuantity"]
    body = perform("inventoryAdjustQuantities", adjusting(without))
    assert body["data"] == {"inventoryAdjustQuantities": None}
    (error,) = body["errors"]
    assert error["message"] == "InventoryChangeInput must include the following argument: changeFromQuantity."
    assert error["extensions"] == {"code": "INVALID_FIELD_ARGUMENTS"}
    assert error["path"] == ["inventoryAdjustQuantities"]
    assert held()["available"] == 30


@pytest.mark.parametrize(
    ("name", "given", "input_type"),
    [
        ("inventorySetQuantities", {"name": "available", "quantities": [{"quantity": 1}]}, "InventoryQuantityInput"),
        ("inventorySetOnHandQuantities", {"setQuantities": [{"quantity": 1}]}, "InventorySetQuantityInput"),
    ],
)
def test_the_other_mutations_demand_it_too(perform: Any, name: str, given: dict[str, Any], input_type: str) -> None:
    key = "quantities" if "quantities" in given else "setQuantities"
    rows = [{**row, "inventoryItemId": ITEM, "locationId": WORKSHOP} for row in given[key]]
    body = perform(name, {**given, key: rows, "reason": "correction"})
    assert body["errors"][0]["message"] == f"{input_type} must include the following argument: changeFromQuantity."


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (
            adjusting(change(inventoryItemId="gid://shopify/InventoryItem/9")),
            ("INVALID_INVENTORY_ITEM", ["input", "changes", "0", "inventoryItemId"]),
        ),
        (
            adjusting(change(inventoryItemId="gid://shopify/Product/80000001")),
            ("INVALID_INVENTORY_ITEM", ["input", "changes", "0", "inventoryItemId"]),
        ),
        (
            adjusting(change(locationId="gid://shopify/Location/9")),
            ("INVALID_LOCATION", ["input", "changes", "0", "locationId"]),
        ),
        (adjusting(change(), reason="because"), ("INVALID_REASON", ["input", "reason"])),
        (
            adjusting(change(), referenceDocumentUri="no uri"),
            ("INVALID_REFERENCE_DOCUMENT", ["input", "referenceDocumentUri"]),
        ),
        (
            adjusting(change(2_000_000_001)),
            ("INVALID_QUANTITY_TOO_HIGH", ["input", "changes", "0", "delta"]),
        ),
        (
            adjusting(change(-2_000_000_001)),
            ("INVALID_QUANTITY_TOO_LOW", ["input", "changes", "0", "delta"]),
        ),
        (
            adjusting(change(ledgerDocumentUri="gid://app/X/1")),
            ("INVALID_AVAILABLE_DOCUMENT", ["input", "changes", "0", "ledgerDocumentUri"]),
        ),
        (
            adjusting(change(), name="damaged"),
            ("INVALID_QUANTITY_DOCUMENT", ["input", "changes", "0", "ledgerDocumentUri"]),
        ),
        (
            adjusting(change(ledgerDocumentUri="gid://shopify/Order/1"), name="damaged"),
            ("INTERNAL_LEDGER_DOCUMENT", ["input", "changes", "0", "ledgerDocumentUri"]),
        ),
        (
            adjusting(change(ledgerDocumentUri="gid://a/X/1"), change(ledgerDocumentUri="gid://a/X/2"), name="damaged"),
            ("MAX_ONE_LEDGER_DOCUMENT", ["input", "changes"]),
        ),
        (
            adjusting(change(ledgerDocumentUri="gid://a/X/1"), name="on_hand"),
            ("INVALID_QUANTITY_NAME", ["input", "name"]),
        ),
        (
            adjusting(change(ledgerDocumentUri="gid://a/X/1"), name="committed"),
            ("INVALID_QUANTITY_NAME", ["input", "name"]),
        ),
    ],
)
def test_mistakes_in_an_adjustment_have_their_codes(
    perform: Any, given: dict[str, Any], expected: tuple[str, list[str]]
) -> None:
    assert codes(perform("inventoryAdjustQuantities", given)) == [expected]


def test_the_text_for_an_invalid_name_is_shopifys(perform: Any) -> None:
    body = perform("inventoryAdjustQuantities", adjusting(change(), name="lost"))
    assert [error["message"] for error in body["data"]["inventoryAdjustQuantities"]["userErrors"]] == [
        "The specified quantity name is invalid. Valid values are: available, damaged, incoming, quality_control, "
        "reserved, safety_stock.",
        "A ledger document URI is required except when adjusting available.",
    ]


def test_more_than_250_changes_are_refused_as_a_whole(perform: Any, held: Any) -> None:
    body = perform("inventoryAdjustQuantities", adjusting(*[change(1)] * 251))
    (error,) = body["errors"]
    assert error["message"] == "The input array size of 251 is greater than the maximum allowed of 250."
    assert error["path"] == ["inventoryAdjustQuantities", "input", "changes"]
    assert error["extensions"]["code"] == "MAX_INPUT_SIZE_EXCEEDED"
    assert perform("inventoryAdjustQuantities", adjusting(*[change(1)] * 250))["data"]
    assert held()["available"] == 280


def test_incoming_stands_beside_on_hand(perform: Any, held: Any) -> None:
    given = adjusting(change(5, ledgerDocumentUri="gid://warehouse/Order/1"), name="incoming", reason="received")
    body = perform("inventoryAdjustQuantities", given)
    (recorded,) = body["data"]["inventoryAdjustQuantities"]["inventoryAdjustmentGroup"]["changes"]
    assert (recorded["name"], recorded["quantityAfterChange"]) == ("incoming", None)
    assert (held()["incoming"], held()["on_hand"]) == (5, 30)


@pytest.mark.parametrize(("name", "others"), [("available", 0), ("on_hand", 0), ("available", 4), ("on_hand", 4)])
def test_setting_a_quantity_makes_it_so(perform: Any, held: Any, shop: RunningShop, name: str, others: int) -> None:
    if others:
        shop.do("sell", sku="HD-PAPER", location="Workshop", quantity=others)
    row = {"inventoryItemId": ITEM, "locationId": WORKSHOP, "quantity": 11, "changeFromQuantity": None}
    body = perform("inventorySetQuantities", {"name": name, "reason": "correction", "quantities": [row]})
    assert body["data"]["inventorySetQuantities"]["userErrors"] == []
    now = held()
    assert now[name] == 11
    assert now["committed"] == others
    assert now["on_hand"] == now["available"] + others


def test_set_on_hand_keeps_what_is_committed(perform: Any, held: Any, shop: RunningShop) -> None:
    shop.do("sell", sku="HD-PAPER", location="Workshop", quantity=5)
    row = {"inventoryItemId": ITEM, "locationId": WORKSHOP, "quantity": 20, "changeFromQuantity": 30}
    body = perform("inventorySetOnHandQuantities", {"reason": "cycle_count_available", "setQuantities": [row]})
    assert body["data"]["inventorySetOnHandQuantities"]["userErrors"] == []
    assert (held()["available"], held()["committed"], held()["on_hand"]) == (15, 5, 20)


def setting(name: str = "available", **more: Any) -> dict[str, Any]:
    row = {"inventoryItemId": ITEM, "locationId": WORKSHOP, "quantity": 1, "changeFromQuantity": None, **more}
    return {"name": name, "reason": "correction", "quantities": [row]}


@pytest.mark.parametrize(
    ("given", "code", "field"),
    [
        (setting(name="damaged"), "INVALID_NAME", ["input", "name"]),
        (setting(quantity=1_000_000_001), "INVALID_QUANTITY_TOO_HIGH", ["input", "quantities", "0", "quantity"]),
        (setting(quantity=-1_000_000_001), "INVALID_QUANTITY_TOO_LOW", ["input", "quantities", "0", "quantity"]),
        (setting("on_hand", quantity=-1), "INVALID_QUANTITY_NEGATIVE", ["input", "quantities", "0", "quantity"]),
        (
            setting(changeFromQuantity=3),
            "CHANGE_FROM_QUANTITY_STALE",
            ["input", "quantities", "0", "changeFromQuantity"],
        ),
        (
            {**setting(), "quantities": setting()["quantities"] * 2},
            "NO_DUPLICATE_INVENTORY_ITEM_ID_GROUP_ID_PAIR",
            ["input", "quantities", "1", "locationId"],
        ),
    ],
)
def test_mistakes_in_setting_have_their_codes(perform: Any, given: dict[str, Any], code: str, field: list[str]) -> None:
    assert codes(perform("inventorySetQuantities", given)) == [(code, field)]


def test_available_may_be_set_below_zero(perform: Any, held: Any) -> None:
    perform("inventorySetQuantities", setting(quantity=-2))
    assert held()["available"] == -2


def moving(source: dict[str, Any], target: dict[str, Any], quantity: int = 4) -> dict[str, Any]:
    ends = [{"locationId": WORKSHOP, "changeFromQuantity": None, **end} for end in (source, target)]
    row = {"inventoryItemId": ITEM, "quantity": quantity, "from": ends[0], "to": ends[1]}
    return {"reason": "correction", "referenceDocumentUri": "gid://app/Doc/1", "changes": [row]}


DAMAGED = {"name": "damaged", "ledgerDocumentUri": "gid://app/Doc/2"}


def test_moving_to_damaged_leaves_on_hand(perform: Any, held: Any) -> None:
    body = perform("inventoryMoveQuantities", moving({"name": "available", "changeFromQuantity": 30}, DAMAGED))
    assert body["data"]["inventoryMoveQuantities"]["userErrors"] == []
    assert (held()["available"], held()["damaged"], held()["on_hand"]) == (26, 4, 30)


@pytest.mark.parametrize(
    ("given", "code", "field"),
    [
        (moving({"name": "available"}, {"name": "available"}), "SAME_QUANTITY_NAME", ["input", "changes", "0"]),
        (
            moving({"name": "available"}, {**DAMAGED, "locationId": GALLERY}),
            "DIFFERENT_LOCATIONS",
            ["input", "changes", "0"],
        ),
        (
            moving({"name": "available"}, DAMAGED, -1),
            "INVALID_QUANTITY_NEGATIVE",
            ["input", "changes", "0", "quantity"],
        ),
        (
            moving({"name": "available"}, {"name": "damaged"}),
            "INVALID_QUANTITY_DOCUMENT",
            ["input", "changes", "0", "to", "ledgerDocumentUri"],
        ),
        (
            moving({"name": "available", "changeFromQuantity": 1}, DAMAGED),
            "CHANGE_FROM_QUANTITY_STALE",
            ["input", "changes", "0", "from", "changeFromQuantity"],
        ),
        (
            moving({"name": "on_hand", "ledgerDocumentUri": "gid://app/D/1"}, DAMAGED),
            "INVALID_QUANTITY_NAME",
            ["input", "changes", "0", "from", "name"],
        ),
    ],
)
def test_mistakes_in_moving_have_their_codes(perform: Any, given: dict[str, Any], code: str, field: list[str]) -> None:
    assert codes(perform("inventoryMoveQuantities", given)) == [(code, field)]


ACTIVATE = """mutation($item: ID!, $location: ID!, $available: Int, $onHand: Int, $key: String!) {
  inventoryActivate(inventoryItemId: $item, locationId: $location, available: $available, onHand: $onHand)
  @idempotent(key: $key) { inventoryLevel { id isActive quantities(names: "available") { quantity } }
  userErrors { field message } } }"""
DEACTIVATE = "mutation($id: ID!) { inventoryDeactivate(inventoryLevelId: $id) { userErrors { field message } } }"


def level_id(ask: Ask, item: str = ITEM, location: str = GALLERY) -> str:
    body = ask(READ, item=item, location=location, names=["available"])
    found: str = body["data"]["inventoryItem"]["inventoryLevel"]["id"]
    return found


def test_a_level_is_deactivated_and_activated_again(ask: Ask, perform: Any, held: Any) -> None:
    gone = level_id(ask)
    assert ask(DEACTIVATE, id=gone)["data"]["inventoryDeactivate"]["userErrors"] == []
    assert (
        ask(READ, item=ITEM, location=GALLERY, names=["available"])["data"]["inventoryItem"]["inventoryLevel"] is None
    )
    expected = ("ITEM_NOT_STOCKED_AT_LOCATION", ["input", "changes", "0", "locationId"])
    assert codes(perform("inventoryAdjustQuantities", adjusting(change(locationId=GALLERY)))) == [expected]
    body = ask(ACTIVATE, item=ITEM, location=GALLERY, available=4, key="again")
    assert body["data"]["inventoryActivate"]["inventoryLevel"] == {
        "id": gone,
        "isActive": True,
        "quantities": [{"quantity": 4}],
    }
    assert held(location=GALLERY)["available"] == 4


def test_the_last_location_cannot_be_deactivated(ask: Ask) -> None:
    ask(DEACTIVATE, id=level_id(ask))
    (error,) = ask(DEACTIVATE, id=level_id(ask, location=WORKSHOP))["data"]["inventoryDeactivate"]["userErrors"]
    assert error["message"].startswith("The product couldn't be unstocked from Workshop because ")


def test_committed_stock_holds_a_level(ask: Ask, shop: RunningShop) -> None:
    shop.do("sell", sku="HD-PAPER", location="Gallery")
    (error,) = ask(DEACTIVATE, id=level_id(ask))["data"]["inventoryDeactivate"]["userErrors"]
    assert "committed" in error["message"]


def test_an_active_level_takes_no_initial_quantity(ask: Ask) -> None:
    payload = ask(ACTIVATE, item=ITEM, location=GALLERY, available=4, key="a")["data"]["inventoryActivate"]
    assert payload["inventoryLevel"] is None
    assert payload["userErrors"][0]["message"] == (
        "Not allowed to set available quantity when the item is already active at the location."
    )
    payload = ask(ACTIVATE, item=ITEM, location=GALLERY, key="b")["data"]["inventoryActivate"]
    assert payload["inventoryLevel"]["quantities"] == [{"quantity": 12}]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"item": "gid://shopify/InventoryItem/9"}, ["inventoryItemId"]),
        ({"location": "gid://shopify/Location/9"}, ["locationId"]),
        ({"available": 1_000_000_001}, ["available"]),
        ({"onHand": 3}, ["onHand"]),
    ],
)
def test_mistakes_in_activating_are_user_errors(ask: Ask, given: dict[str, Any], field: list[str]) -> None:
    payload = ask(ACTIVATE, **{"item": ITEM, "location": GALLERY, "key": "k", **given})["data"]["inventoryActivate"]
    assert [error["field"] for error in payload["userErrors"]] == [field]


def test_an_unknown_level_cannot_be_deactivated(ask: Ask) -> None:
    payload = ask(DEACTIVATE, id="gid://shopify/InventoryLevel/9")["data"]["inventoryDeactivate"]
    assert payload["userErrors"][0]["field"] == ["inventoryLevelId"]


@pytest.mark.parametrize(
    ("quantities", "code"),
    [
        ({"committed": 1}, "COMMITTED_INVENTORY_AT_LOCATION"),
        ({"incoming": 1}, "INCOMING_INVENTORY_AT_LOCATION"),
        ({"committed": 1, "incoming": 1}, "COMMITTED_AND_INCOMING_INVENTORY_AT_LOCATION"),
        ({"damaged": 1}, "RESERVED_INVENTORY_AT_LOCATION"),
    ],
)
def test_what_lies_at_a_location_holds_the_item_there(
    ask: Ask, shop: RunningShop, quantities: dict[str, int], code: str
) -> None:
    for name, quantity in quantities.items():
        shop.do("adjust", sku="HD-PAPER", location="Gallery", name=name, to=quantity)
    rows = [{"locationId": GALLERY, "activate": False}]
    payload = ask(TOGGLE, item=ITEM, updates=rows)["data"]["inventoryBulkToggleActivation"]
    assert [error["code"] for error in payload["userErrors"]] == [code]


TOGGLE = """mutation($item: ID!, $updates: [InventoryBulkToggleActivationInput!]!) {
  inventoryBulkToggleActivation(inventoryItemId: $item, inventoryItemUpdates: $updates) {
  inventoryItem { id locationsCount { count } } inventoryLevels { id } userErrors { field message code } } }"""


@pytest.mark.parametrize(
    ("item", "updates", "expected"),
    [
        (ITEM, [(GALLERY, False)], []),
        (ITEM, [(GALLERY, True), (WORKSHOP, True)], []),
        (ITEM, [(GALLERY, False), (WORKSHOP, False)], ["CANNOT_DEACTIVATE_FROM_ONLY_LOCATION"]),
        (ITEM, [("gid://shopify/Location/9", True)], ["LOCATION_NOT_FOUND"]),
        ("gid://shopify/InventoryItem/9", [(GALLERY, True)], ["INVENTORY_ITEM_NOT_FOUND"]),
    ],
)
def test_bulk_toggle_is_all_or_nothing(
    ask: Ask, item: str, updates: list[tuple[str, bool]], expected: list[str]
) -> None:
    rows = [{"locationId": location, "activate": activate} for location, activate in updates]
    payload = ask(TOGGLE, item=item, updates=rows)["data"]["inventoryBulkToggleActivation"]
    assert [error["code"] for error in payload["userErrors"]] == expected
    body = ask(READ, item=ITEM, location=GALLERY, names=["available"])
    gone = (body["data"]["inventoryItem"]["inventoryLevel"]) is None
    assert gone is (updates == [(GALLERY, False)])


def test_an_item_is_updated_and_its_variant_follows(ask: Ask) -> None:
    text = """mutation($id: ID!, $input: InventoryItemInput!) { inventoryItemUpdate(id: $id, input: $input) {
      inventoryItem { sku tracked unitCost { amount currencyCode }
        variants(first: 1) { nodes { sku inventoryQuantity } } }
      userErrors { field message } } }"""
    payload = ask(text, id=ITEM, input={"sku": "NEW", "tracked": False, "cost": "7.5"})["data"]["inventoryItemUpdate"]
    assert payload["inventoryItem"] == {
        "sku": "NEW",
        "tracked": False,
        "unitCost": {"amount": "7.50", "currencyCode": "USD"},
        "variants": {"nodes": [{"sku": "NEW", "inventoryQuantity": 0}]},
    }
    wrong = ask(text, id=ITEM, input={"cost": -1, "harmonizedSystemCode": "12"})["data"]["inventoryItemUpdate"]
    assert [error["field"] for error in wrong["userErrors"]] == [["input", "cost"], ["input", "harmonizedSystemCode"]]
    missing = ask(text, id="gid://shopify/InventoryItem/9", input={})["data"]["inventoryItemUpdate"]
    assert missing["userErrors"][0]["field"] == ["id"]


def test_every_changed_level_sends_one_webhook_the_apps_own_too(shop: RunningShop, perform: Any) -> None:
    shop.subscribe("inventory_levels/update")
    perform(
        "inventoryAdjustQuantities",
        adjusting(change(-1), change(-1), change(0, locationId=GALLERY), change(4, inventoryItemId=OTHER_ITEM)),
    )
    payloads = [delivery["payload"] for delivery in shop.take()]
    assert [(each["inventory_item_id"], each["location_id"], each["available"]) for each in payloads] == [
        (30000001, 20000001, 28),
        (30000002, 20000001, 34),
    ]
    assert payloads[0]["admin_graphql_api_id"] == "gid://shopify/InventoryLevel/120000001?inventory_item_id=30000001"
    assert payloads[0]["updated_at"].endswith("-05:00")


def test_a_refused_mutation_sends_nothing(shop: RunningShop, perform: Any) -> None:
    shop.subscribe("inventory_levels/update")
    perform("inventoryAdjustQuantities", adjusting(change(-1), change(-1, locationId="gid://shopify/Location/9")))
    assert shop.take() == []
    assert shop.changes()[-1]["type"] == "WebhookSubscription"


def test_a_change_bumps_the_time_of_level_and_quantity(shop: RunningShop, ask: Ask, perform: Any) -> None:
    shop.advance(3600)
    perform("inventoryAdjustQuantities", adjusting(change(-1)))
    body = ask(READ, item=ITEM, location=WORKSHOP, names=["available", "committed"])
    level = body["data"]["inventoryItem"]["inventoryLevel"]
    assert level["updatedAt"] == "2026-03-02T16:00:00Z"
    assert [entry["updatedAt"] for entry in level["quantities"]] == ["2026-03-02T16:00:00Z", None]


def test_variants_and_products_follow_their_levels(ask: Ask, perform: Any) -> None:
    text = """{ product(id: "gid://shopify/Product/80000001") { totalInventory hasOutOfStockVariants
      variants(first: 1) { nodes { inventoryQuantity availableForSale sellableOnlineQuantity } } } }"""
    before = ask(text)["data"]["product"]
    perform("inventorySetQuantities", setting(quantity=0))
    given = setting(quantity=0)
    given["quantities"][0]["locationId"] = GALLERY
    perform("inventorySetQuantities", given)
    after = ask(text)["data"]["product"]
    assert after["totalInventory"] == before["totalInventory"] - 42
    assert after["hasOutOfStockVariants"] is True
    assert after["variants"]["nodes"][0] == {
        "inventoryQuantity": 0,
        "availableForSale": False,
        "sellableOnlineQuantity": 0,
    }


def test_an_unknown_quantity_name_is_refused(ask: Ask) -> None:
    body = ask(READ, item=ITEM, location=WORKSHOP, names=["lost"])
    assert body["errors"][0]["message"].startswith("The specified quantity name is invalid.")
