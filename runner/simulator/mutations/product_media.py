"""Media of products and variants: added from addresses, changed, put in order, taken away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from runner.simulator.contract import Context, user_error
from runner.simulator.families import jobs
from runner.simulator.families.announcing import announce_saved
from runner.simulator.families.files import store_file
from runner.simulator.graph import Node
from runner.simulator.mutations.files import attach, detach, source_error

LIMIT = 250
"""Media of one product."""
Errors = list[dict[str, Any]]


def add_media(context: Context, product: Node, rows: Sequence[Mapping[str, Any]], path: str = "media") -> Errors:
    """Attach new media of ``CreateMediaInput`` rows to a product; what is wrong with them otherwise."""
    errors = []
    for index, row in enumerate(rows):
        if source_error(context, row["originalSource"]) is not None:
            message = "Media has an invalid source URL"
            errors.append(user_error((path, str(index), "originalSource"), message, "INVALID"))
    if len(product["_media"] or []) + len(rows) > LIMIT:
        message = f"Exceeded the limit of {LIMIT} media per product"
        errors.append(user_error((path,), message, "PRODUCT_MEDIA_LIMIT_EXCEEDED"))
    if errors:
        return errors
    for row in rows:
        content = row["mediaContentType"]
        file = store_file(context.graph, row["originalSource"], content=content, alt=row.get("alt"), name=None)
        attach(context, product.id, [file.id])
    return []


def create(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """``productCreateMedia``."""
    product = context.graph.get(args["productId"], "Product")
    if product is None:
        return _missing("media")
    held = len(product["_media"] or [])
    errors = add_media(context, product, args["media"])
    if errors:
        return {"media": None, "product": None, "mediaUserErrors": errors, "userErrors": errors}
    _saved(context, product)
    return {"media": (product["_media"] or [])[held:], "product": product, "mediaUserErrors": [], "userErrors": []}


def update(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """``productUpdateMedia``: alternative texts."""
    product = context.graph.get(args["productId"], "Product")
    if product is None:
        return _missing("media")
    changed = [row["id"] for row in args["media"]]
    errors = _foreign(product, changed)
    if errors:
        return {"media": None, "product": None, "mediaUserErrors": errors, "userErrors": errors}
    for row in args["media"]:
        if "alt" in row:
            context.graph.update(row["id"], alt=row["alt"], updatedAt=context.graph.now())
    _saved(context, product)
    return {"media": changed, "product": product, "mediaUserErrors": [], "userErrors": []}


def delete(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """``productDeleteMedia``."""
    product = context.graph.get(args["productId"], "Product")
    if product is None:
        return {**_missing("deletedMediaIds"), "deletedProductImageIds": None}
    gone = list(args["mediaIds"])
    errors = _foreign(product, gone)
    if errors:
        return {"deletedMediaIds": None, "product": product, "mediaUserErrors": errors, "userErrors": errors}
    images = [f"gid://shopify/ProductImage/{each.rsplit('/', 1)[-1]}" for each in gone if "/MediaImage/" in each]
    detach(context, product.id, gone)
    for node_id in gone:
        context.graph.delete(node_id)
    _saved(context, product)
    return {
        "deletedMediaIds": gone,
        "deletedProductImageIds": images,
        "product": product,
        "mediaUserErrors": [],
        "userErrors": [],
    }


def reorder(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """``productReorderMedia``: each move takes one out and puts it where it says."""
    product = context.graph.get(args["id"], "Product")
    if product is None:
        return _missing("job")
    order = list(product["_media"] or [])
    errors = _foreign(product, [move["id"] for move in args["moves"]])
    if errors:
        return {"job": None, "mediaUserErrors": errors, "userErrors": errors}
    for move in args["moves"]:
        order.remove(move["id"])
        order.insert(int(move["newPosition"]), move["id"])
    context.graph.update(product.id, _media=order)
    _saved(context, product)
    return {"job": jobs.started(context), "mediaUserErrors": [], "userErrors": []}


def _of_variants(change: Any) -> Any:
    """``productVariantAppendMedia`` and ``productVariantDetachMedia``."""

    def call(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
        product = context.graph.get(args["productId"], "Product")
        if product is None:
            error = user_error(("productId",), "Product does not exist", "PRODUCT_DOES_NOT_EXIST")
            return {"product": None, "productVariants": None, "userErrors": [error]}
        for index, row in enumerate(args["variantMedia"]):
            variant = context.graph.get(row["variantId"])
            path = ("variantMedia", str(index))
            if variant is None or variant["product"] != product.id:
                message = "Variant does not exist on the specified product"
                code = "PRODUCT_VARIANT_DOES_NOT_EXIST_ON_PRODUCT"
                errors = [user_error((*path, "variantId"), message, code)]
            else:
                errors = _foreign(product, row["mediaIds"], (*path, "mediaIds"))
            if errors:
                return {"product": None, "productVariants": None, "userErrors": errors}
            change(context, row["variantId"], list(row["mediaIds"]))
        _saved(context, product)
        variants = [row["variantId"] for row in args["variantMedia"]]
        return {"product": product, "productVariants": variants, "userErrors": []}

    return call


def _foreign(product: Node, media: Sequence[str], path: tuple[str, ...] = ("mediaIds",)) -> Errors:
    for node_id in media:
        if node_id not in (product["_media"] or []):
            message = f"Media id {node_id} does not exist"
            return [user_error(path, message, "MEDIA_DOES_NOT_EXIST")]
    return []


def _missing(name: str) -> dict[str, Any]:
    error = user_error(("productId",), "Product does not exist", "PRODUCT_DOES_NOT_EXIST")
    return {name: None, "product": None, "mediaUserErrors": [error], "userErrors": [error]}


def _saved(context: Context, product: Node) -> None:
    context.graph.touch(product.id)
    announce_saved(context, product)


MUTATIONS = {
    "productCreateMedia": create,
    "productDeleteMedia": delete,
    "productReorderMedia": reorder,
    "productUpdateMedia": update,
    "productVariantAppendMedia": _of_variants(attach),
    "productVariantDetachMedia": _of_variants(detach),
}
