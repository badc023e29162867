"""Line items and shipping lines of orders: computed fields. What is stored: ``order_lines.py``."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from runner.simulator.contract import Context, Fields
from runner.simulator.families.amounts import ZERO, bag, decimal, money, rounded
from runner.simulator.families.answers import Amount, always, amounts, as_bag, as_money, as_text, stored
from runner.simulator.families.files import image_fields, images_of
from runner.simulator.families.line_rendering import line_name
from runner.simulator.families.order_amounts import tax_lines
from runner.simulator.families.order_lines import (
    current_quantity,
    discount,
    fulfilled,
    gross,
    line_level,
    refunded,
    shipping_price,
    taxes,
    unfulfilled,
)
from runner.simulator.families.orders import application
from runner.simulator.graph import Node


def fulfillment_service(handle: str | None) -> dict[str, Any]:
    """The service that sends a line: the shop itself unless named otherwise."""
    name = handle or "manual"
    return {
        "id": f"gid://shopify/FulfillmentService/{name}",
        "handle": name,
        "serviceName": name.replace("-", " ").capitalize(),
        "type": "MANUAL" if name == "manual" else "THIRD_PARTY",
        "callbackUrl": None,
        "fulfillmentOrdersOptIn": True,
        "inventoryManagement": name != "manual",
        "location": None,
        "requiresShippingMethod": True,
        "trackingSupport": name != "manual",
    }


def discounted(line: Node, context: Context, *, codes: bool = False) -> Decimal:
    """A line after its own discounts, those of the whole order left aside; ``codes``: also after codes."""
    kinds = None if codes else line_level(context.graph, line)
    return gross(line) - discount(line, kinds=kinds)


def _share(amount: Decimal, line: Node, quantity: int) -> Decimal:
    return rounded(amount * quantity / line["quantity"]) if line["quantity"] else ZERO


def _left(line: Node, context: Context) -> int:
    return unfulfilled(context.graph, line)


def _discounted_set(line: Node, context: Context, args: Mapping[str, Any]) -> dict[str, Any]:
    return bag(discounted(line, context, codes=bool(args.get("withCodeDiscounts"))), context)


def _unit(read: Amount) -> Amount:
    return lambda line, context: _share(read(line, context), line, 1)


def _allocations(line: Node, context: Context, args: Mapping[str, Any]) -> list[dict[str, Any]]:
    order = context.graph.get(line["_order"])
    known = {row["index"]: row for row in (order["_discounts"] or [])} if order is not None else {}
    return [
        {
            "allocatedAmount": money(decimal(row["amount"]), context),
            "allocatedAmountSet": bag(decimal(row["amount"]), context),
            "discountApplication": application(known[row["index"]], context),
        }
        for row in line["_allocations"] or []
        if row["index"] in known
    ]


def _taxes(line: Node, context: Context, args: Mapping[str, Any]) -> list[dict[str, Any]]:
    order = context.graph.get(line["_order"])
    if order is None or order["taxExempt"]:
        return []
    amount = shipping_price(line) if line.type == "ShippingLine" else gross(line) - discount(line)
    return tax_lines(taxes(line, amount, included=bool(order["taxesIncluded"])), context)


def variant_image(variant_id: str | None, context: Context) -> dict[str, Any] | None:
    """The image of a variant, else its product's first."""
    variant = context.graph.get(variant_id)
    if variant is None:
        return None
    product = context.graph.get(variant["product"])
    found = images_of(context.graph, variant) or (images_of(context.graph, product) if product is not None else [])
    return image_fields(found[0], context) if found else None


def _selling_plan(line: Node, context: Context, args: Mapping[str, Any]) -> dict[str, Any] | None:
    name = line["_selling_plan"]
    return {"name": name, "sellingPlanId": f"gid://shopify/SellingPlan/{line.number}"} if name else None


def _status(line: Node, context: Context, args: Mapping[str, Any]) -> str:
    sent = fulfilled(context.graph, line)
    if not sent:
        return "unfulfilled"
    return "partial" if unfulfilled(context.graph, line) else "fulfilled"


def _gross(line: Node, context: Context) -> Decimal:
    return gross(line)


def _net(line: Node, context: Context) -> Decimal:
    return gross(line) - discount(line)


FIELDS: Fields = {
    "LineItem": {
        **amounts(
            originalTotal=_gross,
            originalUnitPrice=lambda line, context: decimal(line["_price"]),
            discountedUnitPrice=_unit(discounted),
            totalDiscount=lambda line, context: discount(line),
            unfulfilledDiscountedTotal=lambda line, context: _share(_net(line, context), line, _left(line, context)),
            unfulfilledOriginalTotal=lambda line, context: gross(line, _left(line, context)),
        ),
        **stored(None, ("product", "variant", "sku", "variantTitle", "vendor")),
        **always(None, ("contract", "lineItemGroup", "staffMember", "suggestedReturnReasonDefinitions")),
        **always([], ("duties",)),
        **stored(True, ("requiresShipping", "taxable")),
        **stored(False, ("isGiftCard",)),
        "canRestock": lambda line, context, args: bool(line["_claimed"]),
        "currentQuantity": lambda line, context, args: current_quantity(line),
        "customAttributes": lambda line, context, args: [
            {"key": row["key"], "value": row["value"]} for row in line["customAttributes"] or []
        ],
        "discountAllocations": _allocations,
        "discountedTotal": as_text(discounted),
        "discountedTotalSet": _discounted_set,
        "discountedUnitPriceAfterAllDiscountsSet": as_bag(_unit(_net)),
        "fulfillableQuantity": lambda line, context, args: _left(line, context),
        "fulfillmentService": lambda line, context, args: fulfillment_service(line["_service"]),
        "fulfillmentStatus": _status,
        "image": lambda line, context, args: variant_image(line["variant"], context),
        "merchantEditable": lambda line, context, args: _left(line, context) > 0,
        "name": lambda line, context, args: line_name(line),
        "nonFulfillableQuantity": lambda line, context, args: line["quantity"] - _left(line, context),
        "refundableQuantity": lambda line, context, args: current_quantity(line),
        "restockable": lambda line, context, args: bool(line["_claimed"]) and refunded(context.graph, line) == 0,
        "sellingPlan": _selling_plan,
        "taxLines": _taxes,
        "unfulfilledQuantity": lambda line, context, args: _left(line, context),
    },
    "ShippingLine": {
        **stored(None, ("carrierIdentifier", "code", "shippingRateHandle", "source")),
        **always(None, ("deliveryCategory", "phone", "requestedFulfillmentService")),
        **stored(False, ("isRemoved",)),
        "currentDiscountedPriceSet": as_bag(lambda line, context: shipping_price(line)),
        "custom": lambda line, context, args: line["source"] == "custom",
        "discountAllocations": _allocations,
        "discountedPrice": as_money(lambda line, context: shipping_price(line)),
        "discountedPriceSet": as_bag(lambda line, context: shipping_price(line)),
        "originalPrice": as_money(lambda line, context: decimal(line["_price"])),
        "originalPriceSet": as_bag(lambda line, context: decimal(line["_price"])),
        "price": as_text(lambda line, context: decimal(line["_price"])),
        "taxLines": _taxes,
    },
}
