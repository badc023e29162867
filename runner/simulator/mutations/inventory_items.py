"""``inventoryItemUpdate``."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from runner.simulator.contract import Context, user_error
from runner.simulator.families.rendering import render_item
from runner.simulator.graph import Node

_PLAIN = ("tracked", "requiresShipping", "countryCodeOfOrigin", "provinceCodeOfOrigin", "harmonizedSystemCode")
SKU_LIMIT = 255


def update(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """Change properties of an item; its SKU is its variant's too. Sends ``inventory_items/update``."""
    graph = context.graph
    item = graph.get(args["id"])
    if item is None or item.type != "InventoryItem":
        message = "The product couldn't be updated because it does not exist."
        return {"inventoryItem": None, "userErrors": [user_error(("id",), message)]}
    given = args["input"]
    errors = item_errors(given, ("input",))
    if errors:
        return {"inventoryItem": None, "userErrors": errors}
    save_item(context, item, given)
    return {"inventoryItem": item, "userErrors": []}


def save_item(context: Context, item: Node, given: Mapping[str, Any]) -> None:
    """Write what is given of an ``InventoryItemInput`` and send ``inventory_items/update`` when it is something new."""
    graph = context.graph
    fields = item_fields(given)
    if "sku" in fields:
        for variant in graph.find("ProductVariant", "inventoryItem", item.id):
            graph.update(variant.id, sku=fields["sku"], updatedAt=graph.now())
    if any(item[name] != value for name, value in fields.items()):
        graph.update(item.id, {**fields, "updatedAt": graph.now()})
        context.emit("inventory_items/update", render_item(item, context))


def item_fields(given: Mapping[str, Any]) -> dict[str, Any]:
    """The given fields of an ``InventoryItemInput``, as they are stored."""
    fields = {name: given[name] for name in _PLAIN if name in given}
    if "cost" in given:
        fields["_cost"] = None if given["cost"] is None else f"{Decimal(str(given['cost'])):.2f}"
    if (given.get("measurement") or {}).get("weight"):
        fields["_weight"] = given["measurement"]["weight"]
    if "sku" in given:
        fields["sku"] = given["sku"] or ""
    return fields


def item_errors(given: Mapping[str, Any], path: tuple[str, ...]) -> list[dict[str, Any]]:
    """What is wrong with an ``InventoryItemInput`` at ``path``."""
    errors = []
    cost = given.get("cost")
    if cost is not None and Decimal(str(cost)) < 0:
        errors.append(user_error((*path, "cost"), "Unit cost must be greater than or equal to 0"))
    if len(given.get("sku") or "") > SKU_LIMIT:
        errors.append(user_error((*path, "sku"), f"SKU is too long (maximum is {SKU_LIMIT} characters)"))
    code = given.get("harmonizedSystemCode")
    if code and not (code.isdigit() and 6 <= len(code) <= 13):
        message = "Harmonized system code must be a number between 6 and 13 digits"
        errors.append(user_error((*path, "harmonizedSystemCode"), message))
    return errors


MUTATIONS = {"inventoryItemUpdate": update}
