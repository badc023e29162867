"""Findings about option values: tasks.md 3.7."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given

from runner.model.option_errors import OptionError, validate
from runner.model.option_key import parse_key
from tests.model.test_option_key import CASES as KEY_CASES
from tests.model.test_options import JSONS

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=ZoneInfo("America/New_York"))


def findings(key: str, value: Any, *, now: datetime | None = None) -> list[tuple[str, str]]:
    return [(error.code, error.message) for error in validate([parse_key(key)], {key: value}, now=now)]


FINE: list[tuple[str, Any]] = [
    ("a", None),
    ("a__required", "x"),
    ("a__boolean_required", None),
    ("a__boolean_required", False),
    ("a__number_required", 0),
    ("a__keyval_required", {"k": ""}),
    ("a__array_required", [""]),
    ("a__email", "pat@shop.test"),
    ("a__email", "{{ shop.customer_email }}"),
    ("a__email_array", ["pat@shop.test", "{% if x %}a@b.c{% endif %}"]),
    ("a__email", ""),
    ("a__number", "0.8"),
    ("a__number", 0.8),
    ("a__number", "{{ 5 }}"),
    ("a__number", ""),
    ("a__keyval_number", {"x": "1"}),
    ("a__range_min0_max23", 0),
    ("a__range_min0_max23", "23"),
    ("a__range_min5_max20_step5", 10),
    ("a__range_min1_max10_step3", 7),
    ("a__select_o1_test_o2_live", "live"),
    ("a__multiselect_o1_x_o2_y", ["y", "x"]),
    ("a__picker_variant", "gid://shopify/ProductVariant/12"),
    ("a__picker_collection_array", ["gid://shopify/Collection/1"]),
    ("a__date", "2028-02-29"),
    ("a__date_futureonly", "2026-03-02"),
    ("a__date_futureonly", "2020-01-01"),
    ("a__datetime", "2026-03-02T10:00"),
    ("a__datetime", "2026-03-02T10:00:30"),
    ("a__time", "23:59"),
    ("a__color", "#1A2b3C"),
    ("a__secret", "token"),
]


@pytest.mark.parametrize(("key", "value"), FINE)
def test_good_values_are_not_reported(key: str, value: Any) -> None:
    assert findings(key, value) == []


WRONG: list[tuple[str, Any, str, str]] = [
    ("recipient_email__required", None, "option.required", '"Recipient email" is required.'),
    ("a__required", "", "option.required", '"A" is required.'),
    ("a__required", " \n", "option.required", '"A" is required.'),
    ("a__array_required", [], "option.required", '"A" is required.'),
    ("a__keyval_required", {}, "option.required", '"A" is required.'),
    ("a__keyval_required", {" ": "x"}, "option.required", '"A" is required.'),
    ("a__number_required", None, "option.required", '"A" is required.'),
    ("a__email", "foo", "option.email", '"A": "foo" is not an email address.'),
    ("a__email", "a@b", "option.email", '"A": "a@b" is not an email address.'),
    ("a__email", "a@b.c, d@e.f", "option.email", '"A": "a@b.c, d@e.f" is not an email address.'),
    ("a__email", "a@b.c\n", "option.email", '"A": "a@b.c\n" is not an email address.'),
    (
        "recipients__email_array",
        ["a@b.c", "foo"],
        "option.email",
        '"Recipients", item 2: "foo" is not an email address.',
    ),
    ("a__keyval_email", {"boss": "foo"}, "option.email", '"A", "boss": "foo" is not an email address.'),
    ("days_to_wait__number", "soon", "option.number", '"Days to wait" must be a number, not "soon".'),
    ("a__array_number", ["1", "x"], "option.number", '"A", item 2 must be a number, not "x".'),
    ("a__keyval_number", {"k": "x"}, "option.number", '"A", "k" must be a number, not "x".'),
    ("hours__range_min0_max23", 24, "option.range", '"Hours" must be between 0 and 23.'),
    ("hours__range_min0_max23", -1, "option.range", '"Hours" must be between 0 and 23.'),
    ("hours__range_min0_max23", "x", "option.range", '"Hours" must be between 0 and 23.'),
    ("a__range_min0_max20_step5", 7, "option.range", '"A" must be between 0 and 20 in steps of 5.'),
    ("a__range_min0_max20", 1.5, "option.range", '"A" must be between 0 and 20 in steps of 1.'),
    ("mode__select_o1_test_o2_live", "dry", "option.choice", '"Mode" must be one of test, live.'),
    ("a__choice_o1_x", "y", "option.choice", '"A" must be one of x.'),
    ("a__multiselect_o1_x_o2_y", ["x", "z"], "option.choice", '"A", item 2 must be one of x, y.'),
    ("a__picker_order", None, "option.picker", 'Pickers support product, variant and collection, not "order".'),
    (
        "a__picker_product",
        "gid://shopify/Collection/1",
        "option.picker",
        '"A" must be a product id like gid://shopify/Product/1, not "gid://shopify/Collection/1".',
    ),
    (
        "a__picker_variant",
        "12",
        "option.picker",
        '"A" must be a variant id like gid://shopify/ProductVariant/1, not "12".',
    ),
    ("token__secret_userform", None, "option.secret_userform", "A secret cannot be asked for on the run form."),
    ("a__date", "31.01.2026", "option.date", '"A" must be a date like 2026-01-31, not "31.01.2026".'),
    ("a__date", "2026-02-30", "option.date", '"A" must be a date like 2026-01-31, not "2026-02-30".'),
    ("a__date", "20260131", "option.date", '"A" must be a date like 2026-01-31, not "20260131".'),
    (
        "a__datetime",
        "2026-01-31",
        "option.date",
        '"A" must be a date and time like 2026-01-31T09:30, not "2026-01-31".',
    ),
    (
        "a__datetime",
        "2026-02-30T10:00",
        "option.date",
        '"A" must be a date and time like 2026-01-31T09:30, not "2026-02-30T10:00".',
    ),
    ("a__time", "24:00", "option.date", '"A" must be a time like 09:30, not "24:00".'),
    ("a__color", "red", "option.color", '"A" must be a colour like #1a2b3c, not "red".'),
]


@pytest.mark.parametrize(("key", "value", "code", "message"), WRONG)
def test_a_wrong_value_is_reported_in_words(key: str, value: Any, code: str, message: str) -> None:
    assert findings(key, value) == [(code, message)]


@pytest.mark.parametrize(
    ("key", "code", "words"),
    [
        ("a__range_min0", "option.range", "needs a min and a max"),
        ("a__range_max5", "option.range", "needs a min and a max"),
        ("a__range_min9_max5", "option.range", "min is greater than max"),
        ("a__range_min0_max5_step0", "option.range", "step is zero"),
        ("a__select", "option.choice", "empty"),
        ("Bad key", "option.key", "lower-case"),
    ],
)
def test_a_key_that_cannot_be_used_is_reported_whatever_its_value(key: str, code: str, words: str) -> None:
    for value in (None, 3, "x"):
        ((found, message),) = findings(key, value)
        assert found == code
        assert words in message


@pytest.mark.parametrize(
    ("key", "value", "wrong"),
    [
        ("start__date_futureonly", "2026-03-01", True),
        ("start__date_futureonly", "2026-03-02", False),
        ("start__datetime_futureonly", "2026-03-02T09:59", True),
        ("start__datetime_futureonly", "2026-03-02T10:01", False),
        ("start__date", "2020-01-01", False),
    ],
)
def test_the_past_is_refused_only_where_the_key_says_so(key: str, value: str, wrong: bool) -> None:
    expected = [("option.date", '"Start" must be in the future.')] if wrong else []
    assert findings(key, value, now=NOW) == expected


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("token__secret_required", "api_token", None),
        ("token__secret", "other", 'No secret named "other" in this shop.'),
        ("token__secret", "api_tokne", 'No secret named "api_tokne" in this shop. Did you mean "api_token"?'),
        ("token__secret", "rates", 'No secret named "rates" in this shop.'),
        ("token__secret", ["api_token"], "No secret named \"['api_token']\" in this shop."),
        ("token__secret", "", None),
        ("token__secret", None, None),
        ("rates__global", "rates", None),
        ("rates__global", "api_token", 'No global named "api_token" in this shop.'),
        ("rates", "missing", None),
    ],
)
def test_a_global_or_secret_that_does_not_exist_is_reported(key: str, value: Any, message: str | None) -> None:
    errors = validate([parse_key(key)], {key: value}, globals={"rates"}, secrets={"api_token"})
    assert [(error.code, error.message) for error in errors] == ([("option.reference", message)] if message else [])
    assert validate([parse_key(key)], {key: value}) == []


def test_a_required_reference_that_is_missing_is_reported_once() -> None:
    errors = validate([parse_key("token__secret_required")], {}, secrets=())
    assert [error.code for error in errors] == ["option.required"]


def test_findings_come_in_the_order_of_the_options() -> None:
    options = [parse_key("b__required"), parse_key("a__email_array")]
    errors = validate(options, {"a__email_array": ["x", "y@z.q", "w"]})
    assert [(error.key, error.item) for error in errors] == [
        ("b__required", None),
        ("a__email_array", 1),
        ("a__email_array", 3),
    ]


def test_a_finding_is_json_ready() -> None:
    finding = OptionError("option.email", "a__email", "A", "words", 2)
    assert finding.to_dict() == {"code": "option.email", "key": "a__email", "label": "A", "message": "words", "item": 2}
    assert "item" not in OptionError("option.required", "a", "A", "words").to_dict()


@given(JSONS)
def test_no_value_makes_validation_fail(value: Any) -> None:
    for key, _, _ in KEY_CASES:
        assert all(error.message for error in validate([parse_key(key)], {key: value}, now=NOW))
        assert all(error.message for error in validate([parse_key(key)], {key: value}, globals={"a": 1}, secrets=[]))
