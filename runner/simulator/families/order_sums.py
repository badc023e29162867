"""What an order costs, what was paid of it, and the two statuses that follow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from runner.simulator.families.amounts import ZERO, decimal, rounded
from runner.simulator.families.order_lines import (
    current_quantity,
    discount,
    fulfilled,
    fulfillment_orders_of,
    gross,
    lines_of,
    net,
    shipping_lines_of,
    shipping_price,
    taxes,
    unfulfilled,
)
from runner.simulator.graph import Graph, Node

TAKEN = ("SALE", "CAPTURE")
"""Kinds of transactions that bring money."""


@dataclass(frozen=True, slots=True)
class Sums:
    """The amounts of an order, all quantities as ordered or all current.

    ``lines`` before discounts; ``subtotal`` after them; ``discounts`` those of shipping included; ``total`` is what is
    to be paid.
    """

    lines: Decimal
    discounts: Decimal
    subtotal: Decimal
    shipping: Decimal
    tax: Decimal
    tip: Decimal
    total: Decimal
    tax_lines: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Paid:
    """What happened with money. ``authorized`` is what may still be captured."""

    received: Decimal
    refunded: Decimal
    authorized: Decimal
    voided: bool

    @property
    def net(self) -> Decimal:
        """What the shop has."""
        return self.received - self.refunded


def sums(graph: Graph, order: Node, *, current: bool = False) -> Sums:
    """What an order costs as ordered, or (``current``) after refunds and edits."""
    included = bool(order["taxesIncluded"])
    found = lines_of(graph, order)
    quantities = [current_quantity(line) if current else int(line["quantity"]) for line in found]
    subtotal = sum((net(line, quantity) for line, quantity in zip(found, quantities, strict=True)), ZERO)
    before = sum((gross(line, quantity) for line, quantity in zip(found, quantities, strict=True)), ZERO)
    carried = shipping_lines_of(graph, order)
    shipping = sum((shipping_price(line) for line in carried), ZERO)
    if current:
        shipping -= refunded_shipping(graph, order)
    off = before - subtotal + sum((discount(line) for line in carried), ZERO)
    rows: dict[tuple[str, float], Decimal] = {}
    if not order["taxExempt"]:
        amounts = [(line, net(line, quantity)) for line, quantity in zip(found, quantities, strict=True)]
        amounts += [(line, shipping_price(line)) for line in carried]
        for line, amount in amounts:
            for row in taxes(line, amount, included=included):
                key = (row["title"], row["rate"])
                rows[key] = rows.get(key, ZERO) + row["amount"]
    tax = sum(rows.values(), ZERO)
    tip = decimal(order["_tip"])
    total = subtotal + shipping + tip + (ZERO if included else tax)
    lines = tuple({"title": title, "rate": rate, "amount": amount} for (title, rate), amount in rows.items())
    return Sums(before, off, subtotal, shipping, tax, tip, rounded(total), lines)


def refunds_of(graph: Graph, order: Node) -> list[Node]:
    """The refunds of an order."""
    return graph.find("Refund", "_order", order.id)


def refunded_shipping(graph: Graph, order: Node) -> Decimal:
    """What was given back of the shipping costs."""
    return sum((decimal(refund["_shipping"]) for refund in refunds_of(graph, order)), ZERO)


def transactions_of(graph: Graph, order: Node) -> list[Node]:
    """The transactions of an order."""
    return graph.find("OrderTransaction", "order", order.id)


def capturable(graph: Graph, transaction: Node) -> Decimal:
    """What may still be captured of an authorization; zero for other kinds, and for one that was voided."""
    if transaction["kind"] != "AUTHORIZATION" or transaction["status"] != "SUCCESS":
        return ZERO
    left = decimal(transaction["_amount"])
    for other in graph.find("OrderTransaction", "parentTransaction", transaction.id):
        if other["status"] != "SUCCESS":
            continue
        if other["kind"] == "VOID" or other["_final"]:
            return ZERO
        if other["kind"] == "CAPTURE":
            left -= decimal(other["_amount"])
    return max(left, ZERO)


def refundable(graph: Graph, transaction: Node) -> Decimal:
    """What may still be refunded of a sale or capture."""
    if transaction["kind"] not in TAKEN or transaction["status"] != "SUCCESS":
        return ZERO
    given = graph.find("OrderTransaction", "parentTransaction", transaction.id)
    back = (decimal(each["_amount"]) for each in given if each["kind"] == "REFUND" and each["status"] == "SUCCESS")
    return max(decimal(transaction["_amount"]) - sum(back, ZERO), ZERO)


def paid(graph: Graph, order: Node) -> Paid:
    """What was received, refunded and authorized."""
    received = refunded = authorized = ZERO
    voided = False
    for each in transactions_of(graph, order):
        if each["status"] != "SUCCESS":
            continue
        amount = decimal(each["_amount"])
        received += amount if each["kind"] in TAKEN else ZERO
        refunded += amount if each["kind"] == "REFUND" else ZERO
        authorized += capturable(graph, each)
        voided = voided or each["kind"] == "VOID"
    return Paid(received, refunded, authorized, voided)


def outstanding(graph: Graph, order: Node) -> Decimal:
    """What the customer still owes; below zero when too much was paid. Nothing of a cancelled order."""
    if order["cancelledAt"]:
        return ZERO
    return sums(graph, order, current=True).total - paid(graph, order).net


def financial_status(graph: Graph, order: Node) -> str:
    """``Order.displayFinancialStatus``."""
    money = paid(graph, order)
    if money.received:
        if money.refunded >= money.received:
            return "REFUNDED"
        if money.refunded:
            return "PARTIALLY_REFUNDED"
        return "PAID" if outstanding(graph, order) <= 0 else "PARTIALLY_PAID"
    if money.authorized:
        return "AUTHORIZED"
    if money.voided or order["cancelledAt"]:
        return "VOIDED"
    return "PAID" if not sums(graph, order, current=True).total else "PENDING"


def fulfillment_status(graph: Graph, order: Node) -> str:
    """``Order.displayFulfillmentStatus``."""
    found = lines_of(graph, order)
    sent = sum(fulfilled(graph, line) for line in found)
    left = sum(unfulfilled(graph, line) for line in found)
    if sent:
        return "PARTIALLY_FULFILLED" if left else "FULFILLED"
    statuses = {each["status"] for each in fulfillment_orders_of(graph, order)} - {"CLOSED", "CANCELLED"}
    if statuses and left:
        for status in ("ON_HOLD", "SCHEDULED"):
            if statuses == {status}:
                return status
        if "IN_PROGRESS" in statuses:
            return "IN_PROGRESS"
    return "UNFULFILLED"
