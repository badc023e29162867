"""Filters of hashes (liquid.md 3.6)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from runner.errors import LiquidError
from runner.liquid.filters.arguments import is_list
from runner.liquid.objects.base import LiquidObject
from runner.liquid.values import argument_text, shown


def keys(value: Any) -> list[Any]:
    """The keys, in insertion order; nil gives ``[]``."""
    return list(_pairs("keys", value))


def values(value: Any) -> list[Any]:
    """The values, in insertion order; nil gives ``[]``."""
    return list(_pairs("values", value).values())


def _pairs(name: str, value: Any) -> dict[Any, Any]:
    if value is None:
        return {}
    if isinstance(value, dict):
        return value
    if isinstance(value, LiquidObject) and not is_list(value):
        return dict(iter(value))
    raise LiquidError(f"{name}: the input must be a hash, not {shown(value)}")


def except_(value: dict[str, Any], *excluded: Any) -> dict[str, Any]:
    """A new hash without the keys given. Reached through the list filter of the same name."""
    unwanted = {argument_text(key) for key in excluded}
    return {key: item for key, item in value.items() if key not in unwanted}


def slice_(value: dict[str, Any], *wanted: Any) -> dict[str, Any]:
    """A new hash of the keys that exist, in argument order. Reached through the list filter of the same name."""
    return {key: value[key] for key in map(argument_text, wanted) if key in value}


def compact(value: dict[str, Any]) -> dict[str, Any]:
    """A new hash without nil values, top level only. Reached through the list filter of the same name."""
    return {key: item for key, item in value.items() if item is not None}


FILTERS: dict[str, Callable[..., Any]] = {"keys": keys, "values": values}
