"""Metafields: the collection of an owner, narrowed by namespace, and values by their types (liquid.md 5.3)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from runner.liquid.objects.base import LiquidCollection, LiquidObject, freeze
from runner.liquid.objects.fetch import numeric_id
from runner.liquid.objects.resource import Resource

if TYPE_CHECKING:
    from runner.liquid.objects.fetch import Fetch

_DEPRECATED = frozenset({"string", "integer", "json_string"})
"""Types whose lookup by name gives the parsed value itself, without type and metafield around it."""

_STRUCTURED = frozenset(
    {"json", "json_string", "money", "rating", "dimension", "volume", "weight", "link", "rich_text_field", "language"}
)
_REFERENCE = "_reference"
_INTEGER = re.compile(r"-?[0-9]{1,400}")
_DECIMAL = re.compile(r"-?[0-9]{1,300}\.[0-9]{1,300}")
_LIST_MEMBERS = ("size", "first", "last")


class Metafield(Resource):
    """One metafield as REST has it: ``id namespace key value type …``."""

    NAME = "metafield"
    PATH = "metafields/{id}.json"
    __slots__ = ()

    @property
    def type(self) -> str:
        """The metafield's type; records from before 2021-07 call it ``value_type``."""
        return str(self.payload.get("type") or self.payload.get("value_type") or "string")


class Metafields(LiquidCollection):
    """Every metafield of one owner, lazily read; ``.namespace`` or ``["namespace"]`` narrows it.

    ``path`` is where REST serves them, None when the owner has no id: then there are none.
    """

    __slots__ = ("fetch", "owner", "path")

    def __init__(self, fetch: Fetch, path: str | None, owner: Resource | None = None) -> None:
        self.fetch = fetch
        self.path = path
        self.owner = owner

    def lookup(self, key: Any) -> Any:
        if isinstance(key, str) and key not in _LIST_MEMBERS:
            return MetafieldNamespace(self, key)
        return _list_member(self, key)

    def plain(self) -> Any:
        return [item.plain() for item in self]

    def __iter__(self) -> Iterator[Metafield]:
        if self.path is None:
            return
        for page in self.fetch.pages(self.path, {}):
            for item in page:
                yield Metafield(item, self.fetch, owner=self.owner, whole=True)


class MetafieldNamespace(LiquidCollection):
    """The metafields of one namespace: still iterable; ``.key`` is the typed value of one, None when missing."""

    __slots__ = ("_all", "_namespace")

    def __init__(self, everything: Metafields, namespace: str) -> None:
        self._all = everything
        self._namespace = namespace

    def lookup(self, key: Any) -> Any:
        for item in self:
            if item.payload.get("key") == key:
                return represent(item)
        return _list_member(self, key)

    def plain(self) -> Any:
        return [item.plain() for item in self]

    def __iter__(self) -> Iterator[Metafield]:
        return (item for item in self._all if item.payload.get("namespace") == self._namespace)


class MetafieldValue(LiquidObject):
    """A metafield of a modern type: ``type``, the typed ``value``, ``metafield``, and the resource it refers to."""

    __slots__ = ("_metafield",)

    def __init__(self, metafield: Metafield) -> None:
        self._metafield = metafield

    def lookup(self, key: Any) -> Any:
        metafield = self._metafield
        if key == "type":
            return metafield.type
        if key == "value":
            return typed(metafield.payload.get("value"), metafield.type)
        if key == "metafield":
            return metafield
        if metafield.type.endswith(_REFERENCE) and key == metafield.type.removesuffix(_REFERENCE):
            return self._referred(key)
        return None

    def _referred(self, name: str) -> Any:
        kind = self._metafield.fetch.resources.get(name)
        ident = numeric_id(self._metafield.payload.get("value"))
        if kind is None or kind.PATH is None or ident is None or kind.PATH.count("{") != 1:
            return None
        return kind.at(kind.PATH.replace("{id}", str(ident)), self._metafield.fetch)

    def plain(self) -> Any:
        return {
            "type": self._metafield.type,
            "value": self.lookup("value"),
            "metafield": self._metafield.plain(),
        }


def represent(metafield: Metafield) -> Any:
    """What ``metafields.namespace.key`` is: the parsed value for deprecated types, else an object around it."""
    if metafield.type in _DEPRECATED:
        return typed(metafield.payload.get("value"), metafield.type)
    return MetafieldValue(metafield)


def typed(value: Any, kind: str) -> Any:
    """The text that REST gives as ``value``, as a number, boolean or structure where its type says so.

    Values that do not fit their type stay as they are.
    """
    if not isinstance(value, str):
        return value
    if kind in ("integer", "number_integer", "number_decimal"):
        return _number(value)
    if kind == "boolean":
        return {"true": True, "false": False}.get(value, value)
    if kind in _STRUCTURED or kind.startswith("list."):
        return _structure(value)
    return value


def _number(text: str) -> Any:
    if _INTEGER.fullmatch(text):
        return int(text)
    return float(text) if _DECIMAL.fullmatch(text) else text


def _structure(text: str) -> Any:
    try:
        return freeze(json.loads(text, parse_constant=_refuse))
    except (ValueError, RecursionError):
        return text


def _refuse(word: str) -> Any:
    raise ValueError(word)


def _list_member(items: LiquidCollection, key: Any) -> Any:
    """``size``, ``first``, ``last`` or a position of ``items``; None for any other key."""
    if key == "size":
        return len(items)
    if key == "first":
        return next(iter(items), None)
    if key == "last":
        return next(iter(list(items)[-1:]), None)
    if isinstance(key, int) and not isinstance(key, bool):
        everything = list(items)
        return everything[key] if -len(everything) <= key < len(everything) else None
    return None
