"""``inventoryActivate``, ``inventoryDeactivate``, ``inventoryBulkToggleActivation``.

Texts by analogy where no code of the schema describes them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from runner.simulator.contract import Context, user_error
from runner.simulator.families.inventory import unstock_problem
from runner.simulator.families.quantities import active, find_level, levels_of, quantity
from runner.simulator.families.stock import stock_at, unstock
from runner.simulator.graph import Node
from runner.simulator.mutations.inventory_checks import Errors

SET_LIMIT = 1_000_000_000


def activate(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """Stock an item at a location, with quantities if given."""
    item = _item(context, args["inventoryItemId"])
    location = _location(context, args["locationId"])
    errors: Errors = []
    if item is None:
        errors.append(user_error(("inventoryItemId",), "The specified inventory item could not be found."))
    if location is None:
        errors.append(user_error(("locationId",), "The specified location could not be found."))
    for name in ("available", "onHand"):
        value = args.get(name)
        if value is not None and value > SET_LIMIT:
            errors.append(user_error((name,), f"The total quantity can't be higher than {SET_LIMIT:,}."))
    if errors or item is None or location is None:
        return {"inventoryLevel": None, "userErrors": errors}
    level = find_level(context.graph, item.id, location.id)
    if level is not None and active(level):
        return _active_already(level, args)
    available = args.get("available")
    held = available if available is not None else args.get("onHand")
    return {"inventoryLevel": stock_at(context, item.id, location.id, {"available": held or 0}), "userErrors": []}


def _active_already(level: Node, args: Mapping[str, Any]) -> Mapping[str, Any]:
    for name, what in (("available", "available"), ("onHand", "on_hand")):
        if args.get(name) is not None:
            message = f"Not allowed to set {what} quantity when the item is already active at the location."
            return {"inventoryLevel": None, "userErrors": [user_error((name,), message)]}
    return {"inventoryLevel": level, "userErrors": []}


def deactivate(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """Take an item from a location, its quantities with it."""
    level = context.graph.get(args["inventoryLevelId"])
    if level is None or level.type != "InventoryLevel" or not active(level):
        message = "The specified inventory level could not be found."
        return {"userErrors": [user_error(("inventoryLevelId",), message)]}
    problem = unstock_problem(level, context)
    if problem is not None:
        return {"userErrors": [user_error(None, problem)]}
    unstock(context, level)
    return {"userErrors": []}


def bulk_toggle(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """Stock or unstock one item at several locations; all or nothing."""
    item = _item(context, args["inventoryItemId"])
    if item is None:
        error = user_error(("inventoryItemId",), "The inventory item was not found.", "INVENTORY_ITEM_NOT_FOUND")
        return {"inventoryItem": None, "inventoryLevels": None, "userErrors": [error]}
    levels: list[Node] = []
    errors: Errors = []
    for index, row in enumerate(args["inventoryItemUpdates"]):
        path = ("inventoryItemUpdates", str(index), "locationId")
        location = _location(context, row["locationId"])
        if location is None:
            errors.append(user_error(path, "The location was not found.", "LOCATION_NOT_FOUND"))
            continue
        level = find_level(context.graph, item.id, location.id)
        if row["activate"]:
            known = level is not None and active(level)
            levels.append(level if known and level is not None else stock_at(context, item.id, location.id, {}))
        elif level is not None and active(level):
            code = _refusal(context, level)
            if code is not None:
                errors.append(user_error(path, _REFUSALS[code], code))
            else:
                unstock(context, level)
    if errors:
        return {"inventoryItem": None, "inventoryLevels": None, "userErrors": errors}
    return {"inventoryItem": item, "inventoryLevels": levels, "userErrors": []}


def _refusal(context: Context, level: Node) -> str | None:
    committed, incoming = quantity(level, "committed"), quantity(level, "incoming")
    if len(levels_of(context.graph, level["item"])) < 2:
        return "CANNOT_DEACTIVATE_FROM_ONLY_LOCATION"
    if committed and incoming:
        return "COMMITTED_AND_INCOMING_INVENTORY_AT_LOCATION"
    if committed:
        return "COMMITTED_INVENTORY_AT_LOCATION"
    if incoming:
        return "INCOMING_INVENTORY_AT_LOCATION"
    if any(quantity(level, name) for name in ("reserved", "damaged", "safety_stock", "quality_control")):
        return "RESERVED_INVENTORY_AT_LOCATION"
    return None


_CANNOT = "Cannot unstock this inventory item from this location because it has"
_REFUSALS = {
    "CANNOT_DEACTIVATE_FROM_ONLY_LOCATION": "Cannot unstock an inventory item from the only location at which it is "
    "stocked.",
    "COMMITTED_AND_INCOMING_INVENTORY_AT_LOCATION": f"{_CANNOT} committed and incoming quantities.",
    "COMMITTED_INVENTORY_AT_LOCATION": f"{_CANNOT} committed quantities.",
    "INCOMING_INVENTORY_AT_LOCATION": f"{_CANNOT} incoming quantities.",
    "RESERVED_INVENTORY_AT_LOCATION": f"{_CANNOT} unavailable quantities.",
}


def _item(context: Context, node_id: str) -> Node | None:
    return context.graph.get(node_id, "InventoryItem")


def _location(context: Context, node_id: str) -> Node | None:
    node = context.graph.get(node_id, "Location")
    return node if node is not None and node["isActive"] is not False else None


MUTATIONS = {
    "inventoryActivate": activate,
    "inventoryDeactivate": deactivate,
    "inventoryBulkToggleActivation": bulk_toggle,
}
