"""REST renderings of stored resources, which are also the webhook payloads (simulator.md 2, engine.md 11.3-11.4)."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from runner.simulator.contract import Context
from runner.simulator.families.files import MEDIA_TYPES, images_of, media_of, ready, url_of
from runner.simulator.families.quantities import available_of_item
from runner.simulator.families.weights import rest_weight
from runner.simulator.graph import Node, number_of


def shop_time(text: str | None, context: Context) -> str | None:
    """A stored time with the shop's offset: ``2026-03-02T10:15:00-05:00``."""
    if text is None:
        return None
    return datetime.fromisoformat(text).astimezone(shop_zone(context)).isoformat(timespec="seconds")


def shop_zone(context: Context) -> ZoneInfo:
    """The shop's time zone; UTC when the seed names one that does not exist."""
    try:
        return ZoneInfo(context.shop["ianaTimezone"] or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def render_level(level: Node, context: Context) -> dict[str, Any]:
    """An inventory level. ``available`` is null for an item that is not tracked."""
    item = context.graph.get(level["item"])
    tracked = item is not None and item["tracked"] is not False
    return {
        "inventory_item_id": number_of(level["item"]),
        "location_id": number_of(level["location"]),
        "available": (level["_quantities"] or {}).get("available", 0) if tracked else None,
        "updated_at": shop_time(level["updatedAt"], context),
        "admin_graphql_api_id": level.id,
    }


def render_item(item: Node, context: Context) -> dict[str, Any]:
    """An inventory item."""
    return {
        "id": item.number,
        "sku": item["sku"] or "",
        "created_at": shop_time(item["createdAt"], context),
        "updated_at": shop_time(item["updatedAt"], context),
        "requires_shipping": item["requiresShipping"] is not False,
        "cost": item["_cost"],
        "country_code_of_origin": item["countryCodeOfOrigin"],
        "province_code_of_origin": item["provinceCodeOfOrigin"],
        "harmonized_system_code": item["harmonizedSystemCode"],
        "tracked": item["tracked"] is not False,
        "country_harmonized_system_codes": [],
        "admin_graphql_api_id": item.id,
    }


def render_location(location: Node, context: Context) -> dict[str, Any]:
    """A location."""
    address: Mapping[str, Any] = location["_address"] or {}
    code = address.get("countryCode")
    return {
        "id": location.number,
        "name": location["name"],
        "address1": address.get("address1"),
        "address2": address.get("address2"),
        "city": address.get("city"),
        "zip": address.get("zip"),
        "province": address.get("province"),
        "country": code,
        "phone": address.get("phone"),
        "created_at": shop_time(location["createdAt"], context),
        "updated_at": shop_time(location["updatedAt"], context),
        "country_code": code,
        "country_name": address.get("country"),
        "province_code": address.get("provinceCode"),
        "legacy": False,
        "active": location["isActive"] is not False,
        "admin_graphql_api_id": location.id,
        "localized_country_name": address.get("country"),
        "localized_province_name": address.get("province"),
    }


def render_variant(variant: Node, context: Context) -> dict[str, Any]:
    """A product variant; ``inventory_quantity`` from its levels."""
    options = [option["value"] for option in variant["selectedOptions"] or []] + [None, None, None]
    item = context.graph.get(variant["inventoryItem"])
    held = available_of_item(context.graph, variant["inventoryItem"])
    return {
        "id": variant.number,
        "product_id": number_of(variant["product"]),
        "title": variant["title"],
        "price": variant["price"],
        "position": variant["position"],
        "inventory_policy": (variant["inventoryPolicy"] or "DENY").lower(),
        "compare_at_price": variant["compareAtPrice"],
        "option1": options[0],
        "option2": options[1],
        "option3": options[2],
        "created_at": shop_time(variant["createdAt"], context),
        "updated_at": shop_time(variant["updatedAt"], context),
        "taxable": variant["taxable"] is not False,
        "barcode": variant["barcode"],
        "fulfillment_service": "manual",
        **rest_weight(context.graph, variant.id),
        "inventory_management": "shopify" if item is not None and item["tracked"] else None,
        "requires_shipping": item is None or item["requiresShipping"] is not False,
        "sku": variant["sku"] or "",
        "inventory_item_id": number_of(variant["inventoryItem"]),
        "inventory_quantity": held,
        "old_inventory_quantity": held,
        "admin_graphql_api_id": variant.id,
        "image_id": next((image.number for image in images_of(context.graph, variant)), None),
    }


def render_product(product: Node, context: Context) -> dict[str, Any]:
    """A product with its variants and options."""
    graph = context.graph
    variants = sorted(graph.find("ProductVariant", "product", product.id), key=lambda node: node["position"] or 0)
    options = sorted(graph.find("ProductOption", "product", product.id), key=lambda node: node["position"] or 0)
    images = _images(product, variants, context)
    return {
        "id": product.number,
        "title": product["title"],
        "body_html": product["descriptionHtml"] or "",
        "vendor": product["vendor"] or "",
        "product_type": product["productType"] or "",
        "created_at": shop_time(product["createdAt"], context),
        "handle": product["handle"],
        "updated_at": shop_time(product["updatedAt"], context),
        "published_at": shop_time(product["publishedAt"], context),
        "template_suffix": product["templateSuffix"],
        "published_scope": "global",
        "tags": ", ".join(product["tags"] or []),
        "status": (product["status"] or "ACTIVE").lower(),
        "admin_graphql_api_id": product.id,
        "variants": [render_variant(variant, context) for variant in variants],
        "options": [
            {
                "id": option.number,
                "product_id": product.number,
                "name": option["name"],
                "position": option["position"],
                "values": list(option["_values"] or []),
            }
            for option in options
        ],
        "images": images,
        "image": images[0] if images else None,
        "media": _media(product, context),
        "variant_gids": [
            {"admin_graphql_api_id": variant.id, "updated_at": shop_time(variant["updatedAt"], context)}
            for variant in variants
        ],
        "has_variants_that_requires_components": False,
        "category": None,
    }


def _media(product: Node, context: Context) -> list[dict[str, Any]]:
    """All media of a product, in their order."""
    return [
        {
            "id": file.number,
            "product_id": product.number,
            "position": position,
            "created_at": shop_time(file["createdAt"], context),
            "updated_at": shop_time(file["updatedAt"], context),
            "alt": file["alt"],
            "status": "READY" if ready(file, context) else "PROCESSING",
            "media_content_type": MEDIA_TYPES[file.type],
            "preview_image": None,
            "variant_ids": [],
            "admin_graphql_api_id": file.id,
        }
        for position, file in enumerate(media_of(context.graph, product), 1)
    ]


def _images(product: Node, variants: Sequence[Node], context: Context) -> list[dict[str, Any]]:
    """The images of a product; ``variant_ids`` are those of the variants that show it."""
    return [
        {
            "id": image.number,
            "alt": image["alt"],
            "position": position,
            "product_id": product.number,
            "created_at": shop_time(image["createdAt"], context),
            "updated_at": shop_time(image["updatedAt"], context),
            "admin_graphql_api_id": f"gid://shopify/ProductImage/{image.number}",
            "width": image["_width"],
            "height": image["_height"],
            "src": url_of(image, str(context.shop["_domain"] or context.shop["myshopifyDomain"])),
            "variant_ids": [each.number for each in variants if image.id in (each["_media"] or [])],
        }
        for position, image in enumerate(images_of(context.graph, product), 1)
    ]


def render_metafield(metafield: Node, context: Context) -> dict[str, Any]:
    """A metafield. REST gives every value as text but of the types ``number_integer`` and ``boolean``."""
    owner = metafield["_owner"]
    value: Any = metafield["value"]
    if metafield["type"] == "number_integer":
        value = int(value)
    elif metafield["type"] == "boolean":
        value = value == "true"
    return {
        "id": metafield.number,
        "namespace": metafield["namespace"],
        "key": metafield["key"],
        "value": value,
        "description": None,
        "owner_id": number_of(owner),
        "created_at": shop_time(metafield["createdAt"], context),
        "updated_at": shop_time(metafield["updatedAt"], context),
        "owner_resource": _OWNER_RESOURCES.get(owner.split("/")[3], owner.split("/")[3].lower()),
        "type": metafield["type"],
        "admin_graphql_api_id": metafield.id,
    }


_OWNER_RESOURCES = {"ProductVariant": "variant", "DraftOrder": "draft_order"}


def render_shop(shop: Node, context: Context) -> dict[str, Any]:
    """The shop record (engine.md 11.1)."""
    address: Mapping[str, Any] = shop["_address"] or {}
    primary = shop["_primary_location"]
    return {
        "id": shop.number,
        "name": shop["name"],
        "email": shop["email"],
        "domain": shop["_domain"],
        "province": address.get("province"),
        "country": address.get("countryCode"),
        "address1": address.get("address1"),
        "zip": address.get("zip"),
        "city": address.get("city"),
        "source": None,
        "phone": shop["_phone"],
        "latitude": None,
        "longitude": None,
        "primary_locale": "en",
        "address2": address.get("address2"),
        "created_at": shop_time(shop["createdAt"], context),
        "updated_at": shop_time(shop["updatedAt"], context),
        "country_code": address.get("countryCode"),
        "country_name": address.get("country"),
        "customer_email": shop["contactEmail"] or shop["email"],
        "shop_owner": shop["_owner"],
        "weight_unit": _WEIGHT_UNITS.get(shop["weightUnit"], "kg"),
        "province_code": address.get("provinceCode"),
        "plan_display_name": shop["_plan"],
        "plan_name": str(shop["_plan"] or "basic").lower().replace(" ", "_"),
        "myshopify_domain": shop["myshopifyDomain"],
        "primary_location_id": number_of(primary) if primary else None,
        **_shop_formats(shop, context),
        **_SHOP_SETTINGS,
        "admin_graphql_api_id": shop.id,
    }


def _shop_formats(shop: Node, context: Context) -> dict[str, Any]:
    """How the shop writes time and money."""
    zone = shop["ianaTimezone"] or "UTC"
    offset = context.clock.now().astimezone(shop_zone(context)).strftime("%z")
    currency = shop["currencyCode"] or "USD"
    plain_format, named_format = "${{amount}}", "${{amount}} " + currency
    return {
        "currency": currency,
        "timezone": f"(GMT{offset[:3]}:{offset[3:]}) {zone}",
        "iana_timezone": zone,
        "money_format": plain_format,
        "money_with_currency_format": named_format,
        "money_in_emails_format": plain_format,
        "money_with_currency_in_emails_format": named_format,
        "enabled_presentment_currencies": [currency],
    }


_SHOP_SETTINGS: Mapping[str, Any] = {
    "taxes_included": False,
    "auto_configure_tax_inclusivity": None,
    "tax_shipping": None,
    "county_taxes": True,
    "has_discounts": False,
    "has_gift_cards": False,
    "google_apps_domain": None,
    "google_apps_login_enabled": None,
    "eligible_for_payments": True,
    "requires_extra_payments_agreement": False,
    "password_enabled": False,
    "has_storefront": True,
    "finances": True,
    "checkout_api_supported": True,
    "multi_location_enabled": True,
    "setup_required": False,
    "pre_launch_enabled": False,
}
"""What every simulated shop answers alike."""
_WEIGHT_UNITS = {"KILOGRAMS": "kg", "GRAMS": "g", "POUNDS": "lb", "OUNCES": "oz"}


def plain(markup: str | None) -> str:
    """The text of HTML, tags dropped and entities read."""
    inside, kept = False, []
    for character in markup or "":
        if character in "<>":
            inside = character == "<"
        elif not inside:
            kept.append(character)
    return html.unescape("".join(kept)).strip()
