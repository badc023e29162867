"""Shipments of inventory transfers: made, changed, sent, received."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from runner.simulator.contract import Context, user_error
from runner.simulator.families.quantities import active, find_level
from runner.simulator.families.stock import Movement, move, stock_at
from runner.simulator.families.transfers import (
    amount_in,
    left_of,
    lines_of,
    parts_of,
    render_shipment,
    render_transfer,
    shipments_of,
)
from runner.simulator.graph import Node
from runner.simulator.mutations.transfers import find_transfer, item_error

Answer = Mapping[str, Any]
Rows = Sequence[Mapping[str, Any]]
Error = dict[str, Any] | None


def create(context: Context, args: dict[str, Any]) -> Answer:
    """``inventoryShipmentCreate``: a draft. Sends ``inventory_shipments/create``."""
    shipment, error = _make(context, args["input"])
    return _answer(shipment, error)


def create_sent(context: Context, args: dict[str, Any]) -> Answer:
    """``inventoryShipmentCreateInTransit``. Sends ``inventory_shipments/create`` and ``…/mark_in_transit``."""
    shipment, error = _make(context, args["input"])
    if shipment is not None:
        _send(context, shipment, None)
    return _answer(shipment, error)


def _make(context: Context, given: Mapping[str, Any]) -> tuple[Node | None, Error]:
    transfer = find_transfer(context, given["movementId"])
    if transfer is None:
        return None, user_error(("input", "movementId"), "The transfer could not be found.", "TRANSFER_NOT_FOUND")
    if transfer["status"] not in ("READY_TO_SHIP", "IN_PROGRESS"):
        message = "The transfer's status does not allow this."
        return None, user_error(("input", "movementId"), message, "INVALID_TRANSFER_STATUS")
    rows, path = given["lineItems"], ("input", "lineItems")
    if not rows:
        return None, user_error(path, "The shipment has no items.", "EMPTY_SHIPMENT_INPUT")
    error = item_error(context, rows, path) or _too_many(context, transfer, rows, path)
    if error is not None:
        return None, error
    number = len(shipments_of(context.graph, transfer)) + 1
    fields = {
        "_transfer": transfer.id,
        "name": f"{transfer['name']}-{number}",
        "status": "DRAFT",
        "barcode": given.get("barcode"),
        "_tracking": tracking_of(given.get("trackingInput")),
        "dateCreated": given.get("dateCreated") or context.graph.now(),
        "dateShipped": None,
        "dateReceived": None,
    }
    shipment = context.graph.create("InventoryShipment", fields)
    for row in rows:
        _add_part(context, shipment, row)
    _tell(context, "create", shipment)
    return shipment, None


def _too_many(context: Context, transfer: Node, rows: Rows, path: Sequence[str]) -> Error:
    wanted = {line["inventoryItem"]: int(line["totalQuantity"]) for line in lines_of(context.graph, transfer)}
    for index, row in enumerate(rows):
        item = row["inventoryItemId"]
        if item not in wanted:
            message = "The item is not part of the transfer."
            return user_error((*path, str(index), "inventoryItemId"), message, "ITEM_NOT_FOUND")
        taken = sum(amount_in(context.graph, transfer, item, sent=sent) for sent in (True, False))
        if row["quantity"] > wanted[item] - taken:
            message = "The quantity is more than is left to ship."
            return user_error((*path, str(index), "quantity"), message, "INVALID_QUANTITY")
    return None


def tracking_of(given: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """An ``InventoryShipmentTracking``."""
    names = ("arrivesAt", "company", "trackingNumber", "trackingUrl")
    return {name: given.get(name) for name in names} if given else None


def _add_part(context: Context, shipment: Node, row: Mapping[str, Any]) -> Node:
    fields = {"_shipment": shipment.id, "inventoryItem": row["inventoryItemId"], "quantity": row["quantity"]}
    return context.graph.create("InventoryShipmentLineItem", {**fields, "_accepted": 0, "_rejected": 0})


def mark_sent(context: Context, args: dict[str, Any]) -> Answer:
    """``inventoryShipmentMarkInTransit``: its units leave the origin and are expected at the destination. Sends
    ``inventory_shipments/mark_in_transit``."""
    shipment = _find(context, args["id"])
    if shipment is None:
        return _missing()
    if shipment["status"] != "DRAFT":
        return _wrong_status()
    if not parts_of(context.graph, shipment):
        return _answer(None, user_error(("id",), "The shipment has no items.", "ITEMS_EMPTY"))
    _send(context, shipment, args.get("dateShipped"))
    return _answer(shipment, None)


def _send(context: Context, shipment: Node, moment: str | None) -> None:
    transfer = _transfer(context, shipment)
    context.graph.update(shipment.id, status="IN_TRANSIT", dateShipped=moment or context.graph.now())
    context.graph.update(transfer.id, status="IN_PROGRESS")
    _tell(context, "mark_in_transit", shipment)
    movements: list[Movement] = []
    for part in parts_of(context.graph, shipment):
        movements += _leave(context, transfer, part["inventoryItem"], int(part["quantity"]))
    move(context, movements)


def _leave(context: Context, transfer: Node, item: str, amount: int) -> list[Movement]:
    """Units go out of what the origin reserved, and into what the destination expects."""
    level = find_level(context.graph, item, transfer["_origin"])
    movements = [Movement(level.id, "reserved", -amount)] if level is not None and active(level) else []
    return [*movements, Movement(_destination(context, transfer, item).id, "incoming", amount)]


def _destination(context: Context, transfer: Node, item: str) -> Node:
    """The level of an item where it is sent; the item is stocked there from now on."""
    level = find_level(context.graph, item, transfer["_destination"])
    if level is not None and active(level):
        return level
    return stock_at(context, item, transfer["_destination"], {})


def receive(context: Context, args: dict[str, Any]) -> Answer:
    """``inventoryShipmentReceive``: units are accepted or rejected; with ``bulkReceiveAction`` all that are left. Sends
    ``inventory_shipments/receive_items`` and, with the last, ``inventory_transfers/complete``."""
    shipment = _find(context, args["id"])
    if shipment is None:
        return _missing()
    if shipment["status"] not in ("IN_TRANSIT", "PARTIALLY_RECEIVED"):
        return _wrong_status()
    graph, transfer = context.graph, _transfer(context, shipment)
    parts = {part.id: part for part in parts_of(graph, shipment)}
    rows: Rows = args.get("lineItems") or []
    for index, row in enumerate(rows):
        part = parts.get(row["shipmentLineItemId"])
        path = ("lineItems", str(index))
        if part is None:
            message = "The shipment line item could not be found."
            return _answer(None, user_error((*path, "shipmentLineItemId"), message, "ITEM_NOT_FOUND"))
        if row["quantity"] < 1:
            message = "The quantity must be greater than 0."
            return _answer(None, user_error((*path, "quantity"), message, "INVALID_QUANTITY"))
    movements: list[Movement] = []
    for row in rows:
        movements += _take(context, transfer, parts[row["shipmentLineItemId"]], row["quantity"], row["reason"])
    for part in parts.values() if args.get("bulkReceiveAction") else ():
        if left_of(part) > 0:
            movements += _take(context, transfer, part, left_of(part), args["bulkReceiveAction"])
    whole = all(left_of(part) <= 0 for part in parts.values())
    moment = args.get("dateReceived") or graph.now()
    graph.update(shipment.id, status="RECEIVED" if whole else "PARTIALLY_RECEIVED", dateReceived=moment)
    _tell(context, "receive_items", shipment)
    if _is_complete(context, transfer):
        graph.update(transfer.id, status="TRANSFERRED")
        context.emit("inventory_transfers/complete", render_transfer(transfer, context))
    move(context, movements)
    return _answer(shipment, None)


def _take(context: Context, transfer: Node, part: Node, amount: int, reason: str) -> list[Movement]:
    """More than was sent may arrive: what was expected goes down to nothing, not below."""
    level = _destination(context, transfer, part["inventoryItem"])
    expected = min(amount, max(left_of(part), 0))
    name = "_accepted" if reason == "ACCEPTED" else "_rejected"
    context.graph.update(part.id, {name: part[name] + amount})
    movements = [Movement(level.id, "incoming", -expected)]
    return [*movements, Movement(level.id, "available", amount)] if reason == "ACCEPTED" else movements


def _is_complete(context: Context, transfer: Node) -> bool:
    found = shipments_of(context.graph, transfer)
    lines = lines_of(context.graph, transfer)
    sent = all(
        amount_in(context.graph, transfer, line["inventoryItem"], sent=True) >= line["totalQuantity"] for line in lines
    )
    return sent and all(shipment["status"] == "RECEIVED" for shipment in found)


def add_items(context: Context, args: dict[str, Any]) -> Answer:
    """``inventoryShipmentAddItems``. Sends ``inventory_shipments/add_items``."""
    shipment = _find(context, args["id"])
    if shipment is None:
        return {"addedItems": None, **_missing()}
    if shipment["status"] == "RECEIVED":
        return {"addedItems": None, **_wrong_status()}
    transfer, rows = _transfer(context, shipment), args["lineItems"]
    error = item_error(context, rows, ("lineItems",)) or _too_many(context, transfer, rows, ("lineItems",))
    known = {part["inventoryItem"] for part in parts_of(context.graph, shipment)}
    if error is None and any(row["inventoryItemId"] in known for row in rows):
        error = user_error(("lineItems",), "The item is in the shipment already.", "DUPLICATE_ITEM")
    if error is not None:
        return {"addedItems": None, **_answer(None, error)}
    added = [_add_part(context, shipment, row) for row in rows]
    _tell(context, "add_items", shipment)
    if shipment["status"] != "DRAFT":
        deltas = [(part["inventoryItem"], int(part["quantity"])) for part in added]
        move(context, [each for item, amount in deltas for each in _leave(context, transfer, item, amount)])
    return {"addedItems": added, **_answer(shipment, None)}


def update_quantities(context: Context, args: dict[str, Any]) -> Answer:
    """``inventoryShipmentUpdateItemQuantities``. Sends ``inventory_shipments/update_item_quantities``."""
    shipment = _find(context, args["id"])
    empty = {"shipment": None, "updatedLineItems": None}
    if shipment is None or shipment["status"] == "RECEIVED":
        return {**empty, "userErrors": (_missing() if shipment is None else _wrong_status())["userErrors"]}
    parts = {part.id: part for part in parts_of(context.graph, shipment)}
    transfer, changed, movements = _transfer(context, shipment), [], list[Movement]()
    for index, row in enumerate(args.get("items") or []):
        part, path = parts.get(row["shipmentLineItemId"]), ("items", str(index))
        if part is None:
            error = user_error((*path, "shipmentLineItemId"), "The item could not be found.", "ITEM_NOT_FOUND")
            return {**empty, "userErrors": [error]}
        delta = row["quantity"] - int(part["quantity"])
        more = [{"inventoryItemId": part["inventoryItem"], "quantity": delta}]
        received = part["_accepted"] + part["_rejected"]
        if row["quantity"] < max(received, 1) or (delta > 0 and _too_many(context, transfer, more, path)):
            message = "The quantity can't be set to that."
            return {**empty, "userErrors": [user_error((*path, "quantity"), message, "INVALID_QUANTITY")]}
        context.graph.update(part.id, quantity=row["quantity"])
        changed.append(part)
        if shipment["status"] != "DRAFT":
            movements += _leave(context, transfer, part["inventoryItem"], delta)
    _tell(context, "update_item_quantities", shipment)
    move(context, movements)
    return {"shipment": shipment, "updatedLineItems": changed, "userErrors": []}


def remove_items(context: Context, args: dict[str, Any]) -> Answer:
    """``inventoryShipmentRemoveItems``: lines of which nothing was received. Sends
    ``inventory_shipments/remove_items``."""
    shipment = _find(context, args["id"])
    if shipment is None:
        return _missing()
    parts = {part.id: part for part in parts_of(context.graph, shipment)}
    if any(each not in parts for each in args["lineItems"]):
        return _answer(None, user_error(("lineItems",), "The item could not be found.", "ITEM_NOT_FOUND"))
    if shipment["status"] == "RECEIVED" or any(
        left_of(parts[each]) < parts[each]["quantity"] for each in args["lineItems"]
    ):
        return _wrong_status()
    movements: list[Movement] = []
    for each in args["lineItems"]:
        if shipment["status"] != "DRAFT":
            part = parts[each]
            movements += _leave(context, _transfer(context, shipment), part["inventoryItem"], -int(part["quantity"]))
        context.graph.delete(each)
    _tell(context, "remove_items", shipment)
    move(context, movements)
    return _answer(shipment, None)


def track(context: Context, args: dict[str, Any]) -> Answer:
    """``inventoryShipmentSetTracking``. Sends ``inventory_shipments/update_tracking``."""
    shipment = _find(context, args["id"])
    if shipment is None:
        return _missing()
    context.graph.update(shipment.id, _tracking=tracking_of(args["tracking"]))
    _tell(context, "update_tracking", shipment)
    return _answer(shipment, None)


def set_barcode(context: Context, args: dict[str, Any]) -> Answer:
    """``inventoryShipmentSetBarcode``."""
    shipment = _find(context, args["id"])
    if shipment is None:
        return _missing()
    context.graph.update(shipment.id, barcode=args["barcode"])
    return _answer(shipment, None)


def delete(context: Context, args: dict[str, Any]) -> Answer:
    """``inventoryShipmentDelete``: only drafts. Sends ``inventory_shipments/delete``."""
    shipment = _find(context, args["id"])
    if shipment is None or shipment["status"] != "DRAFT":
        return {"id": None, "userErrors": (_missing() if shipment is None else _wrong_status())["userErrors"]}
    for part in parts_of(context.graph, shipment):
        context.graph.delete(part.id)
    context.graph.delete(shipment.id)
    context.emit("inventory_shipments/delete", {"id": shipment.number, "admin_graphql_api_id": shipment.id})
    return {"id": shipment.id, "userErrors": []}


def _find(context: Context, node_id: str) -> Node | None:
    return context.graph.get(node_id, "InventoryShipment")


def _transfer(context: Context, shipment: Node) -> Node:
    transfer = context.graph.get(shipment["_transfer"])
    if transfer is None:
        raise KeyError(shipment["_transfer"])
    return transfer


def _tell(context: Context, topic: str, shipment: Node) -> None:
    context.emit(f"inventory_shipments/{topic}", render_shipment(shipment, context))


def _missing() -> dict[str, Any]:
    return _answer(None, user_error(("id",), "The shipment could not be found.", "SHIPMENT_NOT_FOUND"))


def _wrong_status() -> dict[str, Any]:
    return _answer(None, user_error(("id",), "The shipment's status does not allow this.", "INVALID_SHIPMENT_STATUS"))


def _answer(shipment: Node | None, error: Error) -> dict[str, Any]:
    return {"inventoryShipment": shipment, "userErrors": [error] if error is not None else []}


MUTATIONS = {
    "inventoryShipmentAddItems": add_items,
    "inventoryShipmentCreate": create,
    "inventoryShipmentCreateInTransit": create_sent,
    "inventoryShipmentDelete": delete,
    "inventoryShipmentMarkInTransit": mark_sent,
    "inventoryShipmentReceive": receive,
    "inventoryShipmentRemoveItems": remove_items,
    "inventoryShipmentSetBarcode": set_barcode,
    "inventoryShipmentSetTracking": track,
    "inventoryShipmentUpdateItemQuantities": update_quantities,
}
