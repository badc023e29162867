"""``runner mcp`` before it serves; what it serves is told by tests/assistant."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Command


def test_without_the_extra_it_says_how_to_get_it(run: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [each for each in sys.modules if each.startswith("runner.assistant.")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "mcp", None)
    ran = run("mcp")
    assert ran.code == 2
    assert 'pip install "mechanic-runner[mcp]"' in ran.err


def test_a_folder_that_there_is_not_is_named(run: Command, tmp_path: Path) -> None:
    ran = run("mcp", "--folder", tmp_path / "nope")
    assert ran.code == 2
    assert "nope" in ran.err
