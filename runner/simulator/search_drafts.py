"""What draft orders can be searched by: the fields Shopify documents."""

from __future__ import annotations

from typing import Any

from runner.simulator.families.draft_sums import lines_of, sums
from runner.simulator.graph import Graph, Node
from runner.simulator.search import Reader, SearchField, SearchTable


def _stored(name: str) -> Reader:
    return lambda node, graph: node[name]


def _customer(draft: Node, graph: Graph) -> list[Any]:
    customer = graph.get(draft["customer"])
    return [customer["firstName"], customer["lastName"], customer["email"]] if customer is not None else []


def _titles(draft: Node, graph: Graph) -> list[Any]:
    return [line[name] for line in lines_of(graph, draft) for name in ("title", "sku")]


SEARCHES = {
    "draftOrders": SearchTable(
        fields={
            "id": SearchField("id", lambda node, graph: node.id),
            "created_at": SearchField("time", _stored("createdAt")),
            "customer_id": SearchField("id", _stored("customer")),
            "source": SearchField("exact", None),
            "status": SearchField("exact", _stored("status")),
            "tag": SearchField("exact", _stored("tags")),
            "total_price": SearchField("number", lambda node, graph: sums(graph, node).total),
            "updated_at": SearchField("time", _stored("updatedAt")),
        },
        default=(_stored("name"), _stored("email"), _stored("note2"), _customer, _titles),
    )
}
