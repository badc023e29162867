"""cache (actions.md 3.1)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from runner.actions.cache import MAX_TTL, CacheAction
from runner.clock import FixedClock
from runner.errors import ActionError
from runner.store import Store


@pytest.mark.parametrize(
    ("options", "result", "kept"),
    [
        (["set", "k", {"a": [1, None]}], {"a": [1, None]}, {"a": [1, None]}),
        (["setex", "k", 60, 1], 1, 1),
        (["set", "k", None], None, None),
        (["del", "k"], True, None),
        (["del", "missing"], False, 5),
        (["incr", "k"], 6, 6),
        (["incrby", "k", 10], 15, 15),
        (["decr", "k"], 4, 4),
        (["decrby", "k", 10], -5, -5),
        (["incr", "new"], 1, 5),
        (["decr", "new"], -1, 5),
        ({"set": {"key": "k", "value": "v"}}, "v", "v"),
        ({"setex": {"key": "k", "ttl": 60, "value": 1}}, 1, 1),
        ({"del": {"key": "k"}}, True, None),
        ({"incr": {"key": "k", "ttl": 600}}, 6, 6),
        ({"incrby": {"key": "k", "increment": "3"}}, 8, 8),
        ({"decrby": {"key": "k", "decrement": -3}}, 8, 8),
        ({"set": {"key": "k", "value": 1}, "comment": "unknown keys are ignored"}, 1, 1),
    ],
)
def test_commands_in_both_styles(options: Any, result: Any, kept: Any, cache: Callable[..., Any], store: Store) -> None:
    store.cache.put("", "k", 5, MAX_TTL)
    outcome = cache(options)
    assert (outcome.ok, outcome.result) == (True, result)
    assert store.cache.get("", "k") == kept


@pytest.mark.parametrize(
    ("options", "seconds"),
    [
        (["set", "k", 1], MAX_TTL),
        (["setex", "k", 60, 1], 60),
        (["setex", "k", "60", 1], 60),
        (["setex", "k", 60.0, 1], 60),
        ({"set": {"key": "k", "value": 1, "ttl": 7}}, 7),
        ({"set": {"key": "k", "value": 1, "ttl": None}}, MAX_TTL),
        ({"set": {"key": "k", "value": 1, "ttl": ""}}, MAX_TTL),
        ({"incr": {"key": "k", "ttl": 9}}, 9),
        (["incr", "k"], MAX_TTL),
        (["decr", "k"], MAX_TTL),
    ],
)
def test_every_command_sets_the_time_to_live(
    options: Any, seconds: int, cache: Callable[..., Any], store: Store, clock: FixedClock
) -> None:
    store.cache.put("", "k", 0, 5)
    cache(options)
    clock.advance(seconds - 1)
    assert dict(store.cache.items("")).keys() == {"k"}
    clock.advance(1)
    assert dict(store.cache.items("")) == {}


@pytest.mark.parametrize(
    "key", ["a", "A-Z_a.z:0/9", "x" * 500, 123, "gid://shopify/Product/1", pytest.param("-", id="dash")]
)
def test_keys_that_are_allowed(key: Any, cache: Callable[..., Any], store: Store) -> None:
    cache(["set", key, 1])
    assert store.cache.get("", str(key)) == 1


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (None, "neither an array nor an object"),
        ("set", "neither an array nor an object"),
        (5, "neither an array nor an object"),
        ([], "neither an array nor an object"),
        ({}, "no command"),
        ({"key": "k"}, "no command"),
        ({"set": {"key": "k", "value": 1}, "del": {"key": "k"}}, "several commands"),
        ({"set": ["k", 1]}, "takes an object"),
        ({"set": {"value": 1}}, '"set" needs "key"'),
        ({"set": {"key": "k"}}, '"set" needs "value"'),
        ({"setex": {"key": "k", "value": 1}}, '"setex" needs "ttl"'),
        ({"incrby": {"key": "k"}}, '"incrby" needs "increment"'),
        (["get", "k"], "no command 'get'"),
        ([["set"], "k", 1], "no command"),
        (["set", "k"], "takes 2 arguments, not 1"),
        (["set", "k", 1, 60], "takes 2 arguments, not 3"),
        (["setex", "k", 1], "takes 3 arguments, not 2"),
        (["del"], "takes 1 arguments, not 0"),
        (["set", "", 1], "is not a key"),
        (["set", "a b", 1], "is not a key"),
        (["set", "a\n", 1], "is not a key"),
        (["set", "ä", 1], "is not a key"),
        (["set", None, 1], "is not a key"),
        (["set", True, 1], "is not a key"),
        (["set", ["k"], 1], "is not a key"),
        (["setex", "k", 0, 1], "is not a ttl"),
        (["setex", "k", -1, 1], "is not a ttl"),
        (["setex", "k", 5_184_001, 1], "is not a ttl"),
        (["setex", "k", 1.5, 1], "is not a ttl"),
        (["setex", "k", "soon", 1], "is not a ttl"),
        (["setex", "k", None, 1], "is not a ttl"),
        (["setex", "k", True, 1], "is not a ttl"),
        (["incrby", "k", 1.5], "not a whole number"),
        (["incrby", "k", "x"], "not a whole number"),
        (["incrby", "k", None], "not a whole number"),
        (["decrby", "k", 2**64], "not a whole number"),
        (["set", "k", "x" * 262_143], "bytes of JSON"),
    ],
)
def test_options_that_are_refused(options: Any, says: str) -> None:
    with pytest.raises(ActionError, match=says) as caught:
        CacheAction().validate(options)
    assert caught.value.hint
    assert not caught.value.transient


def test_a_value_may_have_256_kilobytes_of_json_in_utf8(cache: Callable[..., Any]) -> None:
    assert cache(["set", "k", "x" * 262_142]).ok
    assert cache(["set", "k", "ä" * 131_071]).ok
    with pytest.raises(ActionError, match="262,145 bytes"):
        cache(["set", "k", "x" * 262_143])


def test_counting_what_is_no_number_is_refused_for_good(cache: Callable[..., Any]) -> None:
    cache(["set", "k", "5"])
    with pytest.raises(ActionError, match="holds text, not a number") as caught:
        cache(["incr", "k"])
    assert not caught.value.transient


def test_a_wrong_command_names_the_nearest() -> None:
    with pytest.raises(ActionError) as caught:
        CacheAction().validate(["SETX", "k", 1])
    assert caught.value.hint == 'Did you mean "setex"?'


@pytest.mark.parametrize(
    ("options", "line"),
    [
        (["set", "k", {"a": 1}], 'set k = {"a": 1}'),
        (["set", "k", "x" * 200], 'set k = "' + "x" * 78 + "…"),
        (["del", "k"], "del k"),
        (["set"], 'cache: "set" takes 2 arguments, not 0'),
    ],
)
def test_summaries(options: Any, line: str) -> None:
    assert CacheAction().summary(options) == line
