"""Tables of filter cases, and how one is checked."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

from runner.errors import LiquidError
from runner.liquid.filters import all_filters
from runner.liquid.reads import Reads
from runner.liquid.state import RenderState

NOW = datetime(2026, 3, 4, 20, 6, 7, tzinfo=UTC)
SHOP = {
    "iana_timezone": "America/New_York",
    "currency": "USD",
    "primary_locale": "en",
    "money_format": "${{amount}}",
    "money_with_currency_format": "${{amount}} USD",
}
FILTERS = all_filters()


def state(shop: Mapping[str, Any] = SHOP, reads: Reads | None = None) -> RenderState:
    """A render at a fixed moment: 15:06:07 on Wednesday 4 March 2026 in New York."""
    return RenderState(now=NOW, shop=shop) if reads is None else RenderState(now=NOW, shop=shop, reads=reads)


@dataclass(frozen=True)
class Fails:
    """The case raises LiquidError, or ``kind``, with ``words`` in its message."""

    words: str
    kind: type[LiquidError] = LiquidError


@dataclass(frozen=True)
class Case:
    """``value | name: args, named`` gives ``expected``."""

    description: str
    name: str
    value: Any
    args: tuple[Any, ...] = ()
    expected: Any = None
    named: dict[str, Any] = field(default_factory=dict)
    shop: Mapping[str, Any] = field(default_factory=lambda: SHOP)

    def __str__(self) -> str:
        return f"{self.name}: {self.description}"


def apply(name: str, value: Any, *args: Any, render: RenderState | None = None, **named: Any) -> Any:
    """The result of one filter."""
    function = FILTERS[name]
    if "state" in inspect.signature(function).parameters:
        named["state"] = render or state()
    return function(value, *args, **named)


def check(case: Case) -> None:
    """Run ``case`` and compare result and types."""
    render = state(case.shop)
    if isinstance(case.expected, Fails):
        with pytest.raises(case.expected.kind) as caught:
            apply(case.name, case.value, *case.args, render=render, **case.named)
        assert case.expected.words in caught.value.message
        return
    result = apply(case.name, case.value, *case.args, render=render, **case.named)
    assert same(result, case.expected), f"{result!r} is not {case.expected!r}"


def same(left: Any, right: Any) -> bool:
    """Equal in content and in type, at any depth: 1, 1.0 and true differ."""
    if type(left) is not type(right):
        return False
    if isinstance(left, list):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, dict):
        return list(left) == list(right) and all(same(left[key], right[key]) for key in left)
    return bool(left == right)
