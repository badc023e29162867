"""``orderMarkAsPaid``, ``orderCreateManualPayment``, ``orderCapture``, ``transactionVoid``."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from runner.simulator.contract import Context, user_error
from runner.simulator.families.amounts import decimal, given_amount
from runner.simulator.families.events import note_event
from runner.simulator.families.money_flow import MANUAL, add_transaction
from runner.simulator.families.order_sums import capturable, outstanding, transactions_of
from runner.simulator.families.orders import markable
from runner.simulator.graph import Node
from runner.simulator.mutations.order_saving import find_order, missing, saving


def mark_as_paid(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """What is owed was paid outside of Shopify. Sends ``orders/paid`` and ``orders/updated``."""
    order = find_order(context, args["input"]["id"])
    if order is None:
        return {"order": None, "userErrors": [missing("id")]}
    if not markable(context, order):
        return {"order": None, "userErrors": [user_error(("id",), "Order cannot be marked as paid.")]}
    receive(context, order, outstanding(context.graph, order))
    return {"order": order, "userErrors": []}


def receive(context: Context, order: Node, amount: Decimal, gateway: str | None = None) -> Node:
    """Record money that came by hand, against the pending transaction when there is one."""
    pending = [each for each in transactions_of(context.graph, order) if each["status"] == "PENDING"]
    parent = pending[0] if pending else None
    with saving(context, order):
        found = add_transaction(context, order, "SALE", amount, gateway=gateway or MANUAL, parent=parent)
        note_event(context, order, "sale_success", "marked this order as paid.")
    return found


def manual_payment(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """``orderCreateManualPayment``: all that is owed, or a part of it."""
    order = find_order(context, args["id"])
    if order is None:
        return {"order": None, "userErrors": [missing("id", code="ORDER_NOT_FOUND")]}
    owed = outstanding(context.graph, order)
    amount = given_amount(args.get("amount"))
    amount = owed if amount is None else amount
    if owed <= 0:
        error = user_error(("id",), "Order is already paid.", "AMOUNT_EXCEEDS_BALANCE")
        return {"order": None, "userErrors": [error]}
    if amount <= 0:
        error = user_error(("amount",), "Amount must be positive.", "AMOUNT_NOT_POSITIVE")
        return {"order": None, "userErrors": [error]}
    if amount > owed:
        error = user_error(("amount",), "Amount exceeds the outstanding balance.", "AMOUNT_EXCEEDS_BALANCE")
        return {"order": None, "userErrors": [error]}
    receive(context, order, amount, args.get("paymentMethodName"))
    return {"order": order, "userErrors": []}


def capture(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """Take money that was authorized. Sends ``order_transactions/create``, ``orders/paid`` and ``orders/updated``."""
    given = args["input"]
    order = find_order(context, given["id"])
    if order is None:
        return _not_captured(missing("id"))
    parent = context.graph.get(given["parentTransactionId"])
    if parent is None or parent.type != "OrderTransaction" or parent["order"] != order.id:
        return _not_captured(user_error(("parentTransactionId",), "Transaction does not exist"))
    amount, left = decimal(given["amount"]), capturable(context.graph, parent)
    if parent["kind"] != "AUTHORIZATION" or not left:
        message = "The transaction is not capturable"
        return _not_captured(user_error(("parentTransactionId",), message))
    if amount <= 0:
        return _not_captured(user_error(("amount",), "Amount must be greater than zero"))
    if amount > left:
        message = "Amount exceeds the amount available for capture"
        return _not_captured(user_error(("amount",), message))
    with saving(context, order):
        final = given.get("finalCapture")
        transaction = add_transaction(context, order, "CAPTURE", amount, parent=parent, _final=final is not False)
        note_event(context, order, "capture_success", "captured a payment.")
    return {"transaction": transaction, "userErrors": []}


def void(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """Give up an authorization nothing was captured of."""
    parent = context.graph.get(args["parentTransactionId"])
    path = ("parentTransactionId",)
    if parent is None or parent.type != "OrderTransaction":
        return _not_captured(user_error(path, "Transaction does not exist", "TRANSACTION_NOT_FOUND"))
    order = find_order(context, parent["order"])
    left = capturable(context.graph, parent)
    if order is None or parent["kind"] != "AUTHORIZATION":
        return _not_captured(user_error(path, "Transaction is not an authorization", "AUTH_NOT_VOIDABLE"))
    if left != decimal(parent["_amount"]):
        return _not_captured(user_error(path, "Transaction cannot be voided", "AUTH_NOT_VOIDABLE"))
    with saving(context, order):
        transaction = add_transaction(context, order, "VOID", left, parent=parent)
    return {"transaction": transaction, "userErrors": []}


def _not_captured(*errors: dict[str, Any]) -> dict[str, Any]:
    return {"transaction": None, "userErrors": list(errors)}


MUTATIONS = {
    "orderCapture": capture,
    "orderCreateManualPayment": manual_payment,
    "orderMarkAsPaid": mark_as_paid,
    "transactionVoid": void,
}
