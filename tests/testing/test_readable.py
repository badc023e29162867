"""Documents made readable without losing that anything changed."""

from __future__ import annotations

from typing import Any

import pytest

from runner.shopify.usage import CallRecord
from runner.testing.readable import LONGEST_TEXT, MOST_ITEMS, MOST_LINES, call_lines, readable

QUERY = "\n  query {\n    shop { name }\n  }\n"
LINES = ["", "  query {", "    shop { name }", "  }", ""]


@pytest.mark.parametrize(
    ("options", "shown"),
    [
        (QUERY, LINES),
        ({"query": QUERY, "variables": {"a": "b"}}, {"query": LINES, "variables": {"a": "b"}}),
        (["update", ["order", 1], {"note": "x"}], ["update", ["order", 1], {"note": "x"}]),
        ("mutation { a }", ["mutation { a }"]),
        (None, None),
    ],
)
def test_graphql_of_shopify_actions_is_a_list_of_lines(options: Any, shown: Any) -> None:
    found = readable({"actions": [{"type": "shopify", "options": options}]})
    assert found == {"actions": [{"type": "shopify", "options": shown}]}


def test_queries_and_those_of_followups_are_lists_of_lines() -> None:
    found = readable({"queries": [QUERY], "followups": [{"topic": "t", "queries": [QUERY], "actions": []}]})
    assert found == {"queries": [LINES], "followups": [{"topic": "t", "queries": [LINES], "actions": []}]}


def test_other_texts_of_several_lines_are_told_from_lists_of_texts() -> None:
    assert readable({"logs": ["a\nb", ["a", "b"]]}) == {"logs": [{"lines": ["a", "b"]}, ["a", "b"]]}
    options = {"body": "Hello\n"}
    assert readable({"actions": [{"type": "email", "options": options}]})["actions"][0]["options"] == {
        "body": {"lines": ["Hello", ""]}
    }


@pytest.mark.parametrize("value", [None, True, 0, 1.5, "text", [], {}, ["a", {"b": [None]}]])
def test_short_values_stay_as_they_are(value: Any) -> None:
    assert readable({"logs": [value]}) == {"logs": [value]}


@pytest.mark.parametrize(
    ("at_cap", "over"),
    [
        ("x" * LONGEST_TEXT, "x" * (LONGEST_TEXT + 1)),
        (list(range(MOST_ITEMS)), list(range(MOST_ITEMS + 1))),
        (["x"] * MOST_LINES, ["x"] * (MOST_LINES + 1)),
        ({str(n): n for n in range(MOST_ITEMS)}, {str(n): n for n in range(MOST_ITEMS + 1)}),
    ],
)
def test_what_is_very_long_is_shortened_in_the_middle(at_cap: Any, over: Any) -> None:
    assert readable({"cache": at_cap}) == {"cache": at_cap}
    shown = readable({"cache": over})["cache"]
    assert shown != over
    assert len(shown) < len(over)
    assert "sha256" in str(shown)


def test_any_change_in_what_is_left_out_changes_the_snapshot() -> None:
    numbers = {str(n): n for n in range(300)}
    first = readable({"cache": numbers})
    assert readable({"cache": numbers | {"150": -1}}) != first
    assert readable({"cache": dict(sorted(numbers.items()))}) != first
    long = "x" * 2000
    assert readable({"logs": [long]}) != readable({"logs": [long[:1000] + "y" + long[1001:]]})


def test_texts_that_differ_each_time_are_replaced_everywhere() -> None:
    found = readable({"runs": [{"error": "no answer from 127.0.0.1:4711"}]}, {"127.0.0.1:4711": "prints.myshopify.com"})
    assert found == {"runs": [{"error": "no answer from prints.myshopify.com"}]}


@pytest.mark.parametrize(
    ("call", "line"),
    [
        (CallRecord("graphql", "query shop", 200, 7, "2026-04", 10.0), "query shop: 200, 10 points"),
        (CallRecord("rest", "GET /admin/shop.json", 200, 7, "2026-04"), "GET /admin/shop.json: 200"),
        (
            CallRecord("graphql", "mutation a", None, 7, "2026-04", None, "shopify.lost_reply"),
            "mutation a: no reply, shopify.lost_reply",
        ),
        (CallRecord("graphql", "query a", 200, 7, "2026-04", 2.5, "throttled"), "query a: 200, 2.5 points, throttled"),
    ],
)
def test_a_call_is_a_line_without_its_time(call: CallRecord, line: str) -> None:
    assert call_lines([call]) == [line]
