"""Fulfilment orders: hold, release, move, open, cancel, reschedule, prepared for pickup."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from runner.simulator.contract import Context, user_error
from runner.simulator.families.fulfillment_rendering import render_fulfillment_order
from runner.simulator.families.fulfillments import hold_fields, line_of, stocked
from runner.simulator.families.order_lines import OPEN_STATUSES, parts_of
from runner.simulator.families.placing import add_part, shift
from runner.simulator.families.stock import Movement, move
from runner.simulator.graph import Node
from runner.simulator.mutations.fulfillments import Chosen, pick
from runner.simulator.mutations.order_saving import find_order, save

Answer = Mapping[str, Any]
HOLDS = 10
"""Holds of one app on a fulfilment order (published)."""


def hold(context: Context, args: dict[str, Any]) -> Answer:
    """Put a fulfilment order on hold, or a part of it, which becomes one of its own. Sends
    ``fulfillment_orders/placed_on_hold``."""
    owner, given = find(context, args["id"]), args["fulfillmentHold"]
    if owner is None:
        return _no_hold(("id",), "Fulfillment order does not exist.", "FULFILLMENT_ORDER_NOT_FOUND")
    if owner["status"] not in OPEN_STATUSES:
        return _no_hold(("id",), "The fulfillment order is not in a holdable state.", "TAKEN")
    holds = owner["_holds"] or []
    if len(holds) >= HOLDS:
        message = "The maximum number of fulfillment holds for this fulfillment order has been reached."
        return _no_hold(("id",), message, "FULFILLMENT_ORDER_HOLD_LIMIT_REACHED")
    handle = given.get("handle") or ""
    if any(row["handle"] == handle for row in holds):
        message = "The handle provided for the fulfillment hold is already in use."
        return _no_hold(("fulfillmentHold", "handle"), message, "DUPLICATE_FULFILLMENT_HOLD_HANDLE")
    chosen, errors = pick(context, owner, given.get("fulfillmentOrderLineItems") or [], ("fulfillmentHold",))
    if errors:
        return _no_hold(errors[0]["field"], errors[0]["message"], "INVALID_LINE_ITEM_QUANTITY")
    rest = split_off(context, owner, chosen)
    row = {
        "id": context.graph.next_id("FulfillmentHold"),
        "reason": given["reason"],
        "reasonNotes": given.get("reasonNotes"),
        "handle": handle,
    }
    context.graph.update(owner.id, _holds=[*holds, row], status="ON_HOLD", updatedAt=context.graph.now())
    shown = {"id": row["id"], "reason": row["reason"].lower(), "reason_notes": row["reasonNotes"]}
    tell(context, owner, "placed_on_hold", {"created_fulfillment_hold": shown})
    hold_shown = hold_fields(row)
    return {
        "fulfillmentHold": hold_shown,
        "fulfillmentOrder": owner,
        "remainingFulfillmentOrder": rest,
        "userErrors": [],
    }


def release(context: Context, args: dict[str, Any]) -> Answer:
    """Release all holds, or those named. Sends ``fulfillment_orders/hold_released``."""
    owner = find(context, args["id"])
    if owner is None:
        error = user_error(("id",), "Fulfillment order does not exist.", "FULFILLMENT_ORDER_NOT_FOUND")
        return {"fulfillmentOrder": None, "userErrors": [error]}
    wanted = args.get("holdIds")
    left = [row for row in owner["_holds"] or [] if wanted is not None and row["id"] not in wanted]
    fields = {"_holds": left, "status": "ON_HOLD" if left else "OPEN", "updatedAt": context.graph.now()}
    context.graph.update(owner.id, fields if owner["status"] == "ON_HOLD" else {"_holds": left})
    tell(context, owner, "hold_released", {})
    return {"fulfillmentOrder": owner, "userErrors": []}


def relocate(context: Context, args: dict[str, Any]) -> Answer:
    """``fulfillmentOrderMove``: assign it, or a part of it, to another location that stocks it; commitments move
    along. Sends ``fulfillment_orders/moved``."""
    owner, location = find(context, args["id"]), context.graph.get(args["newLocationId"])
    if owner is None:
        return _not_moved(("id",), "Fulfillment order does not exist.")
    if location is None or location.type != "Location" or location["isActive"] is False:
        return _not_moved(("newLocationId",), "Location not found.")
    if owner["status"] not in ("OPEN", "ON_HOLD", "SCHEDULED"):
        code = "CANNOT_MOVE_FULFILLMENT_ORDER_WITH_REPORTED_PROGRESS" if owner["status"] == "IN_PROGRESS" else None
        return _not_moved(("id",), "Cannot change location for this fulfillment order.", code)
    if location.id == owner["_location"]:
        return _not_moved(("newLocationId",), "The fulfillment order is already assigned to this location.")
    rows = args.get("fulfillmentOrderLineItems") or []
    chosen, errors = pick(context, owner, rows, ("fulfillmentOrderLineItems",))
    if errors:
        return _not_moved(errors[0]["field"], errors[0]["message"])
    movable = [(part, amount) for part, amount in chosen if stocked(context, part, location.id)]
    if not movable or (rows and len(movable) < len(chosen)):
        return _not_moved(("newLocationId",), "The location does not stock the items of the fulfillment order.")
    rest = split_off(context, owner, movable)
    before = owner["_location"]
    context.graph.update(owner.id, _location=location.id, updatedAt=context.graph.now())
    movements: list[Movement] = []
    for part in parts_of(context.graph, owner):
        line = line_of(part, context)
        movements += shift(context.graph, line, before, -part["remainingQuantity"])
        movements += shift(context.graph, line, location.id, part["remainingQuantity"])
    tell(context, owner, "moved", {"source_location": {"id": before}, "destination_location_id": location.id})
    move(context, movements)
    answer = {"originalFulfillmentOrder": owner, "movedFulfillmentOrder": owner, "remainingFulfillmentOrder": rest}
    return {**answer, "userErrors": []}


def split_off(context: Context, owner: Node, chosen: Chosen) -> Node | None:
    """Keep only ``chosen`` in a fulfilment order; what remains becomes another one, which is given back."""
    graph = context.graph
    kept = {part.id: amount for part, amount in chosen}
    rest = [(part, part["remainingQuantity"] - kept.get(part.id, 0)) for part in parts_of(graph, owner)]
    rest = [(part, amount) for part, amount in rest if amount > 0]
    if not rest:
        return None
    now = graph.now()
    other = graph.create("FulfillmentOrder", {**owner.fields, "_holds": [], "createdAt": now, "updatedAt": now})
    if other["status"] == "ON_HOLD":
        graph.update(other.id, status="OPEN")
    for part, amount in rest:
        add_part(graph, other, part["lineItem"], amount)
        left = part["remainingQuantity"] - amount
        if left or part["totalQuantity"] > amount:
            graph.update(part.id, remainingQuantity=left, totalQuantity=part["totalQuantity"] - amount)
        else:
            graph.delete(part.id)
    return other


def reopen(context: Context, args: dict[str, Any]) -> Answer:
    """``fulfillmentOrderOpen``: a scheduled one, or one in progress, is open."""
    owner = find(context, args["id"])
    if owner is None:
        return _refused(("id",), "Fulfillment order does not exist.")
    if owner["status"] not in ("SCHEDULED", "IN_PROGRESS", "OPEN"):
        return _refused(("id",), "The fulfillment order cannot be opened.")
    context.graph.update(owner.id, status="OPEN", updatedAt=context.graph.now())
    save_order_of(context, owner)
    return {"fulfillmentOrder": owner, "userErrors": []}


def progress(context: Context, args: dict[str, Any]) -> Answer:
    """``fulfillmentOrderReportProgress``: somebody works at it."""
    owner = find(context, args["id"])
    if owner is None:
        return _refused(("id",), "Fulfillment order does not exist.")
    if owner["status"] not in ("OPEN", "IN_PROGRESS"):
        return _refused(("id",), "The fulfillment order cannot be in progress.")
    context.graph.update(owner.id, status="IN_PROGRESS", updatedAt=context.graph.now())
    save_order_of(context, owner)
    return {"fulfillmentOrder": owner, "userErrors": []}


def cancel(context: Context, args: dict[str, Any]) -> Answer:
    """Cancel a fulfilment order; another one takes its place, open. Sends ``fulfillment_orders/cancelled``."""
    owner = find(context, args["id"])
    empty = {"fulfillmentOrder": None, "replacementFulfillmentOrder": None}
    if owner is None:
        return {**empty, "userErrors": [user_error(("id",), "Fulfillment order does not exist.")]}
    if owner["status"] not in OPEN_STATUSES:
        return {**empty, "userErrors": [user_error(("id",), "Fulfillment order is not in cancelable state.")]}
    graph, now = context.graph, context.graph.now()
    fresh = {"status": "OPEN", "_holds": [], "createdAt": now, "updatedAt": now}
    other = graph.create("FulfillmentOrder", {**owner.fields, **fresh})
    for part in parts_of(graph, owner):
        if part["remainingQuantity"]:
            add_part(graph, other, part["lineItem"], part["remainingQuantity"])
    graph.update(owner.id, status="CANCELLED", updatedAt=now)
    replacement = {"replacement_fulfillment_order": {"id": other.id, "status": "open"}}
    tell(context, owner, "cancelled", replacement)
    return {"fulfillmentOrder": owner, "replacementFulfillmentOrder": other, "userErrors": []}


def reschedule(context: Context, args: dict[str, Any]) -> Answer:
    """Fulfil it from another time on. Sends ``fulfillment_orders/rescheduled``."""
    owner = find(context, args["id"])
    if owner is None:
        return _refused(("id",), "Fulfillment order does not exist.", "FULFILLMENT_ORDER_NOT_FOUND")
    fields = {"fulfillAt": args["fulfillAt"], "status": "SCHEDULED", "updatedAt": context.graph.now()}
    context.graph.update(owner.id, fields)
    tell(context, owner, "rescheduled", {})
    return {"fulfillmentOrder": owner, "userErrors": []}


def prepared(context: Context, args: dict[str, Any]) -> Answer:
    """``fulfillmentOrderLineItemsPreparedForPickup``: the customer may come. Sends
    ``fulfillment_orders/line_items_prepared_for_pickup``."""
    errors = []
    owners = []
    for index, row in enumerate(args["input"]["lineItemsByFulfillmentOrder"]):
        path = ("input", "lineItemsByFulfillmentOrder", str(index), "fulfillmentOrderId")
        owner = find(context, row["fulfillmentOrderId"])
        if owner is None or owner["_method"] != "PICK_UP":
            message = "Invalid fulfillment order ID provided."
            errors.append(user_error(path, message, "FULFILLMENT_ORDER_INVALID"))
        elif owner["_ready"] or not any(part["remainingQuantity"] for part in parts_of(context.graph, owner)):
            message = "There are no line items to prepare for this fulfillment order."
            errors.append(user_error(path, message, "NO_LINE_ITEMS_TO_PREPARE_FOR_FULFILLMENT_ORDER"))
        else:
            owners.append(owner)
    for owner in owners if not errors else ():
        context.graph.update(owner.id, _ready=True, updatedAt=context.graph.now())
        tell(context, owner, "line_items_prepared_for_pickup", {})
    return {"userErrors": errors}


def find(context: Context, node_id: str) -> Node | None:
    """The fulfilment order of a gid."""
    return context.graph.get(node_id, "FulfillmentOrder")


def tell(context: Context, owner: Node, what: str, more: Mapping[str, Any]) -> None:
    """Send the webhook of a fulfilment order, and that its order was saved."""

    def render(owner: Node, context: Context) -> dict[str, Any]:
        return {"fulfillment_order": rendered(owner, context), **more}

    context.tell(f"fulfillment_orders/{what}", render, owner)
    save_order_of(context, owner)


def rendered(owner: Node | None, context: Context) -> dict[str, Any] | None:
    """A fulfilment order as webhooks have it: REST's attributes, with a gid."""
    return None if owner is None else {**render_fulfillment_order(owner, context), "id": owner.id}


def save_order_of(context: Context, owner: Node) -> None:
    """Save the order of a fulfilment order."""
    order = find_order(context, owner["_order"])
    if order is not None:
        save(context, order)


def _refused(path: Sequence[str], message: str, code: str | None = None) -> Answer:
    return {"fulfillmentOrder": None, "userErrors": [user_error(path, message, code)]}


def _no_hold(path: Sequence[str] | None, message: str, code: str) -> Answer:
    empty = {"fulfillmentHold": None, "fulfillmentOrder": None, "remainingFulfillmentOrder": None}
    return {**empty, "userErrors": [user_error(path, message, code)]}


def _not_moved(path: Sequence[str] | None, message: str, code: str | None = None) -> Answer:
    empty = {"originalFulfillmentOrder": None, "movedFulfillmentOrder": None, "remainingFulfillmentOrder": None}
    return {**empty, "userErrors": [user_error(path, message, code)]}


MUTATIONS = {
    "fulfillmentOrderCancel": cancel,
    "fulfillmentOrderHold": hold,
    "fulfillmentOrderLineItemsPreparedForPickup": prepared,
    "fulfillmentOrderMove": relocate,
    "fulfillmentOrderOpen": reopen,
    "fulfillmentOrderReleaseHold": release,
    "fulfillmentOrderReportProgress": progress,
    "fulfillmentOrderReschedule": reschedule,
}
