"""``loop.perform``: results of actions are answered without a look at them."""

from __future__ import annotations

from collections.abc import Iterator

from runner.lint.finding import TEMPLATE, Example, Found, Rule, Severity
from runner.lint.subject import Subject
from runner.lint.tree import path_words

_TOPIC = "mechanic/actions/perform"
_TELLING = (("action",), ("event", "data"), ("event", "topic"))


def check(subject: Subject) -> Iterator[Found]:
    """One finding for a task that subscribes to results and never asks which one has come."""
    topics = {*subject.facts.topics, *(each.topic for each in subject.subscriptions)}
    if _TOPIC not in topics or subject.fault is not None:
        return
    words = [path_words(expression) for expression in subject.expressions]
    if not any(each[: len(head)] == head for each in words for head in _TELLING):
        at = subject.task.template.find(_TOPIC)
        yield Found(
            "every result of an action is answered alike, whichever action it was",
            TEMPLATE,
            at if at >= 0 else None,
            "Ask for action.type, action.meta or action.run.ok, or for event.topic.",
        )


RULE = Rule(
    "loop.perform",
    Severity.WARNING,
    "The task subscribes to results of actions without checking type, meta or success.",
    "Its answer to a result is an action whose result it answers again: a loop that is stopped only when two runs are "
    "the same.",
    Example('{% action "echo", a: 1 %}', "mechanic/user/trigger\nmechanic/actions/perform"),
    Example(
        '{% if event.topic == "mechanic/user/trigger" %}{% action "echo", a: 1 %}{% endif %}',
        "mechanic/user/trigger\nmechanic/actions/perform",
    ),
    "engine.md 8.2; tooling.md 7",
    check,
)
