"""``gql.unselected``: a field is read that no query selects."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from runner.lint.finding import SCRIPT, Example, Found, Rule, Severity
from runner.lint.flow.document import keys
from runner.lint.flow.reading import Site
from runner.lint.subject import Subject


def check(subject: Subject) -> Iterator[Found]:
    """Reads that find nothing, whichever query the value comes from."""
    for site in subject.analysis.misses:
        query, path, what = min(site.missing, key=lambda each: each[1])
        spot = ".".join(("data", *path)) if what != "the response" else what
        member = query.member(path)
        selected = ("data", "errors", "extensions") if what == "the response" else keys(member) if member else ()
        yield Found(
            f'"{site.key}" of {site.path} is never there: {_why(spot, what, selected)}',
            SCRIPT,
            site.offset,
            _hint(site, selected),
        )


def _why(spot: str, what: str, selected: tuple[str, ...]) -> str:
    if what == "a list":
        return f"{spot} is a list"
    if what == "a plain value":
        return f"{spot} is a plain value"
    return f"of {spot} the query selects only {', '.join(selected) or 'nothing'}"


def _hint(site: Site, selected: tuple[str, ...]) -> str:
    near = get_close_matches(site.key, selected, n=1)
    if near:
        return f'Did you mean "{near[0]}"?'
    return "It is nil in every live run; preview data may hide that. Select it in the query, or read something else."


RULE = Rule(
    "gql.unselected",
    Severity.ERROR,
    "A field is read from the result of a query that does not select it.",
    "It is nil in every live run: loops over pages stop after the first, guards never hold, texts have gaps. Previews "
    "hide it where their data have the field.",
    Example(
        "{% capture query %}query { order(id: 1) { id name } }{% endcapture %}\n"
        "{% assign result = query | shopify %}\n{% log email: result.data.order.email %}"
    ),
    Example(
        "{% capture query %}query { order(id: 1) { id email } }{% endcapture %}\n"
        "{% assign result = query | shopify %}\n{% log email: result.data.order.email %}"
    ),
    "tooling.md 7, L1",
    check,
)
