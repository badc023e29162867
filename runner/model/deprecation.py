"""What the shop says of a call that it will not answer any more some day."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DeprecatedCall:
    """A call that was answered with a reason to change it (engine.md 5.5).

    ``request`` in a few words, ids left out, such as ``GET /admin/api/2025-10/products/{id}.json``; ``version`` is the
    API version asked.
    """

    request: str
    version: str
    reason: str
