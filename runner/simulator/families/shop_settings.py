"""What the settings of every simulated shop are, and what the API says of itself: versions, languages, policies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from runner.shopify.schema import KNOWN_VERSIONS
from runner.simulator.contract import Context, Fields, Listing
from runner.simulator.families.answers import always, count_of
from runner.simulator.families.markets import regions
from runner.simulator.graph import Node, gid

_ENGLISH = {"locale": "en", "name": "English", "primary": True, "published": True, "marketWebPresences": []}
_LANGUAGES = {
    "cs": "Czech",
    "da": "Danish",
    "de": "German",
    "en": "English",
    "es": "Spanish",
    "fi": "Finnish",
    "fr": "French",
    "it": "Italian",
    "ja": "Japanese",
    "ko": "Korean",
    "nb": "Norwegian (Bokmål)",
    "nl": "Dutch",
    "pl": "Polish",
    "pt-BR": "Portuguese (Brazil)",
    "pt-PT": "Portuguese (Portugal)",
    "sv": "Swedish",
    "th": "Thai",
    "tr": "Turkish",
    "vi": "Vietnamese",
    "zh-CN": "Chinese (Simplified)",
    "zh-TW": "Chinese (Traditional)",
}
_MONTHS = {"01": "January", "04": "April", "07": "July", "10": "October"}
_OFF = (
    "avalaraAvatax",
    "captcha",
    "captchaExternalDomains",
    "dynamicRemarketing",
    "eligibleForSubscriptionMigration",
    "legacySubscriptionGatewayEnabled",
    "onboardingVisual",
    "sellsSubscriptions",
    "usingShopifyBalance",
)
_ON = (
    "deliveryProfiles",
    "eligibleForSubscriptions",
    "giftCards",
    "harmonizedSystemCode",
    "internationalDomains",
    "internationalPriceOverrides",
    "internationalPriceRules",
    "liveView",
    "reports",
    "showMetrics",
    "storefront",
    "unifiedMarkets",
)


def _features(shop: Node, context: Context, args: Mapping[str, Any]) -> dict[str, Any]:
    plus = "plus" in str(shop["_plan"] or "").lower()
    return {
        **dict.fromkeys(_OFF, False),
        **dict.fromkeys(_ON, True),
        "shopifyPlus": plus,
        "branding": "SHOPIFY_PLUS" if plus else "SHOPIFY",
        "bundles": {"eligibleForBundles": True, "ineligibilityReason": None, "sellsBundles": False},
        "cartTransform": {
            "eligibleOperations": {"expandOperation": True, "mergeOperation": True, "updateOperation": plus}
        },
        "paypalExpressSubscriptionGatewayStatus": "DISABLED",
    }


def _limits(shop: Node, context: Context, args: Mapping[str, Any]) -> dict[str, Any]:
    limits = {"locationLimit": 200, "maxProductOptions": 3, "maxProductVariants": 2048}
    return {**limits, "redirectLimitReached": False}


def _accounts(shop: Node, context: Context, args: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "customerAccountsVersion": "NEW_CUSTOMER_ACCOUNTS",
        "loginLinksVisibleOnStorefrontAndCheckout": True,
        "loginRequiredAtCheckout": False,
        "url": f"https://{shop['_domain'] or shop['myshopifyDomain']}/account",
    }


def _countries(shop: Node, context: Context, args: Mapping[str, Any]) -> list[str]:
    """Where markets sell; the shop's own country when there is none."""
    regions = [code for market in context.graph.of_type("Market") for code in market["_countries"] or []]
    own = (shop["_address"] or {}).get("countryCode")
    return sorted(set(regions) or ({own} if own else set()))


def _apps(shop: Node, context: Context, args: Mapping[str, Any]) -> Listing:
    return Listing(context.graph.of_type("App"))


def _versions(source: Any, context: Context, args: Mapping[str, Any]) -> list[dict[str, Any]]:
    dated = [
        {"handle": each, "displayName": f"{each[:4]}-{each[5:]} ({_MONTHS.get(each[5:], each[5:])})", "supported": True}
        for each in KNOWN_VERSIONS
    ]
    return [*dated, {"handle": "unstable", "displayName": "unstable", "supported": False}]


def _business(source: Any, context: Context, args: Mapping[str, Any]) -> dict[str, Any] | None:
    return business_entity(context) if args.get("id") in (None, gid("BusinessEntity", 1)) else None


def business_entity(context: Context) -> dict[str, Any]:
    """The one business that the shop is."""
    name, address = context.shop["name"], context.shop["_address"] or {}
    return {
        "__typename": "BusinessEntity",
        "id": gid("BusinessEntity", 1),
        "displayName": name,
        "companyName": name,
        "primary": True,
        "archived": False,
        "shopifyPaymentsAccount": None,
        "address": {
            **{key: address.get(key) for key in ("address1", "address2", "city", "province", "zip")},
            "countryCode": address.get("countryCode") or "US",
        },
    }


def _regions(source: Any, context: Context, args: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The countries of all markets; the first of them stands in where no market fits."""
    return [region for market in context.graph.of_type("Market") for region in regions(market, context)]


def _codes(source: Any, context: Context, args: Mapping[str, Any]) -> dict[str, Any]:
    return count_of(context.graph.count("DiscountRedeemCode"))


FIELDS: Fields = {
    "Shop": {
        **always([], ("alerts", "allProductCategories", "allProductCategoriesList", "navigationSettings")),
        **always([], ("shopPolicies", "storefrontAccessTokens")),
        **always(False, ("marketingSmsConsentEnabledAtCheckout", "setupRequired", "taxShipping", "taxesIncluded")),
        **always(False, ("transactionalSmsDisabled",)),
        **always(True, ("checkoutApiSupported",)),
        **always("OPTIONAL", ("customerAccounts",)),
        **always("#", ("orderNumberFormatPrefix",)),
        **always("", ("orderNumberFormatSuffix", "analyticsToken")),
        **always(None, ("merchantApprovalSignals",)),
        "availableChannelApps": _apps,
        "customerAccountsV2": _accounts,
        "features": _features,
        "resourceLimits": _limits,
        "richTextEditorUrl": lambda shop, context, args: f"https://{shop['myshopifyDomain']}/admin/rte",
        "shipsToCountries": _countries,
        "storefrontUrl": lambda shop, context, args: f"https://{shop['_domain'] or shop['myshopifyDomain']}",
    },
    "QueryRoot": {
        **always([], ("availableCarrierServices", "appDiscountTypes", "fulfillmentConstraintRules")),
        **always(None, ("shopifyPaymentsAccount", "serverPixel", "webPixel", "financeKycInformation")),
        **always([], ("catalogOperations",)),
        "availableBackupRegions": _regions,
        "availableLocales": lambda source, context, args: [
            {"isoCode": code, "name": name} for code, name in _LANGUAGES.items()
        ],
        "backupRegion": lambda source, context, args: next(iter(_regions(None, context, {})), None),
        "businessEntities": lambda source, context, args: [business_entity(context)],
        "businessEntity": _business,
        "discountCodesCount": _codes,
        "locationsAvailableForDeliveryProfiles": lambda source, context, args: [
            each for each in context.graph.of_type("Location") if each["isActive"] is not False
        ],
        "onlineStore": lambda source, context, args: {"passwordProtection": {"enabled": False}},
        "publicApiVersions": _versions,
        "shopBillingPreferences": lambda source, context, args: {"currency": context.shop["currencyCode"]},
        "shopLocales": lambda source, context, args: [_ENGLISH],
    },
}
