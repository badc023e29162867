"""Makes the many of ``count: 5000`` quickly: what reading a seed made twice tells how all the others look.

Two products of one entry differ in their number, where ``{n}`` stands, in the ids of their own objects, and in their
handles. So the objects of the first two are compared, and each further product is a copy of the first with those
things put in: what reading would make, in a tenth of the time. Where two differ in any other way, ``copies_of`` says
that it cannot tell, and reading goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from runner.simulator.graph import Graph, Node, level_gid

Value: TypeAlias = Callable[[str, Sequence[str]], Any]
"""Makes a field's value of the number, as text, and the ids of the copy's objects."""
_LEVEL = "InventoryLevel"


class _Unlike(Exception):
    """The two differ in a way that says nothing about a third."""


@dataclass(frozen=True, slots=True)
class _Object:
    """One object of a copy: the fields that all have, and what makes the others."""

    type: str
    fields: Mapping[str, Any]
    varying: Mapping[str, Value]


class Copies:
    """Makes copies of a product; ``make`` adds one to the graph."""

    def __init__(self, objects: Sequence[_Object]) -> None:
        self._objects = objects

    def make(self, graph: Graph, number: int, head_id: str | None, head: Mapping[str, Callable[[str], str]]) -> None:
        """Create the objects of the copy ``number``.

        ``head_id`` is the id of the first one, None: the next of its type. ``head`` makes further fields of the first
        one, of its title.
        """
        text = str(number)
        ids = [graph.next_id(each.type) if each.type != _LEVEL else "" for each in self._objects[1:]]
        ids.insert(0, head_id or graph.next_id(self._objects[0].type))
        for place, each in enumerate(self._objects):
            fields = dict(each.fields)
            for name, value in each.varying.items():
                fields[name] = value(text, ids)
            if place == 0:
                for name, made in head.items():
                    fields[name] = made(fields["title"])
            elif each.type == _LEVEL:
                ids[place] = level_gid(fields["location"], fields["item"])
            graph.create(each.type, fields, id=ids[place])


def copies_of(first: Sequence[Node], second: Sequence[Node], apart: frozenset[str]) -> Copies | None:
    """What the objects of the products 1 and 2 of an entry tell of the others; None when they cannot.

    ``apart``: fields of the first object that are not compared.
    """
    own = {node.id: place for place, node in enumerate(first)}, {node.id: place for place, node in enumerate(second)}
    if [node.type for node in first] != [node.type for node in second]:
        return None
    objects = []
    try:
        for place, (one, two) in enumerate(zip(first, second, strict=True)):
            if list(one.fields) != list(two.fields):
                return None
            varying = {
                name: _value(one.fields[name], two.fields[name], own)
                for name in one.fields
                if (place or name not in apart) and not _same(one.fields[name], two.fields[name], own)
            }
            objects.append(_Object(one.type, one.fields, varying))
    except _Unlike:
        return None
    return Copies(objects)


def _same(one: Any, two: Any, own: tuple[Mapping[str, int], Mapping[str, int]]) -> bool:
    """Whether every product has this value. A reference to an own object is none, though ids might be alike."""
    return bool(one == two) and not (isinstance(one, str) and (one in own[0] or two in own[1]))


def _value(one: Any, two: Any, own: tuple[Mapping[str, int], Mapping[str, int]]) -> Value:
    if isinstance(one, list) and isinstance(two, list) and len(one) == len(two):
        members = [_value(*pair, own) for pair in zip(one, two, strict=True)]
        return lambda text, ids: [member(text, ids) for member in members]
    if _same(one, two, own):
        return lambda text, ids: one
    if not isinstance(one, str) or not isinstance(two, str):
        raise _Unlike
    place = own[0].get(one)
    if place is not None:
        if own[1].get(two) != place:
            raise _Unlike
        return lambda text, ids: ids[place]
    parts = _around_number(one, two)
    return lambda text, ids: text.join(parts)


def _around_number(one: str, two: str) -> list[str]:
    """What stands around the number in a text that is ``one`` for 1 and ``two`` for 2."""
    if len(one) != len(two):
        raise _Unlike
    parts = [""]
    for left, right in zip(one, two, strict=True):
        if left == right:
            parts[-1] += left
        elif (left, right) == ("1", "2"):
            parts.append("")
        else:
            raise _Unlike
    return parts
