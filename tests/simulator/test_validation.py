"""Refused documents and variables: messages, codes, places and paths as the live API has been seen to give them."""

from __future__ import annotations

from typing import Any

import pytest

from runner.shopify.schema import graphql_schema
from runner.simulator.validation import (
    DOCUMENT_LIMIT,
    Problem,
    document_too_long,
    input_list_problems,
    parse_document,
    select_operation,
    static_problems,
    valid_gid,
    variable_problems,
)


def refused(text: str, **variables: Any) -> list[dict[str, Any]]:
    """All problems of a request, as the executor finds them."""
    document = parse_document(text)
    if isinstance(document, Problem):
        return [document.to_json()]
    problems = static_problems(document, graphql_schema())
    if not problems:
        operation = select_operation(document, None)
        problems = (
            [operation] if isinstance(operation, Problem) else variable_problems(operation, variables, graphql_schema())
        )
    return [problem.to_json() for problem in problems]


def test_null_for_a_required_argument_is_refused_with_its_place_and_path() -> None:
    assert refused("query {\n  product(id: null) { id }\n}") == [
        {
            "message": "Argument 'id' on Field 'product' has an invalid value (null). Expected type 'ID!'.",
            "locations": [{"line": 2, "column": 3}],
            "path": ["query", "product", "id"],
            "extensions": {"code": "argumentLiteralsIncompatible", "typeName": "Field", "argumentName": "id"},
        }
    ]


def test_an_unknown_field_is_told_with_its_type() -> None:
    assert refused("query Named { shop { colour } }") == [
        {
            "message": "Field 'colour' doesn't exist on type 'Shop'",
            "locations": [{"line": 1, "column": 22}],
            "path": ["query Named", "shop", "colour"],
            "extensions": {"code": "undefinedField", "typeName": "Shop", "fieldName": "colour"},
        }
    ]


def test_a_text_that_is_no_global_id_is_a_coercion_error() -> None:
    assert refused('query { product(id: "123") { id } }') == [
        {
            "message": "Invalid global id '123'",
            "locations": [{"line": 1, "column": 9}],
            "path": ["query", "product", "id"],
            "extensions": {"code": "argumentLiteralsIncompatible", "typeName": "CoercionError"},
        }
    ]


def test_missing_required_arguments_are_listed() -> None:
    assert refused("mutation M { tagsAdd { node { id } } }") == [
        {
            "message": "Field 'tagsAdd' is missing required arguments: id, tags",
            "locations": [{"line": 1, "column": 14}],
            "path": ["mutation M", "tagsAdd"],
            "extensions": {
                "code": "missingRequiredArguments",
                "className": "Field",
                "name": "tagsAdd",
                "arguments": "id, tags",
            },
        }
    ]


ADJUST = 'inventoryAdjustQuantities(input: %s) @idempotent(key: "k") { userErrors { message } }'
GID = "gid://shopify/X/1"


@pytest.mark.parametrize(
    ("query", "message", "code"),
    [
        (
            "{ products(firs: 1) { nodes { id } } }",
            "Field 'products' doesn't accept argument 'firs'",
            "argumentNotAccepted",
        ),
        (
            "{ products(first: 1, sortKey: SIZE) { nodes { id } } }",
            "Argument 'sortKey' on Field 'products' has an invalid value (SIZE). Expected type 'ProductSortKeys'.",
            "argumentLiteralsIncompatible",
        ),
        (
            '{ products(first: "3") { nodes { id } } }',
            "Argument 'first' on Field 'products' has an invalid value (\"3\"). Expected type 'Int'.",
            "argumentLiteralsIncompatible",
        ),
        (
            "{ shop { name { x } } }",
            "Selections can't be made on scalars (field 'name' returns String but has selections [\"x\"])",
            "selectionMismatch",
        ),
        (
            "{ shop }",
            "Field must have selections (field 'shop' returns Shop but has no selections. "
            "Did you mean 'shop { ... }'?)",
            "selectionMismatch",
        ),
        ("{ shop @nope { name } }", "Directive @nope is not defined", "undefinedDirective"),
        (
            "{ shop @include { name } }",
            "Directive 'include' is missing required arguments: if",
            "missingRequiredArguments",
        ),
        (
            'mutation @idempotent(key: "k") { tagsAdd(id: "gid://shopify/Product/1", tags: []) { node { id } } }',
            "'@idempotent' can't be applied to mutations (allowed: fields)",
            "directiveCannotBeApplied",
        ),
        (
            "{ shop @skip(if: true) @skip(if: true) { name } }",
            'The directive "skip" can only be used once at this location.',
            "directiveNotUniqueForLocation",
        ),
        ("{ ...F }", "Fragment F was used, but not defined", "useAndDefineFragment"),
        (
            "{ shop { name } } fragment F on Shop { name }",
            "Fragment F was defined, but not used",
            "useAndDefineFragment",
        ),
        (
            "{ shop { ...F } } fragment F on Shop { name ...F }",
            "Fragment F contains an infinite loop",
            "infiniteLoop",
        ),
        (
            "{ shop { ... on Product { id } } }",
            "Fragment on Product can't be spread inside Shop",
            "cannotSpreadFragment",
        ),
        ("{ shop { ... on Nope { id } } }", "No such type Nope, so it can't be a fragment condition", "undefinedType"),
        (
            "{ shop { ... on Money { id } } }",
            "Invalid fragment on type Money (must be Union, Interface or Object)",
            "fragmentOnNonCompositeType",
        ),
        (
            "query($x: Int) { shop { name } }",
            "Variable $x is declared by anonymous query but not used",
            "variableNotUsed",
        ),
        (
            "query Q { product(id: $id) { id } }",
            "Variable $id is used by query Q but not declared",
            "variableNotDefined",
        ),
        (
            "query($id: String!) { product(id: $id) { id } }",
            "Type mismatch on variable $id and argument id (String! / ID!)",
            "variableMismatch",
        ),
        (
            "query($id: ID) { product(id: $id) { id } }",
            "Nullability mismatch on variable $id and argument id (ID / ID!)",
            "variableMismatch",
        ),
        (
            "query($id: [ID!]!) { product(id: $id) { id } }",
            "List dimension mismatch on variable $id and argument id ([ID!]! / ID!)",
            "variableMismatch",
        ),
        (
            "query($id: Nope) { product(id: $id) { id } }",
            "Nope isn't a defined input type (on $id)",
            "variableRequiresValidType",
        ),
        (
            "query($p: Product) { product(id: $p) { id } }",
            "Product isn't a valid input type (on $p)",
            "variableRequiresValidType",
        ),
        (
            'query($n: Int = "3") { products(first: $n) { nodes { id } } }',
            "Default value for $n doesn't match type Int",
            "defaultValueInvalidType",
        ),
        (
            "query($n: Int, $n: Int) { products(first: $n) { nodes { id } } }",
            'There can only be one variable named "n"',
            "variableNotUnique",
        ),
        (
            "query A { shop { name } } query A { shop { id } }",
            'Operation name "A" must be unique',
            "uniquelyNamedOperations",
        ),
        (
            "query A { shop { name } } { shop { id } }",
            "Operation name is required when multiple operations are present",
            "uniquelyNamedOperations",
        ),
        (
            "{ shop { a: name a: id } }",
            "Field 'a' has a field conflict: name or id?",
            "fieldConflict",
        ),
        (
            f'{{ a: product(id: "{GID}1") {{ id }} a: product(id: "{GID}2") {{ id }} }}',
            f'Field \'a\' has an argument conflict: {{id: "{GID}1"}} or {{id: "{GID}2"}}?',
            "fieldConflict",
        ),
        (
            "mutation { " + ADJUST % '{name: "available", changes: []}' + " }",
            "Argument 'reason' on InputObject 'InventoryAdjustQuantitiesInput' is required. Expected type String!",
            "missingRequiredInputObjectAttribute",
        ),
        (
            "mutation { " + ADJUST % '{name: "available", reason: "correction", changes: [], speed: 1}' + " }",
            "InputObject 'InventoryAdjustQuantitiesInput' doesn't accept argument 'speed'",
            "argumentNotAccepted",
        ),
        (
            "subscription { shop { name } }",
            "Schema is not configured for subscriptions",
            "missingSubscriptionConfiguration",
        ),
        (
            '{ node(id: "gid://shopify/Product/1") { title } }',
            "Field 'title' doesn't exist on type 'Node'",
            "undefinedField",
        ),
    ],
)
def test_each_static_rule_has_its_words_and_its_code(query: str, message: str, code: str) -> None:
    problems = [(problem["message"], problem["extensions"]["code"]) for problem in refused(query)]
    assert (message, code) in problems


def test_paths_use_aliases_positions_and_names_of_input_fields() -> None:
    change = f'{{delta: 1.5, inventoryItemId: "{GID}", locationId: "{GID}"}}'
    given = f'{{name: "available", reason: "x", changes: [{change}]}}'
    text = f"mutation {{ go: inventoryAdjustQuantities(input: {given}) {{ userErrors {{ message }} }} }}"
    (problem,) = refused(text)
    assert problem["path"] == ["mutation", "go", "input", "changes", 0, "delta"]
    assert problem["extensions"]["typeName"] == "InputObject"


def test_an_error_inside_an_input_object_hides_that_of_the_whole() -> None:
    problems = refused("mutation { " + ADJUST % "{name: 3}" + " }")
    assert [problem["path"][-1] for problem in problems] == ["name", "changes", "reason"]


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("{ shop { name }", "syntax error, unexpected end of file at [1, 16]"),
        ("{ shop { name } } }", 'syntax error, unexpected RCURLY ("}") at [1, 19]'),
        ("{ product(id: ) { id } }", 'syntax error, unexpected RPAREN (")") at [1, 15]'),
        ("{ sh?op }", 'syntax error, unexpected invalid token ("?") at [1, 5]'),
        ("", "syntax error, unexpected end of file at [1, 1]"),
        ("{\n  shop }\nmutation on { x }}", 'syntax error, unexpected RCURLY ("}") at [3, 18]'),
    ],
)
def test_syntax_errors_name_the_token_and_its_place(query: str, message: str) -> None:
    (problem,) = refused(query)
    assert problem["message"] == message
    assert "extensions" not in problem


def test_a_missing_variable_is_refused_with_its_value_and_problems() -> None:
    assert refused("query($id: ID!) { product(id: $id) { id } }") == [
        {
            "message": "Variable $id of type ID! was provided invalid value",
            "locations": [{"line": 1, "column": 7}],
            "extensions": {
                "code": "INVALID_VARIABLE",
                "value": None,
                "problems": [{"path": [], "explanation": "Expected value to not be null"}],
            },
        }
    ]


def test_problems_inside_a_variable_are_listed_by_their_paths() -> None:
    text = (
        "mutation($input: InventoryAdjustQuantitiesInput!) "
        "{ inventoryAdjustQuantities(input: $input) { userErrors { message } } }"
    )
    given = {"name": "available", "reason": "x", "changes": [{"inventoryItemId": GID, "locationId": GID}]}
    (problem,) = refused(text, input=given)
    assert problem["message"] == (
        "Variable $input of type InventoryAdjustQuantitiesInput! was provided invalid value for changes.0.delta "
        "(Expected value to not be null)"
    )
    assert problem["extensions"]["problems"] == [
        {"path": ["changes", 0, "delta"], "explanation": "Expected value to not be null"}
    ]
    assert problem["extensions"]["value"] == given


@pytest.mark.parametrize(
    ("declared", "use", "value", "explanation"),
    [
        ("ID!", "product(id: $v) { id }", "8", "Invalid global id '8'"),
        ("Int", "products(first: $v) { nodes { id } }", "3", 'Could not coerce value "3" to Int'),
        ("Int", "products(first: $v) { nodes { id } }", 2**31, "Could not coerce value 2147483648 to Int"),
        (
            "Boolean",
            "products(first: 1, reverse: $v) { nodes { id } }",
            "yes",
            'Could not coerce value "yes" to Boolean',
        ),
        ("String", "products(first: 1, query: $v) { nodes { id } }", 3, "Could not coerce value 3 to String"),
    ],
)
def test_a_variable_of_the_wrong_kind_says_why(declared: str, use: str, value: Any, explanation: str) -> None:
    (problem,) = refused(f"query($v: {declared}) {{ {use} }}", v=value)
    assert problem["extensions"]["problems"][0]["explanation"] == explanation


@pytest.mark.parametrize(
    ("given", "explanation"),
    [
        ({"title": "x", "variants": []}, "variants (Field is not defined on ProductUpdateInput)"),
        ({"status": "GONE"}, 'status (Expected "GONE" to be one of: '),
        ("x", "was provided invalid value"),
    ],
)
def test_an_input_object_says_what_does_not_belong(given: Any, explanation: str) -> None:
    (problem,) = refused("mutation($p: ProductUpdateInput) { productUpdate(product: $p) { product { id } } }", p=given)
    assert explanation in problem["message"]


@pytest.mark.parametrize(
    "query",
    [
        '{ product(id: "gid://shopify/Product/1") { id ...F } } fragment F on Product { title ... on Node { id } }',
        "query($n: Int = 3) { products(first: $n) { nodes { id } } }",
        "query($r: Boolean = false) { products(first: 1, reverse: $r) { nodes { id } } }",
        '{ inventoryLevel(id: "gid://shopify/InventoryLevel/1?inventory_item_id=2")'
        ' { quantities(names: "available") { quantity } } }',
        '{ node(id: "gid://shopify/Product/1") { __typename ... on Product { title } } __schema { types { name } } }',
        "query { products(first: 2, sortKey: TITLE, query: null) { nodes { id } } }",
        "{ a: shop { name } b: shop { name } }",
    ],
)
def test_what_is_right_is_let_through(query: str) -> None:
    assert refused(query) == []


@pytest.mark.parametrize(
    ("name", "expected"),
    [("B", "B"), (None, "An operation name is required"), ("C", 'No operation named "C"')],
)
def test_one_of_several_operations_is_chosen_by_name(name: str | None, expected: str) -> None:
    document = parse_document("query A { shop { id } } query B { shop { id } }")
    assert not isinstance(document, Problem)
    chosen = select_operation(document, name)
    assert (chosen.message if isinstance(chosen, Problem) else chosen.name and chosen.name.value) == expected


@pytest.mark.parametrize(
    ("value", "valid"),
    [
        ("gid://shopify/Product/1", True),
        ("gid://shopify/InventoryLevel/1?inventory_item_id=2", True),
        ("gid://shopify/Product/", False),
        ("gid://shopify/Product", False),
        ("Product/1", False),
        ("", False),
        (3, False),
    ],
)
def test_global_ids_are_recognised(value: Any, valid: bool) -> None:
    assert valid_gid(value) is valid


def test_the_length_of_a_document_does_not_count_white_space() -> None:
    assert document_too_long("{ shop { name } }" + " " * DOCUMENT_LIMIT) is None
    assert document_too_long("#" * DOCUMENT_LIMIT) is None
    assert document_too_long("#" * (DOCUMENT_LIMIT + 1)) is not None


def test_a_list_of_more_than_250_members_is_refused_where_it_stands() -> None:
    arguments = {"input": {"changes": [{"delta": 1}] * 251, "name": "available"}}
    (problem,) = input_list_problems(arguments, key=("inventoryAdjustQuantities",))
    assert problem.message == "The input array size of 251 is greater than the maximum allowed of 250."
    assert problem.path == ("inventoryAdjustQuantities", "input", "changes")
    assert problem.extensions == {"code": "MAX_INPUT_SIZE_EXCEEDED"}
    assert input_list_problems({"ids": ["x"] * 250}, key=()) == []
