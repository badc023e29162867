"""``case`` with ``when`` and ``else``: every matching ``when`` is rendered, in order (liquid.md 1.8)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, TextIO

from liquid import Token
from liquid.stream import TokenStream

from runner.liquid.expressions import Expression
from runner.liquid.tags.base import Block, DialectNode, DialectTag, keep_white_space
from runner.liquid.values import equals

if TYPE_CHECKING:
    from runner.liquid.context import Context


class When:
    """A body with the values it is rendered for; None marks ``else``. ``start`` is the offset of its tag."""

    __slots__ = ("block", "candidates", "start")

    def __init__(self, candidates: Sequence[Expression] | None, block: Block, *, start: int = 0) -> None:
        self.candidates = candidates
        self.block = block
        self.start = start


class CaseNode(DialectNode):
    """Compares the subject with the values of each ``when``; ``else`` runs if none before it matched."""

    __slots__ = ("subject", "whens")

    def __init__(self, token: Token, subject: Expression, whens: Sequence[When], dropped: Block) -> None:
        # What is dropped prints nothing and yet makes the tag no blank one, as in Ruby.
        super().__init__(token, prints=not all(block.blank for block in (dropped, *(when.block for when in whens))))
        self.subject = subject
        self.whens = tuple(whens)
        if not self.blank:
            for when in self.whens:
                keep_white_space(when.block)

    def write(self, context: Context, buffer: TextIO) -> None:
        matched, profile = False, context.profile
        for when in self.whens:
            if when.candidates is None:
                if not matched:
                    if profile is not None:
                        profile.branch(self.token.start_index, self.whens.index(when))
                    when.block.render(context, buffer)
                continue
            # The subject is looked at again for each value: a branch before may have changed it.
            for candidate in when.candidates:
                if equals(self.subject.evaluate(context), candidate.evaluate(context)):
                    matched = True
                    if profile is not None:
                        profile.branch(self.token.start_index, self.whens.index(when))
                    when.block.render(context, buffer)
        if profile is not None and not matched and all(when.candidates is not None for when in self.whens):
            profile.branch(self.token.start_index, len(self.whens))


class CaseTag(DialectTag):
    """``{% case value %}{% when a, b %}…{% else %}…{% endcase %}``: the bodies of all values that are equal.

    Every value that matches renders its body, in order; ``else`` when none before it did. ``or`` does what the comma
    does. Values are compared as by ``==``.
    """

    name = "case"

    def parse(self, stream: TokenStream) -> CaseNode:
        tag, text = self.header(stream)
        parser = self.expressions(text)
        subject = parser.primary()
        parser.expect_end()
        ends = ("when", "else", "endcase")
        dropped = self.body(stream, tag, ends, "endcase")  # text before the first when
        whens: list[When] = []
        while stream.current.value != "endcase":
            branch, text = self.header(stream)
            candidates = self._candidates(text) if branch.value == "when" else None
            block = self.body(stream, tag, ends, "endcase")
            whens.append(When(candidates, block, start=branch.start_index))
        self.finish(stream)
        return CaseNode(tag, subject, whens, dropped)

    def _candidates(self, text: Token) -> list[Expression]:
        parser = self.expressions(text)
        candidates = [parser.primary()]
        while parser.skip_sign(",") or (parser.at_word("or") and parser.take()):
            candidates.append(parser.primary())
        parser.expect_end()
        return candidates
