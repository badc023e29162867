"""JSON values as lines for people: what is in a line, what is cut, and that nothing reads as something else."""

from __future__ import annotations

from typing import Any

import pytest

from runner.cli.layout import LONGEST_LINE, MOST_ITEMS, MOST_LINES, labelled, value_lines

LONG = "x" * (LONGEST_LINE + 1)


@pytest.mark.parametrize(
    ("value", "lines"),
    [
        (None, ["null"]),
        (True, ["true"]),
        (5, ["5"]),
        ("", []),
        ("plain", ["plain"]),
        ({}, ["{}"]),
        ([], ["[]"]),
        ("\n    one\n      two\n\n  ", ["one", "  two"]),
        ("a\r\nb", ["a", "b"]),
        ({"to": "a@b.c", "cc": None, "n": 5}, ["to: a@b.c", "cc: null", "n: 5"]),
        ({"body": "one\ntwo"}, ["body:", "  one", "  two"]),
        ({"a": {"b": [1, 2]}}, ['a: {"b": [1, 2]}']),
        ({"a": {"b": "y" * 80}}, ["a:", f"  b: {'y' * 80}"]),
        (["set", "k", True], ["- set", "- k", "- true"]),
        ([{"id": "y" * 80, "n": 1}], [f"- id: {'y' * 80}", "  n: 1"]),
        (["one\ntwo"], ["- one", "  two"]),
        ([[]], ["- []"]),
    ],
)
def test_a_value_is_laid_out(value: Any, lines: list[str]) -> None:
    assert value_lines(value) == lines


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("5", 'k: "5"'),
        ("-1.5", 'k: "-1.5"'),
        ("null", 'k: "null"'),
        ("true", 'k: "true"'),
        ("", 'k: ""'),
        (" x", 'k: " x"'),
        ("[1]", 'k: "[1]"'),
        ('{"a": 1}', 'k: "{\\"a\\": 1}"'),
        ("5 days", "k: 5 days"),
        ("nullable", "k: nullable"),
        ("café", "k: café"),
    ],
)
def test_texts_that_look_like_other_values_have_quotes(text: str, shown: str) -> None:
    assert value_lines({"k": text}) == [shown]


def test_long_things_are_cut_unless_all_is_wanted() -> None:
    lines = "\n".join(str(number) for number in range(MOST_LINES + 20))
    items = list(range(MOST_ITEMS + 20))
    assert value_lines(lines)[-1] == "… 20 more lines; --verbose shows all"
    assert value_lines(items)[-1] == "… 20 more; --verbose shows all"
    assert value_lines(dict.fromkeys(map(str, items), 1))[-1] == "… 20 more; --verbose shows all"
    assert value_lines(LONG)[0].endswith(f"… ({len(LONG)} characters; --verbose shows all)")
    for value, count in ((lines, MOST_LINES + 20), (items, MOST_ITEMS + 20), (LONG, 1)):
        whole = value_lines(value, whole=True)
        assert len(whole) == count
        assert "--verbose" not in whole[-1]


def test_little_is_not_left_out() -> None:
    assert len(value_lines(list(range(MOST_ITEMS + 2)))) == MOST_ITEMS + 2


@pytest.mark.parametrize(
    ("value", "lines"),
    [
        ("one", ["Log: one"]),
        ("", ["Log:"]),
        ({"a": 1}, ['Log: {"a": 1}']),
        ("one\ntwo", ["Log:", "  one", "  two"]),
        (None, ["Log: null"]),
    ],
)
def test_a_label_stands_before_a_short_value_and_above_a_long_one(value: Any, lines: list[str]) -> None:
    assert labelled("Log:", value) == lines
