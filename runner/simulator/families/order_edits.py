"""Edits of orders while they are staged: ``CalculatedOrder`` nodes.

Stored: ``_order``, committed, ``_changes``, a list in their order of ``{kind: variant, line, variant, quantity}``,
``{kind: custom, line, title, price, quantity, taxable, shipped}``, ``{kind: quantity, line, quantity, restock}`` of a
line the order has, ``{kind: discount, id, line, value, value_type, description}``, ``{kind: shipping, id, title,
price}`` and ``{kind: unshipped, id}``. ``line`` is the gid of a ``CalculatedLineItem``, whose number is that of the
line item.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from runner.simulator.contract import Context, Fields, Listing
from runner.simulator.families.amounts import ZERO, bag, decimal, money, rounded, worth
from runner.simulator.families.answers import always, as_bag
from runner.simulator.families.line_items import variant_image
from runner.simulator.families.order_lines import current_quantity, discount, lines_of, shipping_lines_of, unfulfilled
from runner.simulator.families.order_sums import paid, refunded_shipping, sums
from runner.simulator.graph import Graph, Node, gid

INDEXES = {"CalculatedOrder": ("_order",)}


@dataclass(frozen=True, slots=True)
class Staged:
    """A line as it would be: ``added`` by the edit, or ``line`` of the order with ``was`` units before."""

    id: str
    title: str
    quantity: int
    price: Decimal
    was: int = 0
    line: Node | None = None
    variant: str | None = None
    off: Decimal = ZERO
    discounts: tuple[Mapping[str, Any], ...] = ()
    added: bool = False
    restock: bool = False

    @property
    def net(self) -> Decimal:
        """What it would cost."""
        return self.price * self.quantity - self.off


def changes_of(edit: Node, kind: str) -> list[dict[str, Any]]:
    """The staged changes of a kind."""
    return [change for change in edit["_changes"] or [] if change["kind"] == kind]


def staged_lines(graph: Graph, edit: Node) -> list[Staged]:
    """Every line as it would be after the edit."""
    order = graph.get(edit["_order"])
    quantities = {change["line"]: change for change in changes_of(edit, "quantity")}
    found = [_known(line, quantities, edit) for line in (lines_of(graph, order) if order is not None else [])]
    for change in [*changes_of(edit, "variant"), *changes_of(edit, "custom")]:
        found.append(_fresh(graph, change, quantities, edit))
    return found


def _known(line: Node, quantities: Mapping[str, Mapping[str, Any]], edit: Node) -> Staged:
    node_id, was = gid("CalculatedLineItem", line.number), current_quantity(line)
    change = quantities.get(node_id)
    quantity = change["quantity"] if change is not None else was
    rows, off = _discounts(edit, node_id, decimal(line["_price"]) * quantity, quantity)
    return Staged(
        id=node_id,
        title=line["title"],
        quantity=quantity,
        price=decimal(line["_price"]),
        was=was,
        line=line,
        variant=line["variant"],
        off=discount(line, quantity) + off,
        discounts=rows,
        restock=bool(change and change["restock"]),
    )


def _fresh(graph: Graph, change: Mapping[str, Any], quantities: Mapping[str, Mapping[str, Any]], edit: Node) -> Staged:
    variant = graph.get(change.get("variant"))
    product = graph.get(variant["product"]) if variant is not None else None
    price = decimal(variant["price"] if variant is not None else change["price"])
    set_to = quantities.get(change["line"])
    quantity = set_to["quantity"] if set_to is not None else change["quantity"]
    rows, off = _discounts(edit, change["line"], price * quantity, quantity)
    title = product["title"] if product is not None else change.get("title")
    return Staged(
        id=change["line"],
        title=str(title),
        quantity=quantity,
        price=price,
        variant=change.get("variant"),
        off=off,
        discounts=rows,
        added=True,
    )


def _discounts(edit: Node, line: str, amount: Decimal, quantity: int) -> tuple[tuple[Mapping[str, Any], ...], Decimal]:
    rows = tuple(change for change in changes_of(edit, "discount") if change["line"] == line)
    return rows, rounded(sum((worth(row, amount, quantity) for row in rows), ZERO))


def show_line(staged: Staged, context: Context) -> dict[str, Any]:
    """A ``CalculatedLineItem``."""
    line = staged.line
    editable = staged.quantity if staged.added else min(staged.quantity, _editable(context.graph, staged))
    variant = context.graph.get(staged.variant)
    option = variant["title"] if variant is not None and variant["title"] != "Default Title" else None
    unit = rounded(staged.net / staged.quantity) if staged.quantity else staged.price
    return {
        "id": staged.id,
        "title": staged.title,
        "quantity": staged.quantity,
        "editableQuantity": editable,
        "editableQuantityBeforeChanges": 0 if staged.added else _editable(context.graph, staged),
        "sku": variant["sku"] if variant is not None else line["sku"] if line is not None else None,
        "variant": variant,
        "variantTitle": option,
        "image": variant_image(staged.variant, context),
        "customAttributes": list(line["customAttributes"] or []) if line is not None else [],
        "originalUnitPriceSet": bag(staged.price, context),
        "discountedUnitPriceSet": bag(unit, context),
        "editableSubtotalSet": bag(rounded(unit * editable), context),
        "uneditableSubtotalSet": bag(rounded(unit * (staged.quantity - editable)), context),
        "hasStagedLineItemDiscount": bool(staged.discounts),
        "calculatedDiscountAllocations": [_allocation(row, staged, context) for row in staged.discounts],
        "discountAllocations": [],
        "restockable": line is not None and bool(line["_claimed"]),
        "restocking": staged.restock,
        "stagedChanges": _line_changes(staged, context),
    }


def _editable(graph: Graph, staged: Staged) -> int:
    return unfulfilled(graph, staged.line) if staged.line is not None else staged.quantity


def application(row: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """A ``CalculatedDiscountApplication`` of a staged discount."""
    percentage = {"__typename": "PricingPercentageValue", "percentage": float(row["value"])}
    fixed = {"__typename": "MoneyV2", **money(decimal(row["value"]), context)}
    return {
        "__typename": "CalculatedManualDiscountApplication",
        "id": row["id"],
        "description": row["description"],
        "allocationMethod": "EACH",
        "appliedTo": "LINE",
        "targetSelection": "EXPLICIT",
        "targetType": "LINE_ITEM",
        "value": percentage if row["value_type"] == "PERCENTAGE" else fixed,
    }


def _allocation(row: Mapping[str, Any], staged: Staged, context: Context) -> dict[str, Any]:
    amount = rounded(worth(row, staged.price * staged.quantity, staged.quantity))
    return {"allocatedAmountSet": bag(amount, context), "discountApplication": application(row, context)}


def discount_change(row: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """An ``OrderStagedChangeAddLineItemDiscount``."""
    shown = application(row, context)
    return {
        "__typename": "OrderStagedChangeAddLineItemDiscount",
        "id": row["id"],
        "description": row["description"] or "",
        "value": shown["value"],
    }


def _line_changes(staged: Staged, context: Context) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    if staged.added and staged.variant is not None:
        fields = {"quantity": staged.quantity, "variant": staged.variant}
        rows.append({"__typename": "OrderStagedChangeAddVariant", **fields})
    elif staged.added:
        shown = {"title": staged.title, "quantity": staged.quantity, "originalUnitPrice": money(staged.price, context)}
        rows.append({"__typename": "OrderStagedChangeAddCustomItem", **shown})
    elif staged.quantity != staged.was:
        kind = "Increment" if staged.quantity > staged.was else "Decrement"
        change = {"delta": staged.quantity - staged.was, "lineItem": staged.line, "restock": staged.restock}
        rows.append({"__typename": f"OrderStagedChange{kind}Item", **change})
    return rows + [discount_change(row, context) for row in staged.discounts]


def shown_lines(edit: Node, context: Context, *, added: bool = False) -> list[dict[str, Any]]:
    """The lines of an edit, or only those it adds."""
    found = staged_lines(context.graph, edit)
    return [show_line(line, context) for line in found if line.added or not added]


def _lines(edit: Node, context: Context, args: Mapping[str, Any]) -> Listing:
    return Listing(shown_lines(edit, context), searched=True)


def _subtotal(edit: Node, context: Context) -> Decimal:
    return sum((line.net for line in staged_lines(context.graph, edit)), ZERO)


def _total(edit: Node, context: Context) -> Decimal:
    """The order's own shipping and taxes stay; of what is added no taxes are known."""
    order = context.graph.get(edit["_order"])
    if order is None:
        return ZERO
    now = sums(context.graph, order, current=True)
    fees = ZERO if order["taxesIncluded"] else now.tax
    gone = {change["id"] for change in changes_of(edit, "unshipped")}
    kept = [line for line in shipping_lines_of(context.graph, order) if line.id not in gone]
    carried = sum((decimal(line["_price"]) - discount(line) for line in kept), ZERO)
    carried += sum((decimal(row["price"]) for row in changes_of(edit, "shipping")), ZERO)
    carried -= refunded_shipping(context.graph, order)
    return _subtotal(edit, context) + carried + fees + now.tip


def _owed(edit: Node, context: Context) -> Decimal:
    order = context.graph.get(edit["_order"])
    return _total(edit, context) - (paid(context.graph, order).net if order is not None else ZERO)


def _shipping(edit: Node, context: Context, args: Mapping[str, Any]) -> list[dict[str, Any]]:
    order = context.graph.get(edit["_order"])
    gone = {change["id"] for change in changes_of(edit, "unshipped")}
    rows = [
        {
            "id": line.id,
            "title": line["title"],
            "price": bag(decimal(line["_price"]), context),
            "stagedStatus": "REMOVED" if line.id in gone else "NONE",
        }
        for line in (shipping_lines_of(context.graph, order) if order is not None else [])
    ]
    for row in changes_of(edit, "shipping"):
        price = bag(decimal(row["price"]), context)
        rows.append({"id": row["id"], "title": row["title"], "price": price, "stagedStatus": "ADDED"})
    return rows


def _changes(edit: Node, context: Context, args: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [row for line in staged_lines(context.graph, edit) for row in _line_changes(line, context)]


FIELDS: Fields = {
    "CalculatedOrder": {
        **always(None, ("notificationPreviewHtml",)),
        **always("", ("notificationPreviewTitle",)),
        **always([], ("taxLines",)),
        "addedDiscountApplications": lambda edit, context, args: [
            application(row, context) for row in changes_of(edit, "discount")
        ],
        "addedLineItems": lambda edit, context, args: shown_lines(edit, context, added=True),
        "cartDiscountAmountSet": as_bag(lambda edit, context: ZERO),
        "lineItems": _lines,
        "originalOrder": lambda edit, context, args: edit["_order"],
        "shippingLines": _shipping,
        "stagedChanges": _changes,
        "subtotalLineItemsQuantity": lambda edit, context, args: sum(
            line.quantity for line in staged_lines(context.graph, edit)
        ),
        "subtotalPriceSet": as_bag(_subtotal),
        "totalOutstandingSet": as_bag(_owed),
        "totalPriceSet": as_bag(_total),
    }
}
