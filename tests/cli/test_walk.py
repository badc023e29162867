"""A newcomer's first hour, in processes of its own: each step tells the next (tooling.md 1 and 6).

One story, since each step needs the one before, and each process takes a second to start.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from runner.project import shipped
from tests.cli.conftest import Ran
from tests.servers.repository import API, Repository
from tests.servers.web import Answer, WebServer, web, web_server

__all__ = ["web", "web_server"]

ADDED = "tag-orders-by-their-total"
FIRST = "tag-large-orders"
PUBLISHED = (shipped("tasks") / f"{ADDED}.json").read_bytes()
GIT = ("git", "-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false")


class Newcomer:
    """Somebody at a terminal in ``home``."""

    def __init__(self, home: Path, library: str) -> None:
        self.home = home
        left_out = ("RUNNER_", "PYTEST_", "PYTHONDONTWRITEBYTECODE")  # what one process compiles, the next one reads
        self.environment = {
            **{key: value for key, value in os.environ.items() if not key.startswith(left_out)},
            "PYTHONPYCACHEPREFIX": str(home.parent / "compiled"),
            "RUNNER_LIBRARY": library,
            "XDG_CACHE_HOME": str(home.parent / "cache"),
            "COLUMNS": "120",
        }

    def __call__(self, *words: str, code: int = 0, git: bool = False) -> Ran:
        """Call ``runner``, which ends with ``code`` and shows no traceback; or Git."""
        command = [*GIT, *words] if git else [sys.executable, "-m", "runner", *words]
        done = subprocess.run(command, cwd=self.home, env=self.environment, capture_output=True, text=True, check=False)
        ran = Ran(done.returncode, done.stdout, done.stderr)
        assert ran.code == code, f"runner {' '.join(words)}\n{ran.out}\n{ran.err}"
        assert "Traceback" not in ran.out + ran.err
        return ran

    def edit(self, old: str, new: str) -> None:
        """Change the script of the first task in an editor, which ends the file with a new line."""
        file = self.home / "tasks" / FIRST / "script.liquid"
        text = file.read_text()
        assert text.count(old) == 1
        file.write_text(text.replace(old, new))


@pytest.mark.timeout(300)
@pytest.mark.skipif(shutil.which("git") is None, reason="Git is not installed")
def test_a_newcomers_walk_from_an_empty_folder_to_a_task_that_runs(tmp_path: Path, web: WebServer) -> None:
    repository = Repository(web)
    home = tmp_path / "my shop"
    home.mkdir()
    runner = Newcomer(home, repository.address)
    _begins(runner)
    _adds_from_the_library(runner, repository)
    runner("init", "-q", git=True)
    runner("add", "-A", git=True)
    runner("commit", "-qm", "Begin", git=True)
    _edits_with_a_mistake(runner)
    _tests_what_changed(runner)
    _compares_with_the_last_commit(runner)
    _writes_pages(runner)
    _runs_on_a_simulated_store(runner)


def _begins(runner: Newcomer) -> None:
    begun = runner("init")
    assert f"  tasks/{FIRST}/script.liquid\n" in begun.out
    assert begun.out.endswith(f"Next: runner preview {FIRST}, then `runner test`.\n")


def _adds_from_the_library(runner: Newcomer, repository: Repository) -> None:
    """The host is down at first, then slow."""
    file = runner.home / "tasks" / f"{ADDED}.json"
    repository.web.on(f"{API}/commits/HEAD", Answer(503))
    failed = runner("library", "add", ADDED, code=1)
    assert f"git clone {repository.address}" in failed.err
    assert "try again later" in failed.err
    assert not file.exists()
    commit = repository.publish({ADDED: PUBLISHED})
    packed = repository.web.answers[repository.archive(commit)][0].body
    repository.web.on(repository.archive(commit), Answer(body=packed, drip=0.0002))
    added = runner("library", "add", ADDED)
    assert f"tasks/{ADDED}.json: written\nNext: runner preview {ADDED}\n" in added.out
    assert file.read_bytes() == PUBLISHED
    shown = runner("preview", ADDED).out
    assert "Action 1: shopify" in shown
    assert "write_orders" in shown
    assert shown.endswith("The preview rendered.\n")


def _edits_with_a_mistake(runner: Newcomer) -> None:
    runner.edit("| times: 1.0", "| tmes: 1.0")
    found = runner("lint", code=1).out
    assert f"tasks/{FIRST}\n" in found
    assert "script 1:39              error    liquid.filter" in found
    assert "{% assign total = order.total_price | tmes: 1.0 %}\n" in found
    assert 'Hint: Did you mean "times"?' in found
    assert "2 tasks: 1 error, 0 warnings, 0 advice." in found
    runner.edit("| tmes: 1.0", "| times: 1.0")


def _tests_what_changed(runner: Newcomer) -> None:
    """Other words in a log: what the cases claim holds, a snapshot differs."""
    runner.edit('{% log message: "Below the minimum",', '{% log message: "Too small",')
    kept = runner.home / "fixtures" / FIRST / "small.json"
    before = kept.read_bytes()
    changed = runner("test", "--review", code=1).out
    assert f'{FIRST}/small\n  log {{"message": "Below the minimum", ' in changed
    assert '"total": 199.99} is gone\n  log {"message": "Too small", ' in changed
    assert "2 cases: 1 passed, 1 failed." in changed
    assert "`runner test --update` takes over what is meant." in changed
    assert kept.read_bytes() == before
    taken = runner("test", "--update").out
    assert f"  written: fixtures/{FIRST}/small.json\n" in taken
    assert "2 cases: 2 passed, 0 failed." in taken
    assert json.loads(kept.read_bytes())["logs"][0]["message"] == "Too small"


def _compares_with_the_last_commit(runner: Newcomer) -> None:
    differs = runner("diff", FIRST, "--exit-code", code=2).out
    assert "small (fixture)\n  log " in differs
    assert "It does something else in 1 of 3 cases." in differs
    assert '-  {% log message: "Below the minimum", order: order.name, total: total %}' in differs
    status = runner("tasks", "status", code=1).out
    assert "needs bundling" in status
    assert "`runner tasks bundle`" in status
    assert f"{FIRST}: written" in runner("tasks", "bundle").out
    assert "Too small" in (runner.home / "tasks" / f"{FIRST}.json").read_text()


def _writes_pages(runner: Newcomer) -> None:
    assert "2 tasks, 5 files written to" in runner("docs", "build").out
    index = (runner.home / "docs" / "README.md").read_text()
    assert "* [Tag large orders](./tag-large-orders)" in index
    assert "Too small" in (runner.home / "docs" / FIRST / "script.liquid").read_text()


def _runs_on_a_simulated_store(runner: Newcomer) -> None:
    asked = runner("run", FIRST, code=2).err
    assert "--shop prints" in asked
    ran = runner("run", FIRST, "--topic", "shopify/orders/create", "--shop", "prints", "--loop")
    assert "made for this run" in ran.err
    assert "action shopify: mutation tagsAdd" in ran.out
    assert '"large"' in ran.out
    assert "The store became quiet: 0 webhook(s) came back." in ran.out
    assert "0 failed" not in ran.out
    state = runner("status").out
    assert "no shop is configured" in state
    assert "`runner serve`" in state
