"""Orders over REST: reading, changing, closing, cancelling, and their transactions, refunds and risks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from runner.simulator.contract import Context, RestCall, RestError, RestReply, Route
from runner.simulator.families.addresses import REST_NAMES
from runner.simulator.families.amounts import decimal, text
from runner.simulator.families.customer_rendering import render_customer_whole
from runner.simulator.families.order_rendering import render_order
from runner.simulator.families.order_sums import capturable, financial_status, outstanding, refunds_of, transactions_of
from runner.simulator.families.payment_rendering import render_refund, render_transaction
from runner.simulator.graph import Node, gid
from runner.simulator.mutations import order_payments, orders, refunds
from runner.simulator.rest.metafields import store_given
from runner.simulator.rest.paging import (
    fetch,
    filters,
    integer,
    invalid,
    listing,
    missing,
    not_found,
    numbers,
    one,
    within,
    wrapped,
)
from runner.simulator.search_orders import fulfillment_words, status_words

_FIELDS = {"email": "email", "note": "note", "phone": "phone", "po_number": "poNumber"}
_STATUSES = ("open", "closed", "cancelled", "any")


def render_whole(order: Node, context: Context) -> dict[str, Any]:
    """An order as the REST API answers it: the customer with tags and totals."""
    customer = context.graph.get(order["customer"])
    whole = render_customer_whole(customer, context) if customer is not None else None
    return {**render_order(order, context), "customer": whole}


def chosen(context: Context, call: RestCall) -> list[Node]:
    """The orders that fit the filters; open ones unless ``status`` says otherwise, as Shopify documents."""
    asked = filters(call)
    ids, status = numbers(asked, "ids"), asked.get("status") or "open"
    if status not in _STATUSES:
        raise RestError(400, {"status": "Invalid value."})
    found = [order for order in context.graph.of_type("Order") if within(order, asked)]
    if status != "any":
        found = [order for order in found if status in status_words(order)]
    if ids is not None:
        found = [order for order in found if order.number in ids]
    if asked.get("name"):
        found = [order for order in found if order["name"].lstrip("#") == asked["name"].lstrip("#")]
    if asked.get("email"):
        found = [order for order in found if order["email"] == asked["email"]]
    if asked.get("customer_id"):
        found = [order for order in found if order["customer"] == gid("Customer", asked["customer_id"])]
    return [order for order in found if _in_states(context, order, asked)]


def _in_states(context: Context, order: Node, asked: Mapping[str, str]) -> bool:
    money, goods = asked.get("financial_status") or "any", asked.get("fulfillment_status") or "any"
    status = financial_status(context.graph, order).lower()
    if money == "unpaid" and status not in ("authorized", "partially_paid"):
        return False
    if money not in ("any", "unpaid") and status not in money.split(","):
        return False
    if goods == "any":
        return True
    return bool({part.strip() for part in goods.split(",")} & set(fulfillment_words(context.graph, order)))


def index(context: Context, call: RestCall) -> RestReply:
    """Orders that fit the filters, the newest first."""
    newest = sorted(chosen(context, call), key=lambda order: order.number, reverse="since_id" not in filters(call))
    return listing("orders", newest, render_whole, context, call, by_id=False)


def count(context: Context, call: RestCall) -> RestReply:
    """How many orders fit."""
    return RestReply(200, {"count": len(chosen(context, call))})


def of_customer(context: Context, call: RestCall) -> RestReply:
    """The orders of a customer that fit the filters."""
    customer = fetch(context, "Customer", call.ids["id"])
    found = [order for order in chosen(context, call) if order["customer"] == customer.id]
    return listing("orders", found, render_whole, context, call)


def show(context: Context, call: RestCall) -> RestReply:
    """One order."""
    return one("order", fetch(context, "Order", call.ids["id"]), render_whole, context, call)


def update(context: Context, call: RestCall) -> RestReply:
    """Change an order."""
    order = fetch(context, "Order", call.ids["id"])
    given = wrapped(call, "order")
    for row in given.get("metafields") or []:
        store_given(context, order.id, row)
    refuse(orders.update(context, {"input": {"id": order.id, **order_input(given, order)}}))
    return one("order", order, render_whole, context, call)


def order_input(given: Mapping[str, Any], known: Node | None) -> dict[str, Any]:
    """The REST attributes of an order or draft as an ``OrderInput``; an address that is given is merged into the one
    there was."""
    wanted: dict[str, Any] = {ours: given[theirs] for theirs, ours in _FIELDS.items() if theirs in given}
    if "tags" in given:
        tags = given["tags"] or ""
        wanted["tags"] = [tags] if isinstance(tags, str) else list(tags)
    if "note_attributes" in given:
        rows = given["note_attributes"] or []
        pairs = rows.items() if isinstance(rows, Mapping) else [(row.get("name"), row.get("value")) for row in rows]
        wanted["customAttributes"] = [{"key": str(name), "value": str(value)} for name, value in pairs]
    for theirs, ours in (("shipping_address", "shippingAddress"), ("billing_address", "billingAddress")):
        if given.get(theirs):
            address = {REST_NAMES[name]: value for name, value in given[theirs].items() if name in REST_NAMES}
            wanted[ours] = {**((known[ours] or {}) if known is not None else {}), **address}
    return wanted


def refuse(answer: Mapping[str, Any]) -> None:
    """Raise the user errors of a mutation as REST has them: messages by field."""
    if not answer["userErrors"]:
        return
    messages: dict[str, list[str]] = {}
    for error in answer["userErrors"]:
        messages.setdefault((error["field"] or ["base"])[-1], []).append(error["message"])
    raise RestError(422, messages)


def _state(change: Any) -> Any:
    def call(context: Context, call: RestCall) -> RestReply:
        order = fetch(context, "Order", call.ids["id"])
        refuse(change(context, {"input": {"id": order.id}}))
        return one("order", order, render_whole, context, call)

    return call


def cancel(context: Context, call: RestCall) -> RestReply:
    """Cancel an order; paid money is refunded when ``amount`` or ``refund`` is given."""
    order = fetch(context, "Order", call.ids["id"])
    given = call.body if isinstance(call.body, Mapping) else {}
    reason = str(given.get("reason") or "other").upper()
    if reason not in ("CUSTOMER", "DECLINED", "FRAUD", "INVENTORY", "OTHER", "STAFF"):
        raise invalid(cancel_reason="is not included in the list")
    refund = bool(given.get("amount") or given.get("refund"))
    asked = {"refund": refund, "restock": bool(given.get("restock")), "reason": reason}
    refuse(refunds.cancel(context, {"orderId": order.id, **asked}))
    return one("order", order, render_whole, context, call)


def delete(context: Context, call: RestCall) -> RestReply:
    """Delete an order."""
    order = fetch(context, "Order", call.ids["id"])
    refuse(orders.delete(context, {"orderId": order.id}))
    return RestReply(200, {})


def transactions(context: Context, call: RestCall) -> RestReply:
    """The transactions of an order."""
    order = fetch(context, "Order", call.ids["id"])
    found = transactions_of(context.graph, order)
    return RestReply(200, {"transactions": [render_transaction(each, context) for each in found]})


def transaction(context: Context, call: RestCall) -> RestReply:
    """One transaction of an order."""
    return one("transaction", _part(context, call, "OrderTransaction", "order"), render_transaction, context, call)


def add_transaction(context: Context, call: RestCall) -> RestReply:
    """Capture or void an authorization, or record a payment by hand (``kind: sale``)."""
    order = fetch(context, "Order", call.ids["id"])
    given = wrapped(call, "transaction")
    kind = str(given.get("kind") or "").lower()
    if kind not in ("capture", "void", "sale"):
        raise missing("kind") if not kind else invalid(kind=f"{kind} is not a valid transaction")
    if kind == "sale":
        owed = outstanding(context.graph, order)
        amount = decimal(given.get("amount") or owed)
        if amount <= 0:
            raise invalid(amount="must be greater than zero")
        made = order_payments.receive(context, order, amount, given.get("gateway"))
        return one("transaction", made, render_transaction, context, call, 201)
    parent = _parent(context, order, given)
    if kind == "void":
        answer = order_payments.void(context, {"parentTransactionId": parent.id})
    else:
        amount_text = str(given.get("amount") or text(capturable(context.graph, parent)))
        asked = {"id": order.id, "parentTransactionId": parent.id, "amount": amount_text}
        answer = order_payments.capture(context, {"input": asked})
    refuse(answer)
    return one("transaction", answer["transaction"], render_transaction, context, call, 201)


def _parent(context: Context, order: Node, given: Mapping[str, Any]) -> Node:
    """The authorization that is meant: the one named, else the first there is something left of."""
    if given.get("parent_id"):
        node = context.graph.by_number("OrderTransaction", int(given["parent_id"]))
        if node is None or node["order"] != order.id:
            raise not_found()
        return node
    for each in transactions_of(context.graph, order):
        if capturable(context.graph, each):
            return each
    raise invalid(base="No authorization transaction found")


def list_refunds(context: Context, call: RestCall) -> RestReply:
    """The refunds of an order."""
    order = fetch(context, "Order", call.ids["id"])
    return RestReply(200, {"refunds": [render_refund(each, context) for each in refunds_of(context.graph, order)]})


def show_refund(context: Context, call: RestCall) -> RestReply:
    """One refund of an order."""
    return one("refund", _part(context, call, "Refund", "_order"), render_refund, context, call)


def add_refund(context: Context, call: RestCall) -> RestReply:
    """Refund units, shipping and money."""
    order = fetch(context, "Order", call.ids["id"])
    given = wrapped(call, "refund")
    rows = []
    for row in given.get("refund_line_items") or []:
        wanted = {
            "lineItemId": gid("LineItem", integer(row, "line_item_id") or 0),
            "quantity": integer(row, "quantity"),
        }
        wanted["restockType"] = str(row.get("restock_type") or "no_restock").upper()
        if row.get("location_id"):
            wanted["locationId"] = gid("Location", row["location_id"])
        rows.append(wanted)
    money = [
        {
            "orderId": order.id,
            "kind": "REFUND",
            "gateway": row.get("gateway") or "manual",
            "amount": str(row.get("amount") or "0.00"),
            **({"parentId": gid("OrderTransaction", row["parent_id"])} if row.get("parent_id") else {}),
        }
        for row in given.get("transactions") or []
    ]
    shipping = given.get("shipping") or {}
    carried = {"fullRefund": shipping.get("full_refund"), "amount": shipping.get("amount")}
    asked = {"orderId": order.id, "refundLineItems": rows, "transactions": money, "shipping": carried}
    answer = refunds.create(context, {"input": {**asked, "note": given.get("note")}})
    refuse(answer)
    return one("refund", answer["refund"], render_refund, context, call, 201)


def risks(context: Context, call: RestCall) -> RestReply:
    """What is known of an order's risk."""
    order = fetch(context, "Order", call.ids["id"])
    rows = [render_risk(order, number, row) for number, row in enumerate(order["_risk"] or [], 1)]
    return RestReply(200, {"risks": rows})


def render_risk(order: Node, number: int, row: Mapping[str, Any]) -> dict[str, Any]:
    """A risk: the assessment that has the place ``number`` among those of an order."""
    level = row["level"]
    advice = {"HIGH": ("cancel", "1.0"), "MEDIUM": ("investigate", "0.5")}.get(level, ("accept", "0.0"))
    return {
        "id": order.number * 100 + number,
        "order_id": order.number,
        "checkout_id": None,
        "source": "External",
        "score": advice[1],
        "recommendation": advice[0],
        "display": True,
        "cause_cancel": level == "HIGH",
        "message": "; ".join(fact["description"] for fact in row["facts"]),
        "merchant_message": "; ".join(fact["description"] for fact in row["facts"]),
    }


def _part(context: Context, call: RestCall, kind: str, field: str) -> Node:
    node = fetch(context, kind, call.ids["part_id"])
    if node[field] != fetch(context, "Order", call.ids["id"]).id:
        raise not_found()
    return node


ROUTES = (
    Route("GET", "orders", index, "read_orders"),
    Route("GET", "orders/count", count, "read_orders"),
    Route("GET", "orders/{id}", show, "read_orders"),
    Route("PUT", "orders/{id}", update, "write_orders"),
    Route("DELETE", "orders/{id}", delete, "write_orders"),
    Route("POST", "orders/{id}/close", _state(orders.close), "write_orders"),
    Route("POST", "orders/{id}/open", _state(orders.reopen), "write_orders"),
    Route("POST", "orders/{id}/cancel", cancel, "write_orders"),
    Route("GET", "orders/{id}/transactions", transactions, "read_orders"),
    Route("POST", "orders/{id}/transactions", add_transaction, "write_orders"),
    Route("GET", "orders/{id}/transactions/{part_id}", transaction, "read_orders"),
    Route("GET", "orders/{id}/refunds", list_refunds, "read_orders"),
    Route("POST", "orders/{id}/refunds", add_refund, "write_orders"),
    Route("GET", "orders/{id}/refunds/{part_id}", show_refund, "read_orders"),
    Route("GET", "customers/{id}/orders", of_customer, "read_orders"),
    Route("GET", "orders/{id}/risks", risks, "read_orders"),
)
