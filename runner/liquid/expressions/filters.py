"""A filter in an expression: which function, with which arguments, and how it is called."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from runner.errors import LiquidError
from runner.liquid.limits import MAX_TEXT, nested_too_deeply, too_large

if TYPE_CHECKING:
    from runner.liquid.context import Context
    from runner.liquid.expressions.nodes import Expression


@dataclass(frozen=True, slots=True)
class FilterFunction:
    """A filter's function and what its signature accepts besides the input.

    ``most`` is None when any number of positional arguments may be given; ``names`` are the named arguments it knows,
    ``all_names`` that it takes whatever comes; ``state`` that it wants the render's state.
    """

    name: str
    call: Callable[..., Any]
    least: int
    most: int | None
    names: frozenset[str]
    all_names: bool
    state: bool

    @classmethod
    def of(cls, name: str, function: Callable[..., Any]) -> FilterFunction:
        """Read the signature of ``function``, once, when the environment is built."""
        kinds = inspect.Parameter
        parameters = list(inspect.signature(function).parameters.values())
        positional = [p for p in parameters[1:] if p.kind in (kinds.POSITIONAL_ONLY, kinds.POSITIONAL_OR_KEYWORD)]
        named = {p.name for p in parameters if p.kind == kinds.KEYWORD_ONLY}
        many = any(p.kind == kinds.VAR_POSITIONAL for p in parameters)
        return cls(
            name,
            function,
            sum(1 for p in positional if p.default is kinds.empty),
            None if many else len(positional),
            frozenset(named - {"state"}),
            any(p.kind == kinds.VAR_KEYWORD for p in parameters),
            "state" in named,
        )

    def invoke(self, value: Any, positional: list[Any], named: dict[str, Any], context: Context) -> Any:
        """Call the function. Raises ``LiquidError`` for a wrong number of arguments, or what the function raises.

        A hash after the last positional argument stands for named ones, as Ruby passes them (liquid.md 1.12 row 33).
        """
        takes_names = self.all_names or bool(self.names)
        too_many = self.most is not None and len(positional) > self.most
        if too_many and takes_names and isinstance(positional[-1], Mapping):
            named = {**{str(key): item for key, item in positional.pop().items()}, **named}
        if len(positional) < self.least or (self.most is not None and len(positional) > self.most):
            raise LiquidError(
                f"{self.name}: wrong number of arguments (given {len(positional)}, expected {self._arity()})",
                code="liquid.argument",
            )
        if not self.all_names:
            named = {key: item for key, item in named.items() if key in self.names}
        if self.state:
            named["state"] = context.state
        return self.call(value, *positional, **named)

    def _arity(self) -> str:
        if self.most is None:
            return f"{self.least} or more"
        return str(self.least) if self.least == self.most else f"{self.least} to {self.most}"


class Filter:
    """One ``| name: arguments`` of a chain."""

    __slots__ = ("function", "named", "positional", "start")

    def __init__(
        self,
        start: int,
        function: FilterFunction,
        positional: Sequence[Expression],
        named: Mapping[str, Expression],
    ) -> None:
        self.start = start
        self.function = function
        self.positional = tuple(positional)
        self.named = dict(named)

    def apply(self, value: Any, context: Context) -> Any:
        """The result for ``value``. Raises ``LiquidError`` with the filter's place."""
        positional = [argument.evaluate(context) for argument in self.positional]
        named = {name: argument.evaluate(context) for name, argument in self.named.items()}
        try:
            profile = context.profile
            if profile is None:
                result = self.function.invoke(value, positional, named, context)
            else:
                work = partial(self.function.invoke, value, positional, named, context)
                result = profile.filter(self.function.name, work)
            if isinstance(result, str) and len(result) > MAX_TEXT:
                raise too_large(f"{self.function.name}: the result has more than {MAX_TEXT:,} characters")
            context.budget.grew(10 + _size(value) + _size(result))
            context.budget.check_time()
        except LiquidError as error:
            raise context.placed(error, self.start) from error
        except RecursionError as error:
            raise context.placed(nested_too_deeply(f"{self.function.name}: the value is"), self.start) from error
        return result


def _size(value: Any) -> int:
    return len(value) if isinstance(value, (str, list, dict, bytes)) else 0
