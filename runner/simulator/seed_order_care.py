"""What became of an order of a seed: paid in part, held, sent, delivered, sent back, refunded, cancelled, disputed.

::

    payment: pending; received: 20.00      # a part was paid, or captured of what was authorized
    voided: true                           # the authorization was given up
    hold: inventory_out_of_stock           # or {reason, notes}; scheduled: a time; in_progress: true
    ready: true                            # may be picked up
    fulfilled: true                        # or lines: [{sku: MUG-B, quantity: 1}]
    fulfilled_at, tracking {company, number, url}, carried: in_transit, delivered: true, delivered_at
    returns: [{lines, reason: size_too_small, note, status: requested, at}]    # open, declined, closed, cancelled
    refunded: true                         # or lines; refund: {amount, shipping, note, restock, location}; refunded_at
    cancelled: customer                    # the reason; cancelled_at
    dispute: needs_response                # or {kind: chargeback, status}
    closed: true                           # closed_at
"""

from __future__ import annotations

from datetime import UTC
from typing import Any

from runner.errors import InputError
from runner.simulator.contract import Context
from runner.simulator.families.order_lines import fulfillment_orders_of
from runner.simulator.families.order_sums import capturable, transactions_of
from runner.simulator.families.sending import CARRIED
from runner.simulator.graph import Node
from runner.simulator.mutations import fulfillment_orders, order_payments, orders, returns
from runner.simulator.seed_past import do, done, placed
from runner.simulator.seed_reader import Table
from runner.simulator.verbs import disputes, order_care
from runner.simulator.verbs.returns import request_return

_REASONS = ("customer", "declined", "fraud", "inventory", "other", "staff")
_RETURNS = ("requested", "open", "declined", "closed", "cancelled")
_HOLDS = (
    "AWAITING_PAYMENT",
    "AWAITING_RETURN_ITEMS",
    "HIGH_RISK_OF_FRAUD",
    "INCORRECT_ADDRESS",
    "INVENTORY_OUT_OF_STOCK",
    "ONLINE_STORE_POST_PURCHASE_CROSS_SELL",
    "OTHER",
    "UNKNOWN_DELIVERY_DATE",
)


def happen(context: Context, table: Table, order: Node) -> None:
    """Let happen to ``order`` what its table tells, in the order of the list above."""
    _pay(context, table, order)
    _wait(context, table, order)
    _send(context, table, order)
    for inner in table.tables("returns"):
        _send_back(context, inner, order)
        inner.finish()
    _give_back(context, table, order)
    if "cancelled" in table:
        _set(context, table, "cancelled_at")
        reason = table.choice("cancelled", _REASONS, "other")
        do(context, table, order_care.cancel, {"order": order.id, "reason": reason})
    elif "cancelled_at" in table:
        table.refuse("say why it was cancelled", "cancelled_at", "write cancelled: customer as well")
    _dispute(context, table, order)
    moment = table.moment("closed_at")
    if table.boolean("closed", moment is not None):
        _set(context, table, "closed_at")
        orders.close(context, {"input": {"id": order.id}})


def amounts(table: Table, key: str) -> dict[str, Any] | None:
    """``true``, or the lines meant; None when nothing is said, or false."""
    if key not in table:
        return None
    try:
        if not table.boolean(key, False):
            return None
    except InputError:
        rows = []
        for inner in table.tables(key, short="sku"):
            rows.append({"sku": inner.required("sku"), "quantity": inner.integer("quantity", 1, minimum=1)})
            inner.finish()
        return {"lines": rows}
    return {}


def _set(context: Context, table: Table, key: str) -> None:
    moment = table.moment(key)
    if moment is not None:
        context.clock.set(moment)


def _pay(context: Context, table: Table, order: Node) -> None:
    amount, voided = table.money("received"), table.boolean("voided", False)
    held = next((each for each in transactions_of(context.graph, order) if capturable(context.graph, each)), None)
    if voided:
        if held is None:
            table.refuse("nothing was authorized", "voided", "write payment: authorized as well")
        done(table, order_payments.void(context, {"parentTransactionId": held.id}), "voided")
    if amount is None:
        return
    if held is not None:
        given = {"id": order.id, "parentTransactionId": held.id, "amount": amount, "finalCapture": False}
        done(table, order_payments.capture(context, {"input": given}), "received")
    else:
        money = {"amount": amount, "currencyCode": context.shop["currencyCode"]}
        done(table, order_payments.manual_payment(context, {"id": order.id, "amount": money}), "received")


def _wait(context: Context, table: Table, order: Node) -> None:
    """What keeps its fulfilment orders from being sent."""
    owners = fulfillment_orders_of(context.graph, order)
    inner = table.table("hold") if table.is_table("hold") else None
    if "hold" in table:
        place, key = (inner, "reason") if inner is not None else (table, "hold")
        row = {"reason": place.choice(key, _HOLDS, "OTHER"), "reasonNotes": inner.text("notes") if inner else None}
        for owner in owners:
            done(table, fulfillment_orders.hold(context, {"id": owner.id, "fulfillmentHold": row}), "hold")
    if inner is not None:
        inner.finish()
    moment = table.moment("scheduled")
    at = moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if moment is not None else None
    for owner in owners if at is not None else ():
        done(table, fulfillment_orders.reschedule(context, {"id": owner.id, "fulfillAt": at}), "scheduled")
    for owner in owners if table.boolean("in_progress", False) else ():
        done(table, fulfillment_orders.progress(context, {"id": owner.id}), "in_progress")
    if table.boolean("ready", False):
        rows = [{"fulfillmentOrderId": owner.id} for owner in owners if owner["_method"] == "PICK_UP"]
        if not rows:
            table.refuse("only what the customer picks up is made ready", "ready", "write pickup: true as well")
        done(table, fulfillment_orders.prepared(context, {"input": {"lineItemsByFulfillmentOrder": rows}}), "ready")


def _send(context: Context, table: Table, order: Node) -> None:
    sent = amounts(table, "fulfilled")
    _set(context, table, "fulfilled_at")
    tracking = table.table("tracking")
    parcel: dict[str, Any] = {}
    if tracking is not None:
        parcel = {key: tracking.text(key) for key in ("company", "number", "url") if key in tracking}
        tracking.finish()
    told = [("carried", table.choice("carried", CARRIED, ""))] if "carried" in table else []
    if table.boolean("delivered", "delivered_at" in table):
        told.append(("delivered", "delivered"))
    if sent is None:
        if told:
            table.refuse("only what was fulfilled is delivered", told[0][0], "write fulfilled: true as well")
        return
    do(context, table, order_care.fulfill, {"order": order.id, **sent, **parcel})
    for _key, status in told:
        if status == "delivered":
            _set(context, table, "delivered_at")
        do(context, table, order_care.deliver, {"order": order.id, "status": status})


def _send_back(context: Context, table: Table, order: Node) -> None:
    _set(context, table, "at")
    given: dict[str, Any] = {"order": order.id, "reason": table.text("reason", "unknown"), "note": table.text("note")}
    lines = amounts(table, "lines")
    status = table.choice("status", _RETURNS, "requested")
    with placed(table):
        request_return(context, {**given, **(lines or {})})
    node = context.graph.find("Return", "_order", order.id)[-1]
    if status == "declined":
        answer = returns.decline(context, {"input": {"id": node.id, "declineReason": "RETURN_PERIOD_ENDED"}})
        done(table, answer, "status")
    elif status == "cancelled":
        done(table, returns.cancel(context, {"id": node.id}), "status")
    elif status in ("open", "closed"):
        done(table, returns.approve(context, {"input": {"id": node.id}}), "status")
        if status == "closed":
            done(table, returns.close(context, {"id": node.id}), "status")


def _give_back(context: Context, table: Table, order: Node) -> None:
    back, inner = amounts(table, "refunded"), table.table("refund")
    more: dict[str, Any] = {}
    if inner is not None:
        more = {name: inner.money(name) for name in ("amount", "shipping") if name in inner}
        more |= {name: inner.text(name) for name in ("note", "location") if name in inner}
        more["restock"] = inner.boolean("restock", True)
        inner.finish()
    if back is None and inner is None:
        return
    _set(context, table, "refunded_at")
    do(context, table, order_care.refund, {"order": order.id, **(back or {}), **more})


def _dispute(context: Context, table: Table, order: Node) -> None:
    if "dispute" not in table:
        return
    inner = table.table("dispute") if table.is_table("dispute") else None
    given: dict[str, Any] = {"order": order.id}
    if inner is None:
        given["status"] = table.text("dispute")
    else:
        given |= {name: inner.text(name) for name in ("kind", "status") if name in inner}
        inner.finish()
    do(context, table, disputes.dispute, given)
