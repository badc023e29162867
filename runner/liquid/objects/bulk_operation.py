"""``bulkOperation`` and its result objects, linked to their parents (liquid.md 5.1, engine.md 5.6)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from runner.errors import LiquidError
from runner.liquid.limits import refuse_large
from runner.liquid.objects.base import FrozenHash, FrozenList, LiquidCollection, LiquidObject
from runner.liquid.objects.bulk_lines import INDEXED, BulkResult, ListedLines, ParsedLines, both, is_hash
from runner.liquid.reads import Reads

_PARENT = "__parent"


class BulkObject(LiquidObject):
    """One line of a bulk operation's result: its own keys, and ``__parent``, the object whose id is its ``__parentId``.

    ``__parent`` is a look-up only: it is in no JSON form and in no iteration, so nothing can go in circles.
    """

    __slots__ = ("_number", "_result")

    def __init__(self, result: BulkResult, number: int) -> None:
        self._result = result
        self._number = number

    def lookup(self, key: Any) -> Any:
        line = self._result.lines[self._number]
        if key in line:
            return line[key]
        if key != _PARENT:
            return None
        wanted = line.get("__parentId")
        number = self._result.parent(wanted) if isinstance(wanted, str) else None
        return None if number is None else BulkObject(self._result, number)

    def plain(self) -> Any:
        return self._result.lines[self._number]


class BulkObjects(LiquidCollection):
    """Objects of a result in the order of its file: all, or those that ``where`` selected.

    They are read as they are walked over; only their numbers are held, and ``where`` finds its lines by index.
    """

    __slots__ = ("_numbers", "_result")

    def __init__(self, result: BulkResult, numbers: Sequence[int] | None = None) -> None:
        self._result = result
        self._numbers = range(len(result.lines)) if numbers is None else numbers

    @property
    def is_selection(self) -> bool:
        """Whether a filter made it, so that it is the script's own list."""
        return not isinstance(self._numbers, range)

    def where(self, key: Any, wanted: Any, fits: Callable[[Any], bool]) -> BulkObjects:
        """Those that have ``wanted`` under ``key``, which is what ``fits`` says of an object."""
        if key in INDEXED and isinstance(wanted, str):
            return BulkObjects(self._result, both(self._numbers, self._result.having(key, wanted)))
        return BulkObjects(self._result, [number for number in self._numbers if fits(self._item(number))])

    def lookup(self, key: Any) -> Any:
        size = len(self._numbers)
        if key == "size":
            return size
        place = {"first": 0, "last": -1}.get(key, key) if isinstance(key, str) else key
        if isinstance(place, bool) or not isinstance(place, int) or not -size <= place < size:
            return None
        return self._item(self._numbers[place])

    def plain(self) -> Any:
        found = [self._result.lines[number] for number in self._numbers]
        refuse_large(found, "json")
        return found

    def __len__(self) -> int:
        return len(self._numbers)

    def __iter__(self) -> Iterator[Any]:
        return map(self._item, self._numbers)

    def _item(self, number: int) -> Any:
        line = self._result.lines[number]
        return BulkObject(self._result, number) if is_hash(line) else line


class BulkOperation(LiquidObject):
    """The operation's fields under their GraphQL names, and ``objects`` in the order of the result file.

    ``objects`` is an empty list when the operation has no result.
    """

    __slots__ = ("_objects", "_operation", "_reads")

    def __init__(self, operation: FrozenHash, reads: Reads) -> None:
        self._operation = operation
        self._reads = reads
        self._objects: BulkObjects | FrozenList | None = None

    def lookup(self, key: Any) -> Any:
        return self.objects() if key == "objects" else self._operation.get(key)

    def objects(self) -> BulkObjects | FrozenList:
        """Every line of the result as an object. Raises LiquidError when the result was there and is gone."""
        if self._objects is None:
            result = self._result()
            self._objects = BulkObjects(result) if result is not None and len(result.lines) else FrozenList()
        return self._objects

    def plain(self) -> Any:
        return self._operation

    def __iter__(self) -> Iterator[Any]:
        return iter([[key, self.lookup(key)] for key in self._operation])

    def _result(self) -> BulkResult | None:
        listed = self._operation.get("objects")
        if isinstance(listed, FrozenList):
            return BulkResult(ListedLines(listed))
        ident = self._operation.get("id")
        if not isinstance(ident, str) or not self._operation.get("url"):
            return None
        try:
            texts = self._reads.bulk_result(ident)
        except LookupError as error:
            # differs: the platform gives an empty list, which a script cannot tell from a shop without anything.
            raise LiquidError(
                "bulkOperation.objects: the result of this operation is not kept here, or no longer",
                hint="Run the task again, so that it starts a new bulk operation.",
                code="liquid.bulk",
            ) from error
        return None if texts is None else BulkResult(ParsedLines(texts))
