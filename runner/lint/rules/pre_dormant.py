"""``pre.dormant``: preview events for topics that are not subscribed to."""

from __future__ import annotations

from collections.abc import Iterator

from runner.lint.finding import Example, Found, Rule, Severity
from runner.lint.subject import Subject


def check(subject: Subject) -> Iterator[Found]:
    """Definitions whose topic is not subscribed to with the stored options."""
    if subject.template_faults:
        return
    topics = {each.topic for each in subject.subscriptions}
    for index, definition in enumerate(subject.task.previews):
        if definition.topic not in topics:
            yield Found(
                f"the task does not subscribe to {definition.topic}, so this preview event is not used",
                ("preview_event_definitions", index),
                None,
                "Subscribe to the topic, or remove the event.",
            )


RULE = Rule(
    "pre.dormant",
    Severity.ADVICE,
    "A preview event for a topic that the task does not subscribe to now.",
    "It is kept and not used; another value of an option may wake it up.",
    Example(
        "{% log 'hi' %}",
        "mechanic/user/trigger",
        {"preview_event_definitions": [{"description": "", "event_attributes": {"topic": "user/a/b", "data": 1}}]},
    ),
    Example(
        "{% log 'hi' %}",
        "user/a/b",
        {"preview_event_definitions": [{"description": "", "event_attributes": {"topic": "user/a/b", "data": 1}}]},
    ),
    "tasks.md 4.2; tooling.md 7",
    check,
)
