"""What a GraphQL query costs (simulator.md 3). Imported late: it brings graphql-core.

Published: scalars and enums 0, objects 1, interfaces and unions the dearest of their possible selections, mutations 10,
connections sized by ``first``/``last``; a query is charged its requested cost before it runs and refunded down to its
actual cost; at most 1000 points a query.

How connections grow is not published but for "logarithmic scaling". Measured replies fit ``2 + children x floor(2 ln
n)``: ``product { variants(first: 250) { nodes { inventoryItem { id } } } }`` is answered with 25 (1 + 2 + 11 x 2), and
1 when the product is null. The same rule gives 333 for the 2048 variants and 25 levels each of a published task, which
runs on the platform; a linear rule would give over 100,000.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
    get_named_type,
    is_abstract_type,
    is_leaf_type,
)

QUERY_MAXIMUM = 1000
"""The dearest a single query may be."""
MUTATION_COST = 10
CONNECTION_COST = 2

FREE_TYPES = frozenset(
    {
        "CurrencyFormats",
        "InventoryItemMeasurement",
        "LocationAddress",
        "MailingAddress",
        "MoneyBag",
        "MoneyV2",
        "PageInfo",
        "ShopAddress",
        "Weight",
    }
)
"""Value objects without an identity, which were measured to cost nothing (``address``, ``unitCost``, ``measurement``,
``currencyFormats``, ``pageInfo``), by type."""


def requested_cost(
    document: DocumentNode, variables: Mapping[str, Any], schema: GraphQLSchema, operation: str | None = None
) -> int:
    """The cost of a valid document before it runs: the most it may return. ``operation`` names one of several."""
    return _Reckoner(document, variables, schema, operation).total(None)


def actual_cost(
    document: DocumentNode,
    variables: Mapping[str, Any],
    schema: GraphQLSchema,
    data: Mapping[str, Any] | None,
    operation: str | None = None,
    requested: int | None = None,
) -> int:
    """The cost of what came back: connections count the nodes in ``data``, what is null costs nothing below it.

    By analogy: Shopify tells that it depends on the size of the response, not how. Never above the requested cost,
    which is reckoned unless it is known.
    """
    if data is None:
        return 0
    reckoner = _Reckoner(document, variables, schema, operation)
    return min(reckoner.total(data), reckoner.total(None) if requested is None else requested)


def connection_factor(size: int) -> int:
    """How many times the selection inside a connection of ``size`` is counted."""
    return math.floor(2 * math.log(max(2, size))) if size > 0 else 0


class _Reckoner:
    """Costs of one operation. Methods take the data at their place, or ``_ASKED`` to reckon with what is asked for."""

    def __init__(
        self, document: DocumentNode, variables: Mapping[str, Any], schema: GraphQLSchema, name: str | None
    ) -> None:
        self.schema = schema
        self.variables = variables
        self.fragments = {
            node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
        }
        operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
        chosen = [node for node in operations if not name or (node.name and node.name.value == name)]
        self.operation = chosen[0]

    def total(self, data: Mapping[str, Any] | None) -> int:
        """The operation's cost; ``data`` None: as requested."""
        root = self.schema.get_root_type(self.operation.operation)
        if root is None:
            return 0
        if root is self.schema.mutation_type:
            fields = [node for node, _ in self._fields(self.operation.selection_set, root)]
            return MUTATION_COST * sum(1 for node in fields if not node.name.value.startswith("__"))
        return self._selections(self.operation.selection_set, root, _ASKED if data is None else data)

    def _selections(self, selections: SelectionSetNode, parent: GraphQLNamedType, data: Any) -> int:
        seen: set[str] = set()
        by_type: dict[str, int] = {}
        shared = 0
        for node, owner in self._fields(selections, parent):
            key = f"{owner.name}.{_key(node)}"
            if key in seen:
                continue
            seen.add(key)
            if isinstance(data, Mapping) and _key(node) not in data:
                continue  # of a fragment on another type
            cost = self._field(node, owner, _ASKED if data is _ASKED else _member(data, node))
            if owner is parent or (data is not _ASKED):
                shared += cost
            else:
                by_type[owner.name] = by_type.get(owner.name, 0) + cost
        return shared + max(by_type.values(), default=0)

    def _fields(
        self, selections: SelectionSetNode, parent: GraphQLNamedType
    ) -> Iterator[tuple[FieldNode, GraphQLNamedType]]:
        for node in selections.selections:
            if self._skipped(node):
                continue
            if isinstance(node, FieldNode):
                yield node, parent
                continue
            condition = None
            inner: SelectionSetNode | None = None
            if isinstance(node, FragmentSpreadNode):
                fragment = self.fragments[node.name.value]
                condition, inner = fragment.type_condition, fragment.selection_set
            elif isinstance(node, InlineFragmentNode):
                condition, inner = node.type_condition, node.selection_set
            kind = self.schema.get_type(condition.name.value) if condition else parent
            if inner is not None and kind is not None:
                same = not is_abstract_type(parent)
                yield from self._fields(inner, parent if same else kind)

    def _skipped(self, node: Any) -> bool:
        for directive in node.directives or ():
            truth = next((self._value(each.value) for each in directive.arguments or ()), None)
            if (directive.name.value == "skip" and truth is True) or (
                directive.name.value == "include" and truth is False
            ):
                return True
        return False

    def _value(self, value: Any) -> Any:
        if isinstance(value, VariableNode):
            name = value.name.value
            if name in self.variables:
                return self.variables[name]
            for definition in self.operation.variable_definitions or ():
                if definition.variable.name.value == name and definition.default_value is not None:
                    return self._value(definition.default_value)
            return None
        if isinstance(value, IntValueNode):
            return int(value.value)
        return getattr(value, "value", None)

    def _field(self, node: FieldNode, parent: GraphQLNamedType, data: Any) -> int:
        if node.name.value.startswith("__") or not isinstance(parent, GraphQLObjectType | GraphQLInterfaceType):
            return 0
        kind = get_named_type(parent.fields[node.name.value].type)
        if is_leaf_type(kind) or node.selection_set is None or kind.name in FREE_TYPES:
            return 0
        if kind.name.endswith("Connection"):
            return self._connection(node, node.selection_set, kind, data)
        inside = 0
        for member in data if isinstance(data, list) else [data]:
            if member is not None:
                inside = max(inside, self._selections(node.selection_set, kind, member))
        return 1 + inside

    def _connection(self, node: FieldNode, selections: SelectionSetNode, kind: GraphQLNamedType, data: Any) -> int:
        if data is None:
            return CONNECTION_COST
        per_item, returned = 0, 0
        for child, owner in self._fields(selections, kind):
            if child.selection_set is None or not isinstance(owner, GraphQLObjectType):
                continue
            item = get_named_type(owner.fields[child.name.value].type)
            members = _ASKED if data is _ASKED else _member(data, child)
            if child.name.value == "nodes":
                per_item += 1 + self._dearest(child.selection_set, item, members)
            elif child.name.value == "edges":
                per_item += self._dearest(child.selection_set, item, members)
            if isinstance(members, list):
                returned = max(returned, len(members))
        size = self._size(node) if data is _ASKED else returned
        return CONNECTION_COST + connection_factor(size) * per_item

    def _dearest(self, selections: SelectionSetNode, kind: GraphQLNamedType, members: Any) -> int:
        if members is _ASKED:
            return self._selections(selections, kind, _ASKED)
        return max((self._selections(selections, kind, each) for each in members or () if each is not None), default=0)

    def _size(self, node: FieldNode) -> int:
        sizes = [
            self._value(argument.value) for argument in node.arguments or () if argument.name.value in ("first", "last")
        ]
        return max((size for size in sizes if isinstance(size, int)), default=1)


_ASKED: Any = object()


def _key(node: FieldNode) -> str:
    return node.alias.value if node.alias else node.name.value


def _member(data: Any, node: FieldNode) -> Any:
    return data.get(_key(node)) if isinstance(data, Mapping) else None
