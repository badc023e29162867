"""Locations of the shop: added, edited, switched off and on, deleted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from runner.simulator.contract import Context, Mutation, user_error
from runner.simulator.families.addresses import address_fields
from runner.simulator.families.quantities import active, find_level, quantity
from runner.simulator.families.rendering import render_location
from runner.simulator.families.stock import stock_at, unstock
from runner.simulator.graph import Node
from runner.simulator.mutations.metafields import set_inline

LIMIT = 200
"""Active locations of a shop (by analogy with the largest plan)."""
NAME_LIMIT = 255
Errors = list[dict[str, Any]]


def add(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """``locationAdd``. Sends ``locations/create``."""
    given = args["input"]
    errors = _name_errors(context, given, None)
    if errors:
        return {"location": None, "userErrors": errors}
    now = context.graph.now()
    fields = {
        "name": given["name"].strip(),
        "isActive": True,
        "fulfillsOnlineOrders": given.get("fulfillsOnlineOrders", True),
        "shipsInventory": True,
        "_address": _address(given["address"], {}),
        "createdAt": now,
        "updatedAt": now,
    }
    location = context.graph.create("Location", fields)
    errors = set_inline(context, location.id, given.get("metafields") or [], ("input", "metafields"))
    if errors:
        return {"location": None, "userErrors": errors}
    context.emit("locations/create", render_location(location, context))
    return {"location": location, "userErrors": []}


def edit(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """``locationEdit``. Sends ``locations/update``."""
    location, given = _location(context, args["id"]), args["input"]
    if location is None:
        return {"location": None, "userErrors": [user_error(("id",), "Location not found.", "NOT_FOUND")]}
    errors = _name_errors(context, given, location)
    errors = errors or set_inline(context, location.id, given.get("metafields") or [], ("input", "metafields"))
    if errors:
        return {"location": None, "userErrors": errors}
    fields = {name: given[name] for name in ("name", "fulfillsOnlineOrders") if name in given}
    if given.get("address"):
        fields["_address"] = _address(given["address"], location["_address"] or {})
    _save(context, location, fields, "locations/update")
    return {"location": location, "userErrors": []}


def activate(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """``locationActivate``. Sends ``locations/activate``."""
    location, key = _location(context, args["locationId"]), "locationActivateUserErrors"
    if location is None:
        error = user_error(("locationId",), "Location not found.", "LOCATION_NOT_FOUND")
        return {"location": None, key: [error]}
    others = [node for node in context.graph.of_type("Location") if node["isActive"] is not False]
    if len(others) >= LIMIT:
        error = user_error(("locationId",), f"Limit of {LIMIT} locations reached.", "LOCATION_LIMIT")
        return {"location": None, key: [error]}
    _save(context, location, {"isActive": True, "deactivatedAt": None}, "locations/activate")
    return {"location": location, key: []}


def deactivate(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """``locationDeactivate``: what is stocked there moves to the destination. Sends ``locations/deactivate``."""
    location, key = _location(context, args["locationId"]), "locationDeactivateUserErrors"
    if location is None:
        missing = user_error(("locationId",), "Location not found.", "LOCATION_NOT_FOUND")
        return {"location": None, key: [missing]}
    destination = _location(context, args.get("destinationLocationId") or "")
    error = _deactivation_error(context, location, destination, bool(args.get("destinationLocationId")))
    if error is not None:
        return {"location": None, key: [error]}
    for level in context.graph.find("InventoryLevel", "location", location.id):
        if not active(level):
            continue
        if destination is not None:
            _relocate(context, level, destination)
        unstock(context, level)
    fields = {"isActive": False, "fulfillsOnlineOrders": False, "deactivatedAt": context.graph.now()}
    _save(context, location, fields, "locations/deactivate")
    return {"location": location, key: []}


def delete(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """``locationDelete``: one that was switched off and holds nothing. Sends ``locations/delete``."""
    location, key = _location(context, args["locationId"]), "locationDeleteUserErrors"
    problem = None
    if location is None:
        problem = ("Location not found.", "LOCATION_NOT_FOUND")
    elif location["isActive"] is not False:
        problem = ("The location cannot be deleted while it is active.", "LOCATION_IS_ACTIVE")
    elif _holds(context, location):
        problem = ("The location cannot be deleted while it has inventory.", "LOCATION_HAS_INVENTORY")
    if location is None or problem is not None:
        words, code = problem or ("", "GENERIC_ERROR")
        return {"deletedLocationId": None, key: [user_error(("locationId",), words, code)]}
    for kind, field in (("InventoryLevel", "location"), ("Metafield", "_owner")):
        for node in context.graph.find(kind, field, location.id):
            context.graph.delete(node.id)
    context.graph.delete(location.id)
    context.emit("locations/delete", {"id": location.number})
    return {"deletedLocationId": location.id, key: []}


def _deactivation_error(
    context: Context, location: Node, destination: Node | None, asked: bool
) -> dict[str, Any] | None:
    where = ("destinationLocationId",)
    if destination is location:
        words = "Destination location is the same as the location to be deactivated."
        return user_error(where, words, "DESTINATION_LOCATION_IS_THE_SAME_LOCATION")
    if asked and (destination is None or destination["isActive"] is False):
        words = "Destination location is not found or inactive."
        return user_error(where, words, "DESTINATION_LOCATION_NOT_FOUND_OR_INACTIVE")
    if context.shop["_primary_location"] == location.id:
        words = "Location could not be deactivated because it is the primary location."
        return user_error(("locationId",), words, "PERMANENTLY_BLOCKED_FROM_DEACTIVATION_ERROR")
    if destination is None and _holds(context, location):
        words = "Location could not be deactivated without specifying where to relocate inventory at the location."
        return user_error(("locationId",), words, "HAS_ACTIVE_INVENTORY_ERROR")
    return None


def _relocate(context: Context, level: Node, destination: Node) -> None:
    """Add what a level holds to the level of its item at the destination."""
    held = {name: value for name, value in (level["_quantities"] or {}).items() if value}
    other = find_level(context.graph, level["item"], destination.id)
    before = (other["_quantities"] or {}) if other is not None and active(other) else {}
    stock_at(context, level["item"], destination.id, {**before, **{n: before.get(n, 0) + v for n, v in held.items()}})


def _holds(context: Context, location: Node) -> bool:
    levels = context.graph.find("InventoryLevel", "location", location.id)
    return any(active(level) and quantity(level, "on_hand") for level in levels)


def _address(given: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    fields = address_fields({**before, **given})
    names = ("address1", "address2", "city", "country", "phone", "province", "provinceCode", "zip")
    return {**{name: fields[name] for name in names}, "countryCode": fields["countryCodeV2"]}


def _name_errors(context: Context, given: Mapping[str, Any], location: Node | None) -> Errors:
    if location is not None and "name" not in given:
        return []
    name = (given.get("name") or "").strip()
    where = ("input", "name")
    if not name:
        return [user_error(where, "Add a location name", "BLANK")]
    if len(name) > NAME_LIMIT:
        return [user_error(where, f"Name is too long (maximum is {NAME_LIMIT} characters)", "TOO_LONG")]
    other = context.graph.first("Location", "name", name)
    if other is not None and other is not location:
        return [user_error(where, "You already have a location with this name", "TAKEN")]
    return []


def _save(context: Context, location: Node, fields: Mapping[str, Any], topic: str) -> None:
    context.graph.update(location.id, {**fields, "updatedAt": context.graph.now()})
    context.emit(topic, render_location(location, context))


def _location(context: Context, node_id: str) -> Node | None:
    return context.graph.get(node_id, "Location")


MUTATIONS: dict[str, Mutation] = {
    "locationActivate": activate,
    "locationAdd": add,
    "locationDeactivate": deactivate,
    "locationDelete": delete,
    "locationEdit": edit,
}
