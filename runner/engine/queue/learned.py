"""How the queue's library writes a dispatch, learned from itself once, and then said again for each.

It builds and compiles both of its statements anew for every dispatch on SQLite, which was a third of all the work of
keeping an event (durability.md 3.2). So the first dispatch of a process has it write one that is undone at once,
listens to what reaches the driver, and finds where the values stand.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import event

from runner.store import Transaction

Enqueue = Callable[[Transaction, str, str, int, str, int], object]
"""``(transaction, key, run id, dispatch number, shop, priority)``: queues a dispatch by the library."""

_RUN, _NUMBER, _SHOP, _PRIORITY = "6f0c5a52-learned-run", 1_928_374, "6f0c5a52-learned-shop", 1_827_364
_KEY = f"{_RUN}#{_NUMBER}"
_RUN_IN_JSON, _NUMBER_IN_JSON = json.dumps(_RUN), json.dumps(_NUMBER)


@dataclass(frozen=True, slots=True)
class Dispatch:
    """A dispatch that is due at once: its key, its run id and number, the shop it counts for, its priority."""

    key: str
    run_id: str
    number: int
    shop: str
    priority: int


class LearnedEnqueue:
    """Queues dispatches with the statements of ``enqueue``, where they can be understood; otherwise by it."""

    def __init__(self, enqueue: Enqueue) -> None:
        self._enqueue = enqueue
        self._statements: tuple[_Statement, ...] | None = None

    def add(self, transaction: Transaction, dispatch: Dispatch) -> None:
        """Queue ``dispatch`` as part of ``transaction``; one that is queued already stays as it is."""
        if self._statements is None:
            self._statements = self._learned(transaction)
        for statement in self._statements:
            transaction.exec_driver_sql(statement.text, statement.parameters(dispatch))
        if not self._statements:
            self._enqueue(transaction, dispatch.key, dispatch.run_id, dispatch.number, dispatch.shop, dispatch.priority)

    def _learned(self, transaction: Transaction) -> tuple[_Statement, ...]:
        """What the library says to the driver for a dispatch; none where not every value is found again in it."""
        heard: list[_Statement] = []

        def hear(connection: Any, cursor: Any, text: str, parameters: Any, *unused: Any) -> None:
            heard.append(_Statement(text, parameters))

        rehearsal = transaction.begin_nested()
        event.listen(transaction, "before_cursor_execute", hear)
        try:
            self._enqueue(transaction, _KEY, _RUN, _NUMBER, _SHOP, _PRIORITY)
        finally:
            event.remove(transaction, "before_cursor_execute", hear)
            rehearsal.rollback()
        places = sorted(place for statement in heard for place in statement.places())
        return tuple(heard) if places == ["arguments", "key", "key", "priority", "shop"] else ()


class _Statement:
    """A statement as the driver got it, with the values of its parameters by place or by name."""

    def __init__(self, text: str, values: Any) -> None:
        self.text = text
        self._named = isinstance(values, Mapping)
        self._values: dict[Any, Any] = dict(values if self._named else enumerate(values))
        found = {name: _place(value) for name, value in self._values.items()}
        self._places = {name: place for name, place in found.items() if place is not None}

    def places(self) -> Iterable[str]:
        """What of a dispatch stands among the values."""
        return self._places.values()

    def parameters(self, dispatch: Dispatch) -> Any:
        """The values for ``dispatch``."""
        values = self._values.copy()
        for name, place in self._places.items():
            values[name] = _arguments(values[name], dispatch) if place == "arguments" else getattr(dispatch, place)
        return values if self._named else tuple(values.values())


def _place(value: Any) -> str | None:
    if value == _KEY:
        return "key"
    if value == _SHOP:
        return "shop"
    if value == _PRIORITY:
        return "priority"
    is_arguments = isinstance(value, str) and value.count(_RUN_IN_JSON) == value.count(_NUMBER_IN_JSON) == 1
    return "arguments" if is_arguments else None


def _arguments(text: str, dispatch: Dispatch) -> str:
    named = text.replace(_NUMBER_IN_JSON, json.dumps(dispatch.number))
    return named.replace(_RUN_IN_JSON, json.dumps(dispatch.run_id))
