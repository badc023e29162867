"""What markets and catalogs can be searched by: the fields Shopify documents."""

from __future__ import annotations

from typing import Any

from runner.simulator.graph import Graph, Node
from runner.simulator.search import SearchField, SearchTable


def _stored(name: str) -> Any:
    return lambda node, graph: node[name]


def _companies(catalog: Node, graph: Graph) -> list[Any]:
    """The companies whose locations have the catalog."""
    places = [graph.get(each) for each in catalog["_locations"] or []]
    return [place["company"] for place in places if place is not None]


_ID = SearchField("id", lambda node, graph: node.id)
_UNANSWERED = SearchField("exact", None)
SEARCHES = {
    "catalogs": SearchTable(
        fields={
            "id": _ID,
            "app_id": _UNANSWERED,
            "company_id": SearchField("id", _companies),
            "managed_country_id": _UNANSWERED,
            "market_id": SearchField("id", _stored("_markets")),
            "company_location_id": SearchField("id", _stored("_locations")),
            "status": SearchField("exact", _stored("status")),
            "title": SearchField("text", _stored("title")),
        },
        default=(_stored("title"),),
    ),
    "markets": SearchTable(
        fields={
            "id": _ID,
            "market_condition_types": _UNANSWERED,
            "market_type": SearchField("exact", _stored("type")),
            "name": SearchField("text", _stored("name")),
            "status": SearchField("exact", _stored("status")),
            "wildcard_company_location_with_country_code": _UNANSWERED,
        },
        default=(_stored("name"),),
    ),
}
