"""The table of all filters: completeness, arity, and what every filter must bear."""

from __future__ import annotations

import contextlib
import inspect
from typing import Any

import pytest

from runner.errors import LiquidError
from runner.liquid.expressions.filters import FilterFunction
from runner.liquid.filters import all_filters, merge
from runner.liquid.objects.base import LiquidObject
from runner.liquid.values import BLANK, Binary
from tests.liquid.filters.cases import FILTERS, apply

TAKING: dict[tuple[int, int | None], str] = {
    (0, 0): """
        json parse_json jsonl parse_jsonl parse_csv graphql_arguments shopify browser parse_xml gzip gunzip upcase
        downcase capitalize strip lstrip rstrip strip_newlines newline_to_br strip_html escape escape_once size
        url_encode url_decode url_param_escape url_escape base64_encode base64_decode base64_url_safe_encode
        base64_url_safe_decode md5 sha1 sha256 sha512 e164 unindent handleize handle ceil floor abs money
        money_with_currency reverse first last sum keys values base64 decode_base64 base64url decode_base64url
    """,
    (0, 1): "csv date default round currency sort sort_natural sort_naturally uniq compact join sample img_url",
    (0, 2): "truncate truncatewords",
    (1, 1): """
        parse_date append prepend split remove remove_first remove_last hmac_sha1 hmac_sha256 hmac_sha512 rsa_sha256
        rsa_sha512 match scan plus minus times divided_by modulo at_least at_most map concat in_groups_of in_groups
        index_by add_tag add_tags remove_tag remove_tags
    """,
    (1, 2): "replace replace_first where",
    (2, 2): "replace_last pluralize",
    (1, None): "push unshift except slice",
}
ARITY = {name: arity for arity, names in TAKING.items() for name in names.split()}


def test_exactly_the_filters_of_the_specification_exist() -> None:
    assert sorted(FILTERS) == sorted(ARITY)


@pytest.mark.parametrize("name", sorted(ARITY))
def test_a_filter_takes_as_many_arguments_as_the_specification_says(name: str) -> None:
    function = FilterFunction.of(name, FILTERS[name])
    assert (function.least, function.most) == ARITY[name]


def test_two_families_may_not_claim_one_name() -> None:
    with pytest.raises(ValueError, match="size"):
        merge({"size": len}, {"size": len})


def test_the_table_is_built_anew_so_that_nobody_can_change_it_for_others() -> None:
    assert all_filters() is not all_filters()


class Odd(LiquidObject):
    """An object that knows nothing."""

    def lookup(self, key: Any) -> Any:
        return None

    def plain(self) -> Any:
        return {}


VALUES = [
    None, True, False, 0, -5, 10**30, 1.5, float("nan"), float("inf"), "", "é", "now", "1,2", [], [1, "a", None],
    [[1], [2]], {}, {"a": [1]}, range(1, 4), BLANK, Binary(b"\xff"), Odd(),
]  # fmt: skip


@pytest.mark.parametrize("name", sorted(ARITY))
def test_a_filter_gives_a_value_or_an_error_of_ours_whatever_it_is_fed(name: str) -> None:
    least = ARITY[name][0]
    for value in VALUES:
        for argument in VALUES:
            arguments = [argument] * max(least, 1 if ARITY[name][1] != 0 else 0)
            before = repr((value, argument))
            with contextlib.suppress(LiquidError):
                apply(name, value, *arguments)
            assert repr((value, argument)) == before


@pytest.mark.parametrize("name", sorted(ARITY))
def test_a_filter_says_what_it_gives(name: str) -> None:
    assert inspect.getdoc(FILTERS[name])
