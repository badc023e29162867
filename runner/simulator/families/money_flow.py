"""Money of orders: how a transaction is made, and what follows."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from runner.simulator.contract import Context
from runner.simulator.families.amounts import text
from runner.simulator.families.order_sums import paid
from runner.simulator.families.payment_rendering import render_transaction
from runner.simulator.graph import Node

CARD = "bogus"
"""The gateway of Shopify's test shops."""
MANUAL = "manual"
SHOPIFY_PAYMENTS = "shopify_payments"
AUTHORIZATION_DAYS = 7


def card_gateway(context: Context) -> str:
    """With which cards are paid: the gateway of the shop's seed, else that of test shops."""
    return str(context.shop["_gateway"] or CARD)


def add_transaction(
    context: Context,
    order: Node,
    kind: str,
    amount: Decimal,
    *,
    gateway: str | None = None,
    parent: Node | None = None,
    status: str = "SUCCESS",
    **more: Any,
) -> Node:
    """Record a transaction of an order. Sends ``order_transactions/create``; what the customer paid is kept."""
    now = context.graph.now()
    name = gateway or (parent["gateway"] if parent is not None else card_gateway(context))
    transaction = context.graph.create(
        "OrderTransaction",
        {
            "order": order.id,
            "kind": kind,
            "status": status,
            "_amount": text(amount),
            "gateway": name,
            "formattedGateway": name.replace("_", " ").capitalize(),
            "manualPaymentGateway": name == MANUAL,
            "parentTransaction": parent.id if parent is not None else None,
            "test": bool(order["test"]),
            "errorCode": None,
            "createdAt": now,
            "processedAt": now,
            **more,
        },
    )
    context.graph.update(order.id, _net_paid=text(paid(context.graph, order).net))
    context.tell("order_transactions/create", render_transaction, transaction)
    return transaction
