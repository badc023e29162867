"""Answers to questions about a place, in the words of the protocol."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from lsprotocol import types

from runner.lsp.completion import suggestions
from runner.lsp.completion.graphql import about_later
from runner.lsp.completion.suggestion import Suggestion
from runner.lsp.documents import Document, Documents
from runner.lsp.hover import hover, option_text
from runner.lsp.looking import definition, signature, symbols
from runner.lsp.server import TaskServer
from runner.lsp.setting import Setting
from runner.lsp.views import View, key_spans
from runner.model.option_key import parse_key
from runner.task_folder import HEAD

_Answer = TypeVar("_Answer")
_LINE_BREAK = re.compile(r"\n\s*")


def _setting(server: TaskServer, document: Document, view: View) -> Setting | None:
    source = document.source
    if source is None:
        return None
    task = server.documents.usable_task(source)
    return Setting(task, str(view.part[0]), view.text, server.project(source).surroundings)


def _asked(
    server: TaskServer, uri: str, position: types.Position, answer: Callable[[Setting, int, View, Document], _Answer]
) -> _Answer | None:
    document = server.documents.get(uri)
    found = document.view_at(document.lines.offset(position))
    setting = _setting(server, document, found[0]) if found is not None else None
    return answer(setting, found[1], found[0], document) if found is not None and setting is not None else None


def complete(server: TaskServer, params: types.CompletionParams) -> types.CompletionList:
    """What may be written at a place."""
    with_snippets = _has_snippets(server)

    def answer(setting: Setting, offset: int, view: View, document: Document) -> list[types.CompletionItem]:
        return [_item(each, view, document, with_snippets) for each in suggestions(setting, offset)]

    found = _asked(server, params.text_document.uri, params.position, answer)
    return types.CompletionList(is_incomplete=False, items=found or [])


def _has_snippets(server: TaskServer) -> bool:
    text = server.client_capabilities.text_document
    item = text.completion.completion_item if text is not None and text.completion is not None else None
    return bool(item is not None and item.snippet_support)


def _item(found: Suggestion, view: View, document: Document, with_snippets: bool) -> types.CompletionItem:
    text, snippet = found.text if found.text is not None else found.label, found.snippet
    if snippet is not None and view.starts is not None:
        snippet = _LINE_BREAK.sub(" ", snippet) if '"' not in snippet else None
    is_snippet = with_snippets and snippet is not None
    new = snippet if with_snippets and snippet is not None else view.written(text)
    where = document.lines.range(view.outside(found.start), view.outside(found.end))
    return types.CompletionItem(
        found.label,
        kind=found.kind,
        tags=[types.CompletionItemTag.Deprecated] if found.deprecated else None,
        detail=found.detail or None,
        documentation=_markdown(found.about) if found.about else None,
        sort_text=f"{found.rank}{found.label}",
        filter_text=found.label,
        insert_text_format=types.InsertTextFormat.Snippet if is_snippet else types.InsertTextFormat.PlainText,
        text_edit=types.TextEdit(where, new),
        data=dict(found.later) if found.later is not None else None,
    )


def resolve(server: TaskServer, item: types.CompletionItem) -> types.CompletionItem:
    """An item that somebody looks at, with what there is to say about it."""
    wanted = item.data
    if isinstance(wanted, dict) and all(isinstance(each, str) for each in wanted.values()):
        item.documentation = _markdown(about_later(wanted))
    return item


def _markdown(text: str) -> types.MarkupContent:
    return types.MarkupContent(types.MarkupKind.Markdown, text)


def show(server: TaskServer, params: types.HoverParams) -> types.Hover | None:
    """What is under the pointer."""

    def answer(setting: Setting, offset: int, view: View, document: Document) -> types.Hover | None:
        found = hover(setting, offset)
        if found is None:
            return None
        where = document.lines.range(view.outside(found.start), view.outside(found.end))
        return types.Hover(_markdown(found.text), where)

    found = _asked(server, params.text_document.uri, params.position, answer)
    return found if found is not None else _option_key(server, params)


def _option_key(server: TaskServer, params: types.HoverParams) -> types.Hover | None:
    """What is under the pointer when that is the key of an option in a file that stores options."""
    document = server.documents.get(params.text_document.uri)
    source = document.source
    if source is None or document.path.suffix != ".json":
        return None
    offset = document.lines.offset(params.position)
    for path, span in key_spans(document.text).items():
        if len(path) == 2 and path[0] == "options" and span.key <= offset < span.start:
            key = str(path[1])
            value = server.documents.usable_task(source).options.get(key)
            where = document.lines.range(span.key, span.key + len(key) + 2)
            return types.Hover(_markdown(option_text(parse_key(key), value)), where)
    return None


def sign(server: TaskServer, params: types.SignatureHelpParams) -> types.SignatureHelp | None:
    """The arguments of the filter that is being written."""

    def answer(setting: Setting, offset: int, view: View, document: Document) -> types.SignatureHelp | None:
        found = signature(setting, offset)
        if found is None:
            return None
        arguments = [types.ParameterInformation(each) for each in found.entry.arguments]
        shown = types.SignatureInformation(found.entry.head, _markdown(found.entry.text), arguments)
        return types.SignatureHelp([shown], 0, found.active)

    return _asked(server, params.text_document.uri, params.position, answer)


def define(server: TaskServer, params: types.DefinitionParams) -> types.Location | None:
    """Where a variable is set, or an option stored."""

    def answer(setting: Setting, offset: int, view: View, document: Document) -> types.Location | None:
        found = definition(setting, offset)
        if found is None:
            return None
        if found.option is not None:
            return _option(server.documents, document, found.option)
        return types.Location(document.uri, document.lines.range(view.outside(found.start), view.outside(found.end)))

    return _asked(server, params.text_document.uri, params.position, answer)


def _option(documents: Documents, document: Document, key: str) -> types.Location | None:
    """The value of an option in the file that stores it."""
    path = document.path if document.path.suffix == ".json" else Path(document.source or "") / HEAD
    stored = documents.at(path)
    span = key_spans(stored.text).get(("options", key))
    return types.Location(stored.uri, stored.lines.range(span.key, span.end)) if span is not None else None


def outline(server: TaskServer, params: types.DocumentSymbolParams) -> list[types.DocumentSymbol]:
    """The captures and actions of a file."""
    document = server.documents.get(params.text_document.uri)
    found = []
    for view in document.views:
        setting = _setting(server, document, view)
        for each in symbols(setting) if setting is not None else ():
            whole = document.lines.range(view.outside(each.start), view.outside(each.end))
            name = document.lines.range(view.outside(each.name_start), view.outside(each.name_start + 1))
            found.append(types.DocumentSymbol(each.name, each.kind, whole, name, each.detail))
    return found
