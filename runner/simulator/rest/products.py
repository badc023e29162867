"""Products and variants over REST."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from runner.simulator.contract import Context, RestCall, RestReply, Route
from runner.simulator.families.collections import products_of
from runner.simulator.families.products import variants_of
from runner.simulator.families.rendering import render_product, render_variant
from runner.simulator.graph import Node
from runner.simulator.mutations.products import change_product
from runner.simulator.mutations.tags import split_tags
from runner.simulator.mutations.titles import handle_of
from runner.simulator.rest.paging import (
    fetch,
    filters,
    integer,
    invalid,
    listing,
    not_found,
    numbers,
    one,
    within,
    wrapped,
)

STATUSES = ("ACTIVE", "ARCHIVED", "DRAFT")
POLICIES = ("CONTINUE", "DENY")
_TESTS: dict[str, Callable[[Node, str], bool]] = {
    "title": lambda node, text: bool(node["title"] == text),
    "vendor": lambda node, text: bool(node["vendor"] == text),
    "product_type": lambda node, text: bool(node["productType"] == text),
    "handle": lambda node, text: node["handle"] in text.split(","),
    "status": lambda node, text: (node["status"] or "ACTIVE").lower() in text.lower().split(","),
    "published_status": lambda node, text: text in ("any", "published" if node["publishedAt"] else "unpublished"),
}


def index(context: Context, call: RestCall) -> RestReply:
    """Products that fit the filters."""
    return listing("products", _chosen(context, call), render_product, context, call)


def count(context: Context, call: RestCall) -> RestReply:
    """How many products fit the filters."""
    return RestReply(200, {"count": len(_chosen(context, call))})


def show(context: Context, call: RestCall) -> RestReply:
    """One product with its variants."""
    return one("product", fetch(context, "Product", call.ids["id"]), render_product, context, call)


def change(context: Context, call: RestCall) -> RestReply:
    """Change a product's own fields."""
    product = fetch(context, "Product", call.ids["id"])
    given = wrapped(call, "product")
    change_product(context, product, product_fields(given))
    return one("product", product, render_product, context, call)


def variants(context: Context, call: RestCall) -> RestReply:
    """The variants of a product."""
    product = fetch(context, "Product", call.ids["id"])
    return listing("variants", variants_of(context.graph, product.id), render_variant, context, call)


def variants_count(context: Context, call: RestCall) -> RestReply:
    """How many variants a product has."""
    return RestReply(200, {"count": len(variants_of(context.graph, fetch(context, "Product", call.ids["id"]).id))})


def variant(context: Context, call: RestCall) -> RestReply:
    """One variant; under a product, only one of its own."""
    return one("variant", _variant(context, call), render_variant, context, call)


def change_variant(context: Context, call: RestCall) -> RestReply:
    """Change a variant's price, SKU, barcode, policy; its product was saved by that."""
    node = _variant(context, call)
    graph = context.graph
    fields = variant_fields(wrapped(call, "variant"))
    graph.update(node.id, {**fields, "updatedAt": graph.now()})
    item = graph.get(node["inventoryItem"])
    if "sku" in fields and item is not None:
        graph.update(item.id, sku=fields["sku"], updatedAt=graph.now())
    product = graph.get(node["product"])
    if product is not None:
        change_product(context, product, {})
    return one("variant", node, render_variant, context, call)


def _chosen(context: Context, call: RestCall) -> list[Node]:
    asked = filters(call)
    ids = numbers(asked, "ids")
    found = context.graph.of_type("Product")
    inside = integer(asked, "collection_id", required=False)
    if inside is not None:
        found = products_of(context.graph, fetch(context, "Collection", inside))
    found = [node for node in found if within(node, asked)]
    if ids is not None:
        found = [node for node in found if node.number in ids]
    for name, test in _TESTS.items():
        if asked.get(name):
            found = [node for node in found if test(node, asked[name])]
    return found


def _variant(context: Context, call: RestCall) -> Node:
    number = call.ids.get("variant_id", call.ids["id"])
    node = fetch(context, "ProductVariant", number)
    if "variant_id" in call.ids and node["product"] != fetch(context, "Product", call.ids["id"]).id:
        raise not_found()
    return node


def product_fields(given: Mapping[str, Any]) -> dict[str, Any]:
    """REST's attributes of a product as they are stored; ``RestError`` 422 for what is wrong with them."""
    fields: dict[str, Any] = {}
    for theirs, ours in (("vendor", "vendor"), ("product_type", "productType"), ("body_html", "descriptionHtml")):
        if theirs in given:
            fields[ours] = given[theirs] or ""
    if "template_suffix" in given:
        fields["templateSuffix"] = given["template_suffix"]
    if "title" in given:
        if not str(given["title"] or "").strip():
            raise invalid(title="can't be blank")
        fields["title"] = str(given["title"])
    if given.get("handle"):
        fields["handle"] = handle_of(str(given["handle"]))
    if "tags" in given:
        tags = given["tags"] or ""
        fields["tags"] = sorted(split_tags([tags] if isinstance(tags, str) else tags), key=str.casefold)
    if "status" in given:
        fields["status"] = _choice(given["status"], STATUSES, "status")
    return fields


def variant_fields(given: Mapping[str, Any]) -> dict[str, Any]:
    """REST's attributes of a variant as they are stored; ``RestError`` 422 for what is wrong with them."""
    fields: dict[str, Any] = {}
    for theirs, ours in (("sku", "sku"), ("barcode", "barcode")):
        if theirs in given:
            fields[ours] = given[theirs] or ("" if ours == "sku" else None)
    for theirs, ours in (("price", "price"), ("compare_at_price", "compareAtPrice")):
        if theirs in given:
            fields[ours] = _money(given[theirs], theirs)
    if "taxable" in given:
        fields["taxable"] = bool(given["taxable"])
    if "inventory_policy" in given:
        fields["inventoryPolicy"] = _choice(given["inventory_policy"], POLICIES, "inventory_policy")
    return fields


def _choice(value: Any, options: tuple[str, ...], name: str) -> str:
    if str(value).upper() not in options:
        raise invalid(**{name: "is not included in the list"})
    return str(value).upper()


def _money(value: Any, name: str) -> str | None:
    if value is None and name != "price":
        return None
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        raise invalid(**{name: "is not a number"}) from None
    if amount < 0:
        raise invalid(**{name: "must be greater than or equal to 0"})
    return f"{amount:.2f}"


ROUTES = (
    Route("GET", "products", index, "read_products"),
    Route("GET", "products/count", count, "read_products"),
    Route("GET", "products/{id}", show, "read_products"),
    Route("PUT", "products/{id}", change, "write_products"),
    Route("GET", "products/{id}/variants", variants, "read_products"),
    Route("GET", "products/{id}/variants/count", variants_count, "read_products"),
    Route("GET", "products/{id}/variants/{variant_id}", variant, "read_products"),
    Route("PUT", "products/{id}/variants/{variant_id}", change_variant, "write_products"),
    Route("GET", "variants/{id}", variant, "read_products"),
    Route("PUT", "variants/{id}", change_variant, "write_products"),
)
