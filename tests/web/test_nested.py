"""Names with brackets, as Rack reads them."""

from __future__ import annotations

from typing import Any

import pytest

from runner.web.nested import DEPTH, query_hash


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", {}),
        ("a=1&b=", {"a": "1", "b": ""}),
        ("a=1&a=2", {"a": "2"}),
        ("a", {"a": ""}),
        ("contact[Name]=Ann&contact[Email]=a%40b.c", {"contact": {"Name": "Ann", "Email": "a@b.c"}}),
        ("a[]=1&a[]=2", {"a": ["1", "2"]}),
        ("a[b][c]=1&a[b][d]=2", {"a": {"b": {"c": "1", "d": "2"}}}),
        ("a[][b]=1&a[][c]=2&a[][b]=3", {"a": [{"b": "1", "c": "2"}, {"b": "3"}]}),
        ("a[b][]=1", {"a": {"b": ["1"]}}),
        ("a+b=c+d%20e", {"a b": "c d e"}),
        ("a[b=1", {"a[b": "1"}),
        ("=1", {}),
        ("a=1&a[b]=2", None),
        ("a[b]=2&a=1", None),
        ("a[]=1&a[b]=2", None),
        ("a[][]=1", None),
        ("a" + "[x]" * DEPTH + "=1", None),
        ("&".join(["a[]=1"] * 5000), None),
    ],
)
def test_a_query_becomes_a_hash_or_is_no_sound_one(text: str, expected: Any) -> None:
    assert query_hash(text) == expected
