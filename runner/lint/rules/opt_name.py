"""``opt.name``: a flag that has become part of the name."""

from __future__ import annotations

from collections.abc import Iterator

from runner.lint.finding import SCRIPT, Example, Found, Rule, Severity
from runner.lint.subject import Subject
from runner.model.options import discover


def check(subject: Subject) -> Iterator[Found]:
    """Keys without a double underscore that end in a word which is a flag."""
    for option in discover(subject.task):
        for warning in option.warnings if "__" not in option.key else ():
            at = subject.script.find(f"options.{option.key}")
            yield Found(f"option {option.key}: {warning}", SCRIPT, at if at >= 0 else None)


RULE = Rule(
    "opt.name",
    Severity.WARNING,
    "A word such as required stands behind a single underscore, so it is part of the option's name.",
    "The flag does nothing: the option is a plain text that may stay empty.",
    Example("{% log options.email_required %}"),
    Example("{% log options.email__required %}"),
    "tasks.md 3.2; tooling.md 7",
    check,
)
