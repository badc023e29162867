"""Disputes of payments over REST."""

from __future__ import annotations

from runner.simulator.contract import Context, RestCall, RestReply, Route
from runner.simulator.families.disputes import disputes, render_dispute
from runner.simulator.rest.paging import filters, not_found


def index(context: Context, call: RestCall) -> RestReply:
    """Every dispute, or those with a ``status``."""
    status = filters(call).get("status")
    rows = [render_dispute(order, row, context) for order, row in disputes(context)]
    return RestReply(200, {"disputes": [row for row in rows if status in (None, row["status"])]})


def show(context: Context, call: RestCall) -> RestReply:
    """One dispute."""
    for order, row in disputes(context):
        shown = render_dispute(order, row, context)
        if shown["id"] == call.ids["id"]:
            return RestReply(200, {"dispute": shown})
    raise not_found()


_SCOPE = "read_shopify_payments_disputes"
ROUTES = (
    Route("GET", "shopify_payments/disputes", index, _SCOPE),
    Route("GET", "shopify_payments/disputes/{id}", show, _SCOPE),
)
