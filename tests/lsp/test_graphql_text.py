"""GraphQL that is being written: what is expected behind a text, and what a document asks for."""

from __future__ import annotations

import pytest

from runner.lsp.graphql_text import Expected, looks_like_graphql, reading, selected
from runner.shopify.schema import load

SCHEMA = load("2026-04")

PLACES = {
    "": (Expected.KEYWORD, None),
    "query ": (Expected.KEYWORD, None),
    "query { ": (Expected.FIELD, "QueryRoot"),
    "{ shop { ": (Expected.FIELD, "Shop"),
    "mutation { ": (Expected.FIELD, "Mutation"),
    "query Named($n: Int) { orders(first: $n) { nodes { ": (Expected.FIELD, "Order"),
    'query { orders(first: 5, query: "a { b") { nodes { ': (Expected.FIELD, "Order"),
    "query { a: orders(first: 5) { # { {\n edges { node { ": (Expected.FIELD, "Order"),
    "query { orders(first: 5) { nodes { id } } ": (Expected.FIELD, "QueryRoot"),
    "query { orders(": (Expected.ARGUMENT, "QueryRoot"),
    "query { orders(sortKey: ": (Expected.VALUE, "OrderSortKeys"),
    "query { orders(sortKey: NAME, ": (Expected.ARGUMENT, "QueryRoot"),
    "query { shop @include(if: true) { ": (Expected.FIELD, "Shop"),
    "mutation { orderUpdate(input: {": (Expected.INPUT_FIELD, "OrderInput"),
    "mutation { orderUpdate(input: {id: 1, shippingAddress: {": (Expected.INPUT_FIELD, "MailingAddressInput"),
    "mutation { metafieldsSet(metafields: [{": (Expected.INPUT_FIELD, "MetafieldsSetInput"),
    "query { node(id: 1) { ... on ": (Expected.TYPE_CONDITION, "Node"),
    "query { node(id: 1) { ... on Order { ": (Expected.FIELD, "Order"),
    "query { node(id: 1) { ... on Order { id } ": (Expected.FIELD, "Node"),
    "fragment F on Product { ": (Expected.FIELD, "Product"),
    "query ($id: ": (Expected.VARIABLE_TYPE, None),
    "query { nothing { ": (Expected.FIELD, None),
    "} } ) ] {": (Expected.FIELD, "QueryRoot"),
}


@pytest.mark.parametrize("text", PLACES)
def test_what_is_expected_behind_a_text(text: str) -> None:
    found = reading(text, SCHEMA)
    assert (found.expected, found.type) == PLACES[text]


def test_what_a_document_asks_for_goes_by_alias_with_fragments_put_in() -> None:
    root = selected(
        "query { a: orders(first: 5) { nodes { ...F ... on Order { name } } } } fragment F on Order { tags }", SCHEMA
    )
    assert list(root.fields) == ["a"]
    assert sorted(root.fields["a"].fields["nodes"].fields) == ["name", "tags"]
    assert root.fields["a"].fields["nodes"].type == "[Order!]!"


def test_fragments_that_hold_themselves_come_to_an_end() -> None:
    root = selected("query { shop { ...F } } fragment F on Shop { name ...F }", SCHEMA)
    assert "name" in root.fields["shop"].fields


@pytest.mark.parametrize(
    ("text", "is_graphql"),
    [
        ("query { a }", True),
        ("\n # x\n mutation {", True),
        ("{ shop", True),
        ('{ "a": 1 }', False),
        ("queryable", False),
        ("", False),
    ],
)
def test_documents_are_told_from_other_texts(text: str, is_graphql: bool) -> None:
    assert looks_like_graphql(text) is is_graphql
