"""``gql.cost``: queries that are too dear."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from graphql import GraphQLError, parse

from runner.lint.documents import faults
from runner.lint.finding import SCRIPT, Example, Found, Rule, Severity
from runner.lint.subject import Subject
from runner.shopify.query_cost import QUERY_MAXIMUM, requested_cost
from runner.shopify.schema import graphql_schema


def check(subject: Subject) -> Iterator[Found]:
    """Documents whose requested cost is beyond what Shopify answers; an output for a page size counts as one."""
    told = set()
    for document in subject.documents:
        if document.node is None or faults(document, subject.version):
            continue
        cost = _cost(document.text, subject.version)
        if cost > QUERY_MAXIMUM and cost not in told:
            told.add(cost)
            yield Found(
                f"the query costs about {cost} points, more than the {QUERY_MAXIMUM} that one may",
                SCRIPT,
                document.offset(0),
                "Ask for smaller pages, fewer lists inside of lists, or start a bulk operation.",
            )


@lru_cache(maxsize=1024)
def _cost(text: str, version: str) -> int:
    try:
        return requested_cost(parse(text), {}, graphql_schema(version))
    except (GraphQLError, RecursionError, KeyError, IndexError):
        return 0  # a name that Liquid builds, or no operation: nothing can be reckoned


RULE = Rule(
    "gql.cost",
    Severity.WARNING,
    "A query is estimated to cost more points than Shopify allows for one.",
    "Shopify refuses it whatever is left in the shop's budget. How the cost grows with page sizes is not published, so "
    "this is an estimate.",
    Example(
        "{% capture query %}query { products(first: 250) { nodes { variants(first: 250) { nodes { id "
        "metafields(first: 250) { nodes { id } } } } } } }{% endcapture %}{{ query | shopify }}"
    ),
    Example(
        "{% capture query %}query { products(first: 250) { nodes { variants(first: 250) { nodes { id } } } } }"
        "{% endcapture %}{{ query | shopify }}"
    ),
    "simulator.md 3; tooling.md 6",
    check,
)
