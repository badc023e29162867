"""What becomes of an order, its fulfilment orders and the stock when an edit is committed."""

from __future__ import annotations

from typing import Any

from runner.simulator.contract import Context
from runner.simulator.families.amounts import worth
from runner.simulator.families.events import note_event
from runner.simulator.families.giving_back import cut
from runner.simulator.families.order_edits import Staged, changes_of, staged_lines
from runner.simulator.families.order_lines import OPEN_STATUSES, fulfillment_orders_of, gross
from runner.simulator.families.placing import (
    Wanted,
    add_fulfillment_order,
    add_line,
    add_part,
    add_shipping,
    allocate,
    application,
    choose_location,
    shift,
)
from runner.simulator.families.rendering import shop_time
from runner.simulator.families.stock import Movement, move
from runner.simulator.graph import Node

Deltas = list[dict[str, int]]


def commit_edit(context: Context, order: Node, edit: Node, *, notify: bool, note: str | None) -> None:
    """Apply the staged changes and send ``orders/edited``; the order's other topics are the caller's."""
    additions: Deltas = []
    removals: Deltas = []
    movements: list[Movement] = []
    for staged in staged_lines(context.graph, edit):
        line = staged.line or _add(context, order, edit, staged)
        delta = staged.quantity - staged.was
        if delta > 0:
            additions.append({"id": line.number, "delta": delta})
            movements += grow(context, order, line, delta, fresh=staged.added)
        elif delta < 0:
            removals.append({"id": line.number, "delta": -delta})
            context.graph.update(line.id, _removed=(line["_removed"] or 0) - delta)
            movements += cut(context, line, -delta, restock=staged.restock)
        _discount(context, order, line, staged)
    for row in changes_of(edit, "shipping"):
        add_shipping(context, order, {"title": row["title"], "price": row["price"], "source": "custom"})
    for row in changes_of(edit, "unshipped"):
        if context.graph.get(row["id"]) is not None:
            context.graph.update(row["id"], isRemoved=True)
    context.graph.update(edit.id, committed=True)
    context.graph.update(order.id, _edited=True)
    note_event(context, order, "edited", "edited this order.")
    changed = {"additions": additions, "removals": removals}
    context.emit("orders/edited", _payload(context, order, edit, {"notify": notify, "note": note, "lines": changed}))
    move(context, movements)


def _add(context: Context, order: Node, edit: Node, staged: Staged) -> Node:
    change = next(row for row in edit["_changes"] if row["kind"] in ("variant", "custom") and row["line"] == staged.id)
    more = {"taxable": change["taxable"], "requiresShipping": change["shipped"]} if change["kind"] == "custom" else {}
    wanted = Wanted(
        staged.quantity,
        context.graph.get(staged.variant),
        title=staged.title,
        price=staged.price,
        location=change.get("location"),
        more=more,
    )
    return add_line(context, order, wanted, claim=True)


def grow(context: Context, order: Node, line: Node, amount: int, *, fresh: bool) -> list[Movement]:
    """More units to be sent: in the open fulfilment order of their location, else in a new one."""
    graph = context.graph
    if not fresh:
        graph.update(line.id, quantity=line["quantity"] + amount)
    location = line["_location"] or choose_location(context, line["variant"], amount)
    if location is None:
        return []
    same = [
        owner
        for owner in fulfillment_orders_of(graph, order)
        if owner["status"] in OPEN_STATUSES and owner["_location"] == location
    ]
    if same:
        add_part(graph, same[0], line.id, amount)
    else:
        method = "NONE" if line["requiresShipping"] is False else "SHIPPING"
        add_fulfillment_order(context, order, location, [(line, amount)], method)
    return shift(graph, line, location, amount)


def _discount(context: Context, order: Node, line: Node, staged: Staged) -> None:
    for row in staged.discounts:
        known = list(order["_discounts"] or [])
        given = {
            "type": "MANUAL",
            "title": row["description"],
            "description": row["description"],
            "value": row["value"],
            "value_type": row["value_type"],
        }
        fresh = application(len(known), given, method="EACH", selection="EXPLICIT")
        context.graph.update(order.id, _discounts=[*known, fresh])
        allocate(context.graph, line, fresh["index"], worth(fresh, gross(line, staged.quantity), staged.quantity))


def _payload(context: Context, order: Node, edit: Node, said: dict[str, Any]) -> dict[str, Any]:
    return {
        "order_edit": {
            "id": edit.number,
            "app_id": None,
            "created_at": shop_time(context.graph.now(), context),
            "notify_customer": said["notify"],
            "order_id": order.number,
            "staff_note": said["note"] or "",
            "user_id": None,
            "line_items": said["lines"],
            "discounts": {"line_item": {"additions": [], "removals": []}},
            "shipping_lines": {"additions": [], "removals": []},
        }
    }
