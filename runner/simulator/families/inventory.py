"""Inventory items, levels, and the record of adjustments: computed fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from runner.simulator.contract import Context, Fields, Listing, Refusal
from runner.simulator.families.quantities import NAMES, active, find_level, levels_of, quantity
from runner.simulator.graph import Node, number_of

INDEXES = {
    "InventoryItem": ("sku", "variant"),
    "InventoryLevel": ("item", "location"),
}


def quantities(level: Node, context: Context, args: Mapping[str, Any]) -> list[dict[str, Any]]:
    """``InventoryLevel.quantities(names:)``, in the order asked for."""
    times = level["_times"] or {}
    found = []
    for name in args["names"]:
        if name not in NAMES:
            # By analogy: the mutations' text for such a name.
            raise Refusal(
                f"The specified quantity name is invalid. Valid values are: {', '.join(NAMES)}.",
                "INVALID_FIELD_ARGUMENTS",
            )
        item = number_of(level["item"])
        found.append(
            {
                "id": f"gid://shopify/InventoryQuantity/{level.number}?inventory_item_id={item}&name={name}",
                "name": name,
                "quantity": quantity(level, name),
                "updatedAt": times.get("available" if name == "on_hand" else name),
            }
        )
    return found


def unstock_problem(level: Node, context: Context) -> str | None:
    """Why the item cannot be taken from the level's location; None when it can. Wording by analogy with the seen
    ``The product couldn't be unstocked from X because …``."""
    others = [each for each in levels_of(context.graph, level["item"]) if each is not level]
    place = (context.graph.get(level["location"]) or level)["name"]
    if not others:
        reason = "products need to be stocked at a minimum of 1 location."
    elif quantity(level, "committed") or quantity(level, "incoming"):
        kinds = [name for name in ("committed", "incoming") if quantity(level, name)]
        reason = f"it has {' and '.join(kinds)} inventory."
    else:
        return None
    return f"The product couldn't be unstocked from {place} because {reason}"


def _levels(item: Node, context: Context, args: Mapping[str, Any]) -> Listing:
    return Listing(
        levels_of(context.graph, item.id, inactive=bool(args.get("includeInactive"))), search="inventoryLevels"
    )


def _level(item: Node, context: Context, args: Mapping[str, Any]) -> Node | None:
    level = find_level(context.graph, item.id, args["locationId"])
    return level if level is not None and (active(level) or args.get("includeInactive")) else None


def _variants(item: Node, context: Context, args: Mapping[str, Any]) -> Listing:
    return Listing(context.graph.find("ProductVariant", "inventoryItem", item.id))


def _unit_cost(item: Node, context: Context, args: Mapping[str, Any]) -> dict[str, Any] | None:
    if item["_cost"] is None:
        return None
    return {"amount": item["_cost"], "currencyCode": context.shop["currencyCode"]}


def _measurement(item: Node, context: Context, args: Mapping[str, Any]) -> dict[str, Any]:
    weight = item["_weight"] or {"value": 0.0, "unit": context.shop["weightUnit"] or "KILOGRAMS"}
    return {"id": f"gid://shopify/InventoryItemMeasurement/{item.number}", "weight": weight}


def _duplicates(item: Node, context: Context, args: Mapping[str, Any]) -> int:
    if not item["sku"]:
        return 0
    return len(context.graph.find("InventoryItem", "sku", item["sku"])) - 1


def _history(item: Node, context: Context, args: Mapping[str, Any]) -> str | None:
    variant = context.graph.get(item["variant"])
    if variant is None:
        return None
    product = number_of(variant["product"])
    domain = context.shop["myshopifyDomain"]
    return f"https://{domain}/admin/products/{product}/variants/{variant.number}/inventory_history"


def _changes(group: Node, context: Context, args: Mapping[str, Any]) -> list[dict[str, Any]]:
    wanted = {
        "item": args.get("inventoryItemIds"),
        "location": args.get("locationIds"),
        "name": args.get("quantityNames"),
    }
    return [
        change
        for change in group["_changes"]
        if all(values is None or change[name] in values for name, values in wanted.items())
    ]


def _properties(source: Any, context: Context, args: Mapping[str, Any]) -> dict[str, Any]:
    belongs = {"available": ["on_hand"], "on_hand": [], "incoming": []}
    names = [
        {
            "name": name,
            "displayName": name.replace("_", " ").capitalize(),
            "isInUse": True,
            "belongsTo": belongs.get(name, ["on_hand"]),
            "comprises": [other for other in NAMES if name == "on_hand" and other not in ("on_hand", "incoming")],
        }
        for name in NAMES
    ]
    return {"quantityNames": names}


FIELDS: Fields = {
    "InventoryLevel": {
        "quantities": quantities,
        "canDeactivate": lambda level, context, args: unstock_problem(level, context) is None,
        "deactivationAlert": lambda level, context, args: unstock_problem(level, context),
        "isActive": lambda level, context, args: active(level),
        "scheduledChanges": lambda level, context, args: [],
    },
    "InventoryItem": {
        "inventoryLevel": _level,
        "inventoryLevels": _levels,
        "locationsCount": lambda item, context, args: {
            "count": len(levels_of(context.graph, item.id)),
            "precision": "EXACT",
        },
        "variants": _variants,
        "unitCost": _unit_cost,
        "measurement": _measurement,
        "duplicateSkuCount": _duplicates,
        "inventoryHistoryUrl": _history,
        "trackedEditable": lambda item, context, args: {"locked": False, "reason": None},
        "countryHarmonizedSystemCodes": lambda item, context, args: [],
    },
    "InventoryAdjustmentGroup": {
        "changes": _changes,
        "staffMember": lambda group, context, args: None,
    },
    "QueryRoot": {"inventoryProperties": _properties},
}
