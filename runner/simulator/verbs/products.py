"""``edit-product`` and ``tag``: what staff does to the catalogue."""

from __future__ import annotations

from typing import Any

from runner.errors import InputError
from runner.simulator.contract import Context, Refusal
from runner.simulator.families.rendering import render_product
from runner.simulator.mutations.products import update
from runner.simulator.mutations.tags import add, remove
from runner.simulator.verbs.customers import customer_of
from runner.simulator.verbs.finding import product_of, refuse_unknown
from runner.simulator.verbs.order_care import order_of

_FIELDS = {
    "title": "title",
    "handle": "handle",
    "vendor": "vendor",
    "type": "productType",
    "description": "descriptionHtml",
    "status": "status",
    "tags": "tags",
}


def edit_product(context: Context, given: dict[str, Any]) -> dict[str, Any]:
    """Save a product: ``{product, title, handle, vendor, type, description, status, tags}``, only what is given."""
    refuse_unknown(given, ("product", *_FIELDS), "edit-product")
    product = product_of(context, given.get("product"))
    fields = {theirs: given[ours] for ours, theirs in _FIELDS.items() if ours in given}
    if "status" in fields:
        fields["status"] = str(fields["status"]).upper()
        if fields["status"] not in ("ACTIVE", "ARCHIVED", "DRAFT"):
            raise InputError(f"there is no status {given['status']!r}", hint="one of active, archived, draft")
    if isinstance(fields.get("tags"), str):
        fields["tags"] = [fields["tags"]]
    answer = update(context, {"product": {"id": product.id, **fields}})
    if answer["userErrors"]:
        raise InputError("; ".join(error["message"] for error in answer["userErrors"]))
    return render_product(product, context)


def tag(context: Context, given: dict[str, Any]) -> dict[str, Any]:
    """Change tags: ``{product | order | customer | id, add: […], remove: […]}``; ``id`` is a gid of anything."""
    refuse_unknown(given, ("product", "order", "customer", "id", "add", "remove"), "tag")
    if not given.get("add") and not given.get("remove"):
        raise InputError("say which tags: add or remove is missing", hint='for example {"add": ["sale"]}')
    node_id = _tagged(context, given)
    for call, name in ((add, "add"), (remove, "remove")):
        wanted = given.get(name) or []
        if not isinstance(wanted, str) and not (
            isinstance(wanted, list) and all(isinstance(tag, str) for tag in wanted)
        ):
            raise InputError(f"{name} is a tag or a list of tags, not {wanted!r}")
        try:
            answer = call(context, {"id": node_id, "tags": [wanted] if isinstance(wanted, str) else wanted})
        except Refusal as refusal:
            raise InputError(
                refusal.message, hint="give the gid of an order, customer, product or draft order"
            ) from refusal
        if answer["userErrors"]:
            raise InputError("; ".join(error["message"] for error in answer["userErrors"]))
    node = context.graph.get(node_id)
    return {"id": node_id, "tags": list(node["tags"] or []) if node is not None else []}


def _tagged(context: Context, given: dict[str, Any]) -> Any:
    """The gid of what is to be tagged."""
    if given.get("id"):
        return given["id"]
    if given.get("order"):
        return order_of(context, given["order"]).id
    if given.get("customer"):
        return customer_of(context, given["customer"]).id
    return product_of(context, given.get("product")).id


VERBS = {"edit-product": edit_product, "tag": tag}
