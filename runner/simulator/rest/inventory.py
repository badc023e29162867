"""Inventory items and levels over REST.

Seen: 404 for an unknown item or location, 400 for a missing parameter, 422 ``Inventory item does not have inventory
tracking enabled``. Published: ``set`` connects an item that is not stocked at the location, ``connect`` answers 201,
``DELETE`` answers 204 with no body.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from runner.simulator.contract import Context, RestCall, RestError, RestReply, Route
from runner.simulator.families.inventory import unstock_problem
from runner.simulator.families.quantities import active, find_level, levels_of, quantity
from runner.simulator.families.rendering import render_item, render_level
from runner.simulator.families.stock import Movement, move, stock_at, unstock
from runner.simulator.graph import Node, gid
from runner.simulator.mutations.inventory_items import update as update_item
from runner.simulator.rest.paging import IDS_LIMIT, fetch, filters, integer, listing, missing, numbers, one, wrapped

UNTRACKED = "Inventory item does not have inventory tracking enabled"


def levels(context: Context, call: RestCall) -> RestReply:
    """Levels by items, by locations, or by both."""
    chosen = filters(call)
    items, locations = numbers(chosen, "inventory_item_ids"), numbers(chosen, "location_ids")
    if items is None and locations is None:
        raise RestError(422, "One of inventory_item_ids or location_ids must be specified")
    if max(len(items or ()), len(locations or ())) > IDS_LIMIT:
        raise RestError(422, f"At most {IDS_LIMIT} ids are allowed")
    graph = context.graph
    if items is not None:
        found = [level for item in items for level in graph.find("InventoryLevel", "item", gid("InventoryItem", item))]
        places = None if locations is None else {gid("Location", number) for number in locations}
        found = [level for level in found if places is None or level["location"] in places]
    else:
        places = {gid("Location", number) for number in locations or ()}
        found = [level for place in sorted(places) for level in graph.find("InventoryLevel", "location", place)]
    least = chosen.get("updated_at_min")
    found = [level for level in found if active(level) and (least is None or _since(level["updatedAt"], least))]
    return listing("inventory_levels", found, render_level, context, call, by_id=False)


def _since(moment: str, least: str) -> bool:
    """Whether ``moment`` is not before ``least``. ``RestError`` for what is no time."""
    try:
        return datetime.fromisoformat(moment) >= datetime.fromisoformat(least)
    except (ValueError, TypeError) as error:
        raise RestError(400, {"updated_at_min": f"{least} is no time with a zone"}) from error


def set_level(context: Context, call: RestCall) -> RestReply:
    """Set what is available of an item at a location, connecting it first when it is not."""
    item, location = _pair(context, _body(call))
    available = integer(_body(call), "available")
    _require_tracked(item)
    level = find_level(context.graph, item.id, location.id)
    if level is None or not active(level):
        level = stock_at(context, item.id, location.id, {})
    move(context, [Movement(level.id, "available", (available or 0) - quantity(level, "available"))])
    return one("inventory_level", level, render_level, context, call)


def adjust_level(context: Context, call: RestCall) -> RestReply:
    """Change what is available of an item at a location by ``available_adjustment``."""
    item, location = _pair(context, _body(call))
    delta = integer(_body(call), "available_adjustment")
    _require_tracked(item)
    level = find_level(context.graph, item.id, location.id)
    if level is None or not active(level):
        raise RestError(422, ["The specified inventory item is not stocked at the location"])
    move(context, [Movement(level.id, "available", delta or 0)])
    return one("inventory_level", level, render_level, context, call)


def connect(context: Context, call: RestCall) -> RestReply:
    """Stock an item at a location with nothing available; ``relocate_if_necessary`` takes it from the others."""
    item, location = _pair(context, _body(call))
    level = find_level(context.graph, item.id, location.id)
    if level is None or not active(level):
        if _body(call).get("relocate_if_necessary") is True:
            for other in levels_of(context.graph, item.id):
                unstock(context, other)
        level = stock_at(context, item.id, location.id, {})
    return one("inventory_level", level, render_level, context, call, 201)


def disconnect(context: Context, call: RestCall) -> RestReply:
    """Take an item from a location; the last one stays."""
    item, location = _pair(context, call.query)
    level = find_level(context.graph, item.id, location.id)
    if level is None or not active(level):
        raise RestError(404, "Not Found")
    problem = unstock_problem(level, context)
    if problem is not None:
        raise RestError(422, [problem])
    unstock(context, level)
    return RestReply(204)


def items(context: Context, call: RestCall) -> RestReply:
    """Items by ``ids``."""
    wanted = numbers(filters(call), "ids")
    if wanted is None:
        raise missing("ids")
    found = [context.graph.by_number("InventoryItem", number) for number in wanted]
    return listing("inventory_items", [item for item in found if item is not None], render_item, context, call)


def item(context: Context, call: RestCall) -> RestReply:
    """One item."""
    return one("inventory_item", fetch(context, "InventoryItem", call.ids["id"]), render_item, context, call)


def change_item(context: Context, call: RestCall) -> RestReply:
    """Change an item's SKU, cost, tracking and origin."""
    node = fetch(context, "InventoryItem", call.ids["id"])
    given = wrapped(call, "inventory_item")
    fields = {theirs: given[ours] for ours, theirs in _ITEM_FIELDS.items() if ours in given}
    answer = update_item(context, {"id": node.id, "input": fields})
    for error in answer["userErrors"]:
        raise RestError(422, {str(error["field"][-1]): [error["message"]]})
    return one("inventory_item", node, render_item, context, call)


_ITEM_FIELDS = {
    "sku": "sku",
    "cost": "cost",
    "tracked": "tracked",
    "requires_shipping": "requiresShipping",
    "country_code_of_origin": "countryCodeOfOrigin",
    "province_code_of_origin": "provinceCodeOfOrigin",
    "harmonized_system_code": "harmonizedSystemCode",
}


def _body(call: RestCall) -> Mapping[str, Any]:
    return call.body if isinstance(call.body, Mapping) else {}


def _pair(context: Context, values: Mapping[str, Any]) -> tuple[Node, Node]:
    """The item and the location that ``values`` name."""
    location = fetch(context, "Location", integer(values, "location_id") or 0)
    found = fetch(context, "InventoryItem", integer(values, "inventory_item_id") or 0)
    if location["isActive"] is False:
        raise RestError(404, "Not Found")
    return found, location


def _require_tracked(node: Node) -> None:
    if node["tracked"] is False:
        raise RestError(422, [UNTRACKED])


ROUTES = (
    Route("GET", "inventory_levels", levels, "read_inventory"),
    Route("POST", "inventory_levels/set", set_level, "write_inventory"),
    Route("POST", "inventory_levels/adjust", adjust_level, "write_inventory"),
    Route("POST", "inventory_levels/connect", connect, "write_inventory"),
    Route("DELETE", "inventory_levels", disconnect, "write_inventory"),
    Route("GET", "inventory_items", items, "read_inventory"),
    Route("GET", "inventory_items/{id}", item, "read_inventory"),
    Route("PUT", "inventory_items/{id}", change_item, "write_inventory"),
)
