"""What orders are made of, read from the graph: lines, shipping lines, and how much of a line is left to be done.

``LineItem``: ``_order``, title, variantTitle, sku, vendor, product, variant, quantity (as ordered), ``_removed`` (of
these refunded or edited away), ``_price`` a unit, ``_allocations`` [{index, amount}] for the whole quantity, ``_taxes``
[{title, rate}], customAttributes, taxable, requiresShipping, isGiftCard, ``_service`` (handle of the fulfilment
service), ``_selling_plan`` (a name), ``_claimed`` (stock was committed for it).
``ShippingLine``: ``_order``, title, code, source, ``_price``, ``_allocations``, ``_taxes``, isRemoved.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from runner.simulator.families.amounts import ZERO, decimal, rounded
from runner.simulator.graph import Graph, Node

OPEN_STATUSES = ("OPEN", "IN_PROGRESS", "ON_HOLD", "SCHEDULED", "INCOMPLETE")
"""Of fulfilment orders with something left to do."""


def lines_of(graph: Graph, order: Node) -> list[Node]:
    """The line items of an order."""
    return graph.find("LineItem", "_order", order.id)


def shipping_lines_of(graph: Graph, order: Node, *, removed: bool = False) -> list[Node]:
    """The shipping lines of an order, those edited away only when ``removed``."""
    found = graph.find("ShippingLine", "_order", order.id)
    return [line for line in found if removed or not line["isRemoved"]]


def current_quantity(line: Node) -> int:
    """What is left of the quantity after refunds and edits."""
    return int(line["quantity"]) - int(line["_removed"] or 0)


def fulfillment_orders_of(graph: Graph, order: Node) -> list[Node]:
    """The fulfilment orders of an order."""
    return graph.find("FulfillmentOrder", "_order", order.id)


def fulfillments_of(graph: Graph, order: Node) -> list[Node]:
    """The fulfilments of an order."""
    return graph.find("Fulfillment", "_order", order.id)


def parts_of(graph: Graph, fulfillment_order: Node) -> list[Node]:
    """The lines of a fulfilment order."""
    return graph.find("FulfillmentOrderLineItem", "_fulfillment_order", fulfillment_order.id)


def unfulfilled(graph: Graph, line: Node) -> int:
    """How many units of a line are still to be fulfilled."""
    left = 0
    for part in graph.find("FulfillmentOrderLineItem", "lineItem", line.id):
        owner = graph.get(part["_fulfillment_order"])
        if owner is not None and owner["status"] in OPEN_STATUSES:
            left += int(part["remainingQuantity"])
    return left


def fulfilled(graph: Graph, line: Node) -> int:
    """How many units of a line were sent, by fulfilments that were not cancelled."""
    total = 0
    for part in graph.find("FulfillmentLineItem", "lineItem", line.id):
        owner = graph.get(part["_fulfillment"])
        if owner is not None and owner["status"] == "SUCCESS":
            total += int(part["quantity"])
    return total


def refunded(graph: Graph, line: Node) -> int:
    """How many units of a line are in refunds."""
    return sum(int(part["quantity"]) for part in graph.find("RefundLineItem", "lineItem", line.id))


def gross(line: Node, quantity: int | None = None) -> Decimal:
    """Price times quantity (the ordered one), before discounts."""
    return decimal(line["_price"]) * (int(line["quantity"]) if quantity is None else quantity)


def discount(line: Node, quantity: int | None = None, *, kinds: Any = None) -> Decimal:
    """What discounts take off a line or a part of it; ``kinds``: only of the applications with these indexes."""
    rows = line["_allocations"] or []
    whole = sum((decimal(row["amount"]) for row in rows if kinds is None or row["index"] in kinds), ZERO)
    ordered = int(line["quantity"]) if line.type == "LineItem" else 1
    if quantity is None or not ordered:
        return whole
    return rounded(whole * quantity / ordered)


def line_level(graph: Graph, line: Node) -> list[int]:
    """The indexes of the applications that are for single lines: neither codes nor spread over the order."""
    order = graph.get(line["_order"])
    rows = (order["_discounts"] or []) if order is not None else []
    return [row["index"] for row in rows if row["method"] != "ACROSS" and row["type"] != "CODE"]


def net(line: Node, quantity: int | None = None) -> Decimal:
    """A line (or so many units of it) after all discounts."""
    return gross(line, quantity) - discount(line, quantity)


def taxes(line: Node, amount: Decimal, *, included: bool) -> list[dict[str, Any]]:
    """The taxes of ``amount`` of a line: ``{title, rate, amount}``; ``included``: they are part of the amount."""
    rows = []
    for row in line["_taxes"] or []:
        rate = Decimal(str(row["rate"]))
        tax = amount - amount / (1 + rate) if included else amount * rate
        rows.append({"title": row["title"], "rate": float(row["rate"]), "amount": rounded(tax)})
    return rows


def shipping_price(line: Node) -> Decimal:
    """The price of a shipping line after discounts."""
    return decimal(line["_price"]) - discount(line)
