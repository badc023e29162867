"""What bulk operations and webhook subscriptions can be searched by: the fields Shopify documents."""

from __future__ import annotations

from runner.simulator.families.bulk import status_of
from runner.simulator.graph import Graph, Node
from runner.simulator.search import Reader, SearchField, SearchTable


def _stored(name: str) -> Reader:
    return lambda node, graph: node[name]


def _status(node: Node, graph: Graph) -> str:
    return status_of(node, graph.clock.now())


_ID = SearchField("id", lambda node, graph: node.id)
_CREATED = SearchField("time", _stored("createdAt"))
SEARCHES = {
    "bulkOperations": SearchTable(
        fields={
            "id": _ID,
            "created_at": _CREATED,
            "operation_type": SearchField("exact", _stored("type")),
            "status": SearchField("exact", _status),
        }
    ),
    "webhookSubscriptions": SearchTable(
        fields={
            "id": _ID,
            "created_at": _CREATED,
            "endpoint": SearchField("exact", _stored("uri")),
            "topic": SearchField("exact", _stored("topic")),
            "updated_at": SearchField("time", _stored("updatedAt")),
        }
    ),
}
