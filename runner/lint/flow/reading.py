"""Reads: one step from a value to what is in it, and a record of each step of the script."""

from __future__ import annotations

from dataclasses import dataclass, field

from runner.lint.flow.document import Query, member_value
from runner.lint.flow.shape import (
    LEAF,
    NEVER,
    NOTHING,
    UNKNOWN,
    Data,
    Leaf,
    Listing,
    Nothing,
    Result,
    Scalar,
    Selection,
    Shape,
    Value,
    join,
    only,
)
from runner.lint.flow.text import Text
from runner.liquid.expressions.nodes import Property

Key = str | int | Property | None
"""A step: a name, a position, a property, or None for what is only known when the script runs."""
_RESPONSE = ("data", "errors", "extensions")


@dataclass(slots=True)
class Site:
    """One step of a path in the script: ``key`` is read at ``offset`` of the script, as a part of ``path``.

    ``hit``: something that may be there holds it. ``missing``: what may be there and does not: the query, the path of
    response keys in it, and what stands there.
    """

    key: str
    path: str
    offset: int
    hit: bool = False
    missing: set[tuple[Query, tuple[str, ...], str]] = field(default_factory=set)

    @property
    def is_miss(self) -> bool:
        """Whether nothing that may be there holds the key."""
        return bool(self.missing) and not self.hit


class Reads:
    """Takes steps, and remembers by site what they met. ``assigned`` are keys that the script itself sets anywhere."""

    def __init__(self, assigned: frozenset[str]) -> None:
        self.assigned = assigned
        self.sites: dict[tuple[int, str], Site] = {}
        self.recording = True

    def step(self, value: Value, key: Key, site: Site | None = None) -> Value:
        """What ``key`` gives of ``value``; ``site`` is where the script asks."""
        known = self._site(site)
        if value.unknown:
            known.hit = True
            return UNKNOWN
        return join(self._of_shape(shape, key, known) for shape in value.shapes)

    def _site(self, site: Site | None) -> Site:
        if site is None or not self.recording:
            return Site("", "", 0)
        return self.sites.setdefault((site.offset, site.key), site)

    def _of_shape(self, shape: Shape, key: Key, site: Site) -> Value:
        match shape:
            case Selection():
                return self._of_selection(shape, key, site)
            case Result():
                return self._of_result(shape, key, site)
            case Listing():
                return self._of_listing(shape, key, site)
            case Scalar():
                if isinstance(key, str):
                    return self._missed(shape.query, shape.path, "a plain value", key, site)
                return LEAF
            case Nothing():
                return NOTHING
            case Leaf() | Text():
                return LEAF if isinstance(key, Property) else NOTHING
            case Data():
                site.hit = True
                return UNKNOWN

    def _of_result(self, shape: Result, key: Key, site: Site) -> Value:
        if not isinstance(key, str):
            site.hit = True
            return UNKNOWN
        if key == "data":
            site.hit = True
            return only(Selection(shape.query, ()))
        if key in _RESPONSE or key in self.assigned:
            site.hit = True
            return UNKNOWN
        return self._missed(shape.query, (), "the response", key, site)

    def _of_selection(self, shape: Selection, key: Key, site: Site) -> Value:
        member = shape.query.member(shape.path)
        name = key.name if isinstance(key, Property) else key
        if member is None or member.fields is None or not isinstance(name, str):
            site.hit = True
            return UNKNOWN
        if name in member.fields:
            site.hit = True
            found = member_value(shape.query, (*shape.path, name), member.fields[name])
            return found | UNKNOWN if name in self.assigned else found
        if isinstance(key, Property):
            site.hit = True
            return LEAF if name == "size" else UNKNOWN  # first and last of a hash are pairs
        if member.open or name in self.assigned:
            site.hit = True
            return UNKNOWN
        return self._missed(shape.query, shape.path, "an object", name, site)

    def _of_listing(self, shape: Listing, key: Key, site: Site) -> Value:
        if isinstance(key, str):
            if shape.items == NEVER:
                return NOTHING
            owner = next((each for each in shape.items.shapes if isinstance(each, Selection | Scalar)), None)
            if owner is None:
                site.hit = True
                return UNKNOWN
            return self._missed(owner.query, owner.path, "a list", key, site)
        site.hit = True
        if isinstance(key, Property) and key.name == "size":
            return LEAF
        return shape.items | NOTHING

    def _missed(self, query: Query, path: tuple[str, ...], what: str, key: str, site: Site) -> Value:
        site.missing.add((query, path, what))
        return NOTHING


def items_of(value: Value) -> Value:
    """What a loop over ``value`` gives."""
    if value.unknown:
        return UNKNOWN
    found = NEVER
    for shape in value.shapes:
        match shape:
            case Listing():
                found = found | shape.items
            case Nothing():
                pass
            case Leaf() | Scalar() | Text():
                found = found | LEAF
            case _:
                return UNKNOWN
    return found
