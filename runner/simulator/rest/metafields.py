"""Metafields over REST: of the shop, and of the resources that have some."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from runner.simulator.contract import SHOP_ID, Context, RestCall, RestError, RestReply, Route
from runner.simulator.families.rendering import render_metafield
from runner.simulator.graph import Node
from runner.simulator.mutations.metafields import row_errors, store
from runner.simulator.rest.paging import fetch, filters, listing, not_found, one, wrapped

OWNERS = {
    "products": ("Product", "products"),
    "variants": ("ProductVariant", "products"),
    "locations": ("Location", "locations"),
    "customers": ("Customer", "customers"),
    "orders": ("Order", "orders"),
    "draft_orders": ("DraftOrder", "draft_orders"),
    "collections": ("Collection", "products"),
    "pages": ("Page", "content"),
    "blogs": ("Blog", "content"),
    "articles": ("Article", "content"),
}
"""REST names of the owners, with their types and the scope that covers them."""
Call = Callable[[Context, RestCall], RestReply]


def _index(owner_type: str | None) -> Call:
    def index(context: Context, call: RestCall) -> RestReply:
        asked = filters(call)
        found = [
            node
            for node in context.graph.find("Metafield", "_owner", _owner(context, call, owner_type))
            if all(not asked.get(name) or node[name] == asked[name] for name in ("namespace", "key", "type"))
        ]
        return listing("metafields", found, render_metafield, context, call)

    return index


def _count(owner_type: str | None) -> Call:
    def count(context: Context, call: RestCall) -> RestReply:
        return RestReply(
            200, {"count": len(context.graph.find("Metafield", "_owner", _owner(context, call, owner_type)))}
        )

    return count


def _create(owner_type: str | None) -> Call:
    def create(context: Context, call: RestCall) -> RestReply:
        owner = _owner(context, call, owner_type)
        given = wrapped(call, "metafield")
        node = store_given(context, owner, given)
        return one("metafield", node, render_metafield, context, call, 201)

    return create


def show(context: Context, call: RestCall) -> RestReply:
    """One metafield, whoever owns it."""
    return one("metafield", _metafield(context, call), render_metafield, context, call)


def change(context: Context, call: RestCall) -> RestReply:
    """Change a metafield's value and type."""
    node = _metafield(context, call)
    given = {"namespace": node["namespace"], "key": node["key"], "type": node["type"], "value": node["value"]}
    given.update({name: value for name, value in wrapped(call, "metafield").items() if name in ("type", "value")})
    return one("metafield", store_given(context, node["_owner"], given), render_metafield, context, call)


def delete(context: Context, call: RestCall) -> RestReply:
    """Delete a metafield."""
    context.graph.delete(_metafield(context, call).id)
    return RestReply(200, {})


def _metafield(context: Context, call: RestCall) -> Node:
    node = fetch(context, "Metafield", call.ids.get("metafield_id", call.ids["id"]))
    if "metafield_id" in call.ids:
        kind = OWNERS[call.path.split("/")[0]][0]
        if node["_owner"] != fetch(context, kind, call.ids["id"]).id:
            raise not_found()
    return node


def _owner(context: Context, call: RestCall, owner_type: str | None) -> str:
    return SHOP_ID if owner_type is None else fetch(context, owner_type, call.ids["id"]).id


def store_given(context: Context, owner: str, given: dict[str, Any]) -> Node:
    """Store a metafield as REST gives it; ``RestError`` 422 for what is wrong with it."""
    value = given.get("value")
    text = str(value).lower() if isinstance(value, bool) else "" if value is None else str(value)
    row = {"namespace": given.get("namespace"), "key": str(given.get("key") or ""), "type": given.get("type")}
    row["value"] = text
    errors = row_errors(context, owner, row, (), 0)
    if errors:
        messages: dict[str, list[str]] = {}
        for error in errors:
            messages.setdefault(error["field"][-1], []).append(_short(error["message"]))
        raise RestError(422, messages)
    return store(context, owner, row)


def _short(message: str) -> str:
    """REST gives the message without the field's name before it: ``can't be blank``."""
    for name in ("Type ", "Value ", "Key ", "Namespace "):
        if message.startswith(name):
            return message[len(name) :]
    return message


def _routes() -> tuple[Route, ...]:
    routes = [
        Route("GET", "metafields", _index(None)),
        Route("GET", "metafields/count", _count(None)),
        Route("POST", "metafields", _create(None)),
        Route("GET", "metafields/{id}", show),
        Route("PUT", "metafields/{id}", change),
        Route("DELETE", "metafields/{id}", delete),
    ]
    for name, (owner_type, scope) in OWNERS.items():
        base = f"{name}/{{id}}/metafields"
        routes += [
            Route("GET", base, _index(owner_type), f"read_{scope}"),
            Route("GET", f"{base}/count", _count(owner_type), f"read_{scope}"),
            Route("POST", base, _create(owner_type), f"write_{scope}"),
            Route("GET", f"{base}/{{metafield_id}}", show, f"read_{scope}"),
            Route("PUT", f"{base}/{{metafield_id}}", change, f"write_{scope}"),
            Route("DELETE", f"{base}/{{metafield_id}}", delete, f"write_{scope}"),
        ]
    return tuple(routes)


ROUTES = _routes()
