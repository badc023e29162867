"""What ``for`` and ``tablerow`` share: the header, what is walked over, and the slice of it (liquid.md 1.8)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from runner.liquid.expressions import Expression, ExpressionParser
from runner.liquid.expressions import lexemes as kinds
from runner.liquid.objects.base import LiquidCollection, LiquidObject
from runner.liquid.values import shown, whole_number

if TYPE_CHECKING:
    from runner.liquid.context import Context

CONTINUE = "continue"


class LoopHeader(NamedTuple):
    """``variable in items reversed limit:a offset:b`` as read; ``key`` names the loop for ``offset: continue``."""

    variable: str
    items: Expression
    key: str
    arguments: dict[str, Expression]
    continues: bool
    backwards: bool


def read_header(parser: ExpressionParser, allowed: Sequence[str]) -> LoopHeader:
    """The header of a loop; ``allowed`` are its named arguments. Raises ``LiquidError``."""
    variable = parser.name()
    if not parser.at_word("in"):
        raise parser.failure(f"expected 'in', found {parser.describe()}", hint="Write {% for item in items %}.")
    parser.take()
    start = parser.current.start
    items = parser.primary()
    key = f"{variable}-{parser.source[start : parser.current.start].strip()}"
    arguments: dict[str, Expression] = {}
    continues = backwards = False
    while not parser.at_end():
        if parser.skip_sign(","):
            continue
        if parser.at_word("reversed"):
            parser.take()
            backwards = True
            continue
        word = parser.current
        if word.kind != kinds.WORD or word.value not in allowed:
            expected = ", ".join(f"{name}:" for name in allowed)
            raise parser.failure(f"expected reversed, {expected} or the end of the tag, found {parser.describe()}")
        parser.take()
        parser.expect_sign(":")
        if word.value == "offset":
            continues = parser.at_word(CONTINUE)
        if word.value == "offset" and continues:
            parser.take()
        else:
            arguments[word.value] = parser.primary()
    return LoopHeader(variable, items, key, arguments, continues, backwards)


class Walk(NamedTuple):
    """The items of one loop, and how many there are (asked lazily: counting a collection may cost a request)."""

    items: Iterator[Any]
    length: Callable[[], int]
    empty: bool


def walk(header: LoopHeader, context: Context) -> Walk:
    """What the loop goes over, sliced and turned, its rounds charged to the budget. Raises ``LiquidError``."""
    value = header.items.evaluate(context)
    offset = _whole(header, "offset", context) or 0
    if header.continues:
        offset = context.stopindex(header.key)
    limit = _whole(header, "limit", context)
    if isinstance(value, LiquidCollection) and not (offset or limit is not None or header.backwards):
        return _walk_lazily(value, context)
    items = _items(value)
    if isinstance(value, str):
        limit, offset = None, 0  # a text is one item whatever part is asked for, as in Ruby
    first = max(offset, 0)
    last = len(items) if limit is None else min(len(items), max(first, offset + limit))
    chosen = items[first:last]
    context.stopindex(header.key, max(first, last))
    context.budget.charge_iterations(len(chosen))
    if header.backwards:
        chosen = chosen[::-1]
    return Walk(iter(chosen), lambda: len(chosen), len(chosen) == 0)


def _items(value: Any) -> Sequence[Any]:
    """The items of a value: pairs of a hash, a text as one item, nothing for numbers, booleans and nil."""
    if isinstance(value, range):
        return value
    if isinstance(value, dict):
        return [[key, item] for key, item in value.items()]
    if isinstance(value, str):
        return [value] if value else []
    if isinstance(value, (list, tuple, LiquidObject)):
        return list(value)
    return []


def _walk_lazily(collection: LiquidCollection, context: Context) -> Walk:
    """A collection is fetched as it is walked, so that a ``break`` saves the rest."""
    items = iter(collection)
    head: list[Any] = []
    for item in items:
        head.append(item)
        break

    def rest() -> Iterator[Any]:
        for item in head:
            context.budget.charge_iterations(1)
            yield item
        for item in items:
            context.budget.charge_iterations(1)
            yield item

    return Walk(rest(), lambda: len(collection), not head)


def _whole(header: LoopHeader, name: str, context: Context) -> int | None:
    """The whole number given as ``name``; None when absent or nil."""
    argument = header.arguments.get(name)
    value = argument.evaluate(context) if argument is not None else None
    if argument is None or value is None:
        return None
    number = whole_number(value)
    if number is None:
        message = f"{name}: needs a whole number, not {shown(value)}"
        raise context.failure(message, argument.start, code="liquid.argument")
    return number
