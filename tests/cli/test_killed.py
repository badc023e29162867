"""Every command that writes files, killed wherever it touches one: what was there, or what should be, never a part."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.cli.leaves import leaves

TOPIC = "mechanic/user/trigger"
TASK = {"name": "Mine", "script": "{% log 1 %}", "subscriptions_template": TOPIC, "options": {}, "docs": "Docs."}
FILE = json.dumps(TASK, indent=2) + "\n"
OTHER = json.dumps({**TASK, "name": "Other", "script": "{% log 2 %}"}, indent=2) + "\n"
CASE = "event: {topic: mechanic/user/trigger}\n"


@dataclass(frozen=True)
class Scenario:
    """``words`` in a folder with ``files``, after the ``prepared`` commands and then ``edits``. ``again``: how the
    command is called after it was killed, where that differs."""

    words: tuple[str, ...]
    files: dict[str, str] = field(default_factory=lambda: {"tasks/mine.json": FILE})
    prepared: tuple[tuple[str, ...], ...] = ()
    edits: dict[str, str] = field(default_factory=dict)
    again: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        again = self.again or self.words
        return {
            "words": self.words, "files": self.files, "prepared": self.prepared, "edits": self.edits, "again": again
        }  # fmt: skip


PROJECT = {
    "tasks/mine.json": FILE,
    "other.json": OTHER,
    "runner.yml": "library: theirs\n",
    "theirs/tasks/x.json": OTHER,
}
ID = "0190a000-0000-7000-8000-000000000001"
EVENT = json.dumps({"topic": TOPIC, "data": {"a": 1}, "id": ID, "created_at": "2026-03-04T20:06:07Z"}) + "\n"
KEPT = ({"tasks/mine.json": FILE, "in.jsonl": EVENT}, (("events", "import", "in.jsonl"),))
SCENARIOS = {
    "docs build": Scenario(("docs", "build"), {"tasks/mine.json": FILE, "tasks/other.json": OTHER}),
    "docs build over": Scenario(("docs", "build"), prepared=(("docs", "build"),), edits={"tasks/mine.json": OTHER}),
    "events capture": Scenario(("events", "capture", ID, "--task", "mine", "--replace"), *KEPT),
    "events export": Scenario(("events", "export", "out.jsonl"), *KEPT, edits={"out.jsonl": "mine\n"}),
    "export": Scenario(("export", "--all", "--output", "out/"), {"tasks/mine.json": FILE, "tasks/other.json": OTHER}),
    "export zip": Scenario(("export", "--all", "--output", "out.zip")),
    "globals set": Scenario(("globals", "set", "a", "1"), {"mechanic.globals.json": '{"b": 2}\n'}),
    "globals delete": Scenario(("globals", "delete", "b", "--force"), {"mechanic.globals.json": '{"a": 1, "b": 2}\n'}),
    "import": Scenario(("import", "other.json"), PROJECT),
    "import over": Scenario(
        ("import", "new.json", "--over"), {"tasks/mine.json": FILE, "new.json": FILE.replace("log 1", "log 9")}
    ),
    "init": Scenario(("init",), {"x": ""}),
    "init github": Scenario(("init", "--github"), {"x": ""}, prepared=(("init",),)),
    "library add": Scenario(("library", "add", "x"), PROJECT),
    "lint fix": Scenario(
        ("lint", "--fix"), {"tasks/mine.json": FILE.replace("{% log 1 %}", "{% log 'a' | upcasee %}")}
    ),
    "lint sarif": Scenario(("lint", "--sarif", "out.sarif")),
    "tasks bundle": Scenario(
        ("tasks", "bundle"),
        prepared=(("tasks", "unbundle", "mine"),),
        edits={"tasks/mine/script.liquid": "{% log 3 %}"},
    ),
    "tasks new": Scenario(("tasks", "new", "fresh"), again=("tasks", "new", "fresh", "--force")),
    "tasks unbundle": Scenario(("tasks", "unbundle", "mine")),
    "test update": Scenario(
        ("test", "--update", "--junit", "out.xml"), {"tasks/mine.json": FILE, "fixtures/mine/one.yml": CASE}
    ),
}


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("killed")
    (folder / "scenarios.json").write_text(json.dumps({name: each.to_dict() for name, each in SCENARIOS.items()}))
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("RUNNER_", "PYTEST_"))}
    words = [sys.executable, "-m", "tests.cli.kill_points", str(folder / "scenarios.json"), str(folder / "homes")]
    root = Path(__file__).parents[2]
    done = subprocess.run(words, cwd=root, env=environment, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.timeout(300)
@pytest.mark.parametrize("name", SCENARIOS)
def test_a_command_that_is_killed_leaves_what_was_there_or_what_should_be(name: str, results: dict[str, Any]) -> None:
    assert results[name]["faults"] == []
    assert results[name]["points"] > 2, "a command that writes takes steps"


ELSEWHERE = {
    "the database, whose transactions are whole": (
        "cache clear, cache delete, cache set, events import, purge, replay, run, runs cancel, runs retry, send, "
        "serve, worker, tasks disable, tasks enable, webhooks register, webhooks secret create, "
        "webhooks secret delete, webhooks secret disable, webhooks secret enable, webhooks secret rotate"
    ),
    "the book of accounts, tests/accounts": "connect airtable, connect google, connect remove, connect slack",
    "a file outside of the project, by the writer of the globals": "secrets delete, secrets set",
    "one file, once the shop has answered": "shop record",
    "the folder of the library, tests/library": "library search, library show, library tags, library update",
    "a simulated store": "demo, shop changes, shop clock, shop do, shop faults, shop serve, shop state",
    "nowhere": (
        "cache get, cache list, completion, config show, connect list, diff, docs, events list, events show, "
        "explain, globals list, lsp, mcp, preview, profile, runs list, runs show, schedule, secrets list, "
        "shop seed check, shop seed list, status, tasks list, tasks status, upgrade-check, version, webhooks list, "
        "webhooks secret list"
    ),
}
"""Where the other commands write."""


def test_no_command_is_forgotten() -> None:
    """A new one stands among the scenarios, or with the place that it writes to."""
    known = {name for names in ELSEWHERE.values() for name in names.split(", ")}
    killed = [f"{' '.join(each.words)} " for each in SCENARIOS.values()]
    for words, _ in leaves():
        name = " ".join(words)
        assert name in known or any(each.startswith(f"{name} ") for each in killed), name
