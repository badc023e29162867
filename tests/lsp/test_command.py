"""``runner lsp`` itself: what it says without its extra."""

from __future__ import annotations

import sys

import pytest

from runner.cli import invoke


def test_without_its_extra_the_command_says_how_to_install_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in [name for name in sys.modules if name.startswith("runner.lsp")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "pygls", None)
    monkeypatch.setitem(sys.modules, "pygls.exceptions", None)
    assert invoke(["lsp"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert 'pip install "mechanic-runner[lsp]"' in said.err
