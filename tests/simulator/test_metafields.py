"""Metafields: reads by namespace and key, ``metafieldsSet`` with compare-and-set, ``metafieldsDelete``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from runner.simulator.server import RunningShop

Ask = Callable[..., dict[str, Any]]
PRODUCT, VARIANT = "gid://shopify/Product/80000001", "gid://shopify/ProductVariant/90000001"
SHOP, LOCATION = "gid://shopify/Shop/1", "gid://shopify/Location/20000001"
SET = """mutation($metafields: [MetafieldsSetInput!]!) { metafieldsSet(metafields: $metafields) {
  metafields { id namespace key type value compareDigest ownerType createdAt updatedAt }
  userErrors { field message code elementIndex } } }"""
READ = """query($id: ID!, $namespace: String, $key: String!) { node(id: $id) { ... on HasMetafields {
  metafield(namespace: $namespace, key: $key) { value compareDigest jsonValue } } } }"""


def row(**more: Any) -> dict[str, Any]:
    given = {"ownerId": PRODUCT, "namespace": "custom", "key": "note", "type": "single_line_text_field", "value": "hi"}
    return {**given, **more}


def put(ask: Ask, *rows: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = ask(SET, metafields=list(rows))["data"]["metafieldsSet"]
    return found


def read(ask: Ask, owner: str = PRODUCT, namespace: str | None = "custom", key: str = "note") -> dict[str, Any] | None:
    found: dict[str, Any] | None = ask(READ, id=owner, namespace=namespace, key=key)["data"]["node"]["metafield"]
    return found


def errors(payload: dict[str, Any]) -> list[tuple[str, list[str]]]:
    assert payload["metafields"] is None
    return [(error["code"], error["field"]) for error in payload["userErrors"]]


@pytest.mark.parametrize(
    ("owner", "owner_type"),
    [(PRODUCT, "PRODUCT"), (VARIANT, "PRODUCTVARIANT"), (SHOP, "SHOP"), (LOCATION, "LOCATION")],
)
def test_a_metafield_is_created_on_any_owner_and_read_back(ask: Ask, owner: str, owner_type: str) -> None:
    payload = put(ask, row(ownerId=owner))
    assert payload["userErrors"] == []
    assert payload["metafields"][0]["ownerType"] == owner_type
    found = read(ask, owner)
    assert found is not None
    assert found["value"] == "hi"


def test_setting_again_changes_the_same_metafield(ask: Ask, shop: RunningShop) -> None:
    first = put(ask, row())["metafields"][0]
    shop.advance(60)
    second = put(ask, row(value="ho"))["metafields"][0]
    assert (second["id"], second["createdAt"]) == (first["id"], first["createdAt"])
    assert second["updatedAt"] > first["updatedAt"]
    assert second["compareDigest"] != first["compareDigest"]


@pytest.mark.parametrize(
    ("kind", "value", "as_json"),
    [
        ("number_integer", "50", 50),
        ("integer", "50", 50),
        ("boolean", "true", True),
        ("json", '{"a": [1]}', {"a": [1]}),
        ("list.single_line_text_field", '["a", "b"]', ["a", "b"]),
        ("date", "2026-03-02", "2026-03-02"),
        ("number_decimal", "1.50", "1.50"),
    ],
)
def test_json_value_follows_the_type(ask: Ask, kind: str, value: str, as_json: Any) -> None:
    assert put(ask, row(type=kind, value=value))["userErrors"] == []
    found = read(ask)
    assert found is not None
    assert (found["value"], found["jsonValue"]) == (value, as_json)


@pytest.mark.parametrize(
    ("kind", "value", "wrong"),
    [("string", "2026-03-01", None), ("integer", "7", "seven"), ("json_string", '["a"]', "[")],
)
def test_the_deprecated_kinds_are_still_types_of_metafields(ask: Ask, kind: str, value: str, wrong: str | None) -> None:
    """The migration guide: ``type`` also accepts deprecated value types."""
    payload = put(ask, row(type=kind, value=value))
    assert payload["userErrors"] == []
    assert [(each["type"], each["value"]) for each in payload["metafields"]] == [(kind, value)]
    if wrong is not None:
        assert errors(put(ask, row(type=kind, value=wrong))) == [("INVALID_VALUE", ["metafields", "0", "value"])]
    listed = put(ask, row(type=f"list.{kind}", value="[]"))
    assert errors(listed) == [("INCLUSION", ["metafields", "0", "type"])]


def test_no_definition_is_made_of_a_deprecated_kind(ask: Ask) -> None:
    answer = ask(
        """mutation { metafieldDefinitionCreate(definition: {namespace: "custom", key: "until", name: "Until",
        type: "string", ownerType: PRODUCT}) { createdDefinition { id } userErrors { field } } }"""
    )["data"]["metafieldDefinitionCreate"]
    assert answer["createdDefinition"] is None
    assert answer["userErrors"][0]["field"] == ["definition", "type"]


def test_an_unknown_metafield_is_null(ask: Ask) -> None:
    assert read(ask) is None


def test_the_apps_own_namespace_has_short_names(ask: Ask) -> None:
    without = row()
    del without["namespace"]
    namespace = put(ask, without)["metafields"][0]["namespace"]
    assert namespace.startswith("app--")
    for name in (None, "$app", namespace):
        assert read(ask, namespace=name) is not None
    put(ask, row(namespace="$app:inner", value="x"))
    assert read(ask, namespace="$app:inner") == read(ask, namespace=f"{namespace}--inner")


def test_metafields_of_an_owner_are_listed_by_namespace_and_keys(ask: Ask) -> None:
    put(ask, row(), row(key="other"), row(namespace="prints", key="paper"))
    text = """query($id: ID!) { product(id: $id) { a: metafields(first: 9) { nodes { key } }
      b: metafields(first: 9, namespace: "custom") { nodes { key } }
      c: metafields(first: 9, keys: ["custom.note", "prints.edition"]) { nodes { key } }
      d: metafields(first: 9, namespace: "custom", keys: ["other"]) { nodes { key } } } }"""
    product = ask(text, id=PRODUCT)["data"]["product"]
    keys = {name: [node["key"] for node in connection["nodes"]] for name, connection in product.items()}
    assert keys == {
        "a": ["edition", "note", "other", "paper"],
        "b": ["note", "other"],
        "c": ["prints.edition", "custom.note"],
        "d": ["other"],
    }


def test_one_that_is_asked_for_with_its_namespace_tells_it_in_its_key(ask: Ask) -> None:
    put(ask, row())
    text = """query($id: ID!) { product(id: $id) {
      a: metafield(key: "custom.note") { namespace key value }
      b: metafield(namespace: "custom", key: "note") { key } } }"""
    product = ask(text, id=PRODUCT)["data"]["product"]
    assert product == {"a": {"namespace": "custom", "key": "custom.note", "value": "hi"}, "b": {"key": "note"}}


def test_the_digest_guards_a_change(ask: Ask) -> None:
    digest = put(ask, row())["metafields"][0]["compareDigest"]
    assert put(ask, row(value="ho", compareDigest=digest))["userErrors"] == []
    assert errors(put(ask, row(value="he", compareDigest=digest))) == [
        ("STALE_OBJECT", ["metafields", "0", "compareDigest"])
    ]
    found = read(ask)
    assert found is not None
    assert found["value"] == "ho"


def test_a_null_digest_means_it_must_not_exist_yet(ask: Ask) -> None:
    assert put(ask, row(compareDigest=None))["userErrors"] == []
    assert errors(put(ask, row(compareDigest=None)))[0][0] == "STALE_OBJECT"


def test_a_digest_for_one_that_does_not_exist_is_stale(ask: Ask) -> None:
    assert errors(put(ask, row(compareDigest="0" * 64)))[0][0] == "STALE_OBJECT"


@pytest.mark.parametrize(
    ("given", "code", "field"),
    [
        (row(ownerId="gid://shopify/Product/1"), "INVALID", "ownerId"),
        (row(ownerId="gid://shopify/InventoryItem/30000001"), "INVALID", "ownerId"),
        (row(key="k"), "TOO_SHORT", "key"),
        (row(key="k" * 65), "TOO_LONG", "key"),
        (row(key="a key"), "INVALID", "key"),
        (row(namespace="ns"), "TOO_SHORT", "namespace"),
        (row(value=""), "BLANK", "value"),
        (row(type=None), "BLANK", "type"),
        (row(type="text"), "INCLUSION", "type"),
        (row(type="number_integer", value="1.5"), "INVALID_VALUE", "value"),
        (row(type="boolean", value="yes"), "INVALID_VALUE", "value"),
        (row(type="json", value="{"), "INVALID_VALUE", "value"),
        (row(type="date", value="2.3.2026"), "INVALID_VALUE", "value"),
        (row(type="color", value="red"), "INVALID_VALUE", "value"),
        (row(type="product_reference", value="8"), "INVALID_VALUE", "value"),
        (row(type="list.number_integer", value='["a"]'), "INVALID_VALUE", "value"),
        (row(type="list.number_integer", value="3"), "INVALID_VALUE", "value"),
        (row(type="list.number_integer", value="["), "INVALID_VALUE", "value"),
        (row(type="list.json", value="[]"), "INCLUSION", "type"),
        (row(type="number_decimal", value="much"), "INVALID_VALUE", "value"),
        (row(type="date_time", value="noon"), "INVALID_VALUE", "value"),
        (row(type="money", value="3.00"), "INVALID_VALUE", "value"),
        (row(type="weight", value="{"), "INVALID_VALUE", "value"),
        (row(type="url", value="shop.test"), "INVALID_VALUE", "value"),
        (row(value="two\nlines"), "INVALID_VALUE", "value"),
        (row(compareDigest="abc"), "INVALID_COMPARE_DIGEST", "compareDigest"),
    ],
)
def test_mistakes_have_their_codes_and_nothing_is_kept(ask: Ask, given: dict[str, Any], code: str, field: str) -> None:
    payload = put(ask, row(key="fine"), given)
    assert errors(payload) == [(code, ["metafields", "1", field])]
    assert payload["userErrors"][0]["elementIndex"] == 1
    assert read(ask, key="fine") is None


def test_at_most_25_metafields_a_call(ask: Ask) -> None:
    rows = [row(key=f"key{number}") for number in range(26)]
    assert errors(put(ask, *rows)) == [("LESS_THAN_OR_EQUAL_TO", ["metafields"])]
    assert put(ask, *rows[:25])["userErrors"] == []


def test_deleting_tells_what_was_there(ask: Ask) -> None:
    put(ask, row())
    text = """mutation($metafields: [MetafieldIdentifierInput!]!) { metafieldsDelete(metafields: $metafields) {
      deletedMetafields { ownerId namespace key } userErrors { message } } }"""
    name = {"ownerId": PRODUCT, "namespace": "custom", "key": "note"}
    payload = ask(text, metafields=[name, {**name, "key": "nothing"}])["data"]["metafieldsDelete"]
    assert payload == {"deletedMetafields": [name, None], "userErrors": []}
    assert read(ask) is None


def test_a_products_metafields_are_part_of_it(ask: Ask, shop: RunningShop) -> None:
    shop.subscribe("products/update")
    shop.advance(60)
    put(ask, row(), row(key="other"))
    (delivery,) = shop.take()
    assert delivery["payload"]["updated_at"] == "2026-03-02T10:01:01-05:00"


def test_metafields_asked_for_by_keys_come_with_keys_of_that_form(ask: Ask, shop: RunningShop) -> None:
    """The schema's own words on the argument ``keys``."""
    shop.reset(
        {"products": [{"title": "Mug", "metafields": {"care.wash": "cold", "care.iron": "no", "made.in": "Maine"}}]}
    )
    metafields = 'metafields(first: 5, keys: ["care.wash", "made.in"]) { nodes { key namespace value } }'
    asked = "{ products(first: 1) { nodes { " + metafields + " } } }"
    (product,) = ask(asked)["data"]["products"]["nodes"]
    assert [(each["key"], each["namespace"], each["value"]) for each in product["metafields"]["nodes"]] == [
        ("care.wash", "care", "cold"),
        ("made.in", "made", "Maine"),
    ]
    plain = '{ products(first: 1) { nodes { metafields(first: 5, namespace: "care") { nodes { key } } } } }'
    (product,) = ask(plain)["data"]["products"]["nodes"]
    assert [each["key"] for each in product["metafields"]["nodes"]] == ["wash", "iron"]
