"""``opt.missing``: options that are read and have no stored value."""

from __future__ import annotations

from collections.abc import Iterator

from runner.lint.finding import SCRIPT, Example, Fix, Found, Rule, Severity
from runner.lint.subject import Subject
from runner.model.options import discovered_keys


def check(subject: Subject) -> Iterator[Found]:
    """One finding for each such key, where the script reads it first."""
    task = subject.task
    missing = [key for key in discovered_keys(task) if key not in task.options]
    for key in missing:
        at = task.script.find(f"options.{key}")
        fix = Fix(f"store {key} without a value", options={key: None})
        yield Found(f"the file stores no value for the option {key}", SCRIPT, at if at >= 0 else None, _HINT, fix=fix)


_HINT = "It is nil until somebody fills in the form."

RULE = Rule(
    "opt.missing",
    Severity.ADVICE,
    "An option is read that the file stores no value for, not even an empty one.",
    "An export names every option, so the file is older than the script, or the key is misspelt.",
    Example("{% log options.days__number %}", more={"options": {}}),
    Example("{% log options.days__number %}", more={"options": {"days__number": None}}),
    "tasks.md 3.1; tooling.md 7",
    check,
)
