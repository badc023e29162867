"""The variables of a render: which exist for which event, and what they hold."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from runner.liquid.objects import environment
from runner.liquid.objects.base import FrozenHash, FrozenList, LiquidCollection, LiquidObject
from runner.liquid.objects.resource import Resource
from runner.liquid.values import json_text
from runner.model.event import Event
from tests.liquid.objects.recorded import Recorded, in_state, state_of, variables, walk

ALWAYS = {"event", "task", "shop", "cache", "globals", "secrets"}


@pytest.mark.parametrize(
    ("topic", "name"),
    [
        ("shopify/orders/create", "order"),
        ("shopify/customers/update", "customer"),
        ("shopify/customer/tags_added", "customer"),
        ("shopify/inventory_levels/update", "inventory_level"),
        ("shopify/products/create", "product"),
        ("shopify/orders/edited", "order_edit"),
        ("shopify/fulfillment_events/create", "fulfillment_event"),
        ("mechanic/actions/perform", "action"),
        ("mechanic/shopify/bulk_operation", "bulkOperation"),
        ("mechanic/errors/task", "error"),
        ("mechanic/emails/received", "email"),
        ("judgeme/review/created", "review"),
        ("mechanic/user/order", "order"),
        ("mechanic/user/form", "input"),
        ("mechanic/user/trigger", None),
        ("mechanic/user/text", None),
        ("mechanic/scheduler/daily", None),
        ("user/orders/ready", None),
    ],
)
def test_the_topic_decides_the_one_variable_beside_those_that_always_exist(topic: str, name: str | None) -> None:
    assert set(variables(topic, {"id": 1})) == ALWAYS | ({name} if name else set())


@pytest.mark.parametrize(
    ("topic", "name", "kind"),
    [
        ("shopify/orders/create", "order", "Order"),
        ("shopify/customers/create", "customer", "Customer"),
        ("shopify/inventory_levels/connect", "inventory_level", "InventoryLevel"),
        ("shopify/inventory_items/update", "inventory_item", "InventoryItem"),
        ("shopify/products/update", "product", "Product"),
        ("shopify/variants/in_stock", "variant", "Variant"),
        ("shopify/locations/create", "location", "Location"),
        ("shopify/draft_orders/create", "draft_order", "DraftOrder"),
        ("shopify/fulfillments/create", "fulfillment", "Fulfillment"),
        ("shopify/fulfillment_events/create", "fulfillment_event", "FulfillmentEvent"),
        ("shopify/refunds/create", "refund", "Refund"),
        ("shopify/collections/create", "collection", "Collection"),
        ("shopify/themes/publish", "theme", "Theme"),
        ("shopify/disputes/create", "dispute", "Dispute"),
        ("shopify/shop/update", "shop", "Shop"),
        ("shopify/checkouts/create", "checkout", "FrozenHash"),
        ("shopify/returns/request", "return", "FrozenHash"),
        ("shopify/discounts/create", "discount", "FrozenHash"),
        ("mechanic/actions/perform", "action", "FrozenHash"),
        ("mechanic/shopify/bulk_operation", "bulkOperation", "BulkOperation"),
        ("mechanic/user/customer", "customer", "Customer"),
    ],
)
def test_the_payload_is_wrapped_as_the_object_of_its_name(topic: str, name: str, kind: str) -> None:
    assert type(variables(topic, {"id": 1})[name]).__name__ == kind


@pytest.mark.parametrize(
    ("topic", "payload", "name", "expected"),
    [
        ("shopify/orders/edited", {"order_edit": {"id": 43, "order_id": 50}}, "order_edit", {"id": 43, "order_id": 50}),
        ("shopify/orders/create", {"order": {"id": 1}}, "order", {"id": 1}),
        ("shopify/orders/create", {"order": {"id": 1}, "x": 2}, "order", {"order": {"id": 1}, "x": 2}),
        ("shopify/orders/create", {"customer": {"id": 1}}, "order", {"customer": {"id": 1}}),
        ("shopify/returns/request", {"return": {"id": 4}}, "return", {"id": 4}),
        ("mechanic/shopify/bulk_operation", {"bulkOperation": {"id": "g"}}, "bulkOperation", {"id": "g"}),
        ("mechanic/actions/perform", {"action": {"type": "echo"}}, "action", {"action": {"type": "echo"}}),
    ],
)
def test_a_payload_inside_its_own_name_is_unwrapped(topic: str, payload: Any, name: str, expected: Any) -> None:
    found = variables(topic, payload)
    assert json_text(found[name]) == json_text(expected)
    assert json_text(found["event"].lookup("data")) == json_text(payload)


@pytest.mark.parametrize("payload", [None, "text", 7, True, [], [1]])
def test_a_payload_that_is_no_hash_stays_what_it_is(payload: Any) -> None:
    assert variables("shopify/orders/create", payload)["order"] == payload


def test_a_custom_webhook_event_has_the_variable_of_its_shopify_topic() -> None:
    event = Event("user/vip/order", {"id": 1}, shopify_topic="shopify/orders/create")
    found = environment(event, state=state_of(), task_record={})
    assert walk(found["order"], "id") == 1
    assert walk(found["event"], "topic") == "user/vip/order"
    assert walk(found["event"], "shopify_topic") == "shopify/orders/create"


def test_a_batch_from_the_admin_is_a_list_of_objects() -> None:
    reads = Recorded({"orders/2.json": {"order": {"id": 2, "name": "#2"}}})
    orders = variables("mechanic/user/orders", [{"id": 1, "name": "#1"}, {"id": 2}], reads)["orders"]
    assert type(orders) is FrozenList
    assert [order.lookup("name") for order in orders] == ["#1", "#2"]
    assert reads.calls == ["orders/2.json"]
    assert json_text(orders) == '[{"id":1,"name":"#1"},{"id":2}]'


def test_options_exist_only_when_given_and_keep_their_keys() -> None:
    given = {"Days__number_required": 3, "x": None}
    found = environment(Event("mechanic/user/trigger"), state=state_of(), task_record={}, options=given)
    assert found["options"] == given
    assert type(found["options"]) is FrozenHash
    assert "options" not in variables("mechanic/user/trigger")


def test_the_task_record_is_readable_and_nothing_else_is_in_it() -> None:
    record = {"id": "t-1", "created_at": "2026-01-01T00:00:00.000Z", "name": "N", "options": {"a": [1]}}
    found = environment(Event("mechanic/user/trigger"), state=state_of(), task_record=record)["task"]
    assert found == record
    assert type(walk(found, "options.a")) is FrozenList


def test_globals_and_secrets_are_empty_unless_given() -> None:
    found = variables("mechanic/user/trigger")
    assert found["globals"] == {}
    assert found["secrets"] == {}
    given = environment(
        Event("mechanic/user/trigger"), state=state_of(), task_record={}, globals={"a": [1]}, secrets={"k": "ref"}
    )
    assert type(walk(given["globals"], "a")) is FrozenList
    assert walk(given["secrets"], "k") == "ref"
    assert walk(given["globals"], "missing") is None


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        ({"the_event__date_userform": "2026-01-01", "plain": 0}, {"the_event": "2026-01-01", "plain": 0}),
        ({"flag__boolean_userform": False}, {"flag": False}),
        (None, {}),
    ],
)
def test_a_form_gives_its_values_by_bare_name(payload: Any, expected: Any) -> None:
    found = variables("mechanic/user/form", payload)
    assert found["input"] == expected
    assert found["event"].lookup("data") == payload


def test_form_values_given_by_the_caller_are_the_input_of_any_topic() -> None:
    found = environment(
        Event("mechanic/user/order", {"id": 1}), state=state_of(), task_record={}, inputs={"note": "hello"}
    )
    assert found["input"] == {"note": "hello"}
    assert walk(found["order"], "id") == 1


def test_everything_of_one_environment_shares_its_reads() -> None:
    reads = Recorded({"customers/7.json": {"customer": {"id": 7, "tags": "vip"}}})
    found = variables("shopify/orders/create", {"id": 1, "customer": {"id": 7}}, reads)
    assert walk(found["order"], "customer.tags") == "vip"
    assert walk(found["shop"], "customers.7.tags") == "vip"
    assert reads.calls == ["customers/7.json"]


def test_making_the_environment_reads_nothing() -> None:
    reads = Recorded()
    variables("shopify/orders/create", {"id": 1}, reads, shop={"name": "S"})
    assert reads.calls == []


def test_a_shop_update_gives_the_new_record_with_all_its_powers() -> None:
    reads = Recorded({"locations.json": {"locations": [{"id": 1}]}})
    found = in_state(state_of(reads, shop={"name": "Old"}), "shopify/shop/update", {"name": "New"})
    assert walk(found["shop"], "name") == "New"
    assert walk(found["shop"], "locations.first.id") == 1


def _containers(value: Any) -> Iterator[Any]:
    if isinstance(value, LiquidCollection):
        return
    if isinstance(value, LiquidObject):
        for _, item in (
            value if not isinstance(value, Resource) else [(key, value.lookup(key)) for key in value.plain()]
        ):
            yield from _containers(item)
    elif isinstance(value, dict):
        yield value
        for item in value.values():
            yield from _containers(item)
    elif isinstance(value, (list, tuple)):
        yield value
        for item in value:
            yield from _containers(item)


@pytest.mark.parametrize(
    "topic",
    [
        "shopify/orders/create",
        "shopify/checkouts/create",
        "mechanic/actions/perform",
        "mechanic/shopify/bulk_operation",
    ],
)
def test_every_container_in_the_environment_refuses_assignment(topic: str) -> None:
    payload = {"id": 1, "a": [{"b": [1, {"c": {}}]}], "line_items": [{"x": [{}]}], "objects": [{"id": "g", "l": [[]]}]}
    event = Event(topic, payload, parent=Event("user/a/b", {"p": [{}]}))
    state = state_of(Recorded(cached={"k": {"v": [{}]}}), shop={"name": "S", "l": [[]]})
    found = environment(event, state=state, task_record={"options": {"o": [{}]}}, options={"x": [{}]})
    containers = [item for value in found.values() for item in _containers(value)]
    assert len(containers) > 20
    assert {type(item) for item in containers} == {FrozenHash, FrozenList}


def test_the_callers_data_is_left_alone() -> None:
    payload = {"id": 1, "list": [{"x": 1}]}
    found = variables("shopify/orders/create", payload)
    assert type(payload["list"]) is list
    assert walk(found["order"], "list.0.x") == 1
