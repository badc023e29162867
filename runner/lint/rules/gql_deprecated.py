"""``gql.deprecated``: fields and arguments that Shopify will remove."""

from __future__ import annotations

from collections.abc import Iterator

from runner.lint.deprecation import uses
from runner.lint.finding import SCRIPT, Example, Found, Rule, Severity
from runner.lint.subject import Subject


def check(subject: Subject) -> Iterator[Found]:
    """Each deprecated thing once, where it is used first."""
    told = set()
    for document in subject.documents:
        for use in uses(document.text, subject.version):
            if use.name in told:
                continue
            told.add(use.name)
            yield Found(
                f"{use.name} is deprecated in {subject.schema.version}",
                SCRIPT,
                document.offset(use.position),
                " ".join(use.reason.split()),
            )


RULE = Rule(
    "gql.deprecated",
    Severity.WARNING,
    "A deprecated field, argument or value of GraphQL is used.",
    "It works until Shopify removes it with a version to come; the hint is Shopify's own word on what to use instead.",
    Example(
        "{% capture query %}query { product(id: 1) { featuredImage { url } } }{% endcapture %}{{ query | shopify }}"
    ),
    Example(
        "{% capture query %}query { product(id: 1) { featuredMedia { id } } }{% endcapture %}{{ query | shopify }}"
    ),
    "tooling.md 7",
    check,
)
