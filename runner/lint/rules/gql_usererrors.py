"""``gql.usererrors``: mutations whose refusals nobody sees."""

from __future__ import annotations

import re
from collections.abc import Iterator

from graphql import FieldNode, GraphQLObjectType, GraphQLSchema, SelectionSetNode, get_named_type

from runner.lint.finding import SCRIPT, Example, Found, Rule, Severity
from runner.lint.subject import Subject

_ERRORS = re.compile(r"userErrors\Z", re.IGNORECASE)


def check(subject: Subject) -> Iterator[Found]:
    """Each mutation once, where it stands first."""
    told = set()
    for document in subject.documents:
        for field in document.mutations():
            name = field.name.value
            offered = _offered(name, subject.graphql)
            if offered and name not in told and not _selects(field.selection_set):
                told.add(name)
                yield Found(
                    f"the mutation {name} does not select {offered[0]}",
                    SCRIPT,
                    document.offset(field.loc.start if field.loc else 0),
                    f"Select {offered[0]} {{ field message }}.",
                )


def _offered(name: str, schema: GraphQLSchema) -> list[str]:
    mutation = schema.mutation_type
    field = mutation.fields.get(name) if mutation is not None else None
    payload = get_named_type(field.type) if field is not None else None
    if not isinstance(payload, GraphQLObjectType):
        return []
    return sorted((each for each in payload.fields if _ERRORS.search(each)), key=len)


def _selects(node: SelectionSetNode | None) -> bool:
    """Whether any of the errors is selected, or a fragment that may do it."""
    return any(
        not isinstance(each, FieldNode) or _ERRORS.search(each.name.value) for each in (node.selections if node else ())
    )


RULE = Rule(
    "gql.usererrors",
    Severity.WARNING,
    "A mutation does not select userErrors, which its payload offers.",
    "Shopify answers a refused change with success and userErrors: without them the action counts as done.",
    Example(
        '{% action "shopify" %}mutation { tagsAdd(id: "gid://shopify/Order/1", tags: "a") '
        "{ node { id } } }{% endaction %}"
    ),
    Example(
        '{% action "shopify" %}mutation { tagsAdd(id: "gid://shopify/Order/1", tags: "a") '
        "{ userErrors { field message } } }{% endaction %}"
    ),
    "actions.md 4.4; tooling.md 7",
    check,
)
