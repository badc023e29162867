"""``fulfillmentCreate`` (and V2), ``fulfillmentCancel``, tracking, events."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from runner.simulator.contract import Context, user_error
from runner.simulator.families.fulfillment_rendering import render_fulfillment
from runner.simulator.families.order_lines import parts_of
from runner.simulator.families.sending import send, take_back, tell_event, tracking_rows
from runner.simulator.graph import Node, number_of
from runner.simulator.mutations.order_saving import find_order, saving

_READY = ("OPEN", "IN_PROGRESS")
Chosen = list[tuple[Node, int]]
Errors = list[dict[str, Any]]


def create(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """Send parts of the fulfilment orders of one order from one location."""
    given = args["fulfillment"]
    owners: list[Node] = []
    chosen: Chosen = []
    errors: Errors = []
    for index, row in enumerate(given["lineItemsByFulfillmentOrder"]):
        path = ("fulfillment", "lineItemsByFulfillmentOrder", str(index))
        owner, found, problems = choose(context, row, path)
        errors += problems
        chosen += found
        owners += [owner] if owner is not None else []
    if not errors and not chosen:
        errors.append(user_error(("fulfillment",), "There are no fulfillment order line items to fulfill."))
    if len({owner["_order"] for owner in owners}) > 1:
        errors.append(user_error(("fulfillment",), "All fulfillment orders must belong to the same order."))
    elif len({owner["_location"] for owner in owners}) > 1:
        errors.append(user_error(("fulfillment",), "All fulfillment orders must be assigned to the same location."))
    order = find_order(context, owners[0]["_order"]) if owners else None
    if errors or order is None:
        return {"fulfillment": None, "userErrors": errors}
    with saving(context, order):
        tracking = tracking_rows(given.get("trackingInfo"))
        fulfillment = send(context, order, chosen, tracking=tracking, location=owners[0]["_location"])
    return {"fulfillment": fulfillment, "userErrors": []}


def choose(context: Context, row: Mapping[str, Any], path: tuple[str, ...]) -> tuple[Node | None, Chosen, Errors]:
    """The fulfilment order of one row and the parts of it that are meant; without any named, all that is left."""
    owner = context.graph.get(row["fulfillmentOrderId"])
    if owner is None or owner.type != "FulfillmentOrder":
        return None, [], [user_error((*path, "fulfillmentOrderId"), "Fulfillment order does not exist.")]
    if owner["status"] not in _READY:
        status = owner["status"].lower()
        message = f"Fulfillment order {owner.number} has an unfulfillable status= {status}."
        return owner, [], [user_error(("fulfillment",), message)]
    found, errors = pick(context, owner, row.get("fulfillmentOrderLineItems") or [], ("fulfillment",))
    return owner, found, errors


def pick(
    context: Context, owner: Node, rows: Sequence[Mapping[str, Any]], path: Sequence[str]
) -> tuple[Chosen, Errors]:
    """The parts of a fulfilment order in ``FulfillmentOrderLineItemInput`` rows; all that is left without rows."""
    parts = {part.id: part for part in parts_of(context.graph, owner)}
    if not rows:
        return [(part, part["remainingQuantity"]) for part in parts.values() if part["remainingQuantity"]], []
    chosen: Chosen = []
    errors: Errors = []
    for row in rows:
        part = parts.get(row["id"])
        if part is None:
            errors.append(user_error(path, f"Invalid fulfillment order line item id: {number_of(row['id'])}."))
        elif not 0 < row["quantity"] <= part["remainingQuantity"]:
            errors.append(user_error(path, "Invalid fulfillment order line item quantity requested."))
        else:
            chosen.append((part, row["quantity"]))
    return chosen, errors


def cancel(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """Cancel a fulfilment. Sends ``fulfillments/update`` and ``orders/updated``."""
    fulfillment, order = _find(context, args["id"])
    if fulfillment is None or order is None:
        return {"fulfillment": None, "userErrors": [user_error(("id",), "Fulfillment not found.")]}
    if fulfillment["status"] == "CANCELLED":
        return {"fulfillment": None, "userErrors": [user_error(("id",), "Fulfillment cannot be cancelled.")]}
    with saving(context, order):
        take_back(context, order, fulfillment)
    return {"fulfillment": fulfillment, "userErrors": []}


def track(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """``fulfillmentTrackingInfoUpdate`` (and V2): replaces all of it. Sends ``fulfillments/update``."""
    fulfillment, order = _find(context, args["fulfillmentId"])
    if fulfillment is None or order is None:
        error = user_error(("fulfillmentId",), "Fulfillment does not exist.")
        return {"fulfillment": None, "userErrors": [error]}
    if fulfillment["status"] == "CANCELLED":
        error = user_error(("fulfillmentId",), "Fulfillment is cancelled.")
        return {"fulfillment": None, "userErrors": [error]}
    rows = tracking_rows(args["trackingInfoInput"])
    context.graph.update(fulfillment.id, _tracking=rows, updatedAt=context.graph.now())
    context.tell("fulfillments/update", render_fulfillment, fulfillment)
    with saving(context, order):
        pass
    return {"fulfillment": fulfillment, "userErrors": []}


def add_event(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """``fulfillmentEventCreate``."""
    given = {name: value for name, value in args["fulfillmentEvent"].items() if name != "fulfillmentId"}
    fulfillment, _ = _find(context, args["fulfillmentEvent"]["fulfillmentId"])
    if fulfillment is None:
        error = user_error(("fulfillmentEvent", "fulfillmentId"), "Fulfillment does not exist.")
        return {"fulfillmentEvent": None, "userErrors": [error]}
    return {"fulfillmentEvent": tell_event(context, fulfillment, given), "userErrors": []}


def _find(context: Context, node_id: str) -> tuple[Node | None, Node | None]:
    node = context.graph.get(node_id)
    if node is None or node.type != "Fulfillment":
        return None, None
    return node, find_order(context, node["_order"])


MUTATIONS = {
    "fulfillmentCancel": cancel,
    "fulfillmentCreate": create,
    "fulfillmentCreateV2": create,
    "fulfillmentEventCreate": add_event,
    "fulfillmentTrackingInfoUpdate": track,
    "fulfillmentTrackingInfoUpdateV2": track,
}
