"""``loop.event``: a task that calls itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from runner.lint.finding import SCRIPT, Example, Found, Rule, Severity
from runner.lint.subject import Subject


def check(subject: Subject) -> Iterator[Found]:
    """Previews of a topic that send an event of this very topic at once."""
    delayed = {each.topic for each in subject.subscriptions if each.offset is not None}
    for preview in subject.previews:
        for action in preview.rendering.actions:
            options = action.options
            if action.type != "event" or not isinstance(options, Mapping) or options.get("topic") != preview.topic:
                continue
            if not options.get("run_at") and preview.topic not in delayed:
                yield Found(
                    f"on {preview.topic} the task sends an event of the same topic, which calls it again at once",
                    SCRIPT,
                    None,
                    "Send another topic, stop under a condition, set run_at, or subscribe with an offset.",
                )


RULE = Rule(
    "loop.event",
    Severity.WARNING,
    "A task answers an event with an event action of the same topic, without a delay.",
    "Events of user/ topics are never stopped as loops: unless a condition ends it, it goes on for ever.",
    Example('{% action "event", topic: "user/a/b", data: 1 %}', "user/a/b"),
    Example('{% action "event", topic: "user/a/c", data: 1 %}', "user/a/b"),
    "engine.md 8.2",
    check,
)
