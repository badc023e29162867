"""What a value holds, as far as that is known while a script is written: from sample events, and from what queries ask.

A shape is looked into step by step, and only where somebody asks: members are made when they are wanted.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from runner.liquid.objects.listing import Listing
from runner.liquid.objects.relation import ByName, Many, MetafieldsAt, One, Part, Relation
from runner.liquid.objects.resources import RESOURCES, SHOP_LISTINGS
from runner.lsp.graphql_text import Node

_SHOWN = 60
Members = Callable[[], Mapping[str, "Shape"]]
Samples = Callable[[str], Any]
"""The name of a resource -> what one looks like; None where that is not known."""


def _none() -> Mapping[str, Shape]:
    return {}


def _no_item() -> Shape | None:
    return None


@dataclass(frozen=True, slots=True)
class Shape:
    """``about`` says in a few words what it is; ``members`` are what stands behind a dot, ``item`` an element."""

    about: str = ""
    members: Members = _none
    item: Callable[[], Shape | None] = _no_item

    def step(self, name: str) -> Shape | None:
        """What stands under a name or position; an item for ``first``, ``last`` and positions of a list."""
        found = self.members().get(name)
        return found if found is not None else self.item() if name in ("first", "last") or name.isdigit() else None


def list_of(item: Callable[[], Shape | None], about: str, more: Mapping[str, Shape] | None = None) -> Shape:
    """A list of such items, with what ``more`` it answers to."""

    def members() -> Mapping[str, Shape]:
        element = item()
        first = {"first": element, "last": element} if element is not None else {}
        return {"size": Shape("number of elements"), **first, **(more or {})}

    return Shape(about, members, item)


def of_json(value: Any, about: str = "") -> Shape:
    """What a value of JSON holds; of a list, what all its hashes have."""
    if isinstance(value, Mapping):
        return Shape(about or "hash", lambda: {str(key): of_json(inner) for key, inner in value.items()})
    if isinstance(value, list | tuple):
        hashes = [each for each in value if isinstance(each, Mapping)]
        item = {key: inner for each in reversed(hashes) for key, inner in each.items()} if hashes else None
        first = item if item is not None else next(iter(value), None)
        return list_of(lambda: of_json(first) if first is not None else None, about or "list")
    text = json.dumps(value, ensure_ascii=False, default=str)
    kind = {bool: "boolean", int: "number", float: "number", str: "text"}.get(type(value), "nil in the sample")
    short = text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
    return Shape(about or (kind if value is None else f"{kind}, such as {short}"))


def of_resource(kind: str, payload: Any, samples: Samples) -> Shape:
    """An object of the shop: the fields of ``payload`` (of a sample, without one), and what it leads to."""

    def members() -> Mapping[str, Shape]:
        fields = payload if isinstance(payload, Mapping) else samples(kind)
        found = {str(key): of_json(value) for key, value in fields.items()} if isinstance(fields, Mapping) else {}
        relations = RESOURCES[kind].RELATIONS if kind in RESOURCES else {}
        for name, relation in relations.items():
            inner = fields.get(name) if isinstance(fields, Mapping) else None
            found[name] = _related(name, relation, inner, samples)
        return found

    return Shape(kind, members)


def _related(name: str, relation: Relation, inner: Any, samples: Samples) -> Shape:
    match relation:
        case Part(kind):
            if isinstance(inner, list) or (inner is None and name.endswith("s")):
                first = next((each for each in inner or () if isinstance(each, Mapping)), None)
                return list_of(lambda: of_resource(kind, first, samples), f"list of {kind}")
            return of_resource(kind, inner, samples)
        case One(kind):
            return of_resource(kind, inner, samples)
        case Many(listing):
            return of_listing(listing, samples)
        case MetafieldsAt():
            return list_of(lambda: of_resource("metafield", None, samples), "metafields, by namespace and key")
        case ByName():
            return of_json(inner, "values, also by name")
        case _ if name in RESOURCES:
            return of_resource(name, inner, samples)
        case _:
            return of_json(inner)


def of_listing(listing: Listing, samples: Samples) -> Shape:
    """A collection, with the scopes that narrow it."""
    about = f"{listing.kind} collection"
    scopes = {name: list_of(lambda: of_resource(listing.kind, None, samples), about) for name in listing.scopes}
    return list_of(lambda: of_resource(listing.kind, None, samples), about, scopes)


def of_shop(record: Mapping[str, Any], samples: Samples) -> Shape:
    """``shop``: its record, and everything in it."""

    def members() -> Mapping[str, Shape]:
        listings = {name: of_listing(listing, samples) for name, listing in SHOP_LISTINGS.items()}
        fields = {key: of_json(value) for key, value in record.items()}
        return {"admin_url": Shape("address of the admin, with a slash at the end"), **fields, **listings}

    return Shape("the shop", members)


def of_node(node: Node) -> Shape:
    """What a query asks for under one key."""
    kind = node.type or "object"
    inner = Shape(kind.strip("[]!"), lambda: {key: of_node(field) for key, field in node.fields.items()})
    if not kind.startswith("["):
        return Shape(kind, inner.members)
    return list_of(lambda: inner, kind)


def of_result(root: Node) -> Shape:
    """What the ``shopify`` filter gives for a document."""
    data = Shape("data", lambda: {key: of_node(field) for key, field in root.fields.items()})
    more = {"data": data, "errors": Shape("list of errors"), "extensions": Shape("cost of the query")}
    return Shape("answer of the shop", lambda: more)
