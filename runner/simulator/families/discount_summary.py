"""The sentence Shopify shows for a discount: ``10% off entire order • Minimum purchase of $50.00``."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from runner.simulator.contract import Context
from runner.simulator.graph import Node

_SIGNS = {"AUD": "$", "CAD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "USD": "$"}


def money(amount: Any, context: Context) -> dict[str, Any]:
    """An amount in the shop's currency as ``MoneyV2``."""
    return {"amount": f"{Decimal(str(amount)):.2f}", "currencyCode": context.shop["currencyCode"]}


def summary(discount: Node, context: Context) -> str:
    """What a discount gives, to whom, and from when on; parts are joined by ``•``."""
    parts = [_offer(discount, context)]
    minimum = discount["_minimum"] or {}
    if minimum.get("subtotal") is not None:
        parts.append(f"Minimum purchase of {_written(minimum['subtotal'], context)}")
    elif minimum.get("quantity") is not None:
        parts.append(f"Minimum quantity of {minimum['quantity']}")
    maximum = (discount["_shipping"] or {}).get("maximum")
    if maximum is not None:
        parts.append(f"Applies to shipping rates under {_written(maximum, context)}")
    held = discount["_context"] or {}
    for name, word in (("customers", "customer"), ("segments", "customer segment")):
        if held.get(name):
            parts.append(f"For {_counted(held[name], word)}")
    if discount["usageLimit"] == 1:
        parts.append("One use total")
    if discount["appliesOncePerCustomer"]:
        parts.append("One use per customer")
    return " • ".join(parts)


def _offer(discount: Node, context: Context) -> str:
    if discount["_kind"].endswith("FreeShipping"):
        return f"Free shipping on {_destinations(discount['_shipping'] or {})}"
    gets = discount["_gets"]
    if gets is None:
        return str(discount["title"])
    if discount["_buys"]:
        bought, value = discount["_buys"]["value"], gets["value"]
        number = f"{bought['quantity']} item{'s' if str(bought['quantity']) != '1' else ''}"
        first = f"Spend {_written(bought['amount'], context)}" if bought.get("amount") is not None else f"Buy {number}"
        received = f"{value.get('quantity') or 1} item{'s' if str(value.get('quantity') or 1) != '1' else ''}"
        off = "free" if value.get("percentage") == 1 else f"at {_off(value, context)}"
        return f"{first}, get {received} {off}"
    return f"{_off(gets['value'], context)} {_items(gets['items'])}"


def _off(value: Mapping[str, Any], context: Context) -> str:
    if value.get("percentage") is not None:
        return f"{float(value['percentage']) * 100:.4g}% off"
    return f"{_written(value.get('amount') or '0', context)} off"


def _items(items: Mapping[str, Any]) -> str:
    if items.get("collections"):
        return _counted(items["collections"], "collection")
    if items.get("products"):
        return _counted(items["products"], "product")
    if items.get("variants"):
        return _counted(items["variants"], "variant")
    return "entire order"


def _destinations(shipping: Mapping[str, Any]) -> str:
    countries = shipping.get("countries")
    return "all products" if countries is None else f"all products to {_counted(countries, 'country')}"


def _counted(things: list[Any], word: str) -> str:
    many = f"{word[:-1]}ies" if word.endswith("y") else f"{word}s"
    return f"{len(things)} {word if len(things) == 1 else many}"


def _written(amount: Any, context: Context) -> str:
    code = context.shop["currencyCode"]
    return f"{_SIGNS.get(code, code + ' ')}{Decimal(str(amount)):,.2f}"
