"""What is done with fulfilment orders over REST."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from runner.simulator.contract import Context, RestCall, RestReply, Route
from runner.simulator.families.fulfillment_rendering import render_fulfillment, render_fulfillment_order
from runner.simulator.graph import Node, gid
from runner.simulator.mutations import fulfillment_orders as mutations
from runner.simulator.mutations.fulfillment_splitting import close
from runner.simulator.rest.orders import refuse
from runner.simulator.rest.paging import fetch, integer, missing, wrapped

Call = Callable[[Context, RestCall], RestReply]
_SCOPE = "write_merchant_managed_fulfillment_orders or write_third_party_fulfillment_orders or write_orders"


def _owner(context: Context, call: RestCall) -> Node:
    return fetch(context, "FulfillmentOrder", call.ids["id"])


def _shown(node: Node | None, context: Context) -> dict[str, Any] | None:
    return render_fulfillment_order(node, context) if node is not None else None


def _plain(change: Any) -> Call:
    """A change that takes nothing but the fulfilment order."""

    def call(context: Context, call: RestCall) -> RestReply:
        node = _owner(context, call)
        given = call.body.get("fulfillment_order") if isinstance(call.body, Mapping) else None
        message = given.get("message") if isinstance(given, Mapping) else None
        refuse(change(context, {"id": node.id, "message": message}))
        return RestReply(200, {"fulfillment_order": _shown(node, context)})

    return call


def cancel(context: Context, call: RestCall) -> RestReply:
    """Cancel a fulfilment order; another one takes its place."""
    answer = mutations.cancel(context, {"id": _owner(context, call).id})
    refuse(answer)
    shown = {"fulfillment_order": _shown(answer["fulfillmentOrder"], context)}
    return RestReply(
        200, {**shown, "replacement_fulfillment_order": _shown(answer["replacementFulfillmentOrder"], context)}
    )


def hold(context: Context, call: RestCall) -> RestReply:
    """Put a fulfilment order on hold."""
    given = wrapped(call, "fulfillment_hold")
    row = {
        "reason": str(given.get("reason") or "other").upper(),
        "reasonNotes": given.get("reason_notes"),
        "fulfillmentOrderLineItems": _lines(given),
    }
    answer = mutations.hold(context, {"id": _owner(context, call).id, "fulfillmentHold": row})
    refuse(answer)
    return RestReply(200, {"fulfillment_order": _shown(answer["fulfillmentOrder"], context)})


def relocate(context: Context, call: RestCall) -> RestReply:
    """Assign it, or some of its lines, to another location."""
    given = wrapped(call, "fulfillment_order")
    location = integer(given, "new_location_id")
    asked = {"id": _owner(context, call).id, "newLocationId": gid("Location", location or 0)}
    answer = mutations.relocate(context, {**asked, "fulfillmentOrderLineItems": _lines(given)})
    refuse(answer)
    names = {
        "original_fulfillment_order": "originalFulfillmentOrder",
        "moved_fulfillment_order": "movedFulfillmentOrder",
        "remaining_fulfillment_order": "remainingFulfillmentOrder",
    }
    return RestReply(200, {theirs: _shown(answer[ours], context) for theirs, ours in names.items()})


def reschedule(context: Context, call: RestCall) -> RestReply:
    """Fulfil it from another time on."""
    given = wrapped(call, "fulfillment_order")
    moment = given.get("new_fulfill_at") or given.get("fulfill_at")
    if not moment:
        raise missing("new_fulfill_at")
    node = _owner(context, call)
    refuse(mutations.reschedule(context, {"id": node.id, "fulfillAt": moment}))
    return RestReply(200, {"fulfillment_order": _shown(node, context)})


def fulfillments(context: Context, call: RestCall) -> RestReply:
    """The fulfilments that took from a fulfilment order."""
    node = _owner(context, call)
    found = context.graph.find("Fulfillment", "_order", node["_order"])
    rows = [render_fulfillment(each, context) for each in found if node.id in (each["_owners"] or [])]
    return RestReply(200, {"fulfillments": rows})


def _lines(given: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {"id": gid("FulfillmentOrderLineItem", integer(row, "id") or 0), "quantity": integer(row, "quantity")}
        for row in given.get("fulfillment_order_line_items") or []
    ]


_BASE = "fulfillment_orders/{id}"
ROUTES = (
    Route("POST", f"{_BASE}/cancel", cancel, _SCOPE),
    Route("POST", f"{_BASE}/close", _plain(close), _SCOPE),
    Route("POST", f"{_BASE}/hold", hold, _SCOPE),
    Route("POST", f"{_BASE}/move", relocate, _SCOPE),
    Route("POST", f"{_BASE}/open", _plain(mutations.reopen), _SCOPE),
    Route("POST", f"{_BASE}/release_hold", _plain(mutations.release), _SCOPE),
    Route("POST", f"{_BASE}/reschedule", reschedule, _SCOPE),
    Route("GET", f"{_BASE}/fulfillments", fulfillments, "read_orders"),
)
