"""Product feeds: one for each country and language of a channel, and their full synchronisation.

``ProductFeed``: country, language, status, channelId.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from runner.simulator.contract import Context, user_error
from runner.simulator.families.rendering import render_product, shop_time
from runner.simulator.graph import Node, gid

Answer = Mapping[str, Any]


def create(context: Context, args: dict[str, Any]) -> Answer:
    """``productFeedCreate``. Sends ``product_feeds/create``."""
    given = args.get("input") or {}
    country = given.get("country") or (context.shop["_address"] or {}).get("countryCode") or "US"
    language = given.get("language") or "EN"
    found = context.graph.of_type("ProductFeed")
    if any((each["country"], each["language"]) == (country, language) for each in found):
        error = user_error(("country",), "Product feed already exists for this country and language", "TAKEN")
        return {"productFeed": None, "userErrors": [error]}
    channel = given.get("channelId") or gid("Channel", 1)
    fields = {"country": country, "language": language, "status": "ACTIVE", "channelId": channel}
    feed = context.graph.create("ProductFeed", fields)
    context.emit("product_feeds/create", _payload(feed))
    return {"productFeed": feed, "userErrors": []}


def delete(context: Context, args: dict[str, Any]) -> Answer:
    """``productFeedDelete``."""
    feed = _find(context, args["id"])
    if feed is None:
        return {"deletedId": None, "userErrors": [_missing()]}
    context.graph.delete(feed.id)
    return {"deletedId": feed.id, "userErrors": []}


def sync(context: Context, args: dict[str, Any]) -> Answer:
    """``productFullSync``: every product that was changed in time is told by ``product_feeds/full_sync``, the end by
    ``product_feeds/full_sync_finish``."""
    feed = _find(context, args["id"])
    if feed is None:
        return {"id": None, "userErrors": [_missing()]}
    since, before = args.get("updatedAtSince"), args.get("beforeUpdatedAt")
    chosen = [
        product
        for product in context.graph.of_type("Product")
        if (since is None or product["updatedAt"] >= since) and (before is None or product["updatedAt"] < before)
    ]
    head = {"type": "full", "status": "in_progress", "product_feed": _payload(feed)}
    for product in chosen:
        meta = {"action": "CREATE", "occurred_at": shop_time(context.graph.now(), context)}
        context.emit(
            "product_feeds/full_sync", {"metadata": {**head, **meta}, "product": render_product(product, context)}
        )
    end = {"status": "completed", "count": len(chosen), "product_feed": _payload(feed)}
    context.emit("product_feeds/full_sync_finish", {"metadata": {"type": "full"}, "fullSync": end})
    return {"id": feed.id, "userErrors": []}


def _payload(feed: Node) -> dict[str, Any]:
    plain = {"country": feed["country"], "language": feed["language"], "status": feed["status"].lower()}
    return {"id": feed.id, "shop_id": 1, **plain}


def _find(context: Context, node_id: str) -> Node | None:
    return context.graph.get(node_id, "ProductFeed")


def _missing() -> dict[str, Any]:
    return user_error(("id",), "Product feed does not exist", "INVALID")


MUTATIONS = {"productFeedCreate": create, "productFeedDelete": delete, "productFullSync": sync}
