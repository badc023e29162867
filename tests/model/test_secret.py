"""Placeholders of secrets, and how their values take the placeholders' place (actions.md 1.9)."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import quote, quote_plus

import pytest

from runner.errors import ActionError
from runner.model.secret import Secrets, resolve, secret_keys

VALUE = 's3cr&t "value"/+'
SECRETS = Secrets({"api_token": VALUE, "other": "zzz", "unknown": None}, salt="shop-1")
TOKEN = SECRETS.placeholder("api_token")
OTHER = SECRETS.placeholder("other")


@pytest.mark.parametrize("key", ["a", "api_token", "a__b", "_x_", "With-Dash.2", "two words", "ключ"])
def test_a_placeholder_is_ascii_of_one_form_and_always_the_same(key: str) -> None:
    placeholder = SECRETS.placeholder(key)
    assert re.fullmatch(r"__mechanic_secret__[A-Za-z0-9_.-]+__[0-9a-f]{16}__", placeholder)
    assert placeholder == Secrets({}, salt="shop-1").placeholder(key)
    assert resolve(placeholder, Secrets({key: "v"}, salt="shop-1")) == "v"


@pytest.mark.parametrize(
    "encode", [str, quote, quote_plus, lambda text: json.dumps(text)[1:-1], lambda t: quote(t, safe="")]
)
def test_a_placeholder_survives_encoding_and_is_still_resolved(encode: Any) -> None:
    assert encode(TOKEN) == TOKEN
    assert resolve(f"https://x.test/?k={encode(TOKEN)}&v=1", SECRETS) == f"https://x.test/?k={VALUE}&v=1"


def test_a_percent_encoded_placeholder_becomes_a_percent_encoded_value() -> None:
    for underscore in ("%5F", "%5f"):
        assert resolve("k=" + TOKEN.replace("_", underscore), SECRETS) == "k=" + quote(VALUE, safe="")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (TOKEN, VALUE),
        (f"Bearer {TOKEN}", f"Bearer {VALUE}"),
        (f"{TOKEN}{OTHER}_{OTHER}", f"{VALUE}zzz_zzz"),
        (f"_{TOKEN}_", f"_{VALUE}_"),
        ({"a": [TOKEN, {"b": OTHER}], TOKEN: 1}, {"a": [VALUE, {"b": "zzz"}], VALUE: 1}),
        ([None, True, 0, 1.5, ""], [None, True, 0, 1.5, ""]),
        (None, None),
    ],
)
def test_values_take_the_place_of_placeholders_anywhere_in_a_json_value(value: Any, expected: Any) -> None:
    assert resolve(value, SECRETS) == expected


def test_the_value_given_is_left_alone() -> None:
    value = {"a": [TOKEN]}
    resolve(value, SECRETS)
    assert value == {"a": [TOKEN]}


def test_a_value_that_spells_a_placeholder_is_not_resolved_again() -> None:
    chained = Secrets({"a": SECRETS.placeholder("b"), "b": "raw"}, salt="shop-1")
    assert resolve(chained.placeholder("a"), chained) == chained.placeholder("b")


@pytest.mark.parametrize(
    "text",
    [
        "__mechanic_secret__api_token__0123456789abcdef__",
        "__mechanic_secret__api_token__",
        "__mechanic_secret_value_redacted__",
        TOKEN.upper(),
        TOKEN[:-1],
        Secrets({}, salt="another shop").placeholder("api_token"),
        Secrets({}).placeholder("api_token"),
    ],
)
def test_what_only_looks_like_a_placeholder_stays_text(text: str) -> None:
    assert resolve(text, SECRETS) == text
    assert secret_keys(text, SECRETS) == ()


def test_a_secret_that_is_gone_or_not_known_is_an_error_that_names_it() -> None:
    for key, words in (("gone", 'No secret named "gone"'), ("unknown", 'value of the secret "unknown"')):
        with pytest.raises(ActionError) as caught:
            resolve([f"x {SECRETS.placeholder(key)}"], SECRETS)
        assert words in caught.value.message
        assert caught.value.code == "action.secret"
        kept = resolve(SECRETS.placeholder(key), SECRETS, strict=False)
        assert kept == SECRETS.placeholder(key)


def test_keys_in_use_are_found_anywhere() -> None:
    options = {"url": f"https://x.test/{TOKEN}", "headers": {OTHER: ["x", TOKEN.replace("_", "%5F")]}, "n": 1}
    assert secret_keys(options, SECRETS) == ("api_token", "other")
    assert secret_keys({"body": [1, None, "x"]}, SECRETS) == ()


def test_nothing_shows_a_value() -> None:
    assert VALUE not in repr(SECRETS)
    assert "shop-1" not in repr(SECRETS)
    assert SECRETS.known_values() == (VALUE, "zzz")


def test_a_long_text_without_placeholders_costs_little() -> None:
    text = "__mechanic_secret__" * 20_000
    assert resolve(text, SECRETS) == text
