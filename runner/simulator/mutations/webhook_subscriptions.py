"""``webhookSubscriptionCreate``, ``…Update`` and ``…Delete`` (simulator.md 5)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from runner.model.topic import SHOPIFY_TOPICS
from runner.model.topic_scopes import topic_scopes
from runner.shopify.schema import holds
from runner.simulator.contract import Context, Mutation, user_error
from runner.simulator.graph import Node

_ADDRESS = re.compile(r"https?://[^\s/]+\S*|pubsub://[^\s:]+:\S+|arn:aws:events:\S+")
_MISSING = "Webhook subscription does not exist"
_TOPIC_NAMES: Mapping[str, str] = MappingProxyType(
    {topic.removeprefix("shopify/").replace("/", "_").upper(): topic for topic in SHOPIFY_TOPICS}
)
"""``ORDERS_CREATE`` -> ``shopify/orders/create``."""


def _create(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    wanted, topic = args["webhookSubscription"], args["topic"]
    uri = wanted.get("uri") or wanted.get("callbackUrl")
    problem = _not_allowed(context, topic) or _problem(context, topic, uri, wanted.get("filter"), None)
    if problem:
        return {"webhookSubscription": None, "userErrors": [problem]}
    fields = {
        "topic": topic,
        "uri": uri,
        "format": wanted.get("format") or "JSON",
        "filter": wanted.get("filter"),
        "name": wanted.get("name"),
        "includeFields": wanted.get("includeFields") or [],
        "metafieldNamespaces": wanted.get("metafieldNamespaces") or [],
        "metafields": wanted.get("metafields") or [],
        "_by_api": True,
        "createdAt": context.graph.now(),
        "updatedAt": context.graph.now(),
    }
    return {"webhookSubscription": context.graph.create("WebhookSubscription", fields), "userErrors": []}


def _update(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    node = _find(context, args["id"])
    if node is None:
        return {"webhookSubscription": None, "userErrors": [user_error(["id"], _MISSING)]}
    wanted = dict(args["webhookSubscription"])
    if "callbackUrl" in wanted:
        wanted.setdefault("uri", wanted.pop("callbackUrl"))
    problem = _problem(
        context, node["topic"], wanted.get("uri", node["uri"]), wanted.get("filter", node["filter"]), node
    )
    if problem:
        return {"webhookSubscription": None, "userErrors": [problem]}
    context.graph.update(node.id, wanted)
    return {"webhookSubscription": context.graph.touch(node.id), "userErrors": []}


def _delete(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    node = _find(context, args["id"])
    if node is None:
        return {"deletedWebhookSubscriptionId": None, "userErrors": [user_error(["id"], _MISSING)]}
    context.graph.delete(node.id)
    return {"deletedWebhookSubscriptionId": node.id, "userErrors": []}


def _find(context: Context, node_id: str) -> Node | None:
    return context.graph.get(node_id, "WebhookSubscription")


def _not_allowed(context: Context, topic: str) -> dict[str, Any] | None:
    """The refusal of a topic whose scope the token lacks."""
    name = _TOPIC_NAMES.get(topic)
    scopes = topic_scopes(name) if name else ()
    if context.scopes is None or not scopes or any(holds(context.scopes, scope) for scope in scopes):
        return None
    words = f"You do not have permission to create or update webhooks with {str(name).removeprefix('shopify/')} topic."
    return user_error(["topic"], words)


def _problem(context: Context, topic: str, uri: Any, filter_text: Any, itself: Node | None) -> dict[str, Any] | None:
    """The first thing wrong with a subscription, in Shopify's words."""
    field = ["webhookSubscription", "callbackUrl"]
    if not uri:
        return user_error(field, "Address can't be blank")
    # differs: Shopify takes only https and public hosts; a simulated store's receivers are on this machine.
    if not _ADDRESS.fullmatch(str(uri)):
        return user_error(field, "Address is invalid")
    others = [node for node in context.graph.find("WebhookSubscription", "topic", topic) if node is not itself]
    if any(node["uri"] == uri and (node["filter"] or "") == (filter_text or "") for node in others):
        return user_error(field, "Address for this topic has already been taken")
    return None


MUTATIONS: dict[str, Mutation] = {
    "webhookSubscriptionCreate": _create,
    "webhookSubscriptionDelete": _delete,
    "webhookSubscriptionUpdate": _update,
}
