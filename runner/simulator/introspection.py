"""Answers questions about the schema, which are answered from the schema alone, without the machinery of the rest.

The whole schema, as code generators and explorers ask for it, has 200,000 fields. Nothing in it is paged, computed by a
family, paid for or refused, so each field's own resolver is called, and no more.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLEnumType,
    GraphQLField,
    GraphQLIncludeDirective,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLSkipDirective,
    OperationDefinitionNode,
    OperationType,
    SchemaMetaFieldDef,
    SelectionSetNode,
    TypeMetaFieldDef,
    get_argument_values,
    get_directive_values,
    get_named_type,
    get_nullable_type,
    get_variable_values,
    is_list_type,
)
from graphql.execution.values import VariableValues

_ROOTS = {"__schema": SchemaMetaFieldDef, "__type": TypeMetaFieldDef}


@dataclass(frozen=True, slots=True)
class _Asked:
    """One field that was asked for. ``inside``: what of the object, None for a leaf."""

    key: str
    value: Callable[[Any], Any]
    inside: Sequence[_Asked] | None = None
    many: bool = False


@dataclass(frozen=True, slots=True)
class _Info:
    """As much of a resolver's second argument as these resolvers look at."""

    schema: GraphQLSchema


def asks_for_schema_only(operation: OperationDefinitionNode) -> bool:
    """Whether all of an operation is answered here."""
    selections = operation.selection_set.selections
    return operation.operation is OperationType.QUERY and all(
        isinstance(node, FieldNode) and node.name.value in _ROOTS and not node.directives for node in selections
    )


def about_schema(
    schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode, variables: Mapping[str, Any]
) -> dict[str, Any]:
    """The data of a valid operation that ``asks_for_schema_only``: what graphql-core would answer."""
    values = get_variable_values(schema, operation.variable_definitions or (), dict(variables))
    if isinstance(values, list):
        raise values[0]
    asked = _Reader(schema, document, values).fields([operation.selection_set], schema.query_type)
    return {each.key: _read(each, None) for each in asked}


def _read(asked: _Asked, source: Any) -> Any:
    value = asked.value(source)
    inside = asked.inside
    if inside is None or value is None:
        return value
    if asked.many:
        return [{each.key: _read(each, item) for each in inside} for item in value]
    return {each.key: _read(each, value) for each in inside}


class _Reader:
    """Works out once, for each selection, which resolvers it takes."""

    def __init__(self, schema: GraphQLSchema, document: DocumentNode, variables: VariableValues) -> None:
        self._info = _Info(schema)
        self._variables = variables
        self._fragments = {
            node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
        }

    def fields(self, sets: Sequence[SelectionSetNode], kind: Any) -> list[_Asked]:
        """What the selections ask of an object of ``kind``."""
        found: dict[str, list[FieldNode]] = {}
        for each in sets:
            self._collect(each, kind, found)
        return [self._asked(key, nodes, kind) for key, nodes in found.items()]

    def _asked(self, key: str, nodes: Sequence[FieldNode], kind: Any) -> _Asked:
        name = nodes[0].name.value
        if name == "__typename":
            return _Asked(key, lambda source: kind.name)
        field: GraphQLField = _ROOTS.get(name) or kind.fields[name]
        resolve: Any = field.resolve
        arguments = get_argument_values(field, nodes[0], self._variables)
        info, named = self._info, get_named_type(field.type)
        many = is_list_type(get_nullable_type(field.type))
        if isinstance(named, GraphQLEnumType):
            names = {value.value: name for name, value in named.values.items()}
            if many:
                return _Asked(key, lambda source: [names[each] for each in resolve(source, info)])
            return _Asked(key, lambda source: names[resolve(source, info)])
        inside = None
        if isinstance(named, GraphQLObjectType):
            inside = self.fields([node.selection_set for node in nodes if node.selection_set], named)
        if arguments:
            return _Asked(key, lambda source: resolve(source, info, **arguments), inside, many)
        return _Asked(key, lambda source: resolve(source, info), inside, many)

    def _collect(self, selections: SelectionSetNode, kind: Any, found: dict[str, list[FieldNode]]) -> None:
        """The fields of a selection by response key, in order; the introspection types are all objects."""
        for node in selections.selections:
            if not self._wanted(node):
                continue
            if isinstance(node, FieldNode):
                found.setdefault(node.alias.value if node.alias else node.name.value, []).append(node)
                continue
            inner: Any = self._fragments[node.name.value] if isinstance(node, FragmentSpreadNode) else node
            condition = inner.type_condition
            if condition is None or condition.name.value == kind.name:
                self._collect(inner.selection_set, kind, found)

    def _wanted(self, node: Any) -> bool:
        skip = get_directive_values(GraphQLSkipDirective, node, self._variables)
        include = get_directive_values(GraphQLIncludeDirective, node, self._variables)
        return not (skip and skip["if"]) and not (include is not None and not include["if"])
