"""What merchants ask of fulfilment services, and what these answer: to fulfil, and to stop."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from runner.simulator.contract import Context, Mutation, user_error
from runner.simulator.families.fulfillment_services import service_at
from runner.simulator.families.order_lines import parts_of
from runner.simulator.graph import Node
from runner.simulator.mutations.fulfillment_orders import cancel, find, relocate, rendered, split_off, tell
from runner.simulator.mutations.fulfillments import pick

Answer = Mapping[str, Any]
_ASKABLE = ("UNSUBMITTED", "REJECTED", "CANCELLATION_ACCEPTED")


def submit(context: Context, args: dict[str, Any]) -> Answer:
    """``fulfillmentOrderSubmitFulfillmentRequest`` for all of it, or some lines; the rest becomes one of its own. Sends
    ``fulfillment_orders/fulfillment_request_submitted``."""
    owner = find(context, args["id"])
    if owner is None:
        return _not_submitted("Fulfillment order does not exist.")
    if service_at(context, owner["_location"]) is None:
        return _not_submitted("The fulfillment order is not assigned to a fulfillment service.")
    if owner["status"] != "OPEN" or owner["requestStatus"] not in _ASKABLE:
        return _not_submitted("Cannot request fulfillment for the fulfillment order.")
    rows = args.get("fulfillmentOrderLineItems") or []
    chosen, errors = pick(context, owner, rows, ("fulfillmentOrderLineItems",))
    if errors:
        return {**_not_submitted(""), "userErrors": errors}
    rest = split_off(context, owner, chosen)
    request = _ask(context, owner, "FULFILLMENT_REQUEST", args.get("message"))
    context.graph.update(owner.id, requestStatus="SUBMITTED", updatedAt=context.graph.now())
    shown = {
        "original_fulfillment_order": rendered(owner, context),
        "submitted_fulfillment_order": rendered(owner, context),
    }
    tell(context, owner, "fulfillment_request_submitted", {**shown, "fulfillment_order_merchant_request": request})
    answer = {
        "originalFulfillmentOrder": owner,
        "submittedFulfillmentOrder": owner,
        "unsubmittedFulfillmentOrder": rest,
    }
    return {**answer, "userErrors": []}


def submit_cancellation(context: Context, args: dict[str, Any]) -> Answer:
    """``fulfillmentOrderSubmitCancellationRequest``. Sends ``fulfillment_orders/cancellation_request_submitted``."""
    owner = find(context, args["id"])
    if owner is None:
        return _refused("Fulfillment order does not exist.")
    if owner["requestStatus"] not in ("SUBMITTED", "ACCEPTED", "CANCELLATION_REJECTED"):
        return _refused("Cannot request cancellation for the fulfillment order.")
    request = _ask(context, owner, "CANCELLATION_REQUEST", args.get("message"))
    context.graph.update(owner.id, requestStatus="CANCELLATION_REQUESTED", updatedAt=context.graph.now())
    tell(context, owner, "cancellation_request_submitted", {"fulfillment_order_merchant_request": request})
    return {"fulfillmentOrder": owner, "userErrors": []}


def _answer(asked: Sequence[str], status: str | None, request_status: str, topic: str, words: str) -> Mutation:
    """A service's answer to what was ``asked``: the fulfilment order is ``status`` from now on (None: as it was)."""

    def call(context: Context, args: dict[str, Any]) -> Answer:
        owner = find(context, args["id"])
        if owner is None:
            return _refused("Fulfillment order does not exist.")
        if owner["requestStatus"] not in asked:
            return _refused(f"Cannot {words} for the fulfillment order.")
        fields = {"requestStatus": request_status, "updatedAt": context.graph.now()}
        context.graph.update(owner.id, {**fields, **({"status": status} if status else {})})
        tell(context, owner, topic, {"message": args.get("message")})
        return {"fulfillmentOrder": owner, "userErrors": []}

    return call


def accept_cancellation(context: Context, args: dict[str, Any]) -> Answer:
    """``fulfillmentOrderAcceptCancellationRequest``: it is cancelled, and another one takes its place. Sends
    ``fulfillment_orders/cancellation_request_accepted`` and ``…/cancelled``."""
    owner = find(context, args["id"])
    if owner is None:
        return _refused("Fulfillment order does not exist.")
    if owner["requestStatus"] != "CANCELLATION_REQUESTED":
        return _refused("Cannot accept a cancellation request for the fulfillment order.")
    context.graph.update(owner.id, requestStatus="CANCELLATION_ACCEPTED")
    tell(context, owner, "cancellation_request_accepted", {"message": args.get("message")})
    other = cancel(context, {"id": owner.id})["replacementFulfillmentOrder"]
    if other is not None:
        context.graph.update(other.id, requestStatus="UNSUBMITTED", _requests=[])
    return {"fulfillmentOrder": owner, "userErrors": []}


def reroute(context: Context, args: dict[str, Any]) -> Answer:
    """``fulfillmentOrdersReroute``: to the first other location named (or any) that stocks everything of each."""
    moved: list[Node] = []
    places = args.get("includedLocationIds") or [each.id for each in context.graph.of_type("Location")]
    places = [each for each in places if each not in (args.get("excludedLocationIds") or [])]
    for index, node_id in enumerate(args["fulfillmentOrderIds"]):
        owner = find(context, node_id)
        path = ("fulfillmentOrderIds", str(index))
        if owner is None:
            error = user_error(path, "Fulfillment order does not exist.", "FULFILLMENT_ORDER_NOT_FOUND")
            return {"movedFulfillmentOrders": None, "userErrors": [error]}
        for place in places:
            parts = [{"id": part.id, "quantity": part["remainingQuantity"]} for part in parts_of(context.graph, owner)]
            asked = {"id": node_id, "newLocationId": place, "fulfillmentOrderLineItems": parts}
            if not relocate(context, asked)["userErrors"]:
                moved.append(owner)
                break
        else:
            error = user_error(
                path,
                "No location can fulfill the fulfillment order.",
                "CANNOT_REASSIGN_LOCATION_FOR_FULFILLMENT_ORDERS",
            )
            return {"movedFulfillmentOrders": None, "userErrors": [error]}
    return {"movedFulfillmentOrders": moved, "userErrors": []}


def _ask(context: Context, owner: Node, kind: str, message: str | None) -> dict[str, Any]:
    """Keep a request with its fulfilment order; as the webhook has it."""
    node_id = context.graph.next_id("FulfillmentOrderMerchantRequest")
    row = {"id": node_id, "kind": kind, "message": message, "sentAt": context.graph.now(), "responseData": None}
    context.graph.update(owner.id, _requests=[*(owner["_requests"] or []), row])
    return {"id": node_id, "message": message}


def _not_submitted(message: str) -> dict[str, Any]:
    names = ("originalFulfillmentOrder", "submittedFulfillmentOrder", "unsubmittedFulfillmentOrder")
    return {**dict.fromkeys(names), "userErrors": [user_error(("id",), message)]}


def _refused(message: str) -> Answer:
    return {"fulfillmentOrder": None, "userErrors": [user_error(("id",), message)]}


MUTATIONS: dict[str, Mutation] = {
    "fulfillmentOrderAcceptCancellationRequest": accept_cancellation,
    "fulfillmentOrderAcceptFulfillmentRequest": _answer(
        ("SUBMITTED",), "IN_PROGRESS", "ACCEPTED", "fulfillment_request_accepted", "accept a fulfillment request"
    ),
    "fulfillmentOrderRejectCancellationRequest": _answer(
        ("CANCELLATION_REQUESTED",),
        None,
        "CANCELLATION_REJECTED",
        "cancellation_request_rejected",
        "reject a cancellation request",
    ),
    "fulfillmentOrderRejectFulfillmentRequest": _answer(
        ("SUBMITTED",), "OPEN", "REJECTED", "fulfillment_request_rejected", "reject a fulfillment request"
    ),
    "fulfillmentOrderSubmitCancellationRequest": submit_cancellation,
    "fulfillmentOrderSubmitFulfillmentRequest": submit,
    "fulfillmentOrdersReroute": reroute,
}
