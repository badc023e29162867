"""``liquid.variable``: a variable that nothing sets."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from runner.lint.finding import SCRIPT, Example, Found, Rule, Severity
from runner.lint.subject import Subject
from runner.liquid.expressions.nodes import Path
from runner.liquid.tags.assign import AssignNode
from runner.liquid.tags.capture import CaptureNode
from runner.liquid.tags.counters import CounterNode
from runner.liquid.tags.for_ import ForNode
from runner.liquid.tags.tablerow import TablerowNode
from runner.model.topic import SHOPIFY_TOPICS, subject_variable

_ALWAYS = frozenset(
    {"action", "cache", "event", "forloop", "globals", "input", "options", "secrets", "shop", "tablerowloop", "task"}
)
"""Variables of every run, and those of loops (liquid.md 4)."""


def check(subject: Subject) -> Iterator[Found]:
    """The first use of each variable that is neither assigned anywhere nor there from the beginning."""
    known = _ALWAYS | set(_assigned(subject)) | set(_subjects(subject))
    seen: set[str] = set()
    for expression in subject.expressions:
        if not isinstance(expression, Path) or not isinstance(expression.root, str):
            continue
        name = expression.root
        if name in known or name in seen:
            continue
        seen.add(name)
        near = get_close_matches(name, known, n=1, cutoff=0.75)
        hint = f'Did you mean "{near[0]}"?' if near else "It is nil. Assign it before, or remove it."
        yield Found(f'nothing sets the variable "{name}"', SCRIPT, expression.start, hint)


def _assigned(subject: Subject) -> Iterator[str]:
    for node in subject.every_node:
        match node:
            case AssignNode() if isinstance(node.target.root, str):
                yield node.target.root
            case CaptureNode() | CounterNode():
                yield node.name
            case ForNode() | TablerowNode():
                yield node.header.variable
            case _:
                pass


def _subjects(subject: Subject) -> Iterator[str]:
    """The subject variables of every topic that the task may be called with."""
    if subject.builds_topics:
        yield from (name for topic in SHOPIFY_TOPICS if (name := subject_variable(topic)))
    topics = {*subject.facts.topics, *(each.topic for each in subject.subscriptions)}
    for topic in topics | {each.topic for each in subject.previews}:
        name = subject_variable(topic)
        if name is not None:
            yield name


RULE = Rule(
    "liquid.variable",
    Severity.WARNING,
    "A variable is read that nothing sets.",
    "It is nil, so conditions on it never hold and texts have a gap: mostly a slip of the pen.",
    Example("{% assign customer_tags = 'a,b' %}{% log tags: custmer_tags %}"),
    Example("{% assign customer_tags = 'a,b' %}{% log tags: customer_tags %}"),
    "liquid.md 1.6, 4; engine.md 2.4",
    check,
)
