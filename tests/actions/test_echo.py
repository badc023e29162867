"""echo (actions.md 3.2), and the table of types."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from runner.actions import ACTION_TYPES, Tools, action_type
from runner.actions.echo import EchoAction
from runner.errors import ActionError


@pytest.mark.parametrize("options", [None, 1, "text", [1, 2], {"a": None}, {"__error": None}, [{"__error": "x"}]])
def test_options_come_back(options: Any, tools: Callable[..., Tools]) -> None:
    outcome = EchoAction().perform(EchoAction().validate(options), tools())
    assert (outcome.ok, outcome.result, outcome.error) == (True, options, None)


@pytest.mark.parametrize(
    ("demanded", "error"),
    [("No stock.", "No stock."), ("", ""), (False, "false"), (0, "0"), ({"b": 1, "a": "ä"}, '{"a":"ä","b":1}')],
)
def test_a_demanded_error_fails_the_action_for_good(demanded: Any, error: str, tools: Callable[..., Tools]) -> None:
    outcome = EchoAction().perform({"__error": demanded, "more": 1}, tools())
    assert (outcome.ok, outcome.error, outcome.result, outcome.transient) == (False, error, None, False)


def test_an_echo_is_never_announced() -> None:
    assert [name for name, kind in ACTION_TYPES.items() if not kind.announces()] == ["echo"]


def test_each_type_is_in_the_table_under_its_name_with_a_schema() -> None:
    assert all(kind.name == name and kind.schema for name, kind in ACTION_TYPES.items())
    assert len(ACTION_TYPES) == 15


@pytest.mark.parametrize(
    ("name", "says", "hint"),
    [
        ("shopfy", 'no action type "shopfy"', 'Did you mean "shopify"?'),
        ("Cache", 'no action type "Cache"', 'Did you mean "cache"?'),
        ("qqq", 'no action type "qqq"', "Types are airtable, cache, echo"),
        ("google drive", 'no action type "google drive"', 'Did you mean "google_drive"?'),
    ],
)
def test_other_types_are_refused_for_good(name: str, says: str, hint: str) -> None:
    with pytest.raises(ActionError, match=says) as caught:
        action_type(name)
    assert hint in str(caught.value.hint)
    assert not caught.value.transient


@pytest.mark.parametrize(("options", "line"), [("hi", "hi"), ({"a": [1]}, '{"a":[1]}'), ("x" * 200, "x" * 119 + "…")])
def test_summaries(options: Any, line: str) -> None:
    assert EchoAction().summary(options) == line
