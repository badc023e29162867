"""Lists of name and value, as orders and line items carry them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from runner.liquid.objects.base import FrozenList, LiquidCollection


class NamedValues(LiquidCollection):
    """A list of ``{name, value}`` hashes: ``x["Gift note"]`` is the value of the first entry with exactly that name.

    Positions, ``first``, ``last`` and ``size`` stay those of the list, and so does its JSON form (liquid.md 5.3).
    """

    __slots__ = ("_entries",)

    def __init__(self, entries: FrozenList) -> None:
        self._entries = entries

    def lookup(self, key: Any) -> Any:
        entries = self._entries
        if isinstance(key, int) and not isinstance(key, bool):
            return entries[key] if -len(entries) <= key < len(entries) else None
        if key == "size":
            return len(entries)
        if key in ("first", "last"):
            return entries[0 if key == "first" else -1] if entries else None
        named = (entry for entry in entries if isinstance(entry, dict) and entry.get("name") == key)
        return next(named, {}).get("value")

    def plain(self) -> Any:
        return self._entries

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._entries)
