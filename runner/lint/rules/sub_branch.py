"""``sub.branch``: the script asks for a topic that it never gets."""

from __future__ import annotations

from collections.abc import Iterator

from runner.lint.finding import SCRIPT, Example, Found, Rule, Severity
from runner.lint.subject import Subject
from runner.lint.tree import literal, path_words
from runner.liquid.expressions.nodes import Comparison, Expression
from runner.liquid.tags.case import CaseNode

_TOPIC = ("event", "topic")


def check(subject: Subject) -> Iterator[Found]:
    """Silent where the template builds topics by outputs: then anything may come."""
    if subject.builds_topics:
        return
    known = {*subject.facts.topics, *(each.topic for each in subject.subscriptions)}
    for operator, text, start in _questions(subject):
        if not _possible(operator, text, known):
            yield Found(
                f'no line of the subscriptions template gives an event whose topic {_WORDS[operator]} "{text}"',
                SCRIPT,
                start,
                "Subscribe to it, or remove the branch.",
            )


_WORDS = {"==": "is", "contains": "contains"}


def _questions(subject: Subject) -> Iterator[tuple[str, str, int]]:
    """(operator, text, offset) of each comparison of the event's topic with a text."""
    for expression in subject.expressions:
        if isinstance(expression, Comparison) and expression.operator in _WORDS:
            sides = (expression.left, expression.right)
            yield from _question(expression.operator, *sides)
            if expression.operator == "==":
                yield from _question("==", *reversed(sides))
    for node in subject.every_node:
        if isinstance(node, CaseNode):
            for when in node.whens:
                for candidate in when.candidates or ():
                    yield from _question("==", node.subject, candidate)


def _question(operator: str, left: Expression, right: Expression) -> Iterator[tuple[str, str, int]]:
    text = literal(right)
    if path_words(left) == _TOPIC and isinstance(text, str) and text:
        yield operator, text, right.start


def _possible(operator: str, text: str, known: set[str]) -> bool:
    if operator == "==":
        return text in known
    return any(text in topic for topic in known)


RULE = Rule(
    "sub.branch",
    Severity.ADVICE,
    "The script compares event.topic with a topic that no branch of the subscriptions template can produce.",
    "That branch never runs. It may be a leftover, or a subscription is missing.",
    Example('{% if event.topic == "shopify/orders/create" %}{% log "new" %}{% endif %}', "shopify/orders/updated"),
    Example('{% if event.topic == "shopify/orders/updated" %}{% log "new" %}{% endif %}', "shopify/orders/updated"),
    "tooling.md 7",
    check,
)
