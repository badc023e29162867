"""Gift cards and abandoned checkouts over REST."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from runner.simulator.contract import Context, RestCall, RestReply, Route
from runner.simulator.families.abandoned_checkouts import render_checkout
from runner.simulator.families.gift_cards import render_gift_card, status_of
from runner.simulator.graph import Node, gid
from runner.simulator.mutations.gift_cards import create as issue
from runner.simulator.mutations.gift_cards import deactivate, update
from runner.simulator.rest.orders import refuse
from runner.simulator.rest.paging import fetch, filters, invalid, listing, one, within, wrapped
from runner.simulator.search import select
from runner.simulator.search_tables import SEARCHES


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


def create(context: Context, call: RestCall) -> RestReply:
    """Issue a gift card; only this reply holds its code."""
    given = wrapped(call, "gift_card")
    if given.get("initial_value") is None:
        raise invalid(initial_value="can't be blank")
    wanted = {**_input(given), "initialValue": str(given["initial_value"])}
    if given.get("code"):
        wanted["code"] = str(given["code"])
    answer = issue(context, {"input": wanted})
    refuse(answer)
    card = answer["giftCard"]
    return RestReply(201, {"gift_card": {**render_gift_card(card, context), "code": answer["giftCardCode"]}})


def change(context: Context, call: RestCall) -> RestReply:
    """Change note, expiry, template and, when there is none yet, customer of a gift card."""
    card = fetch(context, "GiftCard", call.ids["id"])
    refuse(update(context, {"id": card.id, "input": _input(wrapped(call, "gift_card"))}))
    return one("gift_card", card, render_gift_card, context, call)


def search(context: Context, call: RestCall) -> RestReply:
    """Gift cards that fit ``query``, in the search syntax."""
    query = filters(call).get("query")
    found = select(context.graph.of_type("GiftCard"), query, SEARCHES, "giftCards", context, "gift_cards")
    return listing("gift_cards", found, render_gift_card, context, call)


def _input(given: Mapping[str, Any]) -> dict[str, Any]:
    names = {"note": "note", "expires_on": "expiresOn", "template_suffix": "templateSuffix"}
    wanted = {ours: given[theirs] for theirs, ours in names.items() if theirs in given}
    return wanted | ({"customerId": gid("Customer", given["customer_id"])} if given.get("customer_id") else {})


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
    Route("POST", "gift_cards", create, "write_gift_cards"),
    Route("GET", "gift_cards/search", search, "read_gift_cards"),
    Route("PUT", "gift_cards/{id}", change, "write_gift_cards"),
    Route("GET", "gift_cards/{id}", show, "read_gift_cards"),
    Route("POST", "gift_cards/{id}/disable", disable, "write_gift_cards"),
    Route("GET", "checkouts", checkouts, "read_orders"),
    Route("GET", "checkouts/count", checkouts_count, "read_orders"),
)
