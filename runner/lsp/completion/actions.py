"""Completion of action types and their options, in tags and in the JSON of their bodies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from lsprotocol.types import CompletionItemKind

from runner.actions import ACTION_TYPES
from runner.lsp.completion.suggestion import Suggestion
from runner.lsp.cursor import Lexeme

CONTROLS: Mapping[str, str] = {
    "__meta": "kept with the action, any value",
    "__perform_event": "false: no event once it is performed",
}
"""What every form of the tag takes (liquid.md 2.3)."""


def action_types(start: int, offset: int) -> Iterator[Suggestion]:
    """The types."""
    for name, kind in ACTION_TYPES.items():
        about = (kind.__doc__ or "").strip().split("\n")[0]
        yield Suggestion(name, start, offset, CompletionItemKind.EnumMember, "action", about)


def properties(kind: str) -> Mapping[str, Any]:
    """What a type says about each of its options."""
    found = ACTION_TYPES.get(kind)
    known: Mapping[str, Any] = found.schema.get("properties", {}) if found is not None else {}
    return known


def named_options(found: Sequence[Lexeme], start: int, offset: int) -> Iterator[Suggestion]:
    """The options of the type that an action tag begins with, those left out that it has."""
    kind = found[0].value.strip("\"'") if found and found[0].kind == "string" else ""
    given = {before.value for before, after in pairwise(found) if after.value == ":"}
    for name, schema in properties(kind).items():
        if name not in given:
            yield _option(kind, name, schema, (start, offset), f"{name}: ")
    for name, about in CONTROLS.items():
        if name not in given:
            yield Suggestion(f"{name}:", start, offset, CompletionItemKind.Field, "of every action", about, f"{name}: ")


def json_options(kind: str, body: str, offset: int) -> Iterator[Suggestion]:
    """The options of a type where the JSON of an action's body wants a key; ``body`` is what stands before."""
    quote = _wanted_key(body)
    if quote is None:
        return
    start = offset - len(body) + quote
    for name, schema in properties(kind).items():
        written = f'{name}": ' if body[quote - 1 : quote] == '"' else f'"{name}": '
        yield _option(kind, name, schema, (start, offset), written)


def _option(kind: str, name: str, schema: Mapping[str, Any], place: tuple[int, int], text: str) -> Suggestion:
    types = schema.get("type") or schema.get("enum") or ""
    words = types if isinstance(types, str) else ", ".join(map(str, types))
    about = str(schema.get("description", ""))
    return Suggestion(name, *place, CompletionItemKind.Field, f"{kind}: {words}", about, text, rank=3)


def _wanted_key(body: str) -> int | None:
    """Where the key begins that is being written in the outermost object; None where none is wanted."""
    depth, in_string, start, wants = 0, False, 0, False
    at = 0
    while at < len(body):
        sign = body[at]
        if in_string:
            at += sign == "\\"
            in_string = sign != '"'
        elif sign == '"':
            in_string, start = True, at + 1
        elif sign in "{[":
            depth += 1
            wants = sign == "{" and depth == 1
        elif sign in "}]":
            depth -= 1
        elif sign == "," and depth == 1:
            wants = True
        elif sign == ":" and depth == 1:
            wants = False
        at += 1
    if depth != 1 or not wants:
        return None
    rest = body.rstrip("abcdefghijklmnopqrstuvwxyz_0123456789")
    return start if in_string else len(rest) if rest.rstrip()[-1:] in ("{", ",") else None
