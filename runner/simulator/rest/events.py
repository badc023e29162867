"""The timeline over REST: of the shop, of orders, products and other subjects."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from runner.simulator.contract import Context, RestCall, RestReply, Route
from runner.simulator.families.rendering import plain, shop_time
from runner.simulator.graph import Node, number_of, type_of
from runner.simulator.rest.paging import fetch, filters, listing, one, within

_OWNERS = {
    "orders": ("Order", "orders"),
    "products": ("Product", "products"),
    "collections": ("Collection", "products"),
}
_TYPES = {"DiscountCodeNode": "PriceRule", "DiscountAutomaticNode": "PriceRule", "ProductVariant": "Variant"}
"""Types that REST calls otherwise."""
Call = Callable[[Context, RestCall], RestReply]


def render_event(event: Node, context: Context) -> dict[str, Any]:
    """An event of the timeline."""
    subject = str(event["_subject"])
    kind = type_of(subject) or ""
    message = str(event["message"])
    return {
        "id": event.number,
        "subject_id": number_of(subject),
        "created_at": shop_time(event["createdAt"], context),
        "subject_type": _TYPES.get(kind, kind),
        "verb": event["action"],
        "arguments": [],
        "body": None,
        "message": message,
        "author": event["author"] or event["appTitle"] or context.shop["_owner"],
        "description": plain(message),
        "path": f"/admin/{kind.lower()}s/{number_of(subject)}",
    }


def _chosen(context: Context, call: RestCall, owner: str | None) -> list[Node]:
    asked = filters(call)
    if owner is not None:
        subject = fetch(context, owner, call.ids["id"])
        found = context.graph.find("BasicEvent", "_subject", subject.id)
    else:
        found = context.graph.of_type("BasicEvent")
    wanted = {each.strip() for each in asked.get("filter", "").split(",") if each.strip()}
    return [
        event
        for event in found
        if asked.get("verb") in (None, event["action"])
        and (not wanted or _TYPES.get(type_of(event["_subject"]) or "", type_of(event["_subject"])) in wanted)
        and within(event, asked)
    ]


def _index(owner: str | None) -> Call:
    return lambda context, call: listing("events", _chosen(context, call, owner), render_event, context, call)


def _count(context: Context, call: RestCall) -> RestReply:
    return RestReply(200, {"count": len(_chosen(context, call, None))})


def show(context: Context, call: RestCall) -> RestReply:
    """One event."""
    return one("event", fetch(context, "BasicEvent", call.ids["id"]), render_event, context, call)


ROUTES = (
    Route("GET", "events", _index(None)),
    Route("GET", "events/count", _count),
    Route("GET", "events/{id}", show),
    *(Route("GET", f"{path}/{{id}}/events", _index(kind), f"read_{scope}") for path, (kind, scope) in _OWNERS.items()),
)
