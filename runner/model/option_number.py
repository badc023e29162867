"""Numbers as option values store them: JSON numbers, or strings that look like one."""

from __future__ import annotations

import math
import re
from typing import Any

_INTEGER = re.compile(r"[+-]?[0-9]{1,4000}")
_DECIMAL = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?")


def to_number(stored: Any) -> int | float | None:
    """An int when ``stored`` looks like one, else a float, else None (tasks.md 3.6).

    JSON numbers stay what they are. Strings may have white space around them. Booleans, infinities, thousands
    separators and words are no numbers.
    """
    if isinstance(stored, bool):
        return None
    if isinstance(stored, int):
        return stored
    if isinstance(stored, float):
        return stored if math.isfinite(stored) else None
    if not isinstance(stored, str):
        return None
    text = stored.strip()
    if _INTEGER.fullmatch(text):
        return int(text)
    if _DECIMAL.fullmatch(text):
        number = float(text)
        return number if math.isfinite(number) else None
    return None
