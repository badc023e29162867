"""Refunds: which units are given back, what becomes of the stock, and the money that goes back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from runner.simulator.contract import Context
from runner.simulator.families.amounts import ZERO, rounded, text
from runner.simulator.families.events import note_event
from runner.simulator.families.money_flow import add_transaction
from runner.simulator.families.order_lines import OPEN_STATUSES, net, taxes, unfulfilled
from runner.simulator.families.payment_rendering import render_refund
from runner.simulator.families.placing import choose_location, shift
from runner.simulator.families.quantities import active, find_level
from runner.simulator.families.sending import settle
from runner.simulator.families.stock import Movement, move
from runner.simulator.graph import Graph, Node


@dataclass(frozen=True, slots=True)
class Back:
    """So many units of a line given back. ``restock``: ``CANCEL`` (never sent), ``RETURN`` (came back), ``NO_RESTOCK``.

    ``location``: where they are restocked; None where they were to be taken from.
    """

    line: Node
    quantity: int
    restock: str = "NO_RESTOCK"
    location: str | None = None


@dataclass(frozen=True, slots=True)
class Payback:
    """Money that goes back: an amount of what one sale or capture brought."""

    parent: Node | None
    amount: Decimal
    gateway: str


def line_tax(context: Context, line: Node, quantity: int) -> Decimal:
    """The taxes of so many units of a line."""
    order = context.graph.get(line["_order"])
    if order is None or order["taxExempt"]:
        return ZERO
    rows = taxes(line, net(line, quantity), included=bool(order["taxesIncluded"]))
    return sum((row["amount"] for row in rows), ZERO)


def give_back(
    context: Context,
    order: Node,
    rows: Sequence[Back],
    money: Sequence[Payback],
    *,
    shipping: Decimal = ZERO,
    note: str | None = None,
    of_return: str | None = None,
) -> Node:
    """Make a refund. Sends ``refunds/create`` and what follows for the stock; not the order's topics."""
    graph, now = context.graph, context.graph.now()
    fields = {
        "_order": order.id,
        "note": note,
        "return": of_return,
        "_shipping": text(shipping),
        "createdAt": now,
        "processedAt": now,
        "updatedAt": now,
    }
    refund = graph.create("Refund", fields)
    movements: list[Movement] = []
    for row in rows:
        movements += _line(context, refund, row)
    for each in money:
        add_transaction(
            context, order, "REFUND", each.amount, parent=each.parent, gateway=each.gateway, _refund=refund.id
        )
    note_event(context, order, "refund_success", "refunded this order.")
    context.tell("refunds/create", render_refund, refund)
    move(context, movements)
    return refund


def _line(context: Context, refund: Node, row: Back) -> list[Movement]:
    graph, line = context.graph, row.line
    subtotal = rounded(net(line, row.quantity))
    never_sent = min(row.quantity, unfulfilled(graph, line)) if row.restock != "RETURN" else 0
    location = row.location or _origin(graph, line) or choose_location(context, line["variant"], 0)
    fields = {
        "_refund": refund.id,
        "lineItem": line.id,
        "quantity": row.quantity,
        "restockType": row.restock,
        "restocked": row.restock in ("CANCEL", "RETURN"),
        "location": location if row.restock in ("CANCEL", "RETURN") else None,
        "_subtotal": text(subtotal),
        "_tax": text(line_tax(context, line, row.quantity)),
    }
    graph.create("RefundLineItem", fields)
    graph.update(line.id, _removed=(line["_removed"] or 0) + row.quantity)
    movements = cut(context, line, never_sent, restock=row.restock == "CANCEL")
    back = row.quantity - never_sent
    if row.restock in ("RETURN", "CANCEL") and back and location is not None:
        movements += _restock(graph, line, location, back)
    return movements


def cut(context: Context, line: Node, amount: int, *, restock: bool) -> list[Movement]:
    """Take units of a line out of its open fulfilment orders; ``restock``: they are available again."""
    graph = context.graph
    movements: list[Movement] = []
    for part in reversed(graph.find("FulfillmentOrderLineItem", "lineItem", line.id)):
        owner = graph.get(part["_fulfillment_order"])
        taken = min(amount, part["remainingQuantity"])
        if owner is None or owner["status"] not in OPEN_STATUSES or not taken:
            continue
        amount -= taken
        left, total = part["remainingQuantity"] - taken, part["totalQuantity"] - taken
        graph.update(part.id, remainingQuantity=left, totalQuantity=total)
        movements += shift(graph, line, owner["_location"], -taken, take=restock)
        settle(context, owner.id)
    return movements


def _restock(graph: Graph, line: Node, location: str, amount: int) -> list[Movement]:
    variant = graph.get(line["variant"])
    item = graph.get(variant["inventoryItem"]) if variant is not None else None
    level = find_level(graph, item.id, location) if item is not None and item["tracked"] else None
    if level is None or not active(level):
        return []
    return [Movement(level.id, "available", amount)]


def _origin(graph: Graph, line: Node) -> str | None:
    """Where a line was sent from, or is to be."""
    for part in reversed(graph.find("FulfillmentLineItem", "lineItem", line.id)):
        fulfillment = graph.get(part["_fulfillment"])
        if fulfillment is not None and fulfillment["location"]:
            return str(fulfillment["location"])
    for part in graph.find("FulfillmentOrderLineItem", "lineItem", line.id):
        owner = graph.get(part["_fulfillment_order"])
        if owner is not None:
            return str(owner["_location"])
    return None
