"""The lines of a bulk operation's result, read as they are needed and looked up by index (actions.md 4.6).

A result may have more lines than a run may hold in memory. So a line is parsed when something in it is looked up, few
parsed ones are remembered, and what is kept of all lines is numbers: which have this ``id``, ``__typename`` or
``__parentId``.
"""

from __future__ import annotations

import json
from array import array
from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Protocol

from runner.errors import LiquidError
from runner.liquid.objects.base import FrozenHash, FrozenList, freeze
from runner.liquid.reads import ResultLines

INDEXED = ("__typename", "__parentId")
"""What scripts narrow results by, in loops."""
REMEMBERED = 512
"""Parsed lines that are kept for the next look at them."""
_NONE: Sequence[int] = ()


class Lines(Protocol):
    """The lines of a result as values, by number from 0 on."""

    def __len__(self) -> int: ...

    def __getitem__(self, number: int, /) -> Any:
        """The value of a line, frozen."""

    def __iter__(self) -> Iterator[Any]: ...


class ListedLines:
    """Lines that came with the event: of a preview, a fixture."""

    __slots__ = ("_values",)

    def __init__(self, values: FrozenList) -> None:
        self._values = values

    def __len__(self) -> int:
        return len(self._values)

    def __getitem__(self, number: int) -> Any:
        return self._values[number]

    def __iter__(self) -> Iterator[Any]:
        return iter(self._values)


class ParsedLines:
    """Lines of JSON text, each parsed when it is looked at."""

    __slots__ = ("_recent", "_texts")

    def __init__(self, texts: ResultLines) -> None:
        self._texts = texts
        self._recent: OrderedDict[int, Any] = OrderedDict()

    def __len__(self) -> int:
        return len(self._texts)

    def __getitem__(self, number: int) -> Any:
        found = self._recent.get(number)
        if found is None:
            found = self._recent[number] = freeze(self._parsed(number, self._texts[number]))
            if len(self._recent) > REMEMBERED:
                self._recent.popitem(last=False)
        return found

    def __iter__(self) -> Iterator[Any]:
        return (self._parsed(number, text) for number, text in enumerate(self._texts))

    def _parsed(self, number: int, text: bytes) -> Any:
        try:
            return json.loads(text)
        except ValueError as error:
            raise LiquidError(
                f"line {number + 1} of the bulk operation's result is no JSON: {error}", code="liquid.bulk"
            ) from error


class BulkResult:
    """All lines of a result, with what is looked up in them. The indexes are made in one pass, at the first need."""

    __slots__ = ("_by_id", "_by_key", "lines")

    def __init__(self, lines: Lines) -> None:
        self.lines = lines
        self._by_id: dict[str, int] | None = None
        self._by_key: dict[str, dict[str, array[int]]] = {}

    def parent(self, ident: str) -> int | None:
        """The number of the line whose ``id`` is this; the last one, should there be several."""
        return self._index()[0].get(ident)

    def having(self, key: str, value: str) -> Sequence[int]:
        """The numbers of the lines that have ``value`` under ``key``, one of ``INDEXED``."""
        return self._index()[1][key].get(value, _NONE)

    def _index(self) -> tuple[dict[str, int], dict[str, dict[str, array[int]]]]:
        if self._by_id is None:
            by_id: dict[str, int] = {}
            by_key: dict[str, dict[str, array[int]]] = {key: {} for key in INDEXED}
            for number, line in enumerate(self.lines):
                if not isinstance(line, dict):
                    continue
                ident = line.get("id")
                if isinstance(ident, str):
                    by_id[ident] = number
                for key, numbers in by_key.items():
                    value = line.get(key)
                    if isinstance(value, str):
                        known = numbers.get(value)
                        if known is None:
                            numbers[value] = array("I", (number,))
                        else:
                            known.append(number)
            self._by_id, self._by_key = by_id, by_key
        return self._by_id, self._by_key


def both(some: Sequence[int], others: Sequence[int]) -> Sequence[int]:
    """The numbers in both rising sequences: as fast as the shorter one is short."""
    short, long = sorted((some, others), key=len)
    if isinstance(long, range):
        return [number for number in short if number in long]
    return array("I", _found(short, long))


def _found(short: Iterable[int], long: Sequence[int]) -> Iterator[int]:
    for number in short:
        place = bisect_left(long, number)
        if place < len(long) and long[place] == number:
            yield number


def is_hash(line: Any) -> bool:
    """Whether a line is an object, which can be looked into."""
    return isinstance(line, FrozenHash)
