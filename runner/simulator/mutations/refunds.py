"""``refundCreate`` and ``orderCancel``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from runner.simulator.contract import Context, user_error
from runner.simulator.families.amounts import ZERO, decimal
from runner.simulator.families.events import note_event
from runner.simulator.families.giving_back import Back, Payback, cut, give_back
from runner.simulator.families.jobs import started
from runner.simulator.families.money_flow import add_transaction
from runner.simulator.families.order_lines import (
    current_quantity,
    fulfilled,
    fulfillment_orders_of,
    lines_of,
    unfulfilled,
)
from runner.simulator.families.order_sums import capturable, paid, refundable, refunded_shipping, sums, transactions_of
from runner.simulator.families.refund_suggestion import repayments
from runner.simulator.families.stock import move
from runner.simulator.graph import Node
from runner.simulator.mutations.order_saving import find_order, saving

Errors = list[dict[str, Any]]


def create(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """Give back units, shipping costs and money. Sends ``refunds/create`` and ``orders/updated``."""
    given = args["input"]
    order = find_order(context, given["orderId"])
    if order is None:
        return _refused([user_error(("orderId",), "Order does not exist")])
    rows, errors = refund_rows(context, order, given.get("refundLineItems") or [])
    money, problems = _money(
        context, order, given.get("transactions") or [], over=bool(given.get("allowOverRefunding"))
    )
    errors += problems
    shipping, problems = _shipping(context, order, given.get("shipping") or {})
    errors += problems
    if errors:
        return _refused(errors)
    with saving(context, order):
        refund = give_back(context, order, rows, money, shipping=shipping, note=given.get("note"))
    return {"refund": refund, "order": order, "userErrors": []}


def refund_rows(context: Context, order: Node, given: Sequence[Mapping[str, Any]]) -> tuple[list[Back], Errors]:
    """The units that ``RefundLineItemInput`` rows name, and what is wrong with them."""
    rows: list[Back] = []
    errors: Errors = []
    for index, row in enumerate(given):
        path = ("refundLineItems", str(index))
        line = context.graph.get(row["lineItemId"])
        if line is None or line.type != "LineItem" or line["_order"] != order.id:
            errors.append(user_error((*path, "lineItemId"), "Line item does not exist"))
            continue
        if not 0 < row["quantity"] <= current_quantity(line):
            message = "Refund quantity cannot be greater than the quantity that can be refunded"
            errors.append(user_error((*path, "quantity"), message))
            continue
        kind = row.get("restockType") or "NO_RESTOCK"
        kind = "RETURN" if kind == "LEGACY_RESTOCK" else kind
        problem = _restock_problem(context, line, row, kind)
        if problem is not None:
            errors.append(user_error((*path, *problem[0]), problem[1]))
        rows.append(Back(line, row["quantity"], kind, row.get("locationId")))
    return rows, errors


def _restock_problem(
    context: Context, line: Node, row: Mapping[str, Any], kind: str
) -> tuple[tuple[str, ...], str] | None:
    location = context.graph.get(row["locationId"]) if row.get("locationId") else None
    if row.get("locationId") and (location is None or location.type != "Location"):
        return ("locationId",), "Location does not exist"
    if kind == "RETURN" and row.get("locationId") is None and line["_claimed"]:
        return ("locationId",), "Location must be specified when restocking"
    if kind == "CANCEL" and row["quantity"] > unfulfilled(context.graph, line):
        return ("restockType",), "Cannot cancel units that have been fulfilled"
    if kind == "RETURN" and row["quantity"] > fulfilled(context.graph, line):
        return ("restockType",), "Cannot return units that have not been fulfilled"
    return None


def _money(
    context: Context, order: Node, given: Sequence[Mapping[str, Any]], *, over: bool
) -> tuple[list[Payback], Errors]:
    rows: list[Payback] = []
    errors: Errors = []
    for index, row in enumerate(given):
        path = ("transactions", str(index))
        parent = context.graph.get(row["parentId"]) if row.get("parentId") else None
        if row.get("parentId") and (parent is None or parent["order"] != order.id):
            errors.append(user_error((*path, "parentId"), "Parent transaction does not exist"))
            continue
        amount = decimal(row["amount"])
        available = refundable(context.graph, parent) if parent is not None else paid(context.graph, order).net
        if amount <= 0:
            errors.append(user_error((*path, "amount"), "Amount must be greater than zero"))
        elif amount > available and not over:
            errors.append(user_error((*path, "amount"), "Refund amount exceeds the amount that can be refunded"))
        rows.append(Payback(parent, amount, row["gateway"]))
    return rows, errors


def _shipping(context: Context, order: Node, given: Mapping[str, Any]) -> tuple[Decimal, Errors]:
    left = sums(context.graph, order).shipping - refunded_shipping(context.graph, order)
    if given.get("fullRefund"):
        return left, []
    amount = decimal(given.get("amount"))
    if amount > left:
        return ZERO, [user_error(("shipping", "amount"), "Shipping refund exceeds the shipping cost")]
    return amount, []


def cancel(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """Cancel an order: void what is authorized, refund what was paid when asked, restock when asked. A job at
    Shopify; here it is done when the answer is given. Sends ``orders/cancelled`` and ``orders/updated``."""
    order = find_order(context, args["orderId"])
    if order is None:
        return _not_cancelled("orderId", "Order does not exist", "NOT_FOUND")
    if order["cancelledAt"]:
        return _not_cancelled("orderId", "Order has already been cancelled", "INVALID")
    if any(fulfilled(context.graph, line) for line in lines_of(context.graph, order)):
        message = "Cannot cancel an order that has fulfillments"
        return _not_cancelled("orderId", message, "INVALID")
    method = args.get("refundMethod") or {}
    refund = bool(args.get("refund") or method.get("originalPaymentMethodsRefund"))
    if args.get("refund") is not None and args.get("refundMethod") is not None:
        return _not_cancelled("refund", "Only one of refund and refundMethod can be specified", "INVALID")
    with saving(context, order, "orders/cancelled"):
        call_off(context, order, args["reason"], refund=refund, restock=args["restock"], note=args.get("staffNote"))
    return {"job": started(context), "orderCancelUserErrors": [], "userErrors": []}


def call_off(
    context: Context, order: Node, reason: str, *, refund: bool, restock: bool, note: str | None = None
) -> None:
    """Make an order cancelled. The order's topics are the caller's."""
    graph = context.graph
    rows = [
        Back(line, current_quantity(line), "CANCEL" if restock else "NO_RESTOCK")
        for line in lines_of(graph, order)
        if current_quantity(line)
    ]
    if refund or restock:
        money = repayments(context, order) if refund else []
        shipping = sums(graph, order).shipping - refunded_shipping(graph, order) if money else ZERO
        give_back(context, order, rows, money, shipping=shipping, note="Canceled")
    else:
        move(context, [each for row in rows for each in cut(context, row.line, row.quantity, restock=False)])
    for transaction in transactions_of(graph, order):
        left = capturable(graph, transaction)
        if left:
            add_transaction(context, order, "VOID", left, parent=transaction)
    for owner in fulfillment_orders_of(graph, order):
        if owner["status"] not in ("CLOSED", "CANCELLED"):
            graph.update(owner.id, status="CANCELLED", updatedAt=graph.now())
    note_event(context, order, "cancelled", "canceled this order.")
    graph.update(order.id, cancelledAt=graph.now(), cancelReason=reason, _staff_note=note)


def _not_cancelled(field: str, message: str, code: str) -> Mapping[str, Any]:
    error = user_error((field,), message, code)
    plain = {"field": [field], "message": message}
    return {"job": None, "orderCancelUserErrors": [error], "userErrors": [plain]}


def _refused(errors: Errors) -> dict[str, Any]:
    return {"refund": None, "order": None, "userErrors": errors}


MUTATIONS = {"orderCancel": cancel, "refundCreate": create}
