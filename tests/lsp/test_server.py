"""What the server does about faults of its own: no text of a user's makes them, so they are made here."""

from __future__ import annotations

import asyncio
import dataclasses
from pathlib import Path
from typing import Any

from lsprotocol import types

from runner.lint.rules import RULES
from runner.lsp.documents import Project
from runner.lsp.server import TaskServer
from tests.lsp.editor import uri_of


class Recording(TaskServer):
    """Keeps what it would tell the editor."""

    def __init__(self, project: Project) -> None:
        super().__init__(lambda folder: project)
        self.said: list[str] = []
        self.told: list[int] = []

    def window_show_message(self, params: types.ShowMessageParams) -> None:
        self.said.append(params.message)

    def text_document_publish_diagnostics(self, params: types.PublishDiagnosticsParams) -> None:
        self.told.append(len(params.diagnostics))


def broken(subject: Any) -> Any:
    raise ValueError("a bug\nin two lines")


async def typed(server: Recording, path: Path, *texts: str) -> None:
    for version, text in enumerate(texts, 1):
        server.changed(server.documents.put(uri_of(path), text, version))
        await asyncio.gather(*(asyncio.all_tasks() - {asyncio.current_task()}), return_exceptions=True)


def test_a_fault_of_a_rule_is_said_once_and_the_server_goes_on(tmp_path: Path) -> None:
    rule = dataclasses.replace(RULES["liquid.syntax"], check=broken)
    server = Recording(Project(rules=(rule,)))
    asyncio.run(typed(server, tmp_path / "t" / "script.liquid", "a", "b"))
    server.shutdown()
    assert server.said == ["t cannot be examined, by a fault of runner itself (ValueError: a bug)"]
    assert server.told == []


def test_only_the_last_of_the_texts_typed_in_a_row_is_examined(tmp_path: Path) -> None:
    server = Recording(Project(rules=(RULES["liquid.syntax"],)))

    async def row() -> None:
        for version in range(5):
            text = "{% if x %}" * (version % 2)
            server.changed(server.documents.put(uri_of(tmp_path / "t" / "script.liquid"), text, version))
        await asyncio.gather(*(asyncio.all_tasks() - {asyncio.current_task()}), return_exceptions=True)

    asyncio.run(row())
    server.shutdown()
    assert (server.said, server.told) == ([], [0])
