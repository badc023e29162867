"""``assign``, also into hashes and lists: ``{% assign jobs[0]["done"] = true %}`` (liquid.md 2.5, 4.2, 4.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TextIO

from liquid import Token
from liquid.stream import TokenStream

from runner.liquid.expressions import Expression
from runner.liquid.expressions.nodes import Path
from runner.liquid.limits import nested_too_deeply
from runner.liquid.objects.base import FrozenHash, FrozenList, LiquidObject, thaw
from runner.liquid.objects.bulk_operation import BulkObjects
from runner.liquid.tags.base import DialectNode, DialectTag
from runner.liquid.values import content, shown, text, whole_number

if TYPE_CHECKING:
    from runner.liquid.context import Context

_CLONE = "It came with the event or the shop. Copy it first: {% assign copy = value | json | parse_json %}."
MAX_PADDING = 1_000_000
"""Nils that assigning far behind a list's end may add."""


class AssignNode(DialectNode):
    """Sets a variable, or stores a copy of the value inside the container that the path leads to."""

    __slots__ = ("target", "value")

    def __init__(self, token: Token, target: Path, value: Expression | None) -> None:
        super().__init__(token, prints=False)
        self.target = target
        self.value = value

    def write(self, context: Context, buffer: TextIO) -> None:
        value = self.value.evaluate(context) if self.value is not None else None
        if not self.target.steps and isinstance(self.target.root, str):
            context.assign(self.target.root, value)
            return
        keys = [step.evaluate(context) if isinstance(step, Expression) else step for step in self.target.steps]
        self._store(self._container(keys[:-1], context), keys[-1], self._copied(value, context), context)

    def _copied(self, value: Any, context: Context) -> Any:
        try:
            return thaw(value, context.budget.charge_copy)
        except RecursionError as error:
            raise context.placed(nested_too_deeply(f"{self.target.text}: the value is"), self.target.start) from error

    def _container(self, keys: list[Any], context: Context) -> Any:
        root = self.target.root
        name = root if isinstance(root, str) else text(root.evaluate(context))
        container = context.find(name)
        path = name
        if isinstance(container, BulkObjects) and container.is_selection:
            container = list(container)
            context.assign(name, container)
        for key in keys:
            if not isinstance(container, (dict, list)):
                break
            container = content(container, key)
            path = f"{path}[{shown(key)}]"
        if isinstance(container, (FrozenHash, FrozenList, LiquidObject)):
            raise context.failure(f"{path} cannot be changed", self.target.start, _CLONE, "liquid.frozen")
        if not isinstance(container, (dict, list)):
            what = "is nil" if container is None else f"is {shown(container)}"
            raise context.failure(
                f"{path} {what}, so nothing can be assigned into it",
                self.target.start,
                f"Assign a container first: {{% assign {path} = hash %}} or array.",
                "liquid.assign",
            )
        return container

    def _store(self, container: Any, key: Any, value: Any, context: Context) -> None:
        if isinstance(container, dict):
            if key is None:
                # differs: nil keys are stored under the empty text, since an error would break loops over items
                # that have no SKU.
                context.state.warn(f"{self.target.text}: the key is nil, so the value is stored under an empty key")
            container[text(key)] = value
            return
        index = self._index(key, len(container), context)
        if index >= len(container):
            context.budget.grew(2 * (index - len(container)))
            container.extend([None] * (index - len(container)))
            container.append(value)
        else:
            container[index] = value

    def _index(self, key: Any, size: int, context: Context) -> int:
        index = whole_number(key)
        if index is None:
            raise context.failure(
                f"{self.target.text} is a list, and {shown(key)} is no index",
                self.target.start,
                "Use a whole number, or make the container a hash.",
                "liquid.assign",
            )
        if index < -size or index > size + MAX_PADDING:
            raise context.failure(f"{self.target.text}: index {shown(index)} is out of range", self.target.start)
        return index if index >= 0 else index + size


class AssignTag(DialectTag):
    """``{% assign target = value %}``: a variable; no value means nil.

    ``name`` alone shares the value, so that both names see what is changed inside it. Brackets store a copy of the
    value inside a hash or list, in place: ``jobs[0]["done"]``. In a list, the index that equals its size appends. A
    path through what is no hash or list, and a change of anything that belongs to the event or the shop, is an error.
    """

    name = "assign"

    def parse(self, stream: TokenStream) -> AssignNode:
        tag, header = self.header(stream)
        parser = self.expressions(header)
        target = parser.path()
        if target.text.endswith("?"):
            raise parser.failure("a name with a question mark can be read, not assigned", target.start)
        if "." in _outside_brackets(target.text):
            raise parser.failure(
                f"cannot assign to {target.text!r}",
                target.start,
                'Use brackets: {% assign order["note"] = "x" %}.',
            )
        parser.expect_sign("=")
        value = None if parser.at_end() else parser.filtered()
        parser.expect_end()
        return AssignNode(tag, target, value)


def _outside_brackets(path: str) -> str:
    """``path`` without what stands in brackets."""
    depth = 0
    kept = []
    for character in path:
        depth += character == "["
        if depth == 0:
            kept.append(character)
        depth -= character == "]"
    return "".join(kept)
