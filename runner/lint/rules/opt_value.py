"""``opt.value``: stored values that do not fit their options."""

from __future__ import annotations

from collections.abc import Iterator

from runner.lint.finding import Example, Found, Rule, Severity
from runner.lint.subject import Subject
from runner.model.option_errors import OptionError

_OF_KEYS = frozenset({"option.key", "option.secret_userform"})
"""Findings that no value can mend: those of ``opt.key``."""
_UNSET = frozenset({"option.required", "option.reference"})
"""Findings about a value that is not filled in yet, or belongs to another shop."""


def check(subject: Subject) -> Iterator[Found]:
    """What keeps the task from being enabled because of its values; a value that is not filled in yet is advice."""
    for error in subject.preview.option_errors:
        if error.code in _OF_KEYS or not _has_value(subject, error):
            continue
        yield Found(error.message, ("options", error.key), None, _hint(error))
    for error in subject.preview.option_errors:
        if error.code in _UNSET and not _has_value(subject, error):
            yield Found(error.message, ("options", error.key), None, _hint(error), Severity.ADVICE)


def _has_value(subject: Subject, error: OptionError) -> bool:
    return error.code not in _UNSET and subject.task.options.get(error.key) not in (None, "", [], {})


def _hint(error: OptionError) -> str:
    return "The task cannot be enabled before it is filled in." if error.code in _UNSET else f"({error.code})"


RULE = Rule(
    "opt.value",
    Severity.ERROR,
    "A stored value that its option cannot have: no number, not among the choices, no email address, broken Liquid.",
    "The task cannot be enabled. A required option that is not filled in yet is advice only.",
    Example("{% log options.days__number %}", more={"options": {"days__number": "soon"}}),
    Example("{% log options.days__number %}", more={"options": {"days__number": "3"}}),
    "tasks.md 3.7; tooling.md 7",
    check,
)
