"""``pre.none``: a topic whose preview shows nothing."""

from __future__ import annotations

from collections.abc import Iterator

from runner.lint.finding import TEMPLATE, Example, Found, Rule, Severity
from runner.lint.subject import Subject
from runner.preview import Preview
from runner.preview_events import DEFINED


def check(subject: Subject) -> Iterator[Found]:
    """Topics for which neither the stored options nor filled-in ones let any preview show anything.

    It is a warning where a sample stands in for the event: the task may do well with a real one.
    """
    by_topic: dict[str, list[Preview]] = {}
    for preview in subject.previews:
        by_topic.setdefault(preview.topic, []).append(preview)
    for topic, previews in by_topic.items():
        if all(preview.did_nothing for preview in previews):
            at = subject.task.template.find(topic)
            certain = previews[0].source == DEFINED or topic.startswith(_WITHOUT_DATA)
            yield Found(
                f"the preview of {topic} renders nothing: no action, no log, no error ({_EVENTS[certain]})",
                TEMPLATE,
                at if at >= 0 else None,
                "Let the preview render what the task would do, for example with stub data under event.preview.",
                None if certain else Severity.WARNING,
            )


_WITHOUT_DATA = ("mechanic/scheduler/", "mechanic/user/trigger")
"""Topics whose events are always the same, so that no other event would show more."""
_EVENTS = {
    True: "with an event of its own, or one that carries no data",
    False: "with a sample, or no data, for the event",
}

RULE = Rule(
    "pre.none",
    Severity.ERROR,
    "A subscribed topic for which the preview renders nothing at all.",
    "The platform learns the scopes a task needs from its previews alone: a task that does nothing there lacks them "
    "when it runs, and nobody sees what it would do.",
    Example('{% unless event.preview %}{% log "hi" %}{% endunless %}'),
    Example('{% log "hi" %}'),
    "tasks.md 4, 5; tooling.md 7",
    check,
)
