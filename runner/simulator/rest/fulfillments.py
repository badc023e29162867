"""Fulfilments and fulfilment orders over REST."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from runner.simulator.contract import Context, RestCall, RestReply, Route
from runner.simulator.families.fulfillment_rendering import (
    events_of,
    render_fulfillment,
    render_fulfillment_event,
    render_fulfillment_order,
)
from runner.simulator.families.order_lines import fulfillment_orders_of, fulfillments_of
from runner.simulator.families.sending import CARRIED
from runner.simulator.graph import Node, gid
from runner.simulator.mutations import fulfillments
from runner.simulator.rest.orders import refuse
from runner.simulator.rest.paging import fetch, integer, invalid, not_found, one, wrapped


def of_order(context: Context, call: RestCall) -> RestReply:
    """The fulfilments of an order."""
    order = fetch(context, "Order", call.ids["id"])
    found = fulfillments_of(context.graph, order)
    return RestReply(200, {"fulfillments": [render_fulfillment(each, context) for each in found]})


def count(context: Context, call: RestCall) -> RestReply:
    """How many fulfilments an order has."""
    order = fetch(context, "Order", call.ids["id"])
    return RestReply(200, {"count": len(fulfillments_of(context.graph, order))})


def show(context: Context, call: RestCall) -> RestReply:
    """One fulfilment of an order."""
    return one("fulfillment", _of(context, call), render_fulfillment, context, call)


def create(context: Context, call: RestCall) -> RestReply:
    """Send what ``line_items_by_fulfillment_order`` names."""
    given = wrapped(call, "fulfillment")
    rows = [
        {
            "fulfillmentOrderId": gid("FulfillmentOrder", integer(row, "fulfillment_order_id") or 0),
            "fulfillmentOrderLineItems": [
                {"id": gid("FulfillmentOrderLineItem", integer(part, "id") or 0), "quantity": integer(part, "quantity")}
                for part in row.get("fulfillment_order_line_items") or []
            ],
        }
        for row in given.get("line_items_by_fulfillment_order") or []
    ]
    tracking = given.get("tracking_info") or {}
    asked = {"lineItemsByFulfillmentOrder": rows, "trackingInfo": tracking or None}
    answer = fulfillments.create(context, {"fulfillment": asked})
    refuse(answer)
    return one("fulfillment", answer["fulfillment"], render_fulfillment, context, call, 201)


def cancel(context: Context, call: RestCall) -> RestReply:
    """Cancel a fulfilment."""
    node = fetch(context, "Fulfillment", call.ids["id"])
    refuse(fulfillments.cancel(context, {"id": node.id}))
    return one("fulfillment", node, render_fulfillment, context, call)


def track(context: Context, call: RestCall) -> RestReply:
    """Replace the tracking of a fulfilment."""
    node = fetch(context, "Fulfillment", call.ids["id"])
    given = wrapped(call, "fulfillment").get("tracking_info") or {}
    refuse(fulfillments.track(context, {"fulfillmentId": node.id, "trackingInfoInput": given}))
    return one("fulfillment", node, render_fulfillment, context, call)


def events(context: Context, call: RestCall) -> RestReply:
    """What carriers told of a fulfilment."""
    found = events_of(_of(context, call), context)
    return RestReply(200, {"fulfillment_events": [render_fulfillment_event(each, context) for each in found]})


def show_event(context: Context, call: RestCall) -> RestReply:
    """One event of a fulfilment."""
    event = fetch(context, "FulfillmentEvent", call.ids["event_id"])
    if event["_fulfillment"] != _of(context, call).id:
        raise not_found()
    return one("fulfillment_event", event, render_fulfillment_event, context, call)


def add_event(context: Context, call: RestCall) -> RestReply:
    """Add what a carrier told."""
    node = _of(context, call)
    given: Mapping[str, Any] = wrapped(call, "event")
    status = str(given.get("status") or "").lower()
    if status not in CARRIED:
        raise invalid(status="is not included in the list")
    asked = {
        name: given[name] for name in ("message", "city", "province", "country", "zip", "address1") if name in given
    }
    answer = fulfillments.add_event(
        context, {"fulfillmentEvent": {"fulfillmentId": node.id, "status": status.upper(), **asked}}
    )
    return one("fulfillment_event", answer["fulfillmentEvent"], render_fulfillment_event, context, call, 201)


def save_of_order(context: Context, call: RestCall) -> RestReply:
    """What Shopify took away with version 2022-07, for ``update_tracking`` in its place (actions.md 11)."""
    raise not_found()


def orders_of_order(context: Context, call: RestCall) -> RestReply:
    """The fulfilment orders of an order."""
    order = fetch(context, "Order", call.ids["id"])
    found = fulfillment_orders_of(context.graph, order)
    return RestReply(200, {"fulfillment_orders": [render_fulfillment_order(each, context) for each in found]})


def show_order(context: Context, call: RestCall) -> RestReply:
    """One fulfilment order."""
    node = fetch(context, "FulfillmentOrder", call.ids["id"])
    return one("fulfillment_order", node, render_fulfillment_order, context, call)


def _of(context: Context, call: RestCall) -> Node:
    node = fetch(context, "Fulfillment", call.ids["part_id"])
    if node["_order"] != fetch(context, "Order", call.ids["id"]).id:
        raise not_found()
    return node


ROUTES = (
    Route("GET", "orders/{id}/fulfillments", of_order, "read_orders"),
    Route("GET", "orders/{id}/fulfillments/count", count, "read_orders"),
    Route("GET", "orders/{id}/fulfillments/{part_id}", show, "read_orders"),
    Route("GET", "orders/{id}/fulfillments/{part_id}/events", events, "read_orders"),
    Route("PUT", "orders/{id}/fulfillments/{part_id}", save_of_order, "write_orders"),
    Route("POST", "orders/{id}/fulfillments/{part_id}/events", add_event, "write_orders"),
    Route("GET", "orders/{id}/fulfillments/{part_id}/events/{event_id}", show_event, "read_orders"),
    Route("POST", "fulfillments", create, "write_orders"),
    Route("POST", "fulfillments/{id}/cancel", cancel, "write_orders"),
    Route("POST", "fulfillments/{id}/update_tracking", track, "write_orders"),
    Route("GET", "orders/{id}/fulfillment_orders", orders_of_order, "read_orders"),
    Route("GET", "fulfillment_orders/{id}", show_order, "read_orders"),
)
