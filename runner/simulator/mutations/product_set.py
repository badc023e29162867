"""``productSet``: a product as it shall be, with all of its options and variants."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from runner.simulator.contract import Context, user_error
from runner.simulator.families.collections import collections_of
from runner.simulator.families.files import content_type_of
from runner.simulator.families.products import variants_of
from runner.simulator.families.rendering import render_product
from runner.simulator.graph import Node
from runner.simulator.mutations.collection_products import put_in, take_out
from runner.simulator.mutations.files import attach
from runner.simulator.mutations.metafields import set_inline
from runner.simulator.mutations.product_creation import add_product, first_choice, option_errors
from runner.simulator.mutations.product_media import add_media
from runner.simulator.mutations.products import change_product, field_errors, product_fields
from runner.simulator.mutations.variant_input import (
    Choice,
    Errors,
    add_variant,
    change_variant,
    choice_of,
    chosen,
    metafield_errors,
    options_of,
    remove_variant,
)
from runner.simulator.mutations.variant_input import (
    field_errors as variant_errors,
)

_CODES = frozenset(
    {
        "DUPLICATED_OPTION_NAME",
        "DUPLICATED_OPTION_VALUE",
        "OPTIONS_OVER_LIMIT",
        "OPTION_VALUES_MISSING",
        "PRODUCT_OPTIONS_INPUT_MISSING",
        "VARIANTS_INPUT_MISSING",
    }
)
"""Codes that ``productSet`` shares with the mutations its parts are checked by."""


def set_product(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """Create or change the product that ``identifier`` finds. Lists that are given replace those there are."""
    given, identifier = dict(args["input"]), args.get("identifier") or {}
    product, errors = _find(context, given, identifier)
    new = product is None
    if identifier.get("handle") and not given.get("handle"):
        given["handle"] = identifier["handle"]
    errors += _errors(context, product, given)
    if errors:
        return _refused(*errors)
    if product is None:
        product = add_product(context, given)
    elif given.get("productOptions"):
        _replace_options(context, product, given["productOptions"])
    errors = _set_variants(context, product, given, new)
    errors = errors or set_inline(context, product.id, given.get("metafields") or [], ("input", "metafields"))
    errors = errors or _set_files(context, product, given)
    if errors:
        return _refused(*errors)
    _set_collections(context, product, given)
    if new:
        context.emit("products/create", render_product(product, context))
    else:
        change_product(context, product, product_fields(given))
    return {"product": product, "userErrors": []}


def _find(context: Context, given: Mapping[str, Any], identifier: Mapping[str, Any]) -> tuple[Node | None, Errors]:
    node_id = identifier.get("id") or given.get("id")
    if node_id is not None:
        node = context.graph.get(node_id)
        if node is None or node.type != "Product":
            return None, [user_error(("input",), "Product does not exist", "PRODUCT_DOES_NOT_EXIST")]
        return node, []
    handle = identifier.get("handle")
    return (context.graph.first("Product", "handle", handle) if handle else None), []


def _errors(context: Context, product: Node | None, given: Mapping[str, Any]) -> Errors:
    errors = [{**each, "field": ["input", *each["field"]]} for each in field_errors(context, product, given)]
    if product is None and "title" not in given:
        errors.append(user_error(("input", "title"), "Title can't be blank", "INVALID_PRODUCT"))
    options = given.get("productOptions") or []
    errors += option_errors(options, ("input", "productOptions"))
    if given.get("variants") and not options:
        message = "You must specify product options when updating variants."
        errors.append(user_error(("input", "productOptions"), message, "PRODUCT_OPTIONS_INPUT_MISSING"))
    if options and product is not None and given.get("variants") is None:
        message = "You must specify variants when updating product options."
        errors.append(user_error(("input", "variants"), message, "VARIANTS_INPUT_MISSING"))
    return [{**each, "code": each["code"] if each["code"] in _CODES else "INVALID_PRODUCT"} for each in errors]


def _replace_options(context: Context, product: Node, options: Sequence[Mapping[str, Any]]) -> None:
    """Make ``options`` all there are; one of the same name or id stays the same object."""
    graph = context.graph
    held = {node.id: node for node in options_of(graph, product.id)}
    by_name = {node["name"]: node for node in held.values()}
    kept = set()
    for position, row in enumerate(options, 1):
        values = [str(value["name"]) for value in row.get("values") or []]
        known = held.get(row.get("id") or "") or by_name.get(row["name"])
        fields = {"name": row["name"], "position": position, "_values": values}
        if known is not None:
            kept.add(known.id)
            graph.update(known.id, fields)
        else:
            kept.add(graph.create("ProductOption", {**fields, "product": product.id}).id)
    for node_id in held:
        if node_id not in kept:
            graph.delete(node_id)


def _set_variants(context: Context, product: Node, given: Mapping[str, Any], new: bool) -> Errors:
    """Make the variants given all there are: one of the same id, else of the same option values, is changed."""
    rows = given.get("variants")
    if rows is None:
        if new:
            add_variant(context, product, {}, first_choice(context, product))
        return []
    errors: Errors = []
    kept: list[Node] = []
    held = variants_of(context.graph, product.id)
    for index, row in enumerate(rows):
        path = ("input", "variants", str(index))
        choice, problems = chosen(context, product, row.get("optionValues") or [], path, {})
        problems += variant_errors(context, row, path)
        if any(choice_of(each) == choice for each in kept):
            problems.append(user_error(path, "The variant already exists.", "INVALID_VARIANT"))
        if not problems:
            variant = _write(context, product, row, choice, held)
            problems += metafield_errors(context, variant, row, path)
            context.graph.update(variant.id, position=row.get("position") or index + 1)
            kept.append(variant)
        errors += [{**each, "code": "INVALID_VARIANT"} for each in problems]
    for variant in held:
        if not errors and variant not in kept:
            remove_variant(context, variant)
    return errors


def _write(context: Context, product: Node, row: Mapping[str, Any], choice: Choice, held: Sequence[Node]) -> Node:
    for variant in held:
        if variant.id == row.get("id") or (not row.get("id") and choice_of(variant) == choice):
            change_variant(context, variant, row, choice)
            return variant
    return add_variant(context, product, row, choice)


def _set_files(context: Context, product: Node, given: Mapping[str, Any]) -> Errors:
    if given.get("files") is None:
        return []
    context.graph.update(product.id, _media=[])
    for index, row in enumerate(given["files"]):
        if row.get("id"):
            if context.graph.get(row["id"]) is None:
                message = f"File id {row['id']} does not exist."
                return [user_error(("input", "files", str(index), "id"), message, "INVALID_INPUT")]
            attach(context, product.id, [row["id"]])
            continue
        source = row.get("originalSource") or ""
        content = row.get("contentType") or content_type_of(source)
        media = {"originalSource": source, "alt": row.get("alt"), "mediaContentType": content}
        errors = add_media(context, product, [media], "files")
        if errors:
            return [{**error, "code": "INVALID_INPUT"} for error in errors]
    return []


def _set_collections(context: Context, product: Node, given: Mapping[str, Any]) -> None:
    wanted = given.get("collections")
    if wanted is None:
        return
    for collection in collections_of(context.graph, product):
        if collection["_rules"] is None and collection.id not in wanted:
            take_out(context, collection, [product.id])
    for node_id in wanted:
        joined = context.graph.get(node_id)
        if joined is not None and joined["_rules"] is None:
            put_in(context, joined, [product.id])


def _refused(*errors: dict[str, Any]) -> dict[str, Any]:
    return {"product": None, "userErrors": list(errors)}


MUTATIONS = {"productSet": set_product}
