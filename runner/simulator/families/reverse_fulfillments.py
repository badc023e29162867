"""What a return brings back and gives instead: reverse fulfilment orders, exchanged items, what may be returned at all.

``ReverseFulfillmentOrder``: ``_return``, status. ``ReverseFulfillmentOrderLineItem``: ``_owner``, fulfillmentLineItem,
totalQuantity, ``_return_line``, ``_dispositions`` [{id, type, quantity, location, createdAt}]. ``ExchangeLineItem``:
``_return``, variantId, quantity, ``_processed``, ``_lines`` (line items that it became), ``_discount`` {description,
percentage | amount}.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from runner.simulator.contract import Context, Fields, Listing
from runner.simulator.families.answers import stored
from runner.simulator.graph import Graph, Node, gid

INDEXES = {
    "ReverseFulfillmentOrder": ("_return",),
    "ReverseFulfillmentOrderLineItem": ("_owner", "_return_line"),
    "ExchangeLineItem": ("_return",),
}
_GONE = ("CANCELED", "DECLINED")


def open_reverse(graph: Graph, node: Node) -> None:
    """Make the reverse fulfilment order of a return that was approved."""
    if reverse_of(graph, node):
        return
    owner = graph.create("ReverseFulfillmentOrder", {"_return": node.id, "status": "OPEN"})
    for line in graph.find("ReturnLineItem", "_return", node.id):
        fields = {"_owner": owner.id, "_return_line": line.id, "fulfillmentLineItem": line["fulfillmentLineItem"]}
        more = {"totalQuantity": line["quantity"], "_dispositions": []}
        graph.create("ReverseFulfillmentOrderLineItem", {**fields, **more})


def reverse_of(graph: Graph, node: Node) -> list[Node]:
    """The reverse fulfilment orders of a return."""
    return graph.find("ReverseFulfillmentOrder", "_return", node.id)


def end_reverse(graph: Graph, node: Node, status: str) -> None:
    """Close or cancel what a return still expected."""
    for owner in reverse_of(graph, node):
        graph.update(owner.id, status=status)


def exchanges_of(graph: Graph, node: Node) -> list[Node]:
    """What is given instead in a return."""
    return graph.find("ExchangeLineItem", "_return", node.id)


def returnable(context: Context, sent: Node) -> int:
    """How many units of a line of a fulfilment were not returned yet."""
    taken = 0
    for line in context.graph.find("ReturnLineItem", "fulfillmentLineItem", sent.id):
        owner = context.graph.get(line["_return"])
        taken += line["quantity"] if owner is not None and owner["status"] not in _GONE else 0
    return int(sent["quantity"]) - taken


def _returnables(source: Any, context: Context, args: Mapping[str, Any]) -> list[dict[str, Any]]:
    """``returnableFulfillments``: fulfilments of an order with something that could come back."""
    found = []
    for parcel in context.graph.find("Fulfillment", "_order", args["orderId"]):
        rows = [
            {"fulfillmentLineItem": sent, "quantity": count}
            for sent in context.graph.find("FulfillmentLineItem", "_fulfillment", parcel.id)
            if parcel["status"] == "SUCCESS" and (count := returnable(context, sent)) > 0
        ]
        if rows:
            node_id = gid("ReturnableFulfillment", parcel.number)
            found.append({"id": node_id, "fulfillment": parcel, "returnableFulfillmentLineItems": rows})
    return found


def _lines(owner: Node, context: Context, args: Mapping[str, Any]) -> Listing:
    return Listing(context.graph.find("ReverseFulfillmentOrderLineItem", "_owner", owner.id))


def _order(owner: Node, context: Context, args: Mapping[str, Any]) -> str | None:
    node = context.graph.get(owner["_return"])
    return node["_order"] if node is not None else None


def _left(exchange: Node, context: Context, args: Mapping[str, Any]) -> int:
    return int((exchange["quantity"] or 0) - (exchange["_processed"] or 0))


FIELDS: Fields = {
    "ExchangeLineItem": {
        **stored(None, ("variantId",)),
        "lineItem": lambda exchange, context, args: next(iter(exchange["_lines"] or []), None),
        "lineItems": lambda exchange, context, args: list(exchange["_lines"] or []),
        "processableQuantity": _left,
        "processedQuantity": lambda exchange, context, args: exchange["_processed"] or 0,
        "unprocessedQuantity": _left,
    },
    "QueryRoot": {"returnableFulfillments": _returnables},
    "Return": {
        "exchangeLineItems": lambda node, context, args: Listing(
            [each for each in exchanges_of(context.graph, node) if each["quantity"] or args.get("includeRemovedItems")]
        ),
        "reverseFulfillmentOrders": lambda node, context, args: Listing(reverse_of(context.graph, node)),
    },
    "ReverseFulfillmentOrder": {
        "lineItems": _lines,
        "order": _order,
        "reverseDeliveries": lambda owner, context, args: Listing([]),
        "thirdPartyConfirmation": lambda owner, context, args: None,
    },
    "ReverseFulfillmentOrderLineItem": {
        "dispositions": lambda line, context, args: list(line["_dispositions"] or []),
    },
}
