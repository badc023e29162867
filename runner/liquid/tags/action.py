"""``action`` in its eight forms (liquid.md 2.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from liquid.stream import TokenStream

from runner.errors import LiquidError
from runner.liquid.blocks import body_json, body_value
from runner.liquid.tags.base import DialectTag
from runner.liquid.tags.emission import Arguments, EmissionNode, read_arguments
from runner.liquid.values import shown
from runner.model.action import CONTROL_PARAMETERS, is_off

if TYPE_CHECKING:
    from runner.liquid.context import Context
    from runner.liquid.expressions import Expression, ExpressionParser


class ActionNode(EmissionNode):
    """``{"action": {"type", "options", "meta"}}``."""

    __slots__ = ()

    def emitted(self, context: Context, body: str | None) -> dict[str, Any]:
        positional, named = self.values(context)
        controls = {name: named.pop(name) for name in CONTROL_PARAMETERS if name in named}
        action = self._untyped(body) if not positional else self._typed(positional[0], positional[1:], named, body)
        if "__meta" in controls:
            action["meta"] = controls["__meta"]
        if is_off(controls.get("__perform_event")):
            action["__perform_event"] = False
        return {"action": action}

    def _untyped(self, body: str | None) -> dict[str, Any]:
        """Form A1: the body is the whole action."""
        value = body_value(body or "", "action")
        if not isinstance(value, dict):
            raise LiquidError(
                "the body of an action tag without a type must be a JSON object with type and options",
                hint='Write {% action %}{"type": "echo", "options": {}}{% endaction %}, or name the type in the tag.',
                code="liquid.action",
            )
        return value

    def _typed(self, kind: Any, rest: list[Any], named: dict[str, Any], body: str | None) -> dict[str, Any]:
        """Forms A2 to A7."""
        if not isinstance(kind, str) or not kind.strip():
            raise LiquidError(
                f"the type of an action must be a text, not {shown(kind)}",
                hint='Write the type in quotes: {% action "shopify" %}.',
                code="liquid.action",
            )
        if body is not None:
            return {"type": kind, "options": self._options(kind, body)}
        if named:
            if set(named) <= {"options", "meta"}:
                return {"type": kind, **named}
            return {"type": kind, "options": named}
        if len(rest) == 2 and isinstance(rest[0], dict):
            return {"type": kind, "options": rest[0], "meta": rest[1]}
        return {"type": kind, "options": rest[0] if len(rest) == 1 else rest}

    def _options(self, kind: str, body: str) -> Any:
        """A body is JSON; for Shopify actions anything else is GraphQL text, kept as it stands."""
        if kind == "shopify":
            parsed, value = body_json(body)
            return value if parsed else body
        return body_value(body, f'action "{kind}"')


class ActionTag(DialectTag):
    """``{% action type, options %}``: an action for the engine to perform once the script has ended.

    Inline: named values are the options as a hash, one value is the options, several are a list. ``options:`` with or
    without ``meta:``, and a hash followed by another value, give both. With nothing but a type it is a block up to
    ``{% endaction %}``, whose body is JSON, or GraphQL for ``shopify``; without a type the body is the whole action.
    ``__meta: value`` and ``__perform_event: false`` may stand in every form. Written as ``{"action": …}``, so it can
    be captured and printed later.
    """

    name = "action"

    def parse(self, stream: TokenStream) -> ActionNode:
        tag, text = self.header(stream)
        parser = self.expressions(text)
        arguments = read_arguments(parser)
        options = _without_controls(arguments.named)
        self._refuse_mixed(parser, arguments, options)
        if len(arguments.positional) > 1 or options:
            return ActionNode(tag, arguments, None)
        block = self.body(stream, tag, ("endaction",), "endaction")
        self.finish(stream)
        return ActionNode(tag, arguments, block)

    def _refuse_mixed(self, parser: ExpressionParser, arguments: Arguments, options: dict[str, Expression]) -> None:
        if not options:
            return
        if not arguments.positional:
            raise parser.failure(
                "an action with named options needs its type first",
                next(iter(options.values())).start,
                'Write {% action "echo", name: value %}.',
            )
        if len(arguments.positional) > 1:
            raise parser.failure(
                "an action takes positional options or named options, not both",
                arguments.mixed_at,
                "Give every option a name, or none.",
            )


def _without_controls(named: Any) -> dict[str, Expression]:
    return {name: value for name, value in named.items() if name not in CONTROL_PARAMETERS}
