"""``opt.stale``: stored options that nothing reads."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from runner.lint.finding import Example, Fix, Found, Rule, Severity
from runner.lint.subject import Subject
from runner.model.options import discovered_keys, stale_keys


def check(subject: Subject) -> Iterator[Found]:
    """One finding for each such key."""
    known = discovered_keys(subject.task)
    for key in stale_keys(subject.task):
        near = get_close_matches(key, known, n=1)
        hint = f"The nearest one that is read is {near[0]}." if near else "Remove it, or read it in the script."
        empty = subject.task.options[key] in (None, "", [], {}, False)
        fix = Fix(f"remove the option {key}, which holds nothing", drop=(key,)) if empty else None
        yield Found(f"nothing reads the option {key}", ("options", key), None, hint, fix=fix)


RULE = Rule(
    "opt.stale",
    Severity.ADVICE,
    "A stored option that neither the script, the subscriptions template nor the JavaScript reads.",
    "It does nothing and is not on the form. Mostly an option was renamed. --fix removes it when it holds nothing.",
    Example("{% log options.days__number %}", more={"options": {"days__number": 3, "weeks__number": 1}}),
    Example("{% log options.days__number %}", more={"options": {"days__number": 3}}),
    "tasks.md 3.1; tooling.md 7",
    check,
)
