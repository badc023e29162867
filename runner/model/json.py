"""JSON as a type, and its canonical text."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TypeAlias

JSON: TypeAlias = "bool | int | float | str | Sequence[JSON] | Mapping[str, JSON] | None"
"""Any value JSON can hold."""


def canonical(value: JSON) -> str:
    """The one text of ``value``: keys sorted, no white space, non-ASCII literal. For fingerprints and comparisons."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
