"""Orders in REST's form, which is also the payload of their webhooks (engine.md 11.4)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from runner.simulator.contract import Context
from runner.simulator.families.addresses import render_address
from runner.simulator.families.amounts import ZERO, decimal, rest_set, text
from runner.simulator.families.customer_rendering import render_customer
from runner.simulator.families.fulfillment_rendering import render_fulfillment
from runner.simulator.families.line_rendering import attributes, render_line, render_shipping, render_tip, tax_line
from runner.simulator.families.order_lines import discount, fulfillments_of, lines_of, shipping_lines_of
from runner.simulator.families.order_sums import (
    financial_status,
    fulfillment_status,
    outstanding,
    refunds_of,
    sums,
    transactions_of,
)
from runner.simulator.families.payment_rendering import render_refund
from runner.simulator.families.payment_terms import render_terms, terms_of
from runner.simulator.families.rendering import shop_time
from runner.simulator.families.weights import total_grams
from runner.simulator.graph import Node, number_of

_FULFILLMENT = {"FULFILLED": "fulfilled", "PARTIALLY_FULFILLED": "partial"}


def gateways(order: Node, context: Context) -> list[str]:
    """By which gateways an order was paid, each once."""
    names = [each["gateway"] for each in transactions_of(context.graph, order) if each["gateway"]]
    return list(dict.fromkeys(names)) or list(order["_gateways"] or [])


def status_url(order: Node, context: Context) -> str:
    """Where the customer looks at the order."""
    host = context.shop["_domain"] or context.shop["myshopifyDomain"]
    return f"https://{host}/{context.shop.number}/orders/{order['_token']}/authenticate"


def render_order(order: Node, context: Context) -> dict[str, Any]:
    """An order with lines, fulfilments, refunds and customer."""
    graph = context.graph
    return {
        "id": order.number,
        "admin_graphql_api_id": order.id,
        "app_id": None,
        "browser_ip": order["clientIp"],
        "buyer_accepts_marketing": bool(order["customerAcceptsMarketing"]),
        "cancel_reason": order["cancelReason"].lower() if order["cancelReason"] else None,
        "cancelled_at": shop_time(order["cancelledAt"], context),
        "cart_token": None,
        "checkout_id": None,
        "checkout_token": order["_checkout_token"],
        "client_details": _client(order),
        "closed_at": shop_time(order["closedAt"], context),
        "company": None,
        "confirmation_number": order["confirmationNumber"],
        "confirmed": True,
        "contact_email": order["email"],
        "created_at": shop_time(order["createdAt"], context),
        "customer_locale": order["customerLocale"],
        "device_id": None,
        "duties_included": False,
        "email": order["email"] or "",
        "estimated_taxes": False,
        "financial_status": financial_status(graph, order).lower(),
        "fulfillment_status": _FULFILLMENT.get(fulfillment_status(graph, order)),
        "landing_site": order["landingPageUrl"],
        "landing_site_ref": None,
        "location_id": number_of(order["retailLocation"]) if order["retailLocation"] else None,
        "merchant_of_record_app_id": None,
        "name": order["name"],
        "note": order["note"],
        "note_attributes": attributes(order["customAttributes"]),
        "number": None if order["number"] is None else order["number"] - 1000,
        "order_number": order["number"],
        "order_status_url": status_url(order, context),
        "payment_gateway_names": gateways(order, context),
        "payment_terms": render_terms(terms_of(order, context), context),
        "phone": order["phone"],
        "po_number": order["poNumber"],
        "processed_at": shop_time(order["processedAt"], context),
        "reference": None,
        "referring_site": order["referrerUrl"],
        "source_identifier": order["sourceIdentifier"],
        "source_name": order["sourceName"] or "web",
        "source_url": None,
        "tags": ", ".join(order["tags"] or []),
        "test": bool(order["test"]),
        "token": order["_token"],
        "updated_at": shop_time(order["updatedAt"], context),
        "user_id": None,
        **_money(order, context),
        **_parts(order, context),
    }


def _client(order: Node) -> dict[str, Any] | None:
    """The browser that an order was placed with; none for what an app or the staff made."""
    if order["sourceName"] not in (None, "web"):
        return None
    nothing = dict.fromkeys(("browser_height", "browser_width", "session_hash"))
    known = {"accept_language": order["customerLocale"], "browser_ip": order["clientIp"]}
    return {**known, **nothing, "user_agent": order["_user_agent"]}


def _placed(address: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """An address of an order, with its place on the map."""
    if not address:
        return None
    return {**render_address(address), "latitude": address.get("latitude"), "longitude": address.get("longitude")}


def _tips(order: Node, context: Context) -> list[dict[str, Any]]:
    """A tip is a line of its own in what REST and webhooks tell (engine.md 11.4)."""
    tip = decimal(order["_tip"])
    return [render_tip(order, tip, next(iter(gateways(order, context)), None), context)] if tip else []


def _parts(order: Node, context: Context) -> dict[str, Any]:
    graph = context.graph
    customer = graph.get(order["customer"])
    return {
        "billing_address": _placed(order["billingAddress"]),
        "customer": render_customer(customer, context) if customer is not None else None,
        "discount_applications": [_application(row) for row in order["_discounts"] or []],
        "fulfillments": [render_fulfillment(each, context) for each in fulfillments_of(graph, order)],
        "line_items": [*(render_line(line, context) for line in lines_of(graph, order)), *_tips(order, context)],
        "refunds": [render_refund(each, context) for each in refunds_of(graph, order)],
        "shipping_address": _placed(order["shippingAddress"]),
        "shipping_lines": [render_shipping(line, context) for line in shipping_lines_of(graph, order)],
    }


def _money(order: Node, context: Context) -> dict[str, Any]:
    graph = context.graph
    was, now = sums(graph, order), sums(graph, order, current=True)
    amounts = {
        "current_subtotal_price": now.subtotal,
        "current_total_discounts": now.discounts,
        "current_total_price": now.total,
        "current_total_tax": now.tax,
        "subtotal_price": was.subtotal,
        "total_discounts": was.discounts,
        "total_line_items_price": was.lines,
        "total_price": was.total,
        "total_tax": was.tax,
    }
    shown: dict[str, Any] = {}
    for name, amount in amounts.items():
        shown[name] = text(amount)
        shown[f"{name}_set"] = rest_set(amount, context)
    return {
        **shown,
        "currency": context.shop["currencyCode"],
        "presentment_currency": context.shop["currencyCode"],
        "discount_codes": _codes(order, context),
        "original_total_additional_fees_set": None,
        "original_total_duties_set": None,
        "current_total_additional_fees_set": None,
        "current_total_duties_set": None,
        "tax_exempt": bool(order["taxExempt"]),
        "tax_lines": [tax_line(row, context) for row in was.tax_lines],
        "taxes_included": bool(order["taxesIncluded"]),
        "total_outstanding": text(outstanding(graph, order)),
        "total_shipping_price_set": rest_set(was.shipping, context),
        "total_tip_received": text(was.tip),
        "total_weight": total_grams(graph, ((line, line["quantity"]) for line in lines_of(graph, order))),
    }


def _codes(order: Node, context: Context) -> list[dict[str, Any]]:
    found = []
    for row in order["_discounts"] or []:
        if row["type"] == "CODE":
            kind = "percentage" if row["value_type"] == "PERCENTAGE" else "fixed_amount"
            kind = "shipping" if row["target"] == "SHIPPING_LINE" else kind
            amount = text(allocated(order, row["index"], context))
            found.append({"code": row["title"], "amount": amount, "type": kind})
    return found


def allocated(order: Node, index: int, context: Context) -> Decimal:
    """What one discount of an order takes off altogether."""
    lines = [*lines_of(context.graph, order), *shipping_lines_of(context.graph, order)]
    return sum((discount(line, kinds=(index,)) for line in lines), ZERO)


def _application(row: Any) -> dict[str, Any]:
    shown = {
        "target_type": row["target"].lower(),
        "type": {"CODE": "discount_code", "MANUAL": "manual"}.get(row["type"], "automatic"),
        "value": str(row["value"]),
        "value_type": row["value_type"].lower(),
        "allocation_method": row["method"].lower(),
        "target_selection": row["selection"].lower(),
        "title": row["title"],
        "description": row.get("description"),
    }
    return {**shown, "code": row["title"]} if row["type"] == "CODE" else shown
