"""Each connection is searched by the fields that Shopify documents for it.

The names are those of the tables under the argument ``query`` of each query of the reference, version 2026-04:
https://shopify.dev/docs/api/admin-graphql/2026-04/queries/<name>.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from runner.simulator.server import RunningShop

Ask = Callable[..., dict[str, Any]]
DOCUMENTED = {
    "abandonedCheckouts": ("created_at email_state id recovery_state status updated_at"),
    "articles": (
        "author blog_id blog_title created_at handle id published_at published_status tag tag_not title updated_at"
    ),
    "automaticDiscountNodes": ("combines_with.product_discounts_with_tags_on_same_cart_line id status tag type"),
    "blogs": ("created_at handle id title updated_at"),
    "bulkOperations": ("created_at id operation_type status"),
    "catalogs": ("app_id company_id company_location_id id managed_country_id market_id status title"),
    "codeDiscountNodes": (
        "combines_with combines_with.product_discounts_with_tags_on_same_cart_line created_at discount_type "
        "ends_at id starts_at status tag times_used title type updated_at"
    ),
    "collections": (
        "collection_type handle id product_id product_publication_status publishable_status published_at "
        "published_status title updated_at"
    ),
    "companies": (
        "active_customers_count created_at external_id id metafields.{namespace}.{key} name ordering_status "
        "since_date updated_at"
    ),
    "companyLocations": ("company_id created_at external_id id ids metafields.{namespace}.{key} name updated_at"),
    "customers": (
        "accepts_marketing country customer_date email first_name id last_abandoned_order_date last_name "
        "order_date orders_count phone state tag tag_not total_spent updated_at"
    ),
    "customersCount": ("created_at id updated_at"),
    "discountNodes": (
        "code combines_with combines_with.product_discounts_with_tags_on_same_cart_line created_at discount_class "
        "discount_type ends_at id method starts_at status tag times_used title type updated_at"
    ),
    "draftOrders": ("created_at customer_id id source status tag updated_at"),
    "draftOrdersCount": ("created_at customer_id id ids source status tag updated_at"),
    "events": ("action comments created_at id subject_type"),
    "files": ("created_at filename id ids media_type original_upload_size product_id status updated_at used_in"),
    "fulfillmentOrders": ("assigned_location_id id status updated_at"),
    "giftCards": ("balance_status created_at customer_id expires_on id initial_value recipient_id source status"),
    "inventoryItems": ("created_at id sku updated_at"),
    "locations": (
        "active address1 address2 city country created_at geolocated id legacy location_id name pickup_in_store "
        "province zip"
    ),
    "markets": ("id market_condition_types market_type name status wildcard_company_location_with_country_code"),
    "menus": ("id title"),
    "metafieldDefinitions": ("created_at id key namespace owner_type type updated_at"),
    "metaobjects": ("display_name fields.{key} handle id updated_at"),
    "orders": (
        "cart_token channel channel_id chargeback_status checkout_token confirmation_number created_at "
        "credit_card_last4 current_total_price customer_id delivery_method discount_code email financial_status "
        "fraud_protection_level fulfillment_location_id fulfillment_status gateway id location_id "
        "metafields.{namespace}.{key} name payment_id payment_provider_id po_number processed_at "
        "reference_location_id return_status risk_level sales_channel sku source_identifier source_name status "
        "subtotal_line_items_quantity tag tag_not test total_weight updated_at"
    ),
    "pages": ("created_at handle id published_at published_status title updated_at"),
    "productVariants": (
        "barcode collection delivery_profile_id exclude_composite exclude_variants_with_components gift_card id "
        "inventory_quantity location_id managed managed_by option1 option2 option3 product_id product_ids "
        "product_publication_status product_status product_type publishable_status published_status "
        "requires_components sku tag tag_not taxable title updated_at vendor"
    ),
    "products": (
        "barcode bundles category_id collection_id combined_listing_role created_at delivery_profile_id "
        "error_feedback gift_card handle has_only_composites has_only_default_variant has_variant_with_components "
        "id inventory_total is_price_reduced metafields.{namespace}.{key} out_of_stock_somewhere price "
        "product_configuration_owner product_publication_status product_type publication_ids publishable_status "
        "published_at published_status sku status tag tag_not title tracks_inventory updated_at variant_id "
        "variant_title vendor"
    ),
    "segments": ("id name"),
    "urlRedirects": ("created_at id path target"),
    "webhookSubscriptions": ("created_at id updated_at"),
    "webhookSubscriptionsCount": ("created_at endpoint id topic updated_at"),
}
NOT_ANSWERED = {
    "abandonedCheckouts": (
        "email_state",
        "recovery_state",
    ),
    "automaticDiscountNodes": ("combines_with.product_discounts_with_tags_on_same_cart_line",),
    "catalogs": (
        "app_id",
        "managed_country_id",
    ),
    "codeDiscountNodes": ("combines_with.product_discounts_with_tags_on_same_cart_line",),
    "collections": (
        "product_publication_status",
        "publishable_status",
    ),
    "companies": (
        "active_customers_count",
        "ordering_status",
    ),
    "customers": ("last_abandoned_order_date",),
    "discountNodes": ("combines_with.product_discounts_with_tags_on_same_cart_line",),
    "draftOrders": ("source",),
    "draftOrdersCount": ("source",),
    "files": (
        "status",
        "used_in",
    ),
    "giftCards": ("source",),
    "locations": (
        "geolocated",
        "legacy",
        "pickup_in_store",
    ),
    "markets": (
        "market_condition_types",
        "wildcard_company_location_with_country_code",
    ),
    "orders": (
        "cart_token",
        "channel",
        "channel_id",
        "credit_card_last4",
        "fraud_protection_level",
        "payment_provider_id",
        "reference_location_id",
        "total_weight",
    ),
    "productVariants": (
        "exclude_composite",
        "exclude_variants_with_components",
        "managed_by",
        "product_publication_status",
        "publishable_status",
        "requires_components",
    ),
    "products": (
        "bundles",
        "category_id",
        "combined_listing_role",
        "error_feedback",
        "has_only_composites",
        "has_variant_with_components",
        "product_configuration_owner",
        "product_publication_status",
        "publishable_status",
    ),
}
"""What the simulator says that it cannot search by: told as an error, never ignored."""
MORE = {"metafieldDefinitions": "ownerType: PRODUCT, ", "metaobjects": 'type: "author", '}
"""Arguments a connection cannot do without."""


def question(name: str, query: str) -> str:
    """The field of the query root that searches ``name``."""
    if name.endswith("Count"):
        return f'{name}(query: "{query}") {{ count }}'
    return f'{name}({MORE.get(name, "")}first: 1, query: "{query}") {{ edges {{ cursor }} }}'


def term(field: str) -> str:
    """A query by one field."""
    return field.replace("{namespace}", "custom").replace("{key}", "fit") + ":1"


@pytest.mark.parametrize("name", DOCUMENTED)
def test_every_documented_field_is_searched_by(ask: Ask, name: str) -> None:
    fields = [field for field in DOCUMENTED[name].split() if field not in NOT_ANSWERED.get(name, ())]
    body = ask("{ " + " ".join(f"a{at}: {question(name, term(field))}" for at, field in enumerate(fields)) + " }")
    assert "errors" not in body
    assert [told["query"] for told in body["extensions"].get("search", ())] == []


@pytest.mark.parametrize(("name", "field"), [(name, field) for name in NOT_ANSWERED for field in NOT_ANSWERED[name]])
def test_what_is_not_searched_by_yet_is_said(ask: Ask, name: str, field: str) -> None:
    assert field in DOCUMENTED[name].split()
    (error,) = ask(f"{{ {question(name, term(field))} }}")["errors"]
    assert error["extensions"]["code"] == "SIMULATOR_NOT_IMPLEMENTED"


@pytest.mark.parametrize("name", DOCUMENTED)
def test_a_field_that_is_not_documented_is_told_as_invalid(ask: Ask, name: str) -> None:
    """The reference of ``extensions.search``: the field is left out and a warning says so."""
    body = ask(f"{{ {question(name, 'moonphase:full')} }}")
    (told,) = body["extensions"]["search"]
    message = "Invalid search field for this query."
    assert told["warnings"] == [{"field": "moonphase", "message": message, "code": "invalid_field"}]
    assert told["path"] == [name]


SEED: dict[str, Any] = {
    "clock": "2026-03-02T15:00:00Z",
    "locations": ["Workshop", "Gallery"],
    "publications": [{"name": "Online Store", "id": 1}, {"name": "Wholesale", "id": 2, "auto_publish": False}],
    "products": [
        {
            "title": "Mug",
            "id": 11,
            "options": {"Size": ["Small", "Large"], "Colour": ["Blue"]},
            "variants": [
                {"Size": "Small", "Colour": "Blue", "sku": "S", "levels": {"Workshop": 3, "Gallery": 0}},
                {"Size": "Large", "Colour": "Blue", "sku": "L", "levels": {"Workshop": 1}},
            ],
        },
        {"title": "Bowl", "id": 12, "sku": "BOWL", "levels": {"Workshop": 4}},
        {"title": "Hook", "id": 13, "sku": "HOOK", "tracked": False},
    ],
    "discounts": [{"code": "SPRING", "id": 1, "percentage": 10}],
}


@pytest.fixture
def stocked(shop: RunningShop) -> RunningShop:
    """A shop with a mug in two sizes, one of them sold out in the gallery."""
    shop.reset(SEED)
    return shop


@pytest.mark.parametrize(
    ("connection", "query", "found"),
    [
        ("productVariants", "option1:small", ["S"]),
        ("productVariants", "option2:Blue", ["S", "L"]),
        ("productVariants", "option3:Blue", []),
        ("productVariants", "product_ids:11,13", ["S", "L", "HOOK"]),
        ("productVariants", "product_id:11", ["S", "L"]),
        ("products", "out_of_stock_somewhere:true", ["Mug"]),
        ("products", "out_of_stock_somewhere:false", ["Bowl", "Hook"]),
        ("products", "publication_ids:1", ["Mug", "Bowl", "Hook"]),
        ("products", "publication_ids:2,3", []),
    ],
)
def test_documented_values_mean_what_the_reference_says(
    stocked: RunningShop, ask: Ask, connection: str, query: str, found: list[str]
) -> None:
    """Lists of several values have commas between them; out of stock *somewhere* is at one location at least."""
    field = "sku" if connection == "productVariants" else "title"
    body = ask(f'{{ {connection}(first: 9, query: "{query}") {{ nodes {{ {field} }} }} }}')
    assert [node[field] for node in body["data"][connection]["nodes"]] == found


def test_bulk_operations_are_searched_by_status_and_type(stocked: RunningShop, ask: Ask) -> None:
    """https://shopify.dev/docs/api/admin-graphql/2026-04/queries/bulkOperations"""
    run = 'bulkOperationRunQuery(query: "{ products { edges { node { id } } } }") { bulkOperation { id } }'
    ask(f"mutation {{ {run} }}")
    stocked.advance(60)
    ask(f"mutation {{ {run} }}")
    queries = ("status:completed", "-status:completed", "operation_type:query", "operation_type:mutation")
    asked = [
        f'a{at}: bulkOperations(first: 9, query: "{query}") {{ nodes {{ id }} }}' for at, query in enumerate(queries)
    ]
    found = ask("{ " + " ".join(asked) + " }")["data"]
    assert [len(each["nodes"]) for each in found.values()] == [1, 1, 2, 0]
