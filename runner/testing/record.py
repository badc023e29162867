"""Reads a store through its Admin API and writes it as a seed, people made anonymous. Nothing is changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from runner.errors import ShopifyError
from runner.shopify.client import ShopifyClient

_PAGE = 20
"""Objects of a page: a page of products with their levels has to stay below the cost limit of one query."""
_SHOP = """{ shop { name myshopifyDomain currencyCode ianaTimezone plan { publicDisplayName } } }"""
_LOCATIONS = """query Locations($first: Int!, $after: String) {
  locations(first: $first, after: $after, includeInactive: true) {
  nodes { id name isActive fulfillsOnlineOrders address { city province provinceCode country countryCode } }
  pageInfo { hasNextPage endCursor } } }"""
_PRODUCTS = """query Products($first: Int!, $after: String) { products(first: $first, after: $after) {
  nodes { id title handle productType vendor tags status options { name optionValues { name } }
    metafields(first: 20) { nodes { namespace key type value } }
    variants(first: 100) { nodes { sku price compareAtPrice barcode taxable inventoryPolicy
      selectedOptions { name value }
      inventoryItem { tracked inventoryLevels(first: 10) { nodes {
        location { id } quantities(names: ["available", "committed"]) { name quantity } } } } }
      pageInfo { hasNextPage } } }
  pageInfo { hasNextPage endCursor } } }"""
_COLLECTIONS = """query Collections($first: Int!, $after: String) { collections(first: $first, after: $after) {
  nodes { id title handle sortOrder ruleSet { appliedDisjunctively rules { column relation condition } }
    products(first: 100) { nodes { id handle } pageInfo { hasNextPage } } }
  pageInfo { hasNextPage endCursor } } }"""
_CUSTOMERS = """query Customers($first: Int!, $after: String) { customers(first: $first, after: $after) {
  nodes { id tags state taxExempt locale numberOfOrders amountSpent { amount }
    defaultAddress { city provinceCode countryCodeV2 } }
  pageInfo { hasNextPage endCursor } } }"""
_PLANS = ("basic", "advanced", "plus", "enterprise")

Told = Callable[[str], None]


def record_seed(client: ShopifyClient, *, most: int, told: Told = lambda words: None) -> dict[str, Any]:
    """The seed of the store that ``client`` calls: its shop, locations, products, collections and customers.

    ``most`` of each kind. Ids of products, collections and customers stay, so that options which name them fit.
    Customers have made-up names and addresses of email, no phones, notes and streets; the owner and the shop's
    own addresses are left out. ``told`` hears a word for each kind. ``ShopifyError`` when the store refuses.
    """
    shop = _asked(client, _SHOP, {})["shop"]
    places = list(islice(_all(client, _LOCATIONS, "locations", most), most))
    names = _unique_names(places)
    told(f"{len(places)} locations")
    products = list(islice(_all(client, _PRODUCTS, "products", most), most))
    told(f"{len(products)} products{_cut(products, 'variants')}")
    kept = {str(product["handle"]) for product in products}
    collections = list(islice(_all(client, _COLLECTIONS, "collections", most), most))
    told(f"{len(collections)} collections{_cut(collections, 'products')}")
    customers = list(islice(_all(client, _CUSTOMERS, "customers", most), most))
    told(f"{len(customers)} customers")
    seed: dict[str, Any] = {
        "shop": _shop(shop),
        "locations": [_location(place, names[place["id"]]) for place in places],
        "products": [_product(product, names) for product in products],
        "collections": [_collection(each, kept) for each in collections],
        "customers": [_customer(each, number) for number, each in enumerate(customers, 1)],
    }
    return {name: value for name, value in seed.items() if value}


def _asked(client: ShopifyClient, query: str, variables: Mapping[str, Any]) -> dict[str, Any]:
    reply = client.graphql(query, dict(variables))
    failure = reply.failure()
    if failure is not None:
        raise failure
    data = reply.body.get("data") if isinstance(reply.body, dict) else None
    if not isinstance(data, dict):
        raise ShopifyError("the shop's answer holds no data", code="shopify.failed")
    return data


def _all(client: ShopifyClient, query: str, root: str, most: int) -> Iterator[dict[str, Any]]:
    """The nodes of a connection, page by page."""
    after = None
    while True:
        found = _asked(client, query, {"first": min(_PAGE, most), "after": after})[root]
        yield from found["nodes"]
        if not found["pageInfo"]["hasNextPage"]:
            return
        after = found["pageInfo"]["endCursor"]


def _cut(nodes: Sequence[Mapping[str, Any]], part: str) -> str:
    """A word on those of which only the first hundred of a part are taken; nothing when there are none."""
    count = sum(each[part]["pageInfo"]["hasNextPage"] for each in nodes)
    return f"; of {count} only the first 100 {part}" if count else ""


def _shop(shop: Mapping[str, Any]) -> dict[str, Any]:
    plan = str((shop.get("plan") or {}).get("publicDisplayName") or "").lower()
    return {
        "name": shop["name"],
        "domain": shop["myshopifyDomain"],
        "timezone": shop["ianaTimezone"],
        "currency": shop["currencyCode"],
        "plan": next((each for each in _PLANS if each in plan), "basic"),
    }


def _unique_names(places: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Location -> name; a seed names locations, so that each needs another."""
    found: dict[str, str] = {}
    for place in places:
        name = str(place["name"])
        found[str(place["id"])] = f"{name} {_number(place['id'])}" if name in found.values() else name
    return found


def _location(place: Mapping[str, Any], name: str) -> dict[str, Any]:
    address = place.get("address") or {}
    kept = {
        "city": address.get("city"),
        "province": address.get("province"),
        "province_code": address.get("provinceCode"),
        "country": address.get("country"),
        "country_code": address.get("countryCode"),
    }
    return {
        "name": name,
        "id": _number(place["id"]),
        "active": bool(place["isActive"]),
        "fulfills_online_orders": bool(place["fulfillsOnlineOrders"]),
        "address": {key: value for key, value in kept.items() if value},
    }


def _product(product: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    options = {each["name"]: [value["name"] for value in each["optionValues"]] for each in product["options"]}
    plain = options == {"Title": ["Default Title"]}
    found: dict[str, Any] = {
        "title": product["title"],
        "handle": product["handle"],
        "id": _number(product["id"]),
        "type": product["productType"],
        "vendor": product["vendor"],
        "tags": product["tags"],
        "status": str(product["status"]).lower(),
    }
    metafields = _metafields(product["metafields"]["nodes"])
    variants = [_variant(each, names) for each in product["variants"]["nodes"]]
    if plain and variants:
        found.update({key: value for key, value in variants[0].items() if key != "Title"})
    else:
        found.update(options=options, variants=variants)
    return {**found, **({"metafields": metafields} if metafields else {})}


def _variant(variant: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    item = variant["inventoryItem"]
    levels = {}
    for level in item["inventoryLevels"]["nodes"]:
        counts = {each["name"]: each["quantity"] for each in level["quantities"] if each["quantity"]}
        if level["location"]["id"] in names:
            levels[names[level["location"]["id"]]] = counts or 0
    found = {
        **{each["name"]: each["value"] for each in variant["selectedOptions"]},
        "sku": variant["sku"],
        "price": str(variant["price"]),
        "compare_at_price": variant["compareAtPrice"],
        "barcode": variant["barcode"],
        "taxable": variant["taxable"],
        "inventory_policy": str(variant["inventoryPolicy"]).lower(),
        "tracked": item["tracked"],
        "levels": levels,
    }
    return {name: value for name, value in found.items() if value not in (None, "", {})}


def _metafields(nodes: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Metafields by name; those whose value is empty cannot be."""
    return {
        f"{each['namespace']}.{each['key']}": {"type": each["type"], "value": each["value"]}
        for each in nodes
        if each["value"]
    }


def _collection(each: Mapping[str, Any], kept: set[str]) -> dict[str, Any]:
    found: dict[str, Any] = {"title": each["title"], "handle": each["handle"], "id": _number(each["id"])}
    found["sort"] = str(each["sortOrder"]).lower()
    rules = each.get("ruleSet")
    if rules is None:
        return {**found, "products": [node["handle"] for node in each["products"]["nodes"] if node["handle"] in kept]}
    lines = [f"{rule['column'].lower()} {rule['relation'].lower()} {rule['condition']}" for rule in rules["rules"]]
    return {**found, "any": bool(rules["appliedDisjunctively"]), "rules": lines}


def _customer(each: Mapping[str, Any], number: int) -> dict[str, Any]:
    """A customer without anything that tells who it is; the number tells one from another."""
    address = each.get("defaultAddress") or {}
    place = {"city": address.get("city"), "country_code": address.get("countryCodeV2")}
    count = int(each.get("numberOfOrders") or 0)
    found: dict[str, Any] = {
        "name": f"Customer {number}",
        "id": _number(each["id"]),
        "email": f"customer-{number}@example.com",
        "tags": each["tags"],
        "state": str(each["state"]).lower(),
        "tax_exempt": each["taxExempt"],
        "locale": each["locale"],
    }
    if any(place.values()):
        found["addresses"] = [{key: value for key, value in place.items() if value}]
    if count:
        found["orders_before"] = {"count": count, "spent": str(each["amountSpent"]["amount"])}
    return found


def _number(gid: Any) -> int:
    return int(str(gid).rsplit("/", 1)[-1].partition("?")[0])
