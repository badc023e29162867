"""Whether a metafield's text is a value of its type. Types are the published list; texts by analogy."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from runner.simulator.validation import valid_gid

_COLOR = re.compile(r"#[0-9A-Fa-f]{6}\Z")
_URL = re.compile(r"(https?|mailto|sms|tel):\S+\Z")


def value_error(kind: str, value: str) -> tuple[str, str, str] | None:
    """Field, message and code of what is wrong with ``type`` and ``value``; None when all is well."""
    base = kind.removeprefix("list.")
    check = _CHECKS.get(base) or _DEPRECATED.get(kind)
    if check is None or (kind.startswith("list.") and base not in _LISTS):
        message = f"Type must be one of the following: {', '.join(TYPE_NAMES)}."
        return "type", message, "INCLUSION"
    problem = _list_problem(value, base, check) if kind.startswith("list.") else check(value)
    return ("value", problem, "INVALID_VALUE") if problem else None


def _list_problem(value: str, base: str, check: Callable[[str], str | None]) -> str | None:
    try:
        members = json.loads(value)
    except ValueError:
        return "Value is invalid JSON."
    if not isinstance(members, list):
        return "Value must be an array."
    for member in members:
        text = member if isinstance(member, str) else json.dumps(member)
        problem = check(text)
        if problem:
            return problem
    return None


def _text(value: str) -> str | None:
    return None


def _single_line(value: str) -> str | None:
    return "Value must be a single line text string." if "\n" in value else None


def _integer(value: str) -> str | None:
    return None if re.fullmatch(r"-?\d{1,19}", value) else "Value must be an integer."


def _decimal(value: str) -> str | None:
    try:
        Decimal(value)
    except InvalidOperation:
        return "Value must be a decimal."
    return None


def _boolean(value: str) -> str | None:
    return None if value in ("true", "false") else "Value must be true or false."


def _json(value: str) -> str | None:
    try:
        json.loads(value)
    except ValueError:
        return "Value is invalid JSON."
    return None


def _object(value: str) -> str | None:
    try:
        return None if isinstance(json.loads(value), dict) else "Value must be a JSON object."
    except ValueError:
        return "Value is invalid JSON."


def _date(value: str) -> str | None:
    try:
        date.fromisoformat(value)
    except ValueError:
        return 'Value must be in "YYYY-MM-DD" format. For example: 2022-06-30.'
    return None


def _date_time(value: str) -> str | None:
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return 'Value must be in "YYYY-MM-DDTHH:MM:SS" format. For example: 2022-06-01T15:30:00.'
    return None


def _color(value: str) -> str | None:
    return None if _COLOR.match(value) else "Value must be a hex color code."


def _url(value: str) -> str | None:
    return None if _URL.match(value) else "Value must be a URL with http, https, mailto, sms or tel."


def _reference(value: str) -> str | None:
    return None if valid_gid(value) else "Value must be a valid global id."


_CHECKS: dict[str, Callable[[str], str | None]] = {
    "antenna_gain": _object,
    "article_reference": _reference,
    "boolean": _boolean,
    "collection_reference": _reference,
    "color": _color,
    "company_reference": _reference,
    "customer_reference": _reference,
    "date": _date,
    "date_time": _date_time,
    "dimension": _object,
    "file_reference": _reference,
    "id": _single_line,
    "json": _json,
    "language": _single_line,
    "link": _object,
    "metaobject_reference": _reference,
    "mixed_reference": _reference,
    "money": _object,
    "multi_line_text_field": _text,
    "number_decimal": _decimal,
    "number_integer": _integer,
    "order_reference": _reference,
    "page_reference": _reference,
    "product_reference": _reference,
    "product_taxonomy_value_reference": _reference,
    "rating": _object,
    "rich_text_field": _object,
    "single_line_text_field": _single_line,
    "url": _url,
    "variant_reference": _reference,
    "volume": _object,
    "weight": _object,
}
_DEPRECATED: dict[str, Callable[[str], str | None]] = {"integer": _integer, "json_string": _json, "string": _text}
"""Kinds of valueType. Metafields still take them as their type; definitions do not, and refusals do not name them."""
_LISTS = frozenset(
    name
    for name in _CHECKS
    if name not in ("boolean", "id", "json", "language", "money", "multi_line_text_field", "rich_text_field")
)
TYPE_NAMES = (*_CHECKS, *sorted(f"list.{name}" for name in _LISTS))
"""Every type of metafields, in the order in which refusals name them."""
