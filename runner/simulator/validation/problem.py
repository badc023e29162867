"""One refused thing in a GraphQL request, and how its parts are written."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    BooleanValueNode,
    EnumValueNode,
    FloatValueNode,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    IntValueNode,
    ListValueNode,
    NullValueNode,
    ObjectValueNode,
    StringValueNode,
    ValueNode,
    VariableNode,
    get_location,
)
from graphql.language import Node

Path = tuple["str | int", ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """A member of ``errors``: empty parts are left out of the JSON, as graphql-ruby does."""

    message: str
    locations: tuple[tuple[int, int], ...] = ()
    path: Path | None = None
    extensions: dict[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """``{message, locations, path, extensions}`` in Shopify's order of keys."""
        document: dict[str, Any] = {"message": self.message}
        if self.locations:
            document["locations"] = [{"line": line, "column": column} for line, column in self.locations]
        if self.path is not None:
            document["path"] = list(self.path)
        if self.extensions:
            document["extensions"] = self.extensions
        return document


def locate(*nodes: Node) -> tuple[tuple[int, int], ...]:
    """Line and column (from 1) of the beginning of each node; nothing for nodes made without a source."""
    places = []
    for node in nodes:
        if node.loc is not None:
            place = get_location(node.loc.source, node.loc.start)
            places.append((place.line, place.column))
    return tuple(places)


def literal(value: ValueNode) -> str:
    """A literal as graphql-ruby prints it: ``{a: 1, b: [X, "y"]}``."""
    match value:
        case StringValueNode(value=text):
            return json.dumps(text, ensure_ascii=False)
        case IntValueNode(value=text) | FloatValueNode(value=text) | EnumValueNode(value=text):
            return str(text)
        case BooleanValueNode(value=truth):
            return "true" if truth else "false"
        case NullValueNode():
            return "null"
        case VariableNode():
            return f"${value.name.value}"
        case ListValueNode(values=members):
            return "[" + ", ".join(literal(member) for member in members) + "]"
        case ObjectValueNode(fields=members):
            return "{" + ", ".join(f"{member.name.value}: {literal(member.value)}" for member in members) + "}"
        case _:
            return str(value)


def nullable(kind: GraphQLInputType) -> GraphQLInputType:
    """The type without its exclamation mark."""
    return kind.of_type if isinstance(kind, GraphQLNonNull) else kind


def innermost(kind: GraphQLInputType) -> GraphQLInputType:
    """The named type inside lists and exclamation marks."""
    while isinstance(kind, GraphQLNonNull | GraphQLList):
        kind = kind.of_type
    return kind
