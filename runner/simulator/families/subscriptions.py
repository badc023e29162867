"""Subscription contracts: what customers agreed to buy again and again.

``SubscriptionContract``: status, customer, currencyCode, nextBillingDate, note, customAttributes, billingPolicy and
deliveryPolicy {interval, intervalCount, …}, ``_delivery_price`` (text), ``_address``, originOrder, ``_revision``,
createdAt, updatedAt. ``SubscriptionLine``: ``_contract``, variantId, quantity, ``_price`` (text, a unit),
customAttributes, sellingPlanId, sellingPlanName. Billing attempts are not simulated.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from runner.simulator.contract import Context, Fields, Listing
from runner.simulator.families.amounts import decimal, short
from runner.simulator.families.answers import always, count_of, stored
from runner.simulator.families.app import own_app
from runner.simulator.families.line_items import variant_image
from runner.simulator.graph import Node, number_of

INDEXES = {"SubscriptionContract": ("customer",), "SubscriptionLine": ("_contract",)}


def lines_of(contract: Node, context: Context) -> list[Node]:
    """The lines of a contract."""
    return context.graph.find("SubscriptionLine", "_contract", contract.id)


def policy(contract: Node, name: str) -> Mapping[str, Any]:
    """How often a contract is billed or delivered; every month when nothing was said."""
    return contract[name] or {"interval": "MONTH", "intervalCount": 1}


def render_contract(contract: Node, context: Context) -> dict[str, Any]:
    """The payload of ``subscription_contracts/…``."""
    billing, delivery = policy(contract, "billingPolicy"), policy(contract, "deliveryPolicy")
    origin = contract["originOrder"]
    return {
        "admin_graphql_api_id": contract.id,
        "id": contract.number,
        "billing_policy": {
            "interval": billing["interval"].lower(),
            "interval_count": billing["intervalCount"],
            "min_cycles": billing.get("minCycles"),
            "max_cycles": billing.get("maxCycles"),
        },
        "currency_code": contract["currencyCode"],
        "customer_id": number_of(contract["customer"]) if contract["customer"] else None,
        "admin_graphql_api_customer_id": contract["customer"],
        "delivery_policy": {
            "interval": delivery["interval"].lower(),
            "interval_count": delivery["intervalCount"],
        },
        "status": contract["status"].lower(),
        "admin_graphql_api_origin_order_id": origin,
        "origin_order_id": number_of(origin) if origin else None,
        "revision_id": str(contract["_revision"] or 1),
    }


def _money(source: Node, amount: Decimal, context: Context) -> dict[str, Any]:
    contract = context.graph.get(source["_contract"]) if source.type == "SubscriptionLine" else source
    code = (contract["currencyCode"] if contract is not None else None) or context.shop["currencyCode"]
    return {"amount": short(amount), "currencyCode": code}


def _variant(line: Node, context: Context) -> Node | None:
    return context.graph.get(line["variantId"])


def _of_variant(name: str, default: Any = None) -> Any:
    def read(line: Node, context: Context, args: Mapping[str, Any]) -> Any:
        variant = _variant(line, context)
        return default if variant is None else variant[name]

    return read


def _title(line: Node, context: Context, args: Mapping[str, Any]) -> str:
    variant = _variant(line, context)
    product = context.graph.get(variant["product"]) if variant is not None else None
    return str(product["title"]) if product is not None else ""


def _shipped(line: Node, context: Context, args: Mapping[str, Any]) -> bool:
    variant = _variant(line, context)
    item = context.graph.get(variant["inventoryItem"]) if variant is not None else None
    return item is None or item["requiresShipping"] is not False


def _method(contract: Node, context: Context, args: Mapping[str, Any]) -> dict[str, Any] | None:
    address = contract["_address"]
    if not address:
        return None
    option = {"title": "Standard", "presentmentTitle": "Standard", "code": "standard", "description": None}
    shown = {**address, "id": f"gid://shopify/MailingAddress/{contract.number}?model_name=Address"}
    return {
        "__typename": "SubscriptionDeliveryMethodShipping",
        "address": shown,
        "shippingOption": {**option, "carrierService": None},
    }


def _orders(contract: Node, context: Context, args: Mapping[str, Any]) -> Listing:
    origin = context.graph.get(contract["originOrder"])
    return Listing([origin] if origin is not None else [])


def _contracts(source: Any, context: Context, args: Mapping[str, Any]) -> Listing:
    sorts = {"STATUS": lambda node: node["status"]}
    return Listing(context.graph.of_type("SubscriptionContract"), sorts=sorts)


FIELDS: Fields = {
    "Customer": {
        "subscriptionContracts": lambda customer, context, args: Listing(
            context.graph.find("SubscriptionContract", "customer", customer.id)
        ),
    },
    "QueryRoot": {"subscriptionContracts": _contracts},
    "SubscriptionContract": {
        **always(None, ("appAdminUrl", "customerPaymentMethod", "lastBillingAttemptErrorType", "lastPaymentStatus")),
        **always([], ("billingAttempts", "discounts")),
        **stored(None, ("customer", "nextBillingDate", "note", "originOrder")),
        **stored([], ("customAttributes",)),
        "app": lambda contract, context, args: own_app(context),
        "billingPolicy": lambda contract, context, args: {
            "minCycles": None,
            "maxCycles": None,
            "anchors": [],
            **policy(contract, "billingPolicy"),
        },
        "deliveryMethod": _method,
        "deliveryPolicy": lambda contract, context, args: {"anchors": [], **policy(contract, "deliveryPolicy")},
        "deliveryPrice": lambda contract, context, args: _money(
            contract, decimal(contract["_delivery_price"]), context
        ),
        "lineCount": lambda contract, context, args: len(lines_of(contract, context)),
        "lines": lambda contract, context, args: Listing(lines_of(contract, context)),
        "linesCount": lambda contract, context, args: count_of(len(lines_of(contract, context))),
        "orders": _orders,
        "revisionId": lambda contract, context, args: str(contract["_revision"] or 1),
    },
    "SubscriptionLine": {
        **always(None, ("concatenatedOriginContract", "pricingPolicy")),
        **always([], ("discountAllocations",)),
        **stored(None, ("sellingPlanId", "sellingPlanName", "variantId")),
        **stored([], ("customAttributes",)),
        "currentPrice": lambda line, context, args: _money(line, decimal(line["_price"]), context),
        "lineDiscountedPrice": lambda line, context, args: _money(
            line, decimal(line["_price"]) * (line["quantity"] or 1), context
        ),
        "productId": _of_variant("product"),
        "requiresShipping": _shipped,
        "sku": _of_variant("sku"),
        "taxable": lambda line, context, args: _of_variant("taxable")(line, context, args) is not False,
        "title": _title,
        "variantImage": lambda line, context, args: variant_image(line["variantId"], context),
        "variantTitle": _of_variant("title"),
    },
}
