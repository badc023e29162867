"""``loop.update``: a task that changes what it watches, whatever it is like."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from liquid.ast import Node

from runner.lint.finding import SCRIPT, Example, Found, Rule, Severity
from runner.lint.subject import Subject
from runner.lint.tree import blocks, literal, nodes, parts, path_words
from runner.liquid.expressions.nodes import Expression, Literal, Path
from runner.liquid.tags.action import ActionNode
from runner.liquid.tags.content import ContentNode
from runner.liquid.tags.for_ import ForNode
from runner.liquid.tags.if_ import IfNode
from runner.liquid.tags.interrupts import BreakNode, ContinueNode
from runner.model.topic_scopes import topic_scopes
from runner.preview_scopes import RequiredScope

_VERBS = frozenset({"update", "updated"})
_PROVE_NOTHING = frozenset({"options", "event", "forloop"})
"""Variables whose value is the same in the next round."""


def check(subject: Subject) -> Iterator[Found]:
    """Update topics whose preview writes the resource, by an action that no condition on data guards."""
    bare = [(node, _text(node)) for node in _unguarded(subject.nodes, False)]
    for preview in subject.filled.previews if bare else ():
        if preview.topic.rpartition("/")[2] not in _VERBS or not preview.topic.startswith("shopify/"):
            continue
        written = {f"write_{scope.removeprefix('read_')}" for scope in topic_scopes(preview.topic) or ()}
        for mutation in (found for scope in preview.scopes if scope.name in written for found in _mutations(scope)):
            node = next((node for node, text in bare if mutation in text), None)
            if node is not None:
                yield Found(
                    f"on {preview.topic} the task writes what it watches ({mutation}), under no condition on it",
                    SCRIPT,
                    node.token.start_index,
                    "Compare first, and write only what is different: the write is an update again.",
                )


def _mutations(scope: RequiredScope) -> Iterator[str]:
    """The mutations that ask for a scope."""
    for reason in scope.reasons:
        words = reason.partition("mutation ")[2].split()
        yield from words[:1]


def _text(node: ActionNode) -> str:
    """What an action says, without its outputs."""
    inner = nodes(node.block.nodes) if node.block is not None else ()
    return "".join(each.text for each in inner if isinstance(each, ContentNode))


def _unguarded(roots: Sequence[Node], guarded: bool) -> Iterator[ActionNode]:
    """Shopify actions that stand under no condition on data, and behind none that leaves."""
    for node in roots:
        kinds = node.arguments.positional if isinstance(node, ActionNode) else ()
        if isinstance(node, ActionNode) and not guarded and kinds and literal(kinds[0]) == "shopify":
            yield node
        on_data = isinstance(node, IfNode) and _is_on_data(node)
        for block in blocks(node):
            yield from _unguarded(block.nodes, guarded or on_data or isinstance(node, ForNode))
        if on_data and any(isinstance(each, BreakNode | ContinueNode) for each in nodes([node])):
            guarded = True


def _is_on_data(node: IfNode) -> bool:
    conditions = [branch.condition for branch in node.branches if branch.condition is not None]
    return any(_reads_data(part) for condition in conditions for part in parts(condition))


def _reads_data(expression: Expression) -> bool:
    if isinstance(expression, Literal) or not isinstance(expression, Path):
        return False
    words = path_words(expression)
    return not words or words[0] not in _PROVE_NOTHING or words[:2] == ("event", "data")


_ACTION = (
    '{% action "shopify" %}mutation { tagsAdd(id: {{ product.admin_graphql_api_id | json }}, tags: "seen") '
    "{ userErrors { field message } } }{% endaction %}"
)

RULE = Rule(
    "loop.update",
    Severity.WARNING,
    "A task subscribes to a resource's update topic and writes that resource without comparing first.",
    "Each write is an update that calls the task again. The platform stops such a loop only when runs repeat.",
    Example(_ACTION, "shopify/products/update"),
    Example('{% unless product.tags contains "seen" %}' + _ACTION + "{% endunless %}", "shopify/products/update"),
    "engine.md 8.2; tooling.md 7",
    check,
)
