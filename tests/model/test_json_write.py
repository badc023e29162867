"""Canonical bytes and edits in place: tasks.md 1.3."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.model.json_text import spans
from runner.model.json_write import canonical_document, javascript_number, replace_values, style_of


def test_the_canonical_form_sorts_top_level_keys_only() -> None:
    document = {"name": "é/", "B": 1, "a": {"z": [], "b": {}, "y": [1, "x"]}}
    assert canonical_document(document) == (
        '{\n  "B": 1,\n  "a": {\n    "z": [],\n    "b": {},\n    "y": [\n      1,\n      "x"\n    ]\n  },\n'
        '  "name": "é/"\n}\n'
    )


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (1.0, "1"),
        (-1.0, "-1"),
        (0.0, "0"),
        (-0.0, "0"),
        (0.8, "0.8"),
        (100.0, "100"),
        (1.5, "1.5"),
        (1e-05, "0.00001"),
        (1.25e-06, "0.00000125"),
        (1e-07, "1e-7"),
        (1.5e-10, "1.5e-10"),
        (1e16, "10000000000000000"),
        (1.2e20, "120000000000000000000"),
        (1e21, "1e+21"),
        (1.5e300, "1.5e+300"),
        (123456.789, "123456.789"),
    ],
)
def test_floats_are_written_as_javascript_writes_them(number: float, text: str) -> None:
    assert javascript_number(number) == text
    assert canonical_document({"a": [number, "1.0"]}) == f'{{\n  "a": [\n    {text},\n    "1.0"\n  ]\n}}\n'


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_no_float_changes_its_value(number: float) -> None:
    assert float(javascript_number(number)) == number


def test_integers_stay_exact_and_lone_surrogates_are_escaped() -> None:
    text = canonical_document({"id": 12345678901234567890, "s": json.loads('"\\ud800x"')})
    assert "12345678901234567890" in text
    assert "\\ud800x" in text


EDITS: list[tuple[str, dict[str, Any], str]] = [
    ('{"a":1,"b":2}', {"a": [1, 2]}, '{"a":[1,2],"b":2}'),
    ('{"a": 1, "b": 2}', {"b": {"x": 1}}, '{"a": 1, "b": {"x": 1}}'),
    ('{"a": 1, "b": 2}\n', {"c": 3}, '{"a": 1, "b": 2, "c": 3}\n'),
    ('{\n  "b": 1.00,\n  "a": "x"\n}\n', {"a": ["y"]}, '{\n  "b": 1.00,\n  "a": [\n    "y"\n  ]\n}\n'),
    ('{\n\t"b": 1,\n\t"a": 2\n}', {"b": {"k": 1}}, '{\n\t"b": {\n\t\t"k": 1\n\t},\n\t"a": 2\n}'),
    ('{\r\n    "a": 1,\r\n    "b": 2\r\n}', {"a": [3]}, '{\r\n    "a": [\r\n        3\r\n    ],\r\n    "b": 2\r\n}'),
    ('{\n  "a": 1\n}', {"z": True, "y": None}, '{\n  "a": 1,\n  "z": true,\n  "y": null\n}'),
    ('{"a": "\\u00e9", "b": 1}', {"b": "ü"}, '{"a": "\\u00e9", "b": "\\u00fc"}'),
    ('{"a": "é", "b": 1}', {"b": "ü"}, '{"a": "é", "b": "ü"}'),
    ('{"a": "x\\/y", "b": 1}', {"b": "p/q"}, '{"a": "x\\/y", "b": "p\\/q"}'),
    ('{"a": "\\u003cp", "b": 1}', {"b": "<i>"}, '{"a": "\\u003cp", "b": "\\u003ci>"}'),
    ('{"a" : 1,"b" : 2}', {"a": {"k": 0}}, '{"a" : {"k" : 0},"b" : 2}'),
    ('{"a": {"a": 1}, "b": 2}', {"a": 5, "b": 6}, '{"a": 5, "b": 6}'),
    ('{"a": 1}', {"a": "line\nbreak"}, '{"a": "line\\nbreak"}'),
]


@pytest.mark.parametrize(("text", "changes", "expected"), EDITS)
def test_an_edit_keeps_everything_else_of_the_text(text: str, changes: dict[str, Any], expected: str) -> None:
    assert replace_values(text, changes) == expected
    assert json.loads(replace_values(text, changes)) == {**json.loads(text), **changes}


@pytest.mark.parametrize("indent", [None, 1, 2, 4, "\t"])
def test_the_layout_is_recognised(indent: int | str | None) -> None:
    value = {"a": {"b": [1]}, "c": "x"}
    text = json.dumps(value, indent=indent)
    assert replace_values(text, {"c": {"d": [2]}}) == json.dumps({**value, "c": {"d": [2]}}, indent=indent)
    assert style_of(text, spans(text)).newline == "\n"
