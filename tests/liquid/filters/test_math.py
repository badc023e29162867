"""Filters of numbers (liquid.md 3.4)."""

from __future__ import annotations

import math
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.errors import LimitError
from tests.liquid.filters.cases import Case, Fails, apply, check

INFINITY = float("inf")

CASES = [
    Case("integers stay integers", "plus", 1, (2,), 3),
    Case("decimal arithmetic", "plus", 0.1, (0.2,), 0.3),
    Case("a text keeps being a decimal", "plus", "10.00", (0,), 10.0),
    Case("leading digits of a text", "plus", "10 apples", (1,), 11),
    Case("a thousands mark ends the number", "plus", "1,000", (1,), 2),
    Case("no exponents", "plus", "1e3", (0,), 1),
    Case("no leading dot", "plus", ".5", (0,), 0),
    Case("white space around", "plus", " -2.5\n", (0,), -2.5),
    Case("nonsense is 0", "plus", "abc", (1,), 1),
    Case("nil, true, lists and hashes are 0", "plus", None, (True,), 0),
    Case("a list is 0", "plus", [5], ({"a": 1},), 0),
    Case("an integral float stays a float", "plus", 1.0, (1,), 2.0),
    Case("a whole number without end", "plus", 10**3999, (10**4100,), Fails("digits", LimitError)),
    Case("texts", "minus", "5", ("7",), -2),
    Case("decimals", "minus", 0.3, (0.1,), 0.2),
    Case("nil", "minus", None, (1,), -1),
    Case("a price", "times", "10.50", (1,), 10.5),
    Case("a float literal", "times", "10", (1.0,), 10.0),
    Case("exact decimals", "times", 1.1, (1.1,), 1.21),
    Case("cast to integer", "times", "42", (1,), 42),
    Case("a whole number without end", "times", 10**3000, (10**3000,), Fails("digits", LimitError)),
    Case("floor division", "divided_by", -5, (2,), -3),
    Case("floor division of texts", "divided_by", "7", ("2",), 3),
    Case("a float divisor", "divided_by", 5, (2.0,), 2.5),
    Case("a third", "divided_by", 1.0, (3,), 0.3333333333333333),
    Case("integer nought", "divided_by", 1, (0,), Fails("divided by 0")),
    Case("nil is integer nought", "divided_by", 1, (None,), Fails("divided by 0")),
    Case("a float by nought", "divided_by", 1.0, (0,), INFINITY),
    Case("an integer by float nought", "divided_by", -1, (0.0,), -INFINITY),
    Case("sign of the divisor", "modulo", -5, (3,), 1),
    Case("negative divisor", "modulo", 5, (-3,), -1),
    Case("decimals", "modulo", 5.5, (2,), 1.5),
    Case("negative decimals", "modulo", -0.5, (0.3,), 0.1),
    Case("nought", "modulo", 5, (0,), Fails("divided by 0")),
    Case("float nought", "modulo", 5.0, (0.0,), Fails("divided by 0")),
    Case("an empty option", "modulo", 5, ("",), Fails("divided by 0")),
    Case("half away from zero", "round", 2.5, (), 3),
    Case("half away from zero below it", "round", -2.5, (), -3),
    Case("on the decimal, not the binary float", "round", 2.675, (2,), 2.68),
    Case("a text", "round", "4.3", (), 4),
    Case("digits keep a float", "round", "4", (2,), 4),
    Case("digits of an integral float", "round", 4.0, (2,), 4.0),
    Case("digits as text", "round", 1.25, ("1",), 1.3),
    Case("negative digits of an integer", "round", 1250, (-2,), 1300),
    Case("negative digits of a negative integer", "round", -15, (-1,), -20),
    Case("negative digits of a decimal", "round", "15.5", (-1,), 20),
    Case("more negative digits than there are", "round", 2.5, (-1,), 0),
    Case("negative digits of a float", "round", 1250.5, (-2,), 1300),
    Case("nil", "round", None, (), 0),
    Case("very many digits", "round", 1.5, (10**9,), 1.5),
    Case("very many negative digits", "round", 15, (-(10**9),), 0),
    Case("Infinity", "round", INFINITY, (), Fails("Infinity")),
    Case("up", "ceil", "1.2", (), 2),
    Case("up, negative", "ceil", -1.2, (), -1),
    Case("an integer", "ceil", 3, (), 3),
    Case("nil", "ceil", None, (), 0),
    Case("Infinity", "ceil", INFINITY, (), Fails("Infinity")),
    Case("down", "floor", "1.8", (), 1),
    Case("down, negative", "floor", -1.2, (), -2),
    Case("a text", "abs", "-5.5", (), 5.5),
    Case("an integer", "abs", -3, (), 3),
    Case("nil", "abs", None, (), 0),
    Case("already larger", "at_least", 5, (3,), 5),
    Case("raised", "at_least", 5, ("7",), 7),
    Case("nil", "at_least", None, (1,), 1),
    Case("lowered", "at_most", 5, (3,), 3),
    Case("already smaller", "at_most", 2.5, (3,), 2.5),
    Case("decimals", "sum", [0.1, 0.2], (), 0.3),
    Case("integers", "sum", [1, 2], (), 3),
    Case("mixed", "sum", [1, 2.0], (), 3.0),
    Case("nothing", "sum", [], (), 0),
    Case("nil", "sum", None, (), 0),
    Case("a text among them", "sum", [1, "2"], (), Fails('"2"')),
    Case("a nil among them", "sum", [1, None], (), Fails("nil")),
    Case("a boolean among them", "sum", [True], (), Fails("true")),
    Case("a nested list", "sum", [[1]], (), Fails("[1]")),
    Case("no list", "sum", 5, (), Fails("list")),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_number_filter_gives_what_the_specification_says(case: Case) -> None:
    check(case)


def test_nought_by_nought_is_not_a_number() -> None:
    assert math.isnan(apply("divided_by", 0.0, 0))


@pytest.mark.parametrize("name", ["at_least", "at_most"])
def test_not_a_number_has_no_order(name: str) -> None:
    check(Case("NaN", name, math.nan, (1,), Fails("NaN")))
    check(Case("Infinity", name, INFINITY, (INFINITY,), INFINITY))


def test_growing_by_squares_ends_in_a_limit() -> None:
    def square_often() -> None:
        number = 9
        for _ in range(100):
            number = apply("times", number, number)

    with pytest.raises(LimitError):
        square_often()


@given(st.integers(-(10**9), 10**9), st.integers(-(10**6), 10**6).filter(bool))
def test_quotient_and_remainder_make_the_number(number: int, divisor: int) -> None:
    quotient, remainder = apply("divided_by", number, divisor), apply("modulo", number, divisor)
    assert quotient * divisor + remainder == number


PRICES = st.decimals(-1000, 1000, places=2)


@given(PRICES, PRICES)
def test_sums_of_prices_are_exact(left: Decimal, right: Decimal) -> None:
    assert apply("plus", str(left), str(right)) == float(left + right)
