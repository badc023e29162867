"""``sub.callback``: something is awaited that never arrives."""

from __future__ import annotations

from collections.abc import Iterator

from runner.lint.finding import SCRIPT, Example, Found, Rule, Severity
from runner.lint.subject import Subject
from runner.lint.tree import path_words
from runner.liquid.tags.assign import AssignNode
from runner.liquid.tags.for_ import ForNode

_BULK, _PERFORM = "mechanic/shopify/bulk_operation", "mechanic/actions/perform"


def check(subject: Subject) -> Iterator[Found]:
    """Bulk operations and results of actions without the subscription that brings their outcome."""
    if subject.builds_topics:
        return
    topics = {*subject.facts.topics, *(each.topic for each in subject.subscriptions)}
    if _BULK not in topics:
        for document in subject.documents:
            for field in document.mutations():
                if field.name.value == "bulkOperationRunQuery":
                    offset = document.offset(field.loc.start if field.loc else 0)
                    yield Found("a bulk operation is started whose results never arrive", SCRIPT, offset, _hint(_BULK))
                    return
    if _PERFORM not in topics and not _sets(subject, "action"):
        for expression in subject.expressions:
            words = path_words(expression)
            if words[:2] == ("action", "run"):
                yield Found(
                    f"{'.'.join(map(str, words))} is read, but results of actions never arrive",
                    SCRIPT,
                    expression.start,
                    _hint(_PERFORM),
                )
                return


def _hint(topic: str) -> str:
    return f"Subscribe to {topic}."


def _sets(subject: Subject, name: str) -> bool:
    """Whether the script gives the variable a value of its own."""
    return any(
        (isinstance(node, AssignNode) and node.target.root == name and not node.target.steps)
        or (isinstance(node, ForNode) and node.header.variable == name)
        for node in subject.every_node
    )


_SCRIPT = """{% action "shopify" %}
  mutation {
    bulkOperationRunQuery(query: "{ orders { edges { node { id } } } }") { userErrors { field message } }
  }
{% endaction %}"""

RULE = Rule(
    "sub.callback",
    Severity.ERROR,
    "A bulk operation is started, or the result of an action is read, without the subscription that brings it.",
    "The task never hears of what came of it: the branch that deals with it never runs.",
    Example(_SCRIPT),
    Example(_SCRIPT, "mechanic/user/trigger\nmechanic/shopify/bulk_operation"),
    "actions.md 2; tooling.md 7",
    check,
)
