"""``gql.stub``: preview data that the query would not give."""

from __future__ import annotations

from collections.abc import Iterator

from runner.lint.finding import SCRIPT, Example, Found, Rule, Severity
from runner.lint.stubs import surplus
from runner.lint.subject import Subject


def check(subject: Subject) -> Iterator[Found]:
    """Keys of preview data that the query they stand for does not select."""
    for stub in subject.analysis.stubs:
        for key, path, offset in surplus(stub):
            spot = ".".join(path) or stub.name
            yield Found(
                f'the preview data for "{stub.name}" have "{key}" in {spot}, which the query does not select',
                SCRIPT,
                offset,
                "Select it in the query as well, or take it out of the data: live runs do not have it.",
            )


_EXAMPLE = """{% capture query %}query { order(id: 1) { id SELECTED } }{% endcapture %}
{% assign result = query | shopify %}
{% if event.preview %}
  {% capture result_json %}{"data": {"order": {"id": "gid://shopify/Order/1", "name": "#1"}}}{% endcapture %}
  {% assign result = result_json | parse_json %}
{% endif %}"""

RULE = Rule(
    "gql.stub",
    Severity.WARNING,
    "Preview data hold a key that the query they stand for does not select.",
    "The preview shows what no live run will: the field is nil there.",
    Example(_EXAMPLE.replace("SELECTED ", "")),
    Example(_EXAMPLE.replace("SELECTED", "name")),
    "tooling.md 7, L2",
    check,
)
