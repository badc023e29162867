"""Reads GraphQL that is being written, with Liquid in it: what is expected at a place, and what is asked for.

graphql-core parses whole documents only; here each sign moves a small machine that knows the schema and never stops.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from runner.lsp.cursor import Piece
from runner.shopify.schema import Argument, Field, Schema, named_type

_TOKEN = re.compile(
    r'"""(?:\\"""|.)*?(?:"""|\Z)|"(?:\\.|[^"\\\n])*"?|#[^\n]*|\.\.\.|[$@]?[A-Za-z_]\w*|[$@]|-?\d[\d.]*|[{}()\[\]:!=|&]',
    re.DOTALL,
)
_IS_GRAPHQL = re.compile(r'\s*(?:#[^\n]*\s*)*(?:(?:query|mutation|fragment|subscription)(?=[\s{(]|\Z)|\{(?!\s*"))')


class Expected(Enum):
    """What may stand at a place."""

    KEYWORD = auto()
    FIELD = auto()
    ARGUMENT = auto()
    INPUT_FIELD = auto()
    VALUE = auto()
    TYPE_CONDITION = auto()
    VARIABLE_TYPE = auto()
    NOTHING = auto()


@dataclass(slots=True)
class Node:
    """What is asked for under a key: a field's type, and the fields inside. ``spreads`` are names of fragments."""

    type: str | None = None
    fields: dict[str, Node] = dataclasses.field(default_factory=dict)
    spreads: list[str] = dataclasses.field(default_factory=list)


@dataclass(slots=True)
class _Frame:
    """A bracket that is open. ``type`` is what its content is of: of a selection, an input object, a list's items."""

    kind: str
    type: str | None = None
    node: Node = dataclasses.field(default_factory=Node)
    args: Mapping[str, Argument] = dataclasses.field(default_factory=dict)
    used: list[str] = dataclasses.field(default_factory=list)
    argument: Argument | None = None
    field: Field | None = None
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """The place at the end of a text. ``type`` is the type whose fields or values are expected there.

    ``field`` is the field whose arguments are being written, ``args`` those it takes, ``used`` those it has;
    ``argument`` the one whose value is expected. ``path`` are the fields around, ``operation`` is query or mutation.
    """

    expected: Expected
    type: str | None = None
    field: Field | None = None
    args: Mapping[str, Argument] = dataclasses.field(default_factory=dict)
    used: tuple[str, ...] = ()
    argument: Argument | None = None
    path: tuple[str, ...] = ()
    operation: str = "query"
    inside: str | None = None


def looks_like_graphql(text: str) -> bool:
    """Whether a text, outputs filled in, begins as a document does."""
    return _IS_GRAPHQL.match(text) is not None


def without_liquid(source: str, start: int, end: int, found: Sequence[Piece]) -> str:
    """The text between two offsets: outputs as names of the same length, tags as white space."""
    kept: list[str] = []
    at = start
    for piece in found:
        if piece.inline or piece.end <= start or piece.start >= end or piece.start < at:
            continue
        kept.append(source[at : piece.start])
        length = min(piece.end, end) - piece.start
        kept.append(("_" if piece.is_output else " ") * length)
        at = piece.start + length
    kept.append(source[at:end])
    return "".join(kept)


def reading(text: str, schema: Schema) -> Reading:
    """What is expected behind ``text``; the word that is being written there is not part of it."""
    machine = _Machine(schema)
    machine.read(text)
    return machine.reading()


def selected(text: str, schema: Schema) -> Node:
    """What a document asks for: the fields of its operations, fragments put in."""
    machine = _Machine(schema)
    machine.read(text)
    root = Node(None)
    for node in machine.operations:
        root.fields.update(_filled(node, machine.fragments, 0).fields)
    return root


def _filled(node: Node, fragments: Mapping[str, Node], depth: int) -> Node:
    made = Node(node.type, dict(node.fields))
    for name in node.spreads if depth < 20 else ():
        if name in fragments:
            made.fields.update(_filled(fragments[name], fragments, depth + 1).fields)
    made.fields = (
        {key: _filled(inner, fragments, depth + 1) for key, inner in made.fields.items()} if depth < 40 else {}
    )
    return made


class _Machine:
    """The brackets that are open, and what stood last."""

    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self.frames = [_Frame("root")]
        self.operation = "query"
        self.fragments: dict[str, Node] = {}
        self.operations: list[Node] = []
        self._last = ""
        self._on: str | None = None
        self._fragment: str | None = None
        self._tokens: list[str] = []

    def read(self, text: str) -> None:
        """Moves over all of ``text``."""
        tokens = [token for token in _TOKEN.findall(text) if not token.startswith("#")]
        for at, token in enumerate(tokens):
            following = tokens[at + 1] if at + 1 < len(tokens) else ""
            self._step(token, following)
            self._last = token

    def _step(self, token: str, following: str) -> None:
        if token in "{([":
            self._open(token)
        elif token in "})]":
            if len(self.frames) > 1:
                self.frames.pop()
            if len(self.frames) == 1:
                self._on = self._fragment = None
        elif token[0].isalpha() or token[0] == "_":
            self._word(token, following)
        elif token == "...":
            self._on = None

    def _open(self, token: str) -> None:
        frame = self.frames[-1]
        if token == "(":
            self._open_arguments(frame)
        elif token == "[" or frame.kind in ("arguments", "object", "list"):
            wanted = frame.type if frame.kind == "list" else frame.argument.type if frame.argument else None
            kind = "list" if token == "[" else "object"
            inner = named_type(wanted) if wanted else None
            fields = self.schema.input_fields(inner) if kind == "object" and inner else {}
            self.frames.append(_Frame(kind, inner, args=fields, argument=None))
        else:
            self._open_selection(frame)

    def _open_arguments(self, frame: _Frame) -> None:
        if frame.kind == "root":
            self.frames.append(_Frame("variables"))
            return
        is_directive = self._last.startswith("@")
        args = frame.field.args if frame.field is not None and not is_directive else {}
        self.frames.append(_Frame("arguments", frame.type, args=args, field=frame.field))

    def _open_selection(self, frame: _Frame) -> None:
        if frame.kind == "root":
            kind = self._on or (self.schema.mutation if self.operation == "mutation" else self.schema.query)
            node = Node(kind)
            if self._fragment is not None:
                self.fragments[self._fragment] = node
            else:
                self.operations.append(node)
            self.frames.append(_Frame("selection", kind, node))
        elif self._on is not None or self._last == "...":
            self.frames.append(_Frame("selection", self._on or frame.type, frame.node))
            self._on = None
        else:
            kind = named_type(frame.field.type) if frame.field is not None else None
            node = frame.node.fields.get(frame.key or "") or Node(kind)
            self.frames.append(_Frame("selection", kind, node))

    def _word(self, token: str, following: str) -> None:
        frame = self.frames[-1]
        if self._last == "on":
            self._on = token
        elif frame.kind == "root":
            if token in ("query", "mutation", "subscription"):
                self.operation = token
            elif self._last == "fragment":
                self._fragment = token
        elif frame.kind == "selection":
            self._selection_word(frame, token, following)
        elif frame.kind in ("arguments", "object") and following == ":":
            frame.argument = frame.args.get(token)
            frame.used.append(token)

    def _selection_word(self, frame: _Frame, token: str, following: str) -> None:
        if self._last == "..." and token != "on":
            frame.node.spreads.append(token)
        elif token == "on" and self._last == "...":
            return
        elif following == ":":
            frame.key = token
        else:
            frame.key = frame.key if self._last == ":" and frame.key else token
            frame.field = self.schema.field(frame.type, token) if frame.type else None
            frame.node.fields[frame.key] = Node(frame.field.type if frame.field else None)

    def reading(self) -> Reading:
        """The place behind the last sign."""
        frame, last = self.frames[-1], self._last
        path = tuple(each.field.name for each in self.frames if each.kind == "selection" and each.field is not None)
        around = path[: sum(1 for each in self.frames if each.kind == "selection") - 1]
        if last == "on":
            return Reading(Expected.TYPE_CONDITION, frame.type, path=around, operation=self.operation)
        if frame.kind == "root":
            return Reading(Expected.KEYWORD, operation=self.operation)
        if frame.kind == "variables":
            return Reading(Expected.VARIABLE_TYPE if last == ":" else Expected.NOTHING)
        if frame.kind == "selection":
            return Reading(Expected.FIELD, frame.type, path=around, operation=self.operation, inside=last)
        return self._of_arguments(frame, last, path)

    def _of_arguments(self, frame: _Frame, last: str, path: tuple[str, ...]) -> Reading:
        more = {"field": frame.field, "args": frame.args, "used": tuple(frame.used), "path": path}
        if frame.kind == "list":
            return Reading(Expected.VALUE, frame.type, path=path, operation=self.operation)
        if last == ":":
            wanted = named_type(frame.argument.type) if frame.argument is not None else None
            return Reading(Expected.VALUE, wanted, argument=frame.argument, operation=self.operation, **more)  # type: ignore[arg-type]
        expected = Expected.INPUT_FIELD if frame.kind == "object" else Expected.ARGUMENT
        return Reading(expected, frame.type, operation=self.operation, **more)  # type: ignore[arg-type]
