"""``productVariantsBulkCreate``, ``…Update``, ``…Delete``, ``…Reorder``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from runner.simulator.contract import Context, Partial, user_error
from runner.simulator.families.products import variants_of
from runner.simulator.families.quantities import find_level
from runner.simulator.families.stock import Movement, move
from runner.simulator.graph import Node
from runner.simulator.mutations.product_media import add_media
from runner.simulator.mutations.products import change_product
from runner.simulator.mutations.variant_input import (
    VARIANT_LIMIT,
    Choice,
    Errors,
    add_variant,
    change_variant,
    choice_of,
    chosen,
    field_errors,
    learn_values,
    metafield_errors,
    options_of,
    remove_variant,
    twin,
)

STANDALONE = {"Title": "Default Title"}


def bulk_create(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """Add variants; the standalone one goes when its product gets real ones, unless it is to be kept."""
    product = context.graph.get(args["productId"], "Product")
    if product is None:
        return _refused(user_error(("productId",), "Product does not exist", "PRODUCT_DOES_NOT_EXIST"))
    before = variants_of(context.graph, product.id)
    strategy = args.get("strategy") or "DEFAULT"
    lonely = before[0] if len(before) == 1 and (choice_of(before[0]) == STANDALONE or strategy != "DEFAULT") else None
    if strategy == "PRESERVE_STANDALONE_VARIANT":
        lonely = None
    errors = _too_many(len(before) + len(args["variants"]))
    made = []
    for index, given in enumerate(args["variants"]):
        path = ("variants", str(index))
        choice, problems = chosen(context, product, given.get("optionValues") or [], path, {})
        problems = [each if each["code"] == "NEED_TO_ADD_OPTION_VALUES" else _invalid(each) for each in problems]
        problems += field_errors(context, given, path)
        if not problems:
            other = twin(context, product, choice, None)
            if other is not None and other is not lonely:
                problems.append(_taken(choice, path))
        if not problems:
            variant = add_variant(context, product, given, choice)
            problems += metafield_errors(context, variant, given, path)
            made.append(variant)
        errors += problems
    errors = errors or [_invalid(each) for each in add_media(context, product, args.get("media") or [])]
    if errors:
        return _refused(*errors)
    if lonely is not None and made:
        remove_variant(context, lonely)
        forget_values(context, product)
        renumber(context, product)
    change_product(context, product, {})
    return {"product": product, "productVariants": made, "userErrors": []}


def bulk_update(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """Change variants of one product; nothing is kept when one is wrong, unless partial updates are allowed."""
    product = context.graph.get(args["productId"], "Product")
    if product is None:
        return _refused(user_error(("productId",), "Product does not exist", "PRODUCT_DOES_NOT_EXIST"))
    partial = bool(args.get("allowPartialUpdates"))
    errors: Errors = [_invalid(each) for each in add_media(context, product, args.get("media") or [])]
    changed: list[Node] = []
    for index, given in enumerate(args["variants"]):
        path = ("variants", str(index))
        variant = context.graph.get(given.get("id"))
        problems, choice = _update_errors(context, product, variant, given, path)
        if variant is not None and not problems:
            with context.graph.transaction():
                change_variant(context, variant, given, choice)
                problems += metafield_errors(context, variant, given, path)
                move(context, _movements(context, variant, given))
            changed.append(variant)
        errors += problems
    if errors and (not partial or not changed):
        return _refused(*errors)
    change_product(context, product, {})
    return Partial(product=product, productVariants=changed, userErrors=errors)


def bulk_delete(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """Delete variants of one product, but not the last one."""
    product = context.graph.get(args["productId"], "Product")
    if product is None:
        error = user_error(("productId",), "Product does not exist", "PRODUCT_DOES_NOT_EXIST")
        return {"product": None, "userErrors": [error]}
    gone = [context.graph.get(node_id) for node_id in dict.fromkeys(args["variantsIds"])]
    for index, variant in enumerate(gone):
        if variant is None or variant["product"] != product.id:
            message = "At least one variant does not belong to the product"
            code = "AT_LEAST_ONE_VARIANT_DOES_NOT_BELONG_TO_THE_PRODUCT"
            return {"product": None, "userErrors": [user_error(("variantsIds", str(index)), message, code)]}
    if len(gone) == len(variants_of(context.graph, product.id)):
        message = "Cannot delete the last variant of a product"
        error = user_error(("variantsIds",), message, "CANNOT_DELETE_LAST_VARIANT")
        return {"product": None, "userErrors": [error]}
    for variant in gone:
        if variant is not None:
            remove_variant(context, variant)
    renumber(context, product)
    change_product(context, product, {})
    return {"product": product, "userErrors": []}


def bulk_reorder(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """Put variants at positions, counted from 1."""
    product = context.graph.get(args["productId"], "Product")
    if product is None:
        error = user_error(("productId",), "Product does not exist", "PRODUCT_DOES_NOT_EXIST")
        return {"product": None, "userErrors": [error]}
    order = [variant.id for variant in variants_of(context.graph, product.id)]
    for index, row in enumerate(args["positions"]):
        path = ("positions", str(index))
        if row["id"] not in order:
            return {"product": None, "userErrors": [user_error((*path, "id"), "Missing variant", "MISSING_VARIANT")]}
        if row["position"] < 1:
            error = user_error((*path, "position"), "Invalid position", "INVALID_POSITION")
            return {"product": None, "userErrors": [error]}
        order.remove(row["id"])
        order.insert(row["position"] - 1, row["id"])
    for place, node_id in enumerate(order, 1):
        context.graph.update(node_id, position=place)
    change_product(context, product, {})
    return {"product": product, "userErrors": []}


def renumber(context: Context, product: Node) -> None:
    """Make positions 1, 2, 3 … again."""
    for place, variant in enumerate(variants_of(context.graph, product.id), 1):
        context.graph.update(variant.id, position=place)


def forget_values(context: Context, product: Node) -> None:
    """Drop option values that no variant has."""
    used = [choice_of(variant) for variant in variants_of(context.graph, product.id)]
    for option in options_of(context.graph, product.id):
        held = {choice.get(option["name"]) for choice in used}
        left = [value for value in option["_values"] or [] if value in held]
        context.graph.update(option.id, _values=left)
    for choice in used:
        learn_values(context.graph, product, choice)


def _update_errors(
    context: Context, product: Node, variant: Node | None, given: Mapping[str, Any], path: tuple[str, ...]
) -> tuple[Errors, Choice | None]:
    if not given.get("id"):
        message = "Product variant is missing ID attribute"
        return [user_error((*path, "id"), message, "PRODUCT_VARIANT_ID_MISSING")], None
    if variant is None or variant.type != "ProductVariant" or variant["product"] != product.id:
        message = "Product variant does not exist"
        return [user_error((*path, "id"), message, "PRODUCT_VARIANT_DOES_NOT_EXIST")], None
    errors = field_errors(context, given, path)
    if given.get("inventoryQuantities"):
        message = (
            "Inventory quantities can only be provided during create. "
            "To update inventory for existing variants, use inventoryAdjustQuantities."
        )
        code = "NO_INVENTORY_QUANTITIES_ON_VARIANTS_UPDATE"
        errors.append(user_error((*path, "inventoryQuantities"), message, code))
    if not given.get("optionValues"):
        return errors, None
    choice, problems = chosen(context, product, given["optionValues"], path, choice_of(variant))
    if not problems and twin(context, product, choice, variant) is not None:
        problems.append(_taken(choice, path))
    return errors + problems, choice


def _movements(context: Context, variant: Node, given: Mapping[str, Any]) -> list[Movement]:
    rows = given.get("quantityAdjustments") or []
    levels = [(find_level(context.graph, variant["inventoryItem"], row["locationId"]), row) for row in rows]
    return [Movement(level.id, "available", row.get("adjustment") or 0) for level, row in levels if level is not None]


def _invalid(error: dict[str, Any]) -> dict[str, Any]:
    """An error found by what other mutations share, with the code these have for it."""
    return {**error, "code": "INVALID_INPUT"}


def _taken(choice: Choice, path: tuple[str, ...]) -> dict[str, Any]:
    title = " / ".join(choice.values())
    message = f"The variant '{title}' already exists. Please change at least one option value."
    return user_error(path, message, "VARIANT_ALREADY_EXISTS")


def _too_many(count: int) -> Errors:
    if count <= VARIANT_LIMIT:
        return []
    message = f"You can only have a maximum of {VARIANT_LIMIT} variants per product"
    return [user_error(("variants",), message, "INVALID_INPUT")]


def _refused(*errors: dict[str, Any]) -> dict[str, Any]:
    return {"product": None, "productVariants": None, "userErrors": list(errors)}


MUTATIONS = {
    "productVariantsBulkCreate": bulk_create,
    "productVariantsBulkDelete": bulk_delete,
    "productVariantsBulkReorder": bulk_reorder,
    "productVariantsBulkUpdate": bulk_update,
}
