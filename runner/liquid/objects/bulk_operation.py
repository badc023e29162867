"""``bulkOperation`` and its result objects, linked to their parents (liquid.md 5.1, engine.md 5.6)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from runner.liquid.objects.base import FrozenHash, FrozenList, LiquidObject

_PARENT = "__parent"


class BulkObject(LiquidObject):
    """One line of a bulk operation's result: its own keys, and ``__parent``, the object whose id is its ``__parentId``.

    ``__parent`` is a look-up only: it is in no JSON form and in no iteration, so nothing can go in circles.
    """

    __slots__ = ("_by_id", "_line")

    def __init__(self, line: FrozenHash, by_id: Mapping[str, BulkObject]) -> None:
        self._line = line
        self._by_id = by_id

    def lookup(self, key: Any) -> Any:
        if key in self._line:
            return self._line[key]
        parent = self._line.get("__parentId") if key == _PARENT else None
        return self._by_id.get(parent) if isinstance(parent, str) else None

    def plain(self) -> Any:
        return self._line


class BulkOperation(LiquidObject):
    """The operation's fields under their GraphQL names, and ``objects`` in the order of the result file.

    ``objects`` is an empty list when the operation has no result.
    """

    __slots__ = ("_objects", "_operation")

    def __init__(self, operation: FrozenHash) -> None:
        self._operation = operation
        self._objects: FrozenList | None = None

    def lookup(self, key: Any) -> Any:
        return self.objects() if key == "objects" else self._operation.get(key)

    def objects(self) -> FrozenList:
        """Every line of the result as an object, linked once, at the first look."""
        if self._objects is None:
            by_id: dict[str, BulkObject] = {}
            found = FrozenList(
                BulkObject(line, by_id) if isinstance(line, FrozenHash) else line
                for line in self._operation.get("objects") or ()
            )
            for line in found:
                ident = line.lookup("id") if isinstance(line, BulkObject) else None
                if isinstance(ident, str):
                    by_id[ident] = line
            self._objects = found
        return self._objects

    def plain(self) -> Any:
        return self._operation

    def __iter__(self) -> Iterator[Any]:
        return iter([[key, self.lookup(key)] for key in self._operation])
