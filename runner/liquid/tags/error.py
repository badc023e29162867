"""``error``: fails the run with a value, after rendering to the end (liquid.md 2.4)."""

from __future__ import annotations

from runner.liquid.tags.log import LogTag


class ErrorTag(LogTag):
    """Reads ``error``, which has the forms of ``log`` and writes ``{"error": value}``."""

    name = "error"
