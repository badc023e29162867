"""``productCreate``, ``productDelete``, ``productDuplicate``, ``productChangeStatus``."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

from runner.simulator.contract import Context, user_error
from runner.simulator.families import jobs
from runner.simulator.families.events import note_event
from runner.simulator.families.products import variants_of
from runner.simulator.families.rendering import render_product
from runner.simulator.graph import Node
from runner.simulator.mutations.metafields import set_inline
from runner.simulator.mutations.product_media import add_media
from runner.simulator.mutations.products import (
    change_product,
    field_errors,
    move_between_collections,
    product_fields,
)
from runner.simulator.mutations.titles import free_handle
from runner.simulator.mutations.variant_input import OPTION_LIMIT, add_variant, options_of, remove_variant

DEFAULT_OPTIONS = ({"name": "Title", "values": [{"name": "Default Title"}]},)
Errors = list[dict[str, Any]]


def create(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """Add a product with its options and one variant of their first values. Sends ``products/create``."""
    given: dict[str, Any] = args.get("product") or args.get("input") or {}
    errors = _create_errors(context, given)
    if errors:
        return _refused(context, *errors)
    product = add_product(context, given)
    errors = set_inline(context, product.id, given.get("metafields") or [], ("metafields",))
    errors = errors or add_media(context, product, args.get("media") or [])
    if errors:
        return _refused(context, *errors)
    add_variant(context, product, {}, first_choice(context, product))
    move_between_collections(context, product, given)
    note_event(context, product, "create", f"created this product: {product['title']}.")
    context.emit("products/create", render_product(product, context))
    return {"product": product, "shop": context.shop, "userErrors": []}


def add_product(context: Context, given: Mapping[str, Any]) -> Node:
    """Store a product of an input that was found good, with its options: without variants, in no channel, not told."""
    graph, now = context.graph, context.graph.now()
    product = graph.create(
        "Product",
        {
            "productType": "",
            "vendor": context.shop["name"],
            "tags": [],
            "status": "ACTIVE",
            "descriptionHtml": "",
            "templateSuffix": None,
            "isGiftCard": bool(given.get("giftCard")),
            **product_fields(given),
            "handle": free_handle(context, "Product", given.get("handle") or given["title"]),
            "createdAt": now,
            "updatedAt": now,
            "publishedAt": None,
            "_publications": {},
        },
    )
    for position, option in enumerate(given.get("productOptions") or DEFAULT_OPTIONS, 1):
        values = [str(value["name"]) for value in option.get("values") or []]
        fields = {"product": product.id, "name": option["name"], "position": position, "_values": values}
        graph.create("ProductOption", fields)
    return product


def first_choice(context: Context, product: Node) -> dict[str, str]:
    """The first value of each option."""
    return {option["name"]: option["_values"][0] for option in options_of(context.graph, product.id)}


def option_errors(options: Sequence[Mapping[str, Any]], path: tuple[str, ...]) -> Errors:
    """What is wrong with ``OptionCreateInput`` rows: names and values missing or twice, or too many."""
    errors: Errors = []
    names: set[str] = set()
    if len(options) > OPTION_LIMIT:
        message = f"Can only specify a maximum of {OPTION_LIMIT} options"
        errors.append(user_error(path, message, "OPTIONS_OVER_LIMIT"))
    for index, option in enumerate(options):
        where = (*path, str(index))
        name = (option.get("name") or "").strip()
        values = [str(value.get("name") or "").strip() for value in option.get("values") or []]
        if not name:
            errors.append(user_error((*where, "name"), "Option name is missing", "OPTION_NAME_MISSING"))
        elif name.lower() in names:
            errors.append(user_error((*where, "name"), f"Option '{name}' already exists", "DUPLICATED_OPTION_NAME"))
        names.add(name.lower())
        if not values or not all(values):
            message = "Option must have at least one value"
            errors.append(user_error((*where, "values"), message, "OPTION_VALUES_MISSING"))
        elif len({value.lower() for value in values}) < len(values):
            message = "Option values must be unique"
            errors.append(user_error((*where, "values"), message, "DUPLICATED_OPTION_VALUE"))
    return errors


def delete(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """Delete a product with all that is its own. Sends ``products/delete``."""
    product = context.graph.get(args["input"]["id"], "Product")
    if product is None:
        error = user_error(("id",), "Product does not exist")
        return {"deletedProductId": None, "shop": context.shop, "userErrors": [error]}
    remove_product(context, product)
    answer: dict[str, Any] = {"deletedProductId": product.id, "shop": context.shop, "userErrors": []}
    if args.get("synchronous") is False:
        fields: dict[str, Any] = {"deletedProductId": product.id, "status": "COMPLETE", "product": None}
        fields["userErrors"] = []
        operation = context.graph.create("ProductDeleteOperation", fields)
        started = {**operation.fields, "id": operation.id, "status": "CREATED", "deletedProductId": None}
        answer.update(deletedProductId=None, productDeleteOperation=started)
    return answer


def remove_product(context: Context, product: Node) -> None:
    """Take a product away: variants, items, levels, options, metafields, and its places in collections."""
    graph = context.graph
    for variant in variants_of(graph, product.id):
        remove_variant(context, variant)
    for kind, field in (("ProductOption", "product"), ("Metafield", "_owner")):
        for node in graph.find(kind, field, product.id):
            graph.delete(node.id)
    for collection in graph.of_type("Collection"):
        held = collection["_products"] or []
        if product.id in held:
            graph.update(collection.id, _products=[each for each in held if each != product.id])
    graph.delete(product.id)
    context.emit("products/delete", {"id": product.number})


def duplicate(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """Copy a product with its variants under a new title; stock and channels are not copied."""
    product = context.graph.get(args["productId"], "Product")
    errors = [] if product is not None else [user_error(("productId",), "Product does not exist")]
    errors += [{**each, "field": ["newTitle"]} for each in field_errors(context, None, {"title": args["newTitle"]})]
    if product is None or errors:
        return {"newProduct": None, "shop": context.shop, "userErrors": errors}
    graph, now = context.graph, context.graph.now()
    own = {name: value for name, value in product.fields.items() if name not in ("_publications", "_media")}
    own.update(title=args["newTitle"], handle=free_handle(context, "Product", args["newTitle"]))
    own.update(status=args.get("newStatus") or product["status"], createdAt=now, updatedAt=now)
    own.update(publishedAt=None, _publications={})
    if args.get("includeImages"):
        own["_media"] = product["_media"]
    copy = graph.create("Product", own)
    for option in options_of(graph, product.id):
        graph.create("ProductOption", {**option.fields, "product": copy.id})
    for variant in variants_of(graph, product.id):
        item = graph.get(variant["inventoryItem"])
        given = {
            **{name: variant[name] for name in ("price", "compareAtPrice", "barcode", "inventoryPolicy", "taxable")},
            "inventoryItem": {name: item[name] for name in ("sku", "tracked", "requiresShipping")} if item else {},
        }
        add_variant(context, copy, given, {each["name"]: each["value"] for each in variant["selectedOptions"]})
    for metafield in graph.find("Metafield", "_owner", product.id):
        graph.create("Metafield", {**metafield.fields, "_owner": copy.id, "createdAt": now, "updatedAt": now})
    context.emit("products/create", render_product(copy, context))
    job = jobs.started(context) if args.get("includeImages") else None
    return {"newProduct": copy, "imageJob": job, "shop": context.shop, "userErrors": []}


def change_status(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """``productChangeStatus``."""
    product = context.graph.get(args["productId"], "Product")
    if product is None:
        error = user_error(("productId",), "Product does not exist", "PRODUCT_NOT_FOUND")
        return {"product": None, "userErrors": [error]}
    return {"product": change_product(context, product, {"status": args["status"]}), "userErrors": []}


def combinations(options: Sequence[Node]) -> list[dict[str, str]]:
    """Every choice of one value for each option."""
    names = [option["name"] for option in options]
    return [
        dict(zip(names, values, strict=True))
        for values in itertools.product(*(option["_values"] or [] for option in options))
    ]


def _create_errors(context: Context, given: Mapping[str, Any]) -> Errors:
    errors = [user_error(("id",), "Id can't be given for a new product")] if given.get("id") else []
    if "title" not in given:
        errors.append(user_error(("title",), "Title can't be blank"))
    errors += field_errors(context, None, given)
    if given.get("productOptions"):
        errors += option_errors(given["productOptions"], ("productOptions",))
    return errors


def _refused(context: Context, *errors: dict[str, Any]) -> dict[str, Any]:
    return {"product": None, "shop": context.shop, "userErrors": list(errors)}


MUTATIONS = {
    "productChangeStatus": change_status,
    "productCreate": create,
    "productDelete": delete,
    "productDuplicate": duplicate,
}
