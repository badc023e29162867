"""Draft orders: computed fields. What is stored, and how sums are made: ``draft_sums.py``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from runner.simulator.contract import Context, Fields, Listing
from runner.simulator.families.amounts import ZERO, bag, decimal, money, rounded, text
from runner.simulator.families.answers import Amount, always, amounts, as_bag, as_money, stored
from runner.simulator.families.draft_rendering import invoice_url
from runner.simulator.families.draft_sums import (
    DraftSums,
    gross,
    line_discount,
    lines_of,
    order_discount,
    sums,
)
from runner.simulator.families.line_items import fulfillment_service, variant_image
from runner.simulator.families.line_rendering import line_name
from runner.simulator.families.orders import address_of
from runner.simulator.families.weights import grams_of, total_grams, weight_of
from runner.simulator.graph import Node, gid

INDEXES = {"DraftOrder": ("customer", "name", "order"), "DraftOrderLineItem": ("_draft",)}


def _sum(read: Callable[[DraftSums], Decimal]) -> Amount:
    return lambda draft, context: read(sums(context.graph, draft))


def discount(row: Mapping[str, Any] | None, amount: Decimal, context: Context) -> dict[str, Any] | None:
    """A ``DraftOrderAppliedDiscount``."""
    if not row:
        return None
    return {
        "title": row.get("title"),
        "description": row.get("description") or "",
        "value": float(row["value"]),
        "valueType": row["value_type"],
        "amount": text(amount),
        "amountSet": bag(amount, context),
        "amountV2": money(amount, context),
    }


def shipping_line(draft: Node) -> Node | None:
    """The way of shipping as a ``ShippingLine``, which is no object of its own before there is an order."""
    row = draft["_shipping"]
    if not row:
        return None
    fields = {
        "title": row["title"],
        "code": row.get("code") or "custom",
        "source": "shopify" if row.get("handle") else "custom",
        "shippingRateHandle": row.get("handle"),
        "_price": row["price"],
    }
    return Node("ShippingLine", gid("ShippingLine", draft.number), fields, 0)


def _unit(line: Node, context: Context) -> Decimal:
    return rounded((gross(line) - line_discount(line)) / line["quantity"]) if line["quantity"] else ZERO


def _attributes(source: Node, context: Context, args: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [{"key": row["key"], "value": row["value"]} for row in source["customAttributes"] or []]


def _quantity(draft: Node, context: Context, args: Mapping[str, Any]) -> int:
    return sum(int(line["quantity"]) for line in lines_of(context.graph, draft))


def _drafts(source: Any, context: Context, args: Mapping[str, Any]) -> Listing:
    graph = context.graph

    def customer(draft: Node) -> str | None:
        node = graph.get(draft["customer"])
        return f"{node['lastName'] or ''}, {node['firstName'] or ''}" if node is not None else None

    sorts: dict[str, Callable[[Node], Any]] = {
        "CUSTOMER_NAME": customer,
        "NUMBER": lambda draft: draft["number"],
        "TOTAL_PRICE": lambda draft: float(sums(graph, draft).total),
    }
    return Listing(graph.of_type("DraftOrder"), sorts=sorts, search="draftOrders")


FIELDS: Fields = {
    "DraftOrder": {
        **amounts(
            subtotalPrice=_sum(lambda found: found.subtotal),
            totalPrice=_sum(lambda found: found.total),
            totalShippingPrice=_sum(lambda found: found.shipping),
            totalTax=_sum(lambda found: ZERO),
        ),
        **always([], ("localizationExtensions", "localizedFields", "platformDiscounts", "taxLines", "warnings")),
        **always(None, ("transformerFingerprint",)),
        **always(False, ("allVariantPricesOverridden", "anyVariantPricesOverridden", "hasTimelineComment")),
        **always(False, ("taxesIncluded",)),
        **always(True, ("ready",)),
        "totalWeight": lambda draft, context, args: str(
            total_grams(context.graph, ((line, line["quantity"]) for line in lines_of(context.graph, draft)))
        ),
        **stored(None, ("completedAt", "customer", "email", "invoiceSentAt", "note2", "order", "phone", "poNumber")),
        **stored(None, ("reserveInventoryUntil",)),
        **stored([], ("discountCodes", "tags")),
        **stored(False, ("acceptAutomaticDiscounts", "taxExempt", "visibleToCustomer")),
        **stored(True, ("allowDiscountCodesInCheckout",)),
        "appliedDiscount": lambda draft, context, args: discount(
            draft["_discount"], order_discount(context.graph, draft), context
        ),
        "billingAddress": lambda draft, context, args: address_of(draft, "billingAddress"),
        "billingAddressMatchesShippingAddress": lambda draft, context, args: (
            draft["billingAddress"] == draft["shippingAddress"]
        ),
        "currencyCode": lambda draft, context, args: context.shop["currencyCode"],
        "customAttributes": _attributes,
        "defaultCursor": lambda draft, context, args: str(draft.number),
        "invoiceEmailTemplateSubject": lambda draft, context, args: (
            "Complete your purchase" if draft["status"] != "COMPLETED" else "Order confirmed"
        ),
        "invoiceUrl": lambda draft, context, args: invoice_url(draft, context),
        "lineItems": lambda draft, context, args: Listing(lines_of(context.graph, draft)),
        "lineItemsSubtotalPrice": as_bag(_sum(lambda found: found.subtotal)),
        "marketName": lambda draft, context, args: "Primary market",
        "marketRegionCountryCode": lambda draft, context, args: (
            (draft["shippingAddress"] or {}).get("countryCodeV2")
            or (context.shop["_address"] or {}).get("countryCode")
            or "US"
        ),
        "paymentTerms": lambda draft, context, args: draft["_terms"],
        "presentmentCurrencyCode": lambda draft, context, args: context.shop["currencyCode"],
        "purchasingEntity": lambda draft, context, args: context.graph.get(draft["_purchasing"] or draft["customer"]),
        "shippingAddress": lambda draft, context, args: address_of(draft, "shippingAddress"),
        "shippingLine": lambda draft, context, args: shipping_line(draft),
        "totalDiscountsSet": as_bag(_sum(lambda found: found.off)),
        "totalLineItemsPriceSet": as_bag(_sum(lambda found: found.lines)),
        "totalQuantityOfLineItems": _quantity,
    },
    "DraftOrderLineItem": {
        **amounts(
            originalTotal=lambda line, context: gross(line),
            originalUnitPrice=lambda line, context: decimal(line["_price"]),
            discountedTotal=lambda line, context: gross(line) - line_discount(line),
            discountedUnitPrice=_unit,
            totalDiscount=lambda line, context: line_discount(line),
        ),
        **always([], ("bundleComponents", "components", "taxLines")),
        **always(None, ("priceOverride",)),
        "grams": lambda line, context, args: grams_of(context.graph, line["variant"]),
        "weight": lambda line, context, args: weight_of(context.graph, line["variant"]),
        **stored(None, ("product", "sku", "variant", "variantTitle", "vendor")),
        **stored(True, ("requiresShipping", "taxable")),
        **stored(False, ("isGiftCard",)),
        "appliedDiscount": lambda line, context, args: discount(line["_discount"], line_discount(line), context),
        "approximateDiscountedUnitPriceSet": as_bag(_unit),
        "custom": lambda line, context, args: line["variant"] is None,
        "customAttributes": _attributes,
        "customAttributesV2": lambda line, context, args: [
            {"__typename": "TypedAttribute", **row} for row in line["customAttributes"] or []
        ],
        "fulfillmentService": lambda line, context, args: fulfillment_service(None),
        "image": lambda line, context, args: variant_image(line["variant"], context),
        "name": lambda line, context, args: line_name(line),
        "originalUnitPriceWithCurrency": as_money(lambda line, context: decimal(line["_price"])),
    },
    "QueryRoot": {"draftOrders": _drafts},
}
