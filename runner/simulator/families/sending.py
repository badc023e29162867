"""How goods leave: a fulfilment of parts of fulfilment orders, its cancellation, and what carriers tell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from runner.simulator.contract import Context
from runner.simulator.families.events import note_event
from runner.simulator.families.fulfillment_rendering import render_fulfillment, render_fulfillment_event
from runner.simulator.families.order_lines import fulfillments_of, parts_of
from runner.simulator.families.placing import add_part, shift
from runner.simulator.families.quantities import active, find_level
from runner.simulator.families.stock import Movement, move
from runner.simulator.graph import Graph, Node

CARRIERS = {
    "Canada Post": "https://www.canadapost-postescanada.ca/track-reperage/en#/search?searchFor={}",
    "DHL Express": "https://www.dhl.com/en/express/tracking.html?AWB={}&brand=DHL",
    "FedEx": "https://www.fedex.com/fedextrack/?trknbr={}",
    "Royal Mail": "https://www.royalmail.com/track-your-item#/tracking-results/{}",
    "UPS": "https://www.ups.com/track?tracknum={}",
    "USPS": "https://tools.usps.com/go/TrackConfirmAction.action?tLabels={}",
}
"""Carriers of which the address of a parcel follows from its number."""
CARRIED = (
    "attempted_delivery",
    "carrier_picked_up",
    "confirmed",
    "delayed",
    "delivered",
    "failure",
    "in_transit",
    "label_printed",
    "label_purchased",
    "out_for_delivery",
    "ready_for_pickup",
)
"""What carriers tell of a parcel, as REST names it."""


def tracking_rows(given: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    """The parcels in a ``FulfillmentTrackingInput``: ``{company, number, url}``; the address of a known carrier's
    parcel is filled in."""
    if not given:
        return []
    numbers = given.get("numbers") or ([given["number"]] if given.get("number") else [])
    urls = given.get("urls") or ([given["url"]] if given.get("url") else [])
    company = given.get("company") or None
    rows = []
    for index in range(max(len(numbers), len(urls), 1 if company else 0)):
        number = numbers[index] if index < len(numbers) else None
        url = urls[index] if index < len(urls) else None
        if url is None and number and company in CARRIERS:
            url = CARRIERS[company].format(number)
        rows.append({"company": company, "number": number, "url": url})
    return rows


def send(
    context: Context,
    order: Node,
    parts: Sequence[tuple[Node, int]],
    *,
    tracking: list[dict[str, Any]],
    location: str | None,
) -> Node:
    """Fulfil so many units of parts of fulfilment orders: committed stock leaves. Sends ``fulfillments/create``."""
    graph, now = context.graph, context.graph.now()
    owners = list(dict.fromkeys(part["_fulfillment_order"] for part, _ in parts))
    number = len(fulfillments_of(graph, order)) + 1
    fields = {
        "_order": order.id,
        "name": f"{order['name']}-F{number}",
        "status": "SUCCESS",
        "location": location,
        "_tracking": tracking,
        "_owners": owners,
        "createdAt": now,
        "updatedAt": now,
    }
    fulfillment = graph.create("Fulfillment", fields)
    movements: list[Movement] = []
    for part, amount in parts:
        line = graph.get(part["lineItem"])
        graph.update(part.id, remainingQuantity=part["remainingQuantity"] - amount)
        fulfilled = {"_fulfillment": fulfillment.id, "lineItem": part["lineItem"], "quantity": amount}
        graph.create("FulfillmentLineItem", {**fulfilled, "_part": part.id})
        owner = graph.get(part["_fulfillment_order"])
        if line is not None and owner is not None:
            movements += _leave(graph, line, owner["_location"], amount)
    for owner_id in owners:
        settle(context, owner_id)
    count = sum(amount for _, amount in parts)
    note_event(context, order, "fulfillment_success", f"fulfilled {count} item{'s' if count != 1 else ''}.")
    context.tell("fulfillments/create", render_fulfillment, fulfillment)
    move(context, movements)
    return fulfillment


def settle(context: Context, owner_id: str) -> None:
    """Close a fulfilment order nothing is left of; one that was begun goes on."""
    graph = context.graph
    owner = graph.get(owner_id)
    if owner is None or owner["status"] in ("CLOSED", "CANCELLED"):
        return
    left = sum(int(part["remainingQuantity"]) for part in parts_of(graph, owner))
    status = owner["status"] if left else "CLOSED"
    if left and owner["status"] == "OPEN" and left < sum(int(part["totalQuantity"]) for part in parts_of(graph, owner)):
        status = "IN_PROGRESS"
    graph.update(owner.id, status=status, updatedAt=graph.now())


def _leave(graph: Graph, line: Node, location: str, amount: int) -> list[Movement]:
    """Committed units leave the building; of an order that committed nothing, available ones do."""
    variant = graph.get(line["variant"])
    level = find_level(graph, variant["inventoryItem"], location) if variant is not None else None
    if level is None or not active(level) or not line["_claimed"]:
        return []
    return [Movement(level.id, "committed", -amount)]


def take_back(context: Context, order: Node, fulfillment: Node) -> None:
    """Cancel a fulfilment: its units are to be fulfilled again, in a new fulfilment order, and are committed again."""
    graph, now = context.graph, context.graph.now()
    graph.update(fulfillment.id, status="CANCELLED", updatedAt=now)
    lines = graph.find("FulfillmentLineItem", "_fulfillment", fulfillment.id)
    first = graph.get((fulfillment["_owners"] or [None])[0])
    location = fulfillment["location"] or (first["_location"] if first is not None else None)
    fields = dict(first.fields) if first is not None else {"_order": order.id, "_location": location, "_method": "NONE"}
    fresh: dict[str, Any] = {"status": "OPEN", "_holds": [], "createdAt": now, "updatedAt": now, "_location": location}
    owner = graph.create("FulfillmentOrder", {**fields, **fresh})
    movements: list[Movement] = []
    for each in lines:
        line = graph.get(each["lineItem"])
        add_part(graph, owner, each["lineItem"], each["quantity"])
        if line is not None and location is not None:
            movements += shift(graph, line, location, each["quantity"], take=False)
    note_event(context, order, "fulfillment_cancelled", "cancelled a fulfillment.")
    context.tell("fulfillments/update", render_fulfillment, fulfillment)
    move(context, movements)


def tell_event(context: Context, fulfillment: Node, given: Mapping[str, Any]) -> Node:
    """Add what a carrier told. Sends ``fulfillment_events/create`` and ``fulfillments/update``."""
    now = context.graph.now()
    fields = {**given, "_fulfillment": fulfillment.id, "createdAt": now}
    fields["happenedAt"] = given.get("happenedAt") or now
    event = context.graph.create("FulfillmentEvent", fields)
    context.graph.touch(fulfillment.id)
    context.tell("fulfillment_events/create", render_fulfillment_event, event)
    context.tell("fulfillments/update", render_fulfillment, fulfillment)
    return event
