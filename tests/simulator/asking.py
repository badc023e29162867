"""What tests of the simulator ask a served shop."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

Ask: TypeAlias = Callable[..., dict[str, Any]]


def mutate(ask: Ask, text: str) -> dict[str, Any]:
    """The payload of the one mutation in ``text``, which the shop takes."""
    body = ask(f"mutation {{ {text} }}")
    assert "errors" not in body, body
    (payload,) = body["data"].values()
    result: dict[str, Any] = payload
    return result
