"""What the results of a task's own bulk operations hold (tooling.md 7, L1; actions.md 4.6).

Each line is a node of one of the query's connections, without the connections inside of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from graphql import ArgumentNode, FieldNode, GraphQLSchema, NullValueNode, OperationDefinitionNode, StringValueNode

from runner.lint.flow.document import Query, merged, parsed, result_of
from runner.lint.flow.shape import Member, Result, Selection, Value, only
from runner.lint.flow.text import GAP, Piece, Text

_RUNS = "bulkOperationRunQuery"
_LINE = {name: Member(name, False, None) for name in ("__parent", "__parentId")}

Embedded = Mapping[int, frozenset[Text]]
"""By the place of an output: the texts it may write as JSON."""


def bulk_operation(documents: Iterable[Text], embedded: Embedded, schema: GraphQLSchema) -> Value | None:
    """The variable ``bulkOperation`` of runs that get the results; None when it is not known what they hold."""
    inner: dict[Text, None] = {}
    for text in documents:
        for argument in _inner_queries(text):
            found = _texts(argument, text, embedded)
            if not found:
                return None
            inner |= dict.fromkeys(found)
    lines: list[tuple[dict[str, Member], bool]] = [(dict(_LINE), False)]
    for each in inner:
        result = result_of(each, schema)
        if result.unknown:
            return None
        for shape in result.shapes:
            if isinstance(shape, Result) and shape.query.root is not None:
                lines += _lines(shape.query.root)
    if not inner:
        return None
    fields, is_open = merged(lines)
    listing = Member("objects", True, fields, schema.query_type, is_open, 1)
    root = Member("data", False, {"objects": listing}, schema.query_type, True)
    return only(Selection(Query(next(iter(inner)) + Text((Piece("\n# its lines", 0),)), root), ()))


def _inner_queries(text: Text) -> Iterator[ArgumentNode | None]:
    """The argument of every mutation that starts a bulk query; None for a bulk operation of another kind."""
    document = parsed(text).document
    for node in document.definitions if document is not None else ():
        for field in node.selection_set.selections if isinstance(node, OperationDefinitionNode) else ():
            if not isinstance(field, FieldNode):
                continue
            if field.name.value == _RUNS:
                yield next((each for each in field.arguments or () if each.name.value == "query"), None)
            elif field.name.value.startswith("bulkOperationRun"):
                yield None


def _texts(argument: ArgumentNode | None, text: Text, embedded: Embedded) -> frozenset[Text]:
    """What the inner query may be; nothing when it is not known."""
    value = argument.value if argument is not None else None
    if isinstance(value, StringValueNode) and GAP not in value.value:
        return frozenset({Text((Piece(value.value, text.start),))})
    if isinstance(value, NullValueNode) and value.loc is not None:
        # A gap is filled with " null ", all of which stands at the output's place.
        return embedded.get(parsed(text).written.source(value.loc.start) - 1, frozenset())
    return frozenset()


def _lines(member: Member) -> Iterator[tuple[dict[str, Member], bool]]:
    """The kinds of lines that a selection gives: one for each connection in it."""
    for inner in (member.fields or {}).values():
        if _is_connection(inner):
            for node in _nodes(inner):
                plain = {key: each for key, each in (node.fields or {}).items() if not _is_connection(each)}
                yield plain, node.open
        yield from _lines(inner)


def _is_connection(member: Member) -> bool:
    return member.kind is not None and member.kind.name.endswith("Connection")


def _nodes(connection: Member) -> Iterator[Member]:
    fields = connection.fields or {}
    for key, member in fields.items():
        if key == "nodes":
            yield member
        elif key == "edges" and "node" in (member.fields or {}):
            yield (member.fields or {})["node"]
