"""Filters of JSON and GraphQL text, and ``default`` (liquid.md 3.1)."""

from __future__ import annotations

import json
import math
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.errors import LimitError, LiquidError
from runner.liquid.objects.base import FrozenHash, FrozenList, LiquidCollection, LiquidObject
from runner.liquid.values import BLANK, EMPTY, Binary
from tests.liquid.filters.cases import Case, Fails, apply, check


class Order(LiquidObject):
    """An object with plain data."""

    def plain(self) -> Any:
        return {"id": 5, "customer": Customer()}


class Customer(LiquidObject):
    """An object inside another."""

    def plain(self) -> Any:
        return {"name": "é"}


class NoOrders(LiquidCollection):
    """An empty collection."""

    def __iter__(self) -> Any:
        return iter(())

    def plain(self) -> Any:
        return []


CASES = [
    Case("the example", "json", {"a": [1, None]}, (), '{"a":[1,null]}'),
    Case("nil", "json", None, (), "null"),
    Case("insertion order, non-ASCII literal", "json", {"é": "ü", "a": True}, (), '{"é":"ü","a":true}'),
    Case("floats keep their point", "json", [1.0, 0.5], (), "[1.0,0.5]"),
    Case("control characters and quotes", "json", 'a"\n\t\\', (), '"a\\"\\n\\t\\\\"'),
    Case("an object inside another", "json", [Order()], (), '[{"id":5,"customer":{"name":"é"}}]'),
    Case("frozen containers", "json", FrozenHash(a=FrozenList([1])), (), '{"a":[1]}'),
    Case("a moment", "json", datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), (), '"2026-01-02T03:04:05Z"'),
    Case("a day", "json", date(2026, 1, 2), (), '"2026-01-02"'),
    Case("keywords are empty texts", "json", [BLANK, EMPTY], (), '["",""]'),
    Case("a range is its text", "json", range(1, 5), (), '"1..4"'),
    Case("not a number", "json", math.nan, (), Fails("JSON")),
    Case("Infinity inside", "json", [math.inf], (), Fails("JSON")),
    Case("a binary string", "json", {"a": Binary(b"x")}, (), Fails("binary")),
    Case("the example", "parse_json", "[1,2.5]", (), [1, 2.5]),
    Case("key order", "parse_json", ' {"b":1,"a":{"c":null}} ', (), {"b": 1, "a": {"c": None}}),
    Case("duplicate keys, the last wins", "parse_json", '{"a":1,"a":2}', (), {"a": 2}),
    Case("exponents are floats", "parse_json", "1e3", (), 1000.0),
    Case("a number input", "parse_json", 5, (), 5),
    Case("a pair of surrogates", "parse_json", '"\\ud83d\\ude00"', (), "😀"),
    Case("half a pair is replaced", "parse_json", '{"\\uDE00":["a\\ud83d",1]}', (), {"\ufffd": ["a\ufffd", 1]}),
    Case("nil", "parse_json", None, (), Fails("blank")),
    Case("blank", "parse_json", " \n", (), Fails("blank")),
    Case("malformed, with its place", "parse_json", '{"a":\n oops}', (), Fails("line 2, column 2")),
    Case("a trailing comma", "parse_json", "[1,]", (), Fails("invalid JSON")),
    Case("a comment", "parse_json", "[1] // x", (), Fails("invalid JSON")),
    Case("a raw newline in a string", "parse_json", '"a\nb"', (), Fails("invalid JSON")),
    Case("NaN", "parse_json", "[NaN]", (), Fails("NaN")),
    Case("too many digits", "parse_json", "9" * 5000, (), Fails("invalid JSON")),
    Case("a hash", "parse_json", {"a": 1}, (), Fails("must be JSON text")),
    Case("silent about malformed text", "parse_json", "{", (), None, {"silent": True}),
    Case("silent about blank text", "parse_json", None, (), None, {"silent": True}),
    Case("not silent with false", "parse_json", "{", (), Fails("invalid JSON"), {"silent": False}),
    Case("nested without end", "parse_json", "[" * 100_000, (), Fails("deep", LimitError)),
    Case("nested without end, silent", "parse_json", "[" * 100_000, (), Fails("deep", LimitError), {"silent": True}),
    Case("one line each, none at the end", "jsonl", [{"a": 1}, 2], (), '{"a":1}\n2'),
    Case("nil", "jsonl", None, (), ""),
    Case("empty", "jsonl", [], (), ""),
    Case("a hash is one line", "jsonl", {"a": [1]}, (), '{"a":[1]}'),
    Case("indented, blank lines skipped", "parse_jsonl", "{}\n\n  3\r\n", (), [{}, 3]),
    Case("objects only", "parse_jsonl", '\n  {"a":1}\n  {"b":[{}]}\n', (), [{"a": 1}, {"b": [{}]}]),
    Case("a line separator inside a string", "parse_jsonl", '{"a":"x\u2028y"}', (), [{"a": "x\u2028y"}]),
    Case("nil", "parse_jsonl", None, (), []),
    Case("a malformed line is named", "parse_jsonl", "{}\n\n{oops}", (), Fails("line 3")),
    Case("two objects in a line", "parse_jsonl", "{}\n{},{}", (), Fails("line 2")),
    Case("an object over two lines", "parse_jsonl", '{"a":{}\n{"b":1}}', (), Fails("line 1")),
    Case("two lines that only together make one", "parse_jsonl", '{"a":[{}\n{}]}', (), Fails("line 1")),
    Case("nested without end", "parse_jsonl", '{"a":' * 50_000 + "1" + "}" * 50_000, (), Fails("deep", LimitError)),
    Case("a list", "parse_jsonl", [1], (), Fails("must be text")),
    Case("no outer braces", "graphql_arguments", {"n": 1, "t": ["a"]}, (), 'n: 1, t: ["a"]'),
    Case("nested hashes in braces", "graphql_arguments", {"a": 1, "b": {"c": "x"}}, (), 'a: 1, b: {c: "x"}'),
    Case("a list", "graphql_arguments", [{"a": None}, True], (), "[{a: null}, true]"),
    Case("texts are JSON strings", "graphql_arguments", {"a": 'é"\n'}, (), 'a: "é\\"\\n"'),
    Case("a scalar", "graphql_arguments", "x", (), '"x"'),
    Case("nil", "graphql_arguments", None, (), "null"),
    Case("an empty hash", "graphql_arguments", {}, (), ""),
    Case("empty ones inside", "graphql_arguments", {"a": {}, "b": []}, (), "a: {}, b: []"),
    Case("an object", "graphql_arguments", Order(), (), 'id: 5, customer: {name: "é"}'),
    Case("a key that is no name", "graphql_arguments", {"a b": 1}, (), Fails('"a b"')),
    Case("nil", "default", None, ("x",), "x"),
    Case("false", "default", False, ("x",), "x"),
    Case("false allowed", "default", False, ("x",), False, {"allow_false": True}),
    Case("nil while false is allowed", "default", None, ("x",), "x", {"allow_false": True}),
    Case("empty text", "default", "", ("x",), "x"),
    Case("empty list", "default", [], ("x",), "x"),
    Case("empty hash", "default", {}, ("x",), "x"),
    Case("empty collection", "default", NoOrders(), ("x",), "x"),
    Case("0 stays", "default", 0, ("x",), 0),
    Case("white space stays", "default", " ", ("x",), " "),
    Case("true stays", "default", True, ("x",), True),
    Case("without argument", "default", None, (), ""),
    Case("a hash as default", "default", None, ({},), {}),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_notation_filter_gives_what_the_specification_says(case: Case) -> None:
    check(case)


def test_a_value_inside_itself_has_no_json() -> None:
    loop: list[Any] = []
    loop.append(loop)
    with pytest.raises(LiquidError, match="json"):
        apply("json", loop)


def test_the_default_is_the_very_value_that_was_given() -> None:
    fallback: list[Any] = []
    assert apply("default", None, fallback) is fallback


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(JSON_VALUES)
def test_json_reads_back_as_the_same_value(value: Any) -> None:
    assert apply("parse_json", apply("json", value)) == value


@given(st.lists(JSON_VALUES, max_size=5))
def test_json_lines_read_back_as_the_same_values(values: list[Any]) -> None:
    assert apply("parse_jsonl", apply("jsonl", values)) == values


@given(JSON_VALUES)
def test_json_text_is_what_any_reader_of_json_understands(value: Any) -> None:
    assert json.loads(apply("json", value)) == value
