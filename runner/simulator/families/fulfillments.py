"""Fulfilment orders, fulfilments and what carriers tell of them: computed fields.

``FulfillmentOrder``: ``_order``, ``_location``, ``_method`` (SHIPPING, PICK_UP, NONE), ``_holds`` [{id, reason,
reasonNotes, handle}], status, requestStatus, fulfillAt, fulfillBy, ``_ready`` (prepared for pickup), createdAt,
updatedAt. ``FulfillmentOrderLineItem``: ``_fulfillment_order``, lineItem, totalQuantity, remainingQuantity.
``Fulfillment``: ``_order``, name, status, location, ``_tracking`` [{company, number, url}], ``_owners`` (fulfilment
orders), createdAt, updatedAt. ``FulfillmentLineItem``: ``_fulfillment``, lineItem, quantity. ``FulfillmentEvent``:
``_fulfillment``, status, message, happenedAt and the place.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from runner.simulator.contract import Context, Fields, Listing
from runner.simulator.families.amounts import bag, decimal
from runner.simulator.families.answers import always, amounts, count_of, stored
from runner.simulator.families.fulfillment_rendering import events_of, supported_actions
from runner.simulator.families.line_items import fulfillment_service, variant_image
from runner.simulator.families.order_lines import OPEN_STATUSES, gross, net, parts_of
from runner.simulator.families.quantities import active, find_level, quantity
from runner.simulator.families.weights import total_grams, weight_of
from runner.simulator.graph import Node

INDEXES = {
    "FulfillmentOrder": ("_order", "_location"),
    "FulfillmentOrderLineItem": ("_fulfillment_order", "lineItem"),
    "Fulfillment": ("_order",),
    "FulfillmentLineItem": ("_fulfillment", "lineItem"),
    "FulfillmentEvent": ("_fulfillment",),
}
_PLACE = ("address1", "address2", "city", "countryCode", "phone", "province", "zip")


def order_of(node: Node, context: Context) -> Node:
    """The order of a fulfilment, fulfilment order or return."""
    order = context.graph.get(node["_order"])
    if order is None:
        raise KeyError(node["_order"])
    return order


def _order(node: Node, context: Context, args: Mapping[str, Any]) -> str:
    return str(node["_order"])


def line_of(part: Node, context: Context) -> Node:
    """The line item that a part of a fulfilment or fulfilment order is of."""
    line = context.graph.get(part["lineItem"])
    if line is None:
        raise KeyError(part["lineItem"])
    return line


# fulfilment orders


def _assigned(node: Node, context: Context, args: Mapping[str, Any]) -> dict[str, Any]:
    location = context.graph.get(node["_location"])
    place: Mapping[str, Any] = (location["_address"] or {}) if location is not None else {}
    shown = {name: place.get(name) for name in _PLACE}
    shown["countryCode"] = shown["countryCode"] or (context.shop["_address"] or {}).get("countryCode") or "US"
    return {"location": node["_location"], "name": location["name"] if location is not None else "", **shown}


def _destination(node: Node, context: Context, args: Mapping[str, Any]) -> dict[str, Any] | None:
    order = order_of(node, context)
    address = order["shippingAddress"]
    if not address:
        return None
    names = ("address1", "address2", "city", "company", "firstName", "lastName", "phone", "province", "zip")
    return {
        "id": f"gid://shopify/FulfillmentOrderDestination/{node.number}",
        **{name: address[name] for name in names},
        "countryCode": address["countryCodeV2"],
        "email": order["email"],
        "location": None,
    }


def _method(node: Node, context: Context, args: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": f"gid://shopify/DeliveryMethod/{node.number}",
        "methodType": node["_method"],
        "additionalInformation": None,
        "brandedPromise": None,
        "maxDeliveryDateTime": None,
        "minDeliveryDateTime": None,
        "presentedName": None,
        "serviceCode": None,
        "sourceReference": None,
    }


def hold_fields(row: Mapping[str, Any]) -> dict[str, Any]:
    """A ``FulfillmentHold`` of a hold as stored."""
    words = row["reason"].replace("_", " ").capitalize()
    return {**row, "displayReason": words, "heldByApp": None, "heldByRequestingApp": True}


def _holds(node: Node, context: Context, args: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [hold_fields(row) for row in node["_holds"] or []]


def _moves(node: Node, context: Context, args: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Where a fulfilment order could be moved: every other active location, with the lines it stocks."""
    wanted = args.get("locationIds")
    rows = []
    for location in context.graph.of_type("Location"):
        if location.id == node["_location"] or location["isActive"] is False:
            continue
        if wanted is not None and location.id not in wanted:
            continue
        there = [part for part in parts_of(context.graph, node) if stocked(context, part, location.id)]
        rest = [part for part in parts_of(context.graph, node) if part not in there]
        rows.append(
            {
                "id": location.id,
                "location": location,
                "movable": bool(there),
                "message": None if there else "No items are stocked at this location.",
                "availableLineItems": there,
                "availableLineItemsCount": count_of(len(there)),
                "unavailableLineItems": rest,
                "unavailableLineItemsCount": count_of(len(rest)),
            }
        )
    return rows


def _for_merge(node: Node, context: Context, args: Mapping[str, Any]) -> list[Node]:
    """The open ones of the same order that are to leave the same place in the same way."""
    names = ("_location", "_method", "status")
    return [
        each
        for each in context.graph.find("FulfillmentOrder", "_order", node["_order"])
        if each is not node and each["status"] in OPEN_STATUSES and all(each[name] == node[name] for name in names)
    ]


def stocked(context: Context, part: Node, location_id: str) -> bool:
    """Whether a location stocks what a part of a fulfilment order is of, enough of it; custom items are anywhere."""
    variant = context.graph.get(line_of(part, context)["variant"])
    if variant is None:
        return True
    item = context.graph.get(variant["inventoryItem"])
    level = find_level(context.graph, variant["inventoryItem"], location_id)
    if level is None or not active(level):
        return False
    tracked = item is not None and item["tracked"] and variant["inventoryPolicy"] != "CONTINUE"
    return not tracked or quantity(level, "available") >= part["remainingQuantity"]


def _all_fulfillment_orders(source: Any, context: Context, args: Mapping[str, Any]) -> Listing:
    found = context.graph.of_type("FulfillmentOrder")
    if not args.get("includeClosed"):
        found = [node for node in found if node["status"] in OPEN_STATUSES]
    return Listing(found, search="fulfillmentOrders")


def _held(source: Any, context: Context, args: Mapping[str, Any]) -> Listing:
    return Listing([node for node in context.graph.of_type("FulfillmentOrder") if node["status"] == "ON_HOLD"])


def _part(read: Any) -> Any:
    return lambda part, context, args: read(line_of(part, context), context)


def _item(line: Node, context: Context) -> str | None:
    variant = context.graph.get(line["variant"])
    return variant["inventoryItem"] if variant is not None else None


# fulfilments


def display_status(node: Node, context: Context, args: Mapping[str, Any]) -> str:
    """``Fulfillment.displayStatus``: the last event, else whether there is a parcel to follow."""
    if node["status"] == "CANCELLED":
        return "CANCELED"
    events = events_of(node, context)
    if events:
        return str(events[-1]["status"])
    return "FULFILLED" if node["_tracking"] else "MARKED_AS_FULFILLED"


def _happened(status: str) -> Any:
    def read(node: Node, context: Context, args: Mapping[str, Any]) -> str | None:
        found = [event for event in events_of(node, context) if event["status"] == status]
        return found[-1]["happenedAt"] if found else None

    return read


def _estimated(node: Node, context: Context, args: Mapping[str, Any]) -> str | None:
    found = [event["estimatedDeliveryAt"] for event in events_of(node, context) if event["estimatedDeliveryAt"]]
    return found[-1] if found else None


def _tracking(node: Node, context: Context, args: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [dict(row) for row in node["_tracking"] or []][: args.get("first")]


def _parts(node: Node, context: Context, args: Mapping[str, Any]) -> Listing:
    return Listing(context.graph.find("FulfillmentLineItem", "_fulfillment", node.id))


def _fulfillments(node: Node, context: Context, args: Mapping[str, Any]) -> list[Node]:
    found = context.graph.find("Fulfillment", "_order", node["_order"])
    return [each for each in found if node.id in (each["_owners"] or [])]


def _original(part: Node, context: Context) -> Decimal:
    return gross(line_of(part, context), part["quantity"])


def _discounted(part: Node, context: Context) -> Decimal:
    return net(line_of(part, context), part["quantity"])


def _remaining_weight(node: Node, context: Context, args: Mapping[str, Any]) -> dict[str, Any]:
    parts = [(line_of(part, context), int(part["remainingQuantity"])) for part in parts_of(context.graph, node)]
    return {"value": float(total_grams(context.graph, parts)), "unit": "GRAMS"}


FIELDS: Fields = {
    "FulfillmentOrder": {
        **always(None, ("channelId", "internationalDuties")),
        **stored(None, ("fulfillAt", "fulfillBy")),
        "assignedLocation": _assigned,
        "remainingLineItemsWeight": _remaining_weight,
        "deliveryMethod": _method,
        "destination": _destination,
        "fulfillmentHolds": _holds,
        "fulfillmentOrdersForMerge": _for_merge,
        "fulfillments": _fulfillments,
        "lineItems": lambda node, context, args: Listing(parts_of(context.graph, node)),
        "locationsForMove": _moves,
        "order": _order,
        "orderId": _order,
        "orderName": lambda node, context, args: order_of(node, context)["name"],
        "orderProcessedAt": lambda node, context, args: order_of(node, context)["processedAt"],
        "supportedActions": lambda node, context, args: [
            {"action": action, "externalUrl": None} for action in supported_actions(node)
        ],
    },
    "FulfillmentOrderLineItem": {
        **always([], ("financialSummaries", "warnings")),
        "weight": _part(lambda line, context: weight_of(context.graph, line["variant"])),
        "image": _part(lambda line, context: variant_image(line["variant"], context)),
        "inventoryItemId": _part(_item),
        "originalUnitPriceSet": _part(lambda line, context: bag(decimal(line["_price"]), context)),
        "productTitle": _part(lambda line, context: line["title"]),
        "requiresShipping": _part(lambda line, context: line["requiresShipping"] is not False),
        "sku": _part(lambda line, context: line["sku"]),
        "variant": _part(lambda line, context: context.graph.get(line["variant"])),
        "variantTitle": _part(lambda line, context: line["variantTitle"]),
        "vendor": _part(lambda line, context: line["vendor"]),
    },
    "Fulfillment": {
        **always(None, ("originAddress",)),
        **stored(None, ("location",)),
        "deliveredAt": _happened("DELIVERED"),
        "displayStatus": display_status,
        "estimatedDeliveryAt": _estimated,
        "events": lambda node, context, args: Listing(events_of(node, context)),
        "fulfillmentLineItems": _parts,
        "fulfillmentOrders": lambda node, context, args: list(node["_owners"] or []),
        "inTransitAt": _happened("IN_TRANSIT"),
        "order": _order,
        "requiresShipping": lambda node, context, args: any(
            line_of(part, context)["requiresShipping"] is not False for part in _parts(node, context, {}).nodes
        ),
        "service": lambda node, context, args: fulfillment_service(None),
        "totalQuantity": lambda node, context, args: sum(part["quantity"] for part in _parts(node, context, {}).nodes),
        "trackingInfo": _tracking,
    },
    "FulfillmentEvent": stored(
        None,
        (
            "address1",
            "city",
            "country",
            "estimatedDeliveryAt",
            "latitude",
            "longitude",
            "message",
            "province",
            "zip",
        ),
    ),
    "FulfillmentLineItem": amounts(originalTotal=_original, discountedTotal=_discounted),
    "QueryRoot": {"fulfillmentOrders": _all_fulfillment_orders, "manualHoldsFulfillmentOrders": _held},
}
