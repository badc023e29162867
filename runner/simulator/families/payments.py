"""Transactions and refunds: computed fields.

``OrderTransaction``: order, kind, status, gateway, formattedGateway, ``_amount``, parentTransaction, ``_refund``,
``_final``, test, createdAt, processedAt (``money_flow.py`` makes them). ``Refund``: ``_order``, note, return,
``_shipping``, createdAt, processedAt, updatedAt. ``RefundLineItem``: ``_refund``, lineItem, quantity, restockType,
restocked, location, ``_subtotal``, ``_tax``.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from runner.simulator.contract import Context, Fields, Listing
from runner.simulator.families.amounts import ZERO, bag, decimal, rounded
from runner.simulator.families.answers import Amount, always, amounts, as_bag, as_money, as_text, stored
from runner.simulator.families.money_flow import AUTHORIZATION_DAYS, CARD, SHOPIFY_PAYMENTS
from runner.simulator.families.order_lines import shipping_lines_of
from runner.simulator.families.order_sums import capturable, refundable
from runner.simulator.graph import Node

INDEXES = {"Refund": ("_order", "return"), "RefundLineItem": ("_refund", "lineItem")}


def _amount(transaction: Node, context: Context) -> Decimal:
    return decimal(transaction["_amount"])


def _unsettled(transaction: Node, context: Context) -> Decimal:
    return capturable(context.graph, transaction)


def _most(transaction: Node, context: Context) -> Decimal:
    return refundable(context.graph, transaction)


def _stored_amount(name: str) -> Amount:
    return lambda node, context: decimal(node[name])


_CARDS: dict[str, dict[str, Any]] = {
    CARD: {"bin": "1", "company": "Bogus", "name": "Bogus Gateway", "number": "•••• •••• •••• 1"},
    SHOPIFY_PAYMENTS: {"bin": "424242", "company": "Visa", "name": None, "number": "•••• •••• •••• 4242"},
}
"""The cards that are used with each gateway."""


def _expires(transaction: Node, context: Context, args: Mapping[str, Any]) -> str | None:
    if transaction["kind"] != "AUTHORIZATION":
        return None
    end = datetime.fromisoformat(transaction["processedAt"]) + timedelta(days=AUTHORIZATION_DAYS)
    return end.strftime("%Y-%m-%dT%H:%M:%SZ")


def _details(transaction: Node, context: Context, args: Mapping[str, Any]) -> dict[str, Any] | None:
    card = _CARDS.get(transaction["gateway"])
    if card is None:
        return None
    return {
        "__typename": "CardPaymentDetails",
        "avsResultCode": None,
        "cvvResultCode": None,
        "expirationMonth": None,
        "expirationYear": None,
        "paymentMethodName": "card",
        "wallet": None,
        **card,
    }


def _refunded(refund: Node, context: Context) -> Decimal:
    found = context.graph.find("OrderTransaction", "_refund", refund.id)
    return sum((decimal(each["_amount"]) for each in found if each["status"] == "SUCCESS"), ZERO)


def _shipping(refund: Node, context: Context, args: Mapping[str, Any]) -> list[dict[str, Any]]:
    amount, order = decimal(refund["_shipping"]), context.graph.get(refund["_order"])
    lines = shipping_lines_of(context.graph, order) if order is not None else []
    if not amount or not lines:
        return []
    node_id = f"gid://shopify/RefundShippingLine/{refund.number}"
    return [
        {
            "id": node_id,
            "shippingLine": lines[0],
            "subtotalAmountSet": bag(amount, context),
            "taxAmountSet": bag(ZERO, context),
        }
    ]


def _unit_price(line: Node, context: Context) -> Decimal:
    return rounded(decimal(line["_subtotal"]) / line["quantity"]) if line["quantity"] else ZERO


def _of_refund(type_name: str) -> Any:
    return lambda refund, context, args: Listing(context.graph.find(type_name, "_refund", refund.id))


FIELDS: Fields = {
    "OrderTransaction": {
        **amounts(amount=_amount, totalUnsettled=_unsettled),
        **always(None, ("accountNumber", "amountRoundingSet", "currencyExchangeAdjustment", "device", "location")),
        **always(None, ("paymentIcon", "settlementCurrency", "settlementCurrencyRate", "shopifyPaymentsSet", "user")),
        **always([], ("fees",)),
        **stored(None, ("errorCode", "parentTransaction", "paymentId")),
        "amountV2": as_money(_amount),
        "authorizationCode": lambda transaction, context, args: transaction["_authorization"],
        "authorizationExpiresAt": _expires,
        "manuallyCapturable": lambda transaction, context, args: _unsettled(transaction, context) > 0,
        "maximumRefundable": as_text(_most),
        "maximumRefundableV2": as_money(_most),
        "multiCapturable": lambda transaction, context, args: False,
        "paymentDetails": _details,
        "paymentMethod": lambda transaction, context, args: None,
        "receiptJson": lambda transaction, context, args: {},
        "totalUnsettledV2": as_money(_unsettled),
    },
    "Refund": {
        **always([], ("duties", "orderAdjustments")),
        **always(None, ("staffMember",)),
        **stored(None, ("note", "return")),
        "order": lambda refund, context, args: refund["_order"],
        "refundLineItems": _of_refund("RefundLineItem"),
        "refundShippingLines": _shipping,
        "totalRefunded": as_money(_refunded),
        "totalRefundedSet": as_bag(_refunded),
        "transactions": _of_refund("OrderTransaction"),
    },
    "RefundLineItem": {
        **amounts(price=_unit_price, subtotal=_stored_amount("_subtotal"), totalTax=_stored_amount("_tax")),
        **stored(None, ("location",)),
    },
}
