"""Fulfilment orders taken apart and put together: split, merge, close, deadline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from runner.simulator.contract import Context, user_error
from runner.simulator.families.order_lines import OPEN_STATUSES, parts_of
from runner.simulator.families.placing import add_part
from runner.simulator.graph import Node
from runner.simulator.mutations.fulfillment_orders import find, rendered, save_order_of, split_off, tell
from runner.simulator.mutations.fulfillments import Chosen, pick

Answer = Mapping[str, Any]
_WHOLE = ("OPEN", "SCHEDULED", "ON_HOLD", "IN_PROGRESS")


def split(context: Context, args: dict[str, Any]) -> Answer:
    """``fulfillmentOrderSplit``: the lines named stay, the rest becomes a fulfilment order of its own. Sends
    ``fulfillment_orders/split``."""
    rows: list[tuple[Node, Chosen]] = []
    for index, given in enumerate(args["fulfillmentOrderSplits"]):
        path = ("fulfillmentOrderSplits", str(index))
        owner = find(context, given["fulfillmentOrderId"])
        if owner is None or owner["status"] not in _WHOLE:
            message = "Fulfillment order does not exist."
            return _no_split((*path, "fulfillmentOrderId"), message, "FULFILLMENT_ORDER_NOT_FOUND")
        where = (*path, "fulfillmentOrderLineItems")
        if not given["fulfillmentOrderLineItems"]:
            message = "Line items must be provided to split the fulfillment order."
            return _no_split(where, message, "NO_LINE_ITEMS_PROVIDED_TO_SPLIT")
        if any(row["quantity"] < 1 for row in given["fulfillmentOrderLineItems"]):
            return _no_split(where, "Quantity must be greater than 0.", "GREATER_THAN")
        chosen, errors = pick(context, owner, given["fulfillmentOrderLineItems"], where)
        left = sum(part["remainingQuantity"] for part in parts_of(context.graph, owner))
        if errors or sum(amount for _, amount in chosen) >= left:
            message = errors[0]["message"] if errors else "Invalid fulfillment order line item quantity requested."
            return _no_split(where, message, "INVALID_LINE_ITEM_QUANTITY")
        rows.append((owner, chosen))
    results = []
    for owner, chosen in rows:
        rest = split_off(context, owner, chosen)
        context.graph.touch(owner.id)
        shown = {"remaining_fulfillment_order": rendered(rest, context), "replacement_fulfillment_order": None}
        tell(context, owner, "split", shown)
        results.append({"fulfillmentOrder": owner, "remainingFulfillmentOrder": rest})
    answer = [{**each, "replacementFulfillmentOrder": None} for each in results]
    return {"fulfillmentOrderSplits": answer, "userErrors": []}


def merge(context: Context, args: dict[str, Any]) -> Answer:
    """``fulfillmentOrderMerge``: the first of each group takes what the others have. Sends
    ``fulfillment_orders/merged``."""
    groups: list[list[tuple[Node, Chosen]]] = []
    for index, given in enumerate(args["fulfillmentOrderMergeInputs"]):
        group: list[tuple[Node, Chosen]] = []
        for place, intent in enumerate(given["mergeIntents"]):
            path = ("fulfillmentOrderMergeInputs", str(index), "mergeIntents", str(place))
            owner = find(context, intent["fulfillmentOrderId"])
            if owner is None or owner["status"] not in _WHOLE:
                message = "Fulfillment order does not exist."
                return _no_merge((*path, "fulfillmentOrderId"), message, "FULFILLMENT_ORDER_NOT_FOUND")
            chosen, errors = pick(context, owner, intent.get("fulfillmentOrderLineItems") or [], path)
            if errors:
                return _no_merge(path, errors[0]["message"], "INVALID_LINE_ITEM_QUANTITY")
            group.append((owner, chosen))
        if not mergeable([owner for owner, _ in group]):
            message = "Fulfillment orders must be of one order, at one location, delivered in one way."
            return _no_merge(("fulfillmentOrderMergeInputs", str(index)), message, None)
        groups.append(group)
    return {
        "fulfillmentOrderMerges": [{"fulfillmentOrder": _join(context, group)} for group in groups],
        "userErrors": [],
    }


def mergeable(owners: Sequence[Node]) -> bool:
    """Whether fulfilment orders could be one: two or more with the same order, location, way of delivery and state."""
    alike = {(each["_order"], each["_location"], each["_method"], each["status"]) for each in owners}
    return len({each.id for each in owners}) > 1 and len(alike) == 1


def _join(context: Context, group: list[tuple[Node, Chosen]]) -> Node:
    graph = context.graph
    first = group[0][0]
    for owner, chosen in group[1:]:
        for part, amount in chosen:
            known = next((each for each in parts_of(graph, first) if each["lineItem"] == part["lineItem"]), None)
            if known is None:
                add_part(graph, first, part["lineItem"], amount)
            else:
                more = {name: known[name] + amount for name in ("totalQuantity", "remainingQuantity")}
                graph.update(known.id, more)
            left = {name: part[name] - amount for name in ("totalQuantity", "remainingQuantity")}
            if left["totalQuantity"]:
                graph.update(part.id, left)
            else:
                graph.delete(part.id)
        if not any(each["remainingQuantity"] for each in parts_of(graph, owner)):
            graph.update(owner.id, status="CLOSED", updatedAt=graph.now())
    graph.touch(first.id)
    intents = [
        {
            "fulfillment_order_id": owner.id,
            "fulfillment_order_line_items": [{"id": part.id, "quantity": amount} for part, amount in chosen],
        }
        for owner, chosen in group
    ]
    tell(context, first, "merged", {"merge_intents": intents})
    return first


def close(context: Context, args: dict[str, Any]) -> Answer:
    """``fulfillmentOrderClose``: one in progress cannot be finished: it is incomplete."""
    owner = find(context, args["id"])
    if owner is None:
        return {"fulfillmentOrder": None, "userErrors": [user_error(("id",), "Fulfillment order does not exist.")]}
    if owner["status"] != "IN_PROGRESS":
        message = "The fulfillment order's status must be in progress to be closed."
        return {"fulfillmentOrder": None, "userErrors": [user_error(("id",), message)]}
    context.graph.update(owner.id, status="INCOMPLETE", requestStatus="CLOSED", updatedAt=context.graph.now())
    save_order_of(context, owner)
    return {"fulfillmentOrder": owner, "userErrors": []}


def deadline(context: Context, args: dict[str, Any]) -> Answer:
    """``fulfillmentOrdersSetFulfillmentDeadline``: by when they are to be fulfilled."""
    found = [find(context, each) for each in args["fulfillmentOrderIds"]]
    owners = [each for each in found if each is not None and each["status"] in OPEN_STATUSES]
    if len(owners) < len(found) or not owners:
        message = "The fulfillment orders could not be found."
        error = user_error(("fulfillmentOrderIds",), message, "FULFILLMENT_ORDERS_NOT_FOUND")
        return {"success": False, "userErrors": [error]}
    for owner in owners:
        context.graph.update(owner.id, fulfillBy=args["fulfillmentDeadline"], updatedAt=context.graph.now())
    return {"success": True, "userErrors": []}


def _no_split(path: Sequence[str], message: str, code: str) -> Answer:
    return {"fulfillmentOrderSplits": None, "userErrors": [user_error(path, message, code)]}


def _no_merge(path: Sequence[str], message: str, code: str | None) -> Answer:
    return {"fulfillmentOrderMerges": None, "userErrors": [user_error(path, message, code)]}


MUTATIONS = {
    "fulfillmentOrderClose": close,
    "fulfillmentOrderMerge": merge,
    "fulfillmentOrderSplit": split,
    "fulfillmentOrdersSetFulfillmentDeadline": deadline,
}
