"""``gql.connection``: a list that is read without a look at whether there is more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from graphql import FieldNode, IntValueNode, OperationType, SelectionSetNode

from runner.lint.documents import Document
from runner.lint.finding import SCRIPT, Example, Found, Rule, Severity
from runner.lint.subject import Subject

_MANY = 100
"""From this ``first`` on, a query means all there are."""


def check(subject: Subject) -> Iterator[Found]:
    """Connections at the root of queries that ask for many and never for another page."""
    if any("pageInfo" in site.path for site in subject.analysis.misses):
        return  # gql.pagination tells it
    for document in subject.static_documents:
        yield from _of(document)


def _of(document: Document) -> Iterator[Found]:
    for operation in document.operations():
        if operation.operation is not OperationType.QUERY:
            continue
        for field in operation.selection_set.selections:
            if not isinstance(field, FieldNode) or not {"nodes", "edges"} & set(_names(field.selection_set)):
                continue
            first = _sizes(field).get("first", 0)
            if first >= _MANY and not {"pageInfo"} & set(_names(field.selection_set)):
                yield Found(
                    f"{field.name.value} gives the first {first} and the query never learns of more",
                    SCRIPT,
                    document.offset(field.loc.start if field.loc else 0),
                    "Select pageInfo { hasNextPage endCursor } and follow the pages, or ask for what is needed only.",
                )


def _names(node: SelectionSetNode | None) -> list[str]:
    return [
        each.name.value if isinstance(each, FieldNode) else "pageInfo" for each in (node.selections if node else ())
    ]


def _sizes(field: FieldNode) -> Mapping[str, int]:
    return {
        each.name.value: int(each.value.value) for each in field.arguments or () if isinstance(each.value, IntValueNode)
    }


RULE = Rule(
    "gql.connection",
    Severity.ADVICE,
    "A list is read with a large page size, without a look at whether there are more pages.",
    "A shop with more of them than one page holds is served in part, and nothing tells.",
    Example("{% capture query %}query { orders(first: 250) { nodes { id } } }{% endcapture %}{{ query | shopify }}"),
    Example("{% capture query %}query { orders(first: 1) { nodes { id } } }{% endcapture %}{{ query | shopify }}"),
    "tooling.md 7",
    check,
)
