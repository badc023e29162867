"""The schema, told quickly, is told as the general machinery of GraphQL tells it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from graphql import build_schema, execute, get_introspection_query, parse

from runner.simulator.introspection import about_schema, asks_for_schema_only

SCHEMA = build_schema("""
    "A directive" directive @mark(text: String = "a", old: Int @deprecated(reason: "gone")) repeatable on FIELD | QUERY
    scalar Money @specifiedBy(url: "https://money.test")
    enum Colour { RED "The colour of grass" GREEN @deprecated(reason: "faded") }
    interface Named { name: String! }
    interface Thing implements Named { name: String! id: ID! }
    type Cup implements Named & Thing { name: String! id: ID! colours(first: Int! = 3, of: [Colour!]): [Colour!]! }
    type Mug implements Named { name: String! price: Money @deprecated }
    union Vessel = Cup | Mug
    input Choice @oneOf { id: ID name: String }
    input Wanted { choice: Choice!, colours: [Colour] = [RED], old: Int = 1 @deprecated(reason: "gone") }
    "Where it begins" type Query { vessel(wanted: Wanted): Vessel named(name: String): Named }
    type Mutation { fill(id: ID!, wanted: [Wanted!]!): Cup! }
""")
PARTS = "fragment F on __Type { name kind ofType { ...G } } fragment G on __Type { kind again: name ofType { name } }"


@pytest.mark.parametrize(
    ("text", "variables"),
    [
        (get_introspection_query(), {}),
        (get_introspection_query(directive_is_repeatable=True, input_value_deprecation=True, one_of=True), {}),
        ("{ __schema { queryType { name __typename } mutationType { name } subscriptionType { name } } }", {}),
        ('{ __type(name: "Cup") { name interfaces { name } fields { name type { ...F } args { name } } } }' + PARTS,
         {}),
        ('{ a: __type(name: "Mug") { fields { name } } b: __type(name: "Nothing") { fields { name } } }', {}),
        ("query ($n: String!, $o: Boolean = true) { __type(name: $n) { fields(includeDeprecated: $o) { name } } }",
         {"n": "Mug"}),
        ("query ($y: Boolean!) { __schema { types @include(if: $y) { name } directives @skip(if: $y) { name } } }",
         {"y": True}),
        ('{ __type(name: "Wanted") { inputFields { defaultValue type { ... on __Type { name } ... { kind } } } } }',
         {}),
        ('{ __type(name: "Colour") { enumValues(includeDeprecated: true) { name isDeprecated deprecationReason } } }',
         {}),
        ('{ __type(name: "Cup") { name } __type(name: "Cup") { kind } }', {}),
        ("{ __schema { directives(includeDeprecated: true) { locations args(includeDeprecated: true) { name } } } }",
         {}),
    ],
)  # fmt: skip
def test_what_is_told_of_the_schema_is_what_graphql_core_tells(text: str, variables: dict[str, Any]) -> None:
    document = parse(text)
    (operation, *_) = document.definitions
    assert asks_for_schema_only(operation)
    expected = execute(SCHEMA, document, variable_values=variables)
    assert expected.errors is None
    told = about_schema(SCHEMA, document, operation, variables)
    assert told == expected.data
    assert list(told) == list(expected.data or {}), "in the same order"


@pytest.mark.parametrize("text", ["{ __typename }", "{ __schema { types { name } } shop { name } }", "mutation { a }"])
def test_anything_else_is_for_the_general_machinery(text: str) -> None:
    (operation,) = parse(text).definitions
    assert not asks_for_schema_only(operation)


def test_the_shop_tells_its_schema_beside_its_data_or_alone(ask: Callable[..., dict[str, Any]]) -> None:
    alone = ask('{ __type(name: "Shop") { name kind } }')
    beside = ask('{ __type(name: "Shop") { name kind } shop { name } }')
    assert alone["data"]["__type"] == beside["data"]["__type"] == {"name": "Shop", "kind": "OBJECT"}
    assert alone["extensions"]["cost"]["actualQueryCost"] == 0
