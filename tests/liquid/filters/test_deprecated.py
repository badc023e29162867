"""Deprecated filters (liquid.md 3.7)."""

from __future__ import annotations

import pytest

from tests.liquid.filters.cases import Case, check

URL = "https://cdn.shopify.com/s/files/1/p/dog.jpg?v=12"

CASES = [
    Case("at the end", "add_tag", "a, b", ("c",), "a, b, c"),
    Case("already there", "add_tag", "a,b ,a", ("b",), "a, b"),
    Case("to nil", "add_tag", None, ("a",), "a"),
    Case("to an empty text", "add_tag", "", (" a ",), "a"),
    Case("case matters", "add_tag", "A", ("a",), "A, a"),
    Case("a number", "add_tag", "a", (5,), "a, 5"),
    Case("nil leaves all unchanged", "add_tag", "a,b", (None,), "a,b"),
    Case("nil to nil", "add_tag", None, (None,), ""),
    Case("a list stays a list", "add_tag", ["a"], ("b",), ["a", "b"]),
    Case("a list", "add_tags", "a", (["b", "a"],), "a, b"),
    Case("a comma text", "add_tags", "a", ("b, c",), "a, b, c"),
    Case("a list to a list", "add_tags", ["a"], ("b,c",), ["a", "b", "c"]),
    Case("nil", "add_tags", "a", (None,), "a"),
    Case("every one of that name", "remove_tag", "a, b, a", ("a",), "b"),
    Case("none of that name", "remove_tag", "a,b", ("x",), "a, b"),
    Case("from nil", "remove_tag", None, ("a",), ""),
    Case("a list stays a list", "remove_tag", ["a", "b"], ("b",), ["a"]),
    Case("the last of a list", "remove_tag", ["b"], ("b",), []),
    Case("nil leaves a list unchanged", "remove_tag", ["a"], (None,), ["a"]),
    Case("a list", "remove_tags", "a,b,c", (["a", "c"],), "b"),
    Case("a comma text", "remove_tags", ["a", "b"], ("b, x",), ["a"]),
    Case("in front of the extension", "img_url", URL, ("100x100",), URL.replace("dog.jpg", "dog_100x100.jpg")),
    Case("master", "img_url", "https://x/a.b/dog.png", ("master",), "https://x/a.b/dog_master.png"),
    Case("an object with src", "img_url", {"src": "//x/dog.png"}, ("small",), "//x/dog_small.png"),
    Case("without extension", "img_url", "https://x/dog", ("small",), "https://x/dog_small"),
    Case("without size", "img_url", "dog.png", (), "dog_small.png"),
    Case("nil", "img_url", None, ("small",), ""),
    Case("an object without src", "img_url", {}, ("small",), ""),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_deprecated_filter_gives_what_the_specification_says(case: Case) -> None:
    check(case)


def test_removing_the_last_tag_again_and_again_empties_the_list() -> None:
    tags = ["a", "b", "c"]
    while tags:
        check(Case("repeatedly", "remove_tag", tags, (tags[-1],), tags[:-1]))
        tags = tags[:-1]
