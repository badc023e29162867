"""Static facts of a task: what its text says without being rendered.

Nothing here fails for a text that does not parse: what can be read of it is read, and the error is the parser's to
tell.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

from liquid.exceptions import LiquidError as ParserError
from liquid.token import TOKEN_CONTENT, TOKEN_EXPRESSION, TOKEN_OUTPUT, TOKEN_TAG, Token

from runner.errors import LiquidError
from runner.liquid.environment import environment
from runner.liquid.expressions import lexemes as kinds
from runner.liquid.expressions.lexemes import Lexeme, lexemes
from runner.liquid.expressions.parser import KEYWORDS
from runner.liquid.places import place
from runner.model.options import Option, discover
from runner.model.permissions import scope_faults, scope_names
from runner.model.task import Task

_TOPIC = re.compile(r"^[ \t]*([a-z0-9_]+/[a-z0-9_]+/[a-z0-9_]+)(?=[ \t]*$|\+)", re.MULTILINE)
_LINE = re.compile(r"[ \t]*(?P<name>#|\w+)[ \t]*(?P<expression>[^\n]*)")
LITERALS = frozenset({"array", "hash", *KEYWORDS})
"""Words that stand for a value (liquid.md 4.1)."""
_GRAMMAR = frozenset({"and", "or", "contains", "in", "reversed", "with", "as", *LITERALS})
"""Words of expressions that are no variables."""
_UNREAD = {"comment": "endcomment", "permissions": "endpermissions"}
"""Tags whose bodies are text: nothing in them is a tag or an output."""
_RENDERED = "\0"


@dataclass(frozen=True, slots=True)
class Document:
    """A GraphQL text that stands in the script. ``source`` is ``action`` or ``filter``, which is what sends it.

    ``text`` is as written: when not ``static``, Liquid is still in it. ``line`` counts from 1.
    """

    source: str
    text: str
    line: int
    static: bool


@dataclass(frozen=True, slots=True)
class TaskFacts:
    """What ``scan`` reads.

    ``topics`` are those that stand whole in the subscriptions template, also behind an ``if``. ``tags`` (without their
    ends), ``filters``, ``literals`` (words that stand for a value) and ``variables`` (first words of paths, assigned
    ones too) are the script's, comments left out.
    ``permissions`` are the scopes of its ``permissions`` tag; ``faults`` keep the task from being saved because of it
    (liquid.md 2.6).
    """

    options: tuple[Option, ...]
    topics: tuple[str, ...]
    tags: frozenset[str]
    filters: frozenset[str]
    literals: frozenset[str]
    variables: frozenset[str]
    permissions: tuple[str, ...]
    faults: tuple[LiquidError, ...]
    documents: tuple[Document, ...]


def scan(task: Task) -> TaskFacts:
    """The static facts of ``task``. Never raises for what its text holds."""
    pieces = list(_pieces(_tokens(task.script)))
    words = [(piece, _lexemes(piece)) for piece in pieces]
    permissions, faults = _permissions(task.script, pieces)
    return TaskFacts(
        options=discover(task),
        topics=_topics(task.template),
        tags=frozenset(piece.tag for piece in pieces if piece.tag and not piece.tag.startswith("end")),
        filters=frozenset(name for _, found in words for name in _filters(found)),
        literals=frozenset(name for _, found in words for name in _roots(found) if name in LITERALS),
        variables=frozenset(name for _, found in words for name in _roots(found) if name not in _GRAMMAR),
        permissions=permissions,
        faults=faults,
        documents=tuple(_documents(task.script, words)),
    )


def permission_scopes(script: str) -> tuple[str, ...]:
    """The scopes that the ``permissions`` tags of ``script`` ask for, each once, whatever is wrong with them."""
    return _permissions(script, list(_pieces(_tokens(script))))[0] if "permissions" in script else ()


def filter_uses(script: str) -> tuple[tuple[str, int], ...]:
    """(name, offset) of every filter that ``script`` uses, in order; known or not, also of a script that is broken."""
    found = []
    for piece in _pieces(_tokens(script)):
        for before, lexeme in pairwise(_lexemes(piece)):
            if _is_sign(before, "|") and lexeme.kind == kinds.WORD:
                found.append((lexeme.value, lexeme.start))
    return tuple(found)


class _Piece(NamedTuple):
    """A tag (``tag`` its name) or an output (``tag`` empty) with its expression, and their offsets."""

    tag: str
    at: int
    expression: str
    start: int


def _tokens(source: str) -> list[Token]:
    """The tokens up to the first place that cannot be read."""
    found: list[Token] = []
    try:
        for token in environment().tokenizer()(source):
            found.append(token)
    except (LiquidError, ParserError):
        pass  # told by the parser, with its place
    return found


def _pieces(tokens: list[Token]) -> Iterator[_Piece]:
    until: str | None = None
    for index, token in enumerate(tokens):
        if until and token.value != until:
            continue
        if token.kind == TOKEN_CONTENT and token.source.startswith("{%", token.start_index):
            yield _Piece("raw", token.start_index, "", 0)  # the tokens of a raw block are its text alone
        if token.kind not in (TOKEN_TAG, TOKEN_OUTPUT):
            continue
        following = tokens[index + 1] if index + 1 < len(tokens) else None
        has_expression = following is not None and following.kind == TOKEN_EXPRESSION
        expression, start = (following.value, following.start_index) if has_expression and following else ("", 0)
        if token.kind == TOKEN_OUTPUT:
            yield _Piece("", token.start_index, expression, start)
            continue
        yield _Piece(token.value, token.start_index, expression, start)
        until = _UNREAD.get(token.value)
        if token.value == "liquid":
            yield from _lines(expression, start)


def _lines(text: str, start: int) -> Iterator[_Piece]:
    """The tags inside a ``liquid`` tag, one a line."""
    until: str | None = None
    for match in _LINE.finditer(text):
        name = match["name"]
        if until is None or name == until:
            yield _Piece(name, start + match.start("name"), match["expression"], start + match.start("expression"))
            until = _UNREAD.get(name)


def _lexemes(piece: _Piece) -> list[Lexeme]:
    if piece.tag in ("#", "liquid", *_UNREAD) or not piece.expression:
        return []
    try:
        return lexemes(piece.expression, piece.start)
    except LiquidError:
        return []


def _is_sign(lexeme: Lexeme | None, sign: str) -> bool:
    return lexeme is not None and lexeme.kind == kinds.SIGN and lexeme.value == sign


def _filters(found: list[Lexeme]) -> Iterator[str]:
    for before, lexeme in pairwise(found):
        if _is_sign(before, "|") and lexeme.kind == kinds.WORD:
            yield lexeme.value


def _roots(found: list[Lexeme]) -> Iterator[str]:
    """Words that are neither a property, a filter nor the name of an argument."""
    before: Lexeme | None = None
    for lexeme, after in pairwise(found):
        is_root = lexeme.kind == kinds.WORD and not (_is_sign(before, ".") or _is_sign(before, "|"))
        if is_root and not _is_sign(after, ":"):
            yield lexeme.value
        before = lexeme


# Subscriptions


def _topics(template: str) -> tuple[str, ...]:
    """Topics that stand whole in a line of the template; Liquid tags end a line, outputs hide theirs."""
    text = []
    for token in _tokens(template):
        if token.kind == TOKEN_CONTENT:
            text.append(token.value)
        elif token.kind in (TOKEN_OUTPUT, TOKEN_TAG):
            text.append(_RENDERED if token.kind == TOKEN_OUTPUT else "\n")
    lines = "".join(text).replace("\r", "\n")
    return tuple(dict.fromkeys(_TOPIC.findall(lines)))


# Permissions


def _permissions(script: str, pieces: list[_Piece]) -> tuple[tuple[str, ...], tuple[LiquidError, ...]]:
    scopes: dict[str, None] = {}
    faults: list[LiquidError] = []
    first: _Piece | None = None
    for index, piece in enumerate(pieces):
        if piece.tag != "permissions":
            continue
        if first is not None:
            line = script.count("\n", 0, first.at) + 1
            message = f"A task has one permissions tag; there is one on line {line} already."
            faults.append(_fault(script, piece.at, message, "List all scopes there."))
        first = first or piece
        start, end = _body(script, pieces, index)
        scopes |= dict.fromkeys(scope_names(script[start:end]))
        faults += [
            _fault(script, start + each.offset, each.message, each.hint) for each in scope_faults(script[start:end])
        ]
    return tuple(scopes), tuple(faults)


def _body(script: str, pieces: list[_Piece], index: int) -> tuple[int, int]:
    """Where the body of the block tag at ``index`` starts and ends: at the next tag of its end's name, or nowhere."""
    piece = pieces[index]
    start = script.find("%}", piece.start + len(piece.expression) if piece.expression else piece.at) + 2
    end = next((later for later in pieces[index + 1 :] if later.tag == f"end{piece.tag}"), None)
    return (start, script.rfind("{%", 0, end.at)) if end is not None and start > 1 else (start, start)


def _fault(script: str, offset: int, message: str, hint: str) -> LiquidError:
    return LiquidError(message, hint=hint, where=place(script, offset, "script"), code="liquid.permissions")


# GraphQL


def _documents(script: str, words: list[tuple[_Piece, list[Lexeme]]]) -> Iterator[Document]:
    pieces = [piece for piece, _ in words]
    queried = {name for _, found in words for name in _queried(found)}
    for index, (piece, found) in enumerate(words):
        for lexeme in found:
            if lexeme.kind == kinds.STRING and lexeme.start in queried:
                yield _document("filter", script, lexeme.start + 1, lexeme.value)
        if piece.tag == "capture" and found and found[0].value in queried:
            start, end = _nested_body(script, pieces, index)
            yield _document("filter", script, start, script[start:end])
        elif piece.tag == "action" and _takes_body(found):
            start, end = _body(script, pieces, index)
            text = _graphql(script[start:end], typed=bool(found))
            if text is not None:
                yield _document("action", script, start, text)


def _queried(found: list[Lexeme]) -> Iterator[str | int]:
    """What stands before ``| shopify``: the name of a variable, or the offset of a text."""
    for index, lexeme in enumerate(found):
        if index > 1 and lexeme.value == "shopify" and _is_sign(found[index - 1], "|"):
            first = next(at for at, each in enumerate(found) if _is_sign(each, "|"))
            value = found[first - 1]
            if value.kind == kinds.STRING:
                yield value.start
            elif value.kind == kinds.WORD:
                yield value.value


def _takes_body(found: list[Lexeme]) -> bool:
    """Whether an action tag has a body that may be GraphQL: no arguments, or the type alone (actions.md 1.2)."""
    if not found or found[0].kind == kinds.END:
        return True
    return found[0][:2] == (kinds.STRING, "shopify") and found[1].kind == kinds.END


def _graphql(body: str, *, typed: bool) -> str | None:
    """The GraphQL in the body of an action: the body itself, or inside its JSON; None when there is none."""
    try:
        value: Any = json.loads(body)
    except ValueError:
        return body if typed and body.strip() else None
    except RecursionError:
        return None
    if not typed:
        value = value.get("options") if isinstance(value, dict) and value.get("type") == "shopify" else None
    query = value.get("query") if isinstance(value, dict) else value
    return query if isinstance(query, str) else None


def _nested_body(script: str, pieces: list[_Piece], index: int) -> tuple[int, int]:
    """As ``_body``, for a tag that may stand inside itself."""
    depth = 0
    for later in range(index, len(pieces)):
        depth += {"capture": 1, "endcapture": -1}.get(pieces[later].tag, 0)
        if depth == 0:
            start, _ = _body(script, pieces, index)
            return start, script.rfind("{%", 0, pieces[later].at)
    start, _ = _body(script, pieces, index)
    return start, start


def _document(source: str, script: str, start: int, text: str) -> Document:
    return Document(source, text, script.count("\n", 0, start) + 1, "{{" not in text and "{%" not in text)
