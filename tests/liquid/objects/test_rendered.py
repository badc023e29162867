"""Objects as scripts use them: through tags and filters of a whole render."""

from __future__ import annotations

import json
from typing import Any

import pytest

from runner.clock import FixedClock
from runner.liquid.render import render
from runner.model.event import Event
from runner.model.rendering import Rendering
from runner.model.task import Task
from tests.liquid.objects.recorded import NOW, Recorded


def _render(
    script: str, topic: str = "mechanic/user/trigger", payload: Any = None, *, reads: Any = None, **fields: Any
) -> Rendering:
    task = Task.from_json({"name": "T", "script": script, "options": {}, "subscriptions_template": topic})
    return render(task, Event(topic, payload, **fields), reads=reads, clock=FixedClock(NOW), shop={"name": "S"})


def _log(expression: str, *arguments: Any, **fields: Any) -> Any:
    rendering = _render('{"log": {{ ' + expression + " | json }} }", *arguments, **fields)
    assert rendering.liquid_error is None
    return json.loads(json.dumps(rendering.logs[0]))


def _orders(count: int) -> Recorded:
    first = {"orders": [{"id": n, "name": f"#{n}", "test": n % 2 == 0} for n in range(1, min(count, 250) + 1)]}
    second = {"orders": [{"id": n, "name": f"#{n}"} for n in range(251, count + 1)]}
    query = "orders.json?limit=250&since_id={}&status=any"
    return Recorded({query.format(0): first, query.format(250): second})


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ('shop.orders.any | map: "name"', ["#1", "#2", "#3"]),
        ('shop.orders.any | where: "test" | map: "id"', [2]),
        ('shop.orders.any | map: "id" | concat: shop.orders.any', None),
        ("shop.orders.any.size", 3),
        ("shop.orders.any | size", 3),
        ('shop.orders["any"].first.name', "#1"),
        ("shop.orders.any | last", {"id": 3, "name": "#3", "test": False}),
    ],
)
def test_filters_take_a_collection_for_a_list(expression: str, expected: Any) -> None:
    found = _log(expression, reads=_orders(3))
    assert found == expected if expected is not None else len(found) == 6


def test_a_loop_that_breaks_reads_no_further_page() -> None:
    script = '{% for order in shop.orders.any %}{% if order.name == "#3" %}{% break %}{% endif %}{% endfor %}{"log": 1}'
    reads = _orders(300)
    assert _render(script, reads=reads).logs == (1,)
    assert reads.calls == ["orders.json?limit=250&since_id=0&status=any"]


def test_three_scopes_can_be_concatenated_in_a_preview() -> None:
    assert _log("shop.orders.paid | concat: shop.orders.unpaid | concat: shop.draft_orders.open", preview=True) == []


@pytest.mark.parametrize(
    "expression",
    ["order.reload.tags", "order.customer.reload.email", "shop.customers[7].tags", "cache['k']", "order.location.name"],
)
def test_lookups_in_a_preview_are_nil(expression: str) -> None:
    assert _log(expression, "shopify/orders/create", {"id": 1, "customer": {"id": 2}, "location_id": 3}) is None


@pytest.mark.parametrize(
    "target",
    [
        'order["x"]',
        'order["line_items"][0]["x"]',
        'order["line_items"][0]',
        'order["address"]["x"]',
        'event["x"]',
        'event["data"]["x"]',
        'shop["x"]',
        'task["x"]',
        'options["x"]',
        'cache["x"]',
        'globals["x"]',
    ],
)
def test_assignment_into_the_environment_fails_and_names_the_way_out(target: str) -> None:
    payload = {"id": 1, "line_items": [{"id": 2}], "address": {"city": "York"}}
    rendering = _render("{% assign " + target + " = 1 %}", "shopify/orders/create", payload)
    assert rendering.error is not None
    assert "parse_json" in str(rendering.error.hint)


def test_a_clone_through_json_can_be_changed() -> None:
    script = '{% assign copy = order | json | parse_json %}{% assign copy["x"] = 1 %}{"log": {{ copy | json }} }'
    assert _render(script, "shopify/orders/create", {"id": 1}).logs == ({"id": 1, "x": 1},)


def test_a_replaced_object_loses_its_powers() -> None:
    script = '{% assign order = order | json | parse_json %}{"log": {{ order.note_attributes["gift"] | json }} }'
    payload = {"id": 1, "note_attributes": [{"name": "gift", "value": "yes"}]}
    assert _render(script, "shopify/orders/create", payload).logs == (None,)
    assert _log('order.note_attributes["gift"]', "shopify/orders/create", payload) == "yes"


def test_bulk_objects_pass_filters_and_keep_their_parents() -> None:
    objects = [
        {"__typename": "Order", "id": "o1", "tags": ["a"]},
        {"__typename": "LineItem", "id": "l1", "__parentId": "o1"},
    ]
    script = (
        '{% assign items = bulkOperation.objects | where: "__typename", "LineItem" %}'
        '{% for item in items %}{"log": {{ item.__parent.tags | json }} }{"log": {{ item | json }} }{% endfor %}'
    )
    rendering = _render(script, "mechanic/shopify/bulk_operation", {"id": "b", "objects": objects})
    assert rendering.logs == (["a"], objects[1])


def test_an_unknown_path_through_everything_is_nil() -> None:
    assert _log("order.a.b.c[0].d", "shopify/orders/create", {"id": 1}) is None
