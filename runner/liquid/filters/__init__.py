"""The filters of the dialect (liquid.md 3), one family a module.

A filter is a function: input first, then the positional Liquid arguments; named Liquid arguments are its keyword-only
parameters. One that needs the render declares keyword-only ``state``. Each module ends with its table ``FILTERS``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Filter = Callable[..., Any]


def all_filters() -> dict[str, Filter]:
    """Every filter by its Liquid name. Raises ValueError when two families claim one name."""
    from runner.liquid.filters import (
        array,
        browser,
        codec,
        crypto,
        date,
        deprecated,
        hash,
        math,
        money,
        notation,
        phone,
        regex,
        shopify,
        string,
        table,
        xml,
    )

    return merge(
        array.FILTERS,
        browser.FILTERS,
        codec.FILTERS,
        crypto.FILTERS,
        date.FILTERS,
        deprecated.FILTERS,
        hash.FILTERS,
        math.FILTERS,
        money.FILTERS,
        notation.FILTERS,
        phone.FILTERS,
        regex.FILTERS,
        shopify.FILTERS,
        string.FILTERS,
        table.FILTERS,
        xml.FILTERS,
    )


def merge(*tables: dict[str, Filter]) -> dict[str, Filter]:
    """One table of all ``tables``. Raises ValueError for a name that stands in two of them."""
    merged: dict[str, Filter] = {}
    for table in tables:
        taken = sorted(merged.keys() & table.keys())
        if taken:
            raise ValueError(f"filters defined twice: {', '.join(taken)}")
        merged.update(table)
    return merged
