"""Running commands as a user would: words in, exit code and both streams out."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from runner.cli import invoke


@dataclass(frozen=True)
class Ran:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """The one JSON document on stdout."""
        return json.loads(self.out)


Command = Callable[..., Ran]


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An empty folder, and no settings from the machine that runs the tests."""
    import os

    for name in list(os.environ):
        if name.startswith(("RUNNER_", "SHOPIFY_")):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Command:
    """``run("preview", path)``: the command in this process, with what it printed."""

    def call(*words: str | Path) -> Ran:
        capsys.readouterr()
        code = invoke([str(word) for word in words])
        seen = capsys.readouterr()
        return Ran(int(code), seen.out, seen.err)

    return call
