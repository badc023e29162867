"""Long lists of ids in parts: databases limit the number of values in a statement."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

CHUNK = 1000


def chunks(items: Sequence[str], size: int = CHUNK) -> Iterable[Sequence[str]]:
    """``items`` in runs of at most ``size``."""
    return (items[at : at + size] for at in range(0, len(items), size))
