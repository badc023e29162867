"""The ``query:`` argument of connections: Shopify's search syntax, parsed and matched (simulator.md 3).

``word "a phrase" field:value field:>=3 field:'2026-01-01' field:pre* field:* -not NOT (a OR b) AND c``. Terms side by
side are joined by AND; AND binds tighter than OR (published grammar). An unquoted value ends at a colon, so an unquoted
time falls apart as it does at Shopify. An unknown field is left out of the filter and told in ``extensions.search``:
seen.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from runner.simulator.contract import Context, Refusal
from runner.simulator.graph import Graph, Node
from runner.simulator.search_values import Zone, matches

Reader = Callable[[Node, Graph], Any]
Test = Callable[[Node], bool | None]


@dataclass(frozen=True, slots=True)
class SearchField:
    """A searchable field: its ``kind`` (``text`` of words, ``exact`` text, ``list`` and ``ids``, of which a term names
    several with commas, ``id``, ``number``, ``time``, ``boolean``) and where its value comes from; a list matches by
    any member. ``read`` None: documented, not answered here."""

    kind: str
    read: Reader | None
    stored: str | None = None
    """Of an exact text that is only read: the name it is stored under, by which it can be looked up."""


@dataclass(frozen=True, slots=True)
class SearchTable:
    """What a connection can be searched by; ``default`` are the texts that a term without a field looks into."""

    fields: Mapping[str, SearchField]
    default: tuple[Reader, ...] = ()


@dataclass(frozen=True, slots=True)
class Term:
    """``field`` None: any of the default texts. ``quoted``: a phrase. ``comparator``: ``>``, ``>=``, ``<``, ``<=``."""

    field: str | None
    value: str
    quoted: bool = False
    comparator: str | None = None


@dataclass(frozen=True, slots=True)
class Not:
    """What must not hold."""

    inner: Query


@dataclass(frozen=True, slots=True)
class And:
    """What must hold together."""

    parts: tuple[Query, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Of which one must hold."""

    parts: tuple[Query, ...]


Query = Term | Not | And | Or
EVERYTHING = And(())


def select(
    nodes: Iterable[Node], text: str | None, tables: Mapping[str, SearchTable], name: str, context: Context, path: str
) -> list[Node]:
    """The ``nodes`` that fit ``text``, in their order; all of them for a blank one.

    ``name`` is the connection in ``tables``; ``path`` the response key, under which warnings go to
    ``context.search_warnings``. Raises ``Refusal`` for a documented field that the simulator cannot answer yet.
    """
    found = list(nodes)
    if not text or not text.strip():
        return found
    table = tables[name]
    query = parse(text)
    unknown = [term.field for term in terms(query) if term.field is not None and _field(table, term.field) is None]
    if unknown:
        context.search_warnings.append(_warning(path, text, query, list(dict.fromkeys(unknown))))
    for term in terms(query):
        field = _field(table, term.field) if term.field else None
        if field is not None and field.read is None:
            raise Refusal(f"the simulator cannot search {name} by {term.field} yet", "SIMULATOR_NOT_IMPLEMENTED")
    zone = Zone.of(context.shop["ianaTimezone"], context.clock.now())
    test = _test(query, table, context.graph, zone)
    return [node for node in _candidates(found, query, table, context.graph) if test(node) is not False]


def parse(text: str) -> Query:
    """The query in ``text``. Anything is a query: stray connectives and parentheses are ignored."""
    return _Parser(_tokens(text)).query()


def terms(query: Query) -> list[Term]:
    """Every term of a query, in order."""
    match query:
        case Term():
            return [query]
        case Not(inner=inner):
            return terms(inner)
        case And(parts=parts) | Or(parts=parts):
            return [term for part in parts for term in terms(part)]


def parsed(query: Query) -> dict[str, Any]:
    """The query as ``extensions.search[].parsed`` shows it. Seen: ``field``/``match_all``/``match_phrase``, ``and``;
    by analogy: the rest."""
    match query:
        case Term(field=field, value=value, quoted=quoted, comparator=comparator):
            name = field or "default"
            if comparator:
                return {"field": name, "range": {_RANGES[comparator]: value}}
            if value == "*" and not quoted:
                return {"field": name, "exists": True}
            if value.endswith("*") and not quoted:
                return {"field": name, "match_prefix": value[:-1]}
            return {"field": name, "match_phrase" if quoted else "match_all": value}
        case Not(inner=inner):
            return {"not": parsed(inner)}
        case And(parts=parts):
            return {"and": [parsed(part) for part in parts]}
        case Or(parts=parts):
            return {"or": [parsed(part) for part in parts]}


_RANGES = {">": "gt", ">=": "gte", "<": "lt", "<=": "lte"}


def _warning(path: str, text: str, query: Query, fields: Sequence[str]) -> dict[str, Any]:
    warnings = [
        {"field": field, "message": "Invalid search field for this query.", "code": "invalid_field"} for field in fields
    ]
    return {"path": [path], "query": text, "parsed": parsed(query), "warnings": warnings}


def _field(table: SearchTable, name: str) -> SearchField | None:
    lowered = name.lower()
    prefix, dot, _ = lowered.partition(".")
    return table.fields.get(f"{prefix}.*" if dot else lowered)


def _candidates(nodes: list[Node], query: Query, table: SearchTable, graph: Graph) -> list[Node]:
    """Those of ``nodes`` that can fit: where a text has to be what is asked for, those that hold it."""
    for term in query.parts if isinstance(query, And) else (query,):
        if not isinstance(term, Term) or term.field is None or term.comparator is not None:
            continue
        field = _field(table, term.field)
        if field is None or field.stored is None or (term.value.endswith("*") and not term.quoted):
            continue
        kinds = {node.type for node in nodes}
        holding = {node.id for kind in kinds for node in graph.find_text(kind, field.stored, term.value)}
        nodes = [node for node in nodes if node.id in holding]
    return nodes


def _test(query: Query, table: SearchTable, graph: Graph, zone: Zone) -> Test:
    """Tells whether a node fits; None where nothing is asked (an unknown field), which neither AND nor OR heeds."""
    match query:
        case Term(field=None):
            return _default_test(query, table, graph, zone)
        case Term():
            return _field_test(query, table, graph, zone)
        case Not(inner=inner):
            test = _test(inner, table, graph, zone)
            return lambda node: None if (answer := test(node)) is None else not answer
        case And(parts=parts) | Or(parts=parts):
            tests = [_test(part, table, graph, zone) for part in parts]
            return _every(tests) if isinstance(query, And) else _some(tests)


def _every(tests: Sequence[Test]) -> Test:
    def test(node: Node) -> bool | None:
        told = False
        for each in tests:
            answer = each(node)
            if answer is False:
                return False
            told = told or answer is not None
        return True if told else None

    return test


def _some(tests: Sequence[Test]) -> Test:
    def test(node: Node) -> bool | None:
        told = False
        for each in tests:
            answer = each(node)
            if answer:
                return True
            told = told or answer is not None
        return False if told else None

    return test


def _default_test(term: Term, table: SearchTable, graph: Graph, zone: Zone) -> Test:
    def holds(value: Any) -> bool:
        return matches("text", value, term.value, term.quoted, None, zone)

    return lambda node: _any([read(node, graph) for read in table.default], holds)


def _field_test(term: Term, table: SearchTable, graph: Graph, zone: Zone) -> Test:
    name = (term.field or "").lower()
    field = _field(table, name)
    if field is None or field.read is None:
        return lambda node: None
    kind, read, key = field.kind, field.read, name.partition(".")[2]
    negated, anything = name.endswith("_not"), term.value == "*" and not term.quoted and term.comparator is None

    def holds(value: Any) -> bool:
        return matches(kind, value, term.value, term.quoted, term.comparator, zone)

    def test(node: Node) -> bool | None:
        value = read(node, graph)
        if isinstance(value, Mapping):  # metafields by "namespace.key"
            value = value.get(key)
        if anything:
            return value not in (None, "", [])
        return _any([value], holds) is not negated

    return test


def _any(values: Iterable[Any], test: Callable[[Any], bool]) -> bool:
    for value in values:
        members = value if isinstance(value, list | tuple) else [value]
        if any(member is not None and test(member) for member in members):
            return True
    return False


_TOKEN = re.compile(
    r"""\s*(?:
        (?P<open>\() | (?P<close>\)) |
        (?P<quoted>"(?:\\.|[^"\\])*" | '(?:\\.|[^'\\])*') |
        (?P<colon>:\s*) |
        (?P<comparator>[<>]=?) |
        (?P<word>(?:\\.|[^\s:()"'<>])(?:\\.|[^\s:()"<>])*)
    )""",
    re.VERBOSE,
)
_ESCAPE = re.compile(r"\\(.)")


def _tokens(text: str) -> list[tuple[str, str]]:
    tokens, place = [], 0
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None:
            place += 1
            continue
        place = match.end()
        kind = match.lastgroup or ""
        value = match[kind]
        if kind == "quoted":
            value = _ESCAPE.sub(r"\1", value[1:-1])
        elif kind == "word":
            value = _ESCAPE.sub(r"\1", value)
        tokens.append((kind, value.strip() if kind == "colon" else value))
    return tokens


class _Parser:
    """Recursive descent: or, and, not, term."""

    def __init__(self, tokens: Sequence[tuple[str, str]]) -> None:
        self._tokens = tokens
        self._place = 0

    def query(self) -> Query:
        """Everything; what is left after a stray ``)`` is joined by AND."""
        parts = []
        while self._place < len(self._tokens):
            parts.append(self._or())
            if self._peek()[0] == "close":
                self._place += 1
        kept = tuple(part for part in parts if part != EVERYTHING)
        return kept[0] if len(kept) == 1 else And(kept)

    def _peek(self, ahead: int = 0) -> tuple[str, str]:
        place = self._place + ahead
        return self._tokens[place] if place < len(self._tokens) else ("end", "")

    def _or(self) -> Query:
        parts = [self._and()]
        while self._peek() == ("word", "OR"):
            self._place += 1
            parts.append(self._and())
        kept = tuple(part for part in parts if part != EVERYTHING)
        return kept[0] if len(kept) == 1 else Or(kept) if kept else EVERYTHING

    def _and(self) -> Query:
        parts: list[Query] = []
        while True:
            kind, value = self._peek()
            if kind in ("end", "close") or (kind, value) == ("word", "OR"):
                break
            if (kind, value) == ("word", "AND"):
                self._place += 1
                continue
            part = self._unary()
            parts += [part] if part is not None and part != EVERYTHING else []
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def _unary(self) -> Query | None:
        kind, value = self._peek()
        if (kind, value) == ("word", "NOT"):
            self._place += 1
            inner = self._unary() if self._peek()[0] not in ("end", "close") else None
            return Not(inner) if inner is not None else None
        if kind == "word" and value.startswith("-"):
            return self._minus(value)
        if kind == "open":
            self._place += 1
            inside = self._or()
            if self._peek()[0] == "close":
                self._place += 1
            return inside
        return self._term(None)

    def _minus(self, value: str) -> Query | None:
        if len(value) > 1:
            inner: Query | None = self._term(value[1:])
        else:
            self._place += 1
            inner = self._unary() if self._peek()[0] not in ("end", "close") else None
        return Not(inner) if inner is not None else None

    def _term(self, first: str | None) -> Query | None:
        kind, value = self._peek()
        self._place += 1
        value = first if first is not None else value
        if kind == "quoted":
            return Term(None, value, quoted=True)
        if kind != "word":
            return None  # a stray colon or comparator
        if self._peek()[0] != "colon":
            return Term(None, value)
        self._place += 1
        comparator = None
        if self._peek()[0] == "comparator":
            comparator = self._peek()[1]
            self._place += 1
        if self._peek()[0] == "open" and comparator is None:
            return self._values(value)
        kind, given = self._peek()
        if kind not in ("word", "quoted"):
            return Term(value, "", comparator=comparator)
        self._place += 1
        return Term(value, given, kind == "quoted", comparator)

    def _values(self, field: str) -> Query:
        """``field:(a OR b)``: each value inside is one of the field."""
        self._place += 1
        inside = self._or()
        if self._peek()[0] == "close":
            self._place += 1
        return _of_field(inside, field)


def _of_field(query: Query, field: str) -> Query:
    match query:
        case Term(field=None, value=value, quoted=quoted, comparator=comparator):
            return Term(field, value, quoted, comparator)
        case Term():
            return query
        case Not(inner=inner):
            return Not(_of_field(inner, field))
        case And(parts=parts):
            return And(tuple(_of_field(part, field) for part in parts))
        case Or(parts=parts):
            return Or(tuple(_of_field(part, field) for part in parts))
