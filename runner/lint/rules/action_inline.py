"""``action.inline``: a change that is asked for as if it were a query."""

from __future__ import annotations

from collections.abc import Iterator

from runner.lint.finding import SCRIPT, Example, Found, Rule, Severity
from runner.lint.flow.document import parsed
from runner.lint.subject import Subject
from runner.liquid.filters.shopify import operations


def check(subject: Subject) -> Iterator[Found]:
    """Texts with a mutation that go through the shopify filter."""
    for text in subject.analysis.queries:
        if operations(parsed(text).written.text) - {"query"}:
            yield Found(
                "the shopify filter only reads, but this text holds a mutation",
                SCRIPT,
                text.start,
                'Use {% action "shopify" %}; what came of it arrives as an event of mechanic/actions/perform.',
            )


RULE = Rule(
    "action.inline",
    Severity.ERROR,
    "The result of a change is used in the same run: a mutation goes through the shopify filter.",
    "Actions are performed when the script has ended; the filter refuses mutations, and the run fails.",
    Example(
        '{% capture query %}mutation { tagsAdd(id: "gid://shopify/Order/1", tags: "a") { userErrors { message } } }'
        "{% endcapture %}\n{% assign result = query | shopify %}"
    ),
    Example(
        '{% action "shopify" %}mutation { tagsAdd(id: "gid://shopify/Order/1", tags: "a") '
        "{ userErrors { message } } }{% endaction %}"
    ),
    "liquid.md 3.1; tooling.md 7",
    check,
)
