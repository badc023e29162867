"""``log``: something to keep beside the actions (liquid.md 2.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from liquid.stream import TokenStream

from runner.liquid.blocks import body_value
from runner.liquid.tags.base import DialectTag
from runner.liquid.tags.emission import EmissionNode, read_arguments

if TYPE_CHECKING:
    from runner.liquid.context import Context


class LogNode(EmissionNode):
    """``{"log": value}``: a block body's JSON, one value, a hash of named values, or a list of several values."""

    __slots__ = ()

    def emitted(self, context: Context, body: str | None) -> dict[str, Any]:
        name = self.token.value
        if body is not None:
            return {name: body_value(body, name)}
        positional, named = self.values(context)
        if named:
            # differs: undocumented mix of one value and names; the value goes under "message".
            return {name: {**({"message": positional[0]} if positional else {}), **named}}
        return {name: positional[0] if len(positional) == 1 else positional}


class LogTag(DialectTag):
    """``{% log value %}``: keeps a value beside the actions.

    One value, several (a list), named ones (a hash), or, without arguments, a block up to ``{% endlog %}`` whose body
    is JSON. Written as ``{"log": value}``, so it can be captured and printed later.
    """

    name = "log"
    node = LogNode

    def parse(self, stream: TokenStream) -> LogNode:
        tag, text = self.header(stream)
        parser = self.expressions(text)
        arguments = read_arguments(parser)
        if arguments.named and len(arguments.positional) > 1:
            raise parser.failure(
                f"the {self.name} tag takes several values, or named values, not both",
                arguments.mixed_at,
            )
        if arguments.positional or arguments.named:
            return self.node(tag, arguments, None)
        end = f"end{self.name}"
        block = self.body(stream, tag, (end,), end)
        self.finish(stream)
        return self.node(tag, arguments, block)
