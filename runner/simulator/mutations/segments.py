"""``segmentCreate``, ``segmentUpdate``, ``segmentDelete``, and stored queries of members."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from runner.simulator.contract import Context, user_error
from runner.simulator.families.rendering import shop_time
from runner.simulator.families.segment_query import SegmentError
from runner.simulator.families.segments import members
from runner.simulator.graph import Node

NAME_LIMIT = 255


def create(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """Add a segment. Sends ``segments/create``."""
    errors = _errors(context, args, None)
    if errors:
        return {"segment": None, "userErrors": errors}
    now = context.graph.now()
    fields = {"name": args["name"].strip(), "query": args["query"], "creationDate": now, "lastEditDate": now}
    segment = context.graph.create("Segment", fields)
    context.emit("segments/create", _payload(segment, context))
    return {"segment": segment, "userErrors": []}


def update(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """Rename a segment or change its query. Sends ``segments/update``."""
    segment = _segment(context, args["id"])
    if segment is None:
        return {"segment": None, "userErrors": [user_error(("id",), "Segment does not exist")]}
    errors = _errors(context, args, segment)
    if errors:
        return {"segment": None, "userErrors": errors}
    fields = {name: args[name] for name in ("name", "query") if args.get(name) is not None}
    context.graph.update(segment.id, {**fields, "lastEditDate": context.graph.now()})
    context.emit("segments/update", _payload(segment, context))
    return {"segment": segment, "userErrors": []}


def delete(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """Delete a segment; its customers stay. Sends ``segments/delete``."""
    segment = _segment(context, args["id"])
    if segment is None:
        return {"deletedSegmentId": None, "userErrors": [user_error(("id",), "Segment does not exist")]}
    context.graph.delete(segment.id)
    context.emit("segments/delete", {"id": segment.number, "admin_graphql_api_id": segment.id})
    return {"deletedSegmentId": segment.id, "userErrors": []}


def create_query(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """``customerSegmentMembersQueryCreate``: a query whose members are read by its id."""
    given = args["input"]
    segment = _segment(context, given.get("segmentId") or "")
    query = segment["query"] if segment is not None else given.get("query") or ""
    problem = _query_error(context, query)
    if problem is not None:
        error = {"field": ["input", "query"], "message": problem, "code": "INVALID"}
        return {"customerSegmentMembersQuery": None, "userErrors": [error]}
    node = context.graph.create("CustomerSegmentMembersQuery", {"query": query})
    return {"customerSegmentMembersQuery": node, "userErrors": []}


def _errors(context: Context, args: Mapping[str, Any], segment: Node | None) -> list[dict[str, Any]]:
    errors = []
    name, query = args.get("name"), args.get("query")
    if name is not None:
        if not name.strip():
            errors.append(user_error(("name",), "Name can't be blank"))
        elif len(name) > NAME_LIMIT:
            errors.append(user_error(("name",), f"Name is too long (maximum is {NAME_LIMIT} characters)"))
        other = context.graph.first("Segment", "name", name.strip())
        if other is not None and other is not segment:
            errors.append(user_error(("name",), "Name has already been taken"))
    if query is not None:
        problem = _query_error(context, query) if query.strip() else "Query can't be blank"
        if problem is not None:
            errors.append(user_error(("query",), problem))
    return errors


def _query_error(context: Context, query: str) -> str | None:
    try:
        members(context, query)
    except SegmentError as error:
        return str(error)
    return None


def _segment(context: Context, node_id: str) -> Node | None:
    return context.graph.get(node_id, "Segment")


def _payload(segment: Node, context: Context) -> dict[str, Any]:
    return {
        "id": segment.number,
        "name": segment["name"],
        "query": segment["query"],
        "created_at": shop_time(segment["creationDate"], context),
        "updated_at": shop_time(segment["lastEditDate"], context),
        "admin_graphql_api_id": segment.id,
    }


MUTATIONS = {
    "customerSegmentMembersQueryCreate": create_query,
    "segmentCreate": create,
    "segmentDelete": delete,
    "segmentUpdate": update,
}
