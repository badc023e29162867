"""``lint.ignore``: comments that silence nothing there is."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from runner.lint.finding import SCRIPT, Example, Found, Rule, Severity
from runner.lint.ignoring import ignored, matches
from runner.lint.subject import Subject


def check(subject: Subject) -> Iterator[Found]:
    """Names in such comments that no rule has."""
    from runner.lint.rules import RULES  # late: this rule is one of them

    for comment in ignored(subject.script):
        if not comment.rules:
            yield Found("this comment names no rule, so it silences none", SCRIPT, comment.offset, _HINT)
        for name in comment.rules:
            if not any(matches(rule, (name,)) for rule in RULES):
                near = get_close_matches(name, RULES, n=1)
                hint = f"Did you mean {near[0]}?" if near else _HINT
                yield Found(f'there is no rule "{name}" to be silenced', SCRIPT, comment.offset, hint)


_HINT = "`runner docs lint` lists the rules."

RULE = Rule(
    "lint.ignore",
    Severity.WARNING,
    "A comment is to silence a rule that does not exist.",
    "It silences nothing, and what it was written for is told or hidden by chance.",
    Example("{% # lint: ignore gql.shema %}\n{% log 1 %}"),
    Example("{% # lint: ignore gql.schema %}\n{% log 1 %}"),
    "tooling.md 7",
    check,
)
