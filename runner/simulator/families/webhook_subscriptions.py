"""Webhook subscriptions: computed fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from runner.simulator.contract import Context, Fields, Listing
from runner.simulator.graph import Node

INDEXES = {"WebhookSubscription": ("topic",)}


def _endpoint(subscription: Node, context: Context, args: Mapping[str, Any]) -> dict[str, Any]:
    uri = str(subscription["uri"] or "")
    if uri.startswith("arn:"):
        return {"__typename": "WebhookEventBridgeEndpoint", "arn": uri}
    if uri.startswith("pubsub://"):
        project, _, topic = uri.removeprefix("pubsub://").partition(":")
        return {"__typename": "WebhookPubSubEndpoint", "pubSubProject": project, "pubSubTopic": topic}
    return {"__typename": "WebhookHttpEndpoint", "callbackUrl": uri}


def _version(subscription: Node, context: Context, args: Mapping[str, Any]) -> dict[str, Any]:
    return {"handle": context.api_version, "displayName": context.api_version, "supported": True}


def _subscriptions(source: Any, context: Context, args: Mapping[str, Any]) -> Listing:
    topics, uri, kind = args.get("topics"), args.get("uri") or args.get("callbackUrl"), args.get("format")
    found = [
        node
        for node in context.graph.of_type("WebhookSubscription")
        if (not topics or node["topic"] in topics) and uri in (None, node["uri"]) and kind in (None, node["format"])
    ]
    return Listing(found, search="webhookSubscriptions")


FIELDS: Fields = {
    "QueryRoot": {"webhookSubscriptions": _subscriptions},
    "WebhookSubscription": {
        "apiVersion": _version,
        "callbackUrl": lambda node, context, args: node["uri"] or "",
        "endpoint": _endpoint,
        "metafields": lambda node, context, args: node["metafields"] or [],
        "name": lambda node, context, args: node["name"],
        "uri": lambda node, context, args: node["uri"] or "",
    },
}
