"""Webhook subscriptions over REST (simulator.md 5)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from runner.model.topic import SHOPIFY_TOPICS
from runner.simulator.contract import Context, RestCall, RestError, RestReply, Route
from runner.simulator.families.rendering import shop_time
from runner.simulator.graph import Node
from runner.simulator.mutations.webhook_subscriptions import MUTATIONS
from runner.simulator.rest.paging import fetch, filters, invalid, listing, one, within, wrapped

_NAMES = {
    topic.removeprefix("shopify/").replace("/", "_").upper(): topic.removeprefix("shopify/") for topic in SHOPIFY_TOPICS
}
"""``ORDERS_CREATE`` -> ``orders/create``."""


def _topic(node: Node) -> str:
    name = str(node["topic"])
    return _NAMES.get(name) or "/".join(name.lower().rsplit("_", 1))


def render_webhook(node: Node, context: Context) -> dict[str, Any]:
    """A webhook subscription."""
    return {
        "id": node.number,
        "address": node["uri"],
        "topic": _topic(node),
        "created_at": shop_time(node["createdAt"], context),
        "updated_at": shop_time(node["updatedAt"], context),
        "format": str(node["format"] or "JSON").lower(),
        "fields": list(node["includeFields"] or []),
        "metafield_namespaces": list(node["metafieldNamespaces"] or []),
        "api_version": context.api_version,
        "private_metafield_namespaces": [],
        "admin_graphql_api_id": node.id,
    }


def _chosen(context: Context, call: RestCall) -> list[Node]:
    asked = filters(call)
    return [
        node
        for node in context.graph.of_type("WebhookSubscription")
        if within(node, asked)
        and asked.get("topic") in (None, _topic(node))
        and asked.get("address") in (None, node["uri"])
    ]


def index(context: Context, call: RestCall) -> RestReply:
    """Subscriptions that fit ``topic`` and ``address``."""
    return listing("webhooks", _chosen(context, call), render_webhook, context, call)


def count(context: Context, call: RestCall) -> RestReply:
    """How many subscriptions fit."""
    return RestReply(200, {"count": len(_chosen(context, call))})


def show(context: Context, call: RestCall) -> RestReply:
    """One subscription."""
    return one("webhook", fetch(context, "WebhookSubscription", call.ids["id"]), render_webhook, context, call)


def create(context: Context, call: RestCall) -> RestReply:
    """Subscribe to a topic."""
    given = wrapped(call, "webhook")
    topic = str(given.get("topic") or "")
    name = topic.replace("/", "_").upper()
    if _NAMES.get(name) != topic:
        raise invalid(topic="Invalid topic specified. Does it exist, and does the app have the scopes for it?")
    node = _done(MUTATIONS["webhookSubscriptionCreate"](context, {"topic": name, "webhookSubscription": _input(given)}))
    return one("webhook", node, render_webhook, context, call, 201)


def change(context: Context, call: RestCall) -> RestReply:
    """Change address and fields of a subscription."""
    node = fetch(context, "WebhookSubscription", call.ids["id"])
    wanted = {"id": node.id, "webhookSubscription": _input(wrapped(call, "webhook"))}
    _done(MUTATIONS["webhookSubscriptionUpdate"](context, wanted))
    return one("webhook", node, render_webhook, context, call)


def delete(context: Context, call: RestCall) -> RestReply:
    """End a subscription."""
    context.graph.delete(fetch(context, "WebhookSubscription", call.ids["id"]).id)
    return RestReply(200, {})


def _input(given: Mapping[str, Any]) -> dict[str, Any]:
    names = {"address": "uri", "fields": "includeFields", "metafield_namespaces": "metafieldNamespaces"}
    wanted = {ours: given[theirs] for theirs, ours in names.items() if theirs in given}
    if given.get("format"):
        wanted["format"] = str(given["format"]).upper()
    return wanted


def _done(answer: Mapping[str, Any]) -> Node:
    if answer["userErrors"]:
        messages: dict[str, list[str]] = {}
        for error in answer["userErrors"]:
            field = {"callbackUrl": "address"}.get(error["field"][-1], error["field"][-1])
            messages.setdefault(field, []).append(str(error["message"]).removeprefix("Address "))
        raise RestError(422, messages)
    node: Node = answer["webhookSubscription"]
    return node


ROUTES = (
    Route("GET", "webhooks", index),
    Route("GET", "webhooks/count", count),
    Route("POST", "webhooks", create),
    Route("GET", "webhooks/{id}", show),
    Route("PUT", "webhooks/{id}", change),
    Route("DELETE", "webhooks/{id}", delete),
)
