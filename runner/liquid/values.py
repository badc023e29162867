"""Values of templates: their numbers, lists, equality, order and lookups, by Ruby's rules; text forms by ``texts``.

Values are plain: None, bool, int, float, str, list or tuple, dict, ``range`` (inclusive in Liquid, so ``(1..4)`` is
``range(1, 5)``), ``Binary``, the keywords ``BLANK`` and ``EMPTY``, and objects of ``runner.liquid.objects``.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any, Final

from runner.errors import LiquidError
from runner.liquid.limits import MAX_ELEMENTS, MAX_RANGE, extent, too_large
from runner.liquid.objects.base import LiquidCollection, LiquidObject
from runner.liquid.texts import (
    BLANK,
    EMPTY,
    Binary,
    Described,
    Keyword,
    argument_text,
    float_text,
    inspect,
    json_text,
    scalar_text,
    shown,
    text,
)

__all__ = [
    "BLANK",
    "EMPTY",
    "MAX_DIGITS",
    "Binary",
    "Described",
    "Keyword",
    "argument_text",
    "compare",
    "contains",
    "content",
    "elements",
    "equals",
    "float_text",
    "inspect",
    "is_blank",
    "is_empty",
    "json_text",
    "lookup",
    "number",
    "result_number",
    "shown",
    "text",
    "truthy",
    "whole_number",
]

MAX_DIGITS: Final = 4000
"""Digits of the longest whole number; Python refuses to print more than 4300, and scripts need 20."""


# --- numbers (liquid.md 3.4) ------------------------------------------------------------------------------------------

_DECIMAL: Final = re.compile(r"-?[0-9]+\.[0-9]+")
_INTEGER: Final = re.compile(r"[+-]?[0-9]+(?:_[0-9]+)*")
_SPACE: Final = "\t\n\v\f\r \0"


def number(value: Any) -> int | Decimal:
    """num(x): integers stay, floats become the decimal of their shortest text, texts their leading number, others 0."""
    if isinstance(value, bool):
        return 0
    if isinstance(value, int):
        return value
    if isinstance(value, float):
        return Decimal(repr(value))
    if isinstance(value, Decimal):
        return value
    if isinstance(value, Described):
        value = value.describe()
    if not isinstance(value, str):
        return 0
    trimmed = value.strip(_SPACE)
    if len(trimmed) > MAX_DIGITS:
        trimmed = trimmed[: MAX_DIGITS + 1]
    if _DECIMAL.fullmatch(trimmed):
        return Decimal(trimmed)
    leading = _INTEGER.match(trimmed)
    if leading is None:
        return 0
    if leading.end() > MAX_DIGITS:
        raise too_large(f"a text with more than {MAX_DIGITS:,} digits cannot be used as a number")
    return int(leading.group())


_WHOLE: Final = re.compile(r"\s*[+-]?[0-9]{1,300}\s*", re.ASCII)


def whole_number(value: Any) -> int | None:
    """``value`` where only an integer will do: an integer or a text of digits; None for everything else."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    return int(value) if isinstance(value, str) and _WHOLE.fullmatch(value) else None


def result_number(result: int | Decimal) -> int | float:
    """The outcome of arithmetic as a value: integers stay, decimals become floats. LimitError above MAX_DIGITS."""
    if isinstance(result, Decimal):
        return float(result)
    if result.bit_length() > MAX_DIGITS * 3.33:
        raise too_large(f"a whole number grew beyond {MAX_DIGITS:,} digits")
    return result


# --- lists (liquid.md 3.5) --------------------------------------------------------------------------------------------


def elements(value: Any) -> list[Any]:
    """list(x): a new list of the elements, nested lists flattened at any depth; nil ``[]``, others ``[value]``."""
    if isinstance(value, (list, tuple)):
        if not any(isinstance(item, (list, tuple)) for item in value):
            return list(value)
        return _flattened(value)
    if value is None:
        return []
    if isinstance(value, range):
        if len(value) > MAX_RANGE:
            raise too_large(f"the range ({text(value)}) is too long for a filter: more than {MAX_RANGE:,} elements")
        return list(value)
    if isinstance(value, LiquidCollection):
        return list(value)
    return [value]


def _flattened(nested: Any) -> list[Any]:
    flat: list[Any] = []
    pending = [iter(nested)]
    lists = 1
    while pending:
        for item in pending[-1]:
            if isinstance(item, (list, tuple)):
                pending.append(iter(item))
                lists += 1
                break
            flat.append(item)
        else:
            pending.pop()
        if len(flat) + lists > MAX_ELEMENTS:
            raise too_large(f"the list has more than {MAX_ELEMENTS:,} elements inside of it")
    return flat


# --- truth, equality, order (liquid.md 1.4, 1.5) ----------------------------------------------------------------------


def truthy(value: Any) -> bool:
    """False for nil and false only."""
    return value is not None and value is not False


def is_blank(value: Any) -> bool:
    """``value == blank``: nil, false, white space, nothing inside."""
    if isinstance(value, str):
        return not value or value.isspace()
    return value is None or value is False or is_empty(value)


def is_empty(value: Any) -> bool:
    """``value == empty``: a text, list, hash or collection with nothing inside."""
    if isinstance(value, LiquidCollection):
        # One item is enough to know: the length of a collection may take many reads.
        return not any(True for _ in value)
    return isinstance(value, (str, list, tuple, dict, Binary)) and len(value) == 0


def equals(left: Any, right: Any) -> bool:
    """Ruby's ``==``: no coercion, booleans are no numbers, containers by content; keywords by their property."""
    if isinstance(left, str) and isinstance(right, str):
        return left == right
    if isinstance(left, Keyword) or isinstance(right, Keyword):
        return _keyword_equals(left, right)
    if left is None or right is None or isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, (int, float, Decimal)):
        return isinstance(right, (int, float, Decimal)) and left == right
    if isinstance(left, LiquidObject) or isinstance(right, LiquidObject):
        return _object_equals(left, right)
    if isinstance(left, (list, tuple, dict)):
        if left is right:
            return True
        if not isinstance(right, (list, tuple, dict)) or len(left) != len(right):
            return False
        if extent(left, MAX_ELEMENTS) > MAX_ELEMENTS:
            raise too_large(f"a comparison of more than {MAX_ELEMENTS:,} elements")
        return _same_contents(left, right)
    if isinstance(left, range):
        return isinstance(right, range) and (left.start, left.stop) == (right.start, right.stop)
    return type(left) is type(right) and bool(left == right)


def _same_contents(left: Any, right: Any) -> bool:
    """Two containers of equal size, element by element."""
    if isinstance(left, dict):
        return isinstance(right, dict) and all(key in right and _alike(item, right[key]) for key, item in left.items())
    return isinstance(right, (list, tuple)) and all(map(_alike, left, right))


def _alike(left: Any, right: Any) -> bool:
    if isinstance(left, (list, tuple, dict)) and isinstance(right, (list, tuple, dict)):
        return left is right or (len(left) == len(right) and _same_contents(left, right))
    return equals(left, right)


def _keyword_equals(left: Any, right: Any) -> bool:
    if isinstance(left, Keyword) and isinstance(right, Keyword):
        return False
    keyword, value = (left, right) if isinstance(left, Keyword) else (right, left)
    return is_blank(value) if keyword is BLANK else is_empty(value)


def _object_equals(left: Any, right: Any) -> bool:
    """Objects equal themselves, objects of their kind with the same data, and plain containers with the same data."""
    if left is right:
        return True
    if isinstance(left, LiquidObject) and isinstance(right, LiquidObject):
        return type(left) is type(right) and equals(left.plain(), right.plain())
    item, other = (left, right) if isinstance(left, LiquidObject) else (right, left)
    return isinstance(other, (list, tuple, dict)) and equals(item.plain(), other)


def compare(left: Any, operator: str, right: Any) -> bool:
    """``left < right`` and its kin for ``operator`` in ``< > <= >=``; false unless both are numbers or both texts.

    Raises LiquidError for a number against a text.
    """
    left_kind, right_kind = _order_kind(left), _order_kind(right)
    if left_kind is None or right_kind is None:
        return False
    if (left_kind == "String") != (right_kind == "String"):
        raise LiquidError(
            f"comparison of {left_kind} with {right_kind} failed: {inspect(left)} {operator} {inspect(right)}",
            hint="Turn the text into a number first, for example with `| times: 1`.",
        )
    if operator == "<":
        return bool(left < right)
    if operator == ">":
        return bool(left > right)
    if operator == "<=":
        return bool(left <= right)
    if operator == ">=":
        return bool(left >= right)
    raise LiquidError(f"unknown comparison operator {operator!r}")


def _order_kind(value: Any) -> str | None:
    if isinstance(value, str):
        return "String"
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return "Integer"
    return "Float" if isinstance(value, (float, Decimal)) else None


def contains(left: Any, right: Any) -> bool:
    """``left contains right``: part of a text, equal element of a list, key of a hash; else false, never an error."""
    if not truthy(left) or not truthy(right):
        return False
    if isinstance(left, str):
        return argument_text(right) in left
    if isinstance(left, (list, tuple)):
        if isinstance(right, Keyword):
            return False
        # One C loop for texts: they equal nothing but texts, and lists of tags are long (performance.md 6).
        return right in left if isinstance(right, str) else any(equals(item, right) for item in left)
    if isinstance(left, dict):
        return isinstance(right, str) and right in left
    if isinstance(left, range):
        numeric = isinstance(right, (int, float)) and not isinstance(right, bool)
        return numeric and left.start <= right <= left.stop - 1
    if isinstance(left, LiquidCollection):
        return any(equals(item, right) for item in left)
    if isinstance(left, LiquidObject):
        return left.lookup(right) is not None
    return False


# --- lookups (liquid.md 1.6) ------------------------------------------------------------------------------------------


def lookup(value: Any, key: Any) -> Any:
    """One step of a path by name, ``value.key``: what is inside, else ``size``, ``first`` or ``last``, else nil."""
    found = content(value, key)
    if found is not None or key not in ("size", "first", "last"):
        return found
    if isinstance(value, dict):
        if key in value:
            return None
        if key == "first":
            return next(([name, item] for name, item in value.items()), None)
        return len(value) if key == "size" else None
    if isinstance(value, (list, tuple)):
        return len(value) if key == "size" else (value[0 if key == "first" else -1] if value else None)
    if isinstance(value, str):
        return {"size": len(value), "first": value[:1], "last": value[-1:]}[key]
    if isinstance(value, range):
        return {"size": len(value), "first": value.start, "last": value.stop - 1}[key]
    return len(value) if isinstance(value, Binary) and key == "size" else None


def content(value: Any, key: Any) -> Any:
    """One step of a path in brackets, ``value[key]``: what is inside, nil when there is nothing.

    A hash with counts by tag does not answer ``counts["size"]`` with their number, as Ruby does not.
    """
    if key is None:
        return None
    if isinstance(value, dict):
        if isinstance(key, str):
            return value.get(key)
        if isinstance(key, (int, float)):
            # differs: Ruby finds nothing under a number in a hash of texts; bracketed assignment stored it under its
            # text.
            return value[key] if key in value and not isinstance(key, bool) else value.get(scalar_text(key))
        return None
    if isinstance(value, LiquidObject):
        return value.lookup(key)
    if isinstance(value, (list, tuple)) and isinstance(key, int) and not isinstance(key, bool):
        return value[key] if -len(value) <= key < len(value) else None
    return None
