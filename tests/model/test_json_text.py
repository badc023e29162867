"""Strict JSON with places."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.errors import InputError, TaskError
from runner.model.json_text import MAX_DEPTH, Fault, path_words, place, read_json, scan, spans
from tests.model.test_options import JSONS


def test_text_and_bytes_read_alike_and_a_byte_order_mark_is_remembered() -> None:
    assert read_json('{"a": "é"}').value == read_json('{"a": "é"}'.encode()).value == {"a": "é"}
    marked = read_json(b'\xef\xbb\xbf{"a": 1}')
    assert (marked.value, marked.bom, marked.text) == ({"a": 1}, True, '{"a": 1}')
    assert read_json('\ufeff{"a": 1}').bom


def test_the_error_type_is_the_callers() -> None:
    with pytest.raises(InputError) as caught:
        read_json("{", file="event.json")
    assert caught.value.code == "input.json"
    assert caught.value.where is not None
    assert caught.value.where.file == "event.json"
    with pytest.raises(TaskError) as other:
        read_json("{", error=TaskError)
    assert other.value.code == "task.json"


@pytest.mark.parametrize(
    ("text", "path", "line", "column"),
    [
        ('{"a": 1}', ("a",), 1, 2),
        ('{\n  "a": {\n    "b": [1, {"c": 2}]\n  }\n}', ("a", "b"), 3, 5),
        ('{\n  "a": {\n    "b": [1, {"c": 2}]\n  }\n}', ("a", "b", 0), 3, 11),
        ('{\n  "a": {\n    "b": [1, {"c": 2}]\n  }\n}', ("a", "b", 1, "c"), 3, 15),
        ('{"\\u0061": 1}', ("a",), 1, 2),
        ('{"x": [[], {}, [1]],\r\n "y": 2}', ("y",), 2, 2),
        ('{"x": [[], {}, [1]],\r\n "y": 2}', ("x", 2, 0), 1, 17),
        ('{\n"a": 1}', ("missing",), 1, 1),
        ('{\n"a": {"b": 1}}', ("a", "missing"), 2, 1),
        ('  \n {"a": 1}', (), 2, 2),
    ],
)
def test_every_key_and_element_has_its_place(text: str, path: tuple[Any, ...], line: int, column: int) -> None:
    where = read_json(text, file="f.json").where(path)
    assert (where.file, where.line, where.column) == ("f.json", line, column)
    assert where.part == path_words(path)


def test_a_path_reads_like_code() -> None:
    assert path_words(("previews", 0, "event_attributes", "topic")) == "previews[0].event_attributes.topic"
    assert path_words(()) is None


def test_a_long_line_is_cut_and_a_far_column_shows_none() -> None:
    text = '{"script": "' + "x" * 500 + '", "options": []}'
    assert str(read_json(text).where(("script",)).source).endswith("x…")
    far = read_json(text).where(("options",))
    assert far.source is None
    assert far.column == 516


def test_lines_end_with_or_without_carriage_return() -> None:
    where = place("a\r\nbcd\r\ne", 4)
    assert (where.line, where.column, where.source) == (2, 2, "bcd")


@given(JSONS)
def test_the_scanner_finds_every_value_where_it_stands(value: Any) -> None:
    try:
        text = json.dumps(value, indent=1, allow_nan=False)
    except ValueError:
        return
    for path, span in spans(text).items():
        found = value
        for step in path:
            found = found[step]
        assert json.loads(text[span.start : span.end]) == found
        if path and isinstance(path[-1], str):
            assert json.JSONDecoder().raw_decode(text, span.key)[0] == path[-1]


@given(st.text(alphabet='{}[]:,"\\ \n01.-+eEtruefalsn/u', max_size=40))
def test_the_scanner_is_as_strict_as_the_parser(text: str) -> None:
    def refuse(name: str) -> Any:
        raise ValueError(name)

    try:
        json.loads(text, parse_constant=refuse)
    except ValueError:
        with pytest.raises(Fault):
            list(scan(text))
    else:
        list(scan(text))


@pytest.mark.parametrize("opener", ["[", '{"a":'])
def test_hostile_nesting_is_an_error_of_ours(opener: str) -> None:
    for depth in (MAX_DEPTH + 1, 100_000):
        with pytest.raises(InputError, match="nested deeper than 100"):
            read_json(opener * depth + "1")
    closed = "[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1)
    with pytest.raises(InputError, match="nested deeper"):
        read_json(closed)


def test_nesting_up_to_the_limit_is_fine() -> None:
    read_json("[" * MAX_DEPTH + "]" * MAX_DEPTH)
