"""``js.script``: storefront JavaScript."""

from __future__ import annotations

from collections.abc import Iterator

from runner.lint.finding import Example, Found, Rule, Severity
from runner.lint.subject import Subject


def check(subject: Subject) -> Iterator[Found]:
    """One finding for each kind of JavaScript that the task has."""
    for key in ("online_store_javascript", "order_status_javascript"):
        if (getattr(subject.task, key) or "").strip():
            yield Found(
                f"{key} is served to the shop's visitors by a script tag, which this engine does not install",
                (key,),
                None,
                "Serve it from the theme, or from an app of your own.",
            )


RULE = Rule(
    "js.script",
    Severity.ADVICE,
    "The task brings JavaScript for the storefront.",
    "The platform installs it as a script tag; where this engine runs, somebody else must serve it.",
    Example("{% log 'hi' %}", more={"online_store_javascript": "alert(1);"}),
    Example("{% log 'hi' %}", more={"online_store_javascript": None}),
    "tasks.md 9; tooling.md 7",
    check,
)
