"""What a GraphQL text asks for, and what its reply complains of (actions.md 4.3, durability.md 6.2)."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from textwrap import dedent
from typing import TYPE_CHECKING, Any

from runner.model.json import canonical

if TYPE_CHECKING:
    from graphql import DocumentNode, FieldNode

DENIED = frozenset(
    {"appUninstall", "appRevokeAccessScopes", "delegateAccessTokenCreate", "storefrontAccessTokenCreate"}
)
"""Mutations refused unless the engine is told otherwise: they would cut off the app, or hand out tokens."""

_USER_ERRORS = re.compile(r"userErrors$", re.IGNORECASE)
_ALIASED = re.compile(r"([A-Za-z_]\w*)\s*:\s*\w*userErrors\b", re.IGNORECASE)
_REPEATABLE = re.compile(
    r"(Update|Delete|Set|Publish|Unpublish)$|^(tagsAdd|tagsRemove|orderClose|orderOpen)$|^(un)?publish"
)
_GLOBAL_ID = re.compile(r"gid://shopify/[A-Za-z]+/[A-Za-z0-9_-]+")
_IDEMPOTENT_DIRECTIVE = "idempotent"
_IDEMPOTENT_ARGUMENT = "idempotencyKey"


def user_errors(query: str, data: Any) -> list[dict[str, Any]]:
    """The user errors of all root payloads, each as ``field``, ``message``, ``code`` where given.

    Any key ending in ``userErrors`` counts, and any name the text gives to such a field. With several root fields each
    error says under ``alias`` whose it is, since the others may have succeeded.
    """
    if not isinstance(data, Mapping):
        return []
    aliases = set(_ALIASED.findall(query))
    found = []
    for root, payload in data.items():
        if not isinstance(payload, Mapping):
            continue
        for key, errors in payload.items():
            if isinstance(errors, list) and (_USER_ERRORS.search(key) or key in aliases):
                found += [_shown(error, root if len(data) > 1 else None) for error in errors]
    return found


def _shown(error: Any, alias: str | None) -> dict[str, Any]:
    parts = {"alias": alias} if alias is not None else {}
    if not isinstance(error, Mapping):
        return parts | {"message": error}
    known = {key: error[key] for key in ("field", "message", "code") if key in error}
    return parts | (known or dict(error))


def error_messages(errors: Any) -> list[str]:
    """The messages of top-level ``errors``, which Shopify sends as a list, and for refused tokens as text."""
    listed = errors if isinstance(errors, list) else [errors]
    return [
        str(error["message"]) if isinstance(error, Mapping) and "message" in error else _text(error) for error in listed
    ]


def _text(error: Any) -> str:
    return error if isinstance(error, str) else canonical(error)


def denied_mutation(query: str, denied: Collection[str]) -> str | None:
    """The first field of ``query`` that is on the list, however it is named in the reply; None when there is none."""
    if not any(name in query for name in denied):
        return None
    document = _parsed(query)
    if document is None:
        return None
    return next((field.name.value for field in mutation_fields(document) if field.name.value in denied), None)


def repeatable(query: str) -> bool:
    """Whether sending ``query`` twice does the same as once.

    Queries, texts that do not parse (the shop refuses them), and mutations whose every root field sets, removes, or
    carries an idempotency key.
    """
    document = _parsed(query)
    return document is None or all(_field_repeatable(field) for field in mutation_fields(document))


def _field_repeatable(field: FieldNode) -> bool:
    if _REPEATABLE.search(field.name.value):
        return True
    if any(directive.name.value == _IDEMPOTENT_DIRECTIVE for directive in field.directives or ()):
        return True
    return any(argument.name.value == _IDEMPOTENT_ARGUMENT for argument in field.arguments or ())


def _parsed(query: str) -> DocumentNode | None:
    from graphql import GraphQLSyntaxError, parse

    try:
        return parse(query, no_location=True)
    except GraphQLSyntaxError:
        return None


def pretty(query: str) -> str:
    """``query`` with one field a line, texts of several lines as such; as it is when it does not parse."""
    from graphql import StringValueNode, Visitor, print_ast, visit

    class Texts(Visitor):
        """Writes queries inside of texts, those of bulk operations, with their lines."""

        def enter_string_value(self, node: StringValueNode, *_: Any) -> StringValueNode | None:
            return StringValueNode(value=dedent(node.value).strip(), block=True) if "\n" in node.value else None

    document = _parsed(query)
    return query if document is None else print_ast(visit(document, Texts()))


def targets(query: str, variables: Any) -> list[str]:
    """The global ids that a call names, each once, in their order: in its text first, then in its variables."""
    return list(dict.fromkeys(_GLOBAL_ID.findall(query) + _GLOBAL_ID.findall(canonical(variables))))


def mutation_fields(document: DocumentNode) -> Iterator[FieldNode]:
    """Root fields of all mutations in the document, those behind fragments included."""
    from graphql import FragmentDefinitionNode, OperationDefinitionNode, OperationType

    fragments = {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}
    for node in document.definitions:
        if isinstance(node, OperationDefinitionNode) and node.operation is OperationType.MUTATION:
            yield from _fields(node.selection_set, fragments, set())


def _fields(selection_set: Any, fragments: Mapping[str, Any], seen: set[str]) -> Iterator[FieldNode]:
    from graphql import FieldNode, FragmentSpreadNode

    for selection in selection_set.selections:
        if isinstance(selection, FieldNode):
            yield selection
        elif isinstance(selection, FragmentSpreadNode):
            name = selection.name.value
            if name in fragments and name not in seen:
                seen.add(name)
                yield from _fields(fragments[name].selection_set, fragments, seen)
        else:
            yield from _fields(selection.selection_set, fragments, seen)
