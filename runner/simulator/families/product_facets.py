"""Products and variants: what follows from the shop, and what no simulated shop has (bundles, selling plans)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from runner.simulator.contract import Context, Fields
from runner.simulator.families.answers import constant
from runner.simulator.families.products import variants_of
from runner.simulator.families.publications import online_store, visible_in
from runner.simulator.graph import Node


def _store_url(product: Node, context: Context, args: Mapping[str, Any]) -> str | None:
    """The product's page; null unless it is active and in the online store."""
    store = online_store(context.graph)
    if store is None or (product["status"] or "ACTIVE") != "ACTIVE" or not visible_in(context, product, store.id):
        return None
    return f"https://{context.shop['_domain'] or context.shop['myshopifyDomain']}/products/{product['handle']}"


def _preview_url(product: Node, context: Context, args: Mapping[str, Any]) -> str:
    host = context.shop["_domain"] or context.shop["myshopifyDomain"]
    return f"https://{host}/products_preview?preview_key={product.number}"


def _category(product: Node, context: Context, args: Mapping[str, Any]) -> dict[str, Any] | None:
    """The taxonomy is not part of the simulator: a category is known by its id alone, unless a seed names it."""
    node_id = product["_category"]
    if node_id is None:
        return None
    code = str(node_id).rsplit("/", 1)[-1]
    name = product["_category_name"] or code
    level = code.count("-")
    return {
        "id": node_id,
        "name": str(name).rsplit(" > ", 1)[-1],
        "fullName": name,
        "level": level,
        "isArchived": False,
        "isLeaf": True,
        "isRoot": level == 0,
        "parentId": str(node_id).rpartition("-")[0] if level else None,
        "ancestorIds": [],
        "childrenIds": [],
    }


def _compare_range(product: Node, context: Context, args: Mapping[str, Any]) -> dict[str, Any] | None:
    found = [variant["compareAtPrice"] for variant in variants_of(context.graph, product.id)]
    prices = sorted((price for price in found if price is not None), key=float)
    if not prices:
        return None
    currency = context.shop["currencyCode"]
    return {
        "minVariantCompareAtPrice": {"amount": str(float(prices[0])), "currencyCode": currency},
        "maxVariantCompareAtPrice": {"amount": str(float(prices[-1])), "currencyCode": currency},
    }


def _presentment(variant: Node, context: Context, args: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Its prices in the currencies asked for. The simulator sells in the shop's own alone."""
    currency = context.shop["currencyCode"]
    if currency not in (args.get("presentmentCurrencies") or [currency]):
        return []
    prices = {"price": variant["price"], "compareAtPrice": variant["compareAtPrice"]}
    found = {
        name: {"amount": str(float(price)), "currencyCode": currency} if price is not None else None
        for name, price in prices.items()
    }
    return [found]


_NONE = {"count": 0, "precision": "EXACT"}
_BOTH = {
    "productParents": constant([]),
    "sellingPlanGroupCount": constant(0),
    "sellingPlanGroups": constant([]),
    "sellingPlanGroupsCount": constant(_NONE),
    "storefrontId": lambda node, context, args: node.id,
    "translations": constant([]),
}

FIELDS: Fields = {
    "Product": {
        **_BOTH,
        **dict.fromkeys(("productCategory", "standardizedProductType"), constant(None)),
        "customProductType": lambda product, context, args: product["productType"] or "",
        "bundleComponents": constant([]),
        "bundleConsolidatedOptions": constant(None),
        "category": _category,
        "combinedListing": constant(None),
        "combinedListingRole": constant(None),
        "compareAtPriceRange": _compare_range,
        "feedback": constant(None),
        "giftCardTemplateSuffix": lambda product, context, args: product["giftCardTemplateSuffix"],
        "onlineStorePreviewUrl": _preview_url,
        "onlineStoreUrl": _store_url,
        "productComponents": constant([]),
        "productComponentsCount": constant(_NONE),
        "requiresSellingPlan": lambda product, context, args: bool(product["requiresSellingPlan"]),
        "restrictedForResource": constant(None),
        "templateSuffix": lambda product, context, args: product["templateSuffix"],
    },
    "ProductVariant": {
        **_BOTH,
        "presentmentPrices": _presentment,
        "productVariantComponents": constant([]),
        "showUnitPrice": lambda variant, context, args: bool(variant["showUnitPrice"]),
        "taxCode": lambda variant, context, args: variant["taxCode"],
        "unitPrice": constant(None),
        "unitPriceMeasurement": constant(None),
    },
}
