"""Fulfilment services, each with a location of its own, and what merchants ask of them.

``FulfillmentService``: handle, serviceName, callbackUrl, inventoryManagement, trackingSupport, requiresShippingMethod,
location, type. A fulfilment order keeps what was asked about it in ``_requests`` [{id, kind, message, sentAt,
responseData}].
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from runner.simulator.contract import Context, Fields, Listing
from runner.simulator.families.answers import always
from runner.simulator.graph import Node

INDEXES = {"FulfillmentService": ("location", "handle")}
_ASSIGNED = {
    "CANCELLATION_REQUESTED": "CANCELLATION_REQUESTED",
    "FULFILLMENT_ACCEPTED": "ACCEPTED",
    "FULFILLMENT_REQUESTED": "SUBMITTED",
    "FULFILLMENT_UNSUBMITTED": "UNSUBMITTED",
}
"""``FulfillmentOrderAssignmentStatus`` as the status of the request."""


def service_at(context: Context, location_id: str | None) -> Node | None:
    """The fulfilment service whose location this is."""
    return context.graph.first("FulfillmentService", "location", location_id) if location_id else None


def _requests(owner: Node, context: Context, args: Mapping[str, Any]) -> Listing:
    rows = [row for row in owner["_requests"] or [] if args.get("kind") in (None, row["kind"])]
    return Listing([{**row, "fulfillmentOrder": owner, "requestOptions": None} for row in rows])


def _assigned(source: Any, context: Context, args: Mapping[str, Any]) -> Listing:
    """``assignedFulfillmentOrders``: those at locations of fulfilment services, which are all this app's."""
    wanted, places = _ASSIGNED.get(args.get("assignmentStatus") or ""), args.get("locationIds")
    return Listing(
        [
            owner
            for owner in context.graph.of_type("FulfillmentOrder")
            if service_at(context, owner["_location"]) is not None
            and wanted in (None, owner["requestStatus"])
            and (not places or owner["_location"] in places)
        ]
    )


FIELDS: Fields = {
    "FulfillmentOrder": {"merchantRequests": _requests},
    "FulfillmentService": always(True, ("fulfillmentOrdersOptIn",)),
    "Location": {
        "fulfillmentService": lambda location, context, args: service_at(context, location.id),
        "isFulfillmentService": lambda location, context, args: service_at(context, location.id) is not None,
    },
    "QueryRoot": {"assignedFulfillmentOrders": _assigned},
    "Shop": {"fulfillmentServices": lambda shop, context, args: context.graph.of_type("FulfillmentService")},
}
