"""Variants of products: what Shopify refuses in their fields, and how they are written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from runner.simulator.contract import Context, user_error
from runner.simulator.families.products import variants_of
from runner.simulator.families.stock import stock_at
from runner.simulator.graph import Graph, Node
from runner.simulator.mutations.inventory_items import item_errors, item_fields, save_item
from runner.simulator.mutations.metafields import set_inline

OPTION_LIMIT = 3
VARIANT_LIMIT = 2048
NAME_LIMIT = 255
_PLAIN = ("barcode", "inventoryPolicy", "taxable", "taxCode", "showUnitPrice", "requiresComponents")
Errors = list[dict[str, Any]]
Choice = dict[str, str]
"""Values by names of options."""


def options_of(graph: Graph, product_id: str) -> list[Node]:
    """The options of a product by position."""
    return sorted(graph.find("ProductOption", "product", product_id), key=lambda node: node["position"] or 0)


def choice_of(variant: Node) -> Choice:
    """The option values of a variant."""
    return {each["name"]: each["value"] for each in variant["selectedOptions"] or []}


def field_errors(context: Context, given: Mapping[str, Any], path: tuple[str, ...]) -> Errors:
    """What is wrong with prices, SKU, stock and the like of a variant's input."""
    errors: Errors = []
    for name, label in (("price", "Price"), ("compareAtPrice", "Compare at price")):
        if given.get(name) is None:
            continue
        try:
            amount = Decimal(str(given[name]))
        except InvalidOperation:
            errors.append(user_error((*path, name), f"{label} is not a number", "INVALID_INPUT"))
            continue
        if amount < 0:
            message = f"{label} must be greater than or equal to 0"
            errors.append(user_error((*path, name), message, "GREATER_THAN_OR_EQUAL_TO"))
    if len(given.get("barcode") or "") > NAME_LIMIT:
        message = f"Barcode is too long (maximum is {NAME_LIMIT} characters)"
        errors.append(user_error((*path, "barcode"), message, "INVALID_INPUT"))
    if given.get("inventoryItem"):
        errors += item_errors(given["inventoryItem"], (*path, "inventoryItem"))
    for index, row in enumerate(given.get("inventoryQuantities") or []):
        place = context.graph.get(row["locationId"])
        if place is None or place.type != "Location":
            message = "Quantity couldn't be set because the location was deleted."
            errors.append(
                user_error((*path, "inventoryQuantities", str(index), "locationId"), message, "INVALID_INPUT")
            )
    return errors


def chosen(
    context: Context, product: Node, rows: Sequence[Mapping[str, Any]], path: tuple[str, ...], kept: Choice
) -> tuple[Choice, Errors]:
    """The option values that ``rows`` of ``VariantOptionValueInput`` name, over those that are ``kept``."""
    options = {option["name"]: option for option in options_of(context.graph, product.id)}
    by_id = {option.id: option for option in options.values()}
    choice = dict(kept)
    for index, row in enumerate(rows):
        where = (*path, "optionValues", str(index))
        option = by_id.get(row["optionId"]) if row.get("optionId") else options.get(row.get("optionName"))
        if option is None:
            return choice, [user_error(where, "Option does not exist", "OPTION_DOES_NOT_EXIST")]
        value = row.get("name") or row.get("linkedMetafieldValue") or value_name(option, row.get("id"))
        if value is None:
            return choice, [user_error(where, "Option value does not exist", "OPTION_VALUE_DOES_NOT_EXIST")]
        if len(value) > NAME_LIMIT:
            return choice, [user_error(where, "Option value name is too long", "OPTION_VALUE_NAME_TOO_LONG")]
        choice[option["name"]] = value
    missing = [name for name in options if name not in choice]
    if missing:
        message = f"You need to add option values for {', '.join(missing)}"
        return choice, [user_error(path, message, "NEED_TO_ADD_OPTION_VALUES")]
    return choice, []


def value_name(option: Node, value_id: str | None) -> str | None:
    """The value of an option that a ``ProductOptionValue`` gid means."""
    start = f"gid://shopify/ProductOptionValue/{option.number}"
    values = option["_values"] or []
    if value_id is None or not value_id.startswith(start):
        return None
    place = value_id.removeprefix(start)
    return values[int(place) - 1] if place.isdigit() and 0 < int(place) <= len(values) else None


def twin(context: Context, product: Node, choice: Choice, variant: Node | None) -> Node | None:
    """Another variant of the product with the same option values."""
    for other in variants_of(context.graph, product.id):
        if other is not variant and choice_of(other) == choice:
            return other
    return None


def add_variant(context: Context, product: Node, given: Mapping[str, Any], choice: Choice) -> Node:
    """Store a variant of an input that was found good, with its inventory item and levels."""
    graph, now = context.graph, context.graph.now()
    names = [option["name"] for option in options_of(graph, product.id)]
    learn_values(graph, product, choice)
    item_id = graph.next_id("InventoryItem")
    item = {
        "sku": given.get("sku") or "",
        "tracked": False,
        "requiresShipping": True,
        "_cost": None,
        "countryCodeOfOrigin": None,
        "provinceCodeOfOrigin": None,
        "harmonizedSystemCode": None,
        **item_fields(given.get("inventoryItem") or {}),
        "createdAt": now,
        "updatedAt": now,
    }
    places = [variant["position"] or 0 for variant in variants_of(graph, product.id)]
    variant = graph.create(
        "ProductVariant",
        {
            "product": product.id,
            "position": max(places, default=0) + 1,
            "title": " / ".join(choice[name] for name in names),
            "sku": item["sku"],
            "barcode": None,
            "price": "0.00",
            "compareAtPrice": None,
            "inventoryPolicy": "DENY",
            "taxable": True,
            "inventoryItem": item_id,
            "selectedOptions": [{"name": name, "value": choice[name]} for name in names],
            **variant_fields(given),
            "createdAt": now,
            "updatedAt": now,
        },
    )
    graph.create("InventoryItem", {**item, "variant": variant.id}, id=item_id)
    _stock(context, item_id, given)
    return variant


def change_variant(context: Context, variant: Node, given: Mapping[str, Any], choice: Choice | None = None) -> None:
    """Write what is given of an input that was found good. The product is told by the caller."""
    graph = context.graph
    fields = variant_fields(given)
    if choice is not None:
        product = graph.get(variant["product"])
        if product is not None:
            learn_values(graph, product, choice)
        fields["selectedOptions"] = [{"name": name, "value": value} for name, value in choice.items()]
        fields["title"] = " / ".join(choice.values())
    item, wanted = graph.get(variant["inventoryItem"]), dict(given.get("inventoryItem") or {})
    if "sku" in given:
        wanted["sku"] = given["sku"]
    if item is not None and wanted:
        save_item(context, item, wanted)
    graph.update(variant.id, {**fields, "updatedAt": graph.now()})


def remove_variant(context: Context, variant: Node) -> None:
    """Take a variant away, with its item, levels and metafields."""
    graph = context.graph
    item = graph.get(variant["inventoryItem"])
    for level in graph.find("InventoryLevel", "item", variant["inventoryItem"]):
        graph.delete(level.id)
    for metafield in graph.find("Metafield", "_owner", variant.id):
        graph.delete(metafield.id)
    if item is not None:
        graph.delete(item.id)
        context.emit("inventory_items/delete", {"id": item.number, "admin_graphql_api_id": item.id})
    graph.delete(variant.id)


def variant_fields(given: Mapping[str, Any]) -> dict[str, Any]:
    """The variant's own fields in an input, as they are stored."""
    fields = {name: given[name] for name in _PLAIN if name in given}
    if given.get("price") is not None:
        fields["price"] = f"{Decimal(str(given['price'])):.2f}"
    if "compareAtPrice" in given:
        before = given["compareAtPrice"]
        fields["compareAtPrice"] = None if before is None else f"{Decimal(str(before)):.2f}"
    return fields


def metafield_errors(context: Context, variant: Node, given: Mapping[str, Any], path: tuple[str, ...]) -> Errors:
    """Set the metafields in a variant's input; what is wrong with them, with the codes of variants."""
    errors = set_inline(context, variant.id, given.get("metafields") or [], (*path, "metafields"))
    return [{**error, "code": "INVALID_INPUT"} for error in errors]


def learn_values(graph: Graph, product: Node, choice: Choice) -> None:
    """Add option values that are new to their options."""
    for option in options_of(graph, product.id):
        value, known = choice.get(option["name"]), option["_values"] or []
        if value is not None and value not in known:
            graph.update(option.id, _values=[*known, value])


def _stock(context: Context, item_id: str, given: Mapping[str, Any]) -> None:
    """Stock a new item where it says; without a word at the primary location, with nothing."""
    rows = given.get("inventoryQuantities") or []
    for row in rows:
        quantity = row.get("availableQuantity", row.get("quantity", 0))
        stock_at(context, item_id, row["locationId"], {row.get("name", "available"): quantity})
    primary = context.shop["_primary_location"]
    if not rows and primary is not None:
        stock_at(context, item_id, primary, {})
