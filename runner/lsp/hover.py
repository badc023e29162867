"""What stands under the pointer, in a few lines: from the manual, the task, the samples, and the schema."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from runner.lsp import manual
from runner.lsp.completion import action_type
from runner.lsp.completion.actions import properties
from runner.lsp.completion.filters import last_filter
from runner.lsp.completion.variables import path_before
from runner.lsp.cursor import Lexeme, Piece, Place, lexemes, place, word_end, word_start
from runner.lsp.graphql_docs import argument_text, field_text, scopes_of
from runner.lsp.graphql_text import Expected, looks_like_graphql, reading, without_liquid
from runner.lsp.setting import Setting, words_of
from runner.model.option_key import FLAGS, Option
from runner.model.topic import MECHANIC_TOPICS, SHOPIFY_TOPICS, check_topic, subject_variable

_TOPIC = re.compile(r"[a-z0-9_]+/[a-z0-9_]+/[a-z0-9_]+")
_PARTS_OF = {"else": "if", "elsif": "if", "when": "case"}
OPTION = re.compile(r"(?<![\w.])options\.\Z")
"""What stands before the key of an option."""


class Shown(NamedTuple):
    """``text``, in Markdown, about the characters from ``start`` to ``end``."""

    text: str
    start: int
    end: int


def hover(setting: Setting, offset: int) -> Shown | None:
    """What is known about the word at ``offset``."""
    source = setting.source
    topic = _topic_at(source, offset)
    if topic is not None:
        return topic
    start, end = word_start(source, offset), word_end(source, offset)
    if start == end:
        return None
    found = place(source, end, setting.pieces)
    verbatim = any(block.name in ("comment", "raw") for block in found.blocks)
    if OPTION.search(source, max(0, start - 20), start):
        text = _option(setting, source[start:end])
    elif verbatim:
        text = None
    elif found.piece is None:
        text = _in_text(setting, start, end, found)
    else:
        text = _in_piece(setting, found.piece, found, start, end)
    return Shown(text, start, end) if text else None


def _topic_at(source: str, offset: int) -> Shown | None:
    line_start = source.rfind("\n", 0, offset) + 1
    line_end = source.find("\n", offset)
    for match in _TOPIC.finditer(source, line_start, line_end if line_end >= 0 else len(source)):
        topic = match.group()
        if match.start() <= offset <= match.end() and (check_topic(topic) is None):
            return Shown(_topic(topic), *match.span())
    return None


def _topic(topic: str) -> str:
    variable = subject_variable(topic)
    known = topic in MECHANIC_TOPICS or topic in SHOPIFY_TOPICS
    gives = f"Its event is the variable `{variable}`." if variable else "Its event gives no variable but `event`."
    return f"**`{topic}`** {gives}" + ("" if known else " A topic of your own.")


def _option(setting: Setting, key: str) -> str | None:
    option = next((each for each in setting.options if each.key == key), None)
    return option_text(option, setting.task.options.get(key)) if option is not None else None


def option_text(option: Option, value: object) -> str:
    """An option: its label, what its flags say, its stored value."""
    rest = option.key.partition("__")[2]
    said = [f"- `{flag}`: {manual.flags().get(flag, '')}" for flag in FLAGS if flag in rest.split("_")]
    lines = [f"**{option.label}** (`options.{option.key}`): {words_of(option)}"]
    lines += ["\n".join(said)] if said else []
    lines += [f"Stored: `{value!r}`" if value is not None else "No value is stored."]
    lines += [f"**Wrong:** {option.invalid}"] if option.invalid else []
    return "\n\n".join(lines)


def _in_text(setting: Setting, start: int, end: int, found: Place) -> str | None:
    """GraphQL in the body of a capture or an action, or an option of an action in its JSON."""
    source = setting.source
    block = next((each for each in reversed(found.blocks) if each.name in ("action", "capture")), None)
    if block is None:
        return None
    word, text = source[start:end], without_liquid(source, block.end, start, setting.pieces)
    kind = action_type(block, source) if block.name == "action" else ""
    if kind in ("", "shopify") and looks_like_graphql(text + word):
        return _graphql(setting, text, word)
    schema = properties(kind).get(word)
    return f"**`{word}`** of `{kind}`: {schema.get('description', '')}" if schema is not None else None


def _graphql(setting: Setting, text: str, word: str) -> str | None:
    schema = setting.schema
    there = reading(text, schema)
    match there.expected:
        case Expected.FIELD:
            field = schema.field(there.type or "", word)
            if field is None:
                return None
            scopes = scopes_of(schema, there.operation, (*there.path, word), field)
            needed = f"\n\nScopes: {', '.join(f'`{scope}`' for scope in scopes)}" if scopes else ""
            return field_text(schema, there.type or "", field) + needed
        case Expected.ARGUMENT | Expected.INPUT_FIELD if word in there.args:
            return argument_text(schema, there.args[word])
        case Expected.VALUE if word in schema.enum_values(there.type or ""):
            reason = schema.enum_values(there.type or "")[word]
            return f"`{word}` of `{there.type}`" + (f"\n\n**Deprecated:** {reason}" if reason else "")
        case Expected.TYPE_CONDITION if word in schema:
            access = schema.type_access(word)
            return f"type `{word}`" + (f"\n\nAccess: {access.words}" if access is not None else "")
        case _:
            return None


def _in_piece(setting: Setting, piece: Piece, found: Place, start: int, end: int) -> str | None:
    source = setting.source
    word = source[start:end]
    if start <= piece.name_start and not piece.is_output:
        entry = manual.tags().get(_PARTS_OF.get(word, word.removeprefix("end")))
        return entry.markdown if entry is not None else None
    before = lexemes(source[piece.expression : start], piece.expression)
    last = before[-1].value if before else ""
    if before and before[-1].kind == "open":
        text = source[before[-1].start + 1 : start]
        return _graphql(setting, text, word) if looks_like_graphql(text + word) else _in_string(piece, before, word)
    if last == "|":
        filter_ = manual.filters().get(word)
        return filter_.markdown if filter_ is not None else None
    if source[end : end + 1] == ":" and last in (",", ":") and last_filter(before) is None and piece.name == "action":
        schema = properties(action_type(piece, source)).get(word)
        return f"**`{word}`**: {schema.get('description', '')}" if schema is not None else None
    return _value(setting, piece, before, start, word)


def _in_string(piece: Piece, before: Sequence[Lexeme], word: str) -> str | None:
    if piece.name != "action" or len(before) != 1:
        return None
    options = [f"- `{name}`: {each.get('description', '')}" for name, each in properties(word).items()]
    return "\n".join([f"**`{word}`** action", "", *options]) if options else None


def _value(setting: Setting, piece: Piece, before: Sequence[Lexeme], start: int, word: str) -> str | None:
    """A variable, or a step of a path."""
    last = before[-1].value if before else ""
    if last == ".":
        shape = setting.resolve(path_before(before), piece.start + 1)
        step = shape.step(word) if shape is not None else None
        return f"**`{word}`** {_about(step.about)}" if step is not None and step.about else None
    words = manual.variables().get(word)
    setter = setting.setter(word, start)
    if setter is not None:
        line = setting.source.count("\n", 0, setter.piece.start) + 1
        shape = setting.shape(word, start + len(word))
        known = f": {_about(shape.about)}" if shape is not None and shape.about else ""
        return f"**`{word}`** set by `{setter.kind}` in line {line}{known}"
    if words is not None:
        return f"**`{word}`** {words}"
    shape = setting.environment.get(word)
    return f"**`{word}`** {_about(shape.about)}, the subject of the event" if shape is not None else None


def _about(words: str) -> str:
    """A few words on a value; on an object of the shop also what the manual says it holds."""
    held = manual.resources().get(words)
    return f"{words} ({held.rstrip('.')})" if held else words
