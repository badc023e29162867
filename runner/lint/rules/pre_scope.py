"""``pre.scope``: scopes that the preview cannot tell."""

from __future__ import annotations

from collections.abc import Iterator

from runner.lint.finding import SCRIPT, Example, Found, Rule, Severity
from runner.lint.subject import Subject


def check(subject: Subject) -> Iterator[Found]:
    """Mutations whose scope depends on an id that the preview does not give."""
    for warning in subject.filled.scopes.warnings:
        if "no id tells" in warning or "is not a type" in warning:
            yield Found(warning, SCRIPT, None, "Let the preview use an id such as gid://shopify/Order/1234567890.")


RULE = Rule(
    "pre.scope",
    Severity.WARNING,
    "A mutation is previewed with an id that does not tell what it changes.",
    "The scope of mutations such as tagsAdd depends on the kind of their object: without it the platform does not ask "
    "for the scope, and live runs are refused.",
    Example('{% action "shopify" %}mutation { tagsAdd(id: "", tags: "a") { userErrors { message } } }{% endaction %}'),
    Example(
        '{% action "shopify" %}mutation { tagsAdd(id: "gid://shopify/Order/1", tags: "a") '
        "{ userErrors { message } } }{% endaction %}"
    ),
    "actions.md 4.7; tooling.md 7",
    check,
)
