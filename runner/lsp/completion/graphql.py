"""Completion of GraphQL: fields, arguments, values and types, from the schema of the task's API version."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from lsprotocol.types import CompletionItemKind

from runner.lsp.completion.suggestion import Suggestion
from runner.lsp.graphql_docs import argument_text, field_text
from runner.lsp.graphql_text import Expected, Reading, reading
from runner.shopify.schema import DEFAULT_VERSION, Argument, Schema, load, named_type

_VARIABLE = re.compile(r"\$(\w+)\s*:")
_KEYWORDS = {
    "query": "query {\n  $0\n}",
    "mutation": "mutation {\n  $0\n}",
    "fragment": "fragment ${1:name} on ${2:Type} {\n  $0\n}",
}
_COMPOSITE = ("OBJECT", "INTERFACE", "UNION")


def graphql(text: str, rest: str, start: int, offset: int, schema: Schema) -> Iterator[Suggestion]:
    """What may stand behind ``text``, where the word from ``start`` on is being written; ``rest`` follows."""
    if text.endswith("$"):
        text, start = text[:-1], start - 1
    found = reading(text, schema)
    place = (start, offset)
    match found.expected:
        case Expected.KEYWORD:
            for word, snippet in _KEYWORDS.items():
                yield Suggestion(word, *place, CompletionItemKind.Keyword, "GraphQL", snippet=snippet)
        case Expected.FIELD:
            yield from _fields(found, rest, place, schema)
        case Expected.ARGUMENT | Expected.INPUT_FIELD:
            yield from _arguments(found, place, schema)
        case Expected.VALUE:
            yield from _values(found, text, place, schema)
        case Expected.TYPE_CONDITION:
            yield from _types(schema.possible_types(found.type or ""), place)
        case Expected.VARIABLE_TYPE:
            kinds = ("SCALAR", "ENUM", "INPUT_OBJECT")
            yield from _types((name for name in schema.data["types"] if schema.kind(name) in kinds), place)
        case Expected.NOTHING:
            return


def _fields(found: Reading, rest: str, place: tuple[int, int], schema: Schema) -> Iterator[Suggestion]:
    parent = found.type or ""
    if found.inside == "...":
        yield Suggestion("on", *place, CompletionItemKind.Keyword, "a type", snippet="on ${1:Type} {\n  $0\n}")
        return
    is_bare = rest.lstrip(" \t\n")[:1] not in ("{", "(", ":")
    for name in schema.field_names(parent):
        field = schema.field(parent, name)
        if field is None:
            continue
        has_fields = schema.kind(named_type(field.type)) in _COMPOSITE
        yield Suggestion(
            name,
            *place,
            CompletionItemKind.Field,
            field.type,
            snippet=f"{name}{_call(field.args)}" + (" {\n  $0\n}" if has_fields else "") if is_bare else None,
            rank=8 if field.deprecated else 5,
            deprecated=field.deprecated is not None,
            later={"version": schema.version, "type": parent, "field": name},
        )
    if parent:
        yield Suggestion("__typename", *place, CompletionItemKind.Field, "String!", rank=7)


def _call(args: Mapping[str, Argument]) -> str:
    """The arguments that have to be given; ``first`` of a connection is one in practice."""
    wanted = [name for name, each in args.items() if each.required] or (["first"] if "first" in args else [])
    return f"({', '.join(f'{name}: ${{{at}}}' for at, name in enumerate(wanted, 1))})" if wanted else ""


def _arguments(found: Reading, place: tuple[int, int], schema: Schema) -> Iterator[Suggestion]:
    for name, argument in found.args.items():
        if name in found.used:
            continue
        yield Suggestion(
            f"{name}:",
            *place,
            CompletionItemKind.Property,
            argument.type,
            argument_text(schema, argument),
            f"{name}: ",
            rank=3 if argument.required else 8 if argument.deprecated else 5,
            deprecated=argument.deprecated is not None,
        )


def _values(found: Reading, text: str, place: tuple[int, int], schema: Schema) -> Iterator[Suggestion]:
    wanted = found.type or ""
    for value, reason in schema.enum_values(wanted).items():
        yield Suggestion(
            value, *place, CompletionItemKind.EnumMember, wanted, reason or "", deprecated=reason is not None
        )
    if wanted == "Boolean":
        for word in ("true", "false"):
            yield Suggestion(word, *place, CompletionItemKind.Constant, "Boolean")
    for name in dict.fromkeys(_VARIABLE.findall(text)):
        yield Suggestion(
            f"${name}", place[0], place[1], CompletionItemKind.Variable, "variable of the document", rank=6
        )


def _types(names: Iterable[str], place: tuple[int, int]) -> Iterator[Suggestion]:
    for name in names:
        yield Suggestion(name, *place, CompletionItemKind.Class, "type")


def about_later(wanted: Mapping[str, str]) -> str:
    """What ``Suggestion.later`` of a field leads to; empty for anything else."""
    schema = load(wanted.get("version", DEFAULT_VERSION))
    field = schema.field(wanted.get("type", ""), wanted.get("field", ""))
    return field_text(schema, wanted.get("type", ""), field) if field is not None else ""
