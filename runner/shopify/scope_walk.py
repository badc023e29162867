"""Walks a parsed GraphQL document against the schema's access rules. Imported late: it brings graphql-core."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from graphql import (
    ArgumentNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLSyntaxError,
    InlineFragmentNode,
    ListValueNode,
    ObjectValueNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    StringValueNode,
    ValueNode,
    VariableNode,
    parse,
    value_from_ast_untyped,
)

from runner.shopify.schema import Access, Schema, named_type
from runner.shopify.scopes import Need, Needs

_GID = re.compile(r"gid://shopify/([A-Za-z]+)/")
_BRACKETS = re.compile(r'"""(?:\\"""|.)*?"""|"(?:\\.|[^"\\\n])*"|#[^\n\r]*|[()]|[^()"#]+|["]', re.DOTALL)
_OWNER_KEYS = frozenset({"id", "ids", "ownerId"})
"""Where a mutation names the objects it changes. Other ids in its input are only mentioned (actions.md 4.7, rule 2)."""
_GID_TYPES: Mapping[str, str] = {
    "OnlineStoreArticle": "Article",
    "OnlineStoreBlog": "Blog",
    "OnlineStorePage": "Page",
}
"""Resource names in ids that differ from the GraphQL type."""
_OVERRIDES: Mapping[str, tuple[str, ...]] = {
    "fulfillmentCancel": (
        "write_assigned_fulfillment_orders",
        "write_merchant_managed_fulfillment_orders",
        "write_third_party_fulfillment_orders",
    ),
}
"""Mutations that Shopify publishes no scope for and whose ids do not tell it either (actions.md 4.7, rule 2)."""
_ROOTS: Mapping[str, tuple[str, ...]] = {
    "deliveryProfile": ("read_shipping",),
    "deliveryProfiles": ("read_shipping",),
    "publication": ("read_publications",),
}
"""Query roots that Shopify publishes no scope for, though it asks for the one of their family."""
_FREE = frozenset({"flowTriggerReceive", "stagedUploadsCreate", "bulkOperationCancel"})
"""Mutations without a scope of their own."""
_INNER = {"bulkOperationRunQuery": "query", "bulkOperationRunMutation": "mutation"}


def walk(document: str, variables: Mapping[str, Any], schema: Schema) -> Needs:
    """What every operation of ``document`` needs.

    Of a text that does not parse because of its arguments, as when an option is not set yet, the fields still count.
    """
    try:
        return _walked(_parsed(document), variables, schema)
    except GraphQLSyntaxError as error:
        reason = error.message
    except RecursionError:  # older releases of graphql-core have no limit of their own
        return Needs(unknown=("the GraphQL text is nested too deeply, so its scopes are unknown",))
    try:
        fields = _walked(_parsed(_without_arguments(document)), variables, schema)
    except GraphQLSyntaxError:
        return Needs(unknown=(f"the GraphQL text does not parse, so its scopes are unknown: {reason}",))
    sentence = f"the GraphQL text does not parse, so its scopes come from its fields alone: {reason}"
    return Needs(fields.needs, (sentence, *fields.unknown))


@lru_cache(maxsize=512)
def _parsed(document: str) -> DocumentNode:
    """The nodes of ``document``, which nobody changes. Previews of many topics send the same texts."""
    return parse(document, no_location=True)


def _without_arguments(document: str) -> str:
    """``document`` without anything in round brackets."""
    kept: list[str] = []
    depth = 0
    for lexeme in _BRACKETS.finditer(document):
        text = lexeme.group()
        depth += text == "("
        if depth == 0:
            kept.append(text)
        depth = max(0, depth - (text == ")"))
    return "".join(kept)


def _walked(parsed: DocumentNode, variables: Mapping[str, Any], schema: Schema) -> Needs:
    fragments = {node.name.value: node for node in parsed.definitions if isinstance(node, FragmentDefinitionNode)}
    walker = _Walk(schema, variables, fragments)
    for node in parsed.definitions:
        if isinstance(node, OperationDefinitionNode):
            walker.operation(node)
    return Needs(tuple(walker.needs.values()), tuple(walker.unknown))


class _Walk:
    def __init__(
        self, schema: Schema, variables: Mapping[str, Any], fragments: Mapping[str, FragmentDefinitionNode]
    ) -> None:
        self.schema = schema
        self.variables = dict(variables)
        self.fragments = fragments
        self.needs: dict[tuple[str, ...], Need] = {}
        self.unknown: dict[str, None] = {}
        self._spread: set[tuple[str, str]] = set()

    def operation(self, node: OperationDefinitionNode) -> None:
        for definition in node.variable_definitions or ():
            if definition.default_value is not None:
                default = value_from_ast_untyped(definition.default_value)
                self.variables.setdefault(definition.variable.name.value, default)
        mutation = node.operation is OperationType.MUTATION
        root = self.schema.mutation if mutation else self.schema.query
        if root is not None:
            self.selections(node.selection_set, root)

    def selections(self, node: SelectionSetNode | None, parent: str, path: str = "") -> None:
        for selection in node.selections if node else ():
            if isinstance(selection, FieldNode):
                self.field(selection, parent, path)
            elif isinstance(selection, InlineFragmentNode):
                self.fragment(selection.selection_set, selection.type_condition, parent, path)
            elif isinstance(selection, FragmentSpreadNode):
                name = selection.name.value
                fragment = self.fragments.get(name)
                if fragment is not None and (name, parent) not in self._spread:
                    self._spread.add((name, parent))
                    self.fragment(fragment.selection_set, fragment.type_condition, parent, path)

    def fragment(self, node: SelectionSetNode, condition: Any, parent: str, path: str) -> None:
        name = condition.name.value if condition is not None else parent
        if name != parent:
            self.add(self.schema.type_access(name), f"{path} as {name}".lstrip())
        self.selections(node, name, path)

    def field(self, node: FieldNode, parent: str, path: str) -> None:
        name = node.name.value
        if name.startswith("__"):
            return
        known = self.schema.field(parent, name)
        if known is None:
            self.unknown[f"{parent} has no field {name} in {self.schema.version}"] = None
            return
        result = named_type(known.type)
        here = f"{path}.{name}".lstrip(".")
        if parent == self.schema.mutation:
            self.mutation(node, known.access)
        elif self.add(known.access, here) or self.add(self.schema.type_access(result), here):
            pass  # the field's own rule, else that of the type it gives
        elif parent == self.schema.query and name in _ROOTS:
            self.note(Need(_ROOTS[name], here))
        self.selections(node.selection_set, result, here)

    def add(self, rule: Access | None, reason: str) -> bool:
        """Note a rule; False when it names no scope, so that another one must be looked at."""
        for group in rule.scopes if rule else ():
            self.note(Need(group, reason, rule.words if rule else None))
        return bool(rule and rule.scopes)

    def note(self, need: Need) -> None:
        """Keep ``need``; of several that ask for the same only the first, whose reason stands for all."""
        self.needs.setdefault(need.any_of, need)

    def mutation(self, node: FieldNode, rule: Access | None) -> None:
        name = node.name.value
        if name in _INNER:
            self.inner(node, _INNER[name])
        elif name in _OVERRIDES:
            self.note(Need(_OVERRIDES[name], f"mutation {name}"))
        elif name not in _FREE and not self.add(rule, f"mutation {name}"):
            self.by_owner(node, rule)

    def by_owner(self, node: FieldNode, rule: Access | None) -> None:
        """A mutation whose scope depends on the objects it is given: the write form of their types' read scopes."""
        name = node.name.value
        kinds = dict.fromkeys(kind for argument in node.arguments or () for kind in self.owners(argument))
        if not kinds:
            rest = f" Shopify says: {' '.join(rule.words.split())}" if rule else ""
            self.unknown[f"mutation {name}: no id tells what it changes, so its scope is unknown.{rest}"] = None
        for kind in kinds:
            type_name = _GID_TYPES.get(kind, kind[:1].upper() + kind[1:])  # stubs write gid://shopify/order/1, too
            if type_name not in self.schema:
                self.unknown[f"mutation {name}: {kind} is not a type of the Admin API"] = None
                continue
            access = self.schema.type_access(type_name)
            for group in access.scopes if access else ():
                written = tuple(re.sub(r"\Aread_", "write_", scope) for scope in group)
                self.note(Need(written, f"mutation {name} on {type_name}"))

    def owners(self, argument: ArgumentNode) -> Iterator[str]:
        """The resource types in the ids of an argument that say what is changed."""
        for key, text in self.strings(argument.value, argument.name.value):
            if key in _OWNER_KEYS:
                yield from (match.group(1) for match in _GID.finditer(text))

    def strings(self, node: ValueNode, key: str) -> Iterator[tuple[str, str]]:
        """All strings in a value, variables filled in, each with the key it stands under."""
        if isinstance(node, VariableNode):
            yield from _plain_strings(self.variables.get(node.name.value), key)
        elif isinstance(node, StringValueNode):
            yield key, node.value
        elif isinstance(node, ListValueNode):
            for item in node.values:
                yield from self.strings(item, key)
        elif isinstance(node, ObjectValueNode):
            for member in node.fields:
                yield from self.strings(member.value, member.name.value)

    def inner(self, node: FieldNode, argument: str) -> None:
        """A bulk operation: what its inner document needs. The lines of a bulk mutation's file are never looked at."""
        texts = [
            text
            for given in node.arguments or ()
            if given.name.value == argument
            for _, text in self.strings(given.value, argument)
        ]
        if not texts:
            self.unknown[f"{node.name.value}: its inner {argument} is not given"] = None
        for text in texts:
            found = walk(text, {}, self.schema)
            for need in found.needs:
                self.note(need)
            self.unknown |= dict.fromkeys(found.unknown)


def _plain_strings(value: Any, key: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield key, value
    elif isinstance(value, Mapping):
        for name, member in value.items():
            yield from _plain_strings(member, str(name))
    elif isinstance(value, (list, tuple)):
        for member in value:
            yield from _plain_strings(member, key)
