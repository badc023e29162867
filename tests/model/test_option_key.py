"""The grammar of option keys: tasks.md 3.2 to 3.4 and 3.8."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.model.option_key import FLAGS, Kind, Option, Range, label_of, parse_key


def flags_of(option: Option) -> dict[str, Any]:
    """What is set, by name."""
    names = ("container", "required", "userform", "email", "multiline", "code", "future_only", "choices", "range")
    return {name: getattr(option, name) for name in (*names, "resource") if getattr(option, name)}


CASES: list[tuple[str, Kind, dict[str, Any]]] = [
    # the table of 3.2
    ("subject__required", Kind.TEXT, {"required": True}),
    ("recipients__email_array_required", Kind.TEXT, {"container": "array", "required": True, "email": True}),
    ("recipients__required_array_email", Kind.TEXT, {"container": "array", "required": True, "email": True}),
    ("bundle__keyval_number_required", Kind.NUMBER, {"container": "keyval", "required": True}),
    (
        "mode__select_o1_test_o2_live__userform__required",
        Kind.SELECT,
        {"choices": ("test", "live"), "required": True, "userform": True},
    ),
    (
        "by__choice_o2_sum_of_totals_o1_count_of_orders_required",
        Kind.CHOICE,
        {"choices": ("count_of_orders", "sum_of_totals"), "required": True},
    ),
    ("hours__range_min0_max23_required", Kind.RANGE, {"range": Range(0, 23, 1), "required": True}),
    (
        "p__picker_collection_array_required",
        Kind.PICKER,
        {"resource": "collection", "container": "array", "required": True},
    ),
    ("start__datetime_futureonly_required", Kind.DATETIME, {"future_only": True, "required": True}),
    ("token__secret_required", Kind.SECRET, {"required": True}),
    ("token__required_secret", Kind.SECRET, {"required": True}),
    ("range_maximum__required_number", Kind.NUMBER, {"required": True}),
    ("token__secret_userform", Kind.SECRET, {"userform": True}),
    # every flag of 3.3 alone
    ("a", Kind.TEXT, {}),
    ("a__multiline", Kind.TEXT, {"multiline": True}),
    ("a__code", Kind.TEXT, {"code": True}),
    ("a__boolean", Kind.BOOLEAN, {}),
    ("a__number", Kind.NUMBER, {}),
    ("a__array", Kind.TEXT, {"container": "array"}),
    ("a__keyval", Kind.TEXT, {"container": "keyval"}),
    ("a__email", Kind.TEXT, {"email": True}),
    ("a__date", Kind.DATE, {}),
    ("a__datetime", Kind.DATETIME, {}),
    ("a__time", Kind.TIME, {}),
    ("a__color", Kind.COLOR, {}),
    ("a__range_min7_max90", Kind.RANGE, {"range": Range(7, 90, 1)}),
    ("a__select_o1_x", Kind.SELECT, {"choices": ("x",)}),
    ("a__multiselect_o1_x_o2_y", Kind.MULTISELECT, {"choices": ("x", "y")}),
    ("a__picker_product", Kind.PICKER, {"resource": "product"}),
    ("a__picker_variant_array", Kind.PICKER, {"resource": "variant", "container": "array"}),
    ("a__global", Kind.GLOBAL, {}),
    ("a__userform", Kind.TEXT, {"userform": True}),
    ("a__date_futureonly", Kind.DATE, {"future_only": True}),
    # spellings: borders of segments carry no meaning, the order is free
    ("hours__number__required", Kind.NUMBER, {"required": True}),
    ("hours__number_required", Kind.NUMBER, {"required": True}),
    (
        "days__multiselect__o1_monday_o2_tuesday",
        Kind.MULTISELECT,
        {"choices": ("monday", "tuesday")},
    ),
    ("a__code_multiline_required", Kind.TEXT, {"code": True, "multiline": True, "required": True}),
    ("a__required_multiline_code", Kind.TEXT, {"code": True, "multiline": True, "required": True}),
    ("a__array_number", Kind.NUMBER, {"container": "array"}),
    ("a__number_array_required", Kind.NUMBER, {"container": "array", "required": True}),
    ("a__keyval_email_required", Kind.TEXT, {"container": "keyval", "email": True, "required": True}),
    ("a__keyval_multiline", Kind.TEXT, {"container": "keyval", "multiline": True}),
    ("a__required_range_step5_max20_min10", Kind.RANGE, {"range": Range(10, 20, 5), "required": True}),
    ("a___required", Kind.TEXT, {"required": True}),
    ("a__", Kind.TEXT, {}),
    ("a__storefrontform", Kind.TEXT, {}),
    # choices keep their underscores; words of other flags among them are text
    ("a__choice_o1_first_and_last_name_o2_phone", Kind.CHOICE, {"choices": ("first_and_last_name", "phone")}),
    ("a__select_o1_global_o2_secret", Kind.SELECT, {"choices": ("global", "secret")}),
    ("a__select_o10_last_o9_first", Kind.SELECT, {"choices": ("first", "last")}),
    ("a__select_o1_select_all_o2_none", Kind.SELECT, {"choices": ("select_all", "none")}),
    ("a__select_o1_10min_o2_hourly_required", Kind.SELECT, {"choices": ("10min", "hourly"), "required": True}),
    (
        "a__select_o1_x_o2_email_required_userform",
        Kind.SELECT,
        {"choices": ("x", "email"), "required": True, "userform": True},
    ),
    ("a__select_o1_required_fields_o2_all", Kind.SELECT, {"choices": ("required_fields", "all")}),
]


@pytest.mark.parametrize(("key", "kind", "flags"), CASES, ids=[case[0] for case in CASES])
def test_a_key_says_what_the_option_is(key: str, kind: Kind, flags: dict[str, Any]) -> None:
    option = parse_key(key)
    assert (option.kind, flags_of(option)) == (kind, flags)
    assert option.name == key.partition("__")[0]
    assert option.key == key
    assert option.warnings == ()
    assert option.invalid is None


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("Days__number", "lower-case"),
        ("days to wait", "lower-case"),
        ("dayś", "lower-case"),
        ("", "lower-case"),
        ("__required", "name"),
        ("a__select", "empty"),
        ("a__select_required", "empty"),
        ("a__choice_o1_x_o1_y", "twice"),
        ("a__choice_o1_x_o01_y", "twice"),
        ("a__choice_x_o1_y", "before the first"),
        ("a__select_o1_o2_x", "no text"),
        ("a__select_o1", "no text"),
        ("a__select_o99999999999999999999_x", "before the first"),
    ],
)
def test_a_key_that_cannot_be_used_says_why(key: str, words: str) -> None:
    assert words in str(parse_key(key).invalid)


@pytest.mark.parametrize(
    ("key", "kind", "warned"),
    [
        ("a__reqired", Kind.TEXT, 'unknown flag "reqired", did you mean "required"?'),
        ("a__multi_line", Kind.TEXT, 'unknown flag "line"'),
        ("a__number_xyzzy", Kind.NUMBER, 'unknown flag "xyzzy"'),
        ("a__min5_number", Kind.NUMBER, 'unknown flag "min5"'),
        ("a__range_min1_max2_min3", Kind.RANGE, 'unknown flag "min3"'),
        ("a__required_select_o1_x", Kind.SELECT, "after the choices"),
        ("a__array_select_o1_x", Kind.SELECT, '"array" has no meaning together with "select"'),
        ("a__number_boolean", Kind.BOOLEAN, '"number" has no meaning together with "boolean"'),
        ("a__date_datetime", Kind.DATE, '"datetime" has no meaning together with "date"'),
        ("a__secret_global", Kind.GLOBAL, '"secret" has no meaning'),
        ("a__range_min0_max5_picker_product", Kind.RANGE, '"picker" has no meaning'),
        ("a__boolean_array", Kind.BOOLEAN, '"array" has no meaning together with "boolean"'),
        ("a__picker_product_keyval", Kind.PICKER, '"keyval" has no meaning together with "picker"'),
        ("a__array_keyval", Kind.TEXT, '"array" has no meaning together with "keyval"'),
        ("a__number_multiline", Kind.NUMBER, '"multiline" has no meaning together with "number"'),
        ("a__number_email", Kind.NUMBER, '"email" has no meaning together with "number"'),
        ("a__futureonly", Kind.TEXT, '"futureonly" has no meaning together with "text"'),
        ("metafield_namespace_required", Kind.TEXT, "metafield_namespace__required"),
    ],
)
def test_a_slip_in_a_key_is_a_warning(key: str, kind: Kind, warned: str) -> None:
    option = parse_key(key)
    assert option.kind is kind
    assert any(warned in warning for warning in option.warnings)


def test_flags_before_the_choices_still_count() -> None:
    assert parse_key("a__required_select_o1_x").required


def test_a_pointless_container_is_dropped() -> None:
    assert parse_key("a__boolean_array").container is None
    assert parse_key("a__array_keyval").container == "keyval"


@pytest.mark.parametrize(
    ("key", "resource"), [("a__picker_order", "order"), ("a__picker", None), ("a__picker_required", None)]
)
def test_a_picker_keeps_the_word_it_names(key: str, resource: str | None) -> None:
    assert parse_key(key).resource == resource


@pytest.mark.parametrize(
    ("key", "renders"),
    [
        ("a", True),
        ("a__multiline", True),
        ("a__code", True),
        ("a__email", True),
        ("a__array", True),
        ("a__keyval_multiline", True),
        ("a__number", False),
        ("a__array_number", False),
        ("a__keyval_number", False),
        ("a__boolean", False),
        ("a__select_o1_x", False),
        ("a__multiselect_o1_x", False),
        ("a__picker_product", False),
        ("a__date", False),
        ("a__color", False),
        ("a__range_min0_max1", False),
        ("a__global", False),
        ("a__secret", False),
    ],
)
def test_only_what_people_type_is_liquid(key: str, renders: bool) -> None:
    assert parse_key(key).renders_liquid is renders


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("range_maximum", "Range maximum"),
        ("run_every_10_minutes", "Run every 10 minutes"),
        ("customer_ids", "Customer IDs"),
        ("id", "ID"),
        ("skus_to_watch_for", "SKUs to watch for"),
        ("sftp_host", "SFTP host"),
        ("html_or_css_url", "HTML or CSS URL"),
        ("identify_positions", "Identify positions"),
        ("utm_and_ip", "UTM and IP"),
        ("bcc", "BCC"),
        ("_padded_", "Padded"),
        ("", ""),
    ],
)
def test_labels_are_sentences_with_acronyms_in_capitals(name: str, label: str) -> None:
    assert label_of(name) == label
    assert parse_key(name + "__required").label == label


@given(st.lists(st.sampled_from((*FLAGS, "o1", "o2", "min0", "max9", "step2", "x", "product", "", "_")), max_size=12))
def test_any_mixture_of_flags_is_read(tokens: list[str]) -> None:
    option = parse_key("name__" + "_".join(tokens))
    assert option.name == "name"
    assert option.kind in Kind
    assert option.container is None or option.kind in (Kind.TEXT, Kind.NUMBER, Kind.PICKER)


@given(st.text(max_size=80))
def test_any_text_is_read_as_a_key(key: str) -> None:
    option = parse_key(key)
    assert option.key == key
    assert option.label is not None
