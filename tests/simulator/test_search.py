"""The search syntax as Shopify publishes it, and its matching against a shop."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from runner.simulator.search import parse, parsed
from runner.simulator.search_values import Zone, matches

Ask = Callable[..., dict[str, Any]]


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("snow", {"field": "default", "match_all": "snow"}),
        ('"snow board"', {"field": "default", "match_phrase": "snow board"}),
        ("title:snow", {"field": "title", "match_all": "snow"}),
        ("title:'snow board'", {"field": "title", "match_phrase": "snow board"}),
        ("title: snow", {"field": "title", "match_all": "snow"}),
        ("title:snow*", {"field": "title", "match_prefix": "snow"}),
        ("tag:*", {"field": "tag", "exists": True}),
        ("id:>=3", {"field": "id", "range": {"gte": "3"}}),
        ("id:< 3", {"field": "id", "range": {"lt": "3"}}),
        ("a b", {"and": [{"field": "default", "match_all": "a"}, {"field": "default", "match_all": "b"}]}),
        ("a AND b", {"and": [{"field": "default", "match_all": "a"}, {"field": "default", "match_all": "b"}]}),
        ("-tag:x", {"not": {"field": "tag", "match_all": "x"}}),
        ("NOT tag:x", {"not": {"field": "tag", "match_all": "x"}}),
        (
            "a OR b AND c",
            {
                "or": [
                    {"field": "default", "match_all": "a"},
                    {"and": [{"field": "default", "match_all": "b"}, {"field": "default", "match_all": "c"}]},
                ]
            },
        ),
        (
            "(a OR b) c",
            {
                "and": [
                    {"or": [{"field": "default", "match_all": "a"}, {"field": "default", "match_all": "b"}]},
                    {"field": "default", "match_all": "c"},
                ]
            },
        ),
        ("tag:(a OR b)", {"or": [{"field": "tag", "match_all": "a"}, {"field": "tag", "match_all": "b"}]}),
        (r"title:a\:b", {"field": "title", "match_all": "a:b"}),
        ("title:don't", {"field": "title", "match_all": "don't"}),
        (") AND OR", {"and": []}),
        (
            "created_at:>=2026-03-02T15:04",
            {
                "and": [
                    {"field": "created_at", "range": {"gte": "2026-03-02T15"}},
                    {"field": "default", "match_all": "04"},
                ]
            },
        ),
        ("id:", {"field": "id", "match_all": ""}),
    ],
)
def test_queries_are_parsed_by_the_published_grammar(text: str, meaning: dict[str, Any]) -> None:
    assert parsed(parse(text)) == meaning


NEW_YORK = Zone.of("America/New_York", datetime(2026, 3, 2, 15, tzinfo=UTC))


@pytest.mark.parametrize(
    ("kind", "actual", "wanted", "comparator", "holds"),
    [
        ("text", "Harbour at Dawn", "harbour", None, True),
        ("text", "Harbour at Dawn", "harb", None, False),
        ("text", "Harbour at Dawn", "harb*", None, True),
        ("text", "Harbour at Dawn", "dawn harbour", None, True),
        ("exact", "Limited print", "limited PRINT", None, True),
        ("exact", "Limited print", "limited", None, False),
        ("exact", "Limited print", "lim*", None, True),
        ("id", "gid://shopify/Product/8", "8", None, True),
        ("id", "gid://shopify/Product/8", "gid://shopify/Product/8", None, True),
        ("id", "gid://shopify/Product/80", "9", ">", True),
        ("id", "gid://shopify/Product/80", "x", None, False),
        ("number", "19.90", "20", "<", True),
        ("number", 5, "5", ">=", True),
        ("boolean", True, "true", None, True),
        ("boolean", False, "false", None, True),
        ("time", "2026-03-02T04:59:00Z", "2026-03-02", None, False),
        ("time", "2026-03-02T05:00:00Z", "2026-03-02", None, True),
        ("time", "2026-03-02T05:00:00Z", "2026-03-02", ">", False),
        ("time", "2026-03-03T05:00:00Z", "2026-03-02", ">", True),
        ("time", "2026-03-02T23:00:00Z", "2026-03-02", "<=", True),
        ("time", "2026-03-02T05:00:00Z", "2026-03-02T05:00:00Z", ">=", True),
        ("time", "2026-03-02T05:00:00Z", "2026-03-02T05:00:00Z", "<", False),
        ("time", "2025-12-31T23:00:00Z", "2026", "<", True),
        ("time", "2026-02-10T00:00:00Z", "2026-02", None, True),
        ("time", "2026-03-02T14:00:00Z", "now", "<", True),
        ("time", "2026-03-01T14:00:00Z", "yesterday", None, True),
        ("time", "2026-03-02T14:00:00Z", "today", None, True),
        ("time", "2026-02-27T14:00:00Z", "past_week", None, True),
        ("time", "2026-01-27T14:00:00Z", "past_week", None, False),
        ("time", "2026-01-27T14:00:00Z", "soon", None, False),
        ("time", "2026-01-27T14:00:00Z", "2026-13-45", None, False),
    ],
)
def test_values_are_compared_by_the_kind_of_their_field(
    kind: str, actual: Any, wanted: str, comparator: str | None, holds: bool
) -> None:
    assert matches(kind, actual, wanted, False, comparator, NEW_YORK) is holds


def titles(body: dict[str, Any]) -> list[str]:
    return [node["title"] for node in body["data"]["products"]["nodes"]]


PRODUCTS = "query($q: String) { products(first: 50, query: $q) { nodes { title productType tags handle } } }"


@pytest.mark.parametrize(
    ("query", "test"),
    [
        ("product_type:'Limited print'", lambda node: node["productType"] == "Limited print"),
        ("-product_type:'Limited print'", lambda node: node["productType"] != "Limited print"),
        ("tag:sea", lambda node: "sea" in node["tags"]),
        ("tag_not:sea", lambda node: "sea" not in node["tags"]),
        ("tag:sea OR tag:land", lambda node: {"sea", "land"} & set(node["tags"])),
        ("sku:HD-OAK", lambda node: node["title"] == "Harbour at Dawn"),
        ("title:dawn", lambda node: "Dawn" in node["title"]),
        ("HD-OAK", lambda node: node["title"] == "Harbour at Dawn"),
        ("metafields.prints.edition:50", lambda node: node["title"] == "Harbour at Dawn"),
        ("status:active", lambda node: True),
        ("inventory_total:<0", lambda node: False),
        ("created_at:>2026-03-02", lambda node: False),
        ("   ", lambda node: True),
    ],
)
def test_products_are_searched_by_the_documented_fields(ask: Ask, query: str, test: Callable[[Any], Any]) -> None:
    every = ask(PRODUCTS)["data"]["products"]["nodes"]
    body = ask(PRODUCTS, q=query)
    assert titles(body) == [node["title"] for node in every if test(node)]
    assert "search" not in body["extensions"]


def test_an_unknown_field_is_ignored_and_told_as_shopify_does(ask: Ask) -> None:
    body = ask('{ found: products(first: 50, query: "colour:red AND tag:sea") { nodes { tags title } } }')
    assert all("sea" in node["tags"] for node in body["data"]["found"]["nodes"])
    assert body["extensions"]["search"] == [
        {
            "path": ["found"],
            "query": "colour:red AND tag:sea",
            "parsed": {"and": [{"field": "colour", "match_all": "red"}, {"field": "tag", "match_all": "sea"}]},
            "warnings": [
                {"field": "colour", "message": "Invalid search field for this query.", "code": "invalid_field"}
            ],
        }
    ]


def test_only_unknown_fields_filter_nothing(ask: Ask) -> None:
    assert titles(ask(PRODUCTS, q="colour:red")) == titles(ask(PRODUCTS))
    assert titles(ask(PRODUCTS, q="-colour:red")) == titles(ask(PRODUCTS))


def test_a_documented_field_that_is_not_answered_is_refused_not_ignored(ask: Ask) -> None:
    body = ask(PRODUCTS, q="category_id:1")
    assert body["errors"][0]["extensions"]["code"] == "SIMULATOR_NOT_IMPLEMENTED"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ('productVariants(first: 9, query: "sku:HD-*") { nodes { sku } }', ["HD-PAPER", "HD-OAK", "HD-BLACK"]),
        ('inventoryItems(first: 9, query: "sku:HD-OAK") { nodes { sku } }', ["HD-OAK"]),
        ('locations(first: 9, query: "name:gallery") { nodes { sku: name } }', ["Gallery"]),
        ('locations(first: 9, query: "city:portland") { nodes { sku: name } }', ["Workshop"]),
    ],
)
def test_other_connections_have_their_own_fields(ask: Ask, query: str, expected: list[str]) -> None:
    (connection,) = ask(f"{{ found: {query} }}")["data"].values()
    assert [node["sku"] for node in connection["nodes"]] == expected


def test_what_is_looked_up_is_what_reading_every_object_finds(ask: Callable[..., dict[str, Any]]) -> None:
    """A text that has to be what is asked for is looked up; the same asked another way is not."""

    def skus(query: str) -> list[str]:
        found = ask("query ($q: String) { productVariants(first: 50, query: $q) { nodes { sku } } }", q=query)
        return [node["sku"] for node in found["data"]["productVariants"]["nodes"]]

    assert skus("sku:hd-oak") == skus("NOT (NOT sku:HD-OAK)") == ["HD-OAK"]
    assert skus("sku:HD-OAK AND vendor:*") == skus("vendor:* sku:HD-OAK") == ["HD-OAK"]
    assert skus("sku:HD-OAK AND sku:HD-PAPER") == skus("sku:HD") == skus("sku:HD-OAK AND vendor:Nobody") == []
    assert skus("sku:HD-OAK OR sku:HD-PAPER") == ["HD-PAPER", "HD-OAK"]
    assert skus("sku:HD-O*") == ["HD-OAK"]
    assert skus("-sku:HD-OAK sku:HD*") == ["HD-PAPER", "HD-BLACK"]
