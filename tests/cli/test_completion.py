"""Completion at the prompt: the scripts, and what they are answered."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Command
from tests.cli.made import task_file


def offered(folder: Path, words: str, **settings: str) -> list[str]:
    """What bash would be offered for the last of ``words``."""
    asked = {"_RUNNER_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": str(len(words.split(" ")) - 1)}
    ran = subprocess.run(
        [sys.executable, "-m", "runner"],
        capture_output=True,
        text=True,
        cwd=folder,
        env={**os.environ, **asked, **settings},
        timeout=60,
        check=False,
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    return [line for line in ran.stdout.splitlines() if line]


def test_names_are_offered_where_they_belong(tmp_path: Path) -> None:
    (tmp_path / "tasks").mkdir()
    task_file(tmp_path / "tasks", "", name="zebra-crossing")
    assert offered(tmp_path, "runner prev") == ["plain,preview"]
    assert offered(tmp_path, "runner preview --wa") == ["plain,--watch"]
    assert offered(tmp_path, "runner preview zeb") == ["plain,zebra-crossing"]
    assert offered(tmp_path, "runner run zebra-crossing --shop prints-l") == ["plain,prints-large"]
    assert offered(tmp_path, "runner library add zeb", RUNNER_LIBRARY="tasks") == ["plain,zebra-crossing"]
    assert offered(tmp_path, "runner docs lint") == ["plain,lint"]


def test_where_no_name_fits_files_are_offered(tmp_path: Path) -> None:
    assert offered(tmp_path, "runner preview ./some") == ["file,./some"]


def test_mistakes_further_left_and_broken_settings_are_no_message_at_the_prompt(tmp_path: Path) -> None:
    (tmp_path / "runner.yml").write_text("nonsense: [")
    offered(tmp_path, "runner nosuchcommand x")
    assert offered(tmp_path, "runner library add a") == []


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_of_each_shell_is_printed_and_read_by_it(shell: str, run: Command) -> None:
    script = run("completion", shell)
    assert script.code == 0
    assert "_RUNNER_COMPLETE" in script.out
    program = shutil.which(shell)
    if program is not None:
        read = subprocess.run(
            [program, "-n"], input=script.out, text=True, capture_output=True, timeout=60, check=False
        )
        assert (read.returncode, read.stderr) == (0, "")


def test_another_shell_is_refused(run: Command) -> None:
    assert run("completion", "tcsh").code == 2
