"""Projects made on the spot, with pytest run inside them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import syrupy

# Imported here, since pytest run inside pytest forgets the modules it was the first to import; extensions in C are
# confused when they come a second time.
import runner.testing.play
import runner.testing.snapshots
import runner.testing.verdict  # noqa: F401

SCRIPT = '{% log "seen" %}{% action "echo", event.data %}'


@pytest.fixture
def own_syrupy(monkeypatch: pytest.MonkeyPatch) -> None:
    """A run of pytest inside pytest: syrupy keeps its session in a global, which is given back afterwards.

    A worker's name in the environment would make the inner run think that it is a worker itself, which reports nothing.
    """
    monkeypatch.setattr(syrupy, "_syrupy", syrupy._syrupy)
    monkeypatch.delenv("PYTEST_XDIST_WORKER", raising=False)


@pytest.fixture
def task() -> dict[str, Any]:
    """A task that echoes the data of its event."""
    return {"name": "Echo", "script": SCRIPT, "options": {}, "subscriptions_template": "user/thing/happened"}


@pytest.fixture
def project(tmp_path: Path, task: Mapping[str, Any]) -> Path:
    """A project with the one task ``echo``."""
    (tmp_path / "tasks").mkdir()
    (tmp_path / "tasks" / "echo.json").write_text(json.dumps(task), encoding="utf-8")
    return tmp_path


Write = Callable[..., Path]


@pytest.fixture
def write(project: Path) -> Write:
    """``write("case", text, handle="echo")``: a case of the project."""

    def case(name: str, text: str, handle: str = "echo") -> Path:
        path = project / "fixtures" / handle / f"{name}.yml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    return case
