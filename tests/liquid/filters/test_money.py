"""Filters of amounts (liquid.md 3.4)."""

from __future__ import annotations

import pytest

from tests.liquid.filters.cases import SHOP, Case, Fails, check

EURO = {"currency": "EUR", "primary_locale": "de", "money_format": "€{{amount_with_comma_separator}}"}

CASES = [
    Case("a text is major units", "money_with_currency", "19.90", (), "$19.90 USD"),
    Case("a number is minor units", "money_with_currency", 1990, (), "$19.90 USD"),
    Case("a float is minor units", "money_with_currency", 1990.0, (), "$19.90 USD"),
    Case("without the currency", "money", "19.90", (), "$19.90"),
    Case("thousands", "money", "1234567.5", (), "$1,234,567.50"),
    Case("half a cent rounds up", "money", "0.005", (), "$0.01"),
    Case("nil", "money", None, (), ""),
    Case("nil", "money_with_currency", None, (), ""),
    Case("nonsense is nought", "money", "abc", (), "$0.00"),
    Case("a negative amount", "money", -500, (), "$-5.00"),
    Case("comma separator", "money", 123456, (), "€1.234,56", shop=EURO),
    Case("no decimals", "money", 123456, (), "1,235 kr", shop={"money_format": "{{ amount_no_decimals }} kr"}),
    Case(
        "no decimals, comma separator",
        "money",
        123456,
        (),
        "1.235",
        shop={"money_format": "{{amount_no_decimals_with_comma_separator}}"},
    ),
    Case("apostrophe", "money", 123456, (), "1'234.56", shop={"money_format": "{{amount_with_apostrophe_separator}}"}),
    Case("space", "money", 123456, (), "1 234,56", shop={"money_format": "{{amount_with_space_separator}}"}),
    Case("a placeholder that is none", "money", 1, (), "{{price}}", shop={"money_format": "{{price}}"}),
    Case("a shop without formats", "money", 1990, (), "$19.90", shop={}),
    Case("a shop without formats", "money_with_currency", 1990, (), "$19.90 EUR", shop={"currency": "EUR"}),
    Case("Infinity", "money", float("inf"), (), Fails("amount")),
    Case("the shop's currency and locale", "currency", 1234.5, (), "$1,234.50"),
    Case("the example", "currency", 1234.5, ("EUR",), "€1\u202f234,50", {"locale": "fr"}),
    Case("a text", "currency", "1234.5", ("EUR",), "€1,234.50"),
    Case("the locale of the shop", "currency", "1234.5", (), "€1.234,50", shop=EURO),
    Case("a locale with a region", "currency", 1234.5, ("BRL",), "R$1.234,50", {"locale": "pt-BR"}),
    Case("no decimals in the currency", "currency", 1234.5, ("JPY",), "¥1,235"),
    Case("three decimals in the currency", "currency", 1.5, ("KWD",), "KWD1.500"),
    Case("no letters before the sign", "currency", 5, ("CAD",), "$5.00"),
    Case("minor units play no part", "currency", 100000.0, (), "$100,000.00"),
    Case("a negative amount", "currency", -5, (), "-$5.00"),
    Case("half away from zero", "currency", "2.675", (), "$2.68"),
    Case("a code in lower case", "currency", 1, ("eur",), "€1.00"),
    Case("nil", "currency", None, (), ""),
    Case("an unknown currency", "currency", 1, ("ZZZ",), Fails("ZZZ")),
    Case("an unknown locale", "currency", 1, (), Fails("nowhere"), {"locale": "nowhere"}),
    Case("a shop without currency", "currency", 1, (), "$1.00", shop={}),
    Case("a nil code", "currency", 1, (None,), "$1.00", shop=SHOP),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_an_amount_filter_gives_what_the_specification_says(case: Case) -> None:
    check(case)
