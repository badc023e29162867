"""Products, variants and images made and deleted over REST."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from runner.simulator.contract import Context, RestCall, RestError, RestReply, Route
from runner.simulator.families.files import images_of
from runner.simulator.families.products import variants_of
from runner.simulator.families.publications import online_store
from runner.simulator.families.rendering import render_product, render_variant
from runner.simulator.graph import Node, gid
from runner.simulator.mutations.files import attach, detach
from runner.simulator.mutations.product_creation import add_product, remove_product
from runner.simulator.mutations.product_media import add_media
from runner.simulator.mutations.product_variants import renumber
from runner.simulator.mutations.products import change_product
from runner.simulator.mutations.titles import title_errors
from runner.simulator.mutations.variant_input import add_variant, options_of, remove_variant, twin
from runner.simulator.rest.metafields import store_given
from runner.simulator.rest.paging import fetch, invalid, not_found, one, wrapped
from runner.simulator.rest.products import product_fields, variant_fields


def create(context: Context, call: RestCall) -> RestReply:
    """Add a product with variants, options and images; it is in the online store unless it says otherwise."""
    given = wrapped(call, "product")
    if title_errors({"title": str(given.get("title") or "")}):
        raise invalid(title="can't be blank")
    product = add_product(context, {"title": str(given["title"]), "productOptions": _options(given)})
    fields = product_fields(given)
    if given.get("published", True):
        store = online_store(context.graph)
        now = context.graph.now()
        fields.update(publishedAt=now, _publications={store.id: now} if store is not None else {})
    context.graph.update(product.id, fields)
    for row in given.get("variants") or [{}]:
        _add_variant(context, product, row)
    for row in given.get("images") or []:
        _add_image(context, product, row)
    for row in given.get("metafields") or []:
        store_given(context, product.id, row)
    context.emit("products/create", render_product(product, context))
    return one("product", product, render_product, context, call, 201)


def delete(context: Context, call: RestCall) -> RestReply:
    """Delete a product."""
    remove_product(context, fetch(context, "Product", call.ids["id"]))
    return RestReply(200, {})


def create_variant(context: Context, call: RestCall) -> RestReply:
    """Add a variant to a product."""
    product = fetch(context, "Product", call.ids["id"])
    variant = _add_variant(context, product, wrapped(call, "variant"))
    change_product(context, product, {})
    return one("variant", variant, render_variant, context, call, 201)


def delete_variant(context: Context, call: RestCall) -> RestReply:
    """Delete a variant, but not the last one."""
    variant = fetch(context, "ProductVariant", call.ids["variant_id"])
    product = context.graph.get(variant["product"])
    if product is None or call.ids.get("id", product.number) != product.number:
        raise not_found()
    if len(variants_of(context.graph, product.id)) == 1:
        raise RestError(422, {"base": ["Cannot delete the last variant of a product"]})
    remove_variant(context, variant)
    renumber(context, product)
    change_product(context, product, {})
    return RestReply(200, {})


def images(context: Context, call: RestCall) -> RestReply:
    """The images of a product."""
    product = fetch(context, "Product", call.ids["id"])
    return RestReply(200, {"images": render_product(product, context)["images"]})


def images_count(context: Context, call: RestCall) -> RestReply:
    """How many images a product has."""
    return RestReply(200, {"count": len(images_of(context.graph, fetch(context, "Product", call.ids["id"])))})


def image(context: Context, call: RestCall) -> RestReply:
    """One image of a product."""
    product, found = _image(context, call)
    rows = render_product(product, context)["images"]
    return RestReply(200, {"image": next(row for row in rows if row["id"] == found.number)})


def change_image(context: Context, call: RestCall) -> RestReply:
    """Change the text and the variants of an image."""
    product, found = _image(context, call)
    given = wrapped(call, "image")
    if "alt" in given:
        context.graph.update(found.id, alt=given["alt"])
    for number in given.get("variant_ids") or []:
        attach(context, gid("ProductVariant", number), [found.id])
    change_product(context, product, {})
    return image(context, call)


def create_image(context: Context, call: RestCall) -> RestReply:
    """Add an image by its address."""
    product = fetch(context, "Product", call.ids["id"])
    _add_image(context, product, wrapped(call, "image"))
    change_product(context, product, {})
    return RestReply(200, {"image": render_product(product, context)["images"][-1]})


def delete_image(context: Context, call: RestCall) -> RestReply:
    """Take an image away."""
    product, found = _image(context, call)
    detach(context, product.id, [found.id])
    context.graph.delete(found.id)
    change_product(context, product, {})
    return RestReply(200, {})


def _image(context: Context, call: RestCall) -> tuple[Node, Node]:
    product = fetch(context, "Product", call.ids["id"])
    found = context.graph.by_number("MediaImage", call.ids["image_id"])
    if found is None or found not in images_of(context.graph, product):
        raise not_found()
    return product, found


def _options(given: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Options by name, with the values that the variants have."""
    rows = given.get("options") or []
    variants = given.get("variants") or []
    if not rows and not any(row.get("option1") for row in variants):
        return []
    names = [row.get("name") if isinstance(row, Mapping) else row for row in rows] or ["Title"]
    options = []
    for place, name in enumerate(names, 1):
        values = dict.fromkeys(str(row.get(f"option{place}") or "Default Title") for row in variants)
        options.append({"name": str(name), "values": [{"name": value} for value in values or ["Default Title"]]})
    return options


def _add_variant(context: Context, product: Node, given: Mapping[str, Any]) -> Node:
    choice = {
        option["name"]: str(given.get(f"option{place}") or "Default Title")
        for place, option in enumerate(options_of(context.graph, product.id), 1)
    }
    if twin(context, product, choice, None) is not None:
        title = " / ".join(choice.values())
        raise RestError(
            422, {"base": [f"The variant '{title}' already exists. Please change at least one option value."]}
        )
    fields = variant_fields(given)
    item: dict[str, Any] = {
        "sku": fields.pop("sku", "") or "",
        "tracked": given.get("inventory_management") == "shopify",
    }
    if "requires_shipping" in given:
        item["requiresShipping"] = bool(given["requires_shipping"])
    wanted: dict[str, Any] = {"inventoryItem": item}
    quantity, primary = given.get("inventory_quantity"), context.shop["_primary_location"]
    if isinstance(quantity, int) and primary is not None:
        wanted["inventoryQuantities"] = [{"locationId": primary, "availableQuantity": quantity}]
    variant = add_variant(context, product, wanted, choice)
    context.graph.update(variant.id, fields)
    for row in given.get("metafields") or []:
        store_given(context, variant.id, row)
    return variant


def _add_image(context: Context, product: Node, given: Mapping[str, Any]) -> None:
    row = {"originalSource": str(given.get("src") or ""), "mediaContentType": "IMAGE", "alt": given.get("alt")}
    if add_media(context, product, [row]):
        raise RestError(422, {"image": ["src is invalid"]})
    image = (product["_media"] or [])[-1]
    for number in given.get("variant_ids") or []:
        attach(context, gid("ProductVariant", number), [image])


ROUTES = (
    Route("POST", "products", create, "write_products"),
    Route("DELETE", "products/{id}", delete, "write_products"),
    Route("GET", "products/{id}/images", images, "read_products"),
    Route("POST", "products/{id}/images", create_image, "write_products"),
    Route("GET", "products/{id}/images/count", images_count, "read_products"),
    Route("GET", "products/{id}/images/{image_id}", image, "read_products"),
    Route("PUT", "products/{id}/images/{image_id}", change_image, "write_products"),
    Route("DELETE", "products/{id}/images/{image_id}", delete_image, "write_products"),
    Route("POST", "products/{id}/variants", create_variant, "write_products"),
    Route("DELETE", "products/{id}/variants/{variant_id}", delete_variant, "write_products"),
    Route("DELETE", "variants/{variant_id}", delete_variant, "write_products"),
)
