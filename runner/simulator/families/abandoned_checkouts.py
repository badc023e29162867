"""Abandoned checkouts: computed fields, and their REST form.

``AbandonedCheckout``: name, email, phone, customer, shippingAddress, billingAddress, note, customAttributes,
``_token``, ``_lines`` [{variant, quantity, price, title, variantTitle, vendor, sku, product}], ``_shipping`` (an
amount), completedAt, createdAt, updatedAt.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from runner.simulator.contract import Context, Fields, Listing
from runner.simulator.families.addresses import render_address
from runner.simulator.families.amounts import ZERO, bag, decimal, text
from runner.simulator.families.answers import always, as_bag, stored
from runner.simulator.families.customer_rendering import render_customer
from runner.simulator.families.line_items import variant_image
from runner.simulator.families.line_rendering import attributes
from runner.simulator.families.orders import address_of
from runner.simulator.families.rendering import shop_time
from runner.simulator.graph import Node, number_of

INDEXES = {"AbandonedCheckout": ("customer", "_token")}


def subtotal(checkout: Node) -> Decimal:
    """What its lines cost."""
    return sum((decimal(row["price"]) * row["quantity"] for row in checkout["_lines"] or []), ZERO)


def total(checkout: Node) -> Decimal:
    """Its lines and shipping."""
    return subtotal(checkout) + decimal(checkout["_shipping"])


def url_of(checkout: Node, context: Context) -> str:
    """Where the customer goes on."""
    host = context.shop["_domain"] or context.shop["myshopifyDomain"]
    return (
        f"https://{host}/{context.shop.number}/checkouts/ac/{checkout['_token']}/recover?key={checkout['_token'][:8]}"
    )


def render_checkout(checkout: Node, context: Context) -> dict[str, Any]:
    """A checkout as its webhooks tell it (engine.md 11.4)."""
    customer = context.graph.get(checkout["customer"])
    return {
        "id": checkout.number,
        "token": checkout["_token"],
        "cart_token": None,
        "name": checkout["name"],
        "email": checkout["email"],
        "phone": checkout["phone"],
        "created_at": shop_time(checkout["createdAt"], context),
        "updated_at": shop_time(checkout["updatedAt"], context),
        "completed_at": shop_time(checkout["completedAt"], context),
        "closed_at": None,
        "currency": context.shop["currencyCode"],
        "presentment_currency": context.shop["currencyCode"],
        "customer": render_customer(customer, context) if customer is not None else None,
        "customer_locale": "en",
        "abandoned_checkout_url": url_of(checkout, context),
        "line_items": [_line(checkout, index, row) for index, row in enumerate(checkout["_lines"] or [], 1)],
        "note": checkout["note"],
        "note_attributes": attributes(checkout["customAttributes"]),
        "discount_codes": [],
        "shipping_address": render_address(checkout["shippingAddress"]) if checkout["shippingAddress"] else None,
        "billing_address": render_address(checkout["billingAddress"]) if checkout["billingAddress"] else None,
        "shipping_lines": [],
        "tax_lines": [],
        "taxes_included": False,
        "gateway": None,
        "buyer_accepts_marketing": False,
        "subtotal_price": text(subtotal(checkout)),
        "total_discounts": "0.00",
        "total_line_items_price": text(subtotal(checkout)),
        "total_price": text(total(checkout)),
        "total_tax": "0.00",
        "source_name": "web",
    }


def _line(checkout: Node, index: int, row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "key": f"{checkout['_token']}-{index}",
        "product_id": number_of(row["product"]) if row["product"] else None,
        "variant_id": number_of(row["variant"]) if row["variant"] else None,
        "title": row["title"],
        "variant_title": row["variantTitle"],
        "quantity": row["quantity"],
        "price": row["price"],
        "line_price": text(decimal(row["price"]) * row["quantity"]),
        "sku": row["sku"],
        "vendor": row["vendor"],
        "properties": [],
    }


def _lines(checkout: Node, context: Context, args: Mapping[str, Any]) -> list[dict[str, Any]]:
    rows = []
    for index, row in enumerate(checkout["_lines"] or [], 1):
        unit, whole = bag(decimal(row["price"]), context), bag(decimal(row["price"]) * row["quantity"], context)
        rows.append(
            {
                "id": f"gid://shopify/AbandonedCheckoutLineItem/{checkout.number * 100 + index}",
                "components": None,
                "customAttributes": [],
                "discountAllocations": [],
                "discountedTotalPriceSet": whole,
                "discountedTotalPriceWithCodeDiscount": whole,
                "discountedUnitPriceSet": unit,
                "discountedUnitPriceWithCodeDiscount": unit,
                "image": variant_image(row["variant"], context),
                "originalTotalPriceSet": whole,
                "originalUnitPriceSet": unit,
                "parentRelationship": None,
                **{name: row[name] for name in ("product", "quantity", "sku", "title", "variant", "variantTitle")},
            }
        )
    return rows


def _all(source: Any, context: Context, args: Mapping[str, Any]) -> Listing:
    found = [node for node in context.graph.of_type("AbandonedCheckout") if not node["completedAt"]]
    sorts = {"TOTAL_PRICE": lambda node: float(total(node)), "CHECKOUT_ID": lambda node: node.number}
    return Listing(found, sorts=sorts, search="abandonedCheckouts")


FIELDS: Fields = {
    "AbandonedCheckout": {
        **always([], ("discountCodes", "taxLines")),
        **always(False, ("taxesIncluded",)),
        **always(None, ("totalDutiesSet",)),
        **stored(None, ("completedAt", "customer")),
        **stored("", ("note",)),
        **stored([], ("customAttributes",)),
        "abandonedCheckoutUrl": lambda checkout, context, args: url_of(checkout, context),
        "billingAddress": lambda checkout, context, args: address_of(checkout, "billingAddress"),
        "defaultCursor": lambda checkout, context, args: str(checkout.number),
        "lineItems": _lines,
        "lineItemsQuantity": lambda checkout, context, args: sum(row["quantity"] for row in checkout["_lines"] or []),
        "shippingAddress": lambda checkout, context, args: address_of(checkout, "shippingAddress"),
        "subtotalPriceSet": as_bag(lambda checkout, context: subtotal(checkout)),
        "totalDiscountSet": as_bag(lambda checkout, context: ZERO),
        "totalLineItemsPriceSet": as_bag(lambda checkout, context: subtotal(checkout)),
        "totalPriceSet": as_bag(lambda checkout, context: total(checkout)),
        "totalTaxSet": as_bag(lambda checkout, context: ZERO),
    },
    "QueryRoot": {"abandonedCheckouts": _all},
}
