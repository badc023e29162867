"""Bodies of REST requests, before a resource reads them: each attribute in the form that its name asks for.

What one reads as text is text, where a list of objects belongs there is one, amounts are numbers and times are times.
Shopify's models do the same casts; the refusals are by analogy with those seen (``paging.missing``).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from runner.errors import InputError
from runner.simulator.contract import RestCall, RestError
from runner.simulator.rest.paging import missing
from runner.simulator.times import utc_time

_LISTS = frozenset(
    (
        "addresses", "collects", "facts", "fulfillment_order_line_items", "images", "line_items",
        "line_items_by_fulfillment_order", "metafields", "note_attributes", "refund_line_items", "rules",
        "transactions", "variants"
    )
)  # fmt: skip
_OBJECTS = frozenset(
    (
        "applied_discount", "billing_address", "customer", "customer_invite", "default_address",
        "draft_order_invoice", "email_marketing_consent", "image", "shipping", "shipping_address", "shipping_line",
        "sms_marketing_consent", "tracking_info"
    )
)  # fmt: skip
_TEXTS = frozenset(
    (
        "address1", "address2", "alt", "attachment", "author", "barcode", "body_html", "city", "column",
        "commentable", "company", "condition", "consent_level", "country", "country_code", "country_code_of_origin",
        "country_name", "currency", "custom_message", "description", "email", "first_name", "from", "gateway",
        "handle", "harmonized_system_code", "inventory_management", "inventory_policy", "key", "kind", "last_name",
        "level", "locale", "message", "multipass_identifier", "name", "namespace", "note", "number", "opt_in_level",
        "option1", "option2", "option3", "path", "phone", "product_type", "province", "province_code",
        "province_code_of_origin", "reason", "relation", "restock_type", "role", "sku", "sort_order", "source_key",
        "source_name", "src", "state", "status", "subject", "summary_html", "target", "template_suffix", "title",
        "to", "type", "url", "value_type", "vendor", "weight_unit", "zip"
    )
)  # fmt: skip
_WHOLE = frozenset(["inventory_quantity", "old_inventory_quantity", "position", "quantity"])
_AMOUNTS = frozenset(["amount", "compare_at_price", "cost", "price", "weight", "grams"])
_OWN = frozenset(["customer", "quantity"])
_ADDRESSES = frozenset(["address", "billing"])
"""Of a person, in what shoppers do; that of a webhook over REST is a text."""
_INT_MAX = 2**31 - 1
_AMOUNT_MAX = 10.0**15


def shaped(call: RestCall) -> RestCall:
    """The call with its body in the form that resources read. ``RestError`` 400 or 422 where that cannot be."""
    if not isinstance(call.body, Mapping):
        return call
    return replace(call, body=_object(call.body))


def arguments(given: Mapping[str, Any]) -> dict[str, Any]:
    """The same for what shoppers and staff do, which knows attributes by the same names. ``InputError``.

    There, a customer is named by an address of email, and verbs say themselves what is no quantity.
    """
    for name in _ADDRESSES & set(given):
        if given[name] is not None and not isinstance(given[name], Mapping):
            raise InputError(f"{name} is not what belongs there: {given[name]!r}", hint="{address1, city, zip, …}")
    try:
        plain = {name: value for name, value in given.items() if name in _OWN and not isinstance(value, Mapping)}
        return {name: plain[name] if name in plain else _attribute(name, value) for name, value in given.items()}
    except RestError as refusal:
        name, words = next(iter(refusal.errors.items()))
        said = "is not what belongs there" if isinstance(words, str) else words[0]
        raise InputError(f"{name} {said}: {given.get(name)!r}") from refusal


def _object(given: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _attribute(name, value) for name, value in given.items()}


def _attribute(name: str, value: Any) -> Any:
    if value is None:
        return None
    if name in _LISTS:
        if not isinstance(value, list) or not all(isinstance(row, Mapping) for row in value):
            raise missing(name)
        return [_object(row) for row in value]
    if isinstance(value, Mapping):
        if name in _TEXTS or name in _WHOLE or name in _AMOUNTS or _is_id(name):
            raise missing(name)
        return _object(value)
    if name in _OBJECTS:
        raise missing(name)
    return _scalar(name, value)


def _scalar(name: str, value: Any) -> Any:
    if name in _TEXTS:
        return _text(name, value)
    if name == "tags":
        return [_text(name, each) for each in value] if isinstance(value, list) else _text(name, value)
    if name in _WHOLE:
        return _whole(name, value)
    if name in _AMOUNTS:
        return _amount(name, value)
    if name.endswith("_at"):
        # Shopify's models read a text that is no time as none.
        return utc_time(value) if isinstance(value, str) else None
    if _is_id(name):
        return _id(name, value)
    return value


def _is_id(name: str) -> bool:
    return name == "id" or name.endswith("_id")


def _text(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str | int | float):
        raise missing(name)
    return str(value)


def _whole(name: str, value: Any) -> int:
    try:
        number = int(value) if not isinstance(value, list | bool) else None
    except (ValueError, OverflowError):
        number = None
    if number is None or abs(number) > _INT_MAX:
        raise RestError(422, {name: ["is not a number"]})
    return number


def _amount(name: str, value: Any) -> Any:
    """An amount as it was given, if it is one."""
    if value == "":
        return None
    try:
        number = float(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else math.nan
    except (ValueError, OverflowError):
        number = math.nan
    if not abs(number) < _AMOUNT_MAX:
        raise RestError(422, {name: ["is not a number"]})
    return value


def _id(name: str, value: Any) -> Any:
    if isinstance(value, bool | list) or (isinstance(value, str) and not (value.isascii() and value.isdigit())):
        # A global id stands for the number in it nowhere but where a resource reads it itself.
        if isinstance(value, str):
            return value
        raise missing(name)
    return int(value) if isinstance(value, float) else value
