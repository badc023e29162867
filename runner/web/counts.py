"""How many requests came in and what became of them, since the start."""

from __future__ import annotations

import threading
from collections import Counter


class Counts:
    """Numbers by (address, outcome): ``shopify`` and ``kept``, ``duplicate``, ``refused:size`` … Any thread may add."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._numbers: Counter[tuple[str, str]] = Counter()

    def add(self, address: str, outcome: str) -> None:
        """One request more."""
        with self._lock:
            self._numbers[address, outcome] += 1

    def rows(self) -> list[tuple[str, str, int]]:
        """(address, outcome, number), sorted."""
        with self._lock:
            return [(address, outcome, number) for (address, outcome), number in sorted(self._numbers.items())]

    def to_dict(self) -> dict[str, dict[str, int]]:
        """JSON-ready: address -> outcome -> number."""
        document: dict[str, dict[str, int]] = {}
        for address, outcome, number in self.rows():
            document.setdefault(address, {})[outcome] = number
        return document
