"""The state of a simulated shop: typed objects by gid, indexes, transactions, and a log of every change.

What is stored (simulator.md 2): a ``Node`` has a GraphQL type name, a gid, and ``fields`` under their GraphQL names
holding
JSON values. A relation is the gid of the other object as text under the field's name (``ProductVariant.product``,
``InventoryLevel.item``); the many side is found through an index (``graph.find("ProductVariant", "product", gid)``).
Names beginning with ``_`` are private to the simulator and never answered by GraphQL (``InventoryLevel._quantities``).
Neither values nor ``fields`` are ever changed in place: ``update`` replaces them. That makes rollback and the change
log true, and lets a seed, the shops begun from it and the log share what they hold.

What is computed lives in ``families/<family>.py``; see ``contract.py`` for the tables a family exports.
"""

from __future__ import annotations

import re
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

from runner.clock import Clock
from runner.simulator.index import Index
from runner.simulator.snapshot import Snapshot

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
_NUMBER = re.compile(r"[0-9]{1,20}")
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
    return int(match[2]) if match and _NUMBER.fullmatch(match[2]) else 0


def level_gid(location_id: str, item_id: str) -> str:
    """``gid://shopify/InventoryLevel/<n>?inventory_item_id=<m>``; n follows from the location (engine.md 11.3)."""
    number = _first_number("InventoryLevel") + number_of(location_id) % NUMBERS_PER_TYPE
    return f"{gid('InventoryLevel', number)}?inventory_item_id={number_of(item_id)}"


def _first_number(type_name: str) -> int:
    prefix = _PREFIXES.get(type_name) or 100 + zlib.crc32(type_name.encode()) % 800
    return prefix * NUMBERS_PER_TYPE


class Node:
    """One object. Read it with ``node["title"]`` (None when not stored); write it with ``graph.update``."""

    __slots__ = ("_number", "fields", "id", "sequence", "type")

    def __init__(self, type_name: str, node_id: str, fields: dict[str, Any], sequence: int) -> None:
        self.type = type_name
        self.id = node_id
        self.fields = fields
        self.sequence = sequence
        self._number = -1

    def __getitem__(self, name: str) -> Any:
        return self.fields.get(name)

    def __contains__(self, name: str) -> bool:
        return name in self.fields

    @property
    def number(self) -> int:
        """The numeric id: REST's ``id``, GraphQL's ``legacyResourceId``."""
        if self._number < 0:
            self._number = number_of(self.id)
        return self._number

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

    ``indexes`` names the fields by which a type is looked up (``{"ProductVariant": ("sku", "product")}``), each made
    when first asked for; ``find`` on another field scans. Not locked: the shop lets one request in at a time.
    """

    def __init__(self, clock: Clock, indexes: Mapping[str, Iterable[str]] | None = None) -> None:
        self.clock = clock
        self.cause = "seed"
        self.recording = True
        """False while a seed is loaded: what a shop starts with is no change."""
        self.changes: list[Change] = []
        self.notes: dict[str, Any] = {}
        self.noted = 0
        """Private JSON state of modules (idempotency keys…), under the module's name; saved, reset, not rolled back."""
        self._nodes: dict[str, Node] = {}
        self._types: dict[str, dict[str, Node]] = {}
        self._indexed = {type_name: frozenset(names) for type_name, names in (indexes or {}).items()}
        self._indexes: dict[str, dict[tuple[str, bool], Index]] = {}
        self._counters: Counter[str] = Counter()
        self.sequence = 0
        """The number of the object created last."""
        self._change_number = 0
        self._undo: list[Callable[[], None]] = []
        self._committed: list[Callable[[], None]] = []
        self._depth = 0

    # reading

    def get(self, node_id: str | None, type_name: str | None = None) -> Node | None:
        """The object of a gid, if there is one and, where ``type_name`` is given, it is of that type; else None."""
        node = self._nodes.get(node_id) if node_id else None
        return node if type_name is None or (node is not None and node.type == type_name) else None

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
        if field not in self._indexed.get(type_name, ()):
            return [node for node in self._types.get(type_name, {}).values() if node.fields.get(field) == value]
        return self._index(type_name, field, fold=False).find(value)

    def find_text(self, type_name: str, field: str, text: str) -> list[Node]:
        """Every object of ``type_name`` whose stored ``field`` is ``text`` but for upper and lower case."""
        return self._index(type_name, field, fold=True).find(text.casefold())

    def _index(self, type_name: str, field: str, *, fold: bool) -> Index:
        made = self._indexes.setdefault(type_name, {})
        if (field, fold) not in made:
            made[field, fold] = Index(field, self._types.get(type_name, {}).values(), fold=fold)
        return made[field, fold]

    def first(self, type_name: str, field: str, value: Any) -> Node | None:
        """The oldest object found by ``find``, or None."""
        found = self.find(type_name, field, value)
        return found[0] if found else None

    def since(self, sequence: int) -> list[Node]:
        """The objects created since ``Graph.sequence`` was so much, in order."""
        newest = takewhile(lambda node: node.sequence > sequence, reversed(self._nodes.values()))
        return list(newest)[::-1]

    def now(self) -> str:
        """The shop's time as a GraphQL ``DateTime``: ``2026-03-02T15:15:00Z``."""
        return self.clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")

    # writing

    def create(self, type_name: str, fields: Mapping[str, Any], id: str | None = None) -> Node:
        """Add an object; its id is the next of its type unless given. ``ValueError`` when the id is taken."""
        node_id = id or self.next_id(type_name)
        if node_id in self._nodes:
            raise ValueError(f"{node_id} exists already")
        self.sequence += 1
        node = Node(type_name, node_id, dict(fields), self.sequence)
        self._insert(node)
        self._record("create", node, None, node.fields)
        if self._depth:
            self._undo.append(lambda: self._remove(node))
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
        if self._depth:
            self._undo.append(lambda: self._apply(node, before, added))
        return node

    def touch(self, node_id: str) -> Node:
        """Set ``updatedAt`` to now."""
        return self.update(node_id, updatedAt=self.now())

    def delete(self, node_id: str) -> None:
        """Take an object away; relations to it are the caller's to mend. ``KeyError``: no such gid."""
        node = self._nodes[node_id]
        self._remove(node)
        self._record("delete", node, node.fields, None)
        if self._depth:
            self._undo.append(lambda: self._restore(node))

    # transactions

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing: an exception undoes every change since the start, ids, change log and ``after_commit`` too.

        May be nested: an inner one undoes its own part.
        """
        undo, committed = len(self._undo), len(self._committed)
        changes, number, sequence = len(self.changes), self._change_number, self.sequence
        counters = self._counters.copy()
        self._depth += 1
        try:
            yield
        except BaseException:
            while len(self._undo) > undo:
                self._undo.pop()()
            del self.changes[changes:], self._committed[committed:]
            self._change_number, self.sequence, self._counters = number, sequence, counters
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

    @property
    def last_change(self) -> int:
        """The number of the newest change; it goes on where a state file ended."""
        return self._change_number

    def dump(self) -> dict[str, Any]:
        """Everything but the change log, JSON-ready, for the state file."""
        nodes = [{"type": node.type, "id": node.id, "fields": node.fields} for node in self._nodes.values()]
        return {"nodes": nodes, **self.dump_rest()}

    def dump_rest(self) -> dict[str, Any]:
        """What ``dump`` holds besides the objects."""
        return {"counters": dict(self._counters), "changes": self._change_number, "notes": self.notes}

    def load(self, document: Mapping[str, Any]) -> None:
        """Replace everything by what ``dump`` gave."""
        nodes = (Node(row["type"], row["id"], row["fields"], number) for number, row in enumerate(document["nodes"], 1))
        self._take(nodes, document["counters"], document["changes"], document["notes"])

    def snapshot(self) -> Snapshot:
        """What there is now. It stays as it is when this graph goes on: ``Graph.begin`` makes nodes of its own."""
        nodes = tuple(Node(node.type, node.id, node.fields, node.sequence) for node in self._nodes.values())
        return Snapshot(nodes, dict(self._counters), self._change_number, dict(self.notes))

    def begin(self, snapshot: Snapshot) -> None:
        """Replace everything by what ``snapshot`` gave."""
        nodes = (Node(node.type, node.id, node.fields, node.sequence) for node in snapshot.nodes)
        self._take(nodes, snapshot.counters, snapshot.changes, snapshot.notes)

    def _take(self, nodes: Iterable[Node], counters: Mapping[str, int], changes: int, notes: Mapping[str, Any]) -> None:
        self._nodes, self._types, self._indexes, self.sequence = {}, {}, {}, 0
        for node in nodes:
            self._insert(node)
            self.sequence = node.sequence
        self._counters = Counter(counters)
        self._change_number = changes
        self.notes = dict(notes)
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
                before,
                after,
                self.cause,
            )
        )

    def _insert(self, node: Node) -> None:
        self._nodes[node.id] = node
        nodes = self._types.get(node.type)
        if nodes is None:
            nodes = self._types[node.type] = {}
        nodes[node.id] = node
        for index in self._indexes.get(node.type, {}).values():
            index.add(node)

    def _remove(self, node: Node) -> None:
        for index in self._indexes.get(node.type, {}).values():
            index.drop(node)
        del self._types[node.type][node.id]
        del self._nodes[node.id]

    def _restore(self, node: Node) -> None:
        """Put a deleted node back where it stood."""
        self._insert(node)
        self._types[node.type] = dict(sorted(self._types[node.type].items(), key=lambda pair: pair[1].sequence))
        self._nodes = dict(sorted(self._nodes.items(), key=lambda pair: pair[1].sequence))

    def _apply(self, node: Node, values: Mapping[str, Any], drop: Iterable[str]) -> None:
        changed = {*values, *drop}
        touched = [index for index in self._indexes.get(node.type, {}).values() if index.field in changed]
        for index in touched:
            index.drop(node)
        fields = {**node.fields, **values}
        for name in drop:
            del fields[name]
        node.fields = fields
        for index in touched:
            index.add(node)
