"""Discovery, stored and run-time values of options: tasks.md 3.1, 3.5 and 3.6."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.model.options import (
    coerce,
    discover,
    discovered_keys,
    parse_key,
    stale_keys,
    stored_values,
    to_number,
    unknown_overrides,
)
from runner.model.task import Task


@pytest.mark.parametrize(
    ("script", "keys"),
    [
        ("{{ options.a__required }}{{ options.b }}{{ options.a__required }}", ("a__required", "b")),
        ("{{ action.options.method }}", ()),
        ("{{ my_options.method }}", ()),
        ("{{ xoptions.method }}", ()),
        ('{{ options["quoted"] }}{{ options[name] }}', ()),
        ("{{ options }} options_valid options { id }", ()),
        ("{% comment %}{{ options.in_comment }}{% endcomment %}", ("in_comment",)),
        ("{% raw %}{{ options.in_raw }}{% endraw %}", ("in_raw",)),
        ('{{ "options.in_string" }}', ("in_string",)),
        ("{{ options.list.first }}", ("list",)),
        ("{{ options.Upper }}", ()),
        ("{%if options.a==blank or-options.b%}", ("a", "b")),
        ("{{ options.map__keyval[0] }}", ("map__keyval",)),
    ],
)
def test_an_option_exists_because_the_text_refers_to_it(script: str, keys: tuple[str, ...]) -> None:
    assert discovered_keys(Task(name="t", script=script)) == keys


def test_the_form_follows_script_template_and_javascript() -> None:
    task = Task(
        name="t",
        script="{{ options.s }}",
        subscriptions_template="{{ options.t }}{{ options.s }}",
        online_store_javascript="{{ options.j }}",
        order_status_javascript="{{ options.o }}",
        options={"zzz": 1},
    )
    assert [option.key for option in discover(task)] == ["s", "t", "j", "o"]


def test_stale_and_missing_values_stay_reachable() -> None:
    task = Task(name="t", script="{{ options.new__boolean }}{{ options.kept }}", options={"old": 1, "kept": "x"})
    assert stale_keys(task) == ("old",)
    assert stored_values(task) == {"old": 1, "kept": "x", "new__boolean": None}
    assert list(stored_values(task)) == ["old", "kept", "new__boolean"]


def test_overrides_win_over_the_file_which_stays_as_it_is() -> None:
    task = Task(name="t", script="{{ options.a }}", options={"a": 1})
    assert stored_values(task, {"a": 2, "b": 3}) == {"a": 2, "b": 3}
    assert task.options == {"a": 1}


def test_an_override_that_nothing_knows_names_the_nearest_key() -> None:
    task = Task(name="t", script="{{ options.days__number }}", options={"old": 1})
    assert unknown_overrides(task, {"days__number": 1, "old": 2}) == ()
    (finding,) = unknown_overrides(task, {"days": 1})
    assert finding.code == "option.unknown"
    assert "days__number" in finding.message


CASES: list[tuple[str, Any, Any]] = [
    # text
    ("a", "", None),
    ("a", None, None),
    ("a", "  ", "  "),
    ("a", "x", "x"),
    ("a__multiline", "", None),
    ("a__code", "x\n", "x\n"),
    ("a__email", "", None),
    # boolean
    ("a__boolean", True, True),
    ("a__boolean", False, False),
    ("a__boolean", None, False),
    ("a__boolean", "", False),
    ("a__boolean", "true", True),
    ("a__boolean", "false", False),
    # number
    ("a__number", "2", 2),
    ("a__number", " 2 ", 2),
    ("a__number", "-2", -2),
    ("a__number", "0.8", 0.8),
    ("a__number", "2.0", 2.0),
    ("a__number", "1e3", 1000.0),
    ("a__number", 7, 7),
    ("a__number", 0.8, 0.8),
    ("a__number", 7.0, 7.0),
    ("a__number", "", None),
    ("a__number", None, None),
    ("a__number", "soon", None),
    ("a__number", "1,000", None),
    ("a__number", "1_000", None),
    ("a__number", "٣", None),
    ("a__number", "nan", None),
    ("a__number", "Infinity", None),
    ("a__number", "1e999", None),
    ("a__number", "0x10", None),
    ("a__number", True, None),
    ("a__number", [1], None),
    # lists
    ("a__array", ["x", "", None], ["x", "", None]),
    ("a__array", [], []),
    ("a__array", None, None),
    ("a__array", "one", ["one"]),
    ("a__array_number", ["1", "2.5", 3, "", "x"], [1, 2.5, 3, None, None]),
    ("a__array_number", None, None),
    # hashes
    ("a__keyval", {"b": "1", "a": "", "": "x"}, {"b": "1", "a": "", "": "x"}),
    ("a__keyval", {}, {}),
    ("a__keyval", None, None),
    ("a__keyval_number", {"b": "10", "a": 5, "c": ""}, {"b": 10, "a": 5, "c": None}),
    # the rest
    ("a__range_min0_max23", 5, 5),
    ("a__range_min0_max23", "5", 5),
    ("a__range_min0_max23", None, None),
    ("a__select_o1_x", "", None),
    ("a__select_o1_x", None, None),
    ("a__select_o1_x", "not_listed", "not_listed"),
    ("a__choice_o1_x", "x", "x"),
    ("a__picker_product", "gid://shopify/Product/1", "gid://shopify/Product/1"),
    ("a__picker_product", "", None),
    ("a__picker_product_array", ["gid://shopify/Product/1"], ["gid://shopify/Product/1"]),
    ("a__picker_product_array", None, None),
    ("a__multiselect_o1_x", ["x"], ["x"]),
    ("a__multiselect_o1_x", [], []),
    ("a__multiselect_o1_x", None, None),
    ("a__date", "2026-01-31", "2026-01-31"),
    ("a__datetime", "", None),
    ("a__time", "09:30", "09:30"),
    ("a__color", None, None),
    ("a__global", "rates", "rates"),
    ("a__secret", "token", "token"),
    ("a__secret", "", None),
]


@pytest.mark.parametrize(("key", "stored", "value"), CASES)
def test_a_stored_value_becomes_its_run_time_value(key: str, stored: Any, value: Any) -> None:
    result = coerce(parse_key(key), stored)
    assert result == value
    assert type(result) is type(value)


def test_a_hash_keeps_its_order() -> None:
    stored = {"z": "1", "a": "2", "m": "3"}
    assert list(coerce(parse_key("a__keyval_number"), stored)) == ["z", "a", "m"]


JSONS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)


@given(st.sampled_from(sorted({key for key, _, _ in CASES})), JSONS)
def test_no_stored_value_makes_coercion_fail(key: str, stored: Any) -> None:
    coerce(parse_key(key), stored)


@pytest.mark.parametrize("number", [0, -1, 10**30, 0.5, -1e-7])
def test_a_number_survives_being_stored_as_text(number: float) -> None:
    assert to_number(str(number)) == number
