"""What definitions of metafields, and metaobjects, can be searched by: the fields Shopify documents."""

from __future__ import annotations

from typing import Any

from runner.simulator.families.metaobjects import display_name
from runner.simulator.graph import Graph, Node
from runner.simulator.search import SearchField, SearchTable


def _stored(name: str) -> Any:
    return lambda node, graph: node[name]


def _values(node: Node, graph: Graph) -> dict[str, Any]:
    return {key.lower(): value for key, value in (node["_values"] or {}).items()}


_ID = SearchField("id", lambda node, graph: node.id)
SEARCHES = {
    "metafieldDefinitions": SearchTable(
        fields={
            "id": _ID,
            "created_at": SearchField("time", _stored("createdAt")),
            "key": SearchField("exact", _stored("key")),
            "namespace": SearchField("exact", _stored("namespace")),
            "owner_type": SearchField("exact", _stored("ownerType")),
            "type": SearchField("exact", _stored("_type")),
            "updated_at": SearchField("time", _stored("updatedAt")),
        },
        default=(_stored("name"), _stored("key"), _stored("namespace")),
    ),
    "metaobjects": SearchTable(
        fields={
            "id": _ID,
            "created_at": SearchField("time", _stored("createdAt")),
            "display_name": SearchField("text", display_name),
            "fields.*": SearchField("exact", _values),
            "handle": SearchField("exact", _stored("handle")),
            "updated_at": SearchField("time", _stored("updatedAt")),
        },
        default=(display_name, lambda node, graph: list((node["_values"] or {}).values())),
    ),
}
