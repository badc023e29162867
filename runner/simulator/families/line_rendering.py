"""Line items and shipping lines of orders in REST's form (engine.md 11.4)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from runner.simulator.contract import Context
from runner.simulator.families.amounts import decimal, rest_set, text
from runner.simulator.families.order_lines import (
    current_quantity,
    discount,
    fulfilled,
    gross,
    line_level,
    shipping_price,
    taxes,
    unfulfilled,
)
from runner.simulator.families.weights import grams_of
from runner.simulator.graph import Node, gid, number_of


def attributes(rows: Any) -> list[dict[str, Any]]:
    """``customAttributes`` as REST has them: ``[{name, value}]``."""
    return [{"name": row["key"], "value": row["value"]} for row in rows or []]


def tax_line(row: Any, context: Context) -> dict[str, Any]:
    """A tax, its amount computed."""
    return {
        "price": text(row["amount"]),
        "rate": row["rate"],
        "title": row["title"],
        "price_set": rest_set(row["amount"], context),
        "channel_liable": False,
    }


def _allocations(line: Node, context: Context) -> list[dict[str, Any]]:
    return [
        {
            "amount": text(decimal(row["amount"])),
            "amount_set": rest_set(decimal(row["amount"]), context),
            "discount_application_index": row["index"],
        }
        for row in line["_allocations"] or []
    ]


def _taxes(line: Node, amount: Decimal, context: Context) -> list[dict[str, Any]]:
    order = context.graph.get(line["_order"])
    if order is None or order["taxExempt"]:
        return []
    return [tax_line(row, context) for row in taxes(line, amount, included=bool(order["taxesIncluded"]))]


def render_line(line: Node, context: Context) -> dict[str, Any]:
    """A line item."""
    graph = context.graph
    variant, product = graph.get(line["variant"]), graph.get(line["product"])
    sent, left = fulfilled(graph, line), unfulfilled(graph, line)
    item = graph.get(variant["inventoryItem"]) if variant is not None else None
    status = None if not sent else "partial" if left else "fulfilled"
    price, own = decimal(line["_price"]), discount(line, kinds=line_level(graph, line))
    return {
        "id": line.number,
        "admin_graphql_api_id": line.id,
        "attributed_staffs": [],
        "current_quantity": current_quantity(line),
        "fulfillable_quantity": left,
        "fulfillment_service": line["_service"] or "manual",
        "fulfillment_status": status,
        "gift_card": bool(line["isGiftCard"]),
        "grams": grams_of(graph, line["variant"]),
        "name": line_name(line),
        "price": text(price),
        "price_set": rest_set(price, context),
        "product_exists": product is not None,
        "product_id": number_of(line["product"]) if line["product"] else None,
        "properties": attributes(line["customAttributes"]),
        "quantity": line["quantity"],
        "requires_shipping": line["requiresShipping"] is not False,
        "sku": line["sku"],
        "taxable": line["taxable"] is not False,
        "title": line["title"],
        "total_discount": text(own),
        "total_discount_set": rest_set(own, context),
        "variant_id": number_of(line["variant"]) if line["variant"] else None,
        "variant_inventory_management": "shopify" if item is not None and item["tracked"] else None,
        "variant_title": line["variantTitle"],
        "vendor": line["vendor"],
        "tax_lines": _taxes(line, gross(line) - discount(line), context),
        "duties": [],
        "discount_allocations": _allocations(line, context),
    }


def render_tip(order: Node, amount: Decimal, gateway: str | None, context: Context) -> dict[str, Any]:
    """The line that stands for an order's tip: nothing to send, and the one kind of line with ``tip``."""
    fields = {"title": "Tip", "quantity": 1, "_price": text(amount), "requiresShipping": False, "taxable": False}
    line = Node("LineItem", gid("LineItem", order.number), {"_order": order.id, **fields}, 0)
    return {**render_line(line, context), "tip": {"payment_gateway": gateway, "payment_method": gateway}}


def line_name(line: Node) -> str:
    """``Mug - Blue``."""
    return f"{line['title']} - {line['variantTitle']}" if line["variantTitle"] else str(line["title"])


def render_shipping(line: Node, context: Context) -> dict[str, Any]:
    """A shipping line."""
    price, after = decimal(line["_price"]), shipping_price(line)
    return {
        "id": line.number,
        "carrier_identifier": line["carrierIdentifier"],
        "code": line["code"],
        "discounted_price": text(after),
        "discounted_price_set": rest_set(after, context),
        "is_removed": bool(line["isRemoved"]),
        "phone": None,
        "price": text(price),
        "price_set": rest_set(price, context),
        "requested_fulfillment_service_id": None,
        "source": line["source"],
        "title": line["title"],
        "tax_lines": _taxes(line, after, context),
        "discount_allocations": _allocations(line, context),
    }
