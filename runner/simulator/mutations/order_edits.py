"""Editing orders: ``orderEditBegin``, what is staged, ``orderEditCommit``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from runner.simulator.contract import Context, user_error
from runner.simulator.families.amounts import decimal, given_amount, text
from runner.simulator.families.order_edits import discount_change, show_line, staged_lines
from runner.simulator.graph import Node, gid, number_of
from runner.simulator.mutations.order_edit_commit import commit_edit
from runner.simulator.mutations.order_saving import find_order, saving

Answer = Mapping[str, Any]


def begin(context: Context, args: dict[str, Any]) -> Answer:
    """Start an edit. Nothing of the order changes before it is committed."""
    order = find_order(context, args["id"])
    if order is None:
        return _refused("id", "The order does not exist.")
    if order["cancelledAt"]:
        return _refused("id", "The order cannot be edited.")
    edit = context.graph.create("CalculatedOrder", {"_order": order.id, "committed": False, "_changes": []})
    return {"calculatedOrder": edit, "orderEditSession": _session(edit), "userErrors": []}


def add_variant(context: Context, args: dict[str, Any]) -> Answer:
    """Stage units of a variant; one the order has already is refused unless duplicates are allowed."""
    edit = _edit(context, args)
    variant = context.graph.get(args["variantId"])
    if edit is None:
        return _refused("id", "The calculated order does not exist.")
    if variant is None or variant.type != "ProductVariant":
        return _refused("variantId", "can't be found")
    if args["quantity"] < 1:
        return _refused("quantity", "must be greater than 0")
    known = [line for line in staged_lines(context.graph, edit) if line.variant == variant.id and line.quantity]
    if known and not args.get("allowDuplicates"):
        return _refused("variantId", "is already on the order")
    line_id = context.graph.next_id("CalculatedLineItem")
    change = {"kind": "variant", "line": line_id, "variant": variant.id, "quantity": args["quantity"]}
    return _staged(context, edit, {**change, "location": args.get("locationId")}, line_id)


def add_custom(context: Context, args: dict[str, Any]) -> Answer:
    """Stage a custom item."""
    edit = _edit(context, args)
    if edit is None:
        return _refused("id", "The calculated order does not exist.")
    price = given_amount(args["price"]) or decimal(None)
    if not args["title"].strip():
        return _refused("title", "can't be blank")
    if args["quantity"] < 1:
        return _refused("quantity", "must be greater than 0")
    if price < 0:
        return _refused("price", "must be greater than or equal to 0")
    line_id = context.graph.next_id("CalculatedLineItem")
    change = {
        "kind": "custom",
        "line": line_id,
        "title": args["title"],
        "price": text(price),
        "quantity": args["quantity"],
        "taxable": args.get("taxable") is not False,
        "shipped": args.get("requiresShipping") is not False,
        "location": args.get("locationId"),
    }
    return _staged(context, edit, change, line_id)


def set_quantity(context: Context, args: dict[str, Any]) -> Answer:
    """Stage another quantity of a line; 0 removes it. What was fulfilled stays."""
    edit = _edit(context, args)
    if edit is None:
        return _refused("id", "The calculated order does not exist.")
    line_id = gid("CalculatedLineItem", number_of(args["lineItemId"]))
    line = next((each for each in staged_lines(context.graph, edit) if each.id == line_id), None)
    if line is None:
        return _refused("lineItemId", "can't be found")
    if args["quantity"] < 0:
        return _refused("quantity", "must be greater than or equal to 0")
    least = 0 if line.added else line.was - show_line(line, context)["editableQuantityBeforeChanges"]
    if args["quantity"] < least:
        return _refused("quantity", f"must be greater than or equal to {least}")
    kept = [change for change in edit["_changes"] if not (change["kind"] == "quantity" and change["line"] == line_id)]
    context.graph.update(edit.id, _changes=kept)
    change = {"kind": "quantity", "line": line_id, "quantity": args["quantity"], "restock": bool(args.get("restock"))}
    return _staged(context, edit, change, line_id)


def add_discount(context: Context, args: dict[str, Any]) -> Answer:
    """Stage a discount of one line that the edit adds or the order has."""
    edit = _edit(context, args)
    if edit is None:
        return _refused("id", "The calculated order does not exist.")
    line_id, given = gid("CalculatedLineItem", number_of(args["lineItemId"])), args["discount"]
    line = next((each for each in staged_lines(context.graph, edit) if each.id == line_id), None)
    if line is None:
        return _refused("lineItemId", "can't be found")
    fixed = given_amount(given.get("fixedValue"))
    if (fixed is None) == (given.get("percentValue") is None):
        return _refused("discount", "must have either a fixed value or a percent value")
    value = str(given["percentValue"]) if fixed is None else text(fixed)
    if decimal(value) <= 0 or (fixed is None and decimal(value) > 100):
        return _refused("discount", "value is out of range")
    change = {
        "kind": "discount",
        "id": context.graph.next_id("CalculatedManualDiscountApplication"),
        "line": line_id,
        "value": value,
        "value_type": "PERCENTAGE" if fixed is None else "FIXED_AMOUNT",
        "description": given.get("description"),
    }
    answer = _staged(context, edit, change, line_id)
    return {**answer, "addedDiscountStagedChange": discount_change(change, context)}


def remove_discount(context: Context, args: dict[str, Any]) -> Answer:
    """Take a staged discount away again."""
    edit = _edit(context, args)
    if edit is None:
        return _refused("id", "The calculated order does not exist.")
    gone = [change for change in edit["_changes"] if change.get("id") == args["discountApplicationId"]]
    if not gone:
        return _refused("discountApplicationId", "can't be found")
    kept = [change for change in edit["_changes"] if change not in gone]
    context.graph.update(edit.id, _changes=kept)
    return _answer(context, edit, gone[0].get("line"))


def add_shipping(context: Context, args: dict[str, Any]) -> Answer:
    """Stage a shipping line."""
    edit = _edit(context, args)
    if edit is None:
        return _refused("id", "The calculated order does not exist.")
    given = args["shippingLine"]
    price = given_amount(given["price"]) or decimal(None)
    row = {"kind": "shipping", "id": context.graph.next_id("CalculatedShippingLine"), "title": given["title"]}
    context.graph.update(edit.id, _changes=[*edit["_changes"], {**row, "price": text(price)}])
    return _answer(context, edit, None)


def remove_shipping(context: Context, args: dict[str, Any]) -> Answer:
    """Stage that a shipping line goes; one that the edit added is forgotten."""
    edit = _edit(context, args)
    if edit is None:
        return _refused("id", "The calculated order does not exist.")
    wanted = args["shippingLineId"]
    kept = [change for change in edit["_changes"] if change.get("id") != wanted]
    if len(kept) == len(edit["_changes"]):
        kept.append({"kind": "unshipped", "id": wanted})
    context.graph.update(edit.id, _changes=kept)
    return _answer(context, edit, None)


def commit(context: Context, args: dict[str, Any]) -> Answer:
    """Make what was staged true. Sends ``orders/edited`` and ``orders/updated``."""
    edit = _edit(context, args)
    order = find_order(context, edit["_order"]) if edit is not None else None
    if edit is None or order is None:
        return {"order": None, "userErrors": [user_error(("id",), "The calculated order does not exist.")]}
    if not edit["_changes"]:
        return {"order": None, "userErrors": [user_error(("id",), "There are no changes to commit.")]}
    with saving(context, order):
        commit_edit(context, order, edit, notify=bool(args.get("notifyCustomer")), note=args.get("staffNote"))
    return {"order": order, "successMessages": ["Order updated"], "userErrors": []}


def _edit(context: Context, args: Mapping[str, Any]) -> Node | None:
    """The edit of a ``CalculatedOrder`` or session gid that was not committed."""
    node_id = args["id"].replace("/OrderEditSession/", "/CalculatedOrder/")
    node = context.graph.get(node_id, "CalculatedOrder")
    return node if node is not None and not node["committed"] else None


def _staged(context: Context, edit: Node, change: dict[str, Any], line_id: str) -> dict[str, Any]:
    context.graph.update(edit.id, _changes=[*edit["_changes"], change])
    return _answer(context, edit, line_id)


def _answer(context: Context, edit: Node, line_id: str | None) -> dict[str, Any]:
    line = next((each for each in staged_lines(context.graph, edit) if each.id == line_id), None)
    return {
        "calculatedOrder": edit,
        "calculatedLineItem": show_line(line, context) if line is not None else None,
        "orderEditSession": _session(edit),
        "userErrors": [],
    }


def _session(edit: Node) -> dict[str, Any]:
    return {"id": gid("OrderEditSession", edit.number)}


def _refused(field: str, message: str) -> dict[str, Any]:
    return {"calculatedOrder": None, "userErrors": [user_error((field,), message, "INVALID")]}


MUTATIONS = {
    "orderEditAddCustomItem": add_custom,
    "orderEditAddLineItemDiscount": add_discount,
    "orderEditAddShippingLine": add_shipping,
    "orderEditAddVariant": add_variant,
    "orderEditBegin": begin,
    "orderEditCommit": commit,
    "orderEditRemoveDiscount": remove_discount,
    "orderEditRemoveLineItemDiscount": remove_discount,
    "orderEditRemoveShippingLine": remove_shipping,
    "orderEditSetQuantity": set_quantity,
}
