"""The run form: prefilled, coerced, under bare names, and in the event's data (tasks.md 3.9)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from runner.errors import InputError
from runner.model.event import Event
from runner.model.options import coerce, parse_key
from runner.model.options import discover as task_options
from runner.model.run_form import (
    FilledForm,
    check_inputs,
    fill_form,
    form_options,
    has_run_form,
    submission,
    with_submission,
)
from runner.model.task import Task

FORM = "mechanic/user/form"
DAY, COUNT, FLAG, PLAIN = (
    "the_event__date_userform",
    "count__number_userform",
    "flag__boolean_userform",
    "plain__number",
)
OPTIONS = tuple(parse_key(key) for key in (DAY, COUNT, FLAG, PLAIN, "token__secret_userform"))


def fill(topic: str, data: Any = None, submitted: Mapping[str, Any] | None = None, **saved: Any) -> FilledForm:
    filled = fill_form(Event(topic, data), OPTIONS, saved=saved, submitted=submitted, runtime=coerce)
    assert filled is not None
    return filled


@pytest.mark.parametrize(
    ("topic", "expected"),
    [
        (FORM, True),
        ("mechanic/user/order", True),
        ("mechanic/user/variants", True),
        ("mechanic/user/collection", True),
        ("mechanic/user/trigger", False),
        ("mechanic/user/text", False),
        ("shopify/orders/create", False),
        ("user/form/order", False),
    ],
)
def test_only_forms_and_resources_from_the_admin_have_one(topic: str, expected: bool) -> None:
    assert has_run_form(topic) is expected
    filled = fill_form(Event(topic), OPTIONS, saved={}, submitted={"count": 1}, runtime=coerce)
    assert (filled is not None) is expected


def test_the_form_asks_for_userform_options_but_never_for_secrets() -> None:
    assert [option.name for option in form_options(OPTIONS)] == ["the_event", "count", "flag"]


@pytest.mark.parametrize(
    ("submitted", "expected"),
    [
        ({"count": "0", "flag": "false"}, {"count": 0, "flag": False}),
        ({COUNT: 0, FLAG: False}, {"count": 0, "flag": False}),
        ({"count": "", "flag": None}, {"count": None, "flag": False}),
        ({"count": "1.5", "flag": "true"}, {"count": 1.5, "flag": True}),
    ],
)
def test_values_are_coerced_by_kind_and_false_and_zero_stay(submitted: Any, expected: Any) -> None:
    filled = fill("mechanic/user/order", {"id": 1}, submitted, **{COUNT: "7", FLAG: True})
    assert filled.values == {"the_event": None, **expected}


def test_the_form_starts_with_the_saved_values() -> None:
    filled = fill(FORM, None, {"count": 5}, **{DAY: "2026-01-02", COUNT: 1, PLAIN: 9})
    assert filled.values == {"the_event": "2026-01-02", "count": 5, "flag": False}
    assert filled.event.data == {**filled.values, DAY: "2026-01-02", COUNT: 5, FLAG: False}


@pytest.mark.parametrize("data", [{DAY: "2026-02-03", COUNT: "4"}, {"the_event": "2026-02-03", "count": "4"}])
def test_the_data_of_a_form_event_is_what_was_submitted_by_key_or_by_name(data: dict[str, Any]) -> None:
    filled = fill(FORM, data)
    assert filled.values == {"the_event": "2026-02-03", "count": 4, "flag": False}
    assert filled.event.data == {
        "the_event": "2026-02-03",
        "count": 4,
        "flag": False,
        DAY: "2026-02-03",
        COUNT: 4,
        FLAG: False,
    }


def test_values_of_no_option_are_kept_as_they_are() -> None:
    assert fill(FORM, {"extra__x": "1"}).values["extra"] == "1"
    assert fill(FORM, {"extra__x": "1"}).event.data["extra__x"] == "1"


def test_a_resource_gets_the_values_under_whole_keys_where_it_has_no_such_field() -> None:
    filled = fill("mechanic/user/order", {"id": 1, "count": 3, DAY: "own"}, {"count": "4", "the_event": "2026-01-01"})
    assert filled.event.data == {"id": 1, "count": 3, DAY: "own", COUNT: 4, FLAG: False}
    assert filled.values["the_event"] == "2026-01-01"


@pytest.mark.parametrize(
    ("topic", "data"), [("mechanic/user/orders", [{"id": 1}]), ("mechanic/user/order", None), (FORM, "text")]
)
def test_data_that_is_no_hash_is_left_alone(topic: str, data: Any) -> None:
    filled = fill(topic, data, {"count": 1})
    assert filled.event.data == data
    assert filled.values["count"] == 1


def test_a_form_without_anything_stays_without_data() -> None:
    filled = fill_form(Event(FORM), (), saved={}, submitted=None, runtime=coerce)
    assert filled == FilledForm({}, Event(FORM))


@pytest.mark.parametrize(("sent", "filed"), [({COUNT: 1}, {"count": 2}), ({"count": 1}, {COUNT: 2})])
def test_what_was_sent_wins_over_the_data_under_whichever_name(sent: dict[str, Any], filed: dict[str, Any]) -> None:
    assert fill(FORM, filed, sent).values["count"] == 1


TASK = Task.from_json({"name": "t", "script": " ".join(f"options.{option.key}" for option in OPTIONS)})


@pytest.mark.parametrize("key", [DAY, "the_event", "count", FLAG])
def test_the_form_takes_its_options_by_key_and_by_name(key: str) -> None:
    check_inputs(TASK, {key: None})


@pytest.mark.parametrize(
    ("key", "hint"),
    [
        ("cuont", "did you mean count?"),
        ("plain", "it asks for the_event, count, flag"),
        ("token", "it asks for the_event, count, flag"),
    ],
)
def test_what_the_form_does_not_ask_for_is_refused(key: str, hint: str) -> None:
    with pytest.raises(InputError, match=f'does not ask for "{key}"') as caught:
        check_inputs(TASK, {"count": 1, key: 2}, "form.json")
    assert (caught.value.code, caught.value.hint) == ("input.options", hint)
    assert caught.value.where is not None
    assert (caught.value.where.file, caught.value.where.part) == ("form.json", key)


def test_a_task_without_a_form_says_how_to_get_one() -> None:
    with pytest.raises(InputError) as caught:
        check_inputs(Task.from_json({"name": "t", "script": ""}), {"count": 1})
    assert "userform" in str(caught.value.hint)


def both(day: Any, count: Any, flag: Any) -> dict[str, Any]:
    return {"the_event": day, "count": count, "flag": flag, DAY: day, COUNT: count, FLAG: flag}


@pytest.mark.parametrize(
    ("data", "inputs", "expected"),
    [
        (None, None, both("2026-01-02", 7, False)),
        ({COUNT: 4, "flag": "true"}, {"count": 3}, both("2026-01-02", 3, True)),
        ("text", {COUNT: "", "the_event": ""}, both(None, None, False)),
        (None, {"extra__x": 1}, {"extra": 1, **both("2026-01-02", 7, False)}),
    ],
)
def test_a_form_sends_what_was_changed_and_else_the_saved_values(data: Any, inputs: Any, expected: Any) -> None:
    saved = {DAY: "2026-01-02", COUNT: "7", PLAIN: 9, "token__secret_userform": "api"}
    assert submission(Event(FORM, data), TASK, saved=saved, inputs=inputs) == expected


def test_the_data_of_a_resource_is_no_part_of_the_form_that_comes_with_it() -> None:
    assert submission(Event("mechanic/user/order", {"count": 9}), TASK, saved={}) == both(None, None, False)


def test_a_global_that_the_form_asks_for_is_looked_up_once() -> None:
    """The form sends its key; what is kept must not be taken for another key."""
    task = Task.from_json({"name": "t", "script": "options.rate__global_userform"})
    sent = submission(Event(FORM), task, saved={"rate__global_userform": "rate"})
    kept = with_submission(Event(FORM), sent or {})
    filled = fill_form(kept, task_options(task), saved={}, submitted=sent, runtime=lambda option, key: {"rate": 2}[key])
    assert filled is not None
    assert filled.values == {"rate": 2}


def test_other_topics_send_no_form() -> None:
    assert submission(Event("mechanic/user/text", "x"), TASK, saved={DAY: "2026-01-02"}, inputs={"count": 1}) is None


@pytest.mark.parametrize(
    ("topic", "data", "expected"),
    [
        (FORM, None, {"count": 1}),
        (FORM, {"count": 2, "other": 3}, {"count": 1, "other": 3}),
        (FORM, "text", "text"),
        ("mechanic/user/order", {"id": 1}, {"id": 1}),
        ("mechanic/user/orders", [], []),
    ],
)
def test_only_the_data_of_a_form_event_keeps_what_was_sent(topic: str, data: Any, expected: Any) -> None:
    assert with_submission(Event(topic, data), {"count": 1}) == Event(topic, expected)
