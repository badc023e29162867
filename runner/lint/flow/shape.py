"""What a variable may hold when the script runs: sets of shapes (tooling.md 7, L1)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from runner.lint.flow.text import Text

if TYPE_CHECKING:
    from graphql import GraphQLNamedType

    from runner.lint.flow.document import Query


@dataclass(frozen=True, slots=True)
class Leaf:
    """A text, number or boolean that no query gave: reading from it proves nothing."""


@dataclass(frozen=True, slots=True)
class Scalar:
    """A leaf of a query's result, at a path of response keys."""

    query: Query
    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Nothing:
    """nil: reading from it gives nil, and proves nothing."""


@dataclass(frozen=True, slots=True)
class Listing:
    """A list; ``items`` is what its elements may be."""

    items: Value


@dataclass(frozen=True, slots=True)
class Selection:
    """An object of a query's result: the query, and the path of response keys to it. Its fields are the query's."""

    query: Query
    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """What the shopify filter gives: a hash of data, errors and extensions."""

    query: Query


@dataclass(frozen=True, slots=True)
class Data:
    """JSON of a stub that the script has parsed; ``position`` is where in ``source`` it was written."""

    source: Text


Shape = Leaf | Scalar | Nothing | Listing | Selection | Result | Text | Data


@dataclass(frozen=True, slots=True)
class Value:
    """All shapes that may be there; ``unknown``: anything else, too."""

    shapes: frozenset[Shape] = frozenset()
    unknown: bool = False

    def __or__(self, other: Value) -> Value:
        if self == other:
            return self
        if self.unknown or other.unknown:
            return UNKNOWN
        shapes = self.shapes | other.shapes
        listings = [shape for shape in shapes if isinstance(shape, Listing)]
        if len(listings) > 1:
            joined = join(listing.items for listing in listings)
            shapes = (shapes - frozenset(listings)) | {Listing(joined)}
        return UNKNOWN if len(shapes) > _MOST_SHAPES else Value(shapes)


_MOST_SHAPES = 40
"""Shapes of one value that are told apart."""

UNKNOWN = Value(unknown=True)
LEAF = Value(frozenset({Leaf()}))
NOTHING = Value(frozenset({Nothing()}))
NEVER = Value()


def only(shape: Shape) -> Value:
    """A value of exactly this shape."""
    return Value(frozenset({shape}))


def join(values: Iterable[Value]) -> Value:
    """A value that may be any of ``values``."""
    joined = NEVER
    for value in values:
        joined = joined | value
    return joined


@dataclass(frozen=True, slots=True)
class Member:
    """A field of a selection: its response ``key``, whether it is a list, what is selected of it, and its type.

    ``fields`` None: a leaf. ``kind`` None: the schema does not know it. ``open``: names that Liquid gives may stand
    among the fields, so that any may be there.
    """

    key: str
    is_list: bool
    fields: Mapping[str, Member] | None
    kind: GraphQLNamedType | None = None
    open: bool = False
    depth: int = field(default=0)
    """How many lists stand inside each other."""
