"""Bulk operations: a query run over the whole store, its connections unrolled into lines (actions.md 4.6).

Every node of every connection becomes a line of JSON; one below another node carries that node's id as ``__parentId``.
The time of an operation is the shop's: one second until it runs, another until it has ended.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLNamedType,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    OperationType,
    get_named_type,
    is_composite_type,
)

MAX_CONNECTIONS = 5
MAX_DEPTH = 2
_PARENT = "__parentId"


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a selection, all selections of its response key taken together."""

    key: str
    name: str
    type: GraphQLNamedType | None
    selections: tuple[Any, ...]

    @property
    def is_connection(self) -> bool:
        """Whether it is unrolled."""
        return self.type is not None and self.type.name.endswith("Connection")


@dataclass(slots=True)
class Lines:
    """The lines of a result in their order, as texts, and how many of them stand at the root."""

    texts: list[str] = field(default_factory=list)
    roots: int = 0


class Shape:
    """A parsed query as far as unrolling needs it."""

    def __init__(self, document: DocumentNode, schema: GraphQLSchema) -> None:
        self._schema = schema
        self._fragments = {
            node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
        }
        self._operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]

    def problem(self) -> str | None:
        """Why this document cannot be run in bulk; None when it can. The wording is by analogy, but for two: seen."""
        if len(self._operations) != 1 or self._operations[0].operation is not OperationType.QUERY:
            return "Bulk queries must contain exactly one query operation."
        if self._operations[0].variable_definitions:
            return "Bulk queries cannot use variables."
        roots = self._root()
        if any(each.name in ("node", "nodes") for each in roots):
            return "Bulk queries cannot use the top-level `node` or `nodes` fields."
        depths = list(self._depths(roots, 0))
        if not depths:
            return "Bulk queries must contain at least one connection."
        if len(depths) > MAX_CONNECTIONS:
            return f"Bulk queries cannot contain more than {MAX_CONNECTIONS} connections."
        if max(depths) > MAX_DEPTH:
            return f"Bulk queries cannot contain connections with a nesting depth greater than {MAX_DEPTH}."
        return self._parent_without_id(roots)

    def lines(self, data: Mapping[str, Any], *, grouped: bool) -> Lines:
        """The result ``data`` unrolled: children behind their parent when ``grouped``, else level by level."""
        found = list(self._rows(self._root(), data, None, 0))
        if not grouped:
            found.sort(key=lambda row: row[0])
        texts = [json.dumps(row, ensure_ascii=False, separators=(",", ":")) for _, row in found]
        return Lines(texts, sum(1 for depth, _ in found if depth == 0))

    # --- reading the document

    def _root(self) -> list[Field]:
        return self._fields(self._operations[0].selection_set.selections, self._schema.query_type)

    def _fields(self, selections: Sequence[Any], parent: GraphQLNamedType | None) -> list[Field]:
        """The fields of a selection, those of fragments included, each response key once."""
        found: dict[str, Field] = {}
        for node, owner in self._flat(selections, parent):
            key = node.alias.value if node.alias else node.name.value
            inner = tuple(node.selection_set.selections) if node.selection_set else ()
            known = found.get(key)
            if known is None:
                definition = getattr(owner, "fields", {}).get(node.name.value)
                kind = get_named_type(definition.type) if definition is not None else None
                found[key] = Field(key, node.name.value, kind, inner)
            else:
                found[key] = Field(key, known.name, known.type, (*known.selections, *inner))
        return list(found.values())

    def _flat(
        self, selections: Sequence[Any], parent: GraphQLNamedType | None
    ) -> Iterator[tuple[FieldNode, GraphQLNamedType | None]]:
        for node in selections:
            if isinstance(node, FieldNode):
                yield node, parent
            elif isinstance(node, FragmentSpreadNode):
                fragment = self._fragments[node.name.value]
                kind = self._schema.get_type(fragment.type_condition.name.value)
                yield from self._flat(fragment.selection_set.selections, kind)
            elif isinstance(node, InlineFragmentNode):
                named = node.type_condition
                kind = self._schema.get_type(named.name.value) if named else parent
                yield from self._flat(node.selection_set.selections, kind)

    def _node(self, connection: Field) -> tuple[str | None, str, list[Field]]:
        """Of a connection: the key of its edges, that of the node or nodes, and what is selected of a node."""
        for part in self._fields(connection.selections, connection.type):
            if part.name == "nodes":
                return None, part.key, self._fields(part.selections, part.type)
            if part.name == "edges":
                for inner in self._fields(part.selections, part.type):
                    if inner.name == "node":
                        return part.key, inner.key, self._fields(inner.selections, inner.type)
        return None, "", []

    def _depths(self, fields: Iterable[Field], above: int) -> Iterator[int]:
        """How deep each connection is nested: 0 for one that is in no other."""
        for each in fields:
            if each.is_connection:
                yield above
                yield from self._depths(self._node(each)[2], above + 1)
            elif each.selections:
                yield from self._depths(self._fields(each.selections, each.type), above)

    def _parent_without_id(self, fields: Iterable[Field]) -> str | None:
        for each in fields:
            inner = self._node(each)[2] if each.is_connection else self._fields(each.selections, each.type)
            has_id = any(part.key == "id" and part.name == "id" for part in inner)
            if each.is_connection and not has_id and any(True for _ in self._depths(inner, 0)):
                return (
                    "The parent 'node' field for a nested connection must select the 'id' field without an alias "
                    "and must be of 'ID' return type. "
                    f"Connection fields without 'id': {each.name}."
                )
            problem = self._parent_without_id(inner)
            if problem is not None:
                return problem
        return None

    # --- unrolling

    def _rows(
        self, fields: Sequence[Field], value: Mapping[str, Any], parent: str | None, depth: int
    ) -> Iterator[tuple[int, dict[str, Any]]]:
        """The lines below the root ``value``: nodes of connections, and objects asked for by themselves."""
        for each in fields:
            found = value.get(each.key)
            if not isinstance(found, Mapping):
                continue
            if each.is_connection:
                yield from self._nodes(each, found, parent, depth)
            else:
                yield from self._row(self._fields(each.selections, each.type), found, parent, depth)

    def _nodes(
        self, connection: Field, value: Mapping[str, Any], parent: str | None, depth: int
    ) -> Iterator[tuple[int, dict[str, Any]]]:
        edges, key, fields = self._node(connection)
        nodes = value.get(key) if edges is None else [edge.get(key) for edge in value.get(edges) or ()]
        for node in nodes or ():
            if isinstance(node, Mapping):
                yield from self._row(fields, node, parent, depth)

    def _row(
        self, fields: Sequence[Field], node: Mapping[str, Any], parent: str | None, depth: int
    ) -> Iterator[tuple[int, dict[str, Any]]]:
        below: list[tuple[Field, Mapping[str, Any]]] = []
        row = self._without_connections(fields, node, below)
        if parent is not None:
            row[_PARENT] = parent
        yield depth, row
        own = row.get("id")
        for connection, value in below:
            yield from self._nodes(connection, value, own if isinstance(own, str) else None, depth + 1)

    def _without_connections(
        self, fields: Sequence[Field], value: Mapping[str, Any], below: list[tuple[Field, Mapping[str, Any]]]
    ) -> dict[str, Any]:
        """``value`` less its connections, at any depth, which are put into ``below``."""
        row: dict[str, Any] = {}
        for each in fields:
            if each.key not in value:
                continue  # of a fragment on another type
            found = value[each.key]
            if each.is_connection:
                if isinstance(found, Mapping):
                    below.append((each, found))
                continue
            row[each.key] = self._inner(each, found, below)
        return row

    def _inner(self, each: Field, found: Any, below: list[tuple[Field, Mapping[str, Any]]]) -> Any:
        if isinstance(found, list):
            return [self._inner(each, item, below) for item in found]
        if isinstance(found, Mapping) and each.type is not None and is_composite_type(each.type):
            return self._without_connections(self._fields(each.selections, each.type), found, below)
        return found
