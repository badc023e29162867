"""Results of bulk operations as templates read them: part by part from the store (engine.md 5.6)."""

from __future__ import annotations

from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Iterator

from runner.store.bulk import BulkPart, BulkRows

UNPACKED = 8
"""Parts that are kept unpacked: children often lie far from their parents, and each kind is walked in its order."""


class StoredLines:
    """The lines of a result that is kept in the store. Raises LookupError once it has been deleted."""

    def __init__(self, rows: BulkRows, bulk_id: str, parts: tuple[BulkPart, ...]) -> None:
        self._rows = rows
        self._bulk_id = bulk_id
        self._parts = parts
        self._unpacked: OrderedDict[int, list[bytes]] = OrderedDict()

    def __len__(self) -> int:
        return self._parts[-1].first_line + self._parts[-1].line_count if self._parts else 0

    def __getitem__(self, number: int) -> bytes:
        place = bisect_right(self._parts, number, key=lambda part: part.first_line) - 1
        return self._lines(place)[number - self._parts[place].first_line]

    def __iter__(self) -> Iterator[bytes]:
        for part in self._parts:
            yield from self._rows.lines(self._bulk_id, part.part)

    def _lines(self, place: int) -> list[bytes]:
        found = self._unpacked.get(place)
        if found is None:
            found = self._unpacked[place] = self._rows.lines(self._bulk_id, self._parts[place].part)
            if len(self._unpacked) > UNPACKED:
                self._unpacked.popitem(last=False)
        else:
            self._unpacked.move_to_end(place)
        return found


def stored_result(rows: BulkRows, shop: str, operation_id: str) -> StoredLines:
    """The kept result of an operation that an action of ``shop`` started. Raises LookupError when there is none."""
    watch = rows.of_operation(shop, operation_id)
    parts = rows.parts(watch.id) if watch is not None else ()
    if watch is None or not parts:
        raise LookupError(operation_id)
    return StoredLines(rows, watch.id, parts)
