"""Shop, locations, products, variants and options as GraphQL answers them, and ``productUpdate``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from runner.simulator.server import RunningShop

Ask = Callable[..., dict[str, Any]]
PRODUCT = "gid://shopify/Product/80000001"
UPDATE = """mutation($product: ProductUpdateInput) { productUpdate(product: $product) {
  product { title handle vendor productType status tags updatedAt descriptionHtml } userErrors { field message } } }"""


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("shop { name ianaTimezone currencyCode }", ["Tidewater Prints", "America/New_York", "USD"]),
        ("shop { timezoneOffset timezoneAbbreviation timezoneOffsetMinutes }", ["-0500", "EST", -300]),
        ("shop { primaryDomain { host } }", [{"host": "tidewater.test"}]),
        (
            "shop { shopAddress { city countryCodeV2 zip } }",
            [{"city": "Portland", "countryCodeV2": "US", "zip": "04101"}],
        ),
        ("location { name isPrimary isActive }", ["Workshop", True, True]),
        ("locations(first: 5) { nodes { name } }", [[{"name": "Gallery"}, {"name": "Workshop"}]]),
        ("locationsCount { count precision }", [2, "EXACT"]),
        ("productsCount { count }", None),
        (
            'product(id: "gid://shopify/Product/80000001") { legacyResourceId hasOnlyDefaultVariant tracksInventory }',
            ["80000001", False, True],
        ),
        ('product(id: "gid://shopify/Product/80000001") { variantsCount { count } totalVariants }', [{"count": 3}, 3]),
        (
            'product(id: "gid://shopify/Product/80000001") { options { name position values } }',
            [[{"name": "Framing", "position": 1, "values": ["Unframed", "Oak frame", "Black frame"]}]],
        ),
        (
            'product(id: "gid://shopify/Product/80000001")'
            " { priceRangeV2 { minVariantPrice { amount } maxVariantPrice { amount currencyCode } } }",
            [{"minVariantPrice": {"amount": "120.0"}, "maxVariantPrice": {"amount": "210.0", "currencyCode": "USD"}}],
        ),
        ('productByIdentifier(identifier: {handle: "harbour-at-dawn"}) { id }', [PRODUCT]),
        ('productByHandle(handle: "nothing") { id }', None),
        (
            'productVariant(id: "gid://shopify/ProductVariant/90000002")'
            " { sku displayName selectedOptions { name value } }",
            ["HD-OAK", "Harbour at Dawn - Oak frame", [{"name": "Framing", "value": "Oak frame"}]],
        ),
        (
            'inventoryItem(id: "gid://shopify/InventoryItem/30000001")'
            " { tracked sku variant { sku } locationsCount { count } }",
            [True, "HD-PAPER", {"sku": "HD-PAPER"}, {"count": 2}],
        ),
    ],
)
def test_stored_and_computed_fields_are_answered_without_guessing(
    ask: Ask, shop: RunningShop, query: str, expected: list[Any] | None
) -> None:
    body = ask(f"{{ {query} }}")
    assert "errors" not in body
    assert shop.requests()[-1]["guessed"] == []
    (value,) = body["data"].values()
    if expected is not None:
        assert (
            list(value.values()) if len(value) > 1 or not isinstance(value.get("nodes"), list) else [value["nodes"]]
        ) == expected


def test_a_location_lists_what_is_stocked_there(ask: Ask) -> None:
    text = """{ location(id: "gid://shopify/Location/20000002") { inventoryLevels(first: 2) { nodes { item { sku }
      location { name } } } inventoryLevel(inventoryItemId: "gid://shopify/InventoryItem/30000001") {
      quantities(names: ["available"]) { quantity } } hasActiveInventory address { formatted } } }"""
    location = ask(text)["data"]["location"]
    assert [node["item"]["sku"] for node in location["inventoryLevels"]["nodes"]] == ["HD-PAPER", "HD-OAK"]
    assert location["inventoryLevel"]["quantities"] == [{"quantity": 12}]
    assert location["hasActiveInventory"] is True
    assert location["address"]["formatted"] == ["4 Market Square", "Rockland ME 04841", "United States"]


def test_products_are_sorted_by_what_is_computed(ask: Ask) -> None:
    text = "{ products(first: 50, sortKey: INVENTORY_TOTAL, reverse: true) { nodes { totalInventory } } }"
    totals = [node["totalInventory"] for node in ask(text)["data"]["products"]["nodes"]]
    assert totals == sorted(totals, reverse=True)
    assert len(set(totals)) > 1


def test_types_vendors_and_tags_are_listed_once_each(ask: Ask) -> None:
    body = ask(
        "{ productTags(first: 50) { nodes } productVendors(first: 50) { nodes } productTypes(first: 50) { nodes } }"
    )
    for connection in body["data"].values():
        assert connection["nodes"] == sorted(set(connection["nodes"]), key=str.lower)
    assert "Mara Lind" in body["data"]["productVendors"]["nodes"]


def test_a_product_is_updated_field_by_field(ask: Ask, shop: RunningShop) -> None:
    shop.subscribe("products/update")
    shop.advance(60)
    given = {"id": PRODUCT, "title": "Dawn", "tags": ["b, a", "A"], "status": "DRAFT", "handle": "The Dawn"}
    payload = ask(UPDATE, product=given)["data"]["productUpdate"]
    assert payload["userErrors"] == []
    product = payload["product"]
    assert (product["title"], product["handle"], product["status"]) == ("Dawn", "the-dawn", "DRAFT")
    assert product["tags"] == ["a", "b"]
    assert product["vendor"] == "Mara Lind"
    (delivery,) = shop.take()
    assert (delivery["payload"]["title"], delivery["payload"]["tags"], delivery["payload"]["status"]) == (
        "Dawn",
        "a, b",
        "draft",
    )


@pytest.mark.parametrize(
    ("given", "field", "message"),
    [
        ({"id": "gid://shopify/Product/1"}, ["id"], "Product does not exist"),
        ({"id": PRODUCT, "title": " "}, ["title"], "Title can't be blank"),
        ({"id": PRODUCT, "title": "x" * 256}, ["title"], "Title is too long (maximum is 255 characters)"),
        (
            {"id": PRODUCT, "handle": "salt-marsh"},
            ["handle"],
            "Handle 'salt-marsh' already in use. Please provide a new handle.",
        ),
        (
            {
                "id": PRODUCT,
                "metafields": [{"namespace": "x", "key": "note", "type": "single_line_text_field", "value": "v"}],
            },
            ["metafields", "0", "namespace"],
            "Namespace is too short (minimum is 3 characters)",
        ),
    ],
)
def test_mistakes_in_an_update_are_user_errors(ask: Ask, given: dict[str, Any], field: list[str], message: str) -> None:
    payload = ask(UPDATE, product=given)["data"]["productUpdate"]
    assert payload == {"product": None, "userErrors": [{"field": field, "message": message}]}


def test_what_an_update_cannot_do_yet_is_said(ask: Ask) -> None:
    given = f'{{id: "{PRODUCT}", title: "New", productOptions: [{{name: "Size", values: [{{name: "S"}}]}}]}}'
    body = ask(f"mutation {{ productUpdate(input: {given}) {{ product {{ id }} userErrors {{ message }} }} }}")
    assert body["errors"][0]["extensions"]["code"] == "SIMULATOR_NOT_IMPLEMENTED"
    assert "productOptions" in body["errors"][0]["message"]


def test_an_id_of_another_type_is_invalid(ask: Ask) -> None:
    body = ask('{ product(id: "gid://shopify/Order/1") { id } }')
    assert body["data"] == {"product": None}
    assert body["errors"][0]["message"] == "Invalid id: gid://shopify/Order/1"
    assert body["errors"][0]["extensions"]["code"] == "RESOURCE_NOT_FOUND"


def test_an_unknown_product_is_null_without_an_error(ask: Ask) -> None:
    body = ask('{ product(id: "gid://shopify/Product/1") { id } }')
    assert body["data"] == {"product": None}
    assert "errors" not in body
