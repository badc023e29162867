"""What ``action``, ``log`` and ``error`` share: arguments, bodies, and writing an object (liquid.md 2.1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, TextIO

from liquid import Token
from liquid.exceptions import LiquidInterrupt

from runner.errors import LiquidError
from runner.liquid.expressions import Expression, ExpressionParser
from runner.liquid.expressions import lexemes as kinds
from runner.liquid.tags.base import Block, DialectNode, keep_white_space
from runner.liquid.values import json_text

if TYPE_CHECKING:
    from runner.liquid.context import Context


class Arguments(NamedTuple):
    """Positional and named arguments of a tag, in order; of a repeated name the last value counts."""

    positional: Sequence[Expression]
    named: Mapping[str, Expression]
    mixed_at: int | None
    """Offset of the first positional argument behind a named one, or of the first named behind a positional one."""


def read_arguments(parser: ExpressionParser) -> Arguments:
    """All arguments of a tag: commas before items are optional, values may have filters (liquid.md 2.2)."""
    positional: list[Expression] = []
    named: dict[str, Expression] = {}
    mixed_at: int | None = None
    while True:
        while parser.skip_sign(","):
            pass
        if parser.at_end():
            return Arguments(positional, named, mixed_at)
        start = parser.current.start
        colon = parser.peek()
        if parser.current.kind == kinds.WORD and colon.kind == kinds.SIGN and colon.value == ":":
            name = parser.name()
            parser.expect_sign(":")
            named[name] = parser.filtered(in_arguments=True)
            mixed_at = start if positional and mixed_at is None else mixed_at
        else:
            positional.append(parser.filtered(in_arguments=True))
            mixed_at = start if named and mixed_at is None else mixed_at
            if parser.at_sign(":"):
                raise parser.failure("the name of an argument is a single word", start)


class EmissionNode(DialectNode):
    """Writes one JSON object into the text, so that it also works inside ``capture`` (liquid.md 2.1)."""

    __slots__ = ("arguments", "block")

    def __init__(self, token: Token, arguments: Arguments, block: Block | None) -> None:
        super().__init__(token)
        self.arguments = arguments
        self.block = keep_white_space(block) if block is not None else None

    def write(self, context: Context, buffer: TextIO) -> None:
        interrupt: LiquidInterrupt | None = None
        body: str | None = None
        if self.block is not None:
            captured = context.new_buffer()
            try:
                self.block.render(context, captured)
            except LiquidInterrupt as error:  # as in capture: what was written so far counts, then it goes outward
                interrupt = error
            body = captured.getvalue()
        if context.emits:
            context.mark(buffer, self.token.start_index)
            try:
                written = json_text(self.emitted(context, body))
                context.notes.add(written, self.token.start_index, context.rounds())
                buffer.write(written)
            except LiquidError as error:
                raise context.placed(error, self.token.start_index) from error
        else:
            context.state.warn(f"the {self.token.value} tag means nothing in {context.template.part}")  # type: ignore[attr-defined]
        if interrupt is not None:
            raise interrupt

    def emitted(self, context: Context, body: str | None) -> dict[str, Any]:
        """The object to write, for the rendered ``body`` (None: the tag has none). Raises ``LiquidError``."""
        raise LiquidError(f"{self.token.value} emits nothing")  # pragma: no cover - every subclass answers

    def values(self, context: Context) -> tuple[list[Any], dict[str, Any]]:
        """The evaluated arguments."""
        positional = [argument.evaluate(context) for argument in self.arguments.positional]
        return positional, {name: argument.evaluate(context) for name, argument in self.arguments.named.items()}
