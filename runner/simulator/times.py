"""Times as callers write them, and as the shop keeps them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

_ISO = re.compile(r"\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}.*)?", re.ASCII)
_MARGIN = timedelta(days=2)


def utc_time(text: str) -> str | None:
    """``2026-03-02T15:00:00Z`` of a time in ISO 8601; without an offset it is UTC. None for what is no time.

    The first and last days that Python knows are none: no shop could show them in its own time zone.
    """
    if not _ISO.fullmatch(text):
        return None
    try:
        moment = datetime.fromisoformat(text)
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
        _ = moment - _MARGIN, moment + _MARGIN
    except (ValueError, OverflowError):
        return None
    # Not strftime: it writes the year 1 without its zeros.
    return moment.replace(microsecond=0, tzinfo=None).isoformat() + "Z"
