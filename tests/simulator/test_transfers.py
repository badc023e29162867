"""Inventory transfers and their shipments: what is held back, under way and received, and what is told of it."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import pytest

from runner.simulator.server import RunningShop
from tests.simulator.asking import Ask
from tests.simulator.buying import SEED, topics

BLUE, RED, HOOK = (f"gid://shopify/InventoryItem/3000000{number}" for number in (1, 2, 3))
TRANSFER = """inventoryTransfer { id name status totalQuantity receivedQuantity tags
  origin { name } destination { name }
  lineItems(first: 9) { nodes { id title totalQuantity shippedQuantity pickedForShipmentQuantity shippableQuantity } }
} userErrors { field code }"""
SHIPMENT = """inventoryShipment { id name status lineItemTotalQuantity totalAcceptedQuantity totalRejectedQuantity
  tracking { company trackingNumber } lineItems(first: 9) { nodes { id quantity unreceivedQuantity } }
} userErrors { field code }"""
EVENTS = (
    *(f"inventory_transfers/{each}" for each in ("ready_to_ship", "cancel", "complete", "update_item_quantities")),
    *(f"inventory_shipments/{each}" for each in ("create", "mark_in_transit", "receive_items", "delete")),
)
Change = Callable[..., dict[str, Any]]


@pytest.fixture
def kiln(shop: RunningShop) -> RunningShop:
    """The pottery: ten blue mugs in the workshop and four in the gallery; five red ones in the workshop alone."""
    shop.reset(SEED)
    for topic in EVENTS:
        shop.subscribe(topic)
    return shop


@pytest.fixture
def change(ask: Ask) -> Change:
    """``change(mutation, selection, key)``: the payload, under an idempotency key of its own."""
    numbers = itertools.count(1)

    def change(text: str, selection: str, *, keyed: bool = False) -> dict[str, Any]:
        directive = f'@idempotent(key: "key-{next(numbers)}")' if keyed else ""
        body = ask(f"mutation {{ {text} {directive} {{ {selection} }} }}")
        assert "errors" not in body, body
        (payload,) = body["data"].values()
        found: dict[str, Any] = payload
        return found

    return change


def place(shop: RunningShop, name: str) -> str:
    places = shop.state()["objects"]["Location"]
    return next(str(gid) for gid, node in places.items() if node["name"] == name)


def stock(shop: RunningShop, item: str, name: str) -> dict[str, int]:
    """The quantities other than 0 of an item at a location."""
    there = place(shop, name)
    for level in shop.state()["objects"]["InventoryLevel"].values():
        if (level["item"], level["location"]) == (item, there):
            return {kind: amount for kind, amount in level["_quantities"].items() if amount}
    return {}


def create(shop: RunningShop, change: Change, *rows: tuple[str, int], ready: bool = True) -> dict[str, Any]:
    """A transfer from the workshop to the gallery."""
    lines = ", ".join(f'{{inventoryItemId: "{item}", quantity: {quantity}}}' for item, quantity in rows)
    given = f'originLocationId: "{place(shop, "Workshop")}", destinationLocationId: "{place(shop, "Gallery")}"'
    name = "inventoryTransferCreateAsReadyToShip" if ready else "inventoryTransferCreate"
    return change(f'{name}(input: {{{given}, lineItems: [{lines}], tags: ["b", "a"]}})', TRANSFER, keyed=True)


def ship(change: Change, transfer: str, *rows: tuple[str, int], sent: bool = True) -> dict[str, Any]:
    lines = ", ".join(f'{{inventoryItemId: "{item}", quantity: {quantity}}}' for item, quantity in rows)
    name = "inventoryShipmentCreateInTransit" if sent else "inventoryShipmentCreate"
    tracking = 'trackingInput: {company: "UPS", trackingNumber: "1Z"}'
    return change(
        f'{name}(input: {{movementId: "{transfer}", lineItems: [{lines}], {tracking}}})', SHIPMENT, keyed=True
    )


def test_a_draft_touches_no_stock_and_a_ready_transfer_reserves_it(kiln: RunningShop, change: Change) -> None:
    draft = create(kiln, change, (BLUE, 3), ready=False)["inventoryTransfer"]
    assert (draft["name"], draft["status"], draft["tags"]) == ("#T0001", "DRAFT", ["b", "a"])
    assert (draft["origin"], draft["destination"]) == ({"name": "Workshop"}, {"name": "Gallery"})
    assert stock(kiln, BLUE, "Workshop") == {"available": 10}
    ready = change(f'inventoryTransferMarkAsReadyToShip(id: "{draft["id"]}")', TRANSFER)["inventoryTransfer"]
    assert ready["status"] == "READY_TO_SHIP"
    assert stock(kiln, BLUE, "Workshop") == {"available": 7, "reserved": 3}
    assert topics(kiln) == ["inventory_transfers/ready_to_ship"]


def test_what_is_sent_is_incoming_until_it_is_accepted_or_rejected(kiln: RunningShop, change: Change) -> None:
    transfer = create(kiln, change, (BLUE, 3), (RED, 2))["inventoryTransfer"]
    kiln.take()
    shipment = ship(change, transfer["id"], (BLUE, 3), (RED, 2))["inventoryShipment"]
    assert (shipment["name"], shipment["status"], shipment["lineItemTotalQuantity"]) == ("#T0001-1", "IN_TRANSIT", 5)
    assert shipment["tracking"] == {"company": "UPS", "trackingNumber": "1Z"}
    assert (stock(kiln, BLUE, "Workshop"), stock(kiln, BLUE, "Gallery")) == (
        {"available": 7},
        {"available": 4, "incoming": 3},
    )
    assert stock(kiln, RED, "Gallery") == {"incoming": 2}
    assert topics(kiln) == ["inventory_shipments/create", "inventory_shipments/mark_in_transit"]
    blue = shipment["lineItems"]["nodes"][0]["id"]
    rows = ", ".join(
        f'{{shipmentLineItemId: "{blue}", quantity: {quantity}, reason: {reason}}}'
        for quantity, reason in ((2, "ACCEPTED"), (1, "REJECTED"))
    )
    text = f'inventoryShipmentReceive(id: "{shipment["id"]}", lineItems: [{rows}])'
    partly = change(text, SHIPMENT, keyed=True)["inventoryShipment"]
    assert (partly["status"], partly["totalAcceptedQuantity"], partly["totalRejectedQuantity"]) == (
        "PARTIALLY_RECEIVED",
        2,
        1,
    )
    assert stock(kiln, BLUE, "Gallery") == {"available": 6}
    text = f'inventoryShipmentReceive(id: "{shipment["id"]}", bulkReceiveAction: ACCEPTED)'
    assert change(text, SHIPMENT, keyed=True)["inventoryShipment"]["status"] == "RECEIVED"
    assert stock(kiln, RED, "Gallery") == {"available": 2}
    assert topics(kiln) == [*["inventory_shipments/receive_items"] * 2, "inventory_transfers/complete"]


def test_a_transfer_is_in_progress_until_all_of_it_was_sent_and_received(
    kiln: RunningShop, change: Change, ask: Ask
) -> None:
    transfer = create(kiln, change, (BLUE, 4))["inventoryTransfer"]["id"]
    first = ship(change, transfer, (BLUE, 1))["inventoryShipment"]["id"]
    ship(change, transfer, (BLUE, 2), sent=False)
    change(f'inventoryShipmentReceive(id: "{first}", bulkReceiveAction: ACCEPTED)', SHIPMENT, keyed=True)
    query = f"""{{ inventoryTransfer(id: "{transfer}") {{ status receivedQuantity
      shipments(first: 5) {{ nodes {{ name }} }}
      lineItems(first: 5) {{ nodes {{ title shippedQuantity pickedForShipmentQuantity shippableQuantity }} }} }}
      inventoryTransfers(first: 5) {{ nodes {{ id }} }} }}"""
    found = ask(query)["data"]
    assert found["inventoryTransfers"]["nodes"] == [{"id": transfer}]
    assert (found["inventoryTransfer"]["status"], found["inventoryTransfer"]["receivedQuantity"]) == ("IN_PROGRESS", 1)
    assert found["inventoryTransfer"]["lineItems"]["nodes"] == [
        {"title": "Mug", "shippedQuantity": 1, "pickedForShipmentQuantity": 2, "shippableQuantity": 1}
    ]
    assert [each["name"] for each in found["inventoryTransfer"]["shipments"]["nodes"]] == ["#T0001-1", "#T0001-2"]


def test_items_are_set_and_the_reservation_follows(kiln: RunningShop, change: Change) -> None:
    transfer = create(kiln, change, (BLUE, 3))["inventoryTransfer"]["id"]
    kiln.take()
    lines = f'lineItems: [{{inventoryItemId: "{BLUE}", quantity: 5}}, {{inventoryItemId: "{RED}", quantity: 1}}]'
    payload = change(
        f'inventoryTransferSetItems(input: {{id: "{transfer}", {lines}}})',
        "updatedLineItems { inventoryItemId deltaQuantity newQuantity } userErrors { code }",
        keyed=True,
    )
    assert payload["updatedLineItems"] == [
        {"inventoryItemId": BLUE, "deltaQuantity": 2, "newQuantity": 5},
        {"inventoryItemId": RED, "deltaQuantity": 1, "newQuantity": 1},
    ]
    assert stock(kiln, BLUE, "Workshop") == {"available": 5, "reserved": 5}
    assert stock(kiln, RED, "Workshop") == {"available": 4, "reserved": 1}
    assert "inventory_transfers/update_item_quantities" in topics(kiln)


def test_a_cancelled_transfer_gives_back_what_it_held(kiln: RunningShop, change: Change) -> None:
    transfer = create(kiln, change, (BLUE, 3))["inventoryTransfer"]["id"]
    kiln.take()
    text = f'inventoryTransferCancel(id: "{transfer}")'
    assert change(text, TRANSFER)["inventoryTransfer"]["status"] == "CANCELED"
    assert stock(kiln, BLUE, "Workshop") == {"available": 10}
    assert topics(kiln) == ["inventory_transfers/cancel"]
    assert change(text, TRANSFER)["userErrors"] == [{"field": ["id"], "code": "INVALID_TRANSFER_STATUS"}]
    shipped = create(kiln, change, (BLUE, 1))["inventoryTransfer"]["id"]
    draft = ship(change, shipped, (BLUE, 1), sent=False)["inventoryShipment"]["id"]
    refused = change(f'inventoryTransferCancel(id: "{shipped}")', TRANSFER)
    assert refused["userErrors"] == [{"field": ["id"], "code": "SHIPMENT_EXISTS"}]
    gone = change(f'inventoryShipmentDelete(id: "{draft}")', "id userErrors { code }")
    assert gone == {"id": draft, "userErrors": []}
    assert change(f'inventoryTransferCancel(id: "{shipped}")', TRANSFER)["userErrors"] == []


REFUSED: dict[str, tuple[list[tuple[str, int]], str]] = {
    "no items": ([], "ITEMS_EMPTY"),
    "no such item": ([("gid://shopify/InventoryItem/1", 1)], "ITEM_NOT_FOUND"),
    "an item twice": ([(BLUE, 1), (BLUE, 2)], "DUPLICATE_ITEM"),
    "nothing of it": ([(BLUE, 0)], "INVALID_QUANTITY"),
    "an item that is not tracked": ([(HOOK, 1)], "UNTRACKED_ITEM"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_transfer_that_cannot_be_is_refused(kiln: RunningShop, change: Change, name: str) -> None:
    rows, code = REFUSED[name]
    payload = create(kiln, change, *rows)
    assert [error["code"] for error in payload["userErrors"]] == [code]
    assert "InventoryTransfer" not in kiln.state()["objects"]


def test_more_than_the_transfer_holds_is_not_shipped(kiln: RunningShop, change: Change) -> None:
    draft = create(kiln, change, (BLUE, 2), ready=False)["inventoryTransfer"]["id"]
    assert [error["code"] for error in ship(change, draft, (BLUE, 1))["userErrors"]] == ["INVALID_TRANSFER_STATUS"]
    change(f'inventoryTransferMarkAsReadyToShip(id: "{draft}")', TRANSFER)
    assert [error["code"] for error in ship(change, draft, (BLUE, 3))["userErrors"]] == ["INVALID_QUANTITY"]
    assert [error["code"] for error in ship(change, draft, (RED, 1))["userErrors"]] == ["ITEM_NOT_FOUND"]
    assert [error["code"] for error in ship(change, draft)["userErrors"]] == ["EMPTY_SHIPMENT_INPUT"]


def test_a_shipment_is_changed_and_its_stock_follows(kiln: RunningShop, change: Change) -> None:
    transfer = create(kiln, change, (BLUE, 4), (RED, 1))["inventoryTransfer"]["id"]
    shipment = ship(change, transfer, (BLUE, 1))["inventoryShipment"]
    node, part = shipment["id"], shipment["lineItems"]["nodes"][0]["id"]
    added = change(
        f'inventoryShipmentAddItems(id: "{node}", lineItems: [{{inventoryItemId: "{RED}", quantity: 1}}])',
        "addedItems { id quantity } userErrors { code }",
        keyed=True,
    )
    assert [each["quantity"] for each in added["addedItems"]] == [1]
    changed = change(
        f'inventoryShipmentUpdateItemQuantities(id: "{node}", items: [{{shipmentLineItemId: "{part}", quantity: 3}}])',
        "shipment { lineItemTotalQuantity } userErrors { code }",
    )
    assert changed["shipment"] == {"lineItemTotalQuantity": 4}
    assert stock(kiln, BLUE, "Gallery") == {"available": 4, "incoming": 3}
    assert stock(kiln, BLUE, "Workshop") == {"available": 6, "reserved": 1}
    less = change(
        f'inventoryShipmentRemoveItems(id: "{node}", lineItems: ["{added["addedItems"][0]["id"]}"])', SHIPMENT
    )
    assert less["inventoryShipment"]["lineItemTotalQuantity"] == 3
    assert (stock(kiln, RED, "Gallery"), stock(kiln, RED, "Workshop")) == ({}, {"available": 4, "reserved": 1})
    tracked = change(f'inventoryShipmentSetTracking(id: "{node}", tracking: {{company: "DHL"}})', SHIPMENT)[
        "inventoryShipment"
    ]
    assert tracked["tracking"] == {"company": "DHL", "trackingNumber": None}


def test_a_transfer_is_edited_copied_and_deleted(kiln: RunningShop, change: Change) -> None:
    draft = create(kiln, change, (BLUE, 2), ready=False)["inventoryTransfer"]["id"]
    edited = change(f'inventoryTransferEdit(id: "{draft}", input: {{tags: ["soon"], note: "x"}})', TRANSFER)
    assert edited["inventoryTransfer"]["tags"] == ["soon"]
    same = f'inventoryTransferEdit(id: "{draft}", input: {{originId: "{place(kiln, "Gallery")}"}})'
    codes = [error["code"] for error in change(same, TRANSFER)["userErrors"]]
    assert codes == ["TRANSFER_ORIGIN_CANNOT_BE_THE_SAME_AS_DESTINATION"]
    copy = change(f'inventoryTransferDuplicate(id: "{draft}")', TRANSFER, keyed=True)["inventoryTransfer"]
    assert (copy["name"], copy["status"], copy["totalQuantity"]) == ("#T0002", "DRAFT", 2)
    gone = change(f'inventoryTransferDelete(id: "{draft}")', "deletedId userErrors { code }")
    assert gone == {"deletedId": draft, "userErrors": []}
