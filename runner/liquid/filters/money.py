"""Filters of amounts (liquid.md 3.4)."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext
from typing import Any, Final

from runner.errors import LiquidError
from runner.liquid.state import RenderState
from runner.liquid.values import argument_text, number, shown

DEFAULT_CURRENCY: Final = "USD"
DEFAULT_LOCALE: Final = "en"
DEFAULT_FORMAT: Final = "${{amount}}"

_ROUNDING: Final = Context(prec=400, rounding=ROUND_HALF_UP)
_PLACEHOLDER: Final = re.compile(r"\{\{\s*(\w+)\s*\}\}")
_AMOUNTS: Final[dict[str, tuple[int, str, str]]] = {
    "amount": (2, ",", "."),
    "amount_no_decimals": (0, ",", "."),
    "amount_with_comma_separator": (2, ".", ","),
    "amount_no_decimals_with_comma_separator": (0, ".", ","),
    "amount_with_apostrophe_separator": (2, "'", "."),
    "amount_no_decimals_with_space_separator": (0, " ", ","),
    "amount_with_space_separator": (2, " ", ","),
    "amount_with_period_and_space_separator": (2, " ", "."),
}
"""Shopify's placeholders of money formats: decimals, thousands mark, decimal mark."""


def money(value: Any, *, state: RenderState) -> str:
    """The amount in the shop's ``money_format``; numbers are minor units, texts major ones; nil is an empty text."""
    return _money("money", value, str(state.shop.get("money_format") or DEFAULT_FORMAT))


def money_with_currency(value: Any, *, state: RenderState) -> str:
    """The amount in the shop's ``money_with_currency_format``; units as for ``money``."""
    code = state.shop.get("currency") or DEFAULT_CURRENCY
    layout = state.shop.get("money_with_currency_format") or f"{DEFAULT_FORMAT} {code}"
    return _money("money_with_currency", value, str(layout))


def _money(name: str, value: Any, layout: str) -> str:
    if value is None:
        return ""
    amount = _amount(name, value)
    if not isinstance(value, str):
        amount = _ROUNDING.divide(amount, Decimal(100))

    def placed(found: re.Match[str]) -> str:
        shape = _AMOUNTS.get(found.group(1))
        return _grouped(amount, *shape) if shape else found.group()

    return _PLACEHOLDER.sub(placed, layout)


def _amount(name: str, value: Any) -> Decimal:
    amount = Decimal(number(value))
    if not amount.is_finite() or amount.adjusted() > 300:
        raise LiquidError(f"{name}: {shown(value)} is not an amount")
    return amount


def _grouped(amount: Decimal, decimals: int, thousands: str, point: str) -> str:
    rounded = amount.quantize(Decimal(1).scaleb(-decimals), context=_ROUNDING)
    return f"{rounded:,f}".translate({ord(","): thousands, ord("."): point})


def currency(value: Any, code: Any = None, *, locale: Any = None, state: RenderState) -> str:
    """The amount, in major units, with the currency's symbol in front and the marks of the locale.

    ``code`` is an ISO code (the shop's currency when not given), ``locale`` such as ``fr`` or ``pt-BR`` (the shop's
    primary locale). nil is an empty text. LiquidError for a code or locale that is not known.
    """
    if value is None:
        return ""
    from babel import Locale, UnknownLocaleError
    from babel.numbers import UnknownCurrencyError, format_decimal, get_currency_precision, get_currency_symbol
    from babel.numbers import validate_currency as check

    iso = argument_text(code or state.shop.get("currency") or DEFAULT_CURRENCY).upper()
    named = argument_text(locale or state.shop.get("primary_locale") or DEFAULT_LOCALE)
    try:
        check(iso)
        place = Locale.parse(named.replace("-", "_"))
    except UnknownCurrencyError as error:
        raise LiquidError(f"currency: {iso!r} is not a currency", hint="Use an ISO code such as EUR.") from error
    except (UnknownLocaleError, ValueError) as error:
        raise LiquidError(f"currency: {named!r} is not a locale", hint='Use a code such as "fr" or "pt-BR".') from error
    decimals = get_currency_precision(iso)
    amount = _amount("currency", value).quantize(Decimal(1).scaleb(-decimals), context=_ROUNDING)
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    with localcontext(_ROUNDING):
        digits = format_decimal(amount.copy_abs(), format=pattern, locale=place)
    return f"{'-' if amount < 0 else ''}{_narrow(get_currency_symbol(iso, DEFAULT_LOCALE))}{digits}"


def _narrow(symbol: str) -> str:
    """``CA$`` as ``$``: the sign without the country's letters; ``R$`` and symbols of letters only stay."""
    return re.sub(r"^(?:[A-Z]{2}|A)(?=[^A-Za-z])", "", symbol)


FILTERS: dict[str, Callable[..., Any]] = {
    "currency": currency,
    "money": money,
    "money_with_currency": money_with_currency,
}
