"""Labels of documents and sums of calls."""

from __future__ import annotations

import pytest

from runner.shopify.usage import Usage, graphql_label


@pytest.mark.parametrize(
    ("query", "label"),
    [
        ("{ shop { id } }", "query shop"),
        ("query { orders(first: 1) { nodes { id } } }", "query orders"),
        ("query Named($a: ID!, $b: In = {x: 1}) { order(id: $a) { id } }", "query order"),
        ("mutation { tagsAdd(id: 1) { x } }", "mutation tagsAdd"),
        ("\n  # mutation { no }\n mutation M {\n  first: tagsAdd(id: 1) { x }\n}", "mutation tagsAdd"),
        ("subscription { a }", "subscription a"),
        ("query Empty {", "query Empty"),
        ("", "query"),
        ("not graphql", "query"),
    ],
)
def test_a_document_is_labelled_by_kind_and_first_root_field(query: str, label: str) -> None:
    assert graphql_label(query) == label


@pytest.mark.parametrize(("cost", "shown"), [(0.0, "0"), (12.0, "12"), (12.5, "12.5")])
def test_whole_points_are_integers(cost: float, shown: str) -> None:
    assert str(Usage(graphql_cost=cost).to_meta()["shopify_admin_graphql_api_cost"]) == shown
