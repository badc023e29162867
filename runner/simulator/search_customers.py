"""What customers and segments can be searched by: the fields Shopify documents."""

from __future__ import annotations

from typing import Any

from runner.simulator.families.addresses import addresses_of
from runner.simulator.families.metafields import values_by_name
from runner.simulator.families.spending import amount_spent, order_count, orders_of
from runner.simulator.graph import Graph, Node
from runner.simulator.search import SearchField, SearchTable


def _stored(name: str) -> Any:
    return lambda node, graph: node[name]


def _countries(customer: Node, graph: Graph) -> list[Any]:
    return [value for each in addresses_of(graph, customer.id) for value in (each["country"], each["countryCodeV2"])]


def _places(customer: Node, graph: Graph) -> list[Any]:
    names = ("address1", "city", "province", "country", "zip", "company")
    return [each[name] for each in addresses_of(graph, customer.id) for name in names]


def _subscribed(customer: Node, graph: Graph) -> bool:
    return (customer["_email_consent"] or {}).get("marketingState") == "SUBSCRIBED"


def _order_dates(customer: Node, graph: Graph) -> list[Any]:
    return [order["processedAt"] or order["createdAt"] for order in orders_of(graph, customer)]


_ID = SearchField("id", lambda node, graph: node.id)
SEARCHES = {
    "customers": SearchTable(
        fields={
            "id": _ID,
            "accepts_marketing": SearchField("boolean", _subscribed),
            "country": SearchField("text", _countries),
            "created_at": SearchField("time", _stored("createdAt")),
            "customer_date": SearchField("time", _stored("createdAt")),
            "email": SearchField("exact", _stored("email"), "email"),
            "first_name": SearchField("text", _stored("firstName")),
            "last_abandoned_order_date": SearchField("time", None),
            "last_name": SearchField("text", _stored("lastName")),
            "metafields.*": SearchField("exact", values_by_name),
            "order_date": SearchField("time", _order_dates),
            "orders_count": SearchField("number", lambda node, graph: order_count(graph, node)),
            "phone": SearchField("exact", _stored("phone")),
            "state": SearchField("exact", lambda node, graph: node["state"] or "DISABLED"),
            "tag": SearchField("exact", _stored("tags")),
            "tag_not": SearchField("exact", _stored("tags")),
            "total_spent": SearchField("number", lambda node, graph: amount_spent(graph, node)),
            "updated_at": SearchField("time", _stored("updatedAt")),
        },
        default=(_stored("email"), _stored("firstName"), _stored("lastName"), _stored("phone"), _places),
    ),
    "segments": SearchTable(
        fields={"id": _ID, "name": SearchField("text", _stored("name"))}, default=(_stored("name"),)
    ),
}
