"""Markets by region, catalogs, and price lists with fixed prices.

``Market``: name, handle, status, type, ``_countries`` (codes), ``_currency``, ``_primary``. ``MarketCatalog`` and
``CompanyLocationCatalog``: title, status, ``_markets`` or ``_locations`` (gids), publication, priceList. ``PriceList``:
name, currency, ``_catalog``, ``_adjustment`` {type, value}, ``_prices`` {variant gid: {price, compareAtPrice}}.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from runner.simulator.contract import Context, Fields, Listing
from runner.simulator.families.answers import constant
from runner.simulator.graph import Graph, Node

INDEXES = {"Market": ("handle",), "PriceList": ("_catalog",)}
CATALOGS = ("MarketCatalog", "CompanyLocationCatalog")


def currency_of(context: Context, code: str | None) -> dict[str, Any]:
    """A currency as a ``CurrencySetting``; the shop's own without a code."""
    from babel import Locale

    wanted = code or context.shop["currencyCode"]
    name = Locale("en").currencies.get(wanted, wanted)
    return {"currencyCode": wanted, "currencyName": name, "enabled": True, "manualRate": None, "rateUpdatedAt": None}


def primary_market(graph: Graph) -> Node | None:
    """The market of the shop's own country."""
    return next((node for node in graph.of_type("Market") if node["_primary"]), None)


def market_of_country(graph: Graph, code: str) -> Node | None:
    """The active market that a country is in."""
    found = [node for node in graph.of_type("Market") if node["status"] == "ACTIVE"]
    return next((node for node in found if code in (node["_countries"] or [])), None)


def country_name(code: str) -> str:
    """The English name of a country."""
    from babel import Locale

    return str(Locale("en").territories.get(code, code))


def regions(market: Node, context: Context) -> list[dict[str, Any]]:
    """The countries of a market as ``MarketRegionCountry``."""
    return [
        {
            "__typename": "MarketRegionCountry",
            "id": f"gid://shopify/MarketRegionCountry/{market.number}{place:03d}",
            "code": code,
            "name": country_name(code),
            "currency": currency_of(context, market["_currency"]),
        }
        for place, code in enumerate(market["_countries"] or [], 1)
    ]


def _conditions(market: Node, context: Context, args: Mapping[str, Any]) -> dict[str, Any]:
    level = {"applicationLevel": "SPECIFIED"}
    inside = {**level, "regions": regions(market, context)} if market["_countries"] else None
    return {
        "conditionTypes": ["REGION"] if inside else [],
        "regionsCondition": inside,
        "companyLocationsCondition": None,
        "locationsCondition": None,
    }


def _settings(market: Node, context: Context, args: Mapping[str, Any]) -> dict[str, Any]:
    base = currency_of(context, market["_currency"])
    return {"baseCurrency": base, "localCurrencies": False, "roundingEnabled": True}


def _catalogs_of(market: Node, context: Context, args: Mapping[str, Any]) -> list[Node]:
    return [node for node in context.graph.of_type("MarketCatalog") if market.id in (node["_markets"] or [])]


def _price_list(catalog: Node, context: Context, args: Mapping[str, Any]) -> Node | None:
    return context.graph.first("PriceList", "_catalog", catalog.id)


def _price(price_list: Node, variant: Node, context: Context) -> dict[str, Any]:
    """The price of a variant in a list: the fixed one, else the shop's own, adjusted."""
    fixed = (price_list["_prices"] or {}).get(variant.id)
    code = price_list["currency"]
    if fixed is not None:
        price, before = fixed["price"], fixed.get("compareAtPrice")
    else:
        price, before = _adjusted(price_list, variant["price"]), None
    return {
        "variant": variant,
        "price": {"amount": price, "currencyCode": code},
        "compareAtPrice": {"amount": before, "currencyCode": code} if before else None,
        "originType": "FIXED" if fixed is not None else "RELATIVE",
        "quantityPriceBreaks": [],
    }


def _adjusted(price_list: Node, price: str) -> str:
    adjustment = price_list["_adjustment"] or {"type": "PERCENTAGE_DECREASE", "value": 0}
    share = Decimal(str(adjustment["value"])) / 100
    factor = 1 - share if adjustment["type"] == "PERCENTAGE_DECREASE" else 1 + share
    return str((Decimal(price) * factor).quantize(Decimal("0.01"), ROUND_HALF_UP))


def _prices(price_list: Node, context: Context, args: Mapping[str, Any]) -> Listing:
    wanted = args.get("originType")
    rows = [_price(price_list, variant, context) for variant in context.graph.of_type("ProductVariant")]
    return Listing([row for row in rows if wanted in (None, row["originType"])])


def _parent(price_list: Node, context: Context, args: Mapping[str, Any]) -> dict[str, Any] | None:
    adjustment = price_list["_adjustment"]
    return {"adjustment": adjustment, "settings": {"compareAtMode": "ADJUSTED"}} if adjustment else None


def _markets(source: Any, context: Context, args: Mapping[str, Any]) -> Listing:
    kind = args.get("type")
    found = [node for node in context.graph.of_type("Market") if kind in (None, node["type"])]
    return Listing(found, search="markets")


def _catalogs(source: Any, context: Context, args: Mapping[str, Any]) -> Listing:
    types = {"APP": ("AppCatalog",), "COMPANY_LOCATION": CATALOGS[1:], "MARKET": CATALOGS[:1]}
    kinds = types.get(args.get("type") or "", ("AppCatalog", *CATALOGS))
    found = [node for kind in kinds for node in context.graph.of_type(kind)]
    return Listing(found, search="catalogs")


def _by_geography(source: Any, context: Context, args: Mapping[str, Any]) -> Node | None:
    return market_of_country(context.graph, args["countryCode"])


_CATALOG = {"operations": constant([]), "priceList": _price_list}

FIELDS: Fields = {
    "CompanyLocationCatalog": {
        **_CATALOG,
        "companyLocations": lambda catalog, context, args: catalog["_locations"] or [],
        "companyLocationsCount": lambda catalog, context, args: {
            "count": len(catalog["_locations"] or []),
            "precision": "EXACT",
        },
    },
    "Market": {
        "assignedCustomization": constant(False),
        "catalogs": _catalogs_of,
        "catalogsCount": lambda market, context, args: {
            "count": len(_catalogs_of(market, context, args)),
            "precision": "EXACT",
        },
        "conditions": _conditions,
        "currencySettings": _settings,
        "enabled": lambda market, context, args: market["status"] == "ACTIVE",
        "priceInclusions": constant(None),
        "priceList": lambda market, context, args: next(
            (_price_list(catalog, context, {}) for catalog in _catalogs_of(market, context, {})), None
        ),
        "primary": lambda market, context, args: bool(market["_primary"]),
        "regions": lambda market, context, args: regions(market, context),
        "webPresence": constant(None),
        "webPresences": constant([]),
    },
    "MarketCatalog": {
        **_CATALOG,
        "markets": lambda catalog, context, args: catalog["_markets"] or [],
        "marketsCount": lambda catalog, context, args: {"count": len(catalog["_markets"] or []), "precision": "EXACT"},
    },
    "PriceList": {
        "catalog": lambda price_list, context, args: price_list["_catalog"],
        "fixedPricesCount": lambda price_list, context, args: len(price_list["_prices"] or {}),
        "parent": _parent,
        "prices": _prices,
        "quantityRules": constant([]),
    },
    "QueryRoot": {
        "catalogs": _catalogs,
        "marketByGeography": _by_geography,
        "markets": _markets,
        "primaryMarket": lambda source, context, args: primary_market(context.graph),
    },
}
