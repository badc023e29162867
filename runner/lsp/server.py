"""The server: takes the messages of an editor, keeps its texts, and answers from them.

One thread answers; another one examines tasks, the latest text only.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from lsprotocol import types
from pygls.lsp.server import LanguageServer
from pygls.uris import from_fs_path

from runner import __version__
from runner.errors import RunnerError
from runner.lint.finding import Rule
from runner.lsp.diagnostics import Examined, diagnostics, examined
from runner.lsp.documents import Document, Documents, OpenProject, Project

PAUSE = 0.15
"""Seconds without a key after which a text is examined."""


class TaskServer(LanguageServer):
    """The language server of tasks. ``open_project`` gives what the project of a folder says."""

    def __init__(self, open_project: OpenProject) -> None:
        super().__init__("runner", __version__, types.TextDocumentSyncKind.Full)
        self.documents = Documents()
        self._open_project = open_project
        self._told: dict[Path, set[Path]] = {}
        self._found: dict[Path, Examined] = {}
        self._waiting: dict[Path, asyncio.Task[None]] = {}
        self._newest: dict[Path, int] = {}
        self._complaints: set[str] = set()
        self._examiner = ThreadPoolExecutor(1, "examiner")

    def project(self, source: Path) -> Project:
        """What the project of a task says; the defaults, and a message once, when its settings cannot be read."""
        try:
            return self._open_project(source if source.is_dir() else source.parent)
        except RunnerError as fault:
            where = fault.where.file if fault.where is not None else None
            hint = f" ({fault.hint})" if fault.hint else ""
            self._complain(f"{f'{where}: ' if where else ''}{fault.message}{hint}")
            return Project()

    def _complain(self, words: str) -> None:
        """Tell the user, but not again what was told before."""
        if words not in self._complaints:
            self._complaints.add(words)
            self.window_show_message(types.ShowMessageParams(types.MessageType.Warning, words))

    # Diagnostics

    def changed(self, document: Document) -> None:
        """A text is new: examine its task once nobody types."""
        source = document.source
        if source is None:
            return
        self._newest[source] = self._newest.get(source, 0) + 1
        if source in self._waiting:
            self._waiting[source].cancel()
        self._waiting[source] = asyncio.ensure_future(self._examine_later(source, self._newest[source]))

    def everything_changed(self) -> None:
        """Something around the open texts is new, such as runner.yml."""
        for document in self.documents.unsaved.values():
            self.changed(document)

    def closed(self, document: Document) -> None:
        """A text was closed: its task is examined as its file has it, or its diagnostics go with the last text."""
        source = document.source
        if source is None:
            return
        others = self.documents.of(source)
        if others:
            self.changed(others[0])
            return
        self._newest[source] = self._newest.get(source, 0) + 1
        self._found.pop(source, None)
        for path in self._told.pop(source, ()):
            self._publish(path, [])

    async def _examine_later(self, source: Path, number: int) -> None:
        await asyncio.sleep(PAUSE)
        try:
            found = await self.examined(source, number)
        except Exception as fault:  # noqa: BLE001 - the edge: a fault of ours must not end what is told
            self._complain(f"{source.name} cannot be examined, by a fault of runner itself ({_named(fault)})")
            return
        if found is None or self._newest.get(source) != number:
            return
        told = diagnostics(found)
        texts = (document.path for document in self.documents.of(source))
        for path in dict.fromkeys((*told, *texts, *self._told.get(source, ()))):
            self._publish(path, told.get(path, []))
        self._told[source] = set(told)

    async def examined(self, source: Path, number: int | None = None) -> Examined | None:
        """What is wrong with the task as the editor has it now; None when a newer text came meanwhile."""
        texts = self.documents.unsaved
        known = self._found.get(source)
        if known is not None and known.texts == texts and number is None:
            return known
        number = self._newest.get(source, 0) if number is None else number
        project = self.project(source)
        rules = self._while_newest(source, number, project.rules_for(source.name.removesuffix(".json")))
        found = await asyncio.get_running_loop().run_in_executor(
            self._examiner, examined, source, texts, rules, project.surroundings
        )
        if self._newest.get(source, 0) != number:
            return None
        self._found[source] = found
        return found

    def _while_newest(self, source: Path, number: int, rules: Iterable[Rule]) -> Iterator[Rule]:
        for rule in rules:
            if self._newest.get(source, 0) != number:
                return
            yield rule

    def _publish(self, path: Path, told: list[types.Diagnostic]) -> None:
        document = self.documents.unsaved.get(path)
        uri = document.uri if document is not None else from_fs_path(str(path))
        version = document.version if document is not None else None
        self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri or path.as_uri(), told, version))

    def report_server_error(self, error: Exception, source: Any) -> None:
        """Faults that are no answer to a question go to the log: nobody can do anything about them while writing."""
        logging.getLogger(__name__).error("%s", error)

    def shutdown(self) -> None:
        """End the threads."""
        self._examiner.shutdown(wait=False, cancel_futures=True)
        super().shutdown()  # type: ignore[no-untyped-call]


def _named(fault: Exception) -> str:
    return f"{type(fault).__name__}: {fault}".strip(": ").partition("\n")[0]
