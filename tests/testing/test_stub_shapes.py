"""Made-up answers against real ones: only what a script would trip over counts."""

from __future__ import annotations

from typing import Any

import pytest

from runner.testing.stub_shapes import differences


@pytest.mark.parametrize(
    ("stub", "real", "wanted"),
    [
        ({"a": "x"}, {"a": "y"}, []),
        ({"a": 1}, {"a": 2.5}, []),
        ({"a": "1"}, {"a": 1}, [("a", "text", "a number")]),
        ({"a": True}, {"a": 1}, [("a", "true or false", "a number")]),
        ({"a": {"b": "x"}}, {"a": None}, [("a", "an object", "nil")]),
        ({"a": None}, {"a": {"b": 1}}, []),
        ({"a": {"b": "x"}}, {"a": {}}, [("a.b", "text", "not selected by the query")]),
        ({"a": [{"b": "x"}]}, {"a": []}, []),
        ({"a": [{"b": "x"}, {"b": "y"}]}, {"a": [{"b": 1}]}, [("a[].b", "text", "a number")]),
        ({"a": [{"b": "x"}]}, {"a": [{"b": None}, {"b": "z"}]}, []),
        ({"a": "x"}, {"a": "y", "more": 1}, []),
    ],
)
def test_a_difference_is_one_of_kind(stub: Any, real: Any, wanted: list[tuple[str, str, str]]) -> None:
    found = differences({"data": stub}, [real])
    assert found is not None
    assert [(each.path, each.stub, each.store) for each in found] == wanted


@pytest.mark.parametrize("stub", [{"data": {"b": 1}}, {"data": {}}, {"b": 1}, [1], None])
def test_a_stub_that_no_answer_fits_is_not_compared(stub: Any) -> None:
    assert differences(stub, [{"a": 1}]) is None


def test_any_of_several_answers_may_have_the_value() -> None:
    assert differences({"data": {"a": {"b": "x"}}}, [{"a": None}, {"a": {"b": "y"}}]) == []
