"""``pre.false``: a comparison of event.preview with false."""

from __future__ import annotations

from collections.abc import Iterator

from runner.lint.finding import SCRIPT, Example, Found, Rule, Severity
from runner.lint.subject import Subject
from runner.lint.tree import path_words
from runner.liquid.expressions.nodes import Comparison, Literal


def check(subject: Subject) -> Iterator[Found]:
    """``event.preview == false``, either way round."""
    for expression in subject.expressions:
        if not isinstance(expression, Comparison) or expression.operator != "==":
            continue
        for path, value in ((expression.left, expression.right), (expression.right, expression.left)):
            if path_words(path) == ("event", "preview") and isinstance(value, Literal) and value.value is False:
                yield Found("event.preview is never false: it is true or nil", SCRIPT, path.start, _HINT)


_HINT = "Write {% unless event.preview %}."

RULE = Rule(
    "pre.false",
    Severity.ERROR,
    "The script compares event.preview with false.",
    "In live runs event.preview is nil, which is not false: the branch never runs.",
    Example('{% if event.preview == false %}{% action "echo", a: 1 %}{% endif %}{% log "x" %}'),
    Example('{% unless event.preview %}{% action "echo", a: 1 %}{% endunless %}{% log "x" %}'),
    "tasks.md 4.4; tooling.md 7",
    check,
)
