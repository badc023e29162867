"""``runner mcp`` before it serves; what it serves is told by tests/assistant."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
from pathlib import Path

from tests.cli.conftest import Command


def test_without_the_extra_it_says_how_to_get_it(tmp_path: Path) -> None:
    """In a process of its own: here, other tests may have imported it."""
    code = "import sys; sys.modules['mcp'] = None; from runner.cli import invoke; sys.exit(invoke(['mcp']))"
    done = subprocess.run(
        [sys.executable, "-c", code],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        cwd=tmp_path,
        check=False,
    )
    assert done.returncode == 2
    assert 'pip install "mechanic-runner[mcp]"' in done.stderr


def test_a_folder_that_there_is_not_is_named(run: Command, tmp_path: Path) -> None:
    ran = run("mcp", "--folder", tmp_path / "nope")
    assert ran.code == 2
    assert "nope" in ran.err


def test_a_person_who_starts_it_is_greeted_and_can_interrupt_it(tmp_path: Path) -> None:
    ours, its = pty.openpty()
    try:
        with subprocess.Popen(
            [sys.executable, "-m", "runner", "mcp"], stdin=its, stderr=subprocess.PIPE, cwd=tmp_path, text=True
        ) as process:
            try:
                assert process.stderr is not None
                assert "Waiting for a client" in process.stderr.readline()
                process.send_signal(signal.SIGINT)
                assert process.wait(20) == 130
                assert process.stderr.read() == ""
            finally:
                process.kill()
    finally:
        os.close(ours)
        os.close(its)
