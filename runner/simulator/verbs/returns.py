"""``request-return``: a customer wants to send something back."""

from __future__ import annotations

from typing import Any

from runner.errors import InputError
from runner.simulator.contract import Context
from runner.simulator.families.fulfillment_rendering import render_return
from runner.simulator.families.order_lines import fulfillments_of
from runner.simulator.mutations import returns
from runner.simulator.verbs.finding import refuse_unknown, whole
from runner.simulator.verbs.order_care import order_of

_REASONS = (
    "color",
    "defective",
    "not_as_described",
    "other",
    "size_too_large",
    "size_too_small",
    "style",
    "unknown",
    "unwanted",
    "wrong_item",
)


def request_return(context: Context, given: dict[str, Any]) -> dict[str, Any]:
    """A customer asks to return of ``{order}`` what was sent: ``lines: [{sku, quantity}]`` (all without), ``reason``,
    ``note``; with ``approved: true`` it is open at once."""
    refuse_unknown(given, ("order", "lines", "reason", "note", "approved"), "request-return")
    order = order_of(context, given.get("order"))
    reason = str(given.get("reason") or "unknown").lower()
    if reason not in _REASONS:
        raise InputError(f"there is no reason {given['reason']!r}", hint=f"one of {', '.join(_REASONS)}")
    wanted: dict[str, int] | None = None
    if given.get("lines"):
        wanted = {str(line.get("sku")): whole(line, "quantity", 1, lowest=1) for line in given["lines"]}
    rows = []
    for fulfillment in fulfillments_of(context.graph, order):
        for part in context.graph.find("FulfillmentLineItem", "_fulfillment", fulfillment.id):
            line = context.graph.get(part["lineItem"])
            sku = str(line["sku"]) if line is not None else ""
            amount = part["quantity"] if wanted is None else min(wanted.pop(sku, 0), part["quantity"])
            if amount and fulfillment["status"] == "SUCCESS":
                row = {"fulfillmentLineItemId": part.id, "quantity": amount, "returnReason": reason.upper()}
                rows.append({**row, "customerNote": given.get("note")})
    if not rows or wanted:
        raise InputError(f"nothing like that of {order['name']} was sent", hint="fulfill it first")
    document = {"orderId": order.id, "returnLineItems": rows}
    if given.get("approved"):
        answer = returns.create(context, {"returnInput": document})
    else:
        answer = returns.request(context, {"input": document})
    if answer["userErrors"]:
        raise InputError("; ".join(error["message"] for error in answer["userErrors"]))
    return render_return(answer["return"], context)


VERBS = {"request-return": request_return}
