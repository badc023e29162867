"""What companies, their locations and contacts can be searched by: the fields Shopify documents."""

from __future__ import annotations

from typing import Any

from runner.simulator.families.metafields import values_by_name
from runner.simulator.graph import Graph, Node
from runner.simulator.search import SearchField, SearchTable


def _stored(name: str) -> Any:
    return lambda node, graph: node[name]


def _customer(name: str) -> Any:
    return lambda node, graph: (graph.get(node["customer"]) or node)[name]


def _company_name(node: Node, graph: Graph) -> Any:
    return (graph.get(node["company"]) or node)["name"]


_COMMON = {
    "id": SearchField("id", lambda node, graph: node.id),
    "created_at": SearchField("time", _stored("createdAt")),
    "updated_at": SearchField("time", _stored("updatedAt")),
}
_NAMED = {
    **_COMMON,
    "external_id": SearchField("exact", _stored("externalId")),
    "name": SearchField("text", _stored("name")),
}
SEARCHES = {
    "companies": SearchTable(
        fields={
            **_NAMED,
            "active_customers_count": SearchField("number", None),
            "metafields.*": SearchField("exact", values_by_name),
            "ordering_status": SearchField("exact", None),
            "since_date": SearchField("time", _stored("customerSince")),
        },
        default=(_stored("name"), _stored("externalId")),
    ),
    "companyContacts": SearchTable(
        fields={
            **_COMMON,
            "company_id": SearchField("id", _stored("company")),
            "company_name": SearchField("text", _company_name),
            "email": SearchField("exact", _customer("email")),
            "job_title": SearchField("text", _stored("title")),
            "title": SearchField("text", _stored("title")),
        },
        default=(_customer("email"), _customer("firstName"), _customer("lastName")),
    ),
    "companyLocations": SearchTable(
        fields={
            **_NAMED,
            "company_id": SearchField("id", _stored("company")),
            "ids": SearchField("ids", lambda node, graph: node.id),
            "metafields.*": SearchField("exact", values_by_name),
        },
        default=(_stored("name"), _stored("externalId")),
    ),
}
