"""How filters read their arguments: whole numbers, lists, properties, and the bounds of what a filter may build."""

from __future__ import annotations

from typing import Any, Final

from runner.errors import LiquidError
from runner.liquid.limits import MAX_RANGE, MAX_TEXT, too_large
from runner.liquid.objects.base import LiquidCollection, LiquidObject
from runner.liquid.values import argument_text, elements, lookup, shown, whole_number

MAX_PADDING: Final = 100_000
"""Elements a filter may add to a list by itself."""


def whole(filter_name: str, value: Any) -> int:
    """``value`` as the integer a filter argument must be: an integer or a text of digits; LiquidError otherwise."""
    number = whole_number(value)
    if number is None:
        raise LiquidError(f"{filter_name}: {shown(value)} is not a whole number")
    return number


def items(filter_name: str, value: Any) -> list[Any]:
    """The elements of a list as they are, nested lists kept; nil gives ``[]``; LiquidError for what is no list."""
    if value is None:
        return []
    if is_list(value):
        return elements(value) if isinstance(value, range) else list(value)
    raise LiquidError(f"{filter_name}: the input must be a list, not {shown(value)}")


def is_list(value: Any) -> bool:
    """True for lists, ranges and REST collections."""
    return isinstance(value, (list, tuple, range, LiquidCollection))


def property_of(item: Any, key: Any) -> Any:
    """The value of ``item`` under the single name ``key``; nil for items that have no keys, and for missing ones."""
    if isinstance(item, dict):
        return item.get(key if isinstance(key, str) else argument_text(key)) if key is not None else None
    return lookup(item, key) if isinstance(item, LiquidObject) else None


def bounded(filter_name: str, length: int) -> None:
    """Refuse with LimitError to build a text of ``length`` characters when that is over MAX_TEXT."""
    if length > MAX_TEXT:
        raise too_large(f"{filter_name}: the result would have {length:,} characters, more than {MAX_TEXT:,}")


def bounded_list(filter_name: str, length: int, limit: int = MAX_RANGE) -> None:
    """Refuse with LimitError to build a list of ``length`` elements when that is over ``limit``."""
    if length > limit:
        raise too_large(f"{filter_name}: the result would have {length:,} elements, more than {limit:,}")
