"""``cache`` in templates."""

from __future__ import annotations

from typing import Any

import pytest

from runner.liquid.objects.base import FrozenHash, FrozenList
from runner.liquid.objects.cache import Cache
from runner.liquid.reads import NoReads
from runner.liquid.values import is_blank, json_text, lookup, truthy
from tests.liquid.objects.recorded import Recorded

CACHED = {"a.b": 1, "flag": False, "list": [{"x": 1}], "9001": "number", "size": "stored"}


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("a.b", 1),
        ("a", None),
        ("flag", False),
        ("list", [{"x": 1}]),
        ("missing", None),
        (9001, "number"),
        ("size", "stored"),
        ("first", None),
        ("", None),
        (True, None),
        (1.5, None),
    ],
)
def test_a_key_gives_its_stored_value(key: Any, expected: Any) -> None:
    assert Cache(Recorded(cached=CACHED)).lookup(key) == expected


def test_a_key_is_read_at_its_first_look_and_only_then() -> None:
    reads = Recorded(cached={"k": 1})
    cache = Cache(reads)
    assert reads.calls == []
    assert [lookup(cache, "k"), lookup(cache, "k"), lookup(cache, "none"), lookup(cache, "none")] == [1, 1, None, None]
    assert reads.calls == ["cache k", "cache none"]


def test_values_are_frozen() -> None:
    cache = Cache(Recorded(cached=CACHED))
    assert type(cache.lookup("list")) is FrozenList
    assert type(cache.lookup("list")[0]) is FrozenHash


def test_the_cache_iterates_pairs_and_has_a_json_form() -> None:
    cache = Cache(Recorded(cached={"b": [1], "a": 2}))
    assert list(cache) == [["a", 2], ["b", [1]]]
    assert json_text(cache) == '{"a":2,"b":[1]}'


def test_a_value_seen_once_stays_the_same_in_a_later_loop() -> None:
    class Moving(Recorded):
        def cache(self, key: str) -> Any:
            return "early"

    cache = Cache(Moving(cached={"k": "late"}))
    assert cache.lookup("k") == "early"
    assert list(cache) == [["k", "early"]]


def test_in_previews_every_key_is_nil_and_there_is_nothing_to_iterate() -> None:
    cache = Cache(NoReads())
    assert cache.lookup("k") is None
    assert list(cache) == []
    assert json_text(cache) == "{}"
    assert truthy(cache)
    assert not is_blank(cache)
