"""The access scopes that Shopify demands for subscriptions to its topics (engine.md 2.2)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

_TABLE = """
read_assigned_fulfillment_orders/read_merchant_managed_fulfillment_orders/read_third_party_fulfillment_orders:
    fulfillment_holds fulfillment_orders
read_content: metafield_definitions
read_customer_merge: customers/merge
read_customers/read_companies: companies company_contact_roles company_contacts company_locations
read_customers: customer customer_groups customers customers_email_marketing_consent customers_marketing_consent
    segments
read_discounts: discounts
read_draft_orders: draft_orders
read_financial_kyc_information: finance_app_staff_member finance_kyc_information
read_fulfillments/read_marketplace_orders: fulfillments
read_fulfillments: fulfillment_events
read_inventory/read_products: inventory_items
read_inventory: inventory_levels
read_inventory_shipments: inventory_shipments
read_inventory_shipments_received_items: inventory_shipments/receive_items
read_inventory_transfers: inventory_transfers
read_locales: locales
read_locations: locations
read_markets: markets markets_backup_region
read_metaobjects: metaobjects
read_orders: carts checkouts order_transactions orders refunds tender_transactions
read_payment_terms: payment_schedules payment_terms
read_product_listings: product_feeds
read_products: collections products variants
read_publications: channels
read_returns/read_orders: returns/cancel returns/close returns/reopen
read_returns: returns reverse_deliveries reverse_fulfillment_orders
read_shipping/read_assigned_shipping: profiles
read_shipping: delivery_promise_settings
read_shopify_payments_disputes: disputes
read_themes: themes
"""
"""Alternatives: subjects, or subject/verb where one verb differs from the others of its subject."""


def _read_table(table: str) -> Mapping[str, tuple[str, ...]]:
    scopes: tuple[str, ...] = ()
    rows: dict[str, tuple[str, ...]] = {}
    for word in table.split():
        if word.endswith(":"):
            scopes = tuple(word[:-1].split("/"))
        else:
            rows[word] = scopes
    return MappingProxyType(rows)


TOPIC_SCOPES: Mapping[str, tuple[str, ...]] = _read_table(_TABLE)


def topic_scopes(topic: str) -> tuple[str, ...]:
    """The scopes of which a subscription to ``topic`` (without offset) needs one; empty when it needs none.

    Only ``shopify/`` topics need any; one that is not on the documented list needs none that is known.
    """
    domain, _, rest = topic.partition("/")
    if domain != "shopify":
        return ()
    return TOPIC_SCOPES.get(rest) or TOPIC_SCOPES.get(rest.partition("/")[0], ())
