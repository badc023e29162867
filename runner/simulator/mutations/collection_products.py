"""Products of collections: added, taken out, and put in order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from runner.simulator.contract import Context, user_error
from runner.simulator.families import jobs
from runner.simulator.families.collections import products_of
from runner.simulator.graph import Node
from runner.simulator.mutations.collections import find_collection, save

MOVES = 250
"""Moves in one call (published)."""


def add(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """``collectionAddProducts``: refused as a whole when one of them is there already (published)."""
    collection = find_collection(context, args["id"])
    error = _refusal(collection, "add")
    if collection is None or error is not None:
        return {"collection": None, "userErrors": [error]}
    held = collection["_products"] or []
    for node_id in args["productIds"]:
        product = context.graph.get(node_id, "Product")
        if product is None:
            return {"collection": None, "userErrors": [user_error(("productIds",), "Product does not exist")]}
        if node_id in held:
            message = f"Error adding {product['title']} to collection: Product is already in the collection"
            return {"collection": None, "userErrors": [user_error(("productIds",), message)]}
    put_in(context, collection, args["productIds"])
    return {"collection": collection, "userErrors": []}


def add_later(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """``collectionAddProductsV2``: a job; those that are there already, or do not exist, do not matter."""
    collection = find_collection(context, args["id"])
    error = _refusal(collection, "add")
    if collection is None or error is not None:
        return {"job": None, "userErrors": [error]}
    put_in(context, collection, [each for each in args["productIds"] if context.graph.get(each, "Product") is not None])
    return {"job": jobs.started(context), "userErrors": []}


def put_in(context: Context, collection: Node, product_ids: list[str]) -> None:
    """Append products to a manual collection; one that is there stays where it is."""
    held = list(collection["_products"] or [])
    save(context, collection, {"_products": list(dict.fromkeys([*held, *product_ids]))})


def remove(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """``collectionRemoveProducts``: a job; those that are not in it do not matter."""
    collection = find_collection(context, args["id"])
    error = _refusal(collection, "remove")
    if collection is None or error is not None:
        return {"job": None, "userErrors": [error]}
    take_out(context, collection, args["productIds"])
    return {"job": jobs.started(context), "userErrors": []}


def take_out(context: Context, collection: Node, product_ids: list[str]) -> None:
    """Take products out of a manual collection."""
    held = list(collection["_products"] or [])
    left = [node_id for node_id in held if node_id not in product_ids]
    if left != held:
        save(context, collection, {"_products": left})


def reorder(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """``collectionReorderProducts``: each move takes a product out and puts it where it says, in this order."""
    collection = find_collection(context, args["id"])
    if collection is None:
        return _not_moved(("id",), "Collection not found.", "COLLECTION_NOT_FOUND")
    if collection["sortOrder"] != "MANUAL":
        message = "Can't reorder products unless collection is manually sorted"
        return _not_moved(("id",), message, "MANUALLY_SORTED_COLLECTION")
    if len(args["moves"]) > MOVES:
        message = "Too many moves were requested."
        return _not_moved(("moves",), message, "TOO_MANY_ATTEMPTS_TO_REORDER_PRODUCTS")
    order = [product.id for product in products_of(context.graph, collection)]
    for index, move in enumerate(args["moves"]):
        if move["id"] not in order:
            return _not_moved(("moves", str(index), "id"), "The product is not in the collection.", "INVALID_MOVE")
        order.remove(move["id"])
        order.insert(int(move["newPosition"]), move["id"])
    save(context, collection, {"_products": order})
    return {"job": jobs.started(context), "userErrors": []}


def _refusal(collection: Node | None, what: str) -> dict[str, Any] | None:
    if collection is None:
        return user_error(("id",), "Collection does not exist", "COLLECTION_DOES_NOT_EXIST")
    if collection["_rules"] is not None:
        preposition = "to" if what == "add" else "from"
        message = f"Can't manually {what} products {preposition} a smart collection"
        return user_error(("id",), message, "CANT_ADD_TO_SMART_COLLECTION")
    return None


def _not_moved(path: tuple[str, ...], message: str, code: str) -> dict[str, Any]:
    return {"job": None, "userErrors": [user_error(path, message, code)]}


MUTATIONS = {
    "collectionAddProducts": add,
    "collectionAddProductsV2": add_later,
    "collectionRemoveProducts": remove,
    "collectionReorderProducts": reorder,
}
