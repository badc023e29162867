"""Returns: computed fields.

``Return``: ``_order``, name (``#1001-R1``), status, ``_decline`` {reason, note}, requestApprovedAt, closedAt,
createdAt. ``ReturnLineItem``: ``_return``, fulfillmentLineItem, quantity, returnReason, returnReasonNote, customerNote,
``_refunded`` and ``_processed`` (units).
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from runner.simulator.contract import Context, Fields, Listing
from runner.simulator.families.amounts import ZERO
from runner.simulator.families.answers import always, as_bag, stored
from runner.simulator.families.order_lines import net
from runner.simulator.graph import Node

INDEXES = {"Return": ("_order",), "ReturnLineItem": ("_return", "fulfillmentLineItem")}


def lines_of(context: Context, node: Node) -> list[Node]:
    """The lines of a return."""
    return context.graph.find("ReturnLineItem", "_return", node.id)


def line_item_of(context: Context, line: Node) -> Node | None:
    """The line item of the order that a line of a return is of."""
    sent = context.graph.get(line["fulfillmentLineItem"])
    return context.graph.get(sent["lineItem"]) if sent is not None else None


def _total(line: Node, context: Context) -> Decimal:
    item = line_item_of(context, line)
    return net(item, line["quantity"]) if item is not None else ZERO


def _definition(line: Node, context: Context, args: Mapping[str, Any]) -> dict[str, Any]:
    handle = line["returnReason"].lower().replace("_", "-")
    name = handle.replace("-", " ").capitalize()
    return {"id": f"gid://shopify/ReturnReasonDefinition/{handle}", "handle": handle, "name": name, "deleted": False}


def _refunds(node: Node, context: Context, args: Mapping[str, Any]) -> Listing:
    return Listing(context.graph.find("Refund", "return", node.id))


def _transactions(node: Node, context: Context, args: Mapping[str, Any]) -> list[Node]:
    refunds = context.graph.find("Refund", "return", node.id)
    return [each for refund in refunds for each in context.graph.find("OrderTransaction", "_refund", refund.id)]


FIELDS: Fields = {
    "Return": {
        **always([], ("returnShippingFees",)),
        **always(None, ("staffMember", "suggestedFinancialOutcome")),
        **stored(None, ("closedAt", "requestApprovedAt")),
        "decline": lambda node, context, args: node["_decline"],
        "order": lambda node, context, args: node["_order"],
        "refunds": _refunds,
        "returnLineItems": lambda node, context, args: Listing(lines_of(context, node)),
        "totalQuantity": lambda node, context, args: sum(line["quantity"] for line in lines_of(context, node)),
        "transactions": _transactions,
    },
    "ReturnLineItem": {
        **always(None, ("restockingFee", "totalWeight")),
        **stored(None, ("customerNote",)),
        "processableQuantity": lambda line, context, args: line["quantity"] - line["_processed"],
        "processedQuantity": lambda line, context, args: line["_processed"],
        "refundableQuantity": lambda line, context, args: line["quantity"] - line["_refunded"],
        "refundedQuantity": lambda line, context, args: line["_refunded"],
        "returnReasonDefinition": _definition,
        "unprocessedQuantity": lambda line, context, args: line["quantity"] - line["_processed"],
        "withCodeDiscountedTotalPriceSet": as_bag(_total),
    },
}
