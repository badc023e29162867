"""``error``: fails the run with a value, after rendering to the end (liquid.md 2.4)."""

from __future__ import annotations

from runner.liquid.tags.log import LogTag


class ErrorTag(LogTag):
    """``{% error value %}``: fails the run with a value, in the forms of ``log``.

    Rendering goes on to the end, and no action of the run is performed; logs are kept. In a preview it keeps the task
    from being enabled. Written as ``{"error": value}``.
    """

    name = "error"
