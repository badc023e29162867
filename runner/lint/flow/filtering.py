"""What filters give for what they are given, as far as data flow is concerned."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from runner.lint.flow.document import result_of
from runner.lint.flow.reading import Reads, Site
from runner.lint.flow.shape import LEAF, NOTHING, UNKNOWN, Data, Listing, Nothing, Value, join, only
from runner.lint.flow.text import LONGEST, Text
from runner.liquid.expressions.nodes import Literal, Property

if TYPE_CHECKING:
    from graphql import GraphQLSchema

    from runner.liquid.expressions.filters import Filter

_SAME = frozenset({"compact", "reverse", "slice", "sort", "sort_natural", "sort_naturally", "uniq", "where", "strip"})
"""Filters that keep what they are given, or leave some of it out."""
_PLAIN = frozenset({"size", "json", "date", "downcase", "upcase", "join", "plus", "minus", "times", "round", "money"})
"""Filters that give a text or number, from which nothing is read."""


class Filtering:
    """Applies filters to values. ``sent`` is told every text that is sent as a query."""

    def __init__(self, reads: Reads, schema: GraphQLSchema, sent: Callable[[Text], None]) -> None:
        self._reads = reads
        self._schema = schema
        self._sent = sent
        self._own: Mapping[str, Callable[[Value, Filter, list[Value]], Value]] = {
            "append": lambda value, _, given: _joined_text(value, given, forward=True),
            "concat": self._concat,
            "default": self._default,
            "first": lambda value, _, given: reads.step(value, Property("first")),
            "last": lambda value, _, given: reads.step(value, Property("last")),
            "map": self._map,
            "parse_json": lambda value, _, given: _parsed(value),
            "prepend": lambda value, _, given: _joined_text(value, given, forward=False),
            "push": self._push,
            "shopify": self._shopify,
            "unshift": self._push,
        }

    def apply(self, value: Value, filter_: Filter, given: list[Value]) -> Value:
        """What ``filter_`` gives for ``value``; ``given`` are its positional arguments, evaluated."""
        name = filter_.function.name
        if name in self._own:
            return self._own[name](value, filter_, given)
        if name in _SAME:
            self._by_key(value, filter_)
            return value
        return LEAF if name in _PLAIN else UNKNOWN

    def _by_key(self, value: Value, filter_: Filter) -> None:
        """A filter that looks at a key of each item reads it."""
        key = _key(filter_)
        if key is not None and filter_.function.name not in ("slice", "strip"):
            self._items_step(value, key, filter_)

    def _items_step(self, value: Value, key: str, filter_: Filter) -> Value:
        path = f"{filter_.function.name}: {key}"
        argument = filter_.positional[0]
        found = []
        for shape in value.shapes:
            if isinstance(shape, Listing) and not any(isinstance(each, Listing) for each in shape.items.shapes):
                found.append(self._reads.step(shape.items, key, Site(key, path, argument.start + 1)))
            elif not isinstance(shape, Nothing):
                return UNKNOWN
        return UNKNOWN if value.unknown else join(found)

    def _map(self, value: Value, filter_: Filter, given: list[Value]) -> Value:
        key = _key(filter_)
        if key is None:
            return UNKNOWN
        items = self._items_step(value, key, filter_)
        return UNKNOWN if items.unknown else only(Listing(items))

    def _concat(self, value: Value, filter_: Filter, given: list[Value]) -> Value:
        both = [value, *given]
        items = []
        for each in both:
            if each.unknown:
                return UNKNOWN
            for shape in each.shapes:
                if isinstance(shape, Listing):
                    items.append(shape.items)
                elif not isinstance(shape, Nothing):
                    return UNKNOWN
        return only(Listing(join(items)))

    def _push(self, value: Value, filter_: Filter, given: list[Value]) -> Value:
        items = []
        for shape in value.shapes:
            if not isinstance(shape, Listing):
                return UNKNOWN
            items.append(shape.items)
        return UNKNOWN if value.unknown else only(Listing(join([*items, *given])))

    def _default(self, value: Value, filter_: Filter, given: list[Value]) -> Value:
        rest = Value(value.shapes - NOTHING.shapes, value.unknown)
        return join([rest, *given])

    def _shopify(self, value: Value, filter_: Filter, given: list[Value]) -> Value:
        texts = [shape for shape in value.shapes if isinstance(shape, Text)]
        for text in texts:
            self._sent(text)
        if value.unknown or not texts or len(texts) != len(value.shapes - NOTHING.shapes):
            return UNKNOWN
        return join(result_of(text, self._schema) for text in texts)


def _key(filter_: Filter) -> str | None:
    """The key that is given as a text, when it is a plain name."""
    argument: Any = filter_.positional[0] if filter_.positional else None
    value = argument.value if isinstance(argument, Literal) else None
    return value if isinstance(value, str) and value.isidentifier() else None


def _joined_text(value: Value, given: list[Value], *, forward: bool) -> Value:
    if value.unknown or len(given) != 1 or given[0].unknown or len(value.shapes) != 1 or len(given[0].shapes) != 1:
        return UNKNOWN
    (one,), (other,) = value.shapes, given[0].shapes
    if not isinstance(one, Text) or not isinstance(other, Text) or one.length + other.length > LONGEST:
        return UNKNOWN
    return only(one + other if forward else other + one)


def _parsed(value: Value) -> Value:
    if value.unknown or len(value.shapes) != 1:
        return UNKNOWN
    (shape,) = value.shapes
    return only(Data(shape)) if isinstance(shape, Text) else UNKNOWN
