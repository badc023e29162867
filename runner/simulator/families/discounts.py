"""Discounts by code and automatic ones: amounts, percentages, buy X get Y, free shipping.

``DiscountCodeNode`` and ``DiscountAutomaticNode`` store: ``_kind`` (``DiscountCodeBasic`` …), title, startsAt, endsAt,
tags, usageLimit, appliesOncePerCustomer, recurringCycleLimit, ``_combines`` {…}, ``_gets`` and ``_buys``
{items, value, …} and ``_minimum`` {quantity | subtotal} as their inputs have them, ``_context`` {all | customers |
segments}, ``_shipping`` {countries, rest, maximum}, ``_used``, createdAt, updatedAt. ``DiscountRedeemCode``: code,
``_lower``, ``_discount``.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from runner.simulator.contract import Context, Fields, Listing, Refusal
from runner.simulator.families.discount_summary import money, summary
from runner.simulator.families.metafields import FIELDS as METAFIELD_FIELDS
from runner.simulator.families.rendering import shop_time
from runner.simulator.graph import Graph, Node, number_of, type_of

INDEXES = {"DiscountRedeemCode": ("_discount", "_lower")}
NODES = ("DiscountCodeNode", "DiscountAutomaticNode")
KINDS = ("Basic", "Bxgy", "FreeShipping", "App")


def codes_of(graph: Graph, discount: Node) -> list[Node]:
    """The codes of a discount, oldest first."""
    return graph.find("DiscountRedeemCode", "_discount", discount.id)


def by_code(graph: Graph, code: str) -> Node | None:
    """The discount of a code, in whatever case."""
    found = graph.first("DiscountRedeemCode", "_lower", code.lower())
    return graph.get(found["_discount"]) if found is not None else None


def status_of(discount: Node, now: datetime) -> str:
    """``SCHEDULED``, ``ACTIVE`` or ``EXPIRED``."""
    if discount["endsAt"] is not None and datetime.fromisoformat(discount["endsAt"]) <= now:
        return "EXPIRED"
    return "SCHEDULED" if datetime.fromisoformat(discount["startsAt"]) > now else "ACTIVE"


def classes_of(discount: Node) -> list[str]:
    """What the discount lowers: products, the order, or shipping."""
    if discount["_kind"].endswith("FreeShipping"):
        return ["SHIPPING"]
    if discount["_kind"].endswith("Bxgy"):
        return ["PRODUCT"]
    items = (discount["_gets"] or {}).get("items") or {}
    return ["ORDER"] if items.get("all") else ["PRODUCT"]


def render_discount(discount: Node, context: Context) -> dict[str, Any]:
    """The payload of ``discounts/create`` and ``discounts/update`` (engine.md 11.4)."""
    return {
        "admin_graphql_api_id": discount.id,
        "title": discount["title"],
        "status": status_of(discount, context.clock.now()),
        "created_at": shop_time(discount["createdAt"], context),
        "updated_at": shop_time(discount["updatedAt"], context),
    }


def _discount(node: Node, context: Context, args: Mapping[str, Any]) -> dict[str, Any]:
    """The discount of a node as the object type of its kind."""
    plain = ("title", "startsAt", "endsAt", "createdAt", "updatedAt", "usageLimit", "usesPerOrderLimit")
    words = summary(node, context)
    classes = classes_of(node)
    return {
        "__typename": node["_kind"],
        "_node": node,
        "id": node.id,
        "discountId": node.id,
        **{name: node[name] for name in plain},
        "tags": list(node["tags"] or []),
        "appliesOncePerCustomer": bool(node["appliesOncePerCustomer"]),
        "appliesOnOneTimePurchase": True,
        "appliesOnSubscription": False,
        "asyncUsageCount": node["_used"] or 0,
        "usageCount": node["_used"] or 0,
        "codesCount": {"count": len(codes_of(context.graph, node)), "precision": "EXACT"},
        "combinesWith": {"productDiscountsWithTagsOnSameCartLine": None, **_COMBINES, **(node["_combines"] or {})},
        "context": _context(node),
        "customerSelection": _selection(node),
        "customerGets": _gets(node["_gets"], context) if node["_gets"] else None,
        "customerBuys": _buys(node["_buys"]) if node["_buys"] else None,
        "minimumRequirement": _minimum(node["_minimum"], context),
        "destinationSelection": _destination(node["_shipping"] or {}),
        "maximumShippingPrice": _maximum(node["_shipping"] or {}, context),
        "discountClass": classes[0],
        "discountClasses": classes,
        "hasTimelineComment": False,
        "recurringCycleLimit": node["recurringCycleLimit"] if "Code" in node.type else node["recurringCycleLimit"] or 1,
        "shareableUrls": _urls(node, context),
        "shortSummary": words.split(" • ")[0],
        "summary": words,
        "status": status_of(node, context.clock.now()),
        "totalSales": None,
        "errorHistory": None,
    }


_COMBINES = {"orderDiscounts": False, "productDiscounts": False, "shippingDiscounts": False}


def _context(node: Node) -> dict[str, Any]:
    held = node["_context"] or {"all": True}
    if held.get("customers") is not None:
        return {"__typename": "DiscountCustomers", "customers": held["customers"]}
    if held.get("segments") is not None:
        return {"__typename": "DiscountCustomerSegments", "segments": held["segments"]}
    return {"__typename": "DiscountBuyerSelectionAll", "all": "ALL"}


def _selection(node: Node) -> dict[str, Any]:
    found = _context(node)
    if found["__typename"] == "DiscountBuyerSelectionAll":
        return {"__typename": "DiscountCustomerAll", "allCustomers": True}
    return found


def _items(items: Mapping[str, Any]) -> dict[str, Any]:
    if items.get("collections"):
        return {"__typename": "DiscountCollections", "collections": items["collections"]}
    if items.get("products") or items.get("variants"):
        return {
            "__typename": "DiscountProducts",
            "products": items.get("products") or [],
            "productVariants": items.get("variants") or [],
        }
    return {"__typename": "AllDiscountItems", "allItems": True}


def _gets(gets: Mapping[str, Any], context: Context) -> dict[str, Any]:
    value = gets["value"]
    return {
        "appliesOnOneTimePurchase": gets.get("oneTime", True),
        "appliesOnSubscription": gets.get("subscription", False),
        "items": _items(gets["items"]),
        "value": _value(value, context),
    }


def _value(value: Mapping[str, Any], context: Context) -> dict[str, Any]:
    if value.get("quantity") is not None:
        effect = _value({name: value.get(name) for name in ("percentage", "amount")}, context)
        quantity = {"quantity": value["quantity"]}
        return {"__typename": "DiscountOnQuantity", "quantity": quantity, "effect": effect}
    if value.get("percentage") is not None:
        return {"__typename": "DiscountPercentage", "percentage": value["percentage"]}
    return {
        "__typename": "DiscountAmount",
        "amount": money(value.get("amount") or "0", context),
        "appliesOnEachItem": bool(value.get("each")),
    }


def _buys(buys: Mapping[str, Any]) -> dict[str, Any]:
    value = buys["value"]
    if value.get("amount") is not None:
        bought = {"__typename": "DiscountPurchaseAmount", "amount": value["amount"]}
    else:
        bought = {"__typename": "DiscountQuantity", "quantity": value["quantity"]}
    return {"isOneTimePurchase": True, "isSubscription": False, "items": _items(buys["items"]), "value": bought}


def _minimum(minimum: Mapping[str, Any] | None, context: Context) -> dict[str, Any] | None:
    if not minimum:
        return None
    if minimum.get("quantity") is not None:
        return {"__typename": "DiscountMinimumQuantity", "greaterThanOrEqualToQuantity": minimum["quantity"]}
    amount = money(minimum["subtotal"], context)
    return {"__typename": "DiscountMinimumSubtotal", "greaterThanOrEqualToSubtotal": amount}


def _destination(shipping: Mapping[str, Any]) -> dict[str, Any]:
    if shipping.get("countries") is None:
        return {"__typename": "DiscountCountryAll", "allCountries": True}
    rest = bool(shipping.get("rest"))
    return {"__typename": "DiscountCountries", "countries": shipping["countries"], "includeRestOfWorld": rest}


def _maximum(shipping: Mapping[str, Any], context: Context) -> dict[str, Any] | None:
    return money(shipping["maximum"], context) if shipping.get("maximum") is not None else None


def _urls(node: Node, context: Context) -> list[dict[str, Any]]:
    found = codes_of(context.graph, node)
    if not found:
        return []
    host = context.shop["_domain"] or context.shop["myshopifyDomain"]
    url = f"https://{host}/discount/{found[0]['code']}"
    return [{"title": "Homepage", "targetType": "HOME", "url": url, "targetItemImage": None}]


def _codes(discount: Mapping[str, Any], context: Context, args: Mapping[str, Any]) -> Listing:
    return Listing(
        codes_of(context.graph, discount["_node"]), sorts={"CODE": lambda node: node["code"]}, search="codes"
    )


def _nodes(*types: str, search: str = "discountNodes") -> Any:
    def read(source: Any, context: Context, args: Mapping[str, Any]) -> Listing:
        found = [node for kind in types for node in context.graph.of_type(kind)]
        return Listing(sorted(found, key=lambda node: node.sequence), search=search)

    return read


def _node(*types: str) -> Any:
    """``discountNode(id:)`` and the older roots: the number counts, whichever of the types the gid names."""

    def read(source: Any, context: Context, args: Mapping[str, Any]) -> Node | None:
        if type_of(args["id"]) not in (*types, "DiscountNode"):
            raise Refusal(f"Invalid id: {args['id']}", "RESOURCE_NOT_FOUND")
        number = number_of(args["id"])
        return next((node for kind in types if (node := context.graph.by_number(kind, number))), None)

    return read


def _tags(source: Any, context: Context, args: Mapping[str, Any]) -> Listing:
    found = {tag for kind in NODES for node in context.graph.of_type(kind) for tag in node["tags"] or []}
    return Listing(sorted(found, key=str.casefold), searched=True)


_OF_CODE = {f"DiscountCode{kind}": {"codes": _codes} for kind in KINDS}

FIELDS: Fields = {
    **_OF_CODE,
    "DiscountAutomaticNode": {"automaticDiscount": _discount},
    "DiscountCodeNode": {"codeDiscount": _discount},
    "DiscountNode": {
        "discount": _discount,
        **{name: METAFIELD_FIELDS["DiscountCodeNode"][name] for name in ("metafield", "metafields")},
    },
    "DiscountRedeemCode": {
        "asyncUsageCount": lambda code, context, args: code["_used"] or 0,
        "createdBy": lambda code, context, args: None,
    },
    "DiscountRedeemCodeBulkCreation": {
        "codes": lambda creation, context, args: creation["_codes"],
        "discountCode": lambda creation, context, args: creation["_discount"],
    },
    "QueryRoot": {
        "automaticDiscountNode": _node("DiscountAutomaticNode"),
        "automaticDiscountNodes": _nodes("DiscountAutomaticNode"),
        "codeDiscountNode": _node("DiscountCodeNode"),
        "codeDiscountNodeByCode": lambda source, context, args: by_code(context.graph, args["code"]),
        "codeDiscountNodes": _nodes("DiscountCodeNode"),
        "discountNode": _node(*NODES),
        "discountNodes": _nodes(*NODES),
        "discountTags": _tags,
    },
}
