"""What collections, files and media can be searched by: the fields Shopify documents."""

from __future__ import annotations

from typing import Any

from runner.simulator.families.collections import products_of
from runner.simulator.families.files import MEDIA_TYPES
from runner.simulator.families.metafields import values_by_name
from runner.simulator.families.publications import published_in
from runner.simulator.graph import Graph, Node
from runner.simulator.search import SearchField, SearchTable


def stored(name: str) -> Any:
    """Reads a stored field."""
    return lambda node, graph: node[name]


def _published(node: Node, graph: Graph) -> str:
    return "published" if published_in(graph, node) else "unpublished"


def _members(node: Node, graph: Graph) -> list[str]:
    return [product.id for product in products_of(graph, node)]


def _products_with(file: Node, graph: Graph) -> list[str]:
    """The products that show a file."""
    return [product.id for product in graph.of_type("Product") if file.id in (product["_media"] or [])]


def _media_type(node: Node, graph: Graph) -> str:
    return MEDIA_TYPES.get(node.type, "FILE")


_ID = SearchField("id", lambda node, graph: node.id)
SEARCHES = {
    "collections": SearchTable(
        fields={
            "id": _ID,
            "collection_type": SearchField(
                "exact", lambda node, graph: "custom" if node["_rules"] is None else "smart"
            ),
            "handle": SearchField("exact", stored("handle")),
            "metafields.*": SearchField("exact", values_by_name),
            "product_id": SearchField("id", _members),
            "product_publication_status": SearchField("exact", None),
            "publishable_status": SearchField("exact", None),
            "published_at": SearchField("time", stored("publishedAt")),
            "published_status": SearchField("exact", _published),
            "title": SearchField("text", stored("title")),
            "updated_at": SearchField("time", stored("updatedAt")),
        },
        default=(stored("title"),),
    ),
    "files": SearchTable(
        fields={
            "id": _ID,
            "ids": SearchField("ids", lambda node, graph: node.id),
            "created_at": SearchField("time", stored("createdAt")),
            "filename": SearchField("exact", stored("_filename")),
            "media_type": SearchField("exact", _media_type),
            "original_source": SearchField("exact", stored("_source")),
            "original_upload_size": SearchField("number", stored("_size")),
            "product_id": SearchField("id", _products_with),
            "status": SearchField("exact", None),
            "updated_at": SearchField("time", stored("updatedAt")),
            "used_in": SearchField("exact", None),
        },
        default=(stored("_filename"), stored("alt")),
    ),
    "media": SearchTable(fields={"id": _ID, "media_type": SearchField("exact", _media_type)}, default=(stored("alt"),)),
}
