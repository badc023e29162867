"""Gift cards and abandoned checkouts over REST."""

from __future__ import annotations

from runner.simulator.contract import Context, RestCall, RestReply, Route
from runner.simulator.families.abandoned_checkouts import render_checkout
from runner.simulator.families.gift_cards import render_gift_card, status_of
from runner.simulator.graph import Node
from runner.simulator.mutations.gift_cards import deactivate
from runner.simulator.rest.paging import fetch, filters, listing, one, within


def _chosen(context: Context, call: RestCall) -> list[Node]:
    status = filters(call).get("status")
    found = context.graph.of_type("GiftCard")
    return [card for card in found if status in (None, "any", status_of(card, context))]


def index(context: Context, call: RestCall) -> RestReply:
    """Gift cards, all of them or those that are enabled or disabled."""
    return listing("gift_cards", _chosen(context, call), render_gift_card, context, call)


def count(context: Context, call: RestCall) -> RestReply:
    """How many gift cards there are."""
    return RestReply(200, {"count": len(_chosen(context, call))})


def show(context: Context, call: RestCall) -> RestReply:
    """One gift card."""
    return one("gift_card", fetch(context, "GiftCard", call.ids["id"]), render_gift_card, context, call)


def disable(context: Context, call: RestCall) -> RestReply:
    """Deactivate a gift card."""
    card = fetch(context, "GiftCard", call.ids["id"])
    deactivate(context, {"id": card.id})
    return one("gift_card", card, render_gift_card, context, call, 201)


def _left(context: Context, call: RestCall) -> list[Node]:
    found = context.graph.of_type("AbandonedCheckout")
    return [node for node in found if not node["completedAt"] and within(node, filters(call))]


def checkouts(context: Context, call: RestCall) -> RestReply:
    """Checkouts that were begun and not completed."""
    return listing("checkouts", _left(context, call), render_checkout, context, call)


def checkouts_count(context: Context, call: RestCall) -> RestReply:
    """How many abandoned checkouts there are."""
    return RestReply(200, {"count": len(_left(context, call))})


ROUTES = (
    Route("GET", "gift_cards", index, "read_gift_cards"),
    Route("GET", "gift_cards/count", count, "read_gift_cards"),
    Route("GET", "gift_cards/{id}", show, "read_gift_cards"),
    Route("POST", "gift_cards/{id}/disable", disable, "write_gift_cards"),
    Route("GET", "checkouts", checkouts, "read_orders"),
    Route("GET", "checkouts/count", checkouts_count, "read_orders"),
)
