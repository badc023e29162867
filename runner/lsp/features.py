"""What the server can do: each message with the function that answers it."""

from __future__ import annotations

from collections.abc import Sequence

from lsprotocol import types

from runner.lsp.answers import complete, define, outline, resolve, show, sign
from runner.lsp.documents import Document, OpenProject
from runner.lsp.fixes import KINDS, code_actions, without_versions
from runner.lsp.server import TaskServer


def server_of(open_project: OpenProject) -> TaskServer:
    """A server with all features."""
    server = TaskServer(open_project)
    server.feature(types.TEXT_DOCUMENT_DID_OPEN)(_opened)
    server.feature(types.TEXT_DOCUMENT_DID_CHANGE)(_changed)
    server.feature(types.TEXT_DOCUMENT_DID_SAVE)(_saved)
    server.feature(types.TEXT_DOCUMENT_DID_CLOSE)(_closed)
    server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)(_files_changed)
    server.feature(types.WORKSPACE_DID_CHANGE_CONFIGURATION)(_settings_changed)
    server.feature(types.TEXT_DOCUMENT_CODE_ACTION, types.CodeActionOptions(code_action_kinds=list(KINDS)))(_actions)
    server.feature(types.TEXT_DOCUMENT_COMPLETION, types.CompletionOptions(trigger_characters=list(_TRIGGERS)))(
        complete
    )
    server.feature(types.COMPLETION_ITEM_RESOLVE)(resolve)
    server.feature(types.TEXT_DOCUMENT_HOVER)(show)
    server.feature(types.TEXT_DOCUMENT_SIGNATURE_HELP, types.SignatureHelpOptions(trigger_characters=[":", ","]))(sign)
    server.feature(types.TEXT_DOCUMENT_DEFINITION)(define)
    server.feature(types.TEXT_DOCUMENT_DOCUMENT_SYMBOL)(outline)
    return server


_TRIGGERS = "%|.\"'/$+"
"""Signs behind which an editor asks by itself, besides letters."""


# Texts


def _opened(server: TaskServer, params: types.DidOpenTextDocumentParams) -> None:
    opened = params.text_document
    server.changed(_taken(server, opened.uri, opened.version))


def _changed(server: TaskServer, params: types.DidChangeTextDocumentParams) -> None:
    server.documents.get(params.text_document.uri)
    server.changed(_taken(server, params.text_document.uri, params.text_document.version))


def _taken(server: TaskServer, uri: str, version: int | None) -> Document:
    server.documents.encoding = server.workspace.position_encoding or types.PositionEncodingKind.Utf16
    return server.documents.put(uri, server.workspace.get_text_document(uri).source, version)


def _saved(server: TaskServer, params: types.DidSaveTextDocumentParams) -> None:
    server.changed(server.documents.get(params.text_document.uri))


def _closed(server: TaskServer, params: types.DidCloseTextDocumentParams) -> None:
    document = server.documents.get(params.text_document.uri)
    server.documents.drop(document.uri)
    server.closed(document)


def _files_changed(server: TaskServer, params: types.DidChangeWatchedFilesParams) -> None:
    server.everything_changed()


def _settings_changed(server: TaskServer, params: types.DidChangeConfigurationParams) -> None:
    server.everything_changed()


# Answers


async def _actions(server: TaskServer, params: types.CodeActionParams) -> Sequence[types.CodeAction]:
    document = server.documents.get(params.text_document.uri)
    found = await server.examined(document.source) if document.source is not None else None
    if found is None:
        return []
    actions = list(code_actions(found, document, params.range, params.context, server.documents))
    workspace = server.client_capabilities.workspace
    edits = workspace.workspace_edit if workspace is not None else None
    return actions if edits is not None and edits.document_changes else [without_versions(each) for each in actions]
