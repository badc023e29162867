"""``gql.pagination``: a loop over pages that never gets beyond the first."""

from __future__ import annotations

from collections.abc import Iterator

from runner.lint.finding import SCRIPT, Example, Found, Rule, Severity
from runner.lint.subject import Subject
from runner.lint.tree import path_words
from runner.liquid.expressions.nodes import Path
from runner.liquid.tags.assign import AssignNode

_WORDS = frozenset({"cursor", "endCursor", "hasNextPage", "pageInfo"})


def check(subject: Subject) -> Iterator[Found]:
    """The first read of what says whether there are more pages, where it is never selected; and cursors not used."""
    for site in subject.analysis.misses:
        if _WORDS & set(site.path.replace(":", ".").replace(" ", "").split(".")):
            message = f"only the first page is ever read: {site.path} is nil, because the query does not select it"
            yield Found(message, SCRIPT, site.offset, _SELECT)
            break
    used = {path.root for path in subject.expressions if isinstance(path, Path)}
    for node in subject.every_node:
        if isinstance(node, AssignNode) and isinstance(node.target.root, str) and not node.target.steps:
            words = path_words(node.value) if node.value is not None else ()
            if words and words[-1] in ("cursor", "endCursor") and node.target.root not in used:
                message = f'the cursor in "{node.target.root}" is passed to no query, so every page is the first one'
                yield Found(message, SCRIPT, node.target.start, "Write after: {{ cursor | json }} in the query.")


_SELECT = "Select pageInfo { hasNextPage endCursor }, and pass after: {{ cursor | json }}."
_LOOP = """{% assign cursor = nil %}
{% for n in (0..100) %}
  {% capture query %}
    query { orders(first: 250, after: {{ cursor | json }}) { nodes { id }SELECTED } }
  {% endcapture %}
  {% assign result = query | shopify %}
  {% if result.data.orders.pageInfo.hasNextPage %}
    {% assign cursor = result.data.orders.pageInfo.endCursor %}
  {% else %}
    {% break %}
  {% endif %}
{% endfor %}"""

RULE = Rule(
    "gql.pagination",
    Severity.ERROR,
    "A loop over pages tests or passes on something that is not selected, or never passes the cursor.",
    "Only the first page is ever read, so the task quietly leaves out the rest.",
    Example(_LOOP.replace("SELECTED", "")),
    Example(_LOOP.replace("SELECTED", " pageInfo { hasNextPage endCursor }")),
    "tooling.md 7",
    check,
)
