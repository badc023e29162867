"""``productUpdate``: the product's own fields, tags and metafields."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from runner.simulator.contract import Context, Refusal, user_error
from runner.simulator.families.rendering import render_product
from runner.simulator.graph import Node
from runner.simulator.mutations.metafields import set_inline
from runner.simulator.mutations.tags import split_tags

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
TITLE_LIMIT = 255
_UNANSWERED = ("category", "collectionsToJoin", "collectionsToLeave", "productOptions", "publications", "media")


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
    errors = _errors(context, product, given)
    if errors:
        return {"product": None, "userErrors": errors}
    fields = {name: given[name] for name in _PLAIN if name in given}
    if given.get("handle"):
        fields["handle"] = handle_of(given["handle"])
    if "tags" in given:
        fields["tags"] = sorted(split_tags(given["tags"] or []), key=str.casefold)
    errors = set_inline(context, product.id, given.get("metafields") or [], ("metafields",))
    if errors:
        return {"product": None, "userErrors": errors}
    return {"product": change_product(context, product, fields), "userErrors": []}


def change_product(context: Context, product: Node, fields: Mapping[str, Any]) -> Node:
    """Store ``fields``, bump ``updatedAt`` and send ``products/update``, as every save of a product does."""
    context.graph.update(product.id, {**fields, "updatedAt": context.graph.now()})
    context.emit("products/update", render_product(product, context))
    return product


def handle_of(text: str) -> str:
    """A text as a handle: lower case, hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def _product(context: Context, given: Mapping[str, Any], identifier: Mapping[str, Any]) -> Node | None:
    node_id = identifier.get("id") or given.get("id")
    if node_id is None and identifier.get("handle"):
        return context.graph.first("Product", "handle", identifier["handle"])
    node = context.graph.get(node_id)
    return node if node is not None and node.type == "Product" else None


def _errors(context: Context, product: Node, given: Mapping[str, Any]) -> list[dict[str, Any]]:
    errors = []
    if "title" in given:
        title = given["title"] or ""
        if not title.strip():
            errors.append(user_error(("title",), "Title can't be blank"))
        elif len(title) > TITLE_LIMIT:
            errors.append(user_error(("title",), f"Title is too long (maximum is {TITLE_LIMIT} characters)"))
    for name, what in (("vendor", "Vendor"), ("productType", "Product type")):
        if len(given.get(name) or "") > TITLE_LIMIT:
            errors.append(user_error((name,), f"{what} is too long (maximum is {TITLE_LIMIT} characters)"))
    if given.get("handle"):
        other = context.graph.first("Product", "handle", handle_of(given["handle"]))
        if other is not None and other is not product:
            message = f"Handle '{handle_of(given['handle'])}' already in use. Please provide a new handle."
            errors.append(user_error(("handle",), message))
    return errors


MUTATIONS = {"productUpdate": update}
