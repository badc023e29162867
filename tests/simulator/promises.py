"""Checks that the data of an answer is what document and schema promise; written apart from what makes answers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLEnumType,
    GraphQLList,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLOutputType,
    GraphQLScalarType,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    is_abstract_type,
)

_PATTERNS = {
    "DateTime": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)",
    "Date": r"\d{4}-\d\d-\d\d",
    "Money": r"-?\d+(\.\d+)?",
    "Decimal": r"-?\d+(\.\d+)?",
    "UnsignedInt64": r"\d+",
    "BigInt": r"-?\d+",
    "ID": r"(?s).+",
    "UtcOffset": r"[+-]\d\d:\d\d",
}
_TEXT = ("String", "URL", "HTML", "FormattedString", "Color", "ARN", "StorefrontID")


def mistakes(data: Any, document: DocumentNode, operation: OperationDefinitionNode, schema: GraphQLSchema) -> list[str]:
    """What in ``data``, the answer to ``operation``, is not as the schema promises; places and reasons.

    Null where it may not be counts only where nothing above it is null instead, as errors make it.
    """
    root = schema.get_root_type(operation.operation)
    return [] if data is None else list(_Walk(document, schema).object(data, root, [operation.selection_set], ""))


class _Walk:
    def __init__(self, document: DocumentNode, schema: GraphQLSchema) -> None:
        self.schema = schema
        self.fragments = {
            node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
        }

    def object(self, value: Any, kind: Any, sets: Sequence[Any], path: str) -> Iterator[str]:
        if not isinstance(value, Mapping):
            yield f"{path}: {kind.name} is {value!r}"
            return
        if isinstance(kind, _Unknown):
            return
        fields: dict[str, list[FieldNode]] = {}
        for each in sets:
            self._collect(each, kind, fields)
        for key, nodes in fields.items():
            if key not in value:
                if not any(node.directives for node in nodes):
                    yield f"{kind.name}.{key} is missing"
                continue
            name = nodes[0].name.value
            if name.startswith("__"):
                continue
            inner = [node.selection_set for node in nodes if node.selection_set]
            yield from self._value(value[key], kind.fields[name].type, inner, f"{kind.name}.{name}")
        unasked = value.keys() - fields.keys()
        if unasked:
            yield f"{path}: nobody asked for {sorted(unasked)}"

    def _value(self, value: Any, kind: GraphQLOutputType, sets: Sequence[Any], path: str) -> Iterator[str]:
        if isinstance(kind, GraphQLNonNull):
            if value is None:
                yield f"{path} is null"
            else:
                yield from self._value(value, kind.of_type, sets, path)
        elif value is None:
            return
        elif isinstance(kind, GraphQLList):
            if not isinstance(value, list):
                yield f"{path} is no list"
                return
            for each in value:
                yield from self._value(each, kind.of_type, sets, path)
        elif isinstance(kind, GraphQLScalarType):
            if not _is_scalar(value, kind.name):
                yield f"{path}: {value!r} is no {kind.name}"
        elif isinstance(kind, GraphQLEnumType):
            if value not in kind.values:
                yield f"{path}: {value!r} is no {kind.name}"
        else:
            yield from self.object(value, self._concrete(value, kind, sets), sets, path)

    def _concrete(self, value: Any, kind: GraphQLNamedType, sets: Sequence[Any]) -> Any:
        """The object type, of an abstract one: told by an ``__typename`` that was asked for, else unknown."""
        if not is_abstract_type(kind):
            return kind
        told = value.get("__typename") if isinstance(value, Mapping) else None
        found = self.schema.type_map.get(told) if isinstance(told, str) else None
        return found or _Unknown(kind.name)

    def _collect(self, selection: Any, kind: Any, fields: dict[str, list[FieldNode]]) -> None:
        for node in selection.selections:
            if isinstance(node, FieldNode):
                fields.setdefault(node.alias.value if node.alias else node.name.value, []).append(node)
                continue
            inner = self.fragments[node.name.value] if isinstance(node, FragmentSpreadNode) else node
            if self._applies(inner, kind) and not node.directives:
                self._collect(inner.selection_set, kind, fields)

    def _applies(self, node: FragmentDefinitionNode | InlineFragmentNode, kind: Any) -> bool:
        if node.type_condition is None:
            return True
        wanted = self.schema.type_map[node.type_condition.name.value]
        if wanted is kind:
            return True
        return is_abstract_type(wanted) and not isinstance(kind, _Unknown) and self.schema.is_sub_type(wanted, kind)


class _Unknown:
    """Stands for the type of an object that does not say which it is; nothing is promised of it."""

    fields: Mapping[str, Any] = {}

    def __init__(self, name: str) -> None:
        self.name = name


def _is_scalar(value: Any, name: str) -> bool:
    if name == "Int":
        return isinstance(value, int) and not isinstance(value, bool) and -(2**31) <= value < 2**31
    if name == "Float":
        return isinstance(value, int | float) and not isinstance(value, bool) and value == value and abs(value) < 1e309
    if name == "Boolean":
        return isinstance(value, bool)
    if name in _PATTERNS:
        return isinstance(value, str) and re.fullmatch(_PATTERNS[name], value) is not None
    return isinstance(value, str) if name in _TEXT else True
