"""Rendering of template text as tests want it: with plain variables, a fixed now and small budgets."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from runner.errors import LiquidError
from runner.liquid.limits import Budget, Limits
from runner.liquid.state import RenderState
from runner.liquid.stream import Emitted, read_stream
from runner.liquid.template import parse

NOW = datetime(2026, 3, 4, 20, 6, 7, tzinfo=UTC)
LIMITS = Limits(iterations=10_000, output=100_000, seconds=30)


@pytest.fixture
def state() -> RenderState:
    return RenderState(now=NOW, shop={"iana_timezone": "America/New_York", "currency": "USD"})


@pytest.fixture
def text(state: RenderState) -> Callable[..., str]:
    """``text(source, **variables)``: what a template writes, as a script would."""

    def rendered(source: str, **variables: Any) -> str:
        return parse(source, "script").run(variables, state, Budget(LIMITS), emits=True)[0]

    return rendered


@pytest.fixture
def emitted(state: RenderState) -> Callable[..., Emitted]:
    """``emitted(source, **variables)``: the actions, logs and errors that a script prints."""

    def rendered(source: str, **variables: Any) -> Emitted:
        output, context = parse(source, "script").run(variables, state, Budget(LIMITS), emits=True)
        return read_stream(output, source, context.marks)

    return rendered


@pytest.fixture
def refused(text: Callable[..., str]) -> Callable[..., LiquidError]:
    """``refused(source, **variables)``: the error with which a template ends; it must have one with a place."""

    def error(source: str, **variables: Any) -> LiquidError:
        with pytest.raises(LiquidError) as caught:
            text(source, **variables)
        assert caught.value.where is not None
        assert caught.value.where.line is not None
        return caught.value

    return error
