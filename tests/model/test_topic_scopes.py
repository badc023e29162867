"""The scope column of the table of native topics (engine.md 2.2)."""

from __future__ import annotations

import pytest

from runner.model.topic import SHOPIFY_VERBS
from runner.model.topic_scopes import TOPIC_SCOPES, topic_scopes

FULFILLMENT_ORDERS = {
    "read_assigned_fulfillment_orders",
    "read_merchant_managed_fulfillment_orders",
    "read_third_party_fulfillment_orders",
}
FREE = {
    "checkout_and_accounts_configurations",
    "customer_account_settings",
    "domains",
    "publications",
    "shop",
    "tax_partners",
    "tax_summaries",
}
"""Subjects whose row shows no scope."""


@pytest.mark.parametrize(
    ("topic", "expected"),
    [
        ("shopify/carts/create", {"read_orders"}),
        ("shopify/channels/delete", {"read_publications"}),
        ("shopify/checkouts/update", {"read_orders"}),
        ("shopify/collections/delete", {"read_products"}),
        ("shopify/companies/create", {"read_customers", "read_companies"}),
        ("shopify/company_contact_roles/assign", {"read_customers", "read_companies"}),
        ("shopify/company_contacts/create", {"read_customers", "read_companies"}),
        ("shopify/company_locations/delete", {"read_customers", "read_companies"}),
        ("shopify/customer/tags_added", {"read_customers"}),
        ("shopify/customer_groups/update", {"read_customers"}),
        ("shopify/customers/create", {"read_customers"}),
        ("shopify/customers/merge", {"read_customer_merge"}),
        ("shopify/customers_email_marketing_consent/update", {"read_customers"}),
        ("shopify/customers_marketing_consent/update", {"read_customers"}),
        ("shopify/delivery_promise_settings/update", {"read_shipping"}),
        ("shopify/discounts/redeemcode_added", {"read_discounts"}),
        ("shopify/disputes/create", {"read_shopify_payments_disputes"}),
        ("shopify/draft_orders/create", {"read_draft_orders"}),
        ("shopify/finance_app_staff_member/grant", {"read_financial_kyc_information"}),
        ("shopify/finance_kyc_information/update", {"read_financial_kyc_information"}),
        ("shopify/fulfillment_events/create", {"read_fulfillments"}),
        ("shopify/fulfillment_holds/added", FULFILLMENT_ORDERS),
        ("shopify/fulfillment_orders/split", FULFILLMENT_ORDERS),
        ("shopify/fulfillments/update", {"read_fulfillments", "read_marketplace_orders"}),
        ("shopify/inventory_items/create", {"read_inventory", "read_products"}),
        ("shopify/inventory_levels/update", {"read_inventory"}),
        ("shopify/inventory_shipments/create", {"read_inventory_shipments"}),
        ("shopify/inventory_shipments/receive_items", {"read_inventory_shipments_received_items"}),
        ("shopify/inventory_transfers/cancel", {"read_inventory_transfers"}),
        ("shopify/locales/create", {"read_locales"}),
        ("shopify/locations/activate", {"read_locations"}),
        ("shopify/markets/create", {"read_markets"}),
        ("shopify/markets_backup_region/update", {"read_markets"}),
        ("shopify/metafield_definitions/create", {"read_content"}),
        ("shopify/order_transactions/create", {"read_orders"}),
        ("shopify/orders/updated", {"read_orders"}),
        ("shopify/orders/edited", {"read_orders"}),
        ("shopify/payment_schedules/due", {"read_payment_terms"}),
        ("shopify/payment_terms/create", {"read_payment_terms"}),
        ("shopify/product_feeds/create", {"read_product_listings"}),
        ("shopify/products/update", {"read_products"}),
        ("shopify/profiles/create", {"read_shipping", "read_assigned_shipping"}),
        ("shopify/refunds/create", {"read_orders"}),
        ("shopify/returns/request", {"read_returns"}),
        ("shopify/returns/close", {"read_returns", "read_orders"}),
        ("shopify/returns/cancel", {"read_returns", "read_orders"}),
        ("shopify/returns/reopen", {"read_returns", "read_orders"}),
        ("shopify/reverse_deliveries/attach_deliverable", {"read_returns"}),
        ("shopify/reverse_fulfillment_orders/dispose", {"read_returns"}),
        ("shopify/segments/create", {"read_customers"}),
        ("shopify/tender_transactions/create", {"read_orders"}),
        ("shopify/themes/publish", {"read_themes"}),
        ("shopify/variants/in_stock", {"read_products"}),
        ("shopify/metaobjects/create", {"read_metaobjects"}),
        *((f"shopify/{subject}/update", set()) for subject in sorted(FREE)),
        ("shopify/unheard_of/create", set()),
        ("mechanic/user/order", set()),
        ("user/orders/create", set()),
        ("orders", set()),
    ],
)
def test_a_topic_needs_one_of_its_rows_scopes(topic: str, expected: set[str]) -> None:
    assert set(topic_scopes(topic)) == expected


def test_every_native_subject_has_a_row_or_is_free() -> None:
    assert {subject for subject in SHOPIFY_VERBS if not topic_scopes(f"shopify/{subject}/any")} == FREE


def test_rows_name_subjects_and_verbs_that_exist() -> None:
    rows = [row.partition("/") for row in TOPIC_SCOPES if row != "metaobjects"]
    assert [subject for subject, _, verb in rows if verb and verb not in SHOPIFY_VERBS[subject]] == []
    assert {subject for subject, _, _ in rows} <= set(SHOPIFY_VERBS)
