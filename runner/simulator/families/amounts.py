"""Amounts of money of orders: exact decimals inside, ``MoneyBag`` and decimal text outside.

The simulated shop sells in its own currency: shop money and presentment money are the same amount.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from runner.simulator.contract import Context

CENT = Decimal("0.01")
ZERO = Decimal("0.00")


def decimal(value: Any) -> Decimal:
    """A stored or given amount; nothing is zero, and so is what is no number."""
    try:
        return Decimal(str(value)) if value is not None else ZERO
    except InvalidOperation:
        return ZERO


def rounded(amount: Decimal) -> Decimal:
    """To the cent, halves up."""
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)


def text(amount: Decimal) -> str:
    """As REST and the scalar ``Money`` give it: ``57.90``."""
    return f"{rounded(amount):.2f}"


def short(amount: Decimal) -> str:
    """As ``MoneyV2.amount`` gives it, without needless zeros: ``57.9``, ``57.0``."""
    digits = text(amount)
    return digits[:-1] if digits.endswith("0") else digits


def money(amount: Decimal, context: Context) -> dict[str, Any]:
    """A ``MoneyV2`` in the shop's currency."""
    return {"amount": short(amount), "currencyCode": context.shop["currencyCode"]}


def bag(amount: Decimal, context: Context) -> dict[str, Any]:
    """A ``MoneyBag``."""
    value = money(amount, context)
    return {"shopMoney": value, "presentmentMoney": value}


def rest_set(amount: Decimal, context: Context) -> dict[str, Any]:
    """A ``…_set`` of REST: ``{shop_money, presentment_money}``."""
    value = {"amount": text(amount), "currency_code": context.shop["currencyCode"]}
    return {"shop_money": value, "presentment_money": dict(value)}


def given_amount(given: Mapping[str, Any] | None) -> Decimal | None:
    """The amount in a ``MoneyInput`` or ``MoneyBagInput``; None without one."""
    if not given:
        return None
    inner = given.get("shopMoney") or given
    return decimal(inner["amount"]) if inner.get("amount") is not None else None


def split(amount: Decimal, weights: Iterable[Decimal]) -> list[Decimal]:
    """``amount`` in parts proportional to ``weights``, to the cent; the last one with a weight takes what is left."""
    parts = list(weights)
    whole = sum(parts, ZERO)
    if not whole:
        return [ZERO for _ in parts]
    shares = [rounded(amount * part / whole) for part in parts]
    last = max(index for index, part in enumerate(parts) if part)
    shares[last] += rounded(amount) - sum(shares, ZERO)
    return shares


def worth(row: Mapping[str, Any], amount: Decimal, quantity: int) -> Decimal:
    """What a discount takes off ``amount``, which is of ``quantity`` units: at most all of it."""
    value = decimal(row["value"])
    off = amount * value / 100 if row["value_type"] == "PERCENTAGE" else value * quantity
    return min(amount, off)
