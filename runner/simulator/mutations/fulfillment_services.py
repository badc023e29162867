"""Fulfilment services: created with a location, changed, deleted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from runner.simulator.contract import Context, user_error
from runner.simulator.families.rendering import render_location
from runner.simulator.graph import Node
from runner.simulator.mutations.titles import handle_of

Answer = Mapping[str, Any]
_PLAIN = ("callbackUrl", "inventoryManagement", "requiresShippingMethod", "trackingSupport")


def create(context: Context, args: dict[str, Any]) -> Answer:
    """``fulfillmentServiceCreate``. Sends ``locations/create``."""
    name = args["name"].strip()
    problem = _name_problem(context, name, None)
    if problem is not None:
        return {"fulfillmentService": None, "userErrors": [user_error(("name",), problem)]}
    graph, now = context.graph, context.graph.now()
    place = {"name": name, "isActive": True, "fulfillsOnlineOrders": True, "shipsInventory": True}
    location = graph.create("Location", {**place, "_address": {}, "createdAt": now, "updatedAt": now})
    fields: dict[str, Any] = {
        "serviceName": name,
        "handle": handle_of(name),
        "type": "THIRD_PARTY",
        "callbackUrl": None,
        "inventoryManagement": False,
        "requiresShippingMethod": True,
        "trackingSupport": False,
        **{each: args[each] for each in _PLAIN if args.get(each) is not None},
        "location": location.id,
    }
    service = graph.create("FulfillmentService", fields)
    context.emit("locations/create", render_location(location, context))
    return {"fulfillmentService": service, "userErrors": []}


def update(context: Context, args: dict[str, Any]) -> Answer:
    """``fulfillmentServiceUpdate``."""
    service = _find(context, args["id"])
    if service is None:
        return {"fulfillmentService": None, "userErrors": [_missing()]}
    fields: dict[str, Any] = {each: args[each] for each in _PLAIN if each in args}
    if args.get("name") is not None:
        name = args["name"].strip()
        problem = _name_problem(context, name, service)
        if problem is not None:
            return {"fulfillmentService": None, "userErrors": [user_error(("name",), problem)]}
        fields |= {"serviceName": name}
        context.graph.update(service["location"], name=name, updatedAt=context.graph.now())
    context.graph.update(service.id, fields)
    return {"fulfillmentService": service, "userErrors": []}


def delete(context: Context, args: dict[str, Any]) -> Answer:
    """``fulfillmentServiceDelete``: its location is deactivated, and nothing may be waiting there. Sends
    ``locations/deactivate``."""
    service = _find(context, args["id"])
    if service is None:
        return {"deletedId": None, "userErrors": [_missing()]}
    waiting = context.graph.find("FulfillmentOrder", "_location", service["location"])
    if any(owner["status"] in ("OPEN", "IN_PROGRESS", "ON_HOLD", "SCHEDULED") for owner in waiting):
        message = "The fulfillment service has open fulfillment orders."
        return {"deletedId": None, "userErrors": [user_error(("id",), message)]}
    context.graph.delete(service.id)
    now = context.graph.now()
    location = context.graph.update(service["location"], isActive=False, deactivatedAt=now, updatedAt=now)
    context.emit("locations/deactivate", render_location(location, context))
    return {"deletedId": service.id, "userErrors": []}


def _name_problem(context: Context, name: str, itself: Node | None) -> str | None:
    if not name:
        return "Name can't be blank"
    taken = any(
        each is not itself and each["serviceName"].lower() == name.lower()
        for each in context.graph.of_type("FulfillmentService")
    )
    return "Name has already been taken" if taken else None


def _find(context: Context, node_id: str) -> Node | None:
    return context.graph.get(node_id, "FulfillmentService")


def _missing() -> dict[str, Any]:
    return user_error(("id",), "Fulfillment service could not be found.")


MUTATIONS = {
    "fulfillmentServiceCreate": create,
    "fulfillmentServiceDelete": delete,
    "fulfillmentServiceUpdate": update,
}
