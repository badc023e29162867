"""What every REST-shaped object does: payload, one read for what is missing, reload, JSON, no way to be changed."""

from __future__ import annotations

from typing import Any

import pytest

from runner.liquid.objects.base import FrozenHash, FrozenList, LiquidCollection
from runner.liquid.objects.fetch import fill, numeric_id, root_of
from runner.liquid.objects.resources import RESOURCES
from runner.liquid.values import equals, json_text, lookup, text
from tests.liquid.objects.recorded import Recorded, resource, variables, walk

ORDER = {
    "id": 5001,
    "name": "#2001",
    "total_price": "57.90",
    "note": None,
    "test": False,
    "line_items": [{"id": 6001, "quantity": 2, "properties": []}],
    "shipping_address": {"city": "York"},
}
WHOLE = {**ORDER, "note": "ring twice", "closed_at": "2026-03-04T00:00:00Z", "tags": "a, b"}


def _shop() -> Recorded:
    return Recorded({"orders/5001.json": {"order": WHOLE}})


@pytest.mark.parametrize(
    ("key", "expected", "calls"),
    [
        ("name", "#2001", 0),
        ("total_price", "57.90", 0),
        ("note", None, 0),
        ("test", False, 0),
        ("closed_at", "2026-03-04T00:00:00Z", 1),
        ("tags", "a, b", 1),
        ("no_such_field", None, 1),
        ("size", None, 0),
        ("first", None, 0),
        ("last", None, 0),
        ("shipping_address", {"city": "York"}, 0),
    ],
)
def test_the_payload_comes_first_and_a_missing_field_costs_one_read(key: str, expected: Any, calls: int) -> None:
    reads = _shop()
    order = resource("order", ORDER, reads)
    assert [lookup(order, key) for _ in range(3)] == [expected] * 3
    assert len(reads.calls) == calls


def test_several_missing_fields_share_the_one_read() -> None:
    reads = _shop()
    order = variables("shopify/orders/create", ORDER, reads)["order"]
    assert [order.lookup(key) for key in ("closed_at", "tags", "nothing", "reload")][:3] == [
        "2026-03-04T00:00:00Z",
        "a, b",
        None,
    ]
    assert reads.calls == ["orders/5001.json"]


@pytest.mark.parametrize("key", [0, 1, True, 1.5, -1])
def test_keys_that_are_no_names_are_nil_without_a_read(key: Any) -> None:
    reads = _shop()
    assert resource("order", ORDER, reads).lookup(key) is None
    assert reads.calls == []


def test_reload_gives_the_present_fields_and_leaves_the_object_as_it_was() -> None:
    reads = _shop()
    order = resource("order", ORDER, reads)
    fresh = order.lookup("reload")
    assert fresh.lookup("note") == "ring twice"
    assert fresh.lookup("no_such_field") is None
    assert order.lookup("note") is None
    assert fresh.lookup("reload").lookup("closed_at") == "2026-03-04T00:00:00Z"
    assert reads.calls == ["orders/5001.json"]


@pytest.mark.parametrize("body", [None, {}, {"errors": "Not Found"}, {"order": None}, {"order": []}, [], "x"])
def test_a_deleted_resource_reloads_as_nil(body: Any) -> None:
    order = resource("order", ORDER, Recorded({"orders/5001.json": body}))
    assert order.lookup("reload") is None
    assert order.lookup("closed_at") is None
    assert walk(order, "reload.cancelled_at") is None


@pytest.mark.parametrize(
    ("payload", "path"),
    [
        ({"id": 5001}, "orders/5001.json"),
        ({"id": "5001"}, "orders/5001.json"),
        ({"admin_graphql_api_id": "gid://shopify/Order/5001"}, "orders/5001.json"),
        ({"admin_graphql_api_id": "gid://shopify/Order/5001?x=1"}, "orders/5001.json"),
        ({"id": 9223372036854775807}, "orders/9223372036854775807.json"),
        ({"id": None}, None),
        ({"id": True}, None),
        ({"id": "../shop"}, None),
        ({"id": "1/../../x"}, None),
        ({"id": {"a": 1}}, None),
        ({"id": "1" * 400}, None),
        ({"id": -3}, None),
        ({}, None),
    ],
)
def test_only_ids_ever_get_into_a_path(payload: Any, path: str | None) -> None:
    reads = Recorded()
    assert resource("order", payload, reads).lookup("reload") is None
    assert reads.calls == ([path] if path else [])


def test_json_is_the_payload_whatever_was_read_through_the_object() -> None:
    order = resource("order", ORDER, _shop())
    before = json_text(order)
    order.lookup("tags")
    order.lookup("reload")
    assert json_text(order) == before
    assert before == json_text(ORDER)


def test_an_object_iterates_the_pairs_of_its_payload_without_reads() -> None:
    reads = _shop()
    pairs = list(resource("order", ORDER, reads))
    assert [pair[0] for pair in pairs] == list(ORDER)
    assert pairs[1] == ["name", "#2001"]
    assert reads.calls == []


def test_an_object_equals_its_own_data_and_prints_as_json() -> None:
    order = resource("order", {"id": 1, "name": "x"})
    assert equals(order, {"id": 1, "name": "x"})
    assert not equals(order, {"id": 2, "name": "x"})
    assert text(order) == '{"id":1,"name":"x"}'


def test_nothing_in_a_payload_can_be_assigned_to() -> None:
    order = resource("order", {"a": {"b": [{"c": 1}]}, "line_items": [{"properties": [{"name": "n", "value": "v"}]}]})
    assert type(order.plain()) is FrozenHash
    assert type(order.lookup("a")) is FrozenHash
    assert type(walk(order, "a.b")) is FrozenList
    assert type(walk(order, "a.b.0")) is FrozenHash
    assert type(order.lookup("line_items")) is FrozenList
    assert type(walk(order, "line_items.0.properties.0")) is FrozenHash


def test_what_is_read_is_frozen_as_well() -> None:
    order = resource("order", {"id": 5001}, _shop())
    assert type(order.lookup("shipping_address")) is FrozenHash


@pytest.mark.parametrize("name", sorted(RESOURCES))
def test_every_relation_leads_to_a_known_kind(name: str) -> None:
    for relation in RESOURCES[name].RELATIONS.values():
        kind = getattr(relation, "kind", None) or getattr(getattr(relation, "listing", None), "kind", None)
        assert kind is None or kind in RESOURCES


@pytest.mark.parametrize("name", sorted(RESOURCES))
@pytest.mark.parametrize("preview", [True, False])
def test_without_anybody_answering_every_member_is_nil_or_empty(name: str, preview: bool) -> None:
    payload = {"id": 1, "admin_graphql_api_id": "gid://shopify/X/1"}
    payload |= {f"{kind}_id": 2 for kind in ("order", "customer", "location", "product", "variant", "inventory_item")}
    item = resource(name, payload)
    for member in [*RESOURCES[name].RELATIONS, "reload", "no_such_field"]:
        value = item.lookup(member)
        if isinstance(value, LiquidCollection):
            assert len(value) == 0
            assert json_text(value) == "[]"
        else:
            assert value is None


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (7, 7),
        ("7", 7),
        ("007", 7),
        ("gid://shopify/Order/7", 7),
        ("gid://shopify/InventoryLevel/7?inventory_item_id=3", 7),
        (0, None),
        (-7, None),
        (True, None),
        (7.0, None),
        ("", None),
        ("x", None),
        ("٣", None),
        ("7.0", None),
        ("gid://shopify/Order/", None),
        (None, None),
        ([7], None),
    ],
)
def test_numeric_ids(value: Any, expected: int | None) -> None:
    assert numeric_id(value) == expected


def test_paths_are_filled_only_when_every_slot_has_an_id() -> None:
    assert fill("orders/{order_id}/refunds/{id}.json", {"order_id": 1, "id": "2"}.get) == "orders/1/refunds/2.json"
    assert fill("orders/{order_id}/refunds/{id}.json", {"id": 2}.get) is None
    assert fill("shop.json", {}.get) == "shop.json"


def test_lists_stand_under_the_last_word_of_their_path() -> None:
    assert root_of("orders/1/transactions.json") == "transactions"
    assert root_of("orders.json") == "orders"
