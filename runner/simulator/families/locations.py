"""Locations: computed fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from runner.simulator.contract import Context, Fields, Listing
from runner.simulator.families.quantities import active, find_level, quantity
from runner.simulator.graph import Node

INDEXES = {"Location": ("name",)}


def formatted(address: Mapping[str, Any]) -> list[str]:
    """The lines of an address, as on a label."""
    town = " ".join(str(address[name]) for name in ("city", "provinceCode", "zip") if address.get(name))
    lines = [address.get("address1"), address.get("address2"), town, address.get("country")]
    return [str(line) for line in lines if line]


def address_of(location: Node) -> dict[str, Any]:
    """A ``LocationAddress``."""
    address = location["_address"] or {}
    names = ("address1", "address2", "city", "country", "countryCode", "phone", "province", "provinceCode", "zip")
    return {
        **{name: address.get(name) for name in names},
        "latitude": None,
        "longitude": None,
        "formatted": formatted(address),
    }


def _levels_at(location: Node, context: Context, inactive: bool) -> list[Node]:
    levels = context.graph.find("InventoryLevel", "location", location.id)
    return [level for level in levels if inactive or active(level)]


def _levels(location: Node, context: Context, args: Mapping[str, Any]) -> Listing:
    return Listing(_levels_at(location, context, bool(args.get("includeInactive"))), search="inventoryLevels")


def _level(location: Node, context: Context, args: Mapping[str, Any]) -> Node | None:
    level = find_level(context.graph, args["inventoryItemId"], location.id)
    return level if level is not None and (active(level) or args.get("includeInactive")) else None


def _is_active(location: Node) -> bool:
    return location["isActive"] is not False


def _holds_stock(location: Node, context: Context, args: Mapping[str, Any]) -> bool:
    return any(quantity(level, "on_hand") for level in _levels_at(location, context, False))


def _primary(location: Node, context: Context, args: Mapping[str, Any]) -> bool:
    return bool(context.shop["_primary_location"] == location.id)


def _locations(source: Any, context: Context, args: Mapping[str, Any]) -> Listing:
    places = context.graph.of_type("Location")
    return Listing([each for each in places if _is_active(each) or args.get("includeInactive")], search="locations")


def _location(source: Any, context: Context, args: Mapping[str, Any]) -> Node | None:
    """``location(id:)``; without an id, the primary one."""
    return context.graph.get(args.get("id") or context.shop["_primary_location"], "Location")


FIELDS: Fields = {
    "Location": {
        "activatable": lambda location, context, args: not _is_active(location),
        "address": lambda location, context, args: address_of(location),
        "addressVerified": lambda location, context, args: False,
        "deactivatable": lambda location, context, args: _is_active(location) and not _primary(location, context, args),
        "deactivatedAt": lambda location, context, args: location["deactivatedAt"],
        "deletable": lambda location, context, args: not _is_active(location),
        "fulfillsOnlineOrders": lambda location, context, args: location["fulfillsOnlineOrders"] is not False,
        "hasActiveInventory": _holds_stock,
        "hasUnfulfilledOrders": lambda location, context, args: False,
        "inventoryLevel": _level,
        "inventoryLevels": _levels,
        "isActive": lambda location, context, args: _is_active(location),
        "isPrimary": _primary,
        "localPickupSettingsV2": lambda location, context, args: None,
        "shipsInventory": lambda location, context, args: location["shipsInventory"] is not False,
        "suggestedAddresses": lambda location, context, args: [],
    },
    "QueryRoot": {"location": _location, "locations": _locations},
}
