"""JSON as a type, and its canonical text."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

JSON: TypeAlias = "bool | int | float | str | Sequence[JSON] | Mapping[str, JSON] | None"
"""Any value JSON can hold."""


def without_surrogates(value: Any) -> Any:
    """``value`` with half surrogate pairs in its texts replaced by U+FFFD: JSON can spell them, UTF-8 cannot."""
    if isinstance(value, str):
        return value if value.isascii() else value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [without_surrogates(item) for item in value]
    if isinstance(value, dict):
        return {without_surrogates(key): without_surrogates(item) for key, item in value.items()}
    return value


def canonical(value: JSON) -> str:
    """The one text of ``value``: keys sorted, no white space, non-ASCII literal. For fingerprints and comparisons."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def is_within(value: Any, levels: int) -> bool:
    """Whether no value inside ``value`` stands more than ``levels`` lists and objects deep."""
    inside = [value]
    for _ in range(levels + 1):
        inside = [
            each
            for outer in inside
            if isinstance(outer, (dict, list))
            for each in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(each, (dict, list))
        ]
        if not inside:
            return True
    return False
