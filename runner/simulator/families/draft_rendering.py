"""Draft orders in REST's form (engine.md 11.4)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from runner.simulator.contract import Context
from runner.simulator.families.addresses import render_address
from runner.simulator.families.amounts import decimal, text
from runner.simulator.families.customer_rendering import render_customer
from runner.simulator.families.draft_sums import line_discount, lines_of, order_discount, sums
from runner.simulator.families.line_rendering import attributes, line_name
from runner.simulator.families.payment_terms import render_terms, terms_of
from runner.simulator.families.rendering import shop_time
from runner.simulator.families.weights import grams_of
from runner.simulator.graph import Graph, Node, number_of


def invoice_url(draft: Node, context: Context) -> str:
    """Where the customer pays a draft."""
    host = context.shop["_domain"] or context.shop["myshopifyDomain"]
    return f"https://{host}/{context.shop.number}/invoices/{draft['_token']}"


def render_draft(draft: Node, context: Context) -> dict[str, Any]:
    """A draft order with its lines."""
    graph = context.graph
    found, customer = sums(graph, draft), graph.get(draft["customer"])
    shipping = draft["_shipping"]
    return {
        "id": draft.number,
        "admin_graphql_api_id": draft.id,
        "name": draft["name"],
        "status": draft["status"].lower(),
        "email": draft["email"],
        "note": draft["note2"],
        "note_attributes": attributes(draft["customAttributes"]),
        "tags": ", ".join(draft["tags"] or []),
        "currency": context.shop["currencyCode"],
        "presentment_currency": context.shop["currencyCode"],
        "customer": render_customer(customer, context) if customer is not None else None,
        "billing_address": render_address(draft["billingAddress"]) if draft["billingAddress"] else None,
        "shipping_address": render_address(draft["shippingAddress"]) if draft["shippingAddress"] else None,
        "line_items": [_line(line, graph) for line in lines_of(graph, draft)],
        "applied_discount": _discount(draft["_discount"], order_discount(graph, draft)),
        "shipping_line": {
            "title": shipping["title"],
            "custom": not shipping.get("handle"),
            "handle": shipping.get("handle"),
            "price": text(decimal(shipping["price"])),
        }
        if shipping
        else None,
        "tax_lines": [],
        "tax_exempt": bool(draft["taxExempt"]),
        "taxes_included": False,
        "payment_terms": render_terms(terms_of(draft, context), context),
        "po_number": draft["poNumber"],
        "invoice_url": invoice_url(draft, context),
        "invoice_sent_at": shop_time(draft["invoiceSentAt"], context),
        "order_id": number_of(draft["order"]) if draft["order"] else None,
        "subtotal_price": text(found.subtotal),
        "total_price": text(found.total),
        "total_tax": "0.00",
        "created_at": shop_time(draft["createdAt"], context),
        "updated_at": shop_time(draft["updatedAt"], context),
        "completed_at": shop_time(draft["completedAt"], context),
    }


def _line(line: Node, graph: Graph) -> dict[str, Any]:
    return {
        "id": line.number,
        "admin_graphql_api_id": line.id,
        "variant_id": number_of(line["variant"]) if line["variant"] else None,
        "product_id": number_of(line["product"]) if line["product"] else None,
        "title": line["title"],
        "variant_title": line["variantTitle"],
        "sku": line["sku"],
        "vendor": line["vendor"],
        "quantity": line["quantity"],
        "requires_shipping": line["requiresShipping"] is not False,
        "taxable": line["taxable"] is not False,
        "gift_card": bool(line["isGiftCard"]),
        "fulfillment_service": "manual",
        "grams": grams_of(graph, line["variant"]),
        "tax_lines": [],
        "applied_discount": _discount(line["_discount"], line_discount(line)),
        "name": line_name(line),
        "properties": attributes(line["customAttributes"]),
        "custom": line["variant"] is None,
        "price": text(decimal(line["_price"])),
    }


def _discount(row: Mapping[str, Any] | None, amount: Decimal) -> dict[str, Any] | None:
    if not row:
        return None
    return {
        "title": row.get("title"),
        "description": row.get("description") or "",
        "value": row["value"],
        "value_type": row["value_type"].lower(),
        "amount": text(amount),
    }
