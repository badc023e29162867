"""JSON text inside a tag's body."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from runner.errors import LiquidError


def body_json(body: str) -> tuple[bool, Any]:
    """``(True, value)`` when ``body`` is one strict JSON value, ``(False, None)`` when it is not."""
    try:
        return True, strict_json(body)
    except ValueError:
        return False, None


def body_value(body: str, tag: str) -> Any:
    """The JSON value of the body of ``tag``. Raises ``LiquidError`` quoting the JSON error and the text there."""
    try:
        return strict_json(body)
    except json.JSONDecodeError as error:
        raise LiquidError(
            f"the body of the {tag} tag is not valid JSON: {error.msg} at line {error.lineno}, column {error.colno} "
            f"of the rendered text: {excerpt(body, error.pos)}",
            hint="Print values with the json filter: {{ value | json }}.",
            code="liquid.json",
        ) from error
    except ValueError as error:
        raise LiquidError(f"the body of the {tag} tag is not valid JSON: {error}", code="liquid.json") from error


def strict_json(text: str) -> Any:
    """One JSON value and nothing else. Raises ``ValueError``: no NaN, no raw control characters, no deep nesting."""
    try:
        return json.loads(text, parse_constant=refuse_constant)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error


def excerpt(text: str, position: int, length: int = 80) -> str:
    """Up to ``length`` characters of ``text`` from ``position``, on one line, for error messages."""
    return repr(text[position : position + length]) if position < len(text) else "the end of the text"


def refuse_constant(constant: str) -> NoReturn:
    """For JSON decoders: NaN and Infinity are no JSON. Raises ``ValueError``."""
    raise ValueError(f"{constant} is not a JSON value")
