"""``lib.tags``: tags that the library knows."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from runner.lint.finding import Example, Found, Rule, Severity
from runner.lint.subject import Subject


def check(subject: Subject) -> Iterator[Found]:
    """Every tag that the schema of the checkout does not list."""
    checkout = subject.surroundings.checkout
    if checkout is None or checkout.tags is None:
        return
    spelled = {tag.lower(): tag for tag in checkout.tags}
    for number, tag in enumerate(subject.task.tags):
        if tag in checkout.tags:
            continue
        near = [spelled[tag.lower()]] if tag.lower() in spelled else get_close_matches(tag, checkout.tags, n=1)
        hint = f'Write "{near[0]}".' if near else "The list stands in lib/task_schema.json of the library."
        yield Found(f'the library has no tag "{tag}"', ("tags", number), None, hint)


RULE = Rule(
    "lib.tags",
    Severity.ERROR,
    "A tag is none of those that the library's schema lists.",
    "The library's own test refuses the contribution. Without a checkout beside the task there is no list to look at.",
    Example("{% log 1 %}", more={"tags": ["orders"]}),
    Example("{% log 1 %}", more={"tags": ["Orders"]}),
    "tasks.md 8",
    check,
    library=True,
)
