"""Completion: finds out what is being written at a place, and asks the module that knows what may stand there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from lsprotocol.types import CompletionItemKind

from runner.lsp.completion.actions import action_types, json_options, named_options
from runner.lsp.completion.filters import arguments, filters, last_filter
from runner.lsp.completion.graphql import graphql
from runner.lsp.completion.suggestion import Suggestion
from runner.lsp.completion.tags import tags
from runner.lsp.completion.topics import topics
from runner.lsp.completion.variables import flags, members, path_before, variables
from runner.lsp.cursor import Lexeme, Piece, Place, lexemes, place, word_start
from runner.lsp.graphql_text import looks_like_graphql, without_liquid
from runner.lsp.setting import Setting
from runner.model.permissions import KNOWN_SCOPES

_OPTION = re.compile(r"(?<![\w.])options\.\w*\Z")
_TOPICS = ("subscriptions_template", "subscriptions", "preview_event_definitions")
"""Parts of a task whose texts are topics."""
_OF_ITEMS = frozenset({"map", "where", "sort", "sort_natural", "sort_naturally", "uniq", "compact", "index_by"})
"""Filters whose first argument is a key of the elements."""


def suggestions(setting: Setting, offset: int) -> list[Suggestion]:
    """What may stand at ``offset`` of a text; nothing where nothing is known."""
    found = place(setting.source, offset, setting.pieces)
    if any(block.name in ("comment", "raw", "permissions") for block in found.blocks):
        return list(_in_verbatim(setting, offset, found))
    piece = found.piece
    if piece is None:
        return list(_in_text(setting, offset, found))
    if not piece.is_output and offset <= piece.name_start + len(piece.name):
        return list(tags(setting.source, offset, found))
    if piece.name in ("comment", "raw", "permissions", "#", "liquid"):
        return list(_options(setting, offset))
    return list(_in_expression(setting, offset, piece, found))


# Text between tags


def _in_verbatim(setting: Setting, offset: int, found: Place) -> Iterator[Suggestion]:
    if found.blocks[-1].name != "permissions":
        yield from _options(setting, offset)
        return
    start = word_start(setting.source, offset)
    for scope in sorted(KNOWN_SCOPES):
        yield Suggestion(scope, start, offset, CompletionItemKind.EnumMember, "access scope")


def _options(setting: Setting, offset: int) -> Iterator[Suggestion]:
    """Options, which comments may name too."""
    if _OPTION.search(setting.source, max(0, offset - 200), offset):
        start = word_start(setting.source, offset)
        yield from members(setting.environment.get("options"), start, offset)
        yield from flags(setting.source, start, offset)


def _in_text(setting: Setting, offset: int, found: Place) -> Iterator[Suggestion]:
    source = setting.source
    if setting.part in _TOPICS:
        yield from topics(source[source.rfind("\n", 0, offset) + 1 : offset], offset)
        return
    block = next((each for each in reversed(found.blocks) if each.name in ("action", "capture")), None)
    if block is None:
        return
    start = word_start(source, offset)
    kind = action_type(block, source) if block.name == "action" else ""
    text = without_liquid(source, block.end, start, setting.pieces)
    if kind in ("", "shopify") and (looks_like_graphql(text) or (kind and not text.strip())):
        yield from graphql(text, source[offset : offset + 40], start, offset, setting.schema)
    elif kind:
        yield from json_options(kind, without_liquid(source, block.end, offset, setting.pieces), offset)


def action_type(piece: Piece, source: str) -> str:
    """The type that an action tag names; empty when it names none."""
    found = lexemes(piece.text(source))
    return found[0].value.strip("\"'") if found and found[0].kind == "string" else ""


# Inside of delimiters


def _in_expression(setting: Setting, offset: int, piece: Piece, found: Place) -> Iterator[Suggestion]:
    source = setting.source
    before = lexemes(source[piece.expression : offset], piece.expression)
    if before and before[-1].kind == "open":
        yield from _in_string(setting, before, offset, piece, found)
        return
    start = word_start(source, offset)
    words = lexemes(source[piece.expression : start], piece.expression)
    last = words[-1].value if words else ""
    if last == "|":
        yield from filters(start, offset)
    elif last == "." and _OPTION.search(source, max(0, offset - 200), offset):
        yield from _options(setting, offset)
    elif last == ".":
        yield from members(setting.resolve(path_before(words), piece.start + 1), start, offset)
    elif piece.name in ("capture", "increment", "decrement"):
        return
    elif piece.name in ("for", "tablerow"):
        yield from _in_loop(setting, words, start, offset)
    else:
        if last in (",", ":") and last_filter(words) is not None:
            yield from arguments(words, start, offset)
        if piece.name == "action" and last != ":" and words:
            yield from named_options(words, start, offset)
        yield from variables(setting, start, offset)


def _in_loop(setting: Setting, words: Sequence[Lexeme], start: int, offset: int) -> Iterator[Suggestion]:
    if not words:
        return
    kind = CompletionItemKind.Keyword
    if len(words) == 1:
        yield Suggestion("in", start, offset, kind)
        return
    if len(words) > 2 and words[-1].value != ":":
        for word, about in (("reversed", "turns the slice"), ("limit:", "at most"), ("offset:", "skips")):
            yield Suggestion(word, start, offset, kind, about, text=word.replace(":", ": "), rank=3)
    if words[-1].value in ("in", ":"):
        yield from variables(setting, start, offset)


def _in_string(
    setting: Setting, before: Sequence[Lexeme], offset: int, piece: Piece, found: Place
) -> Iterator[Suggestion]:
    words, start, source = list(before[:-1]), before[-1].start + 1, setting.source
    last = words[-1].value if words else ""
    if piece.name == "action" and not words:
        yield from action_types(start, offset)
    elif _is_about_topics(setting, words, piece, found):
        yield from topics(before[-1].value[1:], offset, setting.topics)
    elif looks_like_graphql(before[-1].value[1:]):
        word = word_start(source, offset)
        yield from graphql(source[start:word], source[offset : offset + 40], word, offset, setting.schema)
    elif last == "[":
        yield from members(setting.resolve(path_before(words), piece.start + 1), start, offset)
    elif last == ":" and last_filter(words) in _OF_ITEMS:
        bars = [at for at, each in enumerate(words) if each.value == "|"]
        equals = next((at for at, each in enumerate(words) if each.value == "="), -1) if piece.name == "assign" else -1
        shape = setting.resolve(words[equals + 1 : bars[-1]], piece.start)
        yield from members(shape.item() if shape is not None else None, start, offset)


def _is_about_topics(setting: Setting, words: Sequence[Lexeme], piece: Piece, found: Place) -> bool:
    """Whether a text is compared with the topic of the event."""
    if piece.name == "when":
        case = next((each for each in reversed(found.blocks) if each.name == "case"), None)
        return case is not None and case.text(setting.source).strip() == "event.topic"
    compares = bool(words) and words[-1].value in ("==", "!=", "contains")
    return compares and [each.value for each in words[-4:-1]] == ["event", ".", "topic"]
