"""Segments of customers, and who belongs to them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from runner.simulator.connections import Page
from runner.simulator.contract import Context, Fields, Listing, Refusal
from runner.simulator.families.customers import FIELDS as CUSTOMER_FIELDS
from runner.simulator.families.metafields import FIELDS as METAFIELD_FIELDS
from runner.simulator.families.segment_query import SegmentError, UnknownHere, compiled
from runner.simulator.graph import Node, gid

NOT_IMPLEMENTED = "SIMULATOR_NOT_IMPLEMENTED"
_SAME = (
    "amountSpent",
    "defaultAddress",
    "defaultEmailAddress",
    "defaultPhoneNumber",
    "displayName",
    "firstName",
    "lastName",
    "mergeable",
    "note",
    "numberOfOrders",
)


def members(context: Context, query: str) -> list[Node]:
    """The customers that fit a segment query, oldest first. Raises ``SegmentError``; ``Refusal`` for a filter that the
    simulator cannot answer."""
    try:
        test = compiled(query, context)
    except UnknownHere as unknown:
        raise Refusal(f"the simulator cannot filter customers by {unknown} yet", NOT_IMPLEMENTED) from unknown
    return [customer for customer in context.graph.of_type("Customer") if test(customer)]


def _members(source: Any, context: Context, args: Mapping[str, Any]) -> Listing:
    query = args.get("query")
    for name, kind in (("segmentId", "Segment"), ("queryId", "CustomerSegmentMembersQuery")):
        if args.get(name) is None:
            continue
        node = context.graph.get(args[name])
        if node is None or node.type != kind:
            raise Refusal(f"Invalid id: {args[name]}", "RESOURCE_NOT_FOUND")
        query = node["query"]
    if query is None:
        raise Refusal("one of query, queryId or segmentId is required", "BAD_REQUEST")
    try:
        found = members(context, query)
    except SegmentError as error:
        raise Refusal(str(error), "INVALID_FIELD_ARGUMENTS") from error
    rows = [
        {"__typename": "CustomerSegmentMember", "id": gid("CustomerSegmentMember", customer.number), "_of": customer}
        for customer in found
    ]
    return Listing(rows, sorts=_sorts(context, str(args.get("sortKey") or "")), searched=True)


def _sorts(context: Context, key: str) -> dict[str, Any]:
    """``sortKey`` is text here: the name of an attribute, with or without ``_``."""
    if not key:
        return {}
    first, *rest = key.lower().split("_")
    name = {"customer_added_date": "createdAt", "created_at": "createdAt"}.get(
        key.lower(), first + "".join(word.capitalize() for word in rest)
    )

    def value(row: Any) -> Any:
        customer: Node = row["_of"]
        read = CUSTOMER_FIELDS["Customer"].get(name)
        found = read(customer, context, {}) if read is not None else customer[name]
        if isinstance(found, Mapping):
            return float(found["amount"]) if "amount" in found else str(found)
        return int(found) if name == "numberOfOrders" else found

    return {key: value}


def _as_customer(name: str, table: Mapping[str, Any]) -> Any:
    read = table[name]
    return lambda member, context, args: read(member["_of"], context, args)


def _last_order(member: Mapping[str, Any], context: Context, args: Mapping[str, Any]) -> str | None:
    order = CUSTOMER_FIELDS["Customer"]["lastOrder"](member["_of"], context, args)
    return order.id if order is not None else None


def _membership(source: Any, context: Context, args: Mapping[str, Any]) -> dict[str, Any]:
    rows = []
    for segment_id in args["segmentIds"]:
        segment = context.graph.get(segment_id)
        if segment is None or segment.type != "Segment":
            raise Refusal(f"Invalid id: {segment_id}", "RESOURCE_NOT_FOUND")
        inside = any(customer.id == args["customerId"] for customer in members(context, segment["query"]))
        rows.append({"segmentId": segment_id, "isMember": inside})
    return {"memberships": rows}


def _segments(source: Any, context: Context, args: Mapping[str, Any]) -> Listing:
    return Listing(context.graph.of_type("Segment"), search="segments")


def _total(page: Page, context: Context, args: Mapping[str, Any]) -> int:
    return page.total


FIELDS: Fields = {
    "CustomerSegmentMember": {
        **{name: _as_customer(name, CUSTOMER_FIELDS["Customer"]) for name in _SAME},
        **{name: _as_customer(name, METAFIELD_FIELDS["Customer"]) for name in ("metafield", "metafields")},
        "lastOrderId": _last_order,
    },
    "CustomerSegmentMemberConnection": {"totalCount": _total},
    "CustomerSegmentMembersQuery": {
        "currentCount": lambda node, context, args: len(members(context, node["query"])),
        "done": lambda node, context, args: True,
    },
    "QueryRoot": {
        "customerSegmentMembers": _members,
        "customerSegmentMembership": _membership,
        "segments": _segments,
    },
}
