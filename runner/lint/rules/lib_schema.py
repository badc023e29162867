"""``lib.schema``: the keys of a task in the library."""

from __future__ import annotations

import re
from collections.abc import Iterator

from runner.lint.finding import Example, Found, Rule, Severity
from runner.lint.subject import Subject
from runner.model.task_check import KEYS

_REQUIRED = ("name", "options", "subscriptions_template", "script", "docs")
_OPTION = re.compile(r"[a-z][a-z0-9_]*")


def check(subject: Subject) -> Iterator[Found]:
    """Keys that are missing, null where they must not be, or not of the format; option keys of another form."""
    document = subject.task.to_dict()
    for key in _REQUIRED:
        if document.get(key) is None:
            yield Found(f"the key {key} is missing", ("name",), None, "The library wants it in every task.")
    for key in document:
        if key not in KEYS:
            yield Found(f"{key} is no key of a task", (key,), None, "Remove it: the library allows no other keys.")
    for key in subject.task.options:
        if not _OPTION.fullmatch(key):
            yield Found(f"{key} is no key of an option", ("options", key), None, "It starts with a lower-case letter.")


RULE = Rule(
    "lib.schema",
    Severity.ERROR,
    "A key is missing that the library demands, or there is one that it does not know.",
    "The library's own test refuses the contribution.",
    Example("{% log 1 %}", more={"colour": "red"}),
    Example("{% log 1 %}", more={"tags": ["Orders"]}),
    "tasks.md 8",
    check,
    library=True,
)
