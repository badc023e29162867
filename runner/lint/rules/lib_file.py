"""``lib.file``: the name and the layout of a task's file in the library."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePath

from runner.lint.finding import Example, Found, Rule, Severity
from runner.lint.subject import Subject

_NAME = re.compile(r"[0-9a-z-]+\.json")


def check(subject: Subject) -> Iterator[Found]:
    """Its name, its indentation by two spaces, the newline at its end; with the first task, what else lies there."""
    file = subject.task.file
    if file is not None and not _NAME.fullmatch(PurePath(file).name):
        message = f"{PurePath(file).name} is no name for a task of the library"
        yield Found(message, ("name",), None, "Use digits, lower-case letters and hyphens, and .json.")
    text = subject.task.to_json()
    if not re.search(r'^  "', text, re.MULTILINE):
        yield Found(
            "the file is not indented by two spaces", ("name",), None, "Write it as `runner tasks bundle` does."
        )
    if not text.endswith("\n"):
        yield Found("the file does not end with a newline", ("name",), None, "End it with one.")
    checkout = subject.surroundings.checkout
    if checkout is not None and checkout.first == subject.task.handle:
        for name in checkout.others:
            yield Found(f"tasks/{name} is no task", ("name",), None, "The library wants nothing else in the folder.")


RULE = Rule(
    "lib.file",
    Severity.ERROR,
    "The file of a task is not named or laid out as the library wants it.",
    "The library's own test refuses the contribution.",
    Example("{% log 1 %}", file="tasks/My Task.json"),
    Example("{% log 1 %}", file="tasks/my-task.json"),
    "tasks.md 8",
    check,
    library=True,
)
