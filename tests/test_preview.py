"""Previews in Python: which events are rendered, what makes a task invalid, and the result document (tasks.md 4, 5)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from runner.clock import FixedClock
from runner.errors import LiquidError
from runner.liquid.limits import Limits
from runner.model.event import Event
from runner.model.task import Task
from runner.preview import TaskPreview, preview_task

CREATE, TRIGGER, OWN = "shopify/orders/create", "mechanic/user/trigger", "user/made/up"
CLOCK = FixedClock(datetime(2026, 3, 4, 12, tzinfo=UTC))


def task(script: str = "{% log event.data %}", *topics: str, **keys: Any) -> Task:
    template = "\n".join(topics or (CREATE,))
    return Task.from_json({"name": "Made", "script": script, "subscriptions_template": template, **keys})


def definition(topic: str, data: Any, description: str = "") -> dict[str, Any]:
    return {"description": description, "event_attributes": {"topic": topic, "data": data}}


def sample(topic: str) -> Event | None:
    return None if topic.startswith("user/") else Event(topic, f"sample of {topic}")


def stored(topic: str) -> Event | None:
    if topic != TRIGGER:
        return None
    return Event(topic, "kept", id="e7", created_at=datetime(2026, 3, 1, 9, tzinfo=UTC))


def preview(made: Task, **given: Any) -> TaskPreview:
    return preview_task(made, **{"sample": sample, "clock": CLOCK, **given})


def sources(result: TaskPreview) -> list[tuple[str, str, str, Any]]:
    return [(each.topic, each.source, each.description, *each.rendering.logs) for each in result.previews]


def test_each_distinct_topic_has_the_best_source_there_is() -> None:
    definitions = [definition(CREATE, "one", "first"), definition(CREATE, "two"), definition("shopify/orders/paid", 0)]
    made = task("{% log event.data %}", CREATE, TRIGGER, f"{CREATE}+1.hour", "mechanic/scheduler/daily", OWN,
                preview_event_definitions=definitions)  # fmt: skip
    assert sources(preview(made, stored=stored)) == [
        (CREATE, "task definition", "first", "one"),
        (CREATE, "task definition", "", "two"),
        (TRIGGER, "stored event", "e7 of 2026-03-01T09:00:00.000Z", "kept"),
        ("mechanic/scheduler/daily", "sample", "", "sample of mechanic/scheduler/daily"),
        (OWN, "no data", "", None),
    ]


def test_definitions_come_before_stored_events() -> None:
    made = task("{% log event.data %}", TRIGGER, preview_event_definitions=[definition(TRIGGER, "own")])
    assert sources(preview(made, stored=stored)) == [(TRIGGER, "task definition", "", "own")]


def test_a_given_event_is_the_only_one_and_a_foreign_one_is_told() -> None:
    result = preview(task("{% log event.data %}", TRIGGER), stored=stored, event=Event("user/other/thing", 5))
    assert sources(result) == [("user/other/thing", "given event", "", 5)]
    assert result.warnings == ("the task does not subscribe to user/other/thing, the topic of the given event",)


def test_every_source_is_rendered_as_a_preview() -> None:
    made = task("{% log event.preview %}", CREATE, TRIGGER, OWN)
    assert [each.rendering.logs for each in preview(made, stored=stored).previews] == [(True,)] * 3


def test_a_definition_of_a_shopify_topic_gives_the_subject_variable() -> None:
    made = task("{% log order.name %}", preview_event_definitions=[definition(CREATE, {"name": "#7"})])
    assert preview(made).previews[0].rendering.logs == ("#7",)


def test_globals_secrets_and_inputs_reach_the_script_its_options_and_its_subscriptions() -> None:
    script = (
        "{% log a: globals.rate, b: options.g__global, c: options.s__secret, d: input.n %}"
        "{% comment %}{{ options.n__number_userform }}{% endcomment %}"
    )
    made = task(script, options={"g__global": "topic", "s__secret": "token", "n__number_userform": 1},
                subscriptions_template="{{ options.g__global }}")  # fmt: skip
    result = preview(
        made,
        globals={"rate": 0.2, "topic": "mechanic/user/form"},
        secrets={"token": None},
        inputs={"n": "5"},
    )
    (log,) = result.previews[0].rendering.logs
    assert result.previews[0].topic == "mechanic/user/form"
    assert (log["a"], log["b"], log["d"]) == (0.2, "mechanic/user/form", 5)
    assert log["c"].startswith("__mechanic_secret__token__")
    assert result.option_errors == ()


@pytest.mark.parametrize(("known", "codes"), [(None, []), ({}, ["option.reference"] * 2)])
def test_references_are_checked_where_globals_and_secrets_are_known(known: Any, codes: list[str]) -> None:
    made = task("{{ options.g__global }}{{ options.s__secret }}", options={"g__global": "x", "s__secret": "y"})
    assert [error.code for error in preview(made, globals=known, secrets=known).option_errors] == codes


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("body__multiline", "one\n{% if %}", '"Body", line 2:'),
        ("list__array", ["fine", "{{ x"], '"List", item 2, line 1:'),
        ("map__keyval", {"k": "{% endfor %}"}, '"Map", "k", line 1:'),
    ],
)
def test_liquid_in_a_value_that_does_not_parse_is_an_option_error(key: str, value: Any, message: str) -> None:
    result = preview(task(f"{{{{ options.{key} }}}}", options={key: value}))
    (error,) = [error for error in result.option_errors if error.code == "option.liquid"]
    assert error.message.startswith(message)
    assert error.key == key


@pytest.mark.parametrize("value", ["{{ x }}", "5 < 6", None, ["{{ x }}"]])
def test_liquid_that_parses_and_plain_text_are_no_option_errors(value: Any) -> None:
    assert preview(task("{{ options.a__array }}", options={"a__array": value})).option_errors == ()


@pytest.mark.parametrize(
    ("keys", "code", "part"),
    [
        ({"script": "{% if %}"}, "liquid.syntax", "script"),
        ({"script": "{% if %}", "subscriptions_template": ""}, "liquid.syntax", "script"),
        ({"script": "{% permissions %}read_nothing_known{% endpermissions %}"}, "liquid.permissions", "script"),
        ({"script": "", "online_store_javascript": "{% if %}"}, "liquid.syntax", "online_store_javascript"),
        ({"subscriptions_template": "{% if %}"}, "liquid.syntax", "subscriptions"),
        ({"subscriptions_template": "mechanic/user/triger"}, "task.topic", "subscriptions"),
    ],
)
def test_what_could_not_be_saved_makes_the_task_invalid_and_is_told_once(
    keys: dict[str, Any], code: str, part: str
) -> None:
    result = preview(task(**{"script": "{% log 1 %}", **keys}))
    assert [fault.code for fault in result.faults] == [code]
    assert result.faults[0].where is not None
    assert result.faults[0].where.part == part
    assert (result.is_valid, result.ok) == (False, False)


def test_a_script_that_fails_while_rendering_is_no_fault_of_the_file() -> None:
    result = preview(task("text {% log 1 %}"))
    assert (result.is_valid, result.ok) == (True, False)
    assert isinstance(result.previews[0].rendering.error, LiquidError)


def test_an_unknown_flag_is_a_warning_with_the_nearest() -> None:
    result = preview(task("{{ options.days__numbr_required }}"))
    assert result.warnings == ('option days__numbr_required: unknown flag "numbr", did you mean "number"?',)
    assert result.is_valid


def test_scopes_come_with_reasons_for_the_task_and_for_each_preview() -> None:
    script = """
        {% permissions %}read_themes{% endpermissions %}
        {% if event.topic == "shopify/orders/create" %}
          {% action "shopify" %}
            mutation { tagsAdd(id: "gid://shopify/Order/1", tags: "x") { userErrors { message } } }
          {% endaction %}
        {% endif %}
    """
    result = preview(task(script, CREATE, TRIGGER), granted={"read_orders", "read_themes"})
    document = result.to_dict()
    assert [[scope["scope"] for scope in each["scopes"]] for each in document["previews"]] == [["write_orders"], []]
    required = {scope["scope"]: scope["reasons"] for scope in document["scopes"]["required"]}
    assert required == {
        "read_orders": ["subscription shopify/orders/create"],
        "read_themes": ["permissions tag"],
        "write_orders": ["action shopify: mutation tagsAdd on Order"],
    }
    assert document["scopes"]["missing"] == ["write_orders"]


def test_nothing_is_missing_where_the_granted_scopes_are_not_known() -> None:
    assert preview(task()).to_dict()["scopes"]["missing"] == []


def test_the_document_has_the_published_form() -> None:
    document = preview(task()).to_dict()
    assert set(document) == {"task", "previews", "scopes", "ok"}
    assert {"name", "handle", "file", "subscriptions", "option_errors", "errors", "warnings"} == set(document["task"])
    published = {"topic", "description", "source", "actions", "logs", "errors", "scopes", "ms"}
    assert published <= set(document["previews"][0])


def test_a_preview_without_action_log_and_error_did_nothing() -> None:
    made = task('{% if event.topic == "mechanic/user/trigger" %}{% log 1 %}{% endif %}', CREATE, TRIGGER)
    assert [each.did_nothing for each in preview(made).previews] == [True, False]


@pytest.mark.parametrize(
    ("version", "words"),
    [("2020-01", "Shopify no longer serves it"), ("2025-10", "stops serving it on 2026-10-01"), ("2026-07", None)],
)
def test_an_api_version_that_is_not_served_for_long_is_warned_of(version: str, words: str | None) -> None:
    """(engine.md 5.5)"""
    task = Task.from_json({"name": "t", "script": "", "subscriptions_template": "", "shopify_api_version": version})
    clock = FixedClock(datetime(2026, 9, 10, tzinfo=UTC))
    said = preview_task(task, sample=lambda topic: None, clock=clock).warnings
    assert not said if words is None else words in said[0]


def test_limits_hold_for_each_preview() -> None:
    made = task("{% for i in (1..20) %}{% endfor %}", CREATE, TRIGGER)
    codes = [each.rendering.error and each.rendering.error.code for each in preview(made, limits=Limits(10)).previews]
    assert codes == ["liquid.limit.iterations"] * 2
    assert [each.rendering.error for each in preview(made).previews] == [None, None]
