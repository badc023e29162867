"""What each connection of this simulator can be searched by: the fields Shopify documents for it.

A field without a reader is documented and not answered yet: searching by it is refused, not ignored. ``metafields.*``
stands for ``metafields.{namespace}.{key}``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from runner.simulator.families.collections import collections_of
from runner.simulator.families.delivery_profiles import profile_of
from runner.simulator.families.metafields import values_by_name
from runner.simulator.families.publications import published_in
from runner.simulator.families.quantities import active, available_of_item, product_total, quantity
from runner.simulator.graph import Graph, Node
from runner.simulator.search import Reader, SearchField, SearchTable


def _stored(name: str) -> Reader:
    return lambda node, graph: node[name]


def _id(node: Node, graph: Graph) -> Any:
    return node.id


def _variants(read: Callable[[Node, Graph], Any]) -> Reader:
    """The value of every variant of a product."""
    return lambda node, graph: [read(variant, graph) for variant in graph.find("ProductVariant", "product", node.id)]


def _product(name: str) -> Reader:
    """A stored field of the product of a variant."""
    return lambda node, graph: (graph.get(node["product"]) or node)[name]


def _item(name: str) -> Reader:
    """A stored field of the inventory item of a variant."""
    return lambda node, graph: (graph.get(node["inventoryItem"]) or node)[name]


def _address(name: str) -> Reader:
    return lambda node, graph: (node["_address"] or {}).get(name)


def _price_reduced(variant: Node, graph: Graph) -> bool:
    return variant["compareAtPrice"] is not None and float(variant["compareAtPrice"]) > float(variant["price"])


def _sold_out(variant: Node, graph: Graph) -> bool:
    """At one of its locations at least."""
    item = graph.get(variant["inventoryItem"])
    if item is None or not item["tracked"]:
        return False
    levels = [level for level in graph.find("InventoryLevel", "item", item.id) if active(level)]
    return any(quantity(level, "available") <= 0 for level in levels)


def _published(node: Node, graph: Graph) -> str:
    return "published" if node["publishedAt"] else "unpublished"


def _quantity(variant: Node, graph: Graph) -> int:
    return available_of_item(graph, variant["inventoryItem"])


def _collections(node: Node, graph: Graph) -> list[str]:
    return [collection.id for collection in collections_of(graph, node)]


def _profile(variant: Node, graph: Graph) -> str | None:
    found = profile_of(graph, variant)
    return None if found is None else found.id


def _option(place: int) -> Reader:
    """The value of the first, second or third option of a variant."""

    def read(variant: Node, graph: Graph) -> Any:
        chosen = variant["selectedOptions"] or []
        return chosen[place]["value"] if place < len(chosen) else None

    return read


def _default_variant_only(node: Node, graph: Graph) -> bool:
    variants = graph.find("ProductVariant", "product", node.id)
    return len(variants) == 1 and variants[0]["title"] == "Default Title"


_UNANSWERED = SearchField("exact", None)
_TIMES = {
    "created_at": SearchField("time", _stored("createdAt")),
    "updated_at": SearchField("time", _stored("updatedAt")),
}
_IDS = {"id": SearchField("id", _id)}

_PRODUCTS = SearchTable(
    fields={
        **_IDS,
        **_TIMES,
        "barcode": SearchField("exact", _variants(_stored("barcode"))),
        "collection_id": SearchField("id", _collections),
        "gift_card": SearchField("boolean", _stored("isGiftCard")),
        "handle": SearchField("exact", _stored("handle"), "handle"),
        "has_only_default_variant": SearchField("boolean", _default_variant_only),
        "inventory_total": SearchField("number", lambda node, graph: product_total(graph, node.id)),
        "is_price_reduced": SearchField("boolean", lambda node, graph: any(_variants(_price_reduced)(node, graph))),
        "metafields.*": SearchField("exact", values_by_name),
        "out_of_stock_somewhere": SearchField("boolean", lambda node, graph: any(_variants(_sold_out)(node, graph))),
        "delivery_profile_id": SearchField("id", _variants(_profile)),
        "publication_ids": SearchField("ids", lambda node, graph: list(published_in(graph, node))),
        "price": SearchField("number", _variants(_stored("price"))),
        "product_type": SearchField("exact", _stored("productType")),
        "published_at": SearchField("time", _stored("publishedAt")),
        "published_status": SearchField("exact", _published),
        "sku": SearchField("exact", _variants(_stored("sku"))),
        "status": SearchField("exact", _stored("status")),
        "tag": SearchField("exact", _stored("tags")),
        "tag_not": SearchField("exact", _stored("tags")),
        "title": SearchField("text", _stored("title")),
        "tracks_inventory": SearchField("boolean", lambda node, graph: any(_variants(_item("tracked"))(node, graph))),
        "variant_id": SearchField("id", _variants(_id)),
        "variant_title": SearchField("text", _variants(_stored("title"))),
        "vendor": SearchField("exact", _stored("vendor")),
        **dict.fromkeys(
            (
                "bundles",
                "category_id",
                "combined_listing_role",
                "error_feedback",
                "has_only_composites",
                "has_variant_with_components",
                "product_configuration_owner",
                "product_publication_status",
                "publishable_status",
            ),
            _UNANSWERED,
        ),
    },
    default=(
        _stored("title"),
        _stored("productType"),
        _stored("vendor"),
        _stored("tags"),
        _variants(_stored("sku")),
        _variants(_stored("barcode")),
        _variants(_stored("title")),
    ),
)
_PRODUCT_VARIANTS = SearchTable(
    fields={
        **_IDS,
        "updated_at": _TIMES["updated_at"],
        "barcode": SearchField("exact", _stored("barcode"), "barcode"),
        "collection": SearchField("id", lambda node, graph: _collections(graph.get(node["product"]) or node, graph)),
        "gift_card": SearchField("boolean", _product("isGiftCard")),
        "inventory_quantity": SearchField("number", _quantity),
        "managed": SearchField("boolean", _item("tracked")),
        "delivery_profile_id": SearchField("id", _profile),
        **{f"option{place + 1}": SearchField("exact", _option(place)) for place in range(3)},
        "product_id": SearchField("id", _stored("product")),
        "product_ids": SearchField("ids", _stored("product")),
        "product_status": SearchField("exact", _product("status")),
        "product_type": SearchField("exact", _product("productType")),
        "published_status": SearchField(
            "exact", lambda node, graph: _published(graph.get(node["product"]) or node, graph)
        ),
        "sku": SearchField("exact", _stored("sku"), "sku"),
        "tag": SearchField("exact", _product("tags")),
        "tag_not": SearchField("exact", _product("tags")),
        "taxable": SearchField("boolean", _stored("taxable")),
        "title": SearchField("text", _stored("title")),
        "vendor": SearchField("exact", _product("vendor")),
        "location_id": SearchField(
            "id",
            lambda node, graph: [
                level["location"] for level in graph.find("InventoryLevel", "item", node["inventoryItem"])
            ],
        ),
        **dict.fromkeys(
            (
                "exclude_composite",
                "exclude_variants_with_components",
                "managed_by",
                "product_publication_status",
                "publishable_status",
                "requires_components",
            ),
            _UNANSWERED,
        ),
    },
    default=(_stored("title"), _stored("sku"), _stored("barcode"), _product("title"), _product("vendor")),
)
_LEVELS = SearchTable(
    fields={
        **_IDS,
        **_TIMES,
        "inventory_item_id": SearchField("id", _stored("item")),
        "inventory_group_id": _UNANSWERED,
    }
)
_LOCATIONS = SearchTable(
    fields={
        **_IDS,
        "location_id": SearchField("id", _id),
        "created_at": _TIMES["created_at"],
        "active": SearchField("boolean", _stored("isActive")),
        "name": SearchField("text", _stored("name")),
        "address1": SearchField("text", _address("address1")),
        "address2": SearchField("text", _address("address2")),
        "city": SearchField("text", _address("city")),
        "country": SearchField(
            "text", lambda node, graph: [_address("country")(node, graph), _address("countryCode")(node, graph)]
        ),
        "province": SearchField(
            "text", lambda node, graph: [_address("province")(node, graph), _address("provinceCode")(node, graph)]
        ),
        "zip": SearchField("exact", _address("zip")),
        **dict.fromkeys(("geolocated", "legacy", "pickup_in_store"), _UNANSWERED),
    },
    default=(_stored("name"), _address("address1"), _address("city"), _address("country"), _address("zip")),
)

SEARCHES: dict[str, SearchTable] = {
    "products": _PRODUCTS,
    "productVariants": _PRODUCT_VARIANTS,
    "inventoryItems": SearchTable(
        fields={**_IDS, **_TIMES, "sku": SearchField("exact", _stored("sku"), "sku")}, default=(_stored("sku"),)
    ),
    "inventoryLevels": _LEVELS,
    "locations": _LOCATIONS,
}
"""By the name a ``Listing`` gives in ``search``."""
