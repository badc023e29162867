"""What a refund would be before it is made: ``Order.suggestedRefund``, ``Return.suggestedRefund``, and REST's
``refunds/calculate``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from runner.simulator.contract import Context, Fields
from runner.simulator.families.amounts import ZERO, bag, decimal, given_amount, rounded, text
from runner.simulator.families.giving_back import Back, Payback, line_tax
from runner.simulator.families.order_lines import current_quantity, gross, lines_of, net
from runner.simulator.families.order_sums import paid, refundable, refunded_shipping, sums, transactions_of
from runner.simulator.graph import Node


@dataclass(frozen=True, slots=True)
class Suggestion:
    """``subtotal`` after discounts, without taxes and shipping; ``amount``: all of it, at most what was paid."""

    rows: Sequence[Back]
    subtotal: Decimal
    discounts: Decimal
    tax: Decimal
    shipping: Decimal
    shipping_left: Decimal
    amount: Decimal
    maximum: Decimal
    money: Sequence[Payback]


def repayments(context: Context, order: Node, amount: Decimal | None = None) -> list[Payback]:
    """``amount`` (None: all there is) taken from what sales and captures brought, the first ones first."""
    rows = []
    for each in transactions_of(context.graph, order):
        free = refundable(context.graph, each)
        share = free if amount is None else min(free, amount)
        if share > 0:
            rows.append(Payback(each, share, each["gateway"]))
            amount = None if amount is None else amount - share
    return rows


def suggest(
    context: Context, order: Node, rows: Sequence[Back], shipping: Decimal | None = ZERO, *, whole: bool = False
) -> Suggestion:
    """The refund of ``rows`` and of so much for shipping (None: all of it); ``whole``: of everything left."""
    graph = context.graph
    if whole:
        rows = [Back(line, count, "RETURN") for line in lines_of(graph, order) if (count := current_quantity(line))]
    left = sums(graph, order).shipping - refunded_shipping(graph, order)
    carried = left if shipping is None or whole else min(shipping, left)
    subtotal = sum((rounded(net(row.line, row.quantity)) for row in rows), ZERO)
    before = sum((rounded(gross(row.line, row.quantity)) for row in rows), ZERO)
    tax = sum((rounded(line_tax(context, row.line, row.quantity)) for row in rows), ZERO)
    added = ZERO if order["taxesIncluded"] else tax
    maximum = paid(graph, order).net
    amount = min(subtotal + added + carried, maximum)
    money = repayments(context, order, amount) if amount > 0 else []
    return Suggestion(rows, subtotal, before - subtotal, tax, carried, left, amount, maximum, money)


def _row(row: Back, context: Context) -> dict[str, Any]:
    subtotal, tax = rounded(net(row.line, row.quantity)), rounded(line_tax(context, row.line, row.quantity))
    price = rounded(subtotal / row.quantity) if row.quantity else ZERO
    return {
        "id": None,
        "lineItem": row.line,
        "location": row.location,
        "quantity": row.quantity,
        "restockType": row.restock,
        "restocked": row.restock != "NO_RESTOCK",
        "price": text(price),
        "priceSet": bag(price, context),
        "subtotal": text(subtotal),
        "subtotalSet": bag(subtotal, context),
        "totalTax": text(tax),
        "totalTaxSet": bag(tax, context),
    }


def _transaction(row: Payback, context: Context) -> dict[str, Any]:
    most = refundable(context.graph, row.parent) if row.parent is not None else row.amount
    return {
        "accountNumber": None,
        "amount": text(row.amount),
        "amountSet": bag(row.amount, context),
        "formattedGateway": row.gateway.replace("_", " ").capitalize(),
        "gateway": row.gateway,
        "kind": "SUGGESTED_REFUND",
        "maximumRefundable": text(most),
        "maximumRefundableSet": bag(most, context),
        "parentTransaction": row.parent,
        "paymentDetails": None,
    }


def _shipping(found: Suggestion, context: Context) -> dict[str, Any]:
    named = {"amount": found.shipping, "maximumRefundable": found.shipping_left, "tax": ZERO}
    return {
        **{name: text(amount) for name, amount in named.items()},
        **{f"{name}Set": bag(amount, context) for name, amount in named.items()},
    }


def _methods(found: Suggestion, context: Context) -> list[dict[str, Any]]:
    return [
        {
            "__typename": "OriginalPaymentMethodsRefundMethod",
            "amount": bag(found.amount, context),
            "maximumRefundable": bag(found.maximum, context),
            "suggestedTransactions": [_transaction(row, context) for row in found.money],
        }
    ]


def _of_order(order: Node, context: Context, args: Mapping[str, Any]) -> dict[str, Any]:
    """``Order.suggestedRefund``; lines that are not of the order are passed over."""
    rows = []
    for given in args.get("refundLineItems") or []:
        line = context.graph.get(given["lineItemId"])
        if line is not None and line.type == "LineItem" and line["_order"] == order.id:
            kind = given.get("restockType") or "NO_RESTOCK"
            rows.append(Back(line, min(given["quantity"], current_quantity(line)), kind, given.get("locationId")))
    shipping = None if args.get("refundShipping") else decimal(args.get("shippingAmount"))
    found = suggest(context, order, rows, shipping, whole=bool(args.get("suggestFullRefund")))
    named = {"amount": found.amount, "maximumRefundable": found.maximum, "subtotal": found.subtotal}
    return {
        **{name: text(amount) for name, amount in named.items()},
        **{f"{name}Set": bag(amount, context) for name, amount in named.items()},
        "discountedSubtotalSet": bag(found.subtotal, context),
        "refundDuties": [],
        "refundLineItems": [_row(row, context) for row in found.rows],
        "shipping": _shipping(found, context),
        "suggestedRefundMethods": _methods(found, context),
        "suggestedTransactions": [_transaction(row, context) for row in found.money],
        "totalCartDiscountAmountSet": bag(ZERO, context),
        "totalDutiesSet": bag(ZERO, context),
        "totalTaxSet": bag(found.tax, context),
        "totalTaxes": text(found.tax),
    }


def _of_return(node: Node, context: Context, args: Mapping[str, Any]) -> dict[str, Any] | None:
    """``Return.suggestedRefund``."""
    order = context.graph.get(node["_order"])
    if order is None:
        return None
    rows = []
    for given in args["returnRefundLineItems"]:
        line = context.graph.get(given["returnLineItemId"])
        sent = context.graph.get(line["fulfillmentLineItem"]) if line is not None else None
        item = context.graph.get(sent["lineItem"]) if sent is not None else None
        if line is not None and item is not None and line["_return"] == node.id:
            rows.append(Back(item, min(given["quantity"], line["quantity"] - line["_refunded"]), "RETURN"))
    asked = args.get("refundShipping") or {}
    amount = given_amount(asked.get("shippingRefundAmount")) or ZERO
    found = suggest(context, order, rows, None if asked.get("fullRefund") else amount)
    return {
        "amount": bag(found.amount, context),
        "discountedSubtotal": bag(found.subtotal, context),
        "maximumRefundable": bag(found.maximum, context),
        "refundDuties": [],
        "shipping": _shipping(found, context),
        "subtotal": bag(found.subtotal, context),
        "suggestedTransactions": [_transaction(row, context) for row in found.money],
        "totalCartDiscountAmount": bag(ZERO, context),
        "totalDuties": bag(ZERO, context),
        "totalTax": bag(found.tax, context),
    }


FIELDS: Fields = {"Order": {"suggestedRefund": _of_order}, "Return": {"suggestedRefund": _of_return}}
