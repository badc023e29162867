"""Collections, manual and smart: their products in order, and computed fields.

``Collection``: title, handle, descriptionHtml, sortOrder, templateSuffix, seo, ``_image``, publishedAt, createdAt,
updatedAt, ``_rules`` {appliedDisjunctively, rules: [{column, relation, condition, conditionObjectId}]} or null, and
``_products``, gids: the members of a manual collection, and for a smart one those that were given a place by hand.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from runner.simulator.contract import Context, Fields, Listing
from runner.simulator.families.collection_rules import RELATIONS, fits
from runner.simulator.families.rendering import plain, shop_time
from runner.simulator.graph import Graph, Node

INDEXES = {"Collection": ("handle",)}


def has_product(graph: Graph, collection: Node, product: Node) -> bool:
    """Whether a product is in a collection."""
    if collection["_rules"] is None:
        return product.id in (collection["_products"] or [])
    return fits(product, collection["_rules"], graph)


def products_of(graph: Graph, collection: Node) -> list[Node]:
    """The products of a collection in its own order."""
    placed = collection["_products"] or []
    if collection["_rules"] is None:
        found = [node for node in (graph.get(each) for each in placed) if node is not None]
    else:
        found = [node for node in graph.of_type("Product") if fits(node, collection["_rules"], graph)]
    order = collection["sortOrder"] or "BEST_SELLING"
    if order == "MANUAL":
        place = {node_id: index for index, node_id in enumerate(placed)}
        return sorted(found, key=lambda node: place.get(node.id, len(place)))
    name, _, direction = order.partition("_")
    key = _orders(graph).get(name)
    if key is None:
        return found
    return sorted(found, key=key, reverse=direction == "DESC" or name == "BEST")


def collections_of(graph: Graph, product: Node) -> list[Node]:
    """The collections a product is in, in order of creation."""
    return [each for each in graph.of_type("Collection") if has_product(graph, each, product)]


def render_collection(collection: Node, context: Context) -> dict[str, Any]:
    """A collection as webhooks tell it."""
    return {
        "id": collection.number,
        "handle": collection["handle"],
        "title": collection["title"],
        "updated_at": shop_time(collection["updatedAt"], context),
        "body_html": collection["descriptionHtml"] or "",
        "published_at": shop_time(collection["publishedAt"], context),
        "sort_order": REST_ORDERS.get(collection["sortOrder"] or "BEST_SELLING", "best-selling"),
        "template_suffix": collection["templateSuffix"],
        "published_scope": "global",
        "admin_graphql_api_id": collection.id,
    }


REST_ORDERS = {
    "ALPHA_ASC": "alpha-asc",
    "ALPHA_DESC": "alpha-desc",
    "BEST_SELLING": "best-selling",
    "CREATED": "created",
    "CREATED_DESC": "created-desc",
    "MANUAL": "manual",
    "PRICE_ASC": "price-asc",
    "PRICE_DESC": "price-desc",
}


def _lowest_price(product: Node, graph: Graph) -> Decimal:
    prices = [Decimal(variant["price"]) for variant in graph.find("ProductVariant", "product", product.id)]
    return min(prices, default=Decimal())


def _sold(product: Node, graph: Graph) -> int:
    """How many were sold, over all orders."""
    return sum(int(line["quantity"] or 0) for line in graph.find("LineItem", "product", product.id))


def _orders(graph: Graph) -> dict[str, Callable[[Node], Any]]:
    return {
        "ALPHA": lambda node: str(node["title"]).casefold(),
        "BEST": lambda node: _sold(node, graph),
        "CREATED": lambda node: (node["createdAt"], node.sequence),
        "PRICE": lambda node: _lowest_price(node, graph),
    }


def _products(collection: Node, context: Context, args: Mapping[str, Any]) -> Listing:
    graph = context.graph
    sorts = {
        "TITLE": lambda node: node["title"],
        "CREATED": lambda node: node["createdAt"],
        "PRICE": lambda node: float(_lowest_price(node, graph)),
        "BEST_SELLING": lambda node: -_sold(node, graph),
    }
    return Listing(products_of(graph, collection), sorts=sorts)


def _has(collection: Node, context: Context, args: Mapping[str, Any]) -> bool:
    product = context.graph.get(args["id"])
    return product is not None and has_product(context.graph, collection, product)


def _in_collection(product: Node, context: Context, args: Mapping[str, Any]) -> bool:
    collection = context.graph.get(args["id"])
    return collection is not None and has_product(context.graph, collection, product)


def _rule_set(collection: Node, context: Context, args: Mapping[str, Any]) -> dict[str, Any] | None:
    rules = collection["_rules"]
    if rules is None:
        return None
    return {
        "appliedDisjunctively": rules["appliedDisjunctively"],
        "rules": [{**rule, "conditionObject": _object(rule)} for rule in rules["rules"]],
    }


def _object(rule: Mapping[str, Any]) -> dict[str, Any] | None:
    if rule.get("conditionObjectId") is None:
        return None
    return {"__typename": "CollectionRuleMetafieldCondition", "metafieldDefinition": rule["conditionObjectId"]}


def _description(collection: Node, context: Context, args: Mapping[str, Any]) -> str:
    text = plain(collection["descriptionHtml"])
    limit = args.get("truncateAt")
    return text if limit is None or len(text) <= limit else text[: max(0, limit - 3)] + "..."


def _all(source: Any, context: Context, args: Mapping[str, Any]) -> Listing:
    return Listing(context.graph.of_type("Collection"), search="collections")


def _of_product(product: Node, context: Context, args: Mapping[str, Any]) -> Listing:
    return Listing(collections_of(context.graph, product), search="collections")


def _by_identifier(source: Any, context: Context, args: Mapping[str, Any]) -> Node | None:
    identifier = args["identifier"]
    if identifier.get("id") is not None:
        return context.graph.get(identifier["id"], "Collection")
    return context.graph.first("Collection", "handle", identifier.get("handle")) if identifier.get("handle") else None


def _conditions(source: Any, context: Context, args: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {"ruleType": column, "allowedRelations": list(relations), "defaultRelation": relations[0], "ruleObject": None}
        for column, relations in RELATIONS.items()
    ]


FIELDS: Fields = {
    "Collection": {
        "activeOperations": lambda collection, context, args: {"duplicate": []},
        "description": _description,
        "descriptionHtml": lambda collection, context, args: collection["descriptionHtml"] or "",
        "feedback": lambda collection, context, args: None,
        "hasProduct": _has,
        "image": lambda collection, context, args: collection["_image"],
        "products": _products,
        "productsCount": lambda collection, context, args: {
            "count": len(products_of(context.graph, collection)),
            "precision": "EXACT",
        },
        "ruleSet": _rule_set,
        "seo": lambda collection, context, args: collection["seo"] or {"title": None, "description": None},
        "sortOrder": lambda collection, context, args: collection["sortOrder"] or "BEST_SELLING",
        "storefrontId": lambda collection, context, args: collection.id,
        "templateSuffix": lambda collection, context, args: collection["templateSuffix"],
        "translations": lambda collection, context, args: [],
    },
    "Product": {"collections": _of_product, "inCollection": _in_collection},
    "QueryRoot": {
        "collectionByHandle": lambda source, context, args: context.graph.first("Collection", "handle", args["handle"]),
        "collectionByIdentifier": _by_identifier,
        "collectionRulesConditions": _conditions,
        "collections": _all,
    },
}
