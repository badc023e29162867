"""What a refund would be, how many payments there are, and single risks of orders, over REST."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from runner.simulator.contract import Context, RestCall, RestReply, Route
from runner.simulator.families.amounts import decimal, text
from runner.simulator.families.giving_back import Back, line_tax
from runner.simulator.families.order_lines import current_quantity, net
from runner.simulator.families.order_sums import transactions_of
from runner.simulator.families.refund_suggestion import suggest
from runner.simulator.graph import Node, gid
from runner.simulator.mutations.orders import set_risk
from runner.simulator.rest.orders import render_risk
from runner.simulator.rest.paging import fetch, integer, invalid, not_found, wrapped

_LEVELS = {"cancel": "HIGH", "investigate": "MEDIUM", "accept": "LOW"}


def calculate(context: Context, call: RestCall) -> RestReply:
    """``refunds/calculate``: units and shipping as they would be given back, and from which payments."""
    order = fetch(context, "Order", call.ids["id"])
    given = wrapped(call, "refund")
    rows = [_row(context, order, row) for row in given.get("refund_line_items") or []]
    asked: Mapping[str, Any] = given.get("shipping") or {}
    found = suggest(context, order, rows, None if asked.get("full_refund") else decimal(asked.get("amount")))
    shipping = {"amount": text(found.shipping), "tax": "0.00", "maximum_refundable": text(found.shipping_left)}
    transactions = [
        {
            "order_id": order.number,
            "kind": "suggested_refund",
            "gateway": row.gateway,
            "parent_id": row.parent.number if row.parent is not None else None,
            "amount": text(row.amount),
            "currency": context.shop["currencyCode"],
            "maximum_refundable": text(found.maximum),
        }
        for row in found.money
    ]
    lines = [_shown(context, row) for row in rows]
    body = {"shipping": shipping, "refund_line_items": lines, "transactions": transactions}
    return RestReply(200, {"refund": {**body, "currency": context.shop["currencyCode"]}})


def _row(context: Context, order: Node, row: Mapping[str, Any]) -> Back:
    line = context.graph.by_number("LineItem", integer(row, "line_item_id") or 0)
    if line is None or line["_order"] != order.id:
        raise not_found()
    quantity = integer(row, "quantity") or 0
    if not 0 < quantity <= current_quantity(line):
        raise invalid(refund_line_items="Refund cannot be created with an invalid quantity")
    location = gid("Location", row["location_id"]) if row.get("location_id") else None
    return Back(line, quantity, str(row.get("restock_type") or "no_restock").upper(), location)


def _shown(context: Context, row: Back) -> dict[str, Any]:
    subtotal = net(row.line, row.quantity)
    return {
        "quantity": row.quantity,
        "line_item_id": row.line.number,
        "location_id": None,
        "restock_type": row.restock.lower(),
        "price": text(subtotal / row.quantity),
        "subtotal": text(subtotal),
        "total_tax": text(line_tax(context, row.line, row.quantity)),
        "discounted_price": text(subtotal / row.quantity),
        "discounted_total_price": text(subtotal),
        "total_cart_discount_amount": "0.00",
    }


def transactions_count(context: Context, call: RestCall) -> RestReply:
    """How many transactions an order has."""
    order = fetch(context, "Order", call.ids["id"])
    return RestReply(200, {"count": len(transactions_of(context.graph, order))})


def risk(context: Context, call: RestCall) -> RestReply:
    """One risk of an order."""
    order, place = _risk(context, call)
    return RestReply(200, {"risk": render_risk(order, place, order["_risk"][place - 1])})


def add_risk(context: Context, call: RestCall) -> RestReply:
    """Add a risk to an order."""
    order = fetch(context, "Order", call.ids["id"])
    row = _assessment(wrapped(call, "risk"))
    set_risk(context, order, [*(order["_risk"] or []), row])
    return RestReply(201, {"risk": render_risk(order, len(order["_risk"]), row)})


def change_risk(context: Context, call: RestCall) -> RestReply:
    """Replace a risk."""
    order, place = _risk(context, call)
    known = render_risk(order, place, order["_risk"][place - 1])
    row = _assessment({**known, **wrapped(call, "risk")})
    set_risk(context, order, [*order["_risk"][: place - 1], row, *order["_risk"][place:]])
    return RestReply(200, {"risk": render_risk(order, place, row)})


def delete_risk(context: Context, call: RestCall) -> RestReply:
    """Take a risk from an order."""
    order, place = _risk(context, call)
    context.graph.update(order.id, _risk=[*order["_risk"][: place - 1], *order["_risk"][place:]])
    return RestReply(200, {})


def _assessment(given: Mapping[str, Any]) -> dict[str, Any]:
    level = _LEVELS.get(str(given.get("recommendation") or "accept"))
    if level is None:
        raise invalid(recommendation="is not included in the list")
    if not given.get("message"):
        raise invalid(message="can't be blank")
    sentiment = "NEGATIVE" if level == "HIGH" else "NEUTRAL"
    return {"level": level, "facts": [{"description": str(given["message"]), "sentiment": sentiment}], "provider": None}


def _risk(context: Context, call: RestCall) -> tuple[Node, int]:
    order = fetch(context, "Order", call.ids["id"])
    place = call.ids["part_id"] - order.number * 100
    if not 0 < place <= len(order["_risk"] or []):
        raise not_found()
    return order, place


ROUTES = (
    Route("POST", "orders/{id}/refunds/calculate", calculate, "read_orders"),
    Route("GET", "orders/{id}/transactions/count", transactions_count, "read_orders"),
    Route("POST", "orders/{id}/risks", add_risk, "write_orders"),
    Route("GET", "orders/{id}/risks/{part_id}", risk, "read_orders"),
    Route("PUT", "orders/{id}/risks/{part_id}", change_risk, "write_orders"),
    Route("DELETE", "orders/{id}/risks/{part_id}", delete_risk, "write_orders"),
)
