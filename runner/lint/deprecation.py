"""Deprecated uses in a document, with Shopify's word on each.

graphql-core has a rule for it, which fails on schemas that were not read from text (tooling.md 7).
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

from graphql import (
    ArgumentNode,
    EnumValueNode,
    FieldNode,
    GraphQLEnumType,
    GraphQLError,
    ObjectFieldNode,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    get_named_type,
    parse,
    visit,
)

from runner.shopify.schema import graphql_schema


class Use(NamedTuple):
    """What is used, as ``Product.images`` or ``collectionUpdate(input:)``; where in the text; why it should not be."""

    name: str
    position: int
    reason: str


@lru_cache(maxsize=512)
def uses(text: str, version: str) -> tuple[Use, ...]:
    """Every deprecated field, argument, input field and enum value of a document, in order; none without a document."""
    try:
        document = parse(text)
    except (GraphQLError, RecursionError):
        return ()
    info = TypeInfo(graphql_schema(version))
    visitor = _Deprecations(info)
    visit(document, TypeInfoVisitor(info, visitor))
    return tuple(visitor.found)


class _Deprecations(Visitor):
    def __init__(self, info: TypeInfo) -> None:
        super().__init__()
        self.found: list[Use] = []
        self._info = info

    def enter_field(self, node: FieldNode, *_: Any) -> None:
        field, parent = self._info.get_field_def(), self._info.get_parent_type()
        if field is not None and parent is not None and field.deprecation_reason is not None:
            self._add(f"{parent.name}.{node.name.value}", node, field.deprecation_reason)

    def enter_argument(self, node: ArgumentNode, *_: Any) -> None:
        argument, field = self._info.get_argument(), self._info.get_field_def()
        if argument is None or argument.deprecation_reason is None or field is None:
            return
        parent = self._info.get_parent_type()
        names = getattr(parent, "fields", {})
        owner = next((name for name, each in names.items() if each is field), "field")
        self._add(f"{owner}({node.name.value}:)", node, argument.deprecation_reason)

    def enter_object_field(self, node: ObjectFieldNode, *_: Any) -> None:
        parent = get_named_type(self._info.get_parent_input_type())
        field = getattr(parent, "fields", {}).get(node.name.value)
        if parent is not None and field is not None and field.deprecation_reason is not None:
            self._add(f"{parent.name}.{node.name.value}", node, field.deprecation_reason)

    def enter_enum_value(self, node: EnumValueNode, *_: Any) -> None:
        kind = get_named_type(self._info.get_input_type())
        value = kind.values.get(node.value) if isinstance(kind, GraphQLEnumType) else None
        if value is not None and value.deprecation_reason is not None and kind is not None:
            self._add(f"{kind.name}.{node.value}", node, value.deprecation_reason)

    def _add(self, name: str, node: Any, reason: str) -> None:
        self.found.append(Use(name, node.loc.start if node.loc else 0, reason))
