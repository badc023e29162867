"""Returns worked off: ``returnProcess``, ``removeFromReturn``, ``reverseFulfillmentOrderDispose``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from runner.simulator.contract import Context, user_error
from runner.simulator.families.amounts import ZERO, decimal, given_amount
from runner.simulator.families.fulfillment_rendering import render_return
from runner.simulator.families.giving_back import Back, give_back
from runner.simulator.families.placing import Wanted, add_line
from runner.simulator.families.returns import line_item_of, lines_of
from runner.simulator.families.reverse_fulfillments import exchanges_of
from runner.simulator.families.stock import move
from runner.simulator.graph import Node
from runner.simulator.mutations.order_edit_commit import grow
from runner.simulator.mutations.order_saving import find_order, save, saving
from runner.simulator.mutations.returns import find, payback, refused

Answer = Mapping[str, Any]
Disposals = Sequence[Mapping[str, Any]]


def process(context: Context, args: dict[str, Any]) -> Answer:
    """``returnProcess``: units came back, what is given instead joins the order, money goes back when asked. Sends
    ``returns/process`` and, when something came back, ``refunds/create``."""
    given, path = args["input"], ("input",)
    node = find(context, given["returnId"])
    order = find_order(context, node["_order"]) if node is not None else None
    if node is None or order is None:
        return refused((*path, "returnId"), "Return does not exist.", "NOT_FOUND")
    if node["status"] != "OPEN":
        return refused((*path, "returnId"), "Return is not open.", "INVALID_STATE")
    rows, problem = _came_back(context, node, given.get("returnLineItems") or [])
    problem = problem or _exchange_problem(context, node, given.get("exchangeLineItems") or [])
    if problem is not None:
        return {"return": None, "userErrors": [problem]}
    issued = (given.get("financialTransfer") or {}).get("issueRefund") or {}
    money = [payback(context, row) for row in issued.get("orderTransactions") or []]
    asked = given.get("refundShipping") or {}
    shipping = given_amount(asked.get("shippingRefundAmount")) or decimal(None)
    with saving(context, order):
        if rows or money:
            note = given.get("note")
            give_back(context, order, rows, money, shipping=shipping if money else ZERO, note=note, of_return=node.id)
        for row in given.get("exchangeLineItems") or []:
            _give(context, order, row)
    context.emit("returns/process", render_return(node, context))
    return {"return": node, "userErrors": []}


def _came_back(
    context: Context, node: Node, given: Sequence[Mapping[str, Any]]
) -> tuple[list[Back], dict[str, Any] | None]:
    """Count units as processed, each with what becomes of it; or tell the first mistake."""
    lines = {line.id: line for line in lines_of(context, node)}
    rows: list[Back] = []
    for index, row in enumerate(given):
        path = ("input", "returnLineItems", str(index))
        line = lines.get(row["id"])
        item = line_item_of(context, line) if line is not None else None
        if line is None or item is None:
            return [], user_error((*path, "id"), "Return line item does not exist.", "NOT_FOUND")
        if not 0 < row["quantity"] <= line["quantity"] - line["_processed"]:
            return [], user_error((*path, "quantity"), "Quantity cannot be processed.", "INVALID")
        disposals = row.get("dispositions") or []
        if sum(each["quantity"] for each in disposals) > row["quantity"]:
            return [], user_error((*path, "dispositions"), "Dispositions exceed the quantity.", "INVALID")
        problem = dispose_all(context, disposals, (*path, "dispositions"))
        if problem is not None:
            return [], problem
        fresh = row["quantity"] - min(row["quantity"], line["_refunded"] - line["_processed"])
        context.graph.update(line.id, _processed=line["_processed"] + row["quantity"])
        context.graph.update(line.id, _refunded=line["_refunded"] + fresh)
        rows += _backs(item, fresh, disposals)
    return rows, None


def _backs(item: Node, amount: int, disposals: Disposals) -> list[Back]:
    rows: list[Back] = []
    for each in disposals:
        taken = min(amount, each["quantity"])
        kind = "RETURN" if each["dispositionType"] == "RESTOCKED" else "NO_RESTOCK"
        rows += [Back(item, taken, kind, each.get("locationId"))] if taken else []
        amount -= taken
    return [*rows, Back(item, amount, "NO_RESTOCK")] if amount else rows


def _exchange_problem(context: Context, node: Node, given: Sequence[Mapping[str, Any]]) -> dict[str, Any] | None:
    known = {each.id: each for each in exchanges_of(context.graph, node)}
    for index, row in enumerate(given):
        path = ("input", "exchangeLineItems", str(index))
        exchange = known.get(row["id"])
        if exchange is None:
            return user_error((*path, "id"), "Exchange line item does not exist.", "NOT_FOUND")
        if not 0 < row["quantity"] <= exchange["quantity"] - exchange["_processed"]:
            return user_error((*path, "quantity"), "Quantity cannot be processed.", "INVALID")
    return None


def _give(context: Context, order: Node, row: Mapping[str, Any]) -> None:
    """Add what is given instead to the order, to be sent."""
    exchange = context.graph.get(row["id"])
    variant = context.graph.get(exchange["variantId"]) if exchange is not None else None
    if exchange is None or variant is None:
        return
    discount: Mapping[str, Any] = exchange["_discount"] or {}
    price = decimal(variant["price"])
    if discount.get("percentage") is not None:
        price -= price * Decimal(str(discount["percentage"])) / 100
    price -= decimal(discount.get("amount"))
    line = add_line(context, order, Wanted(row["quantity"], variant, price=max(price, ZERO)), claim=True)
    move(context, grow(context, order, line, row["quantity"], fresh=True))
    more = {"_processed": exchange["_processed"] + row["quantity"], "_lines": [*(exchange["_lines"] or []), line.id]}
    context.graph.update(exchange.id, more)


def dispose(context: Context, args: dict[str, Any]) -> Answer:
    """``reverseFulfillmentOrderDispose``. Sends ``reverse_fulfillment_orders/dispose``."""
    rows: Disposals = args["dispositionInputs"]
    problem = dispose_all(context, rows, ("dispositionInputs",))
    if problem is not None:
        return {"reverseFulfillmentOrderLineItems": None, "userErrors": [problem]}
    ids = dict.fromkeys(row["reverseFulfillmentOrderLineItemId"] for row in rows)
    return {"reverseFulfillmentOrderLineItems": list(ids), "userErrors": []}


def dispose_all(context: Context, rows: Disposals, path: Sequence[str]) -> dict[str, Any] | None:
    """Keep what became of units that came back; the first mistake instead."""
    for index, row in enumerate(rows):
        where = (*path, str(index))
        line = context.graph.get(row["reverseFulfillmentOrderLineItemId"])
        if line is None or line.type != "ReverseFulfillmentOrderLineItem":
            message = "Reverse fulfillment order line item does not exist."
            return user_error((*where, "reverseFulfillmentOrderLineItemId"), message, "NOT_FOUND")
        done = list(line["_dispositions"] or [])
        if not 0 < row["quantity"] <= line["totalQuantity"] - sum(each["quantity"] for each in done):
            return user_error((*where, "quantity"), "Quantity cannot be disposed.", "INVALID")
        if row["dispositionType"] == "RESTOCKED" and not row.get("locationId"):
            return user_error((*where, "locationId"), "Location can't be blank.", "BLANK")
        disposal = {
            "id": context.graph.next_id("ReverseFulfillmentOrderDisposition"),
            "type": row["dispositionType"],
            "quantity": row["quantity"],
            "location": row.get("locationId"),
            "createdAt": context.graph.now(),
        }
        context.graph.update(line.id, _dispositions=[*done, disposal])
        payload = {"reverse_fulfillment_order_line_item_id": line.id, "disposition_id": disposal["id"]}
        told = {**payload, "type": disposal["type"].lower(), "quantity": row["quantity"]}
        context.emit("reverse_fulfillment_orders/dispose", told)
    return None


def remove(context: Context, args: dict[str, Any]) -> Answer:
    """``removeFromReturn`` and ``returnLineItemRemoveFromReturn``: less comes back, or is given. Sends
    ``returns/update``."""
    node = find(context, args["returnId"])
    if node is None:
        return refused(("returnId",), "Return does not exist.", "NOT_FOUND")
    lines = {line.id: line for line in lines_of(context, node)}
    for index, row in enumerate(args.get("returnLineItems") or []):
        line, path = lines.get(row["returnLineItemId"]), ("returnLineItems", str(index))
        if line is None:
            return refused((*path, "returnLineItemId"), "Return line item does not exist.", "NOT_FOUND")
        if not 0 < row["quantity"] <= line["quantity"] - max(line["_processed"], line["_refunded"]):
            return refused((*path, "quantity"), "Quantity cannot be removed.", "INVALID")
        _less(context, line, row["quantity"])
    exchanges = {each.id: each for each in exchanges_of(context.graph, node)}
    for index, row in enumerate(args.get("exchangeLineItems") or []):
        exchange, path = exchanges.get(row["exchangeLineItemId"]), ("exchangeLineItems", str(index))
        if exchange is None:
            return refused((*path, "exchangeLineItemId"), "Exchange line item does not exist.", "NOT_FOUND")
        if not 0 < row["quantity"] <= exchange["quantity"] - exchange["_processed"]:
            return refused((*path, "quantity"), "Quantity cannot be removed.", "INVALID")
        context.graph.update(exchange.id, quantity=exchange["quantity"] - row["quantity"])
    context.emit("returns/update", render_return(node, context))
    order = find_order(context, node["_order"])
    if order is not None:
        save(context, order)
    return {"return": node, "userErrors": []}


def _less(context: Context, line: Node, amount: int) -> None:
    graph, left = context.graph, line["quantity"] - amount
    for expected in graph.find("ReverseFulfillmentOrderLineItem", "_return_line", line.id):
        if left:
            graph.update(expected.id, totalQuantity=left)
        else:
            graph.delete(expected.id)
    if left:
        graph.update(line.id, quantity=left)
    else:
        graph.delete(line.id)


MUTATIONS = {
    "removeFromReturn": remove,
    "returnLineItemRemoveFromReturn": remove,
    "returnProcess": process,
    "reverseFulfillmentOrderDispose": dispose,
}
