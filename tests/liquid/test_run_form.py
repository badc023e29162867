"""Values of the run form in whole renderings (tasks.md 3.9)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from runner.clock import FixedClock
from runner.liquid.render import render
from runner.model.event import Event
from runner.model.task import Task
from tests.liquid.conftest import NOW

KEYS = """{% comment %}
  options.count__number_userform options.flag__boolean_userform options.list__array_userform
{% endcomment %}"""


def log(shown: str, topic: str, data: Any = None, inputs: Mapping[str, Any] | None = None, **options: Any) -> Any:
    task = Task("T", KEYS + "{% log " + shown + " %}", options=options)
    rendering = render(task, Event(topic, data), clock=FixedClock(NOW), inputs=inputs)
    assert rendering.error is None, rendering.liquid_error
    return rendering.logs[0]


def test_a_form_gives_input_and_data() -> None:
    inputs = {"count": "0", "flag": False}
    assert log("input", "mechanic/user/form", None, inputs) == {"count": 0, "flag": False, "list": None}
    data = log("event.data", "mechanic/user/form", None, inputs)
    assert (data["count__number_userform"], data["flag__boolean_userform"], data["count"]) == (0, False, 0)


def test_saved_values_prefill_and_are_not_rendered() -> None:
    saved = {"count__number_userform": "3", "list__array_userform": ["{{ shop.name }}"]}
    assert log("input", "mechanic/user/form", **saved) == {"count": 3, "flag": False, "list": ["{{ shop.name }}"]}
    assert log("options.list__array_userform", "mechanic/user/form", **saved) == [""]


def test_options_keep_their_saved_values_beside_other_input() -> None:
    saved = {"count__number_userform": 3}
    assert log("options.count__number_userform", "mechanic/user/form", None, {"count": 9}, **saved) == 3


def test_a_resource_carries_the_form_beside_its_own_fields() -> None:
    order = {"id": 1, "name": "#1"}
    assert log("input.count", "mechanic/user/order", order, {"count": 2}) == 2
    assert log("order.name", "mechanic/user/order", order, {"count": 2}) == "#1"
    assert log("event.data.count__number_userform", "mechanic/user/order", order, {"count": 2}) == 2


def test_every_resource_of_a_batch_shares_the_form() -> None:
    orders = [{"id": 1}, {"id": 2}]
    assert log("input.count", "mechanic/user/orders", orders, {"count": 2}) == 2
    assert log("event.data", "mechanic/user/orders", orders, {"count": 2}) == orders


@pytest.mark.parametrize("topic", ["mechanic/user/trigger", "mechanic/user/text", "shopify/orders/create", "user/a/b"])
def test_input_is_nil_elsewhere(topic: str) -> None:
    assert log("input", topic, None, {"count": 2}) is None


def test_liquid_in_option_values_sees_the_input() -> None:
    assert log("options.text", "mechanic/user/form", None, {"count": 2}, text="{{ input.count }}") == "2"


def test_the_callers_event_is_left_alone() -> None:
    event = Event("mechanic/user/order", {"id": 1})
    render(Task("T", KEYS), event, clock=FixedClock(NOW), inputs={"count": 1})
    assert event.data == {"id": 1}


def test_a_form_field_that_names_a_global_gives_its_value() -> None:
    task = Task("T", "{% log input.rate %}{% comment %} options.rate__global_userform {% endcomment %}")
    event = Event("mechanic/user/form")
    rendering = render(task, event, clock=FixedClock(NOW), inputs={"rate": "eu"}, globals={"eu": [1]})
    assert rendering.logs == ([1],)
