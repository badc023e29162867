"""``productUpdate``: the product's own fields, tags, metafields, media and collections."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from runner.simulator.contract import Context, Refusal, user_error
from runner.simulator.families.rendering import render_product
from runner.simulator.graph import Node
from runner.simulator.mutations.collection_products import put_in, take_out
from runner.simulator.mutations.metafields import set_inline
from runner.simulator.mutations.product_media import add_media
from runner.simulator.mutations.tags import split_tags
from runner.simulator.mutations.titles import TITLE_LIMIT, handle_of, title_errors

_PLAIN = (
    "title",
    "vendor",
    "productType",
    "descriptionHtml",
    "status",
    "templateSuffix",
    "seo",
    "giftCardTemplateSuffix",
)
_UNANSWERED = ("productOptions", "publications", "productPublications", "combinedListingRole")


def update(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """Change a product, named by ``product.id``, ``input.id`` or ``identifier``. Sends ``products/update``."""
    given: dict[str, Any] = args.get("product") or args.get("input") or {}
    ignored = [name for name in _UNANSWERED if given.get(name) or args.get(name)]
    if ignored:
        message = f"the simulator does not implement productUpdate({', '.join(ignored)}:) yet"
        raise Refusal(message, "SIMULATOR_NOT_IMPLEMENTED")
    product = _product(context, given, args.get("identifier") or {})
    if product is None:
        return {"product": None, "userErrors": [user_error(("id",), "Product does not exist")]}
    errors = field_errors(context, product, given)
    if errors:
        return {"product": None, "userErrors": errors}
    errors = set_inline(context, product.id, given.get("metafields") or [], ("metafields",))
    errors = errors or add_media(context, product, args.get("media") or [])
    if errors:
        return {"product": None, "userErrors": errors}
    change_product(context, product, product_fields(given))
    move_between_collections(context, product, given)
    return {"product": product, "userErrors": []}


def product_fields(given: Mapping[str, Any]) -> dict[str, Any]:
    """The product's own fields in an input that was found good, as they are stored."""
    fields = {name: given[name] for name in _PLAIN if name in given}
    if given.get("handle"):
        fields["handle"] = handle_of(given["handle"])
    if "tags" in given:
        fields["tags"] = sorted(split_tags(given["tags"] or []), key=str.casefold)
    if "category" in given:
        fields["_category"] = given["category"]
    return fields


def move_between_collections(context: Context, product: Node, given: Mapping[str, Any]) -> None:
    """Put a product into the manual collections of ``collectionsToJoin``, and out of those it is to leave."""
    for name, call in (("collectionsToJoin", put_in), ("collectionsToLeave", take_out)):
        for node_id in given.get(name) or []:
            collection = context.graph.get(node_id)
            if collection is not None:
                call(context, collection, [product.id])


def change_product(context: Context, product: Node, fields: Mapping[str, Any]) -> Node:
    """Store ``fields``, bump ``updatedAt`` and send ``products/update``, as every save of a product does."""
    context.graph.update(product.id, {**fields, "updatedAt": context.graph.now()})
    context.emit("products/update", render_product(product, context))
    return product


def _product(context: Context, given: Mapping[str, Any], identifier: Mapping[str, Any]) -> Node | None:
    node_id = identifier.get("id") or given.get("id")
    if node_id is None and identifier.get("handle"):
        return context.graph.first("Product", "handle", identifier["handle"])
    return context.graph.get(node_id, "Product")


def field_errors(context: Context, product: Node | None, given: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What is wrong with the product's own fields; ``product`` is the one to be changed, None for a new one."""
    errors = title_errors(given) + _collection_errors(context, given)
    for name, what in (("vendor", "Vendor"), ("productType", "Product type")):
        if len(given.get(name) or "") > TITLE_LIMIT:
            errors.append(user_error((name,), f"{what} is too long (maximum is {TITLE_LIMIT} characters)"))
    if given.get("handle"):
        other = context.graph.first("Product", "handle", handle_of(given["handle"]))
        if other is not None and other is not product:
            message = f"Handle '{handle_of(given['handle'])}' already in use. Please provide a new handle."
            errors.append(user_error(("handle",), message))
    return errors


def _collection_errors(context: Context, given: Mapping[str, Any]) -> list[dict[str, Any]]:
    errors = []
    for name in ("collectionsToJoin", "collectionsToLeave"):
        for index, node_id in enumerate(given.get(name) or []):
            collection = context.graph.get(node_id)
            if collection is None or collection.type != "Collection":
                errors.append(user_error((name, str(index)), "Collection does not exist"))
            elif collection["_rules"] is not None:
                errors.append(user_error((name, str(index)), "Can't manually add or remove from a smart collection"))
    return errors


MUTATIONS = {"productUpdate": update}
