"""Runs a script on shapes instead of values: as a live run would go, with every branch that it may take.

Branches under ``event.preview`` are dead, their ``else`` is not. Loops are repeated until nothing new comes of them.
``break`` and ``continue`` count as doing nothing, so that more may be there than in a real run, never less.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from runner.lint.flow.condition import holds
from runner.lint.flow.filtering import Filtering
from runner.lint.flow.mutation import changed_names, set_keys
from runner.lint.flow.reading import Key, Reads, Site, items_of
from runner.lint.flow.shape import (
    LEAF,
    NEVER,
    NOTHING,
    UNKNOWN,
    Data,
    Listing,
    Nothing,
    Result,
    Selection,
    Value,
    join,
    only,
)
from runner.lint.flow.text import LONGEST, Piece, Text
from runner.lint.tree import expressions
from runner.liquid.expressions.nodes import (
    And,
    Comparison,
    Expression,
    Filtered,
    FreshArray,
    Literal,
    Path,
    Property,
    RangeLiteral,
)
from runner.liquid.tags.action import ActionNode
from runner.liquid.tags.assign import AssignNode
from runner.liquid.tags.base import Block
from runner.liquid.tags.capture import CaptureNode
from runner.liquid.tags.case import CaseNode
from runner.liquid.tags.content import ContentNode
from runner.liquid.tags.emission import EmissionNode
from runner.liquid.tags.for_ import ForNode
from runner.liquid.tags.if_ import IfNode
from runner.liquid.tags.ifchanged import IfChangedNode
from runner.liquid.tags.liquid_ import LiquidNode
from runner.liquid.tags.output import OutputNode
from runner.liquid.tags.tablerow import TablerowNode
from runner.model.topic import MECHANIC_TOPICS, SHOPIFY_TOPICS, subject_variable

if TYPE_CHECKING:
    from graphql import GraphQLSchema
    from liquid.ast import Node

Environment = dict[str, Value]

_GIVEN = frozenset(
    {"action", "cache", "event", "forloop", "globals", "input", "options", "secrets", "shop", "tablerowloop", "task"}
    | {name for topic in (*MECHANIC_TOPICS, *SHOPIFY_TOPICS) if (name := subject_variable(topic))}
)
"""Variables that may be there from the beginning: what they hold is not known."""
_MOST_ROUNDS = 8


class Machine:
    """Runs nodes. ``documents``, ``queries``, ``stubs`` and ``reads`` are what it has seen.

    ``embedded`` are texts that outputs write as JSON, by the place of the output. ``given`` are variables that are
    there from the beginning and of which it is known what they hold.
    """

    def __init__(self, nodes: Sequence[Node], schema: GraphQLSchema, given: Environment | None = None) -> None:
        self._given = given or {}
        self.embedded: dict[int, frozenset[Text]] = {}
        self.reads = Reads(set_keys(nodes))
        self.documents: dict[Text, None] = {}
        self.queries: dict[Text, None] = {}
        self.stubs: list[tuple[str, Text, Value]] = []
        self._changed = changed_names(nodes)
        self._variables: Environment = {}
        self._frames: list[Environment] = []
        self._pieces: list[Piece] | None = None
        self._waiting: list[tuple[str, Text]] | None = None
        self._filtering = Filtering(self.reads, schema, self._query)
        self._run: dict[type, Callable[..., None]] = {
            ActionNode: self._action,
            AssignNode: self._assign,
            CaptureNode: self._capture,
            CaseNode: self._case,
            ContentNode: self._content,
            ForNode: self._for,
            IfChangedNode: self._body,
            IfNode: self._if,
            LiquidNode: self._body,
            OutputNode: self._output,
            TablerowNode: self._for,
        }

    def run(self, nodes: Sequence[Node]) -> None:
        """Run ``nodes``, one after the other."""
        for node in nodes:
            known = self._run.get(type(node))
            if known is not None:
                known(node)
            elif isinstance(node, EmissionNode):
                self._emission(node)
            else:
                for expression in expressions(node):
                    self.evaluate(expression)
                self._write(Piece(None, node.token.start_index))

    # Values

    def evaluate(self, expression: Expression) -> Value:
        """What an expression may give."""
        match expression:
            case Literal():
                return _literal(expression)
            case Path():
                return self._path(expression)
            case Filtered():
                value = self.evaluate(expression.value)
                for each in expression.filters:
                    given = [self.evaluate(argument) for argument in each.positional]
                    for argument in each.named.values():
                        self.evaluate(argument)
                    value = self._filtering.apply(value, each, given)
                return value
            case FreshArray():
                return only(Listing(NEVER))
            case RangeLiteral():
                return only(Listing(LEAF))
            case Comparison() | And():
                self.evaluate(expression.left)
                self.evaluate(expression.right)
                return LEAF
            case _:
                return UNKNOWN

    def _path(self, path: Path) -> Value:
        if not isinstance(path.root, str):
            self.evaluate(path.root)
            return UNKNOWN
        value = self._find(path.root)
        at = path.start + len(path.root)
        source = path.text
        for step in path.steps:
            key: Key = None
            if isinstance(step, Expression):
                self.evaluate(step)
            else:
                key = step
            name = step if isinstance(step, str) else step.name if isinstance(step, Property) else str(step)
            found = source.find(name, at - path.start)
            at = path.start + found if found >= 0 else at
            value = self.reads.step(value, key, Site(name, source, at))
            at += len(name)
        return value

    def _find(self, name: str) -> Value:
        for frame in reversed(self._frames):
            if name in frame:
                return frame[name]
        return self._variable(self._variables, name)

    def _variable(self, variables: Environment, name: str) -> Value:
        if name in self._changed:
            return UNKNOWN
        return variables.get(name) or self._given.get(name) or (UNKNOWN if name in _GIVEN else NOTHING)

    def _query(self, text: Text) -> None:
        self.queries.setdefault(text)
        self._note(text)

    def _note(self, text: Text) -> None:
        self.documents.setdefault(text)

    # Branches

    def _joined(self, ends: Sequence[Environment]) -> Environment:
        names = dict.fromkeys(name for end in ends for name in end)
        return {name: join(self._variable(end, name) for end in ends) for name in names}

    def _if(self, node: IfNode) -> None:
        before = self._variables
        ends: list[Environment] = []
        length = len(self._pieces) if self._pieces is not None else 0
        waiting: list[tuple[str, Text]] = []
        taken = False
        for branch in node.branches:
            if branch.condition is not None:
                self.evaluate(branch.condition)
            decided = holds(branch)
            if taken or decided is False:
                waiting += self._dead(branch.block, before)
                continue
            self._variables = dict(before)
            self._block(branch.block)
            ends.append(self._variables)
            taken = decided is True
        if not taken:
            ends.append(before)
        self._variables = self._joined(ends)
        if self._pieces is not None and _FRAGMENT.fullmatch(Text(tuple(self._pieces[length:])).known):
            self._pieces[length:] = [Piece(None, node.token.start_index)]  # parts of a name: any of them
        for name, text in waiting:
            self._stub(name, text, before)

    def _dead(self, block: Block, before: Environment) -> list[tuple[str, Text]]:
        """A branch that only previews take: what it puts in place of variables."""
        kept = self._pieces, self._waiting, self.reads.recording
        self._pieces, self._waiting, self.reads.recording = None, [], False
        self._variables = dict(before)
        self._block(block)
        found = self._waiting
        self._pieces, self._waiting, self.reads.recording = kept
        self._variables = dict(before)
        return found

    def _stub(self, name: str, text: Text, before: Environment) -> None:
        """Preview data for a variable that a query gave, before this place or in the other branch."""
        live = [self._variable(before, name), self._variable(self._variables, name)]
        value = next((each for each in live if _is_result(each)), None)
        if value is not None:
            self.stubs.append((name, text, value))

    def _case(self, node: CaseNode) -> None:
        self.evaluate(node.subject)
        for when in node.whens:
            for candidate in when.candidates or ():
                self.evaluate(candidate)
            before = dict(self._variables)
            self._block(when.block)
            self._variables = self._joined([before, self._variables])

    def _for(self, node: ForNode | TablerowNode) -> None:
        items = items_of(self.evaluate(node.header.items))
        for argument in node.header.arguments.values():
            self.evaluate(argument)
        frame = {node.header.variable: items, "forloop": UNKNOWN, "tablerowloop": UNKNOWN}
        length = len(self._pieces) if self._pieces is not None else 0
        self._frames.append(frame)
        for _ in range(_MOST_ROUNDS):
            if self._pieces is not None:
                del self._pieces[length:]
            before = dict(self._variables)
            self._block(node.block)
            self._variables = self._joined([before, self._variables])
            if self._variables == before:
                break
        else:
            changed = [name for name, value in self._variables.items() if before.get(name) != value]
            self._variables |= dict.fromkeys(changed, UNKNOWN)
            self._block(node.block)
        self._frames.pop()
        default = getattr(node, "default", None)
        if default is not None:
            before = dict(self._variables)
            self._block(default)
            self._variables = self._joined([before, self._variables])

    # Tags

    def _block(self, block: Block) -> None:
        self.run(block.nodes)

    def _body(self, node: LiquidNode | IfChangedNode) -> None:
        self._block(node.block)

    def _content(self, node: ContentNode) -> None:
        self._write(Piece(node.text, node.token.start_index))

    def _write(self, *pieces: Piece) -> None:
        if self._pieces is not None:
            self._pieces += pieces

    def _output(self, node: OutputNode) -> None:
        value = self.evaluate(node.value) if node.value is not None else NOTHING
        texts = [shape for shape in value.shapes if isinstance(shape, Text)]
        names = len(texts) > 1 and all(_FRAGMENT.fullmatch(text.known) for text in texts)  # one of them, not all
        if value.unknown or not texts or names or len(texts) != len(value.shapes - NOTHING.shapes):
            self._write(Piece(None, node.token.start_index))
            self._embed(node)
            return
        for text in sorted(texts, key=lambda each: each.start):
            self._write(*text.pieces)

    def _embed(self, node: OutputNode) -> None:
        """Note the texts of ``{{ text | json }}``."""
        value = node.value
        if not isinstance(value, Filtered) or [each.function.name for each in value.filters] != ["json"]:
            return
        inner = self.evaluate(value.value)
        texts = frozenset(shape for shape in inner.shapes if isinstance(shape, Text))
        if texts and not inner.unknown and len(texts) == len(inner.shapes - NOTHING.shapes):
            self.embedded[node.token.start_index] = texts

    def _assign(self, node: AssignNode) -> None:
        value = self.evaluate(node.value) if node.value is not None else NOTHING
        for step in node.target.steps:
            if isinstance(step, Expression):
                self.evaluate(step)
        if node.target.steps or not isinstance(node.target.root, str):
            return
        self._variables[node.target.root] = value
        if self._waiting is not None:
            for shape in value.shapes:
                if isinstance(shape, Data):
                    self._waiting.append((node.target.root, shape.source))

    def _capture(self, node: CaptureNode) -> None:
        text = self._written(node.block)
        self._variables[node.name] = UNKNOWN if text.length > LONGEST else only(text)
        if _looks_like_graphql(text):
            self._note(text)

    def _written(self, block: Block) -> Text:
        kept, self._pieces = self._pieces, []
        self._block(block)
        pieces, self._pieces = self._pieces, kept
        return Text(tuple(pieces))

    def _emission(self, node: EmissionNode) -> Text | None:
        for argument in (*node.arguments.positional, *node.arguments.named.values()):
            self.evaluate(argument)
        body = self._written(node.block) if node.block is not None else None
        self._write(Piece(None, node.token.start_index))
        return body

    def _action(self, node: ActionNode) -> None:
        body = self._emission(node)
        kinds = self.evaluate(node.arguments.positional[0]).shapes if node.arguments.positional else frozenset()
        if not any(isinstance(kind, Text) and kind.known == "shopify" for kind in kinds):
            return
        if body is not None and _looks_like_graphql(body):
            self._note(body)
        for argument in (*node.arguments.positional[1:], *node.arguments.named.values()):
            for shape in self.evaluate(argument).shapes:
                if isinstance(shape, Text) and _looks_like_graphql(shape):
                    self._note(shape)


def _literal(expression: Literal) -> Value:
    if isinstance(expression.value, str):
        return only(Text((Piece(expression.value, expression.start + 1),)))
    return NOTHING if expression.value is None else LEAF


def _is_result(value: Value) -> bool:
    """Whether a query gave it, or all of it that is known."""
    results = [shape for shape in value.shapes if not isinstance(shape, Nothing)]
    return bool(results) and not value.unknown and all(_of_query(Value(frozenset({each}))) for each in results)


def _of_query(value: Value) -> bool:
    for shape in value.shapes:
        if isinstance(shape, Listing):
            if not shape.items.shapes or not _of_query(shape.items):
                return False
        elif not isinstance(shape, Selection | Result | Nothing):
            return False
    return True


def _looks_like_graphql(text: Text) -> bool:
    """Whether it begins as an operation does."""
    return _OPERATION.match(text.known) is not None


_OPERATION = re.compile(r"(?:\s|#[^\n]*\n)*(?:(?:query|mutation|fragment)\b[^{]*)?\{\s*[A-Za-z_.#]")
_FRAGMENT = re.compile(r"[\w-]+")
