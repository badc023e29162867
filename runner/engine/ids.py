"""Fresh ids for what comes from outside. Ids inside the engine are derived (``runner.actions.base.derived_id``)."""

from __future__ import annotations

from uuid import uuid4


def fresh_id() -> str:
    """A random UUID. The engine takes another source as its argument ``ids`` where runs must repeat exactly."""
    return str(uuid4())
