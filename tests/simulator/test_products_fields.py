"""Every computed field of the catalogue's families is answered, with the right kind of value and without a guess."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from graphql import GraphQLNonNull, GraphQLObjectType, get_named_type, is_leaf_type, is_object_type

from runner.shopify.schema import graphql_schema
from runner.simulator.families import inventory, locations, metafields, products
from runner.simulator.families import shop as shop_family
from runner.simulator.server import RunningShop

Ask = Callable[..., dict[str, Any]]
ROOTS = {
    "Shop": "shop",
    "Location": 'location(id: "gid://shopify/Location/20000002")',
    "Product": 'product(id: "gid://shopify/Product/80000001")',
    "ProductVariant": 'productVariant(id: "gid://shopify/ProductVariant/90000001")',
    "ProductOption": 'node(id: "gid://shopify/ProductOption/100000001") { ... on ProductOption',
    "InventoryItem": 'inventoryItem(id: "gid://shopify/InventoryItem/30000001")',
    "InventoryLevel": 'inventoryLevel(id: "gid://shopify/InventoryLevel/120000001?inventory_item_id=30000001")',
    "Metafield": 'node(id: "gid://shopify/Metafield/130000001") { ... on Metafield',
}
ARGUMENTS = {
    "translations": '(locale: "fr")',
    "quantities": '(names: ["available", "on_hand"])',
    "metafield": '(namespace: "prints", key: "edition")',
    "InventoryItem.inventoryLevel": '(locationId: "gid://shopify/Location/20000001")',
    "Location.inventoryLevel": '(inventoryItemId: "gid://shopify/InventoryItem/30000001")',
}
COMPUTED = [
    (type_name, field)
    for type_name in ROOTS
    for family in (shop_family, locations, products, inventory, metafields)
    for field in family.FIELDS.get(type_name, {})
]


def selection(kind: Any, seen: frozenset[str] = frozenset()) -> str:
    """The leaves of a type without arguments, one level of value objects deep."""
    named = get_named_type(kind)
    if is_leaf_type(named):
        return ""
    if named.name.endswith("Connection"):
        node = named.fields["nodes"].type
        return (
            " { nodes"
            + (" { __typename }" if not is_leaf_type(get_named_type(node)) else "")
            + " pageInfo { hasNextPage } }"
        )
    if not is_object_type(named):
        return " { __typename }"
    if "id" in named.fields and named.name not in ("Domain", "ShopAddress"):
        return " { id }"
    leaves = [
        name for name, field in named.fields.items() if is_leaf_type(get_named_type(field.type)) and not field.args
    ]
    return " { " + " ".join(leaves) + " }"


@pytest.mark.parametrize(("type_name", "field"), COMPUTED)
def test_a_computed_field_is_answered_without_a_guess(ask: Ask, shop: RunningShop, type_name: str, field: str) -> None:
    kind = graphql_schema().get_type(type_name)
    assert isinstance(kind, GraphQLObjectType)
    declared = kind.fields[field].type
    arguments = ARGUMENTS.get(f"{type_name}.{field}") or ARGUMENTS.get(field, "")
    if get_named_type(declared).name.endswith("Connection"):
        arguments = "(first: 5)"
    root = ROOTS[type_name]
    text = f"{{ {root} {{ {field}{arguments}{selection(declared)} }} }}" + (" }" if "{" in root else "")
    body = ask(text)
    assert "errors" not in body
    guessed = [path for path in shop.requests()[-1]["guessed"] if path.startswith(f"{type_name}.")]
    assert guessed == []
    (answer,) = body["data"].values()
    assert not isinstance(declared, GraphQLNonNull) or answer[field] is not None


def test_what_money_text_and_history_look_like(ask: Ask, shop: RunningShop) -> None:
    shop.shop.graph.update("gid://shopify/InventoryItem/30000001", _cost="12.50")
    shop.shop.graph.update("gid://shopify/Product/80000001", descriptionHtml="<p>Blue &amp; grey</p><b>sea</b>")
    body = ask("""{ inventoryItem(id: "gid://shopify/InventoryItem/30000001") { unitCost { amount currencyCode }
      inventoryHistoryUrl duplicateSkuCount measurement { weight { value unit } } }
      product(id: "gid://shopify/Product/80000001") { description short: description(truncateAt: 9) bodyHtml } }""")
    assert body["data"] == {
        "inventoryItem": {
            "unitCost": {"amount": "12.50", "currencyCode": "USD"},
            "inventoryHistoryUrl": "https://tidewater-prints.myshopify.com/admin/products/80000001/variants/90000001/"
            "inventory_history",
            "duplicateSkuCount": 0,
            "measurement": {"weight": {"value": 0.0, "unit": "KILOGRAMS"}},
        },
        "product": {
            "description": "Blue & greysea",
            "short": "Blue &...",
            "bodyHtml": "<p>Blue &amp; grey</p><b>sea</b>",
        },
    }


def test_quantity_names_are_described(ask: Ask) -> None:
    body = ask("{ inventoryProperties { quantityNames { name displayName isInUse belongsTo comprises } } }")
    names = {entry["name"]: entry for entry in body["data"]["inventoryProperties"]["quantityNames"]}
    assert set(names["on_hand"]["comprises"]) == {
        "available",
        "committed",
        "damaged",
        "quality_control",
        "reserved",
        "safety_stock",
    }
    assert (names["available"]["belongsTo"], names["incoming"]["belongsTo"]) == (["on_hand"], [])


def test_metafields_refer_to_other_objects(ask: Ask) -> None:
    put = """mutation($rows: [MetafieldsSetInput!]!) { metafieldsSet(metafields: $rows) { metafields { type
      reference { ... on Product { id } } references(first: 3) { nodes { ... on Product { id } } } }
      userErrors { message } } }"""
    product = "gid://shopify/Product/80000002"
    base = {"ownerId": "gid://shopify/Product/80000001", "namespace": "custom"}
    rows = [
        {**base, "key": "one", "type": "product_reference", "value": product},
        {**base, "key": "many", "type": "list.product_reference", "value": f'["{product}"]'},
    ]
    payload = ask(put, rows=rows)["data"]["metafieldsSet"]
    assert payload["userErrors"] == []
    assert payload["metafields"] == [
        {"type": "product_reference", "reference": {"id": product}, "references": None},
        {"type": "list.product_reference", "reference": None, "references": {"nodes": [{"id": product}]}},
    ]


@pytest.mark.parametrize("key", ["FULL_TITLE", "INVENTORY_QUANTITY", "SKU", "TITLE"])
def test_variants_are_sorted_as_asked(ask: Ask, key: str) -> None:
    text = "{ productVariants(first: 50, sortKey: %s) { nodes { sku title inventoryQuantity product { title } } } }"
    nodes = ask(text.replace("%s", key))["data"]["productVariants"]["nodes"]
    values = {
        "FULL_TITLE": lambda node: f"{node['product']['title']} {node['title']}".lower(),
        "INVENTORY_QUANTITY": lambda node: node["inventoryQuantity"],
        "SKU": lambda node: node["sku"].lower(),
        "TITLE": lambda node: node["title"].lower(),
    }
    assert [values[key](node) for node in nodes] == sorted(values[key](node) for node in nodes)
