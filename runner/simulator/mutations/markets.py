"""Markets, catalogs and price lists: made, changed, deleted."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from runner.simulator.contract import Context, Mutation, user_error
from runner.simulator.families.markets import CATALOGS, market_of_country
from runner.simulator.families.rendering import shop_time
from runner.simulator.graph import Node
from runner.simulator.mutations.titles import free_handle

Errors = list[dict[str, Any]]


def create_market(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """``marketCreate``: by countries. Sends ``markets/create``."""
    given = args["input"]
    errors = _market_errors(context, given, None)
    if errors:
        return {"market": None, "userErrors": errors}
    countries = _countries(given.get("conditions") or {}, given.get("regions"))
    enabled = given.get("enabled")
    market = context.graph.create(
        "Market",
        {
            "name": given["name"],
            "handle": free_handle(context, "Market", given.get("handle") or given["name"]),
            "status": given.get("status") or ("DRAFT" if enabled is False else "ACTIVE"),
            "type": "REGION" if countries else "NONE",
            "_countries": countries,
            "_currency": (given.get("currencySettings") or {}).get("baseCurrency"),
            "_primary": False,
            "createdAt": context.graph.now(),
            "updatedAt": context.graph.now(),
        },
    )
    context.emit("markets/create", _payload(market, context))
    return {"market": market, "userErrors": []}


def update_market(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """``marketUpdate``."""
    market, given = context.graph.get(args["id"], "Market"), args["input"]
    if market is None:
        return {"market": None, "userErrors": [_missing("Market", "MARKET_NOT_FOUND")]}
    errors = _market_errors(context, given, market)
    if errors:
        return {"market": None, "userErrors": errors}
    changes = given.get("conditions") or {}
    gone = _countries(changes.get("conditionsToDelete") or {}, None)
    held = [*(market["_countries"] or []), *_countries(changes.get("conditionsToAdd") or {}, None)]
    fields: dict[str, Any] = {"_countries": [code for code in dict.fromkeys(held) if code not in gone]}
    fields.update({name: given[name] for name in ("name", "handle", "status") if given.get(name)})
    if (given.get("currencySettings") or {}).get("baseCurrency"):
        fields["_currency"] = given["currencySettings"]["baseCurrency"]
    context.graph.update(market.id, {**fields, "updatedAt": context.graph.now()})
    context.emit("markets/update", _payload(market, context))
    return {"market": market, "userErrors": []}


def delete_market(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """``marketDelete``, but not of the primary one."""
    market = context.graph.get(args["id"], "Market")
    if market is None:
        return {"deletedId": None, "userErrors": [_missing("Market", "MARKET_NOT_FOUND")]}
    if market["_primary"]:
        message = "The primary market can't be deleted."
        return {"deletedId": None, "userErrors": [user_error(("id",), message, "CANNOT_DELETE_PRIMARY_MARKET")]}
    context.graph.delete(market.id)
    context.emit("markets/delete", {"id": market.number})
    return {"deletedId": market.id, "userErrors": []}


def create_catalog(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """``catalogCreate``: for markets or for locations of companies."""
    given = args["input"]
    scope = given["context"]
    errors = _catalog_errors(context, given)
    if errors:
        return {"catalog": None, "userErrors": errors}
    locations = scope.get("companyLocationIds")
    kind = CATALOGS[1] if locations else CATALOGS[0]
    fields = {"title": given["title"], "status": given["status"], "publication": given.get("publicationId")}
    members = {"_locations": list(locations)} if locations else {"_markets": list(scope.get("marketIds") or [])}
    catalog = context.graph.create(kind, {**fields, **members})
    if given.get("priceListId"):
        context.graph.update(given["priceListId"], _catalog=catalog.id)
    return {"catalog": catalog, "userErrors": []}


def _catalog_errors(context: Context, given: Mapping[str, Any]) -> list[dict[str, Any]]:
    errors = []
    if "title" in given and not (given["title"] or "").strip():
        errors.append(user_error(("input", "title"), "Title can't be blank", "BLANK"))
    for name, kind in (("priceListId", "PriceList"), ("publicationId", "Publication")):
        if given.get(name) and context.graph.get(given[name], kind) is None:
            label = "Price list" if kind == "PriceList" else kind
            code = f"{label.upper().replace(' ', '_')}_NOT_FOUND"
            errors.append(user_error(("input", name), f"{label} not found.", code))
    return errors


def update_catalog(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """``catalogUpdate``."""
    catalog, given = _catalog(context, args["id"]), args["input"]
    if catalog is None:
        return {"catalog": None, "userErrors": [_missing("Catalog", "CATALOG_NOT_FOUND")]}
    errors = _catalog_errors(context, given)
    if errors:
        return {"catalog": None, "userErrors": errors}
    fields = {name: given[name] for name in ("title", "status") if given.get(name)}
    if "publicationId" in given:
        fields["publication"] = given["publicationId"]
    context.graph.update(catalog.id, fields)
    if given.get("priceListId"):
        context.graph.update(given["priceListId"], _catalog=catalog.id)
    return {"catalog": catalog, "userErrors": []}


def delete_catalog(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """``catalogDelete``, with its price list when that is asked for."""
    catalog = _catalog(context, args["id"])
    if catalog is None:
        return {"deletedId": None, "userErrors": [_missing("Catalog", "CATALOG_NOT_FOUND")]}
    for price_list in context.graph.find("PriceList", "_catalog", catalog.id):
        if args.get("deleteDependentResources"):
            context.graph.delete(price_list.id)
        else:
            context.graph.update(price_list.id, _catalog=None)
    context.graph.delete(catalog.id)
    return {"deletedId": catalog.id, "userErrors": []}


def create_list(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """``priceListCreate``."""
    given = args["input"]
    errors = _list_errors(context, given, None)
    if errors:
        return {"priceList": None, "userErrors": errors}
    adjustment = given["parent"]["adjustment"]
    fields = {
        "name": given["name"],
        "currency": given["currency"],
        "_catalog": given.get("catalogId"),
        "_adjustment": {"type": adjustment["type"], "value": adjustment["value"]},
        "_prices": {},
    }
    return {"priceList": context.graph.create("PriceList", fields), "userErrors": []}


def update_list(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """``priceListUpdate``."""
    price_list, given = context.graph.get(args["id"], "PriceList"), args["input"]
    if price_list is None:
        return {"priceList": None, "userErrors": [_missing("Price list", "PRICE_LIST_NOT_FOUND")]}
    errors = _list_errors(context, given, price_list)
    if errors:
        return {"priceList": None, "userErrors": errors}
    fields = {name: given[name] for name in ("name", "currency") if given.get(name)}
    if given.get("parent"):
        adjustment = given["parent"]["adjustment"]
        fields["_adjustment"] = {"type": adjustment["type"], "value": adjustment["value"]}
    if "catalogId" in given:
        fields["_catalog"] = given["catalogId"]
    return {"priceList": context.graph.update(price_list.id, fields), "userErrors": []}


def delete_list(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """``priceListDelete``."""
    price_list = context.graph.get(args["id"], "PriceList")
    if price_list is None:
        return {"deletedPriceListId": None, "userErrors": [_missing("Price list", "PRICE_LIST_NOT_FOUND")]}
    context.graph.delete(price_list.id)
    return {"deletedPriceListId": price_list.id, "userErrors": []}


def add_prices(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """``priceListFixedPricesAdd``."""
    price_list = context.graph.get(args["priceListId"], "PriceList")
    errors = _price_errors(context, price_list, args["prices"])
    if price_list is None or errors:
        return {"prices": None, "userErrors": errors}
    rows = {row["variantId"]: _stored(row) for row in args["prices"]}
    context.graph.update(price_list.id, _prices={**(price_list["_prices"] or {}), **rows})
    code = price_list["currency"]
    added = [
        {
            "variant": variant_id,
            "price": {"amount": row["price"], "currencyCode": code},
            "compareAtPrice": None,
            "originType": "FIXED",
            "quantityPriceBreaks": [],
        }
        for variant_id, row in rows.items()
    ]
    return {"prices": added, "userErrors": []}


def delete_prices(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """``priceListFixedPricesDelete``."""
    price_list = context.graph.get(args["priceListId"], "PriceList")
    if price_list is None:
        return {"deletedFixedPriceVariantIds": None, "userErrors": _price_errors(context, None, ())}
    held = price_list["_prices"] or {}
    gone = [each for each in args["variantIds"] if each in held]
    left = {key: row for key, row in held.items() if key not in gone}
    context.graph.update(price_list.id, _prices=left)
    return {"deletedFixedPriceVariantIds": gone, "userErrors": []}


def _stored(row: Mapping[str, Any]) -> dict[str, Any]:
    before = row.get("compareAtPrice")
    return {
        "price": f"{Decimal(str(row['price']['amount'])):.2f}",
        "compareAtPrice": f"{Decimal(str(before['amount'])):.2f}" if before else None,
    }


def _price_errors(context: Context, price_list: Node | None, rows: Any) -> Errors:
    if price_list is None:
        return [user_error(("priceListId",), "Price list does not exist.", "PRICE_LIST_NOT_FOUND")]
    for index, row in enumerate(rows):
        path = ("prices", str(index))
        if context.graph.get(row["variantId"], "ProductVariant") is None:
            return [user_error((*path, "variantId"), "Variant does not exist.", "VARIANT_NOT_FOUND")]
        if row["price"]["currencyCode"] != price_list["currency"]:
            message = "The currency doesn't match that of the price list."
            return [user_error((*path, "price", "currencyCode"), message, "PRICE_LIST_CURRENCY_MISMATCH")]
    return []


def _list_errors(context: Context, given: Mapping[str, Any], price_list: Node | None) -> Errors:
    errors: Errors = []
    if "name" in given and not (given["name"] or "").strip():
        errors.append(user_error(("input", "name"), "Name can't be blank", "BLANK"))
    taken = context.graph.first("PriceList", "name", given.get("name")) if given.get("name") else None
    if taken is not None and taken is not price_list:
        errors.append(user_error(("input", "name"), "Name has already been taken", "TAKEN"))
    if given.get("catalogId") and _catalog(context, given["catalogId"]) is None:
        errors.append(user_error(("input", "catalogId"), "Catalog does not exist.", "CATALOG_DOES_NOT_EXIST"))
    return errors + _adjustment_errors((given.get("parent") or {}).get("adjustment"))


def _adjustment_errors(adjustment: Mapping[str, Any] | None) -> Errors:
    """A percentage beyond what its direction allows. Wording by analogy."""
    if adjustment is None:
        return []
    most = 100 if adjustment["type"] == "PERCENTAGE_DECREASE" else 1000
    path = ("input", "parent", "adjustment", "value")
    if adjustment["value"] < 0:
        return [user_error(path, "Value must be greater than or equal to 0", "INVALID_ADJUSTMENT_MIN_VALUE")]
    if adjustment["value"] > most:
        return [user_error(path, f"Value must be less than or equal to {most}", "INVALID_ADJUSTMENT_MAX_VALUE")]
    return []


def _countries(conditions: Mapping[str, Any], rows: Any) -> list[str]:
    regions = (conditions.get("regionsCondition") or {}).get("regions") or rows or []
    return list(dict.fromkeys(row["countryCode"] for row in regions if row.get("countryCode")))


def _market_errors(context: Context, given: Mapping[str, Any], market: Node | None) -> Errors:
    errors: Errors = []
    name = given.get("name")
    if (market is None or "name" in given) and len((name or "").strip()) < 2:
        code = "TOO_SHORT" if (name or "").strip() else "BLANK"
        message = "Name is too short (minimum is 2 characters)" if code == "TOO_SHORT" else "Name can't be blank"
        errors.append(user_error(("input", "name"), message, code))
    taken = context.graph.first("Market", "name", name) if name else None
    if taken is not None and taken is not market:
        errors.append(user_error(("input", "name"), "Name has already been taken", "TAKEN"))
    added = (given.get("conditions") or {}).get("conditionsToAdd") or given.get("conditions") or {}
    for code in _countries(added, given.get("regions")):
        other = market_of_country(context.graph, code)
        if other is not None and other is not market and not given.get("makeDuplicateUniqueMarketsDraft"):
            message = f"{code} has already been taken by another market"
            errors.append(user_error(("input", "conditions", "regionsCondition"), message, "TAKEN"))
    return errors


def _catalog(context: Context, node_id: str) -> Node | None:
    node = context.graph.get(node_id)
    return node if node is not None and node.type in CATALOGS else None


def _missing(what: str, code: str) -> dict[str, Any]:
    return user_error(("id",), f"{what} does not exist.", code)


def _payload(market: Node, context: Context) -> dict[str, Any]:
    return {
        "id": market.number,
        "name": market["name"],
        "handle": market["handle"],
        "enabled": market["status"] == "ACTIVE",
        "regions": [{"country_code": code} for code in market["_countries"] or []],
        "created_at": shop_time(market["createdAt"], context),
        "updated_at": shop_time(market["updatedAt"], context),
    }


MUTATIONS: dict[str, Mutation] = {
    "catalogCreate": create_catalog,
    "catalogDelete": delete_catalog,
    "catalogUpdate": update_catalog,
    "marketCreate": create_market,
    "marketDelete": delete_market,
    "marketUpdate": update_market,
    "priceListCreate": create_list,
    "priceListDelete": delete_list,
    "priceListFixedPricesAdd": add_prices,
    "priceListFixedPricesDelete": delete_prices,
    "priceListUpdate": update_list,
}
