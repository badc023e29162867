"""Builds graphql-core's schema out of the compact data. Imported late: graphql-core alone takes 150 ms."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast

from graphql import (
    DirectiveLocation,
    GraphQLArgument,
    GraphQLDirective,
    GraphQLEnumType,
    GraphQLEnumValue,
    GraphQLField,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    GraphQLUnionType,
    Undefined,
    parse_const_value,
    specified_directives,
    specified_scalar_types,
    value_from_ast,
)


def build(data: Mapping[str, Any]) -> GraphQLSchema:
    """The schema of one version. Not validated: Shopify's own breaks one of graphql-core's rules on deprecation."""
    return _Builder(data).schema()


class _Builder:
    """Types by name; fields are built when graphql-core first asks for them, since types refer to each other."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self.data = data
        self.named: dict[str, GraphQLNamedType] = dict(specified_scalar_types)
        self.references: dict[str, Any] = {}
        make: dict[str, Callable[[str, Mapping[str, Any]], GraphQLNamedType]] = {
            "OBJECT": self._object,
            "INTERFACE": self._interface,
            "UNION": self._union,
            "ENUM": _enum,
            "INPUT_OBJECT": self._input,
            "SCALAR": lambda name, row: GraphQLScalarType(name),
        }
        for name, row in data["types"].items():
            if name not in self.named:
                self.named[name] = make[row["kind"]](name, row)

    def schema(self) -> GraphQLSchema:
        builtin = {directive.name for directive in specified_directives}
        own = [self._directive(name, row) for name, row in self.data["directives"].items() if name not in builtin]
        return GraphQLSchema(
            query=cast(GraphQLObjectType, self.named[self.data["query"]]),
            mutation=cast(GraphQLObjectType | None, self.named.get(self.data["mutation"])),
            types=[self.named[name] for name in self.data["types"]],
            directives=[*specified_directives, *own],
            assume_valid=True,
        )

    def type(self, reference: str) -> Any:
        """The type that a reference such as ``[Order!]!`` names."""
        found = self.references.get(reference)
        if found is None:
            if reference.endswith("!"):
                found = GraphQLNonNull(self.type(reference[:-1]))
            elif reference.startswith("["):
                found = GraphQLList(self.type(reference[1:-1]))
            else:
                found = self.named[reference]
            self.references[reference] = found
        return found

    def _object(self, name: str, row: Mapping[str, Any]) -> GraphQLNamedType:
        return GraphQLObjectType(name, lambda: self._fields(row), interfaces=self._interfaces(row))

    def _interface(self, name: str, row: Mapping[str, Any]) -> GraphQLNamedType:
        return GraphQLInterfaceType(name, lambda: self._fields(row), interfaces=self._interfaces(row))

    def _interfaces(self, row: Mapping[str, Any]) -> Callable[[], list[GraphQLInterfaceType]]:
        return lambda: [cast(GraphQLInterfaceType, self.named[name]) for name in row.get("interfaces", ())]

    def _union(self, name: str, row: Mapping[str, Any]) -> GraphQLNamedType:
        return GraphQLUnionType(name, lambda: [cast(GraphQLObjectType, self.named[each]) for each in row["possible"]])

    def _input(self, name: str, row: Mapping[str, Any]) -> GraphQLNamedType:
        def fields() -> dict[str, GraphQLInputField]:
            return {key: self._input_field(value) for key, value in row["input"].items()}

        return GraphQLInputObjectType(name, fields, is_one_of=row.get("one_of", False))

    def _fields(self, row: Mapping[str, Any]) -> dict[str, GraphQLField]:
        return {name: self._field(value) for name, value in row["fields"].items()}

    def _field(self, row: Any) -> GraphQLField:
        if isinstance(row, str):
            return GraphQLField(self.type(row))
        args = {name: self._argument(value) for name, value in row.get("args", {}).items()}
        return GraphQLField(self.type(row["type"]), args, deprecation_reason=row.get("deprecated"))

    def _argument(self, row: Any) -> GraphQLArgument:
        if isinstance(row, str):
            return GraphQLArgument(self.type(row))
        return GraphQLArgument(
            self.type(row["type"]), default_value=self._default(row), deprecation_reason=row.get("deprecated")
        )

    def _input_field(self, row: Any) -> GraphQLInputField:
        if isinstance(row, str):
            return GraphQLInputField(self.type(row))
        return GraphQLInputField(
            self.type(row["type"]), default_value=self._default(row), deprecation_reason=row.get("deprecated")
        )

    def _default(self, row: Mapping[str, Any]) -> Any:
        if "default" not in row:
            return Undefined
        return value_from_ast(parse_const_value(row["default"]), self.type(row["type"]))

    def _directive(self, name: str, row: Mapping[str, Any]) -> GraphQLDirective:
        return GraphQLDirective(
            name,
            [DirectiveLocation[location] for location in row["locations"]],
            {key: self._argument(value) for key, value in row["args"].items()},
            is_repeatable=row.get("repeatable", False),
        )


def _enum(name: str, row: Mapping[str, Any]) -> GraphQLNamedType:
    values = {value: GraphQLEnumValue(value, deprecation_reason=reason) for value, reason in row["values"].items()}
    return GraphQLEnumType(name, values)
