"""The resources of the REST Admin API and the scopes that open them, without ``read_`` or ``write_``.

Several names are alternatives; none means that every token may call it. Sub-resources go by their parent:
``orders/1/transactions`` by ``orders``.
"""

from __future__ import annotations

from collections.abc import Mapping

_FULFILLMENT_ORDERS = (
    "assigned_fulfillment_orders",
    "merchant_managed_fulfillment_orders",
    "third_party_fulfillment_orders",
)

REST_RESOURCES: Mapping[str, tuple[str, ...]] = {
    "access_scopes": (),
    "application_charges": (),
    "articles": ("content",),
    "assigned_fulfillment_orders": _FULFILLMENT_ORDERS[:1],
    "blogs": ("content",),
    "carrier_services": ("shipping",),
    "checkouts": ("orders",),
    "collection_listings": ("product_listings",),
    "collections": ("products",),
    "collects": ("products",),
    "comments": ("content",),
    "countries": ("shipping",),
    "currencies": (),
    "custom_collections": ("products",),
    "customer_saved_searches": ("customers",),
    "customers": ("customers",),
    "discount_codes": ("price_rules", "discounts"),
    "draft_orders": ("draft_orders",),
    "events": (),
    "fulfillment_orders": _FULFILLMENT_ORDERS,
    "fulfillment_services": ("fulfillments",),
    "fulfillments": _FULFILLMENT_ORDERS,
    "gift_cards": ("gift_cards",),
    "inventory_items": ("inventory", "products"),
    "inventory_levels": ("inventory",),
    "locations": ("locations",),
    "marketing_events": ("marketing_events",),
    "metafields": (),
    "mobile_platform_applications": ("mobile_platform_applications",),
    "oauth": (),
    "orders": ("orders",),
    "pages": ("content",),
    "policies": ("legal_policies",),
    "price_rules": ("price_rules", "discounts"),
    "product_listings": ("product_listings",),
    "products": ("products",),
    "recurring_application_charges": (),
    "redirects": ("content", "online_store_navigation"),
    "reports": ("reports",),
    "resource_feedback": ("resource_feedbacks",),
    "script_tags": ("script_tags",),
    "shipping_zones": ("shipping",),
    "shop": (),
    "shopify_payments": ("shopify_payments_payouts",),
    "smart_collections": ("products",),
    "storefront_access_tokens": (),
    "tender_transactions": ("orders",),
    "themes": ("themes",),
    "users": ("users",),
    "variants": ("products",),
    "webhooks": (),
}
READ_ONLY = frozenset({"legal_policies", "product_listings", "shopify_payments_payouts", "users"})
"""Scopes that exist only in the read form, or whose read form is enough."""
