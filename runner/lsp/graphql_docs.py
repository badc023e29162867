"""What the schema says about a field or argument, in words for hover and completion."""

from __future__ import annotations

from collections.abc import Sequence

from runner.errors import RunnerError
from runner.shopify.schema import Argument, Field, Schema, named_type
from runner.shopify.scopes import of_graphql

_MOST_ARGUMENTS = 12


def field_text(schema: Schema, parent: str, field: Field) -> str:
    """``Order.tags: [String!]!``, its arguments, who may see it, and why it should not be used any more."""
    lines = [f"```graphql\n{parent}.{field.name}{_signature(field)}: {field.type}\n```"]
    kinds = (named_type(field.type), _listed(schema, field))
    access = [each.words for each in (field.access, *map(schema.type_access, kinds)) if each is not None]
    lines += [f"Access: {words}" for words in dict.fromkeys(access)]
    if field.deprecated is not None:
        lines.append(f"**Deprecated:** {field.deprecated}")
    lines.append(f"Admin API {schema.version}")
    return "\n\n".join(lines)


def argument_text(schema: Schema, argument: Argument) -> str:
    """``sortKey: OrderSortKeys = PROCESSED_AT``, with the values of an enum."""
    default = f" = {argument.default}" if argument.default is not None else ""
    lines = [f"```graphql\n{argument.name}: {argument.type}{default}\n```"]
    values = schema.enum_values(named_type(argument.type))
    if values:
        lines.append("One of " + ", ".join(f"`{value}`" for value in list(values)[:20]))
    if argument.gid_types:
        lines.append("The id of: " + ", ".join(argument.gid_types))
    if argument.deprecated is not None:
        lines.append(f"**Deprecated:** {argument.deprecated}")
    return "\n\n".join(lines)


def scopes_of(schema: Schema, operation: str, path: Sequence[str], field: Field) -> tuple[str, ...]:
    """The access scopes that reading down to ``field`` takes, the last of ``path``; none where they cannot be told."""
    selection = " nodes { __typename } " if _listed(schema, field) else " __typename "
    for name in reversed(path):
        selection = f" {name} {{{selection}}} "
    try:
        return of_graphql(f"{operation} {{{selection}}}", schema=schema).scopes()
    except RunnerError:
        return ()


def _listed(schema: Schema, field: Field) -> str:
    """The type of the nodes of a connection; empty for any other field."""
    nodes = schema.field(named_type(field.type), "nodes")
    return named_type(nodes.type) if nodes is not None else ""


def _signature(field: Field) -> str:
    if not field.args:
        return ""
    shown = [f"{name}: {each.type}" for name, each in list(field.args.items())[:_MOST_ARGUMENTS]]
    more = ["…"] if len(field.args) > _MOST_ARGUMENTS else []
    return f"({', '.join([*shown, *more])})"
