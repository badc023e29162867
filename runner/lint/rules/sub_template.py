"""``sub.template``: lines of the subscriptions template that mean nothing."""

from __future__ import annotations

from collections.abc import Iterator

from runner.errors import LiquidError
from runner.lint.finding import TEMPLATE, Example, Found, Rule, Severity
from runner.lint.rules.liquid_syntax import found_of
from runner.lint.subject import Subject
from runner.model.topic import check_topic


def check(subject: Subject) -> Iterator[Found]:
    """Faults of the rendered template, and topics that are on no list, also behind conditions."""
    template = subject.task.template
    told = set()
    for fault in subject.template_faults:
        if isinstance(fault, LiquidError):
            if fault.code != "liquid.syntax":
                yield found_of(fault, TEMPLATE, template)
            continue
        line = fault.where.source if fault.where is not None else None
        told.add(line)
        yield Found(fault.message, TEMPLATE, _offset(template, line or ""), fault.hint)
    for topic in dict.fromkeys((*subject.facts.topics, *(each.topic for each in subject.subscriptions))):
        note = check_topic(topic)
        if note is not None and topic not in told:
            severity = None if note.fatal else Severity.WARNING
            yield Found(note.message, TEMPLATE, _offset(template, topic), note.hint, severity)


def _offset(template: str, line: str) -> int | None:
    """Where a rendered line stands in the template, when it stands there as it is."""
    at = template.find(line) if line else -1
    return at if at >= 0 else None


RULE = Rule(
    "sub.template",
    Severity.ERROR,
    "A line of the subscriptions template that is no subscription, or an unknown topic.",
    "The platform refuses the task; a topic of Shopify that is on no list is a warning, since Shopify may know it.",
    Example("{% log 'hi' %}", "shopify/orders/created\nmechanic/user/triger"),
    Example("{% log 'hi' %}", "shopify/orders/create\nmechanic/user/trigger"),
    "engine.md 3.1; tooling.md 7",
    check,
)
