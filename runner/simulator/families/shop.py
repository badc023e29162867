"""The shop: computed fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from runner.simulator.contract import Context, Fields
from runner.simulator.families.locations import formatted
from runner.simulator.families.rendering import shop_zone
from runner.simulator.graph import Node


def _address(shop: Node, context: Context, args: Mapping[str, Any]) -> dict[str, Any]:
    address = shop["_address"] or {}
    names = ("address1", "address2", "city", "country", "province", "provinceCode", "zip")
    return {
        **{name: address.get(name) for name in names},
        "id": f"gid://shopify/ShopAddress/{shop.number}",
        "company": shop["name"],
        "countryCodeV2": address.get("countryCode"),
        "phone": shop["_phone"],
        "latitude": None,
        "longitude": None,
        "formatted": formatted(address),
    }


def _domain(shop: Node, context: Context, args: Mapping[str, Any]) -> dict[str, Any]:
    host = shop["_domain"] or shop["myshopifyDomain"]
    return {
        "id": f"gid://shopify/Domain/{shop.number}",
        "host": host,
        "url": f"https://{host}",
        "sslEnabled": True,
        "localization": None,
        "marketWebPresence": None,
    }


def _offset(shop: Node, context: Context, form: str) -> str:
    return context.clock.now().astimezone(shop_zone(context)).strftime(form)


def _offset_minutes(shop: Node, context: Context, args: Mapping[str, Any]) -> int:
    shift = context.clock.now().astimezone(shop_zone(context)).utcoffset()
    return int(shift.total_seconds() // 60) if shift is not None else 0


def _plan(shop: Node, context: Context, args: Mapping[str, Any]) -> dict[str, Any]:
    name = shop["_plan"] or "Basic"
    return {
        "displayName": name,
        "publicDisplayName": name,
        "partnerDevelopment": False,
        "shopifyPlus": "plus" in name.lower(),
    }


def _currency_formats(shop: Node, context: Context, args: Mapping[str, Any]) -> dict[str, Any]:
    code = shop["currencyCode"]
    plain, named = "${{amount}}", "${{amount}} " + str(code)
    return {
        "moneyFormat": plain,
        "moneyInEmailsFormat": plain,
        "moneyWithCurrencyFormat": named,
        "moneyWithCurrencyInEmailsFormat": named,
    }


FIELDS: Fields = {
    "Shop": {
        "billingAddress": _address,
        "currencyFormats": _currency_formats,
        "domains": lambda shop, context, args: [_domain(shop, context, args)],
        "description": lambda shop, context, args: shop["description"],
        "enabledPresentmentCurrencies": lambda shop, context, args: [shop["currencyCode"]],
        "plan": _plan,
        "primaryDomain": _domain,
        "shopAddress": _address,
        "shopOwnerName": lambda shop, context, args: shop["_owner"] or "",
        "timezoneAbbreviation": lambda shop, context, args: _offset(shop, context, "%Z"),
        "timezoneOffset": lambda shop, context, args: _offset(shop, context, "%z"),
        "timezoneOffsetMinutes": _offset_minutes,
        "unitSystem": lambda shop, context, args: (
            "IMPERIAL_SYSTEM" if shop["weightUnit"] in ("POUNDS", "OUNCES") else "METRIC_SYSTEM"
        ),
        "url": lambda shop, context, args: f"https://{shop['_domain'] or shop['myshopifyDomain']}",
    },
    "QueryRoot": {"shop": lambda source, context, args: context.shop},
}
