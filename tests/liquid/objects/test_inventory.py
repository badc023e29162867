"""Inventory levels, items, variants, products and locations, as the inventory tasks of 2021 reach them."""

from __future__ import annotations

from typing import Any

import pytest

from runner.liquid.objects.base import LiquidObject
from tests.liquid.objects.recorded import Recorded, in_state, resource, state_of, variables, walk

LEVEL = {"inventory_item_id": 3001, "location_id": 2001, "available": 4, "updated_at": "2026-03-02T10:15:00-05:00"}
PRODUCT = {
    "id": 8001,
    "product_type": "Print",
    "variants": [
        {"id": 9001, "product_id": 8001, "inventory_item_id": 3001},
        {"id": 9002, "product_id": 8001, "inventory_item_id": 3002},
    ],
}
VARIANT_OF_ITEM = {"data": {"inventoryItem": {"variants": {"nodes": [{"legacyResourceId": "9001"}]}}}}
ASKED = "graphql {'id': 'gid://shopify/InventoryItem/3001'}"


def _shop(**more: Any) -> Recorded:
    return Recorded(
        {
            "locations/2001.json": {"location": {"id": 2001, "name": "Studio"}},
            "variants/9001.json": {"variant": {"id": 9001, "product_id": 8001, "inventory_item_id": 3001}},
            "products/8001.json": {"product": PRODUCT},
            "inventory_items/3001.json": {"inventory_item": {"id": 3001, "sku": "P-1"}},
            "inventory_levels.json?inventory_item_ids=3001&limit=250": {"inventory_levels": [LEVEL]},
            "inventory_levels.json?inventory_item_ids=3002&limit=250": {
                "inventory_levels": [
                    {"inventory_item_id": 3002, "location_id": 2001, "available": 7},
                    {"inventory_item_id": 3002, "location_id": 2002, "available": 9},
                ]
            },
        },
        queries=[VARIANT_OF_ITEM],
        **more,
    )


def _level(reads: Recorded, payload: Any = LEVEL) -> Any:
    return variables("shopify/inventory_levels/update", payload, reads)["inventory_level"]


@pytest.mark.parametrize("field", sorted(LEVEL))
def test_a_field_of_the_payload_needs_no_read_and_keeps_its_type(field: str) -> None:
    reads = _shop()
    value = _level(reads).lookup(field)
    assert value == LEVEL[field]
    assert type(value) is type(LEVEL[field])
    assert reads.calls == []


@pytest.mark.parametrize(
    ("path", "value", "calls"),
    [
        ("location.name", "Studio", ["locations/2001.json"]),
        ("inventory_item.sku", "P-1", ["inventory_items/3001.json"]),
        ("item.sku", "P-1", ["inventory_items/3001.json"]),
        ("variant.id", 9001, [ASKED, "variants/9001.json"]),
        ("variant.product.product_type", "Print", [ASKED, "variants/9001.json", "products/8001.json"]),
        ("variant.inventory_item.sku", "P-1", [ASKED, "variants/9001.json", "inventory_items/3001.json"]),
        ("inventory_item.variant.id", 9001, ["inventory_items/3001.json", ASKED, "variants/9001.json"]),
        ("inventory_item.inventory_levels.first.available", 4, None),
    ],
)
def test_a_relation_of_a_level_makes_exactly_the_reads_it_needs(path: str, value: Any, calls: list[str] | None) -> None:
    reads = _shop()
    assert walk(_level(reads), path) == value
    assert calls is None or reads.calls == calls


def test_all_other_levels_of_a_product_are_reached_with_each_read_made_once() -> None:
    reads = _shop()
    level = _level(reads)
    found = [
        (other.lookup("inventory_item_id"), other.lookup("location_id"), other.lookup("available"))
        for _ in range(2)
        for variant in walk(level, "variant.product.variants")
        for other in variant.lookup("inventory_levels")
    ]
    assert found == [(3001, 2001, 4), (3002, 2001, 7), (3002, 2002, 9)] * 2
    assert reads.calls == [
        ASKED,
        "variants/9001.json",
        "products/8001.json",
        "inventory_levels.json?inventory_item_ids=3001&limit=250",
        "inventory_levels.json?inventory_item_ids=3002&limit=250",
    ]


def test_levels_are_read_variant_by_variant_and_not_after_the_loop_ends() -> None:
    reads = _shop()
    for variant in walk(_level(reads), "variant.product.variants"):
        assert walk(variant, "inventory_levels.first.available") == 4
        break
    assert [call for call in reads.calls if call.startswith("inventory_levels")] == [
        "inventory_levels.json?inventory_item_ids=3001&limit=250"
    ]


def test_the_way_back_from_a_part_needs_no_read() -> None:
    reads = _shop()
    product = resource("product", PRODUCT, reads)
    variant = walk(product, "variants.1")
    assert variant.lookup("product") is product
    assert reads.calls == []
    level = walk(variant, "inventory_levels.1")
    assert level.lookup("variant") is variant
    assert reads.calls == ["inventory_levels.json?inventory_item_ids=3002&limit=250"]


def test_the_variant_query_is_a_read_but_none_of_the_scripts_queries() -> None:
    state = state_of(_shop())
    level = in_state(state, "shopify/inventory_levels/update", LEVEL)["inventory_level"]
    assert walk(level, "variant.id") == 9001
    assert state.queries == []
    assert [(read.kind, "inventoryItem" in read.request) for read in state.read_log] == [
        ("graphql", True),
        ("rest", False),
    ]


def test_an_api_version_without_the_variants_connection_is_asked_the_older_way() -> None:
    reads = Recorded(
        {"variants/9001.json": {"variant": {"id": 9001}}},
        queries=[
            {"errors": [{"message": "Field 'variants' doesn't exist on type 'InventoryItem'"}]},
            {"data": {"inventoryItem": {"variant": {"legacyResourceId": "9001"}}}},
        ],
    )
    assert walk(_level(reads), "variant.id") == 9001
    assert reads.calls == [ASKED, ASKED, "variants/9001.json"]


def test_a_refused_variant_query_is_nil_and_tells_the_author_why() -> None:
    state = state_of(Recorded(queries=[{"errors": [{"message": "access denied"}]}] * 2))
    level = in_state(state, "shopify/inventory_levels/update", LEVEL)["inventory_level"]
    assert level.lookup("variant") is None
    assert len(state.warnings) == 1
    assert "access denied" in state.warnings[0]


@pytest.mark.parametrize(
    "answer",
    [
        {"data": {"inventoryItem": None}},
        {"data": {"inventoryItem": {"variants": {"nodes": []}}}},
        {"data": {"inventoryItem": {"variants": None}}},
        {"data": None},
        {},
        [],
        None,
    ],
)
def test_an_unknown_item_has_no_variant_and_nothing_more_is_read(answer: Any) -> None:
    reads = Recorded(queries=[answer])
    level = _level(reads)
    assert walk(level, "variant.product.variants") is None
    assert walk(level, "variant.id") is None
    assert reads.calls == [ASKED]


def test_a_disconnected_level_is_completed_by_one_read_of_its_item_and_location() -> None:
    key = "inventory_levels.json?inventory_item_ids=3001&location_ids=2001"
    reads = Recorded({key: {"inventory_levels": [LEVEL]}})
    level = _level(reads, {"inventory_item_id": 3001, "location_id": 2001})
    assert level.lookup("available") == 4
    assert level.lookup("updated_at") == LEVEL["updated_at"]
    assert level.lookup("no_such_field") is None
    assert reads.calls == [key]
    assert level.plain() == {"inventory_item_id": 3001, "location_id": 2001}


@pytest.mark.parametrize("payload", [{}, {"inventory_item_id": 3001}, {"location_id": None, "inventory_item_id": 1}])
def test_a_level_without_its_ids_reads_nothing(payload: Any) -> None:
    reads = _shop()
    assert _level(reads, payload).lookup("reload") is None
    assert reads.calls == []


@pytest.mark.parametrize(
    ("kind", "relation"), [("line_item", "variant"), ("line_item", "product"), ("variant", "product")]
)
def test_a_dead_relation_is_nil_with_a_warning_that_names_the_way_out(kind: str, relation: str) -> None:
    state = state_of(Recorded())
    for number in (1, 2):
        item = resource(kind, {"product_id": number, "variant_id": number}, state=state)
        assert item.lookup(relation) is None
    assert len(state.warnings) == 1
    assert "GraphQL" in state.warnings[0]
    assert state.warnings[0].startswith(relation)


def test_product_payloads_are_taken_as_complete() -> None:
    """Their REST endpoints are gone at Shopify, so a missing field must not cost a failing read (liquid.md 5.3)."""
    reads = _shop()
    product = resource("product", {"id": 8001, "title": "Mug", "tags": "a, b"}, reads)
    assert product.lookup("no_such_field") is None
    assert product.lookup("variants") is None
    assert reads.calls == []
    assert product.lookup("reload").lookup("product_type") == "Print"
    assert reads.calls == ["products/8001.json"]


def test_images_of_a_product_are_objects_that_know_it() -> None:
    product = resource("product", {"id": 8001, "images": [{"id": 1, "src": "u", "product_id": 8001}], "image": None})
    assert walk(product, "images.0.src") == "u"
    assert walk(product, "images.0.product") is product
    assert product.lookup("image") is None
    assert isinstance(walk(product, "images.0"), LiquidObject)


@pytest.mark.parametrize("payload", [{}, {"inventory_item_id": None}, {"inventory_item_id": "x"}])
def test_without_an_item_there_is_no_variant_and_no_level_to_look_for(payload: Any) -> None:
    reads = _shop()
    assert _level(reads, payload).lookup("variant") is None
    levels = resource("variant", payload, reads).lookup("inventory_levels")
    assert levels == []
    assert reads.calls == []
