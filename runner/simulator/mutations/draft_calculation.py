"""``draftOrderCalculate``, which keeps nothing, and ``draftOrderCreateFromOrder``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from runner.simulator.contract import Context, user_error
from runner.simulator.families.draft_sums import lines_of
from runner.simulator.families.drafts import FIELDS
from runner.simulator.families.order_lines import current_quantity, shipping_lines_of
from runner.simulator.families.order_lines import lines_of as lines_of_order
from runner.simulator.graph import Node
from runner.simulator.mutations.drafts import make
from runner.simulator.mutations.order_saving import find_order, missing

_STORED = ("title", "quantity", "uuid")


class _Discarded(Exception):
    """Ends the transaction in which a draft was made to be looked at."""


def calculate(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """What a draft of the input would be. It is made, worked out, and undone: no ids are used up, nothing is told."""
    found: dict[str, Any] | None = None
    errors: list[dict[str, Any]] = []
    try:
        with context.graph.transaction():
            draft, errors = make(context, args["input"])
            if draft is not None:
                found = _worked_out(draft, context)
            raise _Discarded
    except _Discarded:
        return {"calculatedDraftOrder": found, "userErrors": errors}


def _worked_out(draft: Node, context: Context) -> dict[str, Any]:
    """Every field of a draft and of its lines as values."""
    fields = {name: read(draft, context, {}) for name, read in FIELDS["DraftOrder"].items() if name != "lineItems"}
    lines = [
        {
            **{name: line[name] for name in _STORED},
            **{name: read(line, context, {}) for name, read in FIELDS["DraftOrderLineItem"].items()},
        }
        for line in lines_of(context.graph, draft)
    ]
    return {**fields, "alerts": [], "availableShippingRates": [], "lineItems": lines}


def from_order(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """A draft with what an order has now. Sends ``draft_orders/create``."""
    order = find_order(context, args["orderId"])
    if order is None:
        return {"draftOrder": None, "userErrors": [missing("orderId")]}
    rows = [_line(line) for line in lines_of_order(context.graph, order) if current_quantity(line)]
    if not rows:
        return {"draftOrder": None, "userErrors": [user_error(("orderId",), "The order has no items left")]}
    names = ("email", "phone", "note", "tags", "poNumber", "taxExempt", "customAttributes")
    given: dict[str, Any] = {name: order[name] for name in names if order[name]}
    given |= {name: dict(order[name]) for name in ("billingAddress", "shippingAddress") if order[name]}
    given["lineItems"] = rows
    if order["customer"]:
        given["customerId"] = order["customer"]
    for carried in shipping_lines_of(context.graph, order)[:1]:
        given["shippingLine"] = {"title": carried["title"], "price": carried["_price"]}
    draft, errors = make(context, given)
    return {"draftOrder": draft, "userErrors": errors}


def _line(line: Node) -> dict[str, Any]:
    row: dict[str, Any] = {
        "quantity": current_quantity(line),
        "customAttributes": [dict(each) for each in line["customAttributes"] or []],
    }
    if line["variant"]:
        return {**row, "variantId": line["variant"]}
    names = ("title", "sku", "taxable", "requiresShipping")
    return {
        **row,
        **{name: line[name] for name in names if line[name] is not None},
        "originalUnitPrice": line["_price"],
    }


MUTATIONS = {"draftOrderCalculate": calculate, "draftOrderCreateFromOrder": from_order}
