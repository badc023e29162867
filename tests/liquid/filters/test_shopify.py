"""The shopify filter (liquid.md 3.1)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pytest

from runner.errors import LiquidError, ShopifyError
from runner.liquid.filters.shopify import operations
from runner.liquid.objects.base import LiquidObject
from runner.liquid.values import Binary
from tests.liquid.filters.cases import apply, state

QUERY = "{ shop { name } }"


class Shop:
    """Answers every query with what it was asked."""

    def __init__(self, error: ShopifyError | None = None) -> None:
        self.error = error

    def graphql(self, query: str, variables: Mapping[str, Any] | None = None) -> Any:
        if self.error:
            raise self.error
        return {"data": {"query": query, "variables": variables}}

    def rest(self, path: str, params: Mapping[str, Any] | None = None) -> Any:
        raise AssertionError("not asked")

    def cache(self, key: str) -> Any:
        raise AssertionError("not asked")

    def cache_items(self) -> Iterable[tuple[str, Any]]:
        raise AssertionError("not asked")


class Ids(LiquidObject):
    """An object among the variables."""

    def plain(self) -> Any:
        return ["gid://shopify/Product/1"]


def test_the_whole_response_is_given() -> None:
    answer = apply("shopify", QUERY, render=state(reads=Shop()))
    assert answer == {"data": {"query": QUERY, "variables": {}}}


def test_variables_reach_the_shop_as_plain_data() -> None:
    answer = apply("shopify", QUERY, variables={"n": 1, "ids": Ids()}, render=state(reads=Shop()))
    assert answer["data"]["variables"] == {"n": 1, "ids": ["gid://shopify/Product/1"]}


def test_without_reads_the_answer_is_nil_and_the_query_is_recorded() -> None:
    render = state()
    assert apply("shopify", f"  {QUERY}\n", render=render) is None
    assert render.queries == [f"  {QUERY}\n"]


@pytest.mark.parametrize("value", [None, "", " \n"])
def test_a_blank_query_is_an_error(value: Any) -> None:
    with pytest.raises(LiquidError, match="blank"):
        apply("shopify", value)


@pytest.mark.parametrize("variables", ["a", 1, [1], Ids(), {"x": Binary(b"x")}])
def test_variables_must_be_a_hash_of_json(variables: Any) -> None:
    with pytest.raises(LiquidError):
        apply("shopify", QUERY, variables=variables)


def test_a_failure_of_the_transport_is_passed_on() -> None:
    with pytest.raises(ShopifyError):
        apply("shopify", QUERY, render=state(reads=Shop(ShopifyError("unreachable"))))


REFUSED = [
    "mutation { shopUpdate { id } }",
    "\n  # a comment\n mutation($id: ID!) { x(id: $id) { id } }",
    "fragment F on Product { id } mutation M { x { ...F } }",
    "query A { a } mutation B { b }",
    "subscription { x }",
    '{ a(x: "}") } mutation { b }',
    '{ a(x: """ } "quoted" \\""" """) } mutation { b }',
    ",mutation{a}",
]


@pytest.mark.parametrize("text", REFUSED)
def test_whatever_changes_something_is_refused_and_not_recorded(text: str) -> None:
    render = state()
    with pytest.raises(LiquidError, match="only reads") as caught:
        apply("shopify", text, render=render)
    assert "action" in (caught.value.hint or "")
    assert render.queries == []


ALLOWED = [
    "query mutation { mutation }",
    "{ mutation { id } }",
    'query { products(query: "mutation { x }") { edges { node { id } } } }',
    "# mutation\nquery { a }",
    "query Q($mutation: Boolean = true) @mutation { a @include(if: $mutation) }",
    "fragment mutation on Product { id } { a { ...mutation } }",
    'query { a(x: """mutation {""") }',
]


@pytest.mark.parametrize("text", ALLOWED)
def test_the_word_elsewhere_does_no_harm(text: str) -> None:
    assert operations(text) == {"query"}


def test_text_that_is_no_graphql_is_left_for_the_shop_to_refuse() -> None:
    assert operations("hello }}}") == frozenset()
    assert apply("shopify", "hello", render=state(reads=Shop()))["data"]["query"] == "hello"
