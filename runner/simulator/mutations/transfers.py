"""Inventory transfers: created, edited, made ready, cancelled, deleted, duplicated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from runner.simulator.contract import Context, user_error
from runner.simulator.families.quantities import active, find_level
from runner.simulator.families.stock import Movement, move
from runner.simulator.families.transfers import amount_in, lines_of, render_transfer, shipments_of
from runner.simulator.graph import Node
from runner.simulator.mutations.tags import split_tags

Answer = Mapping[str, Any]
Rows = Sequence[Mapping[str, Any]]
_OPEN = ("DRAFT", "READY_TO_SHIP", "IN_PROGRESS")


def create(context: Context, args: dict[str, Any]) -> Answer:
    """``inventoryTransferCreate``: a draft, which touches no stock."""
    transfer, error = _make(context, args["input"])
    return _refused(error) if transfer is None else {"inventoryTransfer": transfer, "userErrors": []}


def create_ready(context: Context, args: dict[str, Any]) -> Answer:
    """``inventoryTransferCreateAsReadyToShip``. Sends ``inventory_transfers/ready_to_ship``."""
    transfer, error = _make(context, args["input"])
    error = error or (_not_ready(context, transfer, ("input",)) if transfer is not None else None)
    if transfer is None or error is not None:
        return _refused(error)
    _reserve_all(context, transfer)
    return {"inventoryTransfer": transfer, "userErrors": []}


def _make(context: Context, given: Mapping[str, Any]) -> tuple[Node | None, dict[str, Any] | None]:
    origin, destination = given.get("originLocationId"), given.get("destinationLocationId")
    error = _place_error(context, origin, ("input", "originLocationId"))
    error = error or _place_error(context, destination, ("input", "destinationLocationId"))
    if error is None and origin is not None and origin == destination:
        code = "TRANSFER_ORIGIN_CANNOT_BE_THE_SAME_AS_DESTINATION"
        error = user_error(("input", "originLocationId"), "The origin cannot be the same as the destination.", code)
    error = error or item_error(context, given["lineItems"], ("input", "lineItems"))
    if error is not None:
        return None, error
    number = context.graph.count("InventoryTransfer") + 1
    fields = {
        "name": f"#T{number:04d}",
        "status": "DRAFT",
        "_origin": origin,
        "_destination": destination,
        "note": given.get("note"),
        "referenceName": given.get("referenceName"),
        "tags": split_tags(given.get("tags") or []),
        "dateCreated": given.get("dateCreated") or context.graph.now(),
    }
    transfer = context.graph.create("InventoryTransfer", fields)
    for row in given["lineItems"]:
        _add_line(context, transfer, row)
    return transfer, None


def _add_line(context: Context, transfer: Node, row: Mapping[str, Any]) -> None:
    fields = {"_transfer": transfer.id, "inventoryItem": row["inventoryItemId"], "totalQuantity": row["quantity"]}
    context.graph.create("InventoryTransferLineItem", fields)


def _place_error(context: Context, node_id: str | None, path: Sequence[str]) -> dict[str, Any] | None:
    location = context.graph.get(node_id)
    if node_id is None:
        return None
    if location is None or location.type != "Location":
        return user_error(path, "The location could not be found.", "LOCATION_NOT_FOUND")
    if location["isActive"] is False:
        return user_error(path, "The location is not active.", "LOCATION_NOT_ACTIVE")
    return None


def item_error(context: Context, rows: Rows, path: Sequence[str], *, least: int = 1) -> dict[str, Any] | None:
    """What is wrong with rows of items and quantities; None when nothing is."""
    seen: set[str] = set()
    for index, row in enumerate(rows):
        where = (*path, str(index), "inventoryItemId")
        item = context.graph.get(row["inventoryItemId"])
        if item is None or item.type != "InventoryItem":
            return user_error(where, "The inventory item could not be found.", "ITEM_NOT_FOUND")
        if item["tracked"] is False:
            return user_error(where, "The inventory item does not track inventory.", "UNTRACKED_ITEM")
        if item.id in seen:
            return user_error(where, "The inventory item is already present in the input.", "DUPLICATE_ITEM")
        if row["quantity"] < least:
            message = f"The quantity must be greater than or equal to {least}."
            return user_error((*path, str(index), "quantity"), message, "INVALID_QUANTITY")
        seen.add(item.id)
    return None


def mark_ready(context: Context, args: dict[str, Any]) -> Answer:
    """``inventoryTransferMarkAsReadyToShip``: its units are reserved at the origin. Sends
    ``inventory_transfers/ready_to_ship``."""
    transfer = find_transfer(context, args["id"])
    if transfer is None:
        return _missing()
    if transfer["status"] != "DRAFT":
        return _wrong_status()
    error = _not_ready(context, transfer, ())
    if error is not None:
        return _refused(error)
    _reserve_all(context, transfer)
    return {"inventoryTransfer": transfer, "userErrors": []}


def _not_ready(context: Context, transfer: Node, path: Sequence[str]) -> dict[str, Any] | None:
    if not transfer["_origin"] or not transfer["_destination"]:
        where = (*path, "originLocationId" if not transfer["_origin"] else "destinationLocationId") if path else ("id",)
        return user_error(where, "A location is required for this action.", "LOCATION_REQUIRED")
    if not lines_of(context.graph, transfer):
        return user_error((*path, "lineItems") if path else ("id",), "The transfer has no items.", "ITEMS_EMPTY")
    return None


def _reserve_all(context: Context, transfer: Node) -> None:
    context.graph.update(transfer.id, status="READY_TO_SHIP")
    wanted = {line["inventoryItem"]: int(line["totalQuantity"]) for line in lines_of(context.graph, transfer)}
    _tell(context, "ready_to_ship", transfer)
    reserve(context, transfer, wanted)


def reserve(context: Context, transfer: Node, wanted: Mapping[str, int]) -> None:
    """Hold units of items back at the origin of a transfer; below zero: let them go."""
    movements: list[Movement] = []
    for item, amount in wanted.items():
        level = find_level(context.graph, item, transfer["_origin"]) if transfer["_origin"] else None
        if level is not None and active(level):
            movements += [Movement(level.id, "available", -amount), Movement(level.id, "reserved", amount)]
    move(context, movements)


def set_items(context: Context, args: dict[str, Any]) -> Answer:
    """``inventoryTransferSetItems``: how much of each item; 0 takes it out. Sends ``inventory_transfers/add_items``,
    ``…/update_item_quantities`` or ``…/remove_items`` for a transfer that is ready."""
    given = args["input"]
    transfer = find_transfer(context, given["id"])
    if transfer is None:
        return {"updatedLineItems": None, **_missing()}
    if transfer["status"] not in _OPEN:
        return {"updatedLineItems": None, **_wrong_status()}
    error = item_error(context, given["lineItems"], ("input", "lineItems"), least=0)
    known = {line["inventoryItem"]: line for line in lines_of(context.graph, transfer)}
    for index, row in enumerate(given["lineItems"]):
        sent = [amount_in(context.graph, transfer, row["inventoryItemId"], sent=each) for each in (True, False)]
        if error is None and row["quantity"] < sum(sent):
            message = "The quantity can't be less than what is in shipments."
            error = user_error(("input", "lineItems", str(index), "quantity"), message, "INVALID_QUANTITY")
    if error is not None:
        return {"updatedLineItems": None, **_refused(error)}
    updates, topics = [], dict[str, None]()
    for row in given["lineItems"]:
        line = known.get(row["inventoryItemId"])
        before = int(line["totalQuantity"]) if line is not None else 0
        if row["quantity"] == before:
            continue
        topics["add_items" if line is None else "update_item_quantities" if row["quantity"] else "remove_items"] = None
        _set_line(context, transfer, line, row)
        delta = row["quantity"] - before
        item = row["inventoryItemId"]
        updates.append({"inventoryItemId": item, "newQuantity": row["quantity"], "deltaQuantity": delta})
    _changed(context, transfer, updates, topics)
    return {"inventoryTransfer": transfer, "updatedLineItems": updates, "userErrors": []}


def _set_line(context: Context, transfer: Node, line: Node | None, row: Mapping[str, Any]) -> None:
    if line is None:
        _add_line(context, transfer, row)
    elif row["quantity"]:
        context.graph.update(line.id, totalQuantity=row["quantity"])
    else:
        context.graph.delete(line.id)


def _changed(context: Context, transfer: Node, updates: Rows, topics: Mapping[str, None]) -> None:
    """Reserve and tell what changed in a transfer that is no longer a draft."""
    if transfer["status"] == "DRAFT":
        return
    for topic in topics:
        _tell(context, topic, transfer)
    reserve(context, transfer, {row["inventoryItemId"]: row["deltaQuantity"] for row in updates})


def remove_items(context: Context, args: dict[str, Any]) -> Answer:
    """``inventoryTransferRemoveItems``: lines are taken out, but for what is in shipments."""
    given = args["input"]
    transfer = find_transfer(context, given["id"])
    if transfer is None:
        return {"removedQuantities": None, **_missing()}
    if transfer["status"] not in _OPEN:
        return {"removedQuantities": None, **_wrong_status()}
    known = {line.id: line for line in lines_of(context.graph, transfer)}
    ids = given.get("transferLineItemIds") or []
    path = ("input", "transferLineItemIds")
    if any(each not in known for each in ids):
        error = user_error(path, "The transfer line item could not be found.", "ITEM_NOT_FOUND")
        return {"removedQuantities": None, **_refused(error)}
    if transfer["status"] == "READY_TO_SHIP" and set(ids) == set(known):
        message, code = (
            "Can't remove all items of a transfer that is ready.",
            "CANT_REMOVE_ALL_ITEMS_FROM_READY_TO_SHIP_TRANSFER",
        )
        return {"removedQuantities": None, **_refused(user_error(path, message, code))}
    rows = []
    for each in ids:
        line = known[each]
        kept = sum(amount_in(context.graph, transfer, line["inventoryItem"], sent=sent) for sent in (True, False))
        if kept == line["totalQuantity"]:
            error = user_error(path, "All of it is in shipments.", "ALL_QUANTITY_SHIPPED")
            return {"removedQuantities": None, **_refused(error)}
        delta = kept - int(line["totalQuantity"])
        _set_line(context, transfer, line, {"quantity": kept})
        rows.append({"inventoryItemId": line["inventoryItem"], "newQuantity": kept, "deltaQuantity": delta})
    _changed(context, transfer, rows, {"remove_items": None} if rows else {})
    return {"inventoryTransfer": transfer, "removedQuantities": rows, "userErrors": []}


def edit(context: Context, args: dict[str, Any]) -> Answer:
    """``inventoryTransferEdit``: locations only of drafts."""
    transfer, given = find_transfer(context, args["id"]), args["input"]
    if transfer is None:
        return _missing()
    names = {"originId": "_origin", "destinationId": "_destination"}
    for name, ours in names.items():
        error = _place_error(context, given.get(name), ("input", name))
        if error is None and name in given and transfer["status"] != "DRAFT" and given[name] != transfer[ours]:
            message = "The locations of a transfer that is ready can't be changed."
            error = user_error(("input", name), message, "TRANSFER_LOCATION_IMMUTABLE")
        if error is not None:
            return _refused(error)
    fields = {ours: given[name] for name, ours in names.items() if name in given}
    places = {"_origin": transfer["_origin"], "_destination": transfer["_destination"], **fields}
    if places["_origin"] is not None and places["_origin"] == places["_destination"]:
        code = "TRANSFER_ORIGIN_CANNOT_BE_THE_SAME_AS_DESTINATION"
        return _refused(user_error(("input", "originId"), "The origin cannot be the same as the destination.", code))
    fields |= {name: given[name] for name in ("note", "referenceName") if name in given}
    if "tags" in given:
        fields["tags"] = split_tags(given["tags"] or [])
    if given.get("dateCreated"):
        fields["dateCreated"] = f"{given['dateCreated']}T00:00:00Z"
    context.graph.update(transfer.id, fields)
    return {"inventoryTransfer": transfer, "userErrors": []}


def cancel(context: Context, args: dict[str, Any]) -> Answer:
    """``inventoryTransferCancel``: nothing of it was shipped; what was reserved is available again. Sends
    ``inventory_transfers/cancel``."""
    transfer = find_transfer(context, args["id"])
    if transfer is None:
        return _missing()
    if transfer["status"] not in _OPEN:
        return _wrong_status()
    if shipments_of(context.graph, transfer):
        return _refused(user_error(("id",), "The transfer has shipments.", "SHIPMENT_EXISTS"))
    held = {line["inventoryItem"]: -int(line["totalQuantity"]) for line in lines_of(context.graph, transfer)}
    was_ready = transfer["status"] != "DRAFT"
    context.graph.update(transfer.id, status="CANCELED")
    _tell(context, "cancel", transfer)
    if was_ready:
        reserve(context, transfer, held)
    return {"inventoryTransfer": transfer, "userErrors": []}


def delete(context: Context, args: dict[str, Any]) -> Answer:
    """``inventoryTransferDelete``: only drafts."""
    transfer = find_transfer(context, args["id"])
    if transfer is None:
        return {"deletedId": None, "userErrors": _missing()["userErrors"]}
    if transfer["status"] != "DRAFT":
        return {"deletedId": None, "userErrors": _wrong_status()["userErrors"]}
    for line in lines_of(context.graph, transfer):
        context.graph.delete(line.id)
    context.graph.delete(transfer.id)
    return {"deletedId": transfer.id, "userErrors": []}


def duplicate(context: Context, args: dict[str, Any]) -> Answer:
    """``inventoryTransferDuplicate``: a draft with the same items and locations."""
    transfer = find_transfer(context, args["id"])
    if transfer is None:
        return _missing()
    lines = lines_of(context.graph, transfer)
    rows = [{"inventoryItemId": line["inventoryItem"], "quantity": line["totalQuantity"]} for line in lines]
    places = {"originLocationId": transfer["_origin"], "destinationLocationId": transfer["_destination"]}
    kept = {name: transfer[name] for name in ("note", "referenceName", "tags")}
    copy, error = _make(context, {**kept, **places, "lineItems": rows})
    return _refused(error) if copy is None else {"inventoryTransfer": copy, "userErrors": []}


def find_transfer(context: Context, node_id: str) -> Node | None:
    """The transfer of a gid."""
    return context.graph.get(node_id, "InventoryTransfer")


def _tell(context: Context, topic: str, transfer: Node) -> None:
    context.emit(f"inventory_transfers/{topic}", render_transfer(transfer, context))


def _missing() -> dict[str, Any]:
    return _refused(user_error(("id",), "The transfer could not be found.", "TRANSFER_NOT_FOUND"))


def _wrong_status() -> dict[str, Any]:
    return _refused(user_error(("id",), "The transfer's status does not allow this.", "INVALID_TRANSFER_STATUS"))


def _refused(error: dict[str, Any] | None) -> dict[str, Any]:
    return {"inventoryTransfer": None, "userErrors": [error]}


MUTATIONS = {
    "inventoryTransferCancel": cancel,
    "inventoryTransferCreate": create,
    "inventoryTransferCreateAsReadyToShip": create_ready,
    "inventoryTransferDelete": delete,
    "inventoryTransferDuplicate": duplicate,
    "inventoryTransferEdit": edit,
    "inventoryTransferMarkAsReadyToShip": mark_ready,
    "inventoryTransferRemoveItems": remove_items,
    "inventoryTransferSetItems": set_items,
}
