"""``sub.stale``: the stored subscriptions are not those of the template."""

from __future__ import annotations

from collections.abc import Iterator

from runner.lint.finding import Example, Fix, Found, Rule, Severity
from runner.lint.subject import Subject


def check(subject: Subject) -> Iterator[Found]:
    """Nothing when the template cannot be rendered, or there is none, or no stored list."""
    task = subject.task
    if not task.subscriptions_template or subject.template_faults or "subscriptions" not in task.to_dict():
        return
    rendered = [str(each) for each in subject.subscriptions]
    stored = [line.strip() for line in task.subscriptions if line.strip()]
    if sorted(map(_plain, stored)) == sorted(map(_plain, rendered)):
        return
    gone = [line for line in stored if _plain(line) not in map(_plain, rendered)]
    new = [line for line in rendered if _plain(line) not in map(_plain, stored)]
    said = [f"without {', '.join(gone)}"] * bool(gone) + [f"with {', '.join(new)}"] * bool(new)
    yield Found(
        f"the template now renders other subscriptions: {' and '.join(said) or 'another number of them'}",
        ("subscriptions",),
        None,
        "Only the template counts; the stored list is what it last rendered.",
        fix=Fix("store the rendered subscriptions", values={"subscriptions": rendered}),
    )


def _plain(line: str) -> str:
    """A subscription in one spelling: units may be singular or plural, leading zeros mean nothing."""
    return line.removesuffix("s")


RULE = Rule(
    "sub.stale",
    Severity.ADVICE,
    "The stored list of subscriptions differs from what the template renders.",
    "The template counts, so readers of the list are misled. --fix stores what it renders.",
    Example("{% log 'hi' %}", "mechanic/user/trigger", {"subscriptions": ["shopify/orders/create"]}),
    Example("{% log 'hi' %}", "mechanic/user/trigger", {"subscriptions": ["mechanic/user/trigger"]}),
    "engine.md 3.1; tooling.md 7",
    check,
)
