"""Values made from the flags of option keys."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.model.option_errors import validate
from runner.model.option_key import FLAGS, parse_key
from runner.testing.filler import fill

NOW = datetime(2026, 2, 27, 23, 30, tzinfo=UTC)

KEYS = [
    "plain",
    "plain__required",
    "body__multiline_required",
    "body__required_multiline_code",
    "theme__code",
    "days__number_required",
    "days__required_number",
    "active__boolean",
    "tags__array",
    "tags__array_required",
    "bodies__array_multiline",
    "ids__array_number",
    "ids__number_array_required",
    "pairs__keyval",
    "pairs__keyval_required",
    "pairs__keyval_number_required",
    "pairs__keyval_multiline_required",
    "pairs__keyval_email_required",
    "to__email",
    "to__email_required",
    "to__required_email",
    "to__email_array_required",
    "on__date_required",
    "on__date_futureonly",
    "from__datetime_futureonly_required",
    "at__time",
    "shade__color",
    "hour__range_min0_max23_required",
    "size__range_min7_max90_required",
    "size__range_min10_max20_step5",
    "mode__select_o1_10min_o2_hourly_required",
    "mode__choice_o2_second_o1_first_one_required",
    "days__multiselect__o1_monday_o2_tuesday_o3_wednesday",
    "one__multiselect_o1_only",
    "group__picker_collection",
    "groups__picker_collection_array_required",
    "item__picker_product_required",
    "item__picker_variant_required",
    "key__global",
    "key__secret_required",
    "note__userform",
]


def one(key: str, seed: int = 1, **more: Any) -> Any:
    return fill([parse_key(key)], seed=seed, now=NOW, **more).get(key)


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("seed", range(5))
def test_nothing_is_wrong_with_a_value(key: str, seed: int) -> None:
    option = parse_key(key)
    values = fill([option], seed=seed, now=NOW)
    assert list(values) == [key]
    assert validate([option], values, now=NOW) == []


@pytest.mark.parametrize(
    ("key", "kind"),
    [
        ("plain", str),
        ("days__number", int),
        ("active__boolean", bool),
        ("tags__array", list),
        ("pairs__keyval", dict),
        ("to__email_array", list),
        ("mode__multiselect_o1_a_o2_b", list),
        ("groups__picker_product_array", list),
        ("hour__range_min0_max23", int),
    ],
)
def test_a_value_has_the_shape_that_is_stored(key: str, kind: type) -> None:
    assert type(one(key)) is kind


def test_booleans_are_true_and_the_first_choice_is_taken() -> None:
    assert one("active__boolean") is True
    assert one("mode__choice_o2_second_o1_first_one_required") == "first_one"
    assert one("mode__select_o1_10min_o2_hourly") == "10min"
    assert one("days__multiselect_o1_monday_o2_tuesday_o3_wednesday") == ["monday", "tuesday"]


@pytest.mark.parametrize("seed", range(20))
def test_lists_and_hashes_have_two_different_elements(seed: int) -> None:
    assert len(set(one("tags__array", seed))) == 2
    pairs = one("pairs__keyval", seed)
    assert len(pairs) == 2
    assert len(set(pairs.values())) == 2
    assert all(isinstance(value, int) for value in one("pairs__keyval_number", seed).values())
    assert all(value.endswith("@example.com") for value in one("pairs__keyval_email", seed).values())


@pytest.mark.parametrize("seed", range(20))
def test_values_keep_to_their_bounds(seed: int) -> None:
    assert one("size__range_min10_max20_step5", seed) in (10, 15, 20)
    assert one("size__range_min3_max3", seed) == 3
    day = date.fromisoformat(one("on__date", seed))
    assert NOW.date() < day <= NOW.date() + timedelta(days=28)
    moment = datetime.fromisoformat(one("from__datetime", seed))
    assert moment > NOW.replace(tzinfo=None)
    assert re.fullmatch(r"gid://shopify/ProductVariant/[1-9][0-9]+", one("item__picker_variant", seed))


def test_several_lines_have_several_lines() -> None:
    assert "\n" in one("body__multiline")
    assert "\n" in one("body__code_multiline")
    assert "\n" not in one("body")


def test_the_same_seed_and_key_give_the_same_value_in_any_company() -> None:
    options = [parse_key(key) for key in KEYS]
    whole = fill(options, seed=7, now=NOW)
    assert fill(reversed(options), seed=7, now=NOW) == whole
    assert {key: one(key, 7) for key in KEYS} == whole
    assert fill(options, seed=8, now=NOW) != whole


@pytest.mark.parametrize(
    ("stored", "filled"),
    [
        (None, True),
        ("", True),
        ([], True),
        ({}, True),
        (False, False),
        (0, False),
        (" ", False),
        ("x", False),
        (["x"], False),
    ],
)
def test_only_options_without_a_value_are_filled(stored: Any, filled: bool) -> None:
    values = fill([parse_key("plain")], seed=1, now=NOW, stored={"plain": stored})
    assert bool(values) is filled


def test_all_options_are_filled_when_that_is_wanted() -> None:
    assert one("plain", stored={"plain": "kept"}, only_unset=False) not in (None, "kept")


@pytest.mark.parametrize(
    "key",
    [
        "mode__select",
        "mode__select_test_o1_live",
        "hour__range",
        "hour__range_min5",
        "hour__range_min9_max3",
        "hour__range_min1_max9_step0",
        "item__picker_order",
        "item__picker_order_array",
        "item__picker",
        "__required",
        "Capital",
    ],
)
def test_keys_that_no_value_fits_are_left_out(key: str) -> None:
    assert fill([parse_key(key)], seed=1, now=NOW) == {}


@given(
    st.lists(st.sampled_from((*FLAGS, "x", "min1", "max9", "step2", "product", "o1", "o2")), max_size=6), st.integers()
)
def test_whatever_a_key_says_its_value_is_good(tokens: list[str], seed: int) -> None:
    option = parse_key("name__" + "_".join(tokens))
    values = fill([option], seed=seed, now=NOW)
    if values:
        assert [error for error in validate([option], values, now=NOW) if error.code != "option.secret_userform"] == []
