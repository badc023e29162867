"""``if`` and ``unless``, with ``elsif`` and ``else`` (liquid.md 1.8)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, TextIO

from liquid import Token
from liquid.stream import TokenStream

from runner.liquid.expressions import Expression
from runner.liquid.tags.base import Block, DialectNode, DialectTag, keep_white_space
from runner.liquid.values import truthy

if TYPE_CHECKING:
    from runner.liquid.context import Context


class Branch:
    """A body with the condition under which it is rendered; without one: always. ``negated`` for ``unless``.

    ``start`` is the offset of its tag.
    """

    __slots__ = ("block", "condition", "negated", "start")

    def __init__(self, condition: Expression | None, block: Block, *, start: int = 0, negated: bool = False) -> None:
        self.condition = condition
        self.block = block
        self.start = start
        self.negated = negated

    def applies(self, context: Context) -> bool:
        return self.condition is None or truthy(self.condition.evaluate(context)) is not self.negated


class IfNode(DialectNode):
    """The first branch that applies is rendered."""

    __slots__ = ("branches",)

    def __init__(self, token: Token, branches: Sequence[Branch]) -> None:
        super().__init__(token, prints=not all(branch.block.blank for branch in branches))
        self.branches = tuple(branches)
        if not self.blank:
            for branch in self.branches:
                keep_white_space(branch.block)

    def write(self, context: Context, buffer: TextIO) -> None:
        for branch in self.branches:
            if branch.applies(context):
                if context.profile is not None:
                    context.profile.branch(self.token.start_index, self.branches.index(branch))
                branch.block.render(context, buffer)
                return
        if context.profile is not None:
            context.profile.branch(self.token.start_index, len(self.branches))


class IfTag(DialectTag):
    """``{% if a %}…{% elsif b %}…{% else %}…{% endif %}``: the first body whose condition holds.

    Conditions compare with ``== != <> < <= > >= contains`` and join with ``and`` and ``or``, which bind alike and
    from the right: ``a and b or c`` is ``a and (b or c)``. No parentheses, no filters. nil and false do not hold,
    everything else does. A body of nothing but white space and assignments writes nothing.
    """

    name = "if"
    negated = False

    def parse(self, stream: TokenStream) -> IfNode:
        tag, text = self.header(stream)
        closing = f"end{self.name}"
        ends = ("elsif", "else", closing)
        condition: Expression | None = self._condition(text)
        block = self.body(stream, tag, ends, closing)
        branches = [Branch(condition, block, start=tag.start_index, negated=self.negated)]
        while stream.current.value != closing:
            branch, text = self.header(stream)
            condition = self._condition(text) if branch.value == "elsif" else None
            block = self.body(stream, tag, ends, closing)
            # What follows the first else is read and means nothing (liquid.md 1.8).
            if branches[-1].condition is not None:
                branches.append(Branch(condition, block, start=branch.start_index))
        self.finish(stream)
        return IfNode(tag, branches)

    def _condition(self, text: Token) -> Expression:
        parser = self.expressions(text)
        condition = parser.condition()
        parser.expect_end()
        return condition


class UnlessTag(IfTag):
    """``{% unless a %}…{% else %}…{% endunless %}``: as ``if``, with the first condition turned round."""

    name = "unless"
    negated = True
