"""What discounts, their codes, and events can be searched by: the fields Shopify documents."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from runner.simulator.families.discounts import classes_of, codes_of, status_of
from runner.simulator.graph import Graph, Node
from runner.simulator.search import SearchField, SearchTable


def _stored(name: str) -> Any:
    return lambda node, graph: node[name]


def _codes(node: Node, graph: Graph) -> list[str]:
    return [code["code"] for code in codes_of(graph, node)]


def _type(node: Node, graph: Graph) -> list[str]:
    """``percentage``, ``fixed_amount``, ``bogo``, ``free_shipping``."""
    if node["_kind"].endswith("FreeShipping"):
        return ["free_shipping"]
    if node["_kind"].endswith("Bxgy"):
        return ["bogo"]
    if node["_kind"].endswith("App"):
        return ["app"]
    percentage = ((node["_gets"] or {}).get("value") or {}).get("percentage") is not None
    return ["percentage" if percentage else "fixed_amount"]


def _status(node: Node, graph: Graph) -> str:
    now: datetime = graph.clock.now()
    return status_of(node, now)


def _combines(node: Node, graph: Graph) -> list[str]:
    names = {"orderDiscounts": "order_discounts", "productDiscounts": "product_discounts"}
    names["shippingDiscounts"] = "shipping_discounts"
    return [word for name, word in names.items() if (node["_combines"] or {}).get(name)]


_ID = SearchField("id", lambda node, graph: node.id)
SEARCHES = {
    "codes": SearchTable(
        fields={
            "id": _ID,
            "code": SearchField("exact", _stored("code")),
            "times_used": SearchField("number", _stored("_used")),
        },
        default=(_stored("code"),),
    ),
    "discountNodes": SearchTable(
        fields={
            "id": _ID,
            "code": SearchField("exact", _codes),
            "combines_with": SearchField("list", _combines),
            "combines_with.*": SearchField("list", None),
            "created_at": SearchField("time", _stored("createdAt")),
            "discount_class": SearchField("exact", lambda node, graph: classes_of(node)),
            "discount_type": SearchField("exact", _type),
            "ends_at": SearchField("time", _stored("endsAt")),
            "method": SearchField("exact", lambda node, graph: "code" if "Code" in node.type else "automatic"),
            "starts_at": SearchField("time", _stored("startsAt")),
            "status": SearchField("exact", _status),
            "tag": SearchField("exact", _stored("tags")),
            "tag_not": SearchField("exact", _stored("tags")),
            "times_used": SearchField("number", _stored("_used")),
            "title": SearchField("text", _stored("title")),
            "type": SearchField("exact", _type),
            "updated_at": SearchField("time", _stored("updatedAt")),
        },
        default=(_stored("title"), _codes),
    ),
    "events": SearchTable(
        fields={
            "id": _ID,
            "action": SearchField("exact", _stored("action")),
            "comments": SearchField("boolean", lambda node, graph: False),
            "created_at": SearchField("time", _stored("createdAt")),
            "subject_type": SearchField("exact", _stored("subjectType")),
            "verb": SearchField("exact", _stored("action")),
        },
        default=(_stored("message"),),
    ),
}
