"""Reads what is posted to ``/_sim/…``; each function raises ``InputError`` for what does not fit."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from runner.errors import InputError


def text(body: Mapping[str, Any], name: str) -> str:
    """A text that must be there."""
    value = body.get(name)
    if not isinstance(value, str) or not value:
        raise InputError(f"{name} is missing: a text is expected")
    return value


def optional_text(body: Mapping[str, Any], name: str) -> str | None:
    """A text, or None without one."""
    value = body.get(name)
    if value is not None and not isinstance(value, str):
        raise InputError(f"{name} is a text, not {value!r}")
    return value


def texts(body: Mapping[str, Any], name: str) -> list[str]:
    """A list of texts; empty without one."""
    value = body.get(name) or []
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise InputError(f"{name} is a list of texts, not {value!r}")
    return value


def number(body: Mapping[str, Any], name: str, default: float = 0.0) -> float:
    """A number of seconds."""
    value = body.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InputError(f"{name} is a number of seconds, not {value!r}")
    return value


def numbers(body: Mapping[str, Any], name: str) -> list[int] | None:
    """A list of whole numbers; None without one."""
    value = body.get(name)
    if value is None:
        return None
    if not isinstance(value, list) or not all(isinstance(each, int) for each in value):
        raise InputError(f"{name} is a list of numbers, not {value!r}")
    return value


def moment(body: Mapping[str, Any], name: str) -> datetime:
    """A time in ISO 8601; without an offset it is UTC."""
    given = text(body, name)
    try:
        found = datetime.fromisoformat(given)
    except ValueError as error:
        raise InputError(f"{name} is a time such as 2026-03-02T10:00:00-05:00, not {given!r}") from error
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def since(query: Mapping[str, str]) -> int:
    """The number in ``?since=``; 0 without one."""
    given = query.get("since", "0")
    if not (given.isascii() and given.isdigit() and len(given) < 20):
        raise InputError(f"since is a number, not {given[:40]!r}")
    return int(given)


def seed(body: Mapping[str, Any]) -> Any:
    """What to start anew from: a seed's name, path or content; None: the one there was."""
    value = body.get("seed")
    if isinstance(value, bool | int | float | list):
        raise InputError(f"seed is a name or a path, not {value!r}", hint="or post the seed itself as YAML")
    return value
