"""Draft orders read from the graph: their lines and what they cost.

``DraftOrder``: name, number, status, email, phone, note2, tags, customAttributes, customer, billingAddress,
shippingAddress, ``_discount`` {title, description, value, value_type}, ``_shipping`` {title, price, handle, code},
discountCodes, taxExempt, poNumber, visibleToCustomer, reserveInventoryUntil, invoiceSentAt, completedAt, order,
createdAt, updatedAt. ``DraftOrderLineItem``: ``_draft``, variant, product, title, variantTitle, sku, vendor, quantity,
``_price`` a unit, ``_discount``, customAttributes, taxable, requiresShipping, isGiftCard, uuid.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from runner.simulator.families.amounts import ZERO, decimal, rounded, worth
from runner.simulator.graph import Graph, Node


@dataclass(frozen=True, slots=True)
class DraftSums:
    """``lines`` before discounts, ``off`` all discounts, ``subtotal`` after them."""

    lines: Decimal
    off: Decimal
    subtotal: Decimal
    shipping: Decimal
    total: Decimal


def lines_of(graph: Graph, draft: Node) -> list[Node]:
    """The lines of a draft."""
    return graph.find("DraftOrderLineItem", "_draft", draft.id)


def gross(line: Node) -> Decimal:
    """A line before its discount."""
    return decimal(line["_price"]) * int(line["quantity"])


def line_discount(line: Node) -> Decimal:
    """What a line's own discount takes off."""
    row: Mapping[str, Any] | None = line["_discount"]
    return rounded(worth(row, gross(line), int(line["quantity"]))) if row else ZERO


def order_discount(graph: Graph, draft: Node) -> Decimal:
    """What the discount of the whole draft takes off."""
    row: Mapping[str, Any] | None = draft["_discount"]
    before = sum((gross(line) - line_discount(line) for line in lines_of(graph, draft)), ZERO)
    return rounded(worth(row, before, 1)) if row else ZERO


def sums(graph: Graph, draft: Node) -> DraftSums:
    """What a draft costs. Taxes are not computed: the simulated shop has no tax settings."""
    found = lines_of(graph, draft)
    before = sum((gross(line) for line in found), ZERO)
    off = sum((line_discount(line) for line in found), ZERO) + order_discount(graph, draft)
    shipping = decimal((draft["_shipping"] or {}).get("price"))
    return DraftSums(before, off, before - off, shipping, before - off + shipping)
