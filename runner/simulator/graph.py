"""The state of a simulated shop: typed objects by gid, indexes, transactions, and a log of every change.

What is stored (simulator.md 2): a ``Node`` has a GraphQL type name, a gid, and ``fields`` under their GraphQL names
holding
JSON values. A relation is the gid of the other object as text under the field's name (``ProductVariant.product``,
``InventoryLevel.item``); the many side is found through an index (``graph.find("ProductVariant", "product", gid)``).
Names beginning with ``_`` are private to the simulator and never answered by GraphQL (``InventoryLevel._quantities``).
Values are never changed in place: ``update`` replaces them, which is what makes rollback and the change log true.

What is computed lives in ``families/<family>.py``; see ``contract.py`` for the tables a family exports.
"""

from __future__ import annotations

import re
import zlib
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from runner.clock import Clock

NUMBERS_PER_TYPE = 10_000_000
"""Numeric ids of one type lie in a range of their own, so that an id used for the wrong type is never found."""

_PREFIXES = {
    "Location": 2,
    "InventoryItem": 3,
    "Fulfillment": 4,
    "Order": 5,
    "LineItem": 6,
    "Customer": 7,
    "Product": 8,
    "ProductVariant": 9,
    "ProductOption": 10,
    "DraftOrder": 11,
    "InventoryLevel": 12,
    "Metafield": 13,
    "WebhookSubscription": 14,
}
_GID = re.compile(r"gid://shopify/([A-Za-z][A-Za-z0-9]*)/([^/?\s]+)(\?\S*)?")


def gid(type_name: str, number: int | str) -> str:
    """``gid://shopify/Product/8``."""
    return f"gid://shopify/{type_name}/{number}"


def type_of(node_id: str) -> str | None:
    """The type named by a gid; None when the text is no gid."""
    match = _GID.fullmatch(node_id)
    return match[1] if match else None


def number_of(node_id: str) -> int:
    """The number in a gid, as REST calls it ``id``; 0 for a gid whose id is not a number."""
    match = _GID.fullmatch(node_id)
    return int(match[2]) if match and match[2].isdigit() else 0


def level_gid(location_id: str, item_id: str) -> str:
    """``gid://shopify/InventoryLevel/<n>?inventory_item_id=<m>``; n follows from the location (engine.md 11.3)."""
    number = _first_number("InventoryLevel") + number_of(location_id) % NUMBERS_PER_TYPE
    return f"{gid('InventoryLevel', number)}?inventory_item_id={number_of(item_id)}"


def _first_number(type_name: str) -> int:
    prefix = _PREFIXES.get(type_name) or 100 + zlib.crc32(type_name.encode()) % 800
    return prefix * NUMBERS_PER_TYPE


class Node:
    """One object. Read it with ``node["title"]`` (None when not stored); write it with ``graph.update``."""

    __slots__ = ("fields", "id", "sequence", "type")

    def __init__(self, type_name: str, node_id: str, fields: dict[str, Any], sequence: int) -> None:
        self.type = type_name
        self.id = node_id
        self.fields = fields
        self.sequence = sequence

    def __getitem__(self, name: str) -> Any:
        return self.fields.get(name)

    def __contains__(self, name: str) -> bool:
        return name in self.fields

    @property
    def number(self) -> int:
        """The numeric id: REST's ``id``, GraphQL's ``legacyResourceId``."""
        return number_of(self.id)

    def __repr__(self) -> str:
        return f"<Node {self.id}>"


@dataclass(frozen=True, slots=True)
class Change:
    """One change. ``before`` and ``after`` hold the fields that differ; None for what did not exist.

    ``cause`` is the call that made it (``graphql inventoryAdjustQuantities``, ``do/sell``); ``time`` is the shop's.
    """

    sequence: int
    time: str
    operation: str
    type: str
    id: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None
    cause: str

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready, for ``/_sim/changes``."""
        return {name: getattr(self, name) for name in self.__slots__}


class Graph:
    """All objects of one shop.

    ``indexes`` names the fields by which a type is looked up (``{"ProductVariant": ("sku", "product")}``); ``find`` on
    another field scans. Not locked: the shop lets one request in at a time.
    """

    def __init__(self, clock: Clock, indexes: Mapping[str, Iterable[str]] | None = None) -> None:
        self.clock = clock
        self.cause = "seed"
        self.recording = True
        """False while a seed is loaded: what a shop starts with is no change."""
        self.changes: list[Change] = []
        self.notes: dict[str, Any] = {}
        """Private JSON state of modules (idempotency keys…), under the module's name; saved, reset, not rolled back."""
        self._nodes: dict[str, Node] = {}
        self._types: dict[str, dict[str, Node]] = {}
        self._indexes: dict[str, dict[str, dict[Hashable, dict[str, Node]]]] = {
            type_name: {name: {} for name in names} for type_name, names in (indexes or {}).items()
        }
        self._counters: Counter[str] = Counter()
        self._sequence = 0
        self._change_number = 0
        self._undo: list[Callable[[], None]] = []
        self._committed: list[Callable[[], None]] = []
        self._depth = 0

    # reading

    def get(self, node_id: str | None) -> Node | None:
        """The object of a gid, or None."""
        return self._nodes.get(node_id) if node_id else None

    def by_number(self, type_name: str, number: int | str) -> Node | None:
        """The object a REST path means by ``products/8``."""
        return self._nodes.get(gid(type_name, number))

    def of_type(self, type_name: str) -> list[Node]:
        """Every object of a type, in order of creation."""
        return list(self._types.get(type_name, {}).values())

    def count(self, type_name: str) -> int:
        """How many objects of a type there are."""
        return len(self._types.get(type_name, {}))

    def types(self) -> list[str]:
        """The types that have objects, sorted."""
        return sorted(name for name, nodes in self._types.items() if nodes)

    def find(self, type_name: str, field: str, value: Any) -> list[Node]:
        """Every object of ``type_name`` whose stored ``field`` equals ``value``, in order of creation."""
        index = self._indexes.get(type_name, {}).get(field)
        if index is None:
            return [node for node in self._types.get(type_name, {}).values() if node.fields.get(field) == value]
        found = index.get(value)
        if not found:
            return []
        return sorted(found.values(), key=_by_sequence) if len(found) > 1 else list(found.values())

    def first(self, type_name: str, field: str, value: Any) -> Node | None:
        """The oldest object found by ``find``, or None."""
        found = self.find(type_name, field, value)
        return found[0] if found else None

    def now(self) -> str:
        """The shop's time as a GraphQL ``DateTime``: ``2026-03-02T15:15:00Z``."""
        return self.clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")

    # writing

    def create(self, type_name: str, fields: Mapping[str, Any], id: str | None = None) -> Node:
        """Add an object; its id is the next of its type unless given. ``ValueError`` when the id is taken."""
        node_id = id or self.next_id(type_name)
        if node_id in self._nodes:
            raise ValueError(f"{node_id} exists already")
        self._sequence += 1
        node = Node(type_name, node_id, dict(fields), self._sequence)
        self._insert(node)
        self._record("create", node, None, node.fields)
        self._note_undo(lambda: self._remove(node))
        return node

    def next_id(self, type_name: str) -> str:
        """Allocate a gid: the lowest unused number above those of its type. The same in every run."""
        while True:
            self._counters[type_name] += 1
            candidate = gid(type_name, _first_number(type_name) + self._counters[type_name])
            if candidate not in self._nodes:
                return candidate

    def update(self, node_id: str, fields: Mapping[str, Any] | None = None, /, **more: Any) -> Node:
        """Replace some fields, given as a mapping or by name; what is equal already is no change. ``KeyError``: no
        such gid."""
        node = self._nodes[node_id]
        wanted = {**(fields or {}), **more}
        after = {name: value for name, value in wanted.items() if name not in node.fields or node.fields[name] != value}
        if not after:
            return node
        before = {name: node.fields[name] for name in after if name in node.fields}
        self._apply(node, after, ())
        self._record("update", node, before, after)
        added = tuple(name for name in after if name not in before)
        self._note_undo(lambda: self._apply(node, before, added))
        return node

    def touch(self, node_id: str) -> Node:
        """Set ``updatedAt`` to now."""
        return self.update(node_id, updatedAt=self.now())

    def delete(self, node_id: str) -> None:
        """Take an object away; relations to it are the caller's to mend. ``KeyError``: no such gid."""
        node = self._nodes[node_id]
        self._remove(node)
        self._record("delete", node, node.fields, None)
        self._note_undo(lambda: self._restore(node))

    # transactions

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing: an exception undoes every change since the start, ids, change log and ``after_commit`` too.

        May be nested: an inner one undoes its own part.
        """
        undo, committed = len(self._undo), len(self._committed)
        changes, number, sequence = len(self.changes), self._change_number, self._sequence
        counters = self._counters.copy()
        self._depth += 1
        try:
            yield
        except BaseException:
            while len(self._undo) > undo:
                self._undo.pop()()
            del self.changes[changes:], self._committed[committed:]
            self._change_number, self._sequence, self._counters = number, sequence, counters
            raise
        finally:
            self._depth -= 1
        if self._depth == 0:
            waiting, self._committed = self._committed, []
            self._undo.clear()
            for call in waiting:
                call()

    def after_commit(self, call: Callable[[], None]) -> None:
        """Run ``call`` when the outermost transaction has ended well; at once when none is open."""
        if self._depth:
            self._committed.append(call)
        else:
            call()

    @contextmanager
    def caused_by(self, cause: str) -> Iterator[None]:
        """Name the cause of the changes made inside."""
        previous, self.cause = self.cause, cause
        try:
            yield
        finally:
            self.cause = previous

    # saving

    def dump(self) -> dict[str, Any]:
        """Everything but the change log, JSON-ready, for the state file."""
        nodes = [{"type": node.type, "id": node.id, "fields": node.fields} for node in self._nodes.values()]
        return {"nodes": nodes, **self.dump_rest()}

    def dump_rest(self) -> dict[str, Any]:
        """What ``dump`` holds besides the objects."""
        return {"counters": dict(self._counters), "changes": self._change_number, "notes": self.notes}

    def load(self, document: Mapping[str, Any]) -> None:
        """Replace everything by what ``dump`` gave."""
        for node in list(self._nodes.values()):
            self._remove(node)
        for entry in document["nodes"]:
            self._sequence += 1
            self._insert(Node(entry["type"], entry["id"], dict(entry["fields"]), self._sequence))
        self._counters = Counter(document["counters"])
        self._change_number = document["changes"]
        self.notes = dict(document["notes"])
        self.changes.clear()

    # inside

    def _record(
        self, operation: str, node: Node, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None
    ) -> None:
        if not self.recording:
            return
        self._change_number += 1
        self.changes.append(
            Change(
                self._change_number,
                self.now(),
                operation,
                node.type,
                node.id,
                None if before is None else dict(before),
                None if after is None else dict(after),
                self.cause,
            )
        )

    def _note_undo(self, step: Callable[[], None]) -> None:
        if self._depth:
            self._undo.append(step)

    def _insert(self, node: Node) -> None:
        self._nodes[node.id] = node
        self._types.setdefault(node.type, {})[node.id] = node
        for name in self._indexes.get(node.type, ()):
            self._index(node, name)

    def _remove(self, node: Node) -> None:
        for name in self._indexes.get(node.type, ()):
            self._unindex(node, name)
        del self._types[node.type][node.id]
        del self._nodes[node.id]

    def _restore(self, node: Node) -> None:
        """Put a deleted node back where it stood."""
        self._insert(node)
        self._types[node.type] = dict(sorted(self._types[node.type].items(), key=lambda pair: pair[1].sequence))
        self._nodes = dict(sorted(self._nodes.items(), key=lambda pair: pair[1].sequence))

    def _apply(self, node: Node, values: Mapping[str, Any], drop: Iterable[str]) -> None:
        indexed = self._indexes.get(node.type, {})
        touched = [name for name in (*values, *drop) if name in indexed]
        for name in touched:
            self._unindex(node, name)
        node.fields.update(values)
        for name in drop:
            del node.fields[name]
        for name in touched:
            self._index(node, name)

    def _index(self, node: Node, name: str) -> None:
        value = node.fields.get(name)
        if isinstance(value, Hashable):
            self._indexes[node.type][name].setdefault(value, {})[node.id] = node

    def _unindex(self, node: Node, name: str) -> None:
        index = self._indexes[node.type][name]
        value = node.fields.get(name)
        bucket = index.get(value) if isinstance(value, Hashable) else None
        if bucket is not None:
            bucket.pop(node.id, None)
            if not bucket:
                del index[value]


def _by_sequence(node: Node) -> int:
    return node.sequence
