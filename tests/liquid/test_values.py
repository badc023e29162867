"""Values of templates (liquid.md 1.4 to 1.7, 3.4, 3.5)."""

from __future__ import annotations

import copy
import math
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.errors import LimitError, LiquidError
from runner.liquid.objects.base import FrozenHash, FrozenList, LiquidCollection, LiquidObject
from runner.liquid.values import (
    BLANK,
    EMPTY,
    MAX_DIGITS,
    Binary,
    Described,
    argument_text,
    compare,
    contains,
    elements,
    equals,
    float_text,
    inspect,
    is_blank,
    is_empty,
    json_text,
    lookup,
    number,
    result_number,
    text,
    truthy,
)


class Thing(LiquidObject):
    """A hash-like object."""

    def __init__(self, **fields: Any) -> None:
        self.fields = fields

    def __repr__(self) -> str:
        # Stands in test ids, which must be the same in every worker.
        return f"Thing({self.fields})"

    def lookup(self, key: Any) -> Any:
        return self.fields.get(key)

    def plain(self) -> Any:
        return self.fields


class Things(LiquidCollection):
    """A list-like object."""

    def __init__(self, *items: Any) -> None:
        self.items = items

    def __repr__(self) -> str:
        return f"Things{self.items}"

    def __iter__(self) -> Any:
        return iter(self.items)

    def lookup(self, key: Any) -> Any:
        return len(self.items) if key == "size" else None

    def plain(self) -> Any:
        return list(self.items)


class Named(Described):
    """An object with a text of its own."""

    def __repr__(self) -> str:
        return "Named()"

    def describe(self) -> str:
        return "42 things"

    def plain(self) -> Any:
        return {"name": "things"}


HUGE = range(1, 10**12 + 1)

TEXTS = [
    (None, "", "nil"),
    (True, "true", "true"),
    (False, "false", "false"),
    (0, "0", "0"),
    (-12, "-12", "-12"),
    (10.0, "10.0", "10.0"),
    ("a", "a", '"a"'),
    ([], "", "[]"),
    ([1, "b", None, [2, ["c"]]], "1b2c", '[1, "b", nil, [2, ["c"]]]'),
    ((1, None), "1", "[1, nil]"),
    ({}, "{}", "{}"),
    ({"k": "v", "n": 1, "z": None, "l": [1.0]}, '{"k"=>"v", "n"=>1, "z"=>nil, "l"=>[1.0]}', None),
    ([{"a": True}], '{"a"=>true}', '[{"a"=>true}]'),
    (range(1, 5), "1..4", "1..4"),
    (range(5, 2), "5..1", "5..1"),
    (HUGE, "1..1000000000000", "1..1000000000000"),
    (BLANK, "", ""),
    (EMPTY, "", ""),
    (Thing(a=[1]), '{"a":[1]}', None),
    (Named(), "42 things", "42 things"),
    (Decimal("1.5"), "1.5", "1.5"),
    (date(2026, 1, 2), "2026-01-02", "2026-01-02"),
    (datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), "2026-01-02T03:04:05Z", "2026-01-02T03:04:05Z"),
]


@pytest.mark.parametrize(("value", "shown", "inspected"), TEXTS, ids=[repr(case[0])[:40] for case in TEXTS])
def test_a_value_has_a_text_and_an_inspected_form(value: Any, shown: str, inspected: str | None) -> None:
    assert text(value) == shown
    assert inspect(value) == (shown if inspected is None else inspected)


@pytest.mark.parametrize("value", [case[0] for case in TEXTS if not isinstance(case[0], (list, tuple))])
def test_the_text_of_an_argument_is_the_printed_one(value: Any) -> None:
    assert argument_text(value) == text(value)


def test_a_list_as_argument_is_inspected() -> None:
    assert argument_text([1, "b", None, [2]]) == '[1, "b", nil, [2]]'


@pytest.mark.parametrize("value", [Binary(b"a"), object()])
def test_what_has_no_text_is_an_error(value: Any) -> None:
    with pytest.raises(LiquidError):
        text(value)


FLOATS = [
    (10.0, "10.0"), (0.1 + 0.2, "0.30000000000000004"), (-0.5, "-0.5"), (0.0, "0.0"), (0.0001, "0.0001"),
    (0.00001, "1.0e-05"), (-0.0000123, "-1.23e-05"), (999999999999999.0, "999999999999999.0"), (1e15, "1.0e+15"),
    (123456789012345680.0, "1.2345678901234568e+17"), (1e100, "1.0e+100"), (math.inf, "Infinity"),
    (-math.inf, "-Infinity"), (math.nan, "NaN"),
]  # fmt: skip


@pytest.mark.parametrize(("value", "shown"), FLOATS, ids=[shown for _, shown in FLOATS])
def test_a_float_is_written_as_ruby_writes_it(value: float, shown: str) -> None:
    assert float_text(value) == shown


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_the_text_of_a_float_reads_back_as_the_same_float(value: float) -> None:
    shown = float_text(value)
    assert float(shown) == value
    assert "." in shown


INSPECTED = [
    ('a"b\\', r'"a\"b\\"'), ("\n\t\r\0\x1b\x7f", r'"\n\t\r\x00\e\x7F"'), ("#{x} #x #$y #@z", r'"\#{x} #x \#$y \#@z"'),
    ("é😀", '"é😀"'), ("\u200b\U000e0001", r'"\u200B\u{E0001}"'),
]  # fmt: skip


@pytest.mark.parametrize(("value", "shown"), INSPECTED)
def test_a_text_is_inspected_with_rubys_escapes(value: str, shown: str) -> None:
    assert inspect(value) == shown


NUMBERS = [
    (5, 5), (2.5, Decimal("2.5")), (0.1, Decimal("0.1")), ("10.50", Decimal("10.50")), (" -3.5\n", Decimal("-3.5")),
    ("42", 42), ("-7", -7), ("+7", 7), ("10 apples", 10), ("1,000", 1), ("1_000", 1000), ("1e3", 1), (".5", 0),
    ("5.", 5), ("1.2.3", 1), ("abc", 0), ("", 0), ("-", 0), ("٣", 0),
    (None, 0), (True, 0), (False, 0), ([5], 0), ({"a": 5}, 0),
    (range(5), 0), (BLANK, 0), (Thing(), 0), (Named(), 42), (Decimal("1.5"), Decimal("1.5")),
    (" " * 10_000 + "7", 7), ("7" + "x" * 10_000, 7),
]  # fmt: skip


@pytest.mark.parametrize(("value", "expected"), NUMBERS, ids=[repr(case[0])[:30] for case in NUMBERS])
def test_a_value_counts_as_a_number(value: Any, expected: int | Decimal) -> None:
    found = number(value)
    assert (type(found), found) == (type(expected), expected)


def test_numbers_without_end_are_refused() -> None:
    with pytest.raises(LimitError):
        number("9" * (MAX_DIGITS + 1))
    with pytest.raises(LimitError):
        result_number(10 ** (MAX_DIGITS + 10))
    assert text(result_number(10 ** (MAX_DIGITS - 1)))


def test_results_are_integers_or_floats() -> None:
    assert (result_number(3), result_number(Decimal("3.0"))) == (3, 3.0)
    assert isinstance(result_number(Decimal("3.0")), float)


ELEMENTS = [
    (None, []), ([], []), ([1, [2, [3, []]], "a"], [1, 2, 3, "a"]), ((1, (2,)), [1, 2]), (range(1, 4), [1, 2, 3]),
    ({"a": [1]}, [{"a": [1]}]), ("ab", ["ab"]), ("", [""]), (5, [5]), (False, [False]), (Things(1, [2]), [1, [2]]),
    ([None], [None]),
]  # fmt: skip


@pytest.mark.parametrize(("value", "expected"), ELEMENTS, ids=[repr(case[0])[:30] for case in ELEMENTS])
def test_a_value_as_a_list(value: Any, expected: list[Any]) -> None:
    found = elements(value)
    assert found == expected
    assert found is not value


def test_an_object_is_one_element_and_a_huge_range_is_refused() -> None:
    thing = Thing(a=1)
    assert elements(thing) == [thing]
    with pytest.raises(LimitError):
        elements(HUGE)


TRUTH = [
    # value, == blank, == empty, == nil, == false, truthy
    (None, True, False, True, False, False),
    (False, True, False, False, True, False),
    (True, False, False, False, False, True),
    (0, False, False, False, False, True),
    (1.5, False, False, False, False, True),
    ("", True, True, False, False, True),
    (" \t\n\u00a0", True, False, False, False, True),
    ("a", False, False, False, False, True),
    ([], True, True, False, False, True),
    ({}, True, True, False, False, True),
    (FrozenList(), True, True, False, False, True),
    (FrozenHash(), True, True, False, False, True),
    (Things(), True, True, False, False, True),
    ([None], False, False, False, False, True),
    ({"a": None}, False, False, False, False, True),
    (Things(1), False, False, False, False, True),
    (Thing(), False, False, False, False, True),
    (range(1, 3), False, False, False, False, True),
    (BLANK, False, False, True, True, True),
    (EMPTY, False, False, False, False, True),
]


@pytest.mark.parametrize("row", TRUTH, ids=[repr(row[0])[:30] for row in TRUTH])
def test_the_table_of_truth(row: tuple[Any, bool, bool, bool, bool, bool]) -> None:
    value, blank, empty, nil, false, true = row
    assert [equals(value, other) for other in (BLANK, EMPTY, None, False)] == [blank, empty, nil, false]
    assert [equals(other, value) for other in (BLANK, EMPTY, None, False)] == [blank, empty, nil, false]
    assert truthy(value) is true
    if value is not BLANK and value is not EMPTY:
        assert (is_blank(value), is_empty(value)) == (blank, empty)


def test_a_copy_of_a_keyword_is_the_keyword() -> None:
    assert copy.deepcopy([BLANK]) == [BLANK]
    assert copy.copy(EMPTY) is EMPTY
    assert repr(BLANK) == "blank"


EQUAL = [
    (1, 1.0), ("a", "a"), ([1, [2.0]], [1.0, [2]]), ({"a": 1, "b": 2}, {"b": 2.0, "a": 1}), ((1,), [1]),
    (range(1, 3), range(1, 3)), (FrozenHash(a=1), {"a": 1}), (Thing(a=1), {"a": 1}), (Things(1), [1]),
    (Thing(a=1), Thing(a=1)), (Binary(b"a"), Binary(b"a")), (Decimal("1.5"), 1.5), ([None], [None]),
]  # fmt: skip
DIFFERENT = [
    (1, True), (0, False), (1, "1"), (1.0, "1.0"), ("", None), (None, False), ([1], [True]), ([1], [1, 2]),
    ({"a": 1}, {"a": True}), ({"a": 1}, {"b": 1}), ({"a": None}, {}), ({"a": None}, {"b": None}), ([], {}), ([1], "1"),
    ({}, "{}"), (range(1, 3), [1, 2]), (range(5, 2), range(4, 2)), (Thing(a=1), Things()), (Thing(a=1), 1),
    (Named(), "42 things"), (Binary(b"a"), "a"), (math.nan, math.nan), (5, [5]),
]  # fmt: skip


@pytest.mark.parametrize(("left", "right"), EQUAL, ids=repr)
def test_equal_values(left: Any, right: Any) -> None:
    assert equals(left, right)
    assert equals(right, left)


@pytest.mark.parametrize(("left", "right"), DIFFERENT, ids=repr)
def test_different_values(left: Any, right: Any) -> None:
    assert not equals(left, right)
    assert not equals(right, left)


def test_an_object_equals_itself_without_being_read() -> None:
    class Unread(LiquidObject):
        def plain(self) -> Any:
            raise AssertionError("read")

    thing = Unread()
    assert equals(thing, thing)
    assert not equals(thing, "text")


@pytest.mark.parametrize(
    ("left", "right", "order"),
    [
        (1, 2, -1),
        (2, 1.5, 1),
        (1, 1.0, 0),
        ("a", "b", -1),
        ("Z", "a", -1),
        ("é", "z", 1),
        ("10", "9", -1),
        ("a", "a", 0),
    ],
)
def test_numbers_and_texts_have_an_order(left: Any, right: Any, order: int) -> None:
    found = [compare(left, operator, right) for operator in ("<", ">", "<=", ">=")]
    assert found == [order < 0, order > 0, order <= 0, order >= 0]


UNORDERED = [None, True, False, [], {"a": 1}, BLANK, Thing(), range(1, 3)]


@pytest.mark.parametrize(("value", "operator"), list(product(UNORDERED, ["<", ">", "<=", ">="])), ids=repr)
def test_everything_else_is_never_larger_nor_smaller(value: Any, operator: str) -> None:
    for other in (0, 2.5, "a", None, True, [1]):
        assert compare(value, operator, other) is False
        assert compare(other, operator, value) is False


@pytest.mark.parametrize(("left", "right", "words"), [(1, "1", "Integer with String"), ("a", 1.5, "String with Float")])
def test_a_number_against_a_text_is_an_error(left: Any, right: Any, words: str) -> None:
    with pytest.raises(LiquidError, match=f"comparison of {words} failed") as caught:
        compare(left, "<", right)
    assert caught.value.hint


def test_an_unknown_operator_is_an_error() -> None:
    with pytest.raises(LiquidError):
        compare(1, "=~", 2)


CONTAINS = [
    ("abc", "b", True), ("abc", "", True), ("", "", True), ("a1", 1, True), ("abc", "x", False), ("true", True, True),
    ('["a"]', ["a"], True), (["a", "b"], "a", True), ([1, 2], 1.0, True), ([1, 2], "1", False), ([1], True, False),
    ([True], True, True), ([[1]], [1], True), ([{"a": 1}], {"a": 1}, True), ([False, None], False, False),
    ([None], None, False), ({"a": None}, "a", True), ({"a": 1}, 1, False), ({"a": 1}, ["a"], False), (None, "a", False),
    (False, "a", False), (123, 2, False), (True, "t", False), (range(1, 5), 4, True), (range(1, 5), 5, False),
    (HUGE, 10**12, True), (range(1, 5), "2", False), (range(1, 5), True, False), (Things("a"), "a", True),
    (Things(), "a", False), (Thing(a=1), "a", True), (Thing(), "a", False), ("abc", None, False),
]  # fmt: skip


@pytest.mark.parametrize(("left", "right", "expected"), CONTAINS, ids=repr)
def test_contains(left: Any, right: Any, expected: bool) -> None:
    assert contains(left, right) is expected


LOOKUPS = [
    ([1, 2, 3], 0, 1), ([1, 2, 3], -1, 3), ([1], 5, None), ([1], -2, None), ([1], "0", None), ([1], 0.0, None),
    ([1], True, None), ([1, 2], "size", 2), ([1, 2], "first", 1), ([1, 2], "last", 2), ([], "first", None),
    ([], "last", None), ([1], "other", None), ((1, 2), "last", 2), ({"a": 1}, "a", 1), ({"a": 1}, "b", None),
    ({"a": 1}, "size", 1), ({"size": 9}, "size", 9), ({"first": None, "a": 1}, "first", None),
    ({"a": 1, "b": 2}, "first", ["a", 1]), ({}, "first", None), ({"last": 3}, "last", 3), ({"a": 1}, "last", None),
    ({"1": "x"}, 1, "x"), ({"1.5": "x"}, 1.5, "x"), ({"true": "x"}, True, "x"), ({1: "x"}, 1, "x"),
    ({"a": 1}, [1], None),
    ({"": 1}, None, None), ({"": 1}, "", 1), ("añb", "size", 3), ("añb", "first", "a"), ("añb", "last", "b"),
    ("", "first", ""), ("abc", 0, None), ("abc", "x", None), (5, "size", None), (None, "a", None), (True, "a", None),
    (HUGE, "size", 10**12), (HUGE, "first", 1), (HUGE, "last", 10**12), (range(1, 3), 0, None), (BLANK, "size", None),
    (Thing(a=1), "a", 1), (Thing(), "a", None), (Things(1), "size", 1), (Thing(a=1), None, None),
    (Binary(b"abc"), "size", 3), (Binary(b"abc"), "first", None), (1.5, "floor", None),
]  # fmt: skip


@pytest.mark.parametrize(("value", "key", "expected"), LOOKUPS, ids=repr)
def test_one_step_of_a_path(value: Any, key: Any, expected: Any) -> None:
    assert lookup(value, key) == expected


def test_json_text_refuses_what_json_cannot_hold() -> None:
    for value in (math.nan, [math.inf], Binary(b"a"), {"a": Binary(b"a")}, object(), {(1,): 2}):
        with pytest.raises(LiquidError):
            json_text(value)


def test_json_text_of_something_nested_without_end_is_a_limit() -> None:
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(LimitError):
        json_text(deep)


def test_json_text_writes_objects_dates_and_decimals() -> None:
    value = {"a": Thing(b=Named()), "d": Decimal("1.50"), "t": datetime(2026, 1, 2, tzinfo=UTC), "k": BLANK}
    assert json_text(value) == '{"a":{"b":{"name":"things"}},"d":1.5,"t":"2026-01-02T00:00:00Z","k":""}'
