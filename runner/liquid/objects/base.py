"""What makes a value an object in templates, and containers that scripts may not change."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from runner.model.json import without_surrogates


class LiquidObject:
    """A hash-like value that answers lookups itself (a "drop").

    ``lookup`` never raises for an unknown key: it gives None (nil). Iteration gives ``[key, value]`` pairs, as a hash
    does. Truthy, never equal to ``blank`` or ``empty``, frozen: bracketed assignment into it is an error.
    """

    __slots__ = ()

    def lookup(self, key: Any) -> Any:
        """The value under ``key`` (a string, or an integer from ``x[1]``); None when there is none."""
        raise KeyError(key)  # pragma: no cover - every subclass answers

    def plain(self) -> Any:
        """The object as plain JSON data, as the ``json`` filter writes it."""
        raise TypeError(type(self).__name__)  # pragma: no cover - every subclass answers

    def __iter__(self) -> Iterator[Any]:
        data = self.plain()
        return iter([[key, value] for key, value in data.items()] if isinstance(data, dict) else data)


class LiquidCollection(LiquidObject):
    """A list-like value, fetched lazily: iterates items, has ``size``, ``first``, ``last``, integer and name lookups.

    Filters treat it as a list; with no items it equals ``blank`` and ``empty`` (liquid.md 1.4).
    """

    __slots__ = ()

    def __len__(self) -> int:
        return sum(1 for _ in self)


class FrozenHash(dict[str, Any]):
    """A hash from the environment: readable like any other, not assignable (liquid.md 4.3)."""

    __slots__ = ()


class FrozenList(list[Any]):
    """A list from the environment: readable like any other, not assignable (liquid.md 4.3)."""

    __slots__ = ()


def freeze(value: Any) -> Any:
    """``value`` with every plain hash and list in its frozen form, at any depth, and no half characters in texts."""
    if isinstance(value, dict):
        if type(value) is FrozenHash:
            return value
        return FrozenHash({_sound(key): _frozen(item) for key, item in value.items()})
    if isinstance(value, (list, tuple)):
        return value if type(value) is FrozenList else FrozenList([_frozen(item) for item in value])
    return _sound(value)


def _frozen(item: Any) -> Any:
    return freeze(item) if isinstance(item, (dict, list, tuple)) else _sound(item)


def _sound(value: Any) -> Any:
    return without_surrogates(value) if isinstance(value, str) and not value.isascii() else value


def thaw(value: Any, charge: Callable[[int], None]) -> Any:
    """A deep, assignable copy of plain or frozen ``value``; objects are shared, since they are never changed.

    ``charge`` is told the elements of each container before it is copied, and may refuse.
    """
    if isinstance(value, dict):
        charge(len(value))
        return {key: thaw(item, charge) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        charge(len(value))
        return [thaw(item, charge) for item in value]
    return value
