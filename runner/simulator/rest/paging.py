"""What every REST resource shares: reading parameters, pages with ``Link``, ``fields``, and the usual refusals.

Seen: ``{"errors": "Not Found"}`` (404), ``{"errors": {"x": "Required parameter missing or invalid"}}`` (400), and the
form of ``Link``.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from runner.simulator.contract import Context, RestCall, RestError, RestReply
from runner.simulator.graph import Node, number_of

DEFAULT_LIMIT = 50
MAXIMUM_LIMIT = 250
_NEIGHBOURS = 8
_GUIDE = "https://shopify.dev/api/usage/pagination-rest for more information."
IDS_LIMIT = 50
"""Ids in one filter of inventory levels."""

Render = Callable[[Node, Context], dict[str, Any]]


def not_found() -> RestError:
    """The 404 of an id that is not there."""
    return RestError(404, "Not Found")


def missing(name: str) -> RestError:
    """The 400 of a parameter that is absent or of the wrong type."""
    return RestError(400, {name: "Required parameter missing or invalid"})


def invalid(**messages: str) -> RestError:
    """The 422 of values that are refused, messages by field."""
    return RestError(422, {name: [message] for name, message in messages.items()})


def fetch(context: Context, type_name: str, number: int) -> Node:
    """The object of a numeric id; 404 when there is none."""
    node = context.graph.by_number(type_name, number)
    if node is None:
        raise not_found()
    return node


def wrapped(call: RestCall, name: str) -> dict[str, Any]:
    """The attributes in ``{name: {…}}``; 400 when the body has no such envelope."""
    body = call.body
    if not isinstance(body, Mapping) or not isinstance(body.get(name), Mapping):
        raise missing(name)
    return dict(body[name])


def integer(values: Mapping[str, Any], name: str, *, required: bool = True) -> int | None:
    """A whole number given as such or as digits; 400 when it is neither (or absent and required)."""
    value = values.get(name)
    if value is None and not required:
        return None
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise missing(name)
    try:
        return int(value)
    except ValueError:
        raise missing(name) from None


def numbers(query: Mapping[str, str], name: str) -> list[int] | None:
    """A list of ids separated by commas; None when the parameter is absent."""
    text = query.get(name)
    if text is None:
        return None
    try:
        return [int(part) for part in text.split(",") if part.strip()]
    except ValueError:
        raise missing(name) from None


def one(name: str, node: Node, render: Render, context: Context, call: RestCall, status: int = 200) -> RestReply:
    """``{name: resource}``."""
    return RestReply(status, {name: chosen(render(node, context), call.query)})


def chosen(resource: dict[str, Any], query: Mapping[str, str]) -> dict[str, Any]:
    """The keys that ``fields=`` names; all of them without it."""
    if not query.get("fields"):
        return resource
    names = {name.strip() for name in query["fields"].split(",")}
    return {name: value for name, value in resource.items() if name in names}


def listing(
    name: str, nodes: Sequence[Node], render: Render, context: Context, call: RestCall, *, by_id: bool = True
) -> RestReply:
    """One page of ``nodes`` (filtered already) as ``{name: […]}``, with ``Link`` to its neighbours.

    ``limit`` 1 to 250, 50 by default; ``since_id`` counts from an id; ``page_info`` is the cursor of a ``Link``. A
    cursor remembers the filters of its first page; ``by_id`` false keeps the order given.
    """
    limit = _limit(call.query)
    ordered = sorted(nodes, key=lambda node: node.number) if by_id else list(nodes)
    since = integer(filters(call), "since_id", required=False)
    if since is not None:
        ordered = [node for node in ordered if node.number > since]
    start, before = _start(ordered, call.query, limit)
    page = ordered[start : before if before is not None else start + limit]
    links = []
    if start > 0 and page:
        links.append(_link(context, call, limit, {"before": _ids(page)}, "previous"))
    if start + len(page) < len(ordered) and page:
        links.append(_link(context, call, limit, {"after": _ids(page[::-1])}, "next"))
    headers = {"Link": ", ".join(links)} if links else {}
    return RestReply(200, {name: [chosen(render(node, context), call.query) for node in page]}, headers)


def filters(call: RestCall) -> dict[str, str]:
    """The query parameters that choose, those of a cursor's first page included."""
    mark = _mark(call.query)
    return {**call.query, **(mark.get("filters", {}) if mark else {})}


def within(node: Node, asked: Mapping[str, str]) -> bool:
    """Whether an object's times lie within ``created_at_min`` and the like."""
    for name, field in (("created_at", "createdAt"), ("updated_at", "updatedAt")):
        for end in ("min", "max"):
            text = asked.get(f"{name}_{end}")
            if not text:
                continue
            try:
                limit = datetime.fromisoformat(text)
            except ValueError:
                raise RestError(400, {f"{name}_{end}": "Invalid value."}) from None
            limit = limit if limit.tzinfo else limit.replace(tzinfo=UTC)
            if node[field] is None:
                continue  # events are never changed
            moment = datetime.fromisoformat(node[field])
            if moment < limit if end == "min" else moment > limit:
                return False
    return True


def _limit(query: Mapping[str, str]) -> int:
    limit = integer(query, "limit", required=False)
    if limit is None:
        return DEFAULT_LIMIT
    if limit < 1:
        raise RestError(400, {"limit": "Limit must be greater than 0"})
    return min(limit, MAXIMUM_LIMIT)


def _start(ordered: Sequence[Node], query: Mapping[str, str], limit: int) -> tuple[int, int | None]:
    mark = _mark(query)
    if mark is None:
        return 0, None
    if "after" in mark:
        return _place(ordered, mark["after"], behind=True), None
    end = _place(ordered, mark["before"], behind=False)
    return max(0, end - limit), end


def _ids(page: Sequence[Node]) -> list[str]:
    """The object that a cursor stands at, and some beside it in case that one goes."""
    return [node.id for node in page[:_NEIGHBOURS]]


def _place(ordered: Sequence[Node], ids: Sequence[str], *, behind: bool) -> int:
    """Where the objects behind the first of ``ids`` begin, or those before it end.

    One that is gone keeps its place in the order of the numbers; elsewhere the nearest one that is left stands for it.
    """
    places = {node.id: place for place, node in enumerate(ordered)}
    if ids[0] not in places and len(ordered) > 1:
        held = number_of(ids[0])
        listed = [node.number for node in ordered]
        if listed == sorted(set(listed)):
            return sum(1 for number in listed if number < held)
        if listed == sorted(set(listed), reverse=True):
            return sum(1 for number in listed if number > held)
    return next((places[each] + behind for each in ids if each in places), 0)


def _mark(query: Mapping[str, str]) -> dict[str, Any] | None:
    text = query.get("page_info")
    if text is None:
        return None
    for name in query:
        if name not in ("fields", "limit", "page_info"):
            # Seen: in reports of 400 replies.
            raise RestError(400, {name: f"{name} cannot be passed when page_info is present. See {_GUIDE}"})
    try:
        mark = json.loads(base64.urlsafe_b64decode(text.encode()))
    except (binascii.Error, ValueError):
        raise RestError(400, {"page_info": "Invalid value."}) from None
    if not isinstance(mark, dict) or not any(isinstance(mark.get(name), list) for name in ("after", "before")):
        raise RestError(400, {"page_info": "Invalid value."})
    return mark


def _link(context: Context, call: RestCall, limit: int, mark: Mapping[str, list[str]], relation: str) -> str:
    kept = {name: value for name, value in filters(call).items() if name not in ("limit", "page_info", "fields")}
    content = json.dumps({**mark, "filters": kept}, separators=(",", ":"), sort_keys=True)
    info = base64.urlsafe_b64encode(content.encode()).decode()
    query = {"limit": str(limit), "page_info": info}
    if call.query.get("fields"):
        query["fields"] = call.query["fields"]
    address = f"https://{context.shop['myshopifyDomain']}/admin/api/{context.api_version}/{call.path}"
    return f'<{address}?{urlencode(query)}>; rel="{relation}"'
