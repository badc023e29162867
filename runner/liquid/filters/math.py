"""Filters of numbers (liquid.md 3.4): integers stay integers, everything else is exact decimal arithmetic."""

from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from typing import Any, Final

from runner.errors import LiquidError
from runner.liquid.filters.arguments import items
from runner.liquid.values import MAX_DIGITS, number, result_number, shown

_EXACT: Final = Context(prec=1000, traps=[])
"""Enough digits for the sum and product of any two floats."""
_QUOTIENT: Final = Context(prec=60, rounding=ROUND_HALF_UP, traps=[])


def plus(value: Any, other: Any) -> int | float:
    """Sum: ``0.1 | plus: 0.2`` is ``0.3``."""
    left, right = number(value), number(other)
    if isinstance(left, int) and isinstance(right, int):
        return result_number(left + right)
    return result_number(_EXACT.add(Decimal(left), Decimal(right)))


def minus(value: Any, other: Any) -> int | float:
    """Difference."""
    left, right = number(value), number(other)
    if isinstance(left, int) and isinstance(right, int):
        return result_number(left - right)
    return result_number(_EXACT.subtract(Decimal(left), Decimal(right)))


def times(value: Any, other: Any) -> int | float:
    """Product: ``"10" | times: 1.0`` is ``10.0``."""
    left, right = number(value), number(other)
    if isinstance(left, int) and isinstance(right, int):
        return result_number(left * right)
    return result_number(_EXACT.multiply(Decimal(left), Decimal(right)))


def divided_by(value: Any, other: Any) -> int | float:
    """Quotient: of integers rounded down, LiquidError for 0; with a float exact, Infinity for 0."""
    left, right = number(value), number(other)
    if isinstance(left, int) and isinstance(right, int):
        if right == 0:
            raise LiquidError(f"divided_by: {left} divided by 0")
        return left // right
    return result_number(_QUOTIENT.divide(Decimal(left), Decimal(right)))


def modulo(value: Any, other: Any) -> int | float:
    """Remainder with the sign of the divisor. LiquidError for 0."""
    left, right = number(value), number(other)
    if right == 0:
        raise LiquidError(f"modulo: {left} divided by 0", hint="Is the option that holds the divisor filled in?")
    if isinstance(left, int) and isinstance(right, int):
        return left % right
    _finite("modulo", left, right)
    return float(Fraction(left) % Fraction(right))


def round_(value: Any, digits: Any = 0) -> int | float:
    """Half away from zero on the decimal; to an integer for 0 or negative digits, or an integer input."""
    source, places = number(value), int(_finite("round", number(digits))[0])
    if isinstance(source, int) and places >= 0:
        return source
    if places == 0:
        _finite("round", source)
    if places > MAX_DIGITS or (isinstance(source, Decimal) and not source.is_finite()):
        return result_number(source)
    if places < -MAX_DIGITS:
        return 0
    unit = Fraction(10) ** -places
    steps, rest = divmod(abs(Fraction(source)), unit)
    rounded = (steps + (1 if rest * 2 >= unit else 0)) * unit * (-1 if source < 0 else 1)
    return int(rounded) if isinstance(source, int) or places <= 0 else float(rounded)


def ceil(value: Any) -> int:
    """The next integer up."""
    return int(_finite("ceil", number(value))[0].__ceil__())


def floor(value: Any) -> int:
    """The next integer down."""
    return int(_finite("floor", number(value))[0].__floor__())


def abs_(value: Any) -> int | float:
    """Without sign."""
    source = number(value)
    return result_number(source.copy_abs() if isinstance(source, Decimal) else abs(source))


def at_least(value: Any, least: Any) -> int | float:
    """The larger of the two."""
    return result_number(max(_ordered("at_least", value, least)))


def at_most(value: Any, most: Any) -> int | float:
    """The smaller of the two."""
    return result_number(min(_ordered("at_most", value, most)))


def _ordered(name: str, *values: Any) -> list[int | Decimal]:
    numbers = [number(value) for value in values]
    if any(isinstance(found, Decimal) and found.is_nan() for found in numbers):
        raise LiquidError(f"{name}: NaN is neither larger nor smaller than a number")
    return numbers


def sum_(value: Any) -> int | float:
    """The total of a list of numbers. LiquidError for any other element; 0 for nil and an empty list."""
    total: int | Decimal = 0
    for item in items("sum", value):
        if isinstance(item, bool) or not isinstance(item, (int, float)):
            raise LiquidError(f"sum: {shown(item)} is not a number", hint="Turn texts into numbers with `| times: 1`.")
        term = number(item)
        if isinstance(total, int) and isinstance(term, int):
            total += term
        else:
            total = _EXACT.add(Decimal(total), Decimal(term))
    return result_number(total)


def _finite(name: str, *numbers: int | Decimal) -> tuple[int | Decimal, ...]:
    for candidate in numbers:
        if isinstance(candidate, Decimal) and not candidate.is_finite():
            raise LiquidError(f"{name}: {shown(float(candidate))} cannot be used here")
    return numbers


FILTERS: dict[str, Callable[..., Any]] = {
    "abs": abs_,
    "at_least": at_least,
    "at_most": at_most,
    "ceil": ceil,
    "divided_by": divided_by,
    "floor": floor,
    "minus": minus,
    "modulo": modulo,
    "plus": plus,
    "round": round_,
    "sum": sum_,
    "times": times,
}
