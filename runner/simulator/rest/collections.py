"""Collections over REST: manual and smart ones, both together, and which products are in them (collects)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from runner.simulator.contract import Context, RestCall, RestError, RestReply, Route
from runner.simulator.families.collections import REST_ORDERS, has_product, products_of, render_collection
from runner.simulator.families.publications import online_store, published_in
from runner.simulator.families.rendering import render_product, shop_time
from runner.simulator.graph import Node, gid
from runner.simulator.mutations import collections as mutations
from runner.simulator.mutations.collection_products import put_in, take_out
from runner.simulator.mutations.publications import change as publish
from runner.simulator.mutations.titles import title_errors
from runner.simulator.rest.metafields import store_given
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

_COLUMNS = {
    "IS_PRICE_REDUCED": "is_price_reduced",
    "TAG": "tag",
    "TITLE": "title",
    "TYPE": "type",
    "VARIANT_COMPARE_AT_PRICE": "variant_compare_at_price",
    "VARIANT_INVENTORY": "variant_inventory",
    "VARIANT_PRICE": "variant_price",
    "VARIANT_TITLE": "variant_title",
    "VARIANT_WEIGHT": "variant_weight",
    "VENDOR": "vendor",
}
_PLAIN = {"title": "title", "body_html": "descriptionHtml", "template_suffix": "templateSuffix", "handle": "handle"}
Call = Callable[[Context, RestCall], RestReply]


def render_whole(collection: Node, context: Context) -> dict[str, Any]:
    """A collection with what only the REST API tells: its rules when it has some, its image."""
    row = render_collection(collection, context)
    if collection["_image"]:
        image = collection["_image"]
        row["image"] = {"src": image["url"], "alt": image.get("altText"), "created_at": row["updated_at"]}
    rules = collection["_rules"]
    if rules is not None:
        row["disjunctive"] = rules["appliedDisjunctively"]
        row["rules"] = [
            {
                "column": _COLUMNS.get(rule["column"], rule["column"].lower()),
                "relation": rule["relation"].lower(),
                "condition": rule["condition"],
            }
            for rule in rules["rules"]
        ]
    return row


def _index(name: str, smart: bool) -> Call:
    def index(context: Context, call: RestCall) -> RestReply:
        return listing(name, _chosen(context, call, smart), render_whole, context, call)

    return index


def _count(smart: bool) -> Call:
    return lambda context, call: RestReply(200, {"count": len(_chosen(context, call, smart))})


def _show(name: str, smart: bool | None) -> Call:
    def show(context: Context, call: RestCall) -> RestReply:
        return one(name, _collection(context, call, smart), render_whole, context, call)

    return show


def _create(name: str, smart: bool) -> Call:
    def create(context: Context, call: RestCall) -> RestReply:
        given = wrapped(call, name)
        wanted = {**_input(given), "title": str(given.get("title") or "")}
        _refuse(title_errors(wanted))
        if smart:
            wanted["ruleSet"] = _rules(given)
        collection = mutations.add_collection(context, wanted)
        products = [gid("Product", row["product_id"]) for row in given.get("collects") or []]
        context.graph.update(collection.id, _products=products)
        for row in given.get("metafields") or []:
            store_given(context, collection.id, row)
        context.emit("collections/create", render_collection(collection, context))
        _publish(context, collection, given.get("published", True))
        return one(name, collection, render_whole, context, call, 201)

    return create


def _change(name: str, smart: bool) -> Call:
    def change(context: Context, call: RestCall) -> RestReply:
        collection, given = _collection(context, call, smart), wrapped(call, name)
        wanted = _input(given)
        if smart and "rules" in given:
            rules = _rules(given)
            context.graph.update(collection.id, _rules=rules)
        answer = mutations.update(context, {"input": {"id": collection.id, **wanted}})
        _refuse(answer["userErrors"])
        if "published" in given:
            _publish(context, collection, given["published"])
        return one(name, collection, render_whole, context, call)

    return change


def _delete(smart: bool) -> Call:
    def delete(context: Context, call: RestCall) -> RestReply:
        mutations.remove_collection(context, _collection(context, call, smart))
        return RestReply(200, {})

    return delete


def products(context: Context, call: RestCall) -> RestReply:
    """The products of a collection, in its order."""
    found = products_of(context.graph, _collection(context, call, None))
    return listing("products", found, render_product, context, call, by_id=False)


def collects(context: Context, call: RestCall) -> RestReply:
    """Which products are in which manual collections."""
    return listing("collects", _collects(context, call), _render_collect, context, call, by_id=False)


def collects_count(context: Context, call: RestCall) -> RestReply:
    """How many there are."""
    return RestReply(200, {"count": len(_collects(context, call))})


def collect(context: Context, call: RestCall) -> RestReply:
    """One product in one collection."""
    return RestReply(200, {"collect": _render_collect(_find_collect(context, call), context)})


def add_collect(context: Context, call: RestCall) -> RestReply:
    """Put a product into a manual collection."""
    given = wrapped(call, "collect")
    collection = fetch(context, "Collection", integer(given, "collection_id") or 0)
    product = fetch(context, "Product", integer(given, "product_id") or 0)
    if collection["_rules"] is not None:
        raise RestError(403, {"base": ["Can't manually add products to a smart collection"]})
    if has_product(context.graph, collection, product):
        raise invalid(product_id="already exists in this collection")
    put_in(context, collection, [product.id])
    row = _render_collect(_collect(context, collection, product.id), context)
    return RestReply(201, {"collect": row})


def delete_collect(context: Context, call: RestCall) -> RestReply:
    """Take a product out of a manual collection."""
    row = _find_collect(context, call)
    collection = context.graph.get(row["_collection"])
    if collection is not None:
        take_out(context, collection, [row["_product"]])
    return RestReply(200, {})


def _collects(context: Context, call: RestCall) -> list[Node]:
    asked = filters(call)
    wanted = {name: integer(asked, name, required=False) for name in ("collection_id", "product_id")}
    return [
        _collect(context, collection, product_id)
        for collection in context.graph.of_type("Collection")
        if collection["_rules"] is None and wanted["collection_id"] in (None, collection.number)
        for product_id in collection["_products"] or []
        if wanted["product_id"] is None or product_id == gid("Product", wanted["product_id"])
    ]


def _collect(context: Context, collection: Node, product_id: str) -> Node:
    """A collect as something to render: it is not stored, its number follows from collection and product."""
    place = (collection["_products"] or []).index(product_id) + 1
    number = collection.number * 1_000_000_000 + int(product_id.rsplit("/", 1)[-1]) % 1_000_000_000
    fields = {
        "_collection": collection.id,
        "_product": product_id,
        "_place": place,
        "createdAt": collection["updatedAt"],
    }
    return Node("Collect", gid("Collect", number), fields, 0)


def _find_collect(context: Context, call: RestCall) -> Node:
    for row in _collects(context, call):
        if row.number == call.ids["id"]:
            return row
    raise not_found()


def _render_collect(row: Node, context: Context) -> dict[str, Any]:
    return {
        "id": row.number,
        "collection_id": int(row["_collection"].rsplit("/", 1)[-1]),
        "product_id": int(row["_product"].rsplit("/", 1)[-1]),
        "created_at": shop_time(row["createdAt"], context),
        "updated_at": shop_time(row["createdAt"], context),
        "position": row["_place"],
        "sort_value": f"{row['_place']:010d}",
    }


def _chosen(context: Context, call: RestCall, smart: bool) -> list[Node]:
    asked = filters(call)
    ids, product = numbers(asked, "ids"), integer(asked, "product_id", required=False)
    inside = fetch(context, "Product", product) if product is not None else None
    return [
        node
        for node in context.graph.of_type("Collection")
        if (node["_rules"] is not None) is smart
        and (ids is None or node.number in ids)
        and asked.get("title", node["title"]) == node["title"]
        and asked.get("handle", node["handle"]) == node["handle"]
        and (inside is None or has_product(context.graph, node, inside))
        and within(node, asked)
    ]


def _collection(context: Context, call: RestCall, smart: bool | None) -> Node:
    node = fetch(context, "Collection", call.ids["id"])
    if smart is not None and (node["_rules"] is not None) is not smart:
        raise not_found()
    return node


def _input(given: Mapping[str, Any]) -> dict[str, Any]:
    wanted = {ours: given[theirs] for theirs, ours in _PLAIN.items() if theirs in given}
    names = {theirs: ours for ours, theirs in REST_ORDERS.items()}
    if "sort_order" in given:
        if given["sort_order"] not in names:
            raise invalid(sort_order="is not included in the list")
        wanted["sortOrder"] = names[given["sort_order"]]
    if given.get("image"):
        wanted["image"] = {"src": given["image"].get("src"), "altText": given["image"].get("alt")}
    return wanted


def _rules(given: Mapping[str, Any]) -> dict[str, Any]:
    rows = given.get("rules") or []
    if not rows:
        raise invalid(rules="can't be blank")
    names = {theirs: ours for ours, theirs in _COLUMNS.items()}
    rules = []
    for row in rows:
        if row.get("column") not in names:
            raise invalid(rules="column is not included in the list")
        rules.append(
            {
                "column": names[row["column"]],
                "relation": str(row.get("relation", "")).upper(),
                "condition": str(row.get("condition", "")),
                "conditionObjectId": None,
            }
        )
    return {"appliedDisjunctively": bool(given.get("disjunctive")), "rules": rules}


def _publish(context: Context, collection: Node, published: Any) -> None:
    store = online_store(context.graph)
    if store is None:
        return
    places = {key: date for key, date in published_in(context.graph, collection).items() if key != store.id}
    if published:
        places[store.id] = context.graph.now()
    publish(context, collection, places)


def _refuse(errors: list[dict[str, Any]]) -> None:
    if errors:
        messages: dict[str, list[str]] = {}
        for error in errors:
            field = error["field"][-1]
            messages.setdefault(field, []).append(str(error["message"]).removeprefix(f"{field.capitalize()} "))
        raise RestError(422, messages)


def _routes(path: str, name: str, smart: bool) -> tuple[Route, ...]:
    return (
        Route("GET", path, _index(path, smart), "read_products"),
        Route("GET", f"{path}/count", _count(smart), "read_products"),
        Route("POST", path, _create(name, smart), "write_products"),
        Route("GET", f"{path}/{{id}}", _show(name, smart), "read_products"),
        Route("PUT", f"{path}/{{id}}", _change(name, smart), "write_products"),
        Route("DELETE", f"{path}/{{id}}", _delete(smart), "write_products"),
    )


ROUTES = (
    *_routes("custom_collections", "custom_collection", False),
    *_routes("smart_collections", "smart_collection", True),
    Route("GET", "collections/{id}", _show("collection", None), "read_products"),
    Route("GET", "collections/{id}/products", products, "read_products"),
    Route("GET", "collects", collects, "read_products"),
    Route("GET", "collects/count", collects_count, "read_products"),
    Route("POST", "collects", add_collect, "write_products"),
    Route("GET", "collects/{id}", collect, "read_products"),
    Route("DELETE", "collects/{id}", delete_collect, "write_products"),
)
