"""Evaluated forms of expressions: literals, paths, ranges, filter chains, conditions."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

from runner.errors import LiquidError, RunnerError
from runner.liquid import values
from runner.liquid.limits import MAX_WHOLE, too_large

if TYPE_CHECKING:
    from collections.abc import Sequence

    from runner.liquid.context import Context
    from runner.liquid.expressions.filters import Filter


class Expression(ABC):
    """Something with a value; ``start`` is its offset in the template's source."""

    __slots__ = ("start",)

    def __init__(self, start: int) -> None:
        self.start = start

    @abstractmethod
    def evaluate(self, context: Context) -> Any:
        """The value in ``context``. Raises ``LiquidError`` with its place."""


class Literal(Expression):
    """A string, number, ``nil``, ``true``, ``false``, ``blank``, ``empty`` or ``newline``."""

    __slots__ = ("value",)

    def __init__(self, start: int, value: Any) -> None:
        super().__init__(start)
        self.value = value

    def evaluate(self, context: Context) -> Any:
        return self.value


class FreshArray(Expression):
    """``array``: a new empty list at every evaluation (liquid.md 4.1)."""

    __slots__ = ()

    def evaluate(self, context: Context) -> list[Any]:
        return []


class FreshHash(Expression):
    """``hash``: a new empty hash at every evaluation (liquid.md 4.1)."""

    __slots__ = ()

    def evaluate(self, context: Context) -> dict[str, Any]:
        return {}


class Property:
    """``.size``, ``.first`` or ``.last``: what a container has besides its contents. Brackets only find contents."""

    __slots__ = ("name",)

    NAMES = frozenset({"size", "first", "last"})

    def __init__(self, name: str) -> None:
        self.name = name


Step = str | int | Property | Expression
"""One step of a path: a name or constant key, or a key to be evaluated."""


class Path(Expression):
    """``a.b[c]["d"][0]``: a variable and steps into it; nil as soon as something is missing (liquid.md 1.6)."""

    __slots__ = ("root", "steps", "text")

    def __init__(self, start: int, root: str | Expression, steps: Sequence[Step], text: str) -> None:
        super().__init__(start)
        self.root = root
        self.steps = tuple(steps)
        self.text = text

    def evaluate(self, context: Context) -> Any:
        root = self.root
        value = context.find(root if isinstance(root, str) else values.text(root.evaluate(context)))
        for step in self.steps:
            if value is None:
                return None
            key = step.evaluate(context) if isinstance(step, Expression) else step
            if type(value) is dict and type(key) is str and key in value:
                value = value[key]
            else:
                value = self._step(value, key, context)
        return value

    def _step(self, value: Any, key: Any, context: Context) -> Any:
        try:
            return values.lookup(value, key.name) if type(key) is Property else values.content(value, key)
        except RunnerError as error:
            raise context.placed(error, self.start) from error


class RangeLiteral(Expression):
    """``(a..b)``, kept lazy: a long range costs nothing until it is walked (liquid.md 1.8)."""

    __slots__ = ("first", "last")

    def __init__(self, start: int, first: Expression, last: Expression) -> None:
        super().__init__(start)
        self.first = first
        self.last = last

    def evaluate(self, context: Context) -> range:
        return range(self._end(self.first, context), self._end(self.last, context) + 1)

    def _end(self, end: Expression, context: Context) -> int:
        value = end.evaluate(context)
        if not _is_whole(value):
            raise context.failure(f"a range needs whole numbers, not {values.shown(value)}", end.start)
        number = int(values.number(value))
        if abs(number) > MAX_WHOLE:
            raise context.placed(too_large(f"a range cannot reach beyond {MAX_WHOLE:,}"), end.start)
        return number


def _is_whole(value: Any) -> bool:
    """True for what may end a range: whole numbers, texts (their leading number counts) and nil (0)."""
    if isinstance(value, float):
        return value.is_integer()
    return value is None or (isinstance(value, (int, str, values.Described)) and not isinstance(value, bool))


class Filtered(Expression):
    """A value sent through a chain of filters."""

    __slots__ = ("filters", "value")

    def __init__(self, start: int, value: Expression, filters: Sequence[Filter]) -> None:
        super().__init__(start)
        self.value = value
        self.filters = tuple(filters)

    def evaluate(self, context: Context) -> Any:
        value = self.value.evaluate(context)
        for each in self.filters:
            value = each.apply(value, context)
        return value


class Comparison(Expression):
    """``left operator right``, by Ruby's rules (liquid.md 1.4, 1.5)."""

    __slots__ = ("left", "operator", "right")

    def __init__(self, start: int, left: Expression, operator: str, right: Expression) -> None:
        super().__init__(start)
        self.left = left
        self.operator = operator
        self.right = right

    def evaluate(self, context: Context) -> bool:
        left = self.left.evaluate(context)
        right = self.right.evaluate(context)
        if self.operator == "==":
            return values.equals(left, right)
        if self.operator in ("!=", "<>"):
            return not values.equals(left, right)
        if self.operator == "contains":
            return values.contains(left, right)
        try:
            return values.compare(left, self.operator, right)
        except LiquidError as error:
            raise context.placed(error, self.start) from error


class And(Expression):
    """``left and right``: right is only looked at when left is truthy."""

    __slots__ = ("left", "right")

    def __init__(self, start: int, left: Expression, right: Expression) -> None:
        super().__init__(start)
        self.left = left
        self.right = right

    def evaluate(self, context: Context) -> bool:
        return values.truthy(self.left.evaluate(context)) and values.truthy(self.right.evaluate(context))


class Or(And):
    """``left or right``: right is only looked at when left is falsy."""

    __slots__ = ()

    def evaluate(self, context: Context) -> bool:
        return values.truthy(self.left.evaluate(context)) or values.truthy(self.right.evaluate(context))
