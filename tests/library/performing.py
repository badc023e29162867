"""The distinct valid actions of all previews, to be performed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from runner.actions import action_type
from runner.errors import ActionError
from runner.model.json import canonical
from tests.library.test_action_options import actions


@dataclass(frozen=True)
class Distinct:
    """One action; ``exports`` render it."""

    type: str
    options: Any = field(hash=False)
    exports: frozenset[str]


@cache
def distinct(kind: str) -> tuple[Distinct, ...]:
    """All actions of a type with options that it takes, each once, in an order that stays."""
    exports: dict[str, set[str]] = {}
    options: dict[str, Any] = {}
    for export, _, action in actions():
        if action["type"] == kind:
            text = canonical(action["options"])
            exports.setdefault(text, set()).add(export)
            options[text] = action["options"]
    found = (Distinct(kind, options[text], frozenset(exports[text])) for text in sorted(options))
    return tuple(each for each in found if _valid(each))


def _valid(action: Distinct) -> bool:
    try:
        action_type(action.type).validate(action.options)
    except ActionError:
        return False
    return True


def grouped(refused: Mapping[Distinct, str], known: Iterable[str]) -> dict[str, set[str]]:
    """The exports by the first of ``known`` that is a part of their message; else by the message."""
    found: dict[str, set[str]] = {}
    for action, message in refused.items():
        key = next((part for part in known if part in message), message)
        found.setdefault(key, set()).update(action.exports)
    return found
