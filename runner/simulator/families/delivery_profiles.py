"""Delivery profiles: which variants ship by which. The general one has all that no other one has.

``DeliveryProfile``: name, default. A variant in a profile of its own keeps ``_delivery_profile``. Zones and rates are
not simulated.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from runner.simulator.contract import Context, Fields, Listing
from runner.simulator.families.products import variants_of
from runner.simulator.graph import Graph, Node

GENERAL = "General profile"


def default_profile(graph: Graph) -> Node | None:
    """The general profile."""
    return next((node for node in graph.of_type("DeliveryProfile") if node["default"]), None)


def profile_of(graph: Graph, variant: Node) -> Node | None:
    """The profile of a variant; None when it is not shipped."""
    item = graph.get(variant["inventoryItem"])
    if item is not None and item["requiresShipping"] is False:
        return None
    return graph.get(variant["_delivery_profile"]) or default_profile(graph)


def _variants(profile: Node, context: Context) -> list[Node]:
    found = context.graph.of_type("ProductVariant")
    return [variant for variant in found if profile_of(context.graph, variant) is profile]


def _items(profile: Node, context: Context, args: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The products of a profile, each with those of its variants that are in it."""
    rows = []
    for product in context.graph.of_type("Product"):
        found = [each for each in variants_of(context.graph, product.id) if profile_of(context.graph, each) is profile]
        if found:
            node_id = f"gid://shopify/DeliveryProfileItem/{profile.number}{product.number}"
            rows.append({"id": node_id, "product": product, "variants": found})
    return rows


def _groups(profile: Node, context: Context, args: Mapping[str, Any]) -> list[dict[str, Any]]:
    node_id = f"gid://shopify/DeliveryLocationGroup/{profile.number}"
    if args.get("locationGroupId") not in (None, node_id):
        return []
    places = [node for node in context.graph.of_type("Location") if node["isActive"] is not False]
    group = {"id": node_id, "locations": places, "locationsCount": {"count": len(places), "precision": "EXACT"}}
    return [{"locationGroup": group, "countriesInAnyZone": [], "locationGroupZones": []}]


def _count(profile: Node, context: Context, args: Mapping[str, Any]) -> dict[str, Any]:
    return {"count": len(_variants(profile, context)), "precision": "EXACT"}


def _locations(profile: Node, context: Context, args: Mapping[str, Any]) -> int:
    return len([node for node in context.graph.of_type("Location") if node["isActive"] is not False])


def _profiles(source: Any, context: Context, args: Mapping[str, Any]) -> Listing:
    return Listing(context.graph.of_type("DeliveryProfile"))


FIELDS: Fields = {
    "DeliveryProfile": {
        "activeMethodDefinitionsCount": lambda profile, context, args: 0,
        "locationsWithoutRatesCount": lambda profile, context, args: 0,
        "originLocationCount": _locations,
        "productVariantsCount": _count,
        "productVariantsCountV2": lambda profile, context, args: {
            "count": len(_variants(profile, context)),
            "capped": False,
        },
        "profileItems": _items,
        "profileLocationGroups": _groups,
        "sellingPlanGroups": lambda profile, context, args: [],
        "unassignedLocations": lambda profile, context, args: [],
        "unassignedLocationsPaginated": lambda profile, context, args: [],
        "version": lambda profile, context, args: 1,
        "zoneCountryCount": lambda profile, context, args: 0,
    },
    "ProductVariant": {"deliveryProfile": lambda variant, context, args: profile_of(context.graph, variant)},
    "QueryRoot": {"deliveryProfiles": _profiles},
}
