"""Filters of lists and hashes (liquid.md 3.5, 3.6)."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.errors import LimitError
from runner.liquid.objects.base import LiquidCollection, LiquidObject
from runner.liquid.values import Binary
from tests.liquid.filters.cases import Case, Fails, apply, check, state


class Thing(LiquidObject):
    """A hash-like object with one computed key."""

    def __init__(self, **fields: Any) -> None:
        self.fields = fields

    def lookup(self, key: Any) -> Any:
        return 7 if key == "seven" else self.fields.get(key)

    def plain(self) -> Any:
        return dict(self.fields)


class Things(LiquidCollection):
    """A collection of things."""

    def __init__(self, *items: Any) -> None:
        self.items = items

    def __iter__(self) -> Any:
        return iter(self.items)

    def lookup(self, key: Any) -> Any:
        ends = {"first": self.items[0], "last": self.items[-1]} if self.items else {}
        return len(self.items) if key == "size" else ends.get(key)

    def plain(self) -> Any:
        return [item.plain() for item in self.items]


LIST_CASES = [
    Case("missing keys are nil", "map", [{"a": 1}, {}], ("a",), [1, None]),
    Case("nested lists are flattened", "map", [[{"a": 1}], [[{"a": 2}]]], ("a",), [1, 2]),
    Case("a hash is one element", "map", {"a": 1}, ("a",), [1]),
    Case("numbers and texts have no keys", "map", [5, "x", None], ("a",), [None, None, None]),
    Case("a stored key only", "map", [{"a": 1}], ("size",), [None]),
    Case("objects answer", "map", [Thing(a=1)], ("seven",), [7]),
    Case("a collection", "map", Things(Thing(id=1), Thing(id=2)), ("id",), [1, 2]),
    Case("a dotted name is one key", "map", [{"a": {"b": 1}, "a.b": 2}], ("a.b",), [2]),
    Case("nil", "map", None, ("a",), []),
    Case("nil key", "map", [{"a": 1}], (None,), [None]),
    Case("equal values", "where", [{"k": 1}, {"k": 2}], ("k", 2), [{"k": 2}]),
    Case("integers equal floats", "where", [{"k": 1}], ("k", 1.0), [{"k": 1}]),
    Case("true is not 1", "where", [{"k": 1}, {"k": True}], ("k", True), [{"k": True}]),
    Case("no coercion of text", "where", [{"k": "1"}], ("k", 1), []),
    Case("false", "where", [{"k": False}, {"k": None}, {}], ("k", False), [{"k": False}]),
    Case(
        "truthy values, 0 and empty among them",
        "where",
        [{"k": 0}, {"k": ""}, {"k": None}, {"k": False}, {}],
        ("k",),
        [{"k": 0}, {"k": ""}],
    ),
    Case("nil as value asks for truthy", "where", [{"k": None}, {"k": 1}], ("k", None), [{"k": 1}]),
    Case("nil", "where", None, ("k", 1), []),
    Case("flattened", "where", [[{"k": 1}]], ("k", 1), [{"k": 1}]),
    Case("nil last", "sort", [3, None, 1], (), [1, 3, None]),
    Case("integers and floats", "sort", [2, 1.5], (), [1.5, 2]),
    Case("code points", "sort", ["b", "B", "é", "a"], (), ["B", "a", "b", "é"]),
    Case("by key, stable", "sort", [{"k": 2}, {}, {"k": 1}], ("k",), [{"k": 1}, {"k": 2}, {}]),
    Case("mixed types", "sort", [1, "a"], (), Fails('1 against "a"')),
    Case("booleans", "sort", [True, False], (), Fails("sort")),
    Case("hashes", "sort", [{"a": 1}, {"a": 2}], (), Fails("sort")),
    Case("one hash", "sort", [{"a": 1}], (), [{"a": 1}]),
    Case("only nils", "sort", [None, None], (), [None, None]),
    Case("nil", "sort", None, (), []),
    Case("case aside", "sort_natural", ["b", "A", None, "C"], (), ["A", "b", "C", None]),
    Case("only ASCII letters fold", "sort_natural", ["é", "É"], (), ["É", "é"]),
    Case("numbers as text", "sort_natural", [10, 9], (), [10, 9]),
    Case("by key", "sort_natural", [{"k": "b"}, {"k": "A"}], ("k",), [{"k": "A"}, {"k": "b"}]),
    Case("nil", "sort_natural", None, (), []),
    Case("numbers in texts", "sort_naturally", ["a10", "a9"], (), ["a9", "a10"]),
    Case("nil and empty first", "sort_naturally", ["a", None, ""], (), [None, "", "a"]),
    Case("digits then letters", "sort_naturally", ["10a", "9b", "9a"], (), ["9a", "9b", "10a"]),
    Case("case sensitive", "sort_naturally", ["a", "B"], (), ["B", "a"]),
    Case("token lists", "sort_naturally", ["a 10", "a 9", "a"], (), ["a", "a 9", "a 10"]),
    Case("underscores vanish", "sort_naturally", ["a_10", "a9"], (), ["a9", "a_10"]),
    Case("numbers against texts as text", "sort_naturally", ["b", "10", "9"], (), ["9", "10", "b"]),
    Case("mixed tokens stay texts", "sort_naturally", ["a1b2", "a1b10"], (), ["a1b10", "a1b2"]),
    Case("by key", "sort_naturally", [{"k": "a10"}, {"k": "a9"}], ("k",), [{"k": "a9"}, {"k": "a10"}]),
    Case("nil", "sort_naturally", None, (), []),
    Case("backwards", "reverse", [1, [2, 3]], (), [3, 2, 1]),
    Case("a range", "reverse", range(1, 4), (), [3, 2, 1]),
    Case("nil", "reverse", None, (), []),
    Case("strict equality", "uniq", [1, 1.0, "1", True, 1, "1", True, None, None], (), [1, 1.0, "1", True, None]),
    Case("hashes by content", "uniq", [{"a": 1, "b": [2]}, {"b": [2], "a": 1}], (), [{"a": 1, "b": [2]}]),
    Case("hashes with other types", "uniq", [{"a": 1}, {"a": 1.0}], (), [{"a": 1}, {"a": 1.0}]),
    Case("texts keep their order", "uniq", ["b", "a", "b"], (), ["b", "a"]),
    Case("by key", "uniq", [{"k": 1, "n": 1}, {"k": 1, "n": 2}, {}], ("k",), [{"k": 1, "n": 1}, {}]),
    Case("by a key that holds lists", "uniq", [{"k": [1]}, {"k": [1]}], ("k",), [{"k": [1]}]),
    Case("a text is one element", "uniq", "aa", (), ["aa"]),
    Case("nil", "uniq", None, (), []),
    Case("only nil goes", "compact", [None, False, "", 0], (), [False, "", 0]),
    Case("by key", "compact", [{"k": 1}, {}, {"k": None}], ("k",), [{"k": 1}]),
    Case("nil", "compact", None, (), []),
    Case("a hash, top level only", "compact", {"a": None, "b": {"c": None}}, (), {"b": {"c": None}}),
    Case("the argument's nesting is kept", "concat", [[1]], ([[2]],), [1, [2]]),
    Case("a nil input", "concat", None, ([1],), [1]),
    Case("a collection", "concat", Things(), (Things(),), []),
    Case("a range", "concat", [0], (range(1, 3),), [0, 1, 2]),
    Case("a text", "concat", [1], ("a",), Fails("concat")),
    Case("nil as argument", "concat", [1], (None,), Fails("nil")),
    Case("a hash as argument", "concat", [1], ({},), Fails("concat")),
    Case("nil is empty text", "join", [1, None, "a"], ("-",), "1--a"),
    Case("a space by default", "join", ["a", "b"], (), "a b"),
    Case("nested lists", "join", ["a", ["b", ["c"]]], (",",), "a,b,c"),
    Case("floats and booleans", "join", [1.0, True], (",",), "1.0,true"),
    Case("a nil separator", "join", ["a", "b"], (None,), "ab"),
    Case("a text", "join", "a", (",",), "a"),
    Case("nil", "join", None, (",",), ""),
    Case("too long", "join", ["x"] * 1000, ("y" * 100_000,), Fails("join", LimitError)),
    Case("a list", "first", [1, 2], (), 1),
    Case("a hash gives the pair", "first", {"a": 1}, (), ["a", 1]),
    Case("a key of that name does not win", "first", {"first": 1}, (), ["first", 1]),
    Case("a text", "first", "éa", (), "é"),
    Case("a range", "first", range(3, 10**12), (), 3),
    Case("an empty list", "first", [], (), None),
    Case("an empty hash", "first", {}, (), None),
    Case("nil", "first", None, (), None),
    Case("a number", "first", 5, (), None),
    Case("a list", "last", [1, 2], (), 2),
    Case("a text", "last", "aé", (), "é"),
    Case("a huge range", "last", range(1, 10**12 + 1), (), 10**12),
    Case("a hash has no last", "last", {"a": 1}, (), None),
    Case("nil", "last", None, (), None),
    Case("characters", "size", "éa", (), 2),
    Case("elements", "size", [1, [2, 3]], (), 2),
    Case("keys", "size", {"a": 1}, (), 1),
    Case("a huge range", "size", range(1, 10**12 + 1), (), 10**12),
    Case("a collection", "size", Things(Thing(), Thing()), (), 2),
    Case("bytes", "size", Binary(b"abc"), (), 3),
    Case("an object's keys", "size", Thing(a=1, b=2), (), 2),
    Case("an integer", "size", 123, (), 0),
    Case("nil", "size", None, (), 0),
    Case("values as they are", "push", [1], (2, [3]), [1, 2, [3]]),
    Case("nesting of the input is kept", "push", [[1]], (2,), [[1], 2]),
    Case("a nil value stays", "push", [], (None,), [None]),
    Case("nil input", "push", None, (1,), Fails("nil")),
    Case("a text input", "push", "a", (1,), Fails("push")),
    Case("in front, in order", "unshift", [3], (1, 2), [1, 2, 3]),
    Case("nil input", "unshift", None, (1,), Fails("nil")),
    Case("equal elements", "except", ["a", "b", "a"], ("a",), ["b"]),
    Case("several", "except", [1, 2, 3, True], (1, 2.0), [3, True]),
    Case("text is no number", "except", [1, "1"], ("1",), [1]),
    Case("hashes by content", "except", [{"a": 1}, {"a": 2}], ({"a": 1},), [{"a": 2}]),
    Case("nil", "except", None, ("a",), []),
    Case("a text", "except", "abc", ("a",), Fails("except")),
    Case("a hash loses keys", "except", {"a": 1, "b": 2}, ("a", "x"), {"b": 2}),
    Case("a hash and a number as key", "except", {"1": "x", "2": "y"}, (1,), {"2": "y"}),
]

PART_CASES = [
    Case("from the end", "slice", "abcd", (-3, 2), "bc"),
    Case("one character", "slice", "abcd", (1,), "b"),
    Case("at the end", "slice", "abc", (3,), ""),
    Case("past the end", "slice", "abc", (4,), ""),
    Case("before the start", "slice", "abc", (-4, 2), ""),
    Case("a negative length", "slice", "abc", (0, -1), ""),
    Case("length 0", "slice", "abc", (0, 0), ""),
    Case("a length past the end", "slice", "abc", (1, 10**12), "bc"),
    Case("digits as text", "slice", "abcd", ("1", "2"), "bc"),
    Case("a nil length is 1", "slice", "abcd", (1, None), "b"),
    Case("an integer input", "slice", 1234, (0, 2), "12"),
    Case("non-ASCII", "slice", "añb", (1, 1), "ñ"),
    Case("nil", "slice", None, (0,), ""),
    Case("a float offset", "slice", "abc", (1.0,), Fails("1.0")),
    Case("a nil offset", "slice", "abc", (None,), Fails("nil")),
    Case("three arguments", "slice", "abc", (1, 2, 3), Fails("wrong number of arguments")),
    Case("a sub-list", "slice", [1, 2, 3], (-2, 2), [2, 3]),
    Case("the element itself", "slice", [1, 2, 3], (1,), 2),
    Case("the element with length 1 given", "slice", [1, 2, 3], (-1, 1), 3),
    Case("no element", "slice", [1], (5,), None),
    Case("a sub-list out of range", "slice", [1], (5, 2), []),
    Case("a range", "slice", range(1, 6), (1, 2), [2, 3]),
    Case("keys of a hash in argument order", "slice", {"a": 1, "b": 2, "c": 3}, ("c", "x", "a"), {"c": 3, "a": 1}),
    Case("the last is padded", "in_groups_of", [1, 2, 3], (2,), [[1, 2], [3, None]]),
    Case("no padding", "in_groups_of", [1, 2, 3], (2,), [[1, 2], [3]], {"fill_with": False}),
    Case("other padding", "in_groups_of", [1], (2,), [[1, "x"]], {"fill_with": "x"}),
    Case("exact groups", "in_groups_of", [1, 2], (2,), [[1, 2]]),
    Case("a size as text", "in_groups_of", [1, 2], ("1",), [[1], [2]]),
    Case("nil", "in_groups_of", None, (2,), []),
    Case("empty", "in_groups_of", [], (10**12,), []),
    Case("size 0", "in_groups_of", [1], (0,), Fails("at least 1")),
    Case("a negative size", "in_groups_of", [1], (-1,), Fails("at least 1")),
    Case("a huge padding", "in_groups_of", [1], (10**9,), Fails("in_groups_of", LimitError)),
    Case("a huge size without padding", "in_groups_of", [1], (10**9,), [[1]], {"fill_with": False}),
    Case("a text size", "in_groups_of", [1], ("x",), Fails('"x"')),
    Case("uneven, unpadded", "in_groups", [1, 2, 3], (2,), [[1, 2], [3]], {"fill_with": False}),
    Case("uneven, padded", "in_groups", [1, 2, 3], (2,), [[1, 2], [3, None]]),
    Case("even", "in_groups", [1, 2, 3, 4], (2,), [[1, 2], [3, 4]]),
    Case("more groups than elements", "in_groups", [1], (3,), [[1], [None], [None]]),
    Case("nothing", "in_groups", [], (2,), [[], []]),
    Case("count 0", "in_groups", [1], (0,), Fails("at least 1")),
    Case("a huge count", "in_groups", [1], (10**9,), Fails("in_groups", LimitError)),
    Case("by text, later wins", "index_by", [{"k": 1}, {"k": "1", "n": 2}], ("k",), {"1": {"k": "1", "n": 2}}),
    Case("a missing key", "index_by", [{"n": 1}], ("k",), {"": {"n": 1}}),
    Case("nil", "index_by", None, ("k",), {}),
    Case("insertion order", "keys", {"b": 1, "a": 2}, (), ["b", "a"]),
    Case("an object", "keys", Thing(a=1), (), ["a"]),
    Case("nil", "keys", None, (), []),
    Case("a list", "keys", [1], (), Fails("keys")),
    Case("insertion order", "values", {"b": 1, "a": [2]}, (), [1, [2]]),
    Case("nil", "values", None, (), []),
    Case("a number", "values", 5, (), Fails("values")),
    Case("a huge range", "reverse", range(1, 10**9), (), Fails("range", LimitError)),
]


@pytest.mark.parametrize("case", LIST_CASES + PART_CASES, ids=str)
def test_a_list_filter_gives_what_the_specification_says(case: Case) -> None:
    check(case)


@pytest.mark.parametrize("name", ["push", "unshift", "concat"])
def test_extending_a_list_leaves_the_original_and_shares_its_elements(name: str) -> None:
    element = {"a": 1}
    original = [element]
    extended = apply(name, original, [2] if name == "concat" else 2)
    assert original == [element]
    assert len(extended) == 2
    assert any(item is element for item in extended)


def test_hash_filters_leave_the_original() -> None:
    original = {"a": None, "b": 1}
    for changed in (apply("except", original, "a"), apply("compact", original), apply("slice", original, "a")):
        assert changed is not original
    assert original == {"a": None, "b": 1}


def test_items_found_are_the_very_items() -> None:
    item = {"k": 1}
    assert apply("where", [item], "k", 1)[0] is item
    assert apply("index_by", [item], "k")["1"] is item
    assert apply("sort", [item])[0] is item
    assert apply("uniq", [item])[0] is item


def test_objects_are_unique_by_identity() -> None:
    thing, other = Thing(a=1), Thing(a=1)
    assert apply("uniq", [thing, other, thing]) == [thing, other]


def test_a_sample_is_the_same_in_equal_renders_and_differs_within_one() -> None:
    render = state()
    drawn = [apply("sample", list(range(10**6)), render=render) for _ in range(5)]
    again = state()
    assert [apply("sample", list(range(10**6)), render=again) for _ in range(5)] == drawn
    assert len(set(drawn)) > 1


def test_a_sample_of_several_holds_different_elements() -> None:
    assert sorted(apply("sample", [1, 2, 3], 10)) == [1, 2, 3]
    assert len(apply("sample", [1, 2, 3], "2")) == 2
    assert apply("sample", [], 2) == []
    assert apply("sample", None) is None


def test_a_negative_sample_is_an_error() -> None:
    check(Case("negative", "sample", [1], (-1,), Fails("negative")))


SCALARS = (
    st.none() | st.booleans() | st.integers(-2, 2) | st.sampled_from([0.0, 1.0, 1.5]) | st.sampled_from(["", "1", "a"])
)


@given(st.lists(SCALARS, max_size=12))
def test_uniq_keeps_one_of_each_kind_in_order(values: list[Any]) -> None:
    kept = apply("uniq", values)
    seen = [(type(value), value) for value in kept]
    assert len(set(seen)) == len(seen)
    assert {(type(value), value) for value in values} == set(seen)


@given(st.lists(st.integers(), max_size=20), st.integers(1, 7))
def test_groups_hold_all_elements_in_order(values: list[int], size: int) -> None:
    for name in ("in_groups_of", "in_groups"):
        groups = apply(name, values, size, fill_with=False)
        assert [item for group in groups for item in group] == values


@pytest.mark.timeout(10)
def test_long_lists_of_texts_are_handled_in_linear_time() -> None:
    texts = [str(number) for number in range(100_000)] * 2
    assert len(apply("uniq", texts)) == 100_000
    assert apply("except", texts, *texts[:50_000])[0] == "50000"
