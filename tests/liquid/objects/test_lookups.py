"""Relations that a script reaches for are recorded, read or not: they need scopes (liquid.md 5.3, engine.md 7)."""

from __future__ import annotations

from typing import Any

import pytest

from runner.clock import FixedClock
from runner.liquid.render import render
from runner.model.event import Event
from runner.model.rendering import Lookup
from runner.model.task import Task
from tests.liquid.objects.recorded import NOW

ORDER = {"id": 1, "customer": {"id": 2}, "line_items": [{"id": 3, "product_id": 4}], "location_id": 5, "name": "#1"}

CUSTOMER = {"order.customer": "customers/{id}.json"}


def lookups(script: str, topic: str = "shopify/orders/create", data: Any = None) -> dict[str, str]:
    event = Event(topic, ORDER if data is None else data, preview=True)
    rendering = render(Task("T", script), event, clock=FixedClock(NOW))
    assert rendering.error is None, rendering.liquid_error
    return {each.name: each.path for each in rendering.lookups}


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("order.customer.id", CUSTOMER),
        ("order.customer.orders.size", {**CUSTOMER, "customer.orders": "orders/{id}.json"}),
        ("order.location.name", {"order.location": "locations/{id}.json"}),
        ("order.reload.name", {"order.reload": "orders/{id}.json"}),
        ("order.metafields.ns.key", {"order.metafields": "orders/{id}/metafields.json"}),
        ("order.fulfillment_orders.first", {"order.fulfillment_orders": "fulfillment_orders/{id}.json"}),
        ("order.line_items.first.product", {"line_item.product": "products/{id}.json"}),
        ('order["customer"]["id"]', CUSTOMER),
        ("shop.customers[1].tags", {"shop.customers": "customers/{id}.json"}),
        ("shop.orders.any.paid.first", {"shop.orders": "orders/{id}.json"}),
        ("shop.shipping_zones.size", {"shop.shipping_zones": "shipping_zones.json"}),
        ("order.name", {}),
        ("order.note_attributes.color", {}),
        ("order.line_items.first.id", {}),
        ("order.missing", {}),
        ("shop.name", {}),
        ("event.data.customer.id", {}),
    ],
)  # fmt: skip
def test_a_relation_is_recorded_with_the_path_that_serves_it(path: str, expected: dict[str, str]) -> None:
    assert lookups("{% assign x = " + path + " %}") == expected


def test_each_name_is_recorded_once_in_order() -> None:
    found = lookups("{% for i in (1..3) %}{% assign a = shop.orders.size %}{% assign b = order.customer %}{% endfor %}")
    assert list(found) == ["shop.orders", "order.customer"]


def test_a_script_that_fails_keeps_what_it_reached_for() -> None:
    rendering = render(Task("T", "{% assign a = shop.orders.size %}x"), Event("user/a/b"), clock=FixedClock(NOW))
    assert rendering.error is not None
    assert rendering.lookups == (Lookup("shop.orders", "orders/{id}.json"),)


def test_a_variable_replaced_by_plain_data_looks_nothing_up() -> None:
    script = '{% assign order = \'{"customer": {"id": 1}}\' | parse_json %}{% assign x = order.customer.id %}'
    assert lookups(script) == {}
    assert "lookups" not in render(Task("T", script), Event("user/a/b"), clock=FixedClock(NOW)).to_dict()
