"""Returns: requested, approved, declined, created, cancelled, closed, reopened, refunded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from runner.simulator.contract import Context, user_error
from runner.simulator.families.amounts import decimal, given_amount
from runner.simulator.families.events import note_event
from runner.simulator.families.fulfillment_rendering import render_return
from runner.simulator.families.giving_back import Back, Payback, give_back
from runner.simulator.families.returns import line_item_of, lines_of
from runner.simulator.families.reverse_fulfillments import end_reverse, open_reverse, returnable
from runner.simulator.graph import Node
from runner.simulator.mutations.order_saving import find_order, save, saving

Answer = Mapping[str, Any]
_REVERSE = {"CANCELED": "CANCELED", "CLOSED": "CLOSED"}
"""What becomes of the reverse fulfilment order of a return that is no longer open."""


def request(context: Context, args: dict[str, Any]) -> Answer:
    """``returnRequest``: the customer asks. Sends ``returns/request``."""
    given = args["input"]
    return _make(context, given, "REQUESTED", ("input",))


def create(context: Context, args: dict[str, Any]) -> Answer:
    """``returnCreate``: an open return, made by staff. Sends ``returns/approve``, as Shopify documents."""
    return _make(context, args["returnInput"], "OPEN", ("returnInput",))


def _make(context: Context, given: Mapping[str, Any], status: str, path: tuple[str, ...]) -> Answer:
    order = find_order(context, given["orderId"])
    if order is None:
        return refused((*path, "orderId"), "Order does not exist.", "NOT_FOUND")
    rows = given["returnLineItems"]
    if not rows:
        return refused((*path, "returnLineItems"), "Return line items can't be blank.", "BLANK")
    for index, row in enumerate(given.get("exchangeLineItems") or []):
        variant = context.graph.get(row.get("variantId"))
        if variant is None or variant.type != "ProductVariant" or row["quantity"] < 1:
            name = "quantity" if variant is not None and variant.type == "ProductVariant" else "variantId"
            message = "Exchange line item has an invalid quantity." if name == "quantity" else "Variant does not exist."
            return refused((*path, "exchangeLineItems", str(index), name), message, "INVALID")
    for index, row in enumerate(rows):
        problem = _problem(context, order, row)
        if problem is not None:
            return refused((*path, "returnLineItems", str(index), problem[0]), problem[1], problem[2])
    graph, now = context.graph, context.graph.now()
    number = len(graph.find("Return", "_order", order.id)) + 1
    fields = {"_order": order.id, "name": f"{order['name']}-R{number}", "status": status, "createdAt": now}
    node = graph.create("Return", fields)
    for row in rows:
        line = {
            "_return": node.id,
            "fulfillmentLineItem": row["fulfillmentLineItemId"],
            "quantity": row["quantity"],
            "returnReason": row.get("returnReason") or "UNKNOWN",
            "returnReasonNote": row.get("returnReasonNote") or "",
            "customerNote": row.get("customerNote"),
            "_refunded": 0,
            "_processed": 0,
        }
        graph.create("ReturnLineItem", line)
    for row in given.get("exchangeLineItems") or []:
        graph.create("ExchangeLineItem", {"_return": node.id, **_exchange(row)})
    if status == "OPEN":
        open_reverse(graph, node)
    note_event(context, order, "return_created", f"created return {node['name']}.")
    _tell(context, node, "request" if status == "REQUESTED" else "approve")
    return {"return": node, "userErrors": []}


def _exchange(row: Mapping[str, Any]) -> dict[str, Any]:
    """An exchanged item as it is stored."""
    applied: Mapping[str, Any] = row.get("appliedDiscount") or {}
    value: Mapping[str, Any] = applied.get("value") or {}
    amount = given_amount(value.get("amount"))
    discount = {
        "description": applied.get("description"),
        "percentage": value.get("percentage"),
        "amount": str(amount) if amount is not None else None,
    }
    kept = {"variantId": row["variantId"], "quantity": row["quantity"], "_processed": 0, "_lines": []}
    return {**kept, "_discount": discount if applied else None}


def _problem(context: Context, order: Node, row: Mapping[str, Any]) -> tuple[str, str, str] | None:
    sent = context.graph.get(row["fulfillmentLineItemId"])
    parcel = (
        context.graph.get(sent["_fulfillment"]) if sent is not None and sent.type == "FulfillmentLineItem" else None
    )
    if sent is None or parcel is None or parcel["_order"] != order.id or parcel["status"] != "SUCCESS":
        return "fulfillmentLineItemId", "Fulfillment line item does not exist.", "NOT_FOUND"
    if row["quantity"] < 1:
        return "quantity", "Quantity must be greater than 0.", "GREATER_THAN"
    if row["quantity"] > returnable(context, sent):
        return "quantity", "Return line item has an invalid quantity.", "INVALID"
    return None


def approve(context: Context, args: dict[str, Any]) -> Answer:
    """``returnApproveRequest``. Sends ``returns/approve``."""
    return _pass(context, args["input"]["id"], ("REQUESTED",), "OPEN", "approve", ("input", "id"))


def decline(context: Context, args: dict[str, Any]) -> Answer:
    """``returnDeclineRequest``. Sends ``returns/decline``."""
    given = args["input"]
    row = {"reason": given["declineReason"], "note": given.get("declineNote")}
    return _pass(context, given["id"], ("REQUESTED",), "DECLINED", "decline", ("input", "id"), _decline=row)


def cancel(context: Context, args: dict[str, Any]) -> Answer:
    """``returnCancel``: nothing of it was refunded. Sends ``returns/cancel``."""
    node = find(context, args["id"])
    if node is not None and any(line["_refunded"] for line in lines_of(context, node)):
        return refused(("id",), "Return cannot be canceled because it was refunded.", "INVALID_STATE")
    return _pass(context, args["id"], ("OPEN", "REQUESTED"), "CANCELED", "cancel", ("id",))


def close(context: Context, args: dict[str, Any]) -> Answer:
    """``returnClose``. Sends ``returns/close``."""
    return _pass(context, args["id"], ("OPEN",), "CLOSED", "close", ("id",), closedAt=context.graph.now())


def reopen(context: Context, args: dict[str, Any]) -> Answer:
    """``returnReopen``. Sends ``returns/reopen``."""
    return _pass(context, args["id"], ("CLOSED",), "OPEN", "reopen", ("id",), closedAt=None)


def _pass(
    context: Context,
    node_id: str,
    allowed: Sequence[str],
    status: str,
    topic: str,
    path: tuple[str, ...],
    **fields: Any,
) -> Answer:
    """Bring a return from one of ``allowed`` to ``status`` and tell it; one that is there already stays."""
    node = find(context, node_id)
    if node is None:
        return refused(path, "Return does not exist.", "NOT_FOUND")
    if node["status"] == status and topic in ("close", "reopen", "cancel"):
        return {"return": node, "userErrors": []}
    if node["status"] not in allowed:
        message = f"Return is not in a state that allows this: {node['status'].lower()}."
        return refused(path, message, "INVALID_STATE")
    more = {"requestApprovedAt": context.graph.now()} if topic == "approve" else {}
    context.graph.update(node.id, status=status, **more, **fields)
    if status == "OPEN":
        open_reverse(context.graph, node)
    if topic == "reopen":
        end_reverse(context.graph, node, "OPEN")
    elif status in _REVERSE:
        end_reverse(context.graph, node, _REVERSE[status])
    _tell(context, node, topic)
    return {"return": node, "userErrors": []}


def refund(context: Context, args: dict[str, Any]) -> Answer:
    """``returnRefund``: give money back for units that came back. Sends ``refunds/create``."""
    given = args["returnRefundInput"]
    node = find(context, given["returnId"])
    order = find_order(context, node["_order"]) if node is not None else None
    path = ("returnRefundInput",)
    if node is None or order is None:
        return _no_refund((*path, "returnId"), "Return does not exist.", "NOT_FOUND")
    if node["status"] not in ("OPEN", "CLOSED"):
        return _no_refund((*path, "returnId"), "Return cannot be refunded.", "INVALID_STATE")
    rows: list[Back] = []
    lines = {line.id: line for line in lines_of(context, node)}
    for index, row in enumerate(given["returnRefundLineItems"]):
        line = lines.get(row["returnLineItemId"])
        item = line_item_of(context, line) if line is not None else None
        where = (*path, "returnRefundLineItems", str(index))
        if line is None or item is None:
            return _no_refund((*where, "returnLineItemId"), "Return line item does not exist.", "NOT_FOUND")
        if not 0 < row["quantity"] <= line["quantity"] - line["_refunded"]:
            return _no_refund((*where, "quantity"), "Quantity cannot be refunded.", "INVALID")
        context.graph.update(line.id, _refunded=line["_refunded"] + row["quantity"])
        rows.append(Back(item, row["quantity"], "RETURN"))
    money = [payback(context, row) for row in given.get("orderTransactions") or []]
    carried = given.get("refundShipping") or {}
    shipping = given_amount(carried.get("shippingRefundAmount")) or decimal(None)
    with saving(context, order):
        made = give_back(context, order, rows, money, shipping=shipping, of_return=node.id)
    return {"refund": made, "userErrors": []}


def payback(context: Context, row: Mapping[str, Any]) -> Payback:
    """What goes back of the payment that a ``ReturnRefundOrderTransactionInput`` names."""
    parent = context.graph.get(row["parentId"]) if row.get("parentId") else None
    amount = given_amount(row.get("transactionAmount")) or decimal(None)
    return Payback(parent, amount, parent["gateway"] if parent is not None else "manual")


def find(context: Context, node_id: str) -> Node | None:
    """The return of a gid."""
    return context.graph.get(node_id, "Return")


def _tell(context: Context, node: Node, topic: str) -> None:
    context.tell(f"returns/{topic}", render_return, node)
    order = find_order(context, node["_order"])
    if order is not None:
        save(context, order)


def refused(path: Sequence[str], message: str, code: str) -> dict[str, Any]:
    """A payload with one error and no return."""
    return {"return": None, "userErrors": [user_error(path, message, code)]}


def _no_refund(path: Sequence[str], message: str, code: str) -> dict[str, Any]:
    return {"refund": None, "userErrors": [user_error(path, message, code)]}


MUTATIONS = {
    "returnApproveRequest": approve,
    "returnCancel": cancel,
    "returnClose": close,
    "returnCreate": create,
    "returnDeclineRequest": decline,
    "returnRefund": refund,
    "returnReopen": reopen,
    "returnRequest": request,
}
