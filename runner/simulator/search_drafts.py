"""What draft orders, gift cards and abandoned checkouts can be searched by: the fields Shopify documents."""

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


def _balance_status(card: Node, graph: Graph) -> list[str]:
    if float(card["_balance"]) == 0:
        return ["empty"]
    return ["full", "full_or_partial"] if card["_balance"] == card["_initial"] else ["partial", "full_or_partial"]


SEARCHES = {
    "draftOrders": SearchTable(
        fields={
            "id": SearchField("id", lambda node, graph: node.id),
            "created_at": SearchField("time", _stored("createdAt")),
            "customer_id": SearchField("id", _stored("customer")),
            "ids": SearchField("ids", lambda node, graph: node.id),
            "source": SearchField("exact", None),
            "status": SearchField("list", _stored("status")),
            "tag": SearchField("exact", _stored("tags")),
            "total_price": SearchField("number", lambda node, graph: sums(graph, node).total),
            "updated_at": SearchField("time", _stored("updatedAt")),
        },
        default=(_stored("name"), _stored("email"), _stored("note2"), _customer, _titles),
    ),
    "giftCards": SearchTable(
        fields={
            "id": SearchField("id", lambda node, graph: node.id),
            "balance_status": SearchField("exact", _balance_status),
            "created_at": SearchField("time", _stored("createdAt")),
            "customer_id": SearchField("id", _stored("customer")),
            "expires_on": SearchField("time", _stored("expiresOn")),
            "recipient_id": SearchField("id", lambda node, graph: (node["_recipient"] or {}).get("recipient")),
            "initial_value": SearchField("number", _stored("_initial")),
            "source": SearchField("exact", None),
            "status": SearchField("exact", lambda node, graph: "disabled" if node["deactivatedAt"] else "enabled"),
            "updated_at": SearchField("time", _stored("updatedAt")),
        },
        default=(lambda node, graph: str(node["_code"])[-4:], _customer),
    ),
    "abandonedCheckouts": SearchTable(
        fields={
            "id": SearchField("id", lambda node, graph: node.id),
            "created_at": SearchField("time", _stored("createdAt")),
            "email_state": SearchField("exact", None),
            "recovery_state": SearchField("exact", None),
            "status": SearchField("exact", lambda node, graph: "closed" if node["completedAt"] else "open"),
            "updated_at": SearchField("time", _stored("updatedAt")),
        },
        default=(_stored("name"), _stored("email"), _customer),
    ),
}
