"""Transactions and refunds in REST's form (engine.md 11.4)."""

from __future__ import annotations

from typing import Any

from runner.simulator.contract import Context
from runner.simulator.families.amounts import decimal, rest_set, text
from runner.simulator.families.line_rendering import render_line
from runner.simulator.families.order_lines import shipping_lines_of
from runner.simulator.families.rendering import shop_time
from runner.simulator.graph import Node, number_of


def render_transaction(transaction: Node, context: Context) -> dict[str, Any]:
    """A transaction of an order."""
    parent = transaction["parentTransaction"]
    return {
        "id": transaction.number,
        "order_id": number_of(transaction["order"]),
        "kind": transaction["kind"].lower(),
        "gateway": transaction["gateway"],
        "status": transaction["status"].lower(),
        "message": None,
        "created_at": shop_time(transaction["createdAt"], context),
        "test": bool(transaction["test"]),
        "authorization": transaction["_authorization"],
        "location_id": None,
        "user_id": None,
        "parent_id": number_of(parent) if parent else None,
        "processed_at": shop_time(transaction["processedAt"], context),
        "device_id": None,
        "error_code": transaction["errorCode"],
        "source_name": "web",
        "receipt": {},
        "amount": text(decimal(transaction["_amount"])),
        "currency": context.shop["currencyCode"],
        "payment_id": transaction["paymentId"],
        "manual_payment_gateway": bool(transaction["manualPaymentGateway"]),
        "admin_graphql_api_id": transaction.id,
    }


def render_refund(refund: Node, context: Context) -> dict[str, Any]:
    """A refund with the lines and transactions it is made of."""
    graph = context.graph
    lines = graph.find("RefundLineItem", "_refund", refund.id)
    return {
        "id": refund.number,
        "admin_graphql_api_id": refund.id,
        "order_id": number_of(refund["_order"]),
        "created_at": shop_time(refund["createdAt"], context),
        "processed_at": shop_time(refund["processedAt"], context),
        "note": refund["note"],
        "user_id": None,
        "restock": any(line["restocked"] for line in lines),
        "duties": [],
        "total_duties_set": rest_set(decimal(None), context),
        "return": _return(refund),
        "order_adjustments": _adjustments(refund, context),
        "transactions": [
            render_transaction(each, context) for each in graph.find("OrderTransaction", "_refund", refund.id)
        ],
        "refund_line_items": [_line(line, context) for line in lines],
        "refund_shipping_lines": _shipping(refund, context),
    }


def _return(refund: Node) -> dict[str, Any] | None:
    held = refund["return"]
    return {"id": number_of(held), "admin_graphql_api_id": held} if held else None


def _adjustments(refund: Node, context: Context) -> list[dict[str, Any]]:
    amount = decimal(refund["_shipping"])
    if not amount:
        return []
    return [
        {
            "id": refund.number,
            "order_id": number_of(refund["_order"]),
            "refund_id": refund.number,
            "amount": text(-amount),
            "tax_amount": "0.00",
            "kind": "shipping_refund",
            "reason": "Shipping refund",
            "amount_set": rest_set(-amount, context),
            "tax_amount_set": rest_set(decimal(None), context),
        }
    ]


def _shipping(refund: Node, context: Context) -> list[dict[str, Any]]:
    amount = decimal(refund["_shipping"])
    order = context.graph.get(refund["_order"])
    if not amount or order is None:
        return []
    lines = shipping_lines_of(context.graph, order)
    return [
        {
            "id": refund.number,
            "shipping_line": {"id": lines[0].number, "title": lines[0]["title"]} if lines else None,
            "subtotal_amount_set": rest_set(amount, context),
        }
    ]


def _line(line: Node, context: Context) -> dict[str, Any]:
    item = context.graph.get(line["lineItem"])
    return {
        "id": line.number,
        "location_id": number_of(line["location"]) if line["location"] else None,
        "restock_type": line["restockType"].lower(),
        "quantity": line["quantity"],
        "line_item_id": number_of(line["lineItem"]),
        "subtotal": float(line["_subtotal"]),
        "total_tax": float(line["_tax"]),
        "subtotal_set": rest_set(decimal(line["_subtotal"]), context),
        "total_tax_set": rest_set(decimal(line["_tax"]), context),
        "line_item": render_line(item, context) if item is not None else None,
    }
