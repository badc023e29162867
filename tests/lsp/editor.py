"""An editor: a real client that speaks with the real ``python -m runner lsp``, in the way a test reads."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

from lsprotocol import types
from pygls.lsp.client import LanguageClient
from pygls.uris import from_fs_path

SECONDS = 10
_SNIPPETS = types.CompletionClientCapabilities(completion_item=types.ClientCompletionItemOptions(snippet_support=True))
_VERSIONS = types.WorkspaceEditClientCapabilities(document_changes=True)


class _Client(LanguageClient):
    def __init__(self) -> None:
        super().__init__("test", "1")
        self.malformed: list[Exception] = []

    def report_server_error(self, error: Exception, source: Any) -> None:
        self.malformed.append(error)


class Editor:
    """Starts the server in a folder. Every method waits for its answer; ``close`` ends the server.

    One that is not ``able`` says that it can do nothing that a client need not do.
    """

    def __init__(self, folder: Path, *, encodings: list[str] | None = None, able: bool = True) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()
        self.client = _Client()
        self.messages: list[types.ShowMessageParams] = []
        self._told: dict[str, types.PublishDiagnosticsParams] = {}
        self._news = threading.Condition()
        self._versions: dict[str, int] = {}
        self.client.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)(lambda told: self._published(told))
        self.client.feature(types.WINDOW_SHOW_MESSAGE)(lambda said: self.messages.append(said))
        self.wait(self.client.start_io(sys.executable, "-m", "runner", "lsp", "--stdio", cwd=str(folder)))
        self._noise = asyncio.run_coroutine_threadsafe(self._read_noise(), self._loop)
        capabilities = types.ClientCapabilities(
            general=types.GeneralClientCapabilities(position_encodings=encodings) if encodings else None,
            text_document=types.TextDocumentClientCapabilities(completion=_SNIPPETS if able else None),
            workspace=types.WorkspaceClientCapabilities(workspace_edit=_VERSIONS if able else None),
        )
        self.initialized = self.wait(
            self.client.initialize_async(types.InitializeParams(capabilities, root_uri=uri_of(folder)))
        )
        self.client.initialized(types.InitializedParams())

    def wait(self, coroutine: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(SECONDS)

    async def _read_noise(self) -> str:
        assert self.client._server is not None
        assert self.client._server.stderr is not None
        return (await self.client._server.stderr.read()).decode()

    def _published(self, params: types.PublishDiagnosticsParams) -> None:
        with self._news:
            self._told[params.uri] = params
            self._news.notify_all()

    # Texts

    def open(self, path: Path, text: str | None = None) -> str:
        """Opens a file, with a text of its own when that is given; its address."""
        uri = uri_of(path)
        content = path.read_text(encoding="utf-8") if text is None else text
        self._versions[uri] = 1
        item = types.TextDocumentItem(uri, "liquid", 1, content)
        self.notify(self.client.text_document_did_open, types.DidOpenTextDocumentParams(item))
        return uri

    def change(self, uri: str, text: str) -> None:
        """Types: the buffer has another text, the file has not."""
        self._versions[uri] += 1
        document = types.VersionedTextDocumentIdentifier(self._versions[uri], uri)
        whole = types.TextDocumentContentChangeWholeDocument(text)
        self.notify(self.client.text_document_did_change, types.DidChangeTextDocumentParams(document, [whole]))

    def close_text(self, uri: str) -> None:
        self.notify(
            self.client.text_document_did_close,
            types.DidCloseTextDocumentParams(types.TextDocumentIdentifier(uri)),
        )

    def notify(self, notify: Any, params: Any) -> None:
        async def send() -> None:
            notify(params)

        self.wait(send())

    def diagnostics(self, uri: str) -> list[types.Diagnostic]:
        """What the server says about the text as it is now."""
        version = self._versions.get(uri)

        def is_there() -> bool:
            return uri in self._told and (self._told[uri].version or 0) >= (version or 0)

        with self._news:
            assert self._news.wait_for(is_there, SECONDS), f"nothing was told about {uri}"
            return list(self._told[uri].diagnostics)

    def told_without_waiting(self, uri: str) -> types.PublishDiagnosticsParams | None:
        return self._told.get(uri)

    def wait_until_told(self, uri: str, count: int) -> None:
        """Waits until the server has told so many diagnostics about a file that may not be open."""
        with self._news:
            met = self._news.wait_for(lambda: uri in self._told and len(self._told[uri].diagnostics) == count, SECONDS)
            assert met, self._told.get(uri)

    # Questions

    def ask(self, method: str, uri: str, line: int, character: int, **more: Any) -> Any:
        """A question about a place."""
        params_type = {
            types.TEXT_DOCUMENT_COMPLETION: types.CompletionParams,
            types.TEXT_DOCUMENT_HOVER: types.HoverParams,
            types.TEXT_DOCUMENT_SIGNATURE_HELP: types.SignatureHelpParams,
            types.TEXT_DOCUMENT_DEFINITION: types.DefinitionParams,
        }[method]
        params = params_type(types.TextDocumentIdentifier(uri), types.Position(line, character), **more)
        return self.request(method, params)

    def request(self, method: str, params: Any) -> Any:
        async def send() -> Any:
            return await self.client.protocol.send_request_async(method, params)

        return self.wait(send())

    def actions(self, uri: str, where: types.Range, only: list[str] | None = None) -> list[types.CodeAction]:
        params = types.CodeActionParams(
            types.TextDocumentIdentifier(uri),
            where,
            types.CodeActionContext([], only=only),  # type: ignore[arg-type]
        )
        found = self.wait(self.client.text_document_code_action_async(params))
        return [each for each in found or [] if isinstance(each, types.CodeAction)]

    def close(self) -> tuple[int | None, str]:
        """Ends the server; its exit code and what it wrote to stderr."""
        self.wait(self.client.shutdown_async(None))
        self.notify(self.client.exit, None)
        noise = self._noise.result(SECONDS)
        self.wait(self.client.stop())
        code = self.client._server.returncode if self.client._server is not None else None
        self.stop_loop()
        return code, noise

    def stop_loop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(SECONDS)
        self._loop.close()


def uri_of(path: Path) -> str:
    return from_fs_path(str(path)) or ""


def cursor(text: str) -> tuple[str, int, int]:
    """The text without its mark ``¦``, and the mark's line and UTF-16 column."""
    before, after = text.split("¦")
    line = before.count("\n")
    column = len(before.rpartition("\n")[2].encode("utf-16-le")) // 2
    return before + after, line, column


def applied(text: str, edits: list[types.TextEdit]) -> str:
    """``text`` after edits, by UTF-16 positions, the last first."""
    for edit in sorted(edits, key=lambda each: (each.range.start.line, each.range.start.character), reverse=True):
        start, end = (_offset(text, place) for place in (edit.range.start, edit.range.end))
        text = text[:start] + edit.new_text + text[end:]
    return text


def _offset(text: str, position: types.Position) -> int:
    lines = text.split("\n")
    before = sum(len(line) + 1 for line in lines[: position.line])
    units = lines[position.line].encode("utf-16-le")[: position.character * 2]
    return before + len(units.decode("utf-16-le"))
