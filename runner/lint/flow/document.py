"""A GraphQL document as far as it is known before the script runs, and what its result holds."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    get_named_type,
    is_leaf_type,
    parse,
)

from runner.lint.flow.shape import UNKNOWN, Listing, Member, Result, Scalar, Selection, Value, only
from runner.lint.flow.text import GAP, Text, Written, graphql

if TYPE_CHECKING:
    from graphql import GraphQLSchema, GraphQLType

_DEEPEST = 30


@dataclass(frozen=True, slots=True)
class Query:
    """A document of one operation; ``root`` is what its result holds. Equal when their texts are."""

    text: Text
    root: Member | None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Query) and other.text == self.text

    def __hash__(self) -> int:
        return hash(self.text)

    def member(self, path: tuple[str, ...]) -> Member | None:
        """The field at a path of response keys."""
        found = self.root
        for key in path:
            found = (found.fields or {}).get(key) if found is not None else None
        return found


@dataclass(frozen=True, slots=True)
class Parsed:
    """A text with its gaps filled, as a document; ``error`` says why it is none."""

    written: Written
    document: DocumentNode | None
    error: str | None = None
    position: int = 0


@lru_cache(maxsize=512)
def parsed(text: Text) -> Parsed:
    """The document in ``text``."""
    written = graphql(text)
    try:
        return Parsed(written, parse(written.text))
    except GraphQLError as error:
        return Parsed(written, None, error.message, next(iter(error.positions or (0,))))
    except RecursionError:
        return Parsed(written, None, "it is nested too deeply")


def result_of(text: Text, schema: GraphQLSchema) -> Value:
    """What the shopify filter gives for ``text``: unknown when it cannot be read."""
    document = parsed(text).document
    if document is None:
        return UNKNOWN
    operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    if not operations:
        return UNKNOWN
    reader = _Reader(document, schema)
    roots = [reader.selected(node.selection_set, schema.get_root_type(node.operation), 0) for node in operations]
    fields, open_ = merged(roots)
    root = Member("data", False, fields, schema.query_type, open_)
    return only(Result(Query(text, root)))


def member_value(query: Query, path: tuple[str, ...], member: Member) -> Value:
    """What a field holds: a leaf, an object, or lists of them."""
    if member.fields is None:
        known = member.kind is not None and member.kind.name not in _ANYTHING
        value = only(Scalar(query, path)) if known else UNKNOWN
    else:
        value = only(Selection(query, path))
    if member.kind is None and member.fields is not None:
        return UNKNOWN
    for _ in range(member.depth):
        value = only(Listing(value))
    return value


_ANYTHING = frozenset({"JSON"})
"""Leafs that may be objects in Liquid."""


Fields = tuple[dict[str, Member], bool]


class _Reader:
    """Reads selections: fragments in their places, aliases as keys."""

    def __init__(self, document: DocumentNode, schema: GraphQLSchema) -> None:
        self._schema = schema
        self._fragments = {
            node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
        }

    def selected(self, node: SelectionSetNode | None, parent: GraphQLNamedType | None, depth: int) -> Fields:
        """(fields by key, whether any other may be there)."""
        if depth > _DEEPEST:
            return {}, True
        found: dict[str, Member] = {}
        open_ = False
        for selection in node.selections if node else ():
            match selection:
                case FieldNode():
                    key = (selection.alias or selection.name).value
                    if GAP in key or GAP in selection.name.value:
                        open_ = True
                        continue
                    member = self._member(key, selection, parent, depth)
                    found[key] = _both(found[key], member) if key in found else member
                case InlineFragmentNode():
                    kind = self._condition(selection.type_condition, parent)
                    fields, more = merged([(found, open_), self.selected(selection.selection_set, kind, depth + 1)])
                    found, open_ = fields, more
                case FragmentSpreadNode():
                    fragment = self._fragments.get(selection.name.value)
                    if fragment is None:
                        open_ = True
                        continue
                    kind = self._condition(fragment.type_condition, parent)
                    found, open_ = merged([(found, open_), self.selected(fragment.selection_set, kind, depth + 1)])
        return found, open_

    def _condition(self, node: object, parent: GraphQLNamedType | None) -> GraphQLNamedType | None:
        name = getattr(getattr(node, "name", None), "value", None)
        return parent if name is None else self._schema.get_type(name)

    def _member(self, key: str, node: FieldNode, parent: GraphQLNamedType | None, depth: int) -> Member:
        kind: GraphQLType | None = None
        if isinstance(parent, GraphQLObjectType | GraphQLInterfaceType) and node.name.value in parent.fields:
            kind = parent.fields[node.name.value].type
        named = get_named_type(kind) if kind is not None else None
        lists = _lists(kind)
        if node.name.value == "__typename":
            return Member(key, False, None, self._schema.get_type("String"))
        if node.selection_set is None:
            # An object without a selection is refused by Shopify; what it would hold is not known.
            leaf = named if named is not None and is_leaf_type(named) else None
            return Member(key, lists > 0, None, leaf, depth=lists)
        fields, open_ = self.selected(node.selection_set, named, depth + 1)
        return Member(key, lists > 0, fields, named, open_, lists)


def _lists(kind: GraphQLType | None) -> int:
    count = 0
    while isinstance(kind, GraphQLNonNull | GraphQLList):
        count += isinstance(kind, GraphQLList)
        kind = kind.of_type
    return count


def merged(all_fields: list[Fields]) -> Fields:
    """Selections of the same place as one; open when any of them is."""
    merged: dict[str, Member] = {}
    for fields, _ in all_fields:
        for key, member in fields.items():
            merged[key] = _both(merged[key], member) if key in merged else member
    return merged, any(open_ for _, open_ in all_fields)


def _both(one: Member, other: Member) -> Member:
    """A key that is selected twice: everything of both."""
    if one.fields is None or other.fields is None:
        return one if one.fields is not None else other
    fields, open_ = merged([(dict(one.fields), one.open), (dict(other.fields), other.open)])
    return replace(one, fields=fields, open=open_, kind=one.kind if one.depth == other.depth else None)


def keys(member: Member) -> tuple[str, ...]:
    """What is selected of a field, in order."""
    return tuple(member.fields or ())
