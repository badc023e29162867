"""``cache``: the shop's cached values in templates."""

from __future__ import annotations

from typing import Any

from runner.liquid.objects.base import FrozenHash, LiquidObject, freeze
from runner.liquid.reads import Reads


class Cache(LiquidObject):
    """Cached values by key, live at the first look at each key and the same for the rest of the render (liquid.md 5.1).

    Keys with dots or other punctuation are reached through ``cache["a.b"]``. Iterates ``[key, value]`` pairs. What the
    run itself writes is never seen, since writes are actions.
    """

    __slots__ = ("_reads", "_seen")

    def __init__(self, reads: Reads) -> None:
        self._reads = reads
        self._seen: dict[str, Any] = {}

    def lookup(self, key: Any) -> Any:
        if isinstance(key, bool) or not isinstance(key, (str, int)):
            return None
        name = str(key)
        if name not in self._seen:
            self._seen[name] = freeze(self._reads.cache(name))
        return self._seen[name]

    def plain(self) -> Any:
        entries = {key: self._seen.setdefault(key, freeze(value)) for key, value in self._reads.cache_items()}
        return FrozenHash((key, value) for key, value in entries.items() if value is not None)
