"""Discounts by code as REST has them: price rules, which share their number with ``DiscountCodeNode``, and codes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from runner.simulator.contract import Context
from runner.simulator.families.amounts import text
from runner.simulator.families.rendering import shop_time
from runner.simulator.graph import Node, gid, number_of

PREREQUISITES = {"quantity": "prerequisite_quantity_range", "subtotal": "prerequisite_subtotal_range"}


def render_price_rule(discount: Node, context: Context) -> dict[str, Any]:
    """A price rule."""
    people: Mapping[str, Any] = discount["_context"] or {"all": True}
    shipping: Mapping[str, Any] = discount["_shipping"] or {}
    free = discount["_kind"].endswith("FreeShipping")
    items: Mapping[str, Any] = (discount["_gets"] or {}).get("items") or {}
    bought: Mapping[str, Any] = (discount["_buys"] or {}).get("items") or {}
    entitled = any(items.get(name) for name in ("products", "variants", "collections"))
    minimum: Mapping[str, Any] = discount["_minimum"] or {}
    each = bool(((discount["_gets"] or {}).get("value") or {}).get("each"))
    return {
        "id": discount.number,
        **_worth(discount),
        "customer_selection": "all" if people.get("all") else "prerequisite",
        "target_type": "shipping_line" if free else "line_item",
        "target_selection": "entitled" if entitled or (free and shipping.get("countries")) else "all",
        "allocation_method": "each" if each or free or discount["_buys"] else "across",
        "allocation_limit": discount["usesPerOrderLimit"],
        "once_per_customer": bool(discount["appliesOncePerCustomer"]),
        "usage_limit": discount["usageLimit"],
        "starts_at": shop_time(discount["startsAt"], context),
        "ends_at": shop_time(discount["endsAt"], context),
        "created_at": shop_time(discount["createdAt"], context),
        "updated_at": shop_time(discount["updatedAt"], context),
        "entitled_product_ids": _numbers(items.get("products")),
        "entitled_variant_ids": _numbers(items.get("variants")),
        "entitled_collection_ids": _numbers(items.get("collections")),
        "entitled_country_ids": [],
        "prerequisite_product_ids": _numbers(bought.get("products")),
        "prerequisite_variant_ids": _numbers(bought.get("variants")),
        "prerequisite_collection_ids": _numbers(bought.get("collections")),
        "customer_segment_prerequisite_ids": _numbers(people.get("segments")),
        "prerequisite_customer_ids": _numbers(people.get("customers")),
        "prerequisite_subtotal_range": _range(minimum.get("subtotal")),
        "prerequisite_quantity_range": _range(minimum.get("quantity")),
        "prerequisite_shipping_price_range": {"less_than_or_equal_to": shipping["maximum"]}
        if shipping.get("maximum") is not None
        else None,
        "prerequisite_to_entitlement_quantity_ratio": _ratio(discount),
        "prerequisite_to_entitlement_purchase": {
            "prerequisite_amount": ((discount["_buys"] or {}).get("value") or {}).get("amount")
        },
        "title": discount["title"],
        "admin_graphql_api_id": gid("PriceRule", discount.number),
    }


def _worth(discount: Node) -> dict[str, str]:
    value: Mapping[str, Any] = (discount["_gets"] or {}).get("value") or {"percentage": 1}
    if value.get("percentage") is not None:
        percent = Decimal(str(value["percentage"])) * 100
        return {"value_type": "percentage", "value": f"-{percent.quantize(Decimal('0.1'))}"}
    return {"value_type": "fixed_amount", "value": f"-{text(Decimal(str(value.get('amount') or 0)))}"}


def _numbers(ids: Sequence[str] | None) -> list[int]:
    return [number_of(each) for each in ids or []]


def _range(least: Any) -> dict[str, Any] | None:
    return None if least is None else {"greater_than_or_equal_to": least}


def _ratio(discount: Node) -> dict[str, int | None]:
    bought = ((discount["_buys"] or {}).get("value") or {}).get("quantity")
    given = ((discount["_gets"] or {}).get("value") or {}).get("quantity")
    return {
        "prerequisite_quantity": int(bought) if bought is not None else None,
        "entitled_quantity": int(given) if given is not None and bought is not None else None,
    }


def render_code(code: Node, context: Context) -> dict[str, Any]:
    """A discount code."""
    discount = context.graph.get(code["_discount"])
    created = discount["createdAt"] if discount is not None else None
    return {
        "id": code.number,
        "price_rule_id": number_of(code["_discount"]),
        "code": code["code"],
        "usage_count": code["_used"] or 0,
        "created_at": shop_time(created, context),
        "updated_at": shop_time(discount["updatedAt"] if discount is not None else None, context),
    }
