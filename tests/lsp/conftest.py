"""One server for all tests of this folder, and a project for it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.lsp.editor import Editor


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project without anything in it; the server does not start there, so that nothing hangs on its folder."""
    folder = tmp_path_factory.mktemp("project")
    (folder / "tasks").mkdir()
    return folder


@pytest.fixture(scope="session")
def editor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Editor]:
    """An editor that was started somewhere else."""
    editor = Editor(tmp_path_factory.mktemp("elsewhere"))
    yield editor
    code, noise = editor.close()
    assert (code, "Traceback" in noise, editor.client.malformed) == (0, False, []), noise


@pytest.fixture
def make_task(project: Path, request: pytest.FixtureRequest) -> Any:
    """Makes the folder of a task, with a name of its own."""

    def make(script: str, subscriptions: str = "shopify/orders/create", **head: Any) -> Path:
        folder = project / "tasks" / f"t{len(list((project / 'tasks').iterdir()))}"
        folder.mkdir()
        more = {"name": "Test", "docs": "", "options": {}, "subscriptions": subscriptions.split("\n"), **head}
        (folder / "task.json").write_text(json.dumps(more, indent=2), encoding="utf-8")
        (folder / "script.liquid").write_text(script, encoding="utf-8")
        (folder / "subscriptions.liquid").write_text(subscriptions, encoding="utf-8")
        return folder

    return make
