"""``pay``, ``fulfill``, ``deliver``, ``refund``, ``cancel``, ``edit-order``: what staff and carriers do to orders."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from runner.errors import InputError
from runner.simulator.contract import Context
from runner.simulator.families.amounts import decimal, text
from runner.simulator.families.fulfillment_rendering import render_fulfillment, render_fulfillment_event
from runner.simulator.families.giving_back import line_tax
from runner.simulator.families.order_lines import (
    current_quantity,
    fulfilled,
    fulfillment_orders_of,
    fulfillments_of,
    lines_of,
    net,
    parts_of,
)
from runner.simulator.families.order_rendering import render_order
from runner.simulator.families.order_sums import capturable, transactions_of
from runner.simulator.families.payment_rendering import render_refund
from runner.simulator.families.refund_suggestion import repayments
from runner.simulator.families.sending import CARRIED, tell_event
from runner.simulator.graph import Node, gid
from runner.simulator.mutations import fulfillments, order_payments, orders, refunds
from runner.simulator.verbs.finding import accepted, location_of, refuse_unknown, whole

_REASONS = ("customer", "declined", "fraud", "inventory", "other", "staff")


def order_of(context: Context, name: Any) -> Node:
    """The order of a name (``#1001``), number or gid; without any, the newest. ``InputError`` when there is none."""
    graph = context.graph
    if name is None:
        found = graph.of_type("Order")
        if not found:
            raise InputError("the shop has no order", hint='make one: do/sell {"sku": …}')
        return found[-1]
    sought = str(name)
    node = graph.get(sought if sought.startswith("gid://") else gid("Order", sought))
    node = node or graph.first("Order", "name", sought) or graph.first("Order", "name", f"#{sought}")
    if node is None or node.type != "Order":
        names = ", ".join(each["name"] for each in graph.of_type("Order")[-5:])
        raise InputError(f"there is no order {name!r}", hint=f"the newest are {names}" if names else None)
    return node


def pay(context: Context, given: dict[str, Any]) -> dict[str, Any]:
    """What is owed of ``{order}`` is paid: captured when it was authorized, else marked as paid."""
    refuse_unknown(given, ("order",), "pay")
    order = order_of(context, given.get("order"))
    authorized = [each for each in transactions_of(context.graph, order) if capturable(context.graph, each)]
    if not authorized:
        accepted(order_payments.mark_as_paid(context, {"input": {"id": order.id}}))
    for each in authorized:
        amount = text(capturable(context.graph, each))
        accepted(
            order_payments.capture(
                context, {"input": {"id": order.id, "parentTransactionId": each.id, "amount": amount}}
            )
        )
    return render_order(order, context)


def fulfill(context: Context, given: dict[str, Any]) -> dict[str, Any]:
    """Everything left of ``{order}`` is sent, or ``lines: [{sku, quantity}]``; ``company``, ``number``, ``url`` of the
    parcel. One fulfilment for each location; answers with the last."""
    refuse_unknown(given, ("order", "lines", "company", "number", "url"), "fulfill")
    order = order_of(context, given.get("order"))
    tracking = {name: given[name] for name in ("company", "number", "url") if given.get(name)}
    wanted = _amounts(given.get("lines") or [], "fulfill")
    made: Node | None = None
    for owner in fulfillment_orders_of(context.graph, order):
        if owner["status"] not in ("OPEN", "IN_PROGRESS"):
            continue
        rows = _parts(context, owner, wanted) if given.get("lines") else []
        if given.get("lines") and not rows:
            continue
        row = {"fulfillmentOrderId": owner.id, "fulfillmentOrderLineItems": rows}
        answer = fulfillments.create(
            context, {"fulfillment": {"lineItemsByFulfillmentOrder": [row], "trackingInfo": tracking or None}}
        )
        accepted(answer)
        made = answer["fulfillment"]
    if made is None or any(wanted.values()):
        raise InputError(f"there is nothing like that left to fulfill of {order['name']}")
    return render_fulfillment(made, context)


def _parts(context: Context, owner: Node, wanted: dict[str, int]) -> list[dict[str, Any]]:
    rows = []
    for part in parts_of(context.graph, owner):
        line = context.graph.get(part["lineItem"])
        amount = min(wanted.get(str(line["sku"]) if line is not None else "", 0), part["remainingQuantity"])
        if amount and line is not None:
            wanted[str(line["sku"])] -= amount
            rows.append({"id": part.id, "quantity": amount})
    return rows


def _amounts(lines: Any, verb: str) -> dict[str, int]:
    found: dict[str, int] = {}
    for line in lines:
        refuse_unknown(line, ("sku", "quantity"), f"a line of {verb}")
        found[str(line.get("sku"))] = whole(line, "quantity", 1, lowest=1)
    return found


def deliver(context: Context, given: dict[str, Any]) -> dict[str, Any]:
    """A carrier tells of the newest fulfilment of ``{order}``: ``status: delivered`` (or in_transit …), ``message``."""
    refuse_unknown(given, ("order", "status", "message"), "deliver")
    order = order_of(context, given.get("order"))
    status = str(given.get("status") or "delivered").lower()
    if status not in CARRIED:
        raise InputError(f"there is no status {given['status']!r}", hint=f"one of {', '.join(CARRIED)}")
    found = [each for each in fulfillments_of(context.graph, order) if each["status"] == "SUCCESS"]
    if not found:
        raise InputError(f"{order['name']} was not sent", hint="fulfill it first")
    event = tell_event(context, found[-1], {"status": status.upper(), "message": given.get("message")})
    return render_fulfillment_event(event, context)


def refund(context: Context, given: dict[str, Any]) -> dict[str, Any]:
    """Give back ``lines: [{sku, quantity}]`` of ``{order}``, or everything; ``amount`` of money (else what these lines
    cost); ``restock`` (true), ``location``, ``shipping`` (an amount), ``note``."""
    refuse_unknown(given, ("order", "lines", "amount", "restock", "location", "shipping", "note"), "refund")
    order = order_of(context, given.get("order"))
    wanted = _amounts(given.get("lines") or [], "refund")
    rows: list[dict[str, Any]] = []
    for line in lines_of(context.graph, order):
        amount = min(wanted.get(str(line["sku"]), 0), current_quantity(line)) if wanted else current_quantity(line)
        rows += _refund_rows(context, line, amount, given)
    shipping = decimal(given.get("shipping"))
    whole_order = not wanted and given.get("amount") is None
    worth = None if whole_order else decimal(given["amount"]) if "amount" in given else _worth(context, order, rows)
    money = [
        {"orderId": order.id, "kind": "REFUND", "gateway": each.gateway, "amount": text(each.amount)}
        | ({"parentId": each.parent.id} if each.parent is not None else {})
        for each in repayments(context, order, None if worth is None else worth + shipping)
    ]
    document = {"orderId": order.id, "refundLineItems": rows, "transactions": money, "note": given.get("note")}
    carried = {"fullRefund": True} if whole_order else {"amount": text(shipping)}
    answer = refunds.create(context, {"input": {**document, "shipping": carried}})
    accepted(answer)
    return render_refund(answer["refund"], context)


def _refund_rows(context: Context, line: Node, amount: int, given: Mapping[str, Any]) -> list[dict[str, Any]]:
    restock = given.get("restock", True)
    sent = min(amount, fulfilled(context.graph, line))
    rows = []
    for quantity, kind in ((amount - sent, "CANCEL"), (sent, "RETURN")):
        if quantity:
            row = {"lineItemId": line.id, "quantity": quantity, "restockType": kind if restock else "NO_RESTOCK"}
            place = {"locationId": location_of(context, given.get("location")).id} if kind == "RETURN" else {}
            rows.append({**row, **(place if restock else {})})
    return rows


def _worth(context: Context, order: Node, rows: list[dict[str, Any]]) -> Any:
    total = decimal(None)
    for row in rows:
        line = context.graph.get(row["lineItemId"])
        if line is not None:
            tax = decimal(None) if order["taxesIncluded"] else line_tax(context, line, row["quantity"])
            total += net(line, row["quantity"]) + tax
    return total


def cancel(context: Context, given: dict[str, Any]) -> dict[str, Any]:
    """Staff cancels ``{order, reason = other, refund = true, restock = true}``."""
    refuse_unknown(given, ("order", "reason", "refund", "restock"), "cancel")
    order = order_of(context, given.get("order"))
    reason = str(given.get("reason") or "other").lower()
    if reason not in _REASONS:
        raise InputError(f"there is no reason {given['reason']!r}", hint=f"one of {', '.join(_REASONS)}")
    asked = {"refund": given.get("refund", True), "restock": given.get("restock", True)}
    answer = refunds.cancel(context, {"orderId": order.id, "reason": reason.upper(), **asked})
    accepted({"userErrors": answer["orderCancelUserErrors"]})
    return render_order(order, context)


def edit_order(context: Context, given: dict[str, Any]) -> dict[str, Any]:
    """Save an order: ``{order, email, phone, note, tags, attributes {name: value}, closed}``, only what is given."""
    refuse_unknown(given, ("order", "email", "phone", "note", "tags", "attributes", "closed"), "edit-order")
    order = order_of(context, given.get("order"))
    fields: dict[str, Any] = {name: given[name] for name in ("email", "phone", "note", "tags") if name in given}
    if isinstance(fields.get("tags"), str):
        fields["tags"] = [fields["tags"]]
    if "attributes" in given:
        if not isinstance(given["attributes"], Mapping):
            raise InputError(f"attributes are values by name, not {given['attributes']!r}")
        fields["customAttributes"] = [{"key": key, "value": value} for key, value in given["attributes"].items()]
    if fields:
        accepted(orders.update(context, {"input": {"id": order.id, **fields}}))
    if "closed" in given:
        (orders.close if given["closed"] else orders.reopen)(context, {"input": {"id": order.id}})
    return render_order(order, context)


VERBS = {
    "cancel": cancel,
    "deliver": deliver,
    "edit-order": edit_order,
    "fulfill": fulfill,
    "pay": pay,
    "refund": refund,
}
