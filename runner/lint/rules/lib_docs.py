"""``lib.docs``: the pages of the task in a checkout of the library."""

from __future__ import annotations

from collections.abc import Iterator

from runner.lint.checkout import INDEX
from runner.lint.finding import Example, Found, Rule, Severity
from runner.lint.subject import Subject
from runner.task_pages import CODE, pages

_HINT = "`runner docs build --library FOLDER` builds all pages of the checkout."


def check(subject: Subject) -> Iterator[Found]:
    """Pages that are missing, out of date or left over, and an index without the task."""
    checkout, handle = subject.surroundings.checkout, subject.task.handle
    if checkout is None or handle is None:
        return
    wanted = pages(subject.task, handle, checkout.words)
    for name in (INDEX, *CODE.values()):
        path = f"{handle}/{name}"
        if name in wanted and path not in checkout.pages:
            yield Found(f"docs/{path} is missing", ("name",), None, _HINT)
        elif name in wanted and checkout.pages[path] != wanted[name]:
            yield Found(f"docs/{path} is out of date", ("name",), None, _HINT)
        elif name not in wanted and path in checkout.pages:
            yield Found(f"docs/{path} is left over: the task has no such code", ("name",), None, "Delete it.")
    if f"* [{subject.task.name}](./{handle})\n".encode() not in checkout.pages.get(INDEX, b""):
        yield Found("the index docs/README.md does not list the task", ("name",), None, _HINT)


RULE = Rule(
    "lib.docs",
    Severity.ERROR,
    "The pages of a task in a checkout of the library are not those that are built from it.",
    "The library's own test refuses the contribution. Without a checkout beside the task nothing is compared.",
    Example("{% log 1 %}", file="tasks/my-task.json", page="A former name"),
    Example("{% log 1 %}", file="tasks/my-task.json"),
    "tasks.md 7, 8",
    check,
    library=True,
)
