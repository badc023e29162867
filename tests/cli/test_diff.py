"""``runner diff``: tooling.md 6; its exit codes: ecosystem.md 2."""

from __future__ import annotations

import json
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from runner.clock import SystemClock
from runner.model.event import Event
from tests.cli.conftest import Command

needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="Git is not installed")

SCRIPT = """{%% if event.data.n > %s %%}
  {%% action "event", topic: "user/next/step", data: event.data.n %%}
{%% endif %%}
"""


def write(home: Path, minimum: int, name: str = "tasks/mine.json", **keys: Any) -> Path:
    definition = {"description": "five", "event_attributes": {"topic": "user/a/b", "data": {"n": 5}}}
    document = {
        "name": "Mine",
        "script": SCRIPT % minimum,
        "subscriptions_template": "user/a/b",
        "preview_event_definitions": [definition],
        **keys,
    }
    (home / name).parent.mkdir(exist_ok=True)
    (home / name).write_text(json.dumps(document, indent=2))
    return home / name


def git(home: Path, *words: str) -> None:
    identity = ("-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false")
    subprocess.run(["git", "-C", str(home), *identity, *words], check=True, capture_output=True)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A project with a task, a fixture, and an older version as a file."""
    write(tmp_path, 3)
    write(tmp_path, 6, "older.json")
    case = tmp_path / "fixtures" / "mine" / "ten.yml"
    case.parent.mkdir(parents=True)
    case.write_text("event: {topic: user/a/b, data: {n: 10}}\n")
    return tmp_path


def test_the_actions_of_two_versions_are_compared_then_their_text(run: Command, home: Path) -> None:
    ran = run("diff", "mine", "older.json", "--json")
    assert ran.code == 0
    document = ran.document
    assert document["same"] is False
    assert [(each["case"], each["source"]) for each in document["cases"]] == [
        ("ten", "fixture"),
        ("user/a/b: five", "task definition"),
    ]
    assert document["cases"][0]["changes"] == []
    kinds = [(each["kind"], each["what"]) for each in document["cases"][1]["changes"]]
    assert kinds == [("added", "action event user/next/step")]
    assert "-{% if event.data.n > 6 %}" in document["text"]
    assert "+{% if event.data.n > 3 %}" in document["text"]
    shown = run("diff", "mine", "older.json").out
    assert "user/a/b: five (task definition)\n  action event user/next/step is new\n" in shown
    assert "It does something else in 1 of 2 cases." in shown
    assert shown.index("It does") < shown.index("--- script")


@pytest.mark.parametrize(
    ("minimum", "keys", "words", "code"),
    [
        (3, {}, ("--exit-code",), 0),
        (6, {}, ("--exit-code",), 2),
        (6, {}, (), 0),
        (4, {}, ("--exit-code",), 2),
        (4, {}, ("--exit-code", "--actions-only"), 0),
        (3, {"docs": "New."}, ("--exit-code",), 2),
        (3, {"docs": "New."}, ("--exit-code", "--actions-only"), 0),
    ],
)
def test_the_exit_code_tells_when_asked(
    run: Command, home: Path, minimum: int, keys: dict[str, Any], words: tuple[str, ...], code: int
) -> None:
    write(home, minimum, "other.json", **keys)
    assert run("diff", "mine", "other.json", *words).code == code


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("mine", "nope.json"), "nope.json"),
        (("nope", "older.json"), 'no task "nope"'),
        (("mine", "broken.json"), "broken.json"),
    ],
)
def test_an_error_is_no_difference(run: Command, home: Path, words: tuple[str, ...], message: str) -> None:
    (home / "broken.json").write_text("{")
    plain, coded = run("diff", *words), run("diff", *words, "--exit-code")
    assert (plain.code, coded.code) == (2, 1)
    assert message in plain.err
    assert message in coded.err


@needs_git
def test_without_another_version_it_is_the_last_commit(run: Command, home: Path) -> None:
    git(home, "init", "-q", "-b", "main")
    assert "no revision" in run("diff", "mine").err
    write(home, 6)
    git(home, "add", ".")
    git(home, "commit", "-qm", "First")
    assert run("diff", "mine", "--exit-code").code == 0
    write(home, 3)
    assert run("diff", "mine", "--exit-code").code == 2
    git(home, "commit", "-qam", "Second")
    git(home, "tag", "v2")
    assert run("diff", "mine", "--exit-code").code == 0
    for revision in ("HEAD~1", "v2~1", "main^"):
        assert run("diff", "mine", revision, "--exit-code").code == 2

    run("tasks", "unbundle", "mine")
    (home / "tasks/mine/script.liquid").write_text(SCRIPT % 9)
    edited = run("diff", "mine", "--json").document
    assert [each["kind"] for each in edited["cases"][1]["changes"]] == ["removed"]

    write(home, 3, "tasks/new.json")
    assert "new.json is not in that revision" in run("diff", "new").err
    for wrong in ("--output=x", "nope", "HEAD~99", "v2:tasks"):
        ran = run("diff", "mine", "--", wrong)
        assert ran.code == 2
        assert "no revision" in ran.err
    assert not (home / "x").exists()


@needs_git
def test_a_folder_without_git_says_so(run: Command, home: Path) -> None:
    ran = run("diff", "mine")
    assert ran.code == 2
    assert "no Git repository" in ran.err


def test_a_topic_that_one_version_does_not_know_is_a_difference(run: Command, home: Path) -> None:
    write(home, 3, "other.json", subscriptions_template="user/other/topic", preview_event_definitions=[])
    cases = {each["case"]: each["changes"] for each in run("diff", "mine", "other.json", "--json").document["cases"]}
    assert set(cases) == {"ten", "user/a/b: five", "user/other/topic"}
    assert "`cannot be played`" in {each["what"] for each in cases["ten"]}


def test_stored_events_are_tried_too(run: Command, home: Path) -> None:
    from runner.store import Store

    (home / ".runner").mkdir()
    with Store(f"sqlite:///{home}/.runner/runner.db", clock=SystemClock()) as store:
        for number in (4, 20):
            event = Event("user/a/b", {"n": number}, id=f"e{number}", created_at=f"2026-03-0{number % 7}T00:00:00Z")
            with store.write() as transaction:
                store.events.add(transaction, event, shop="", run_at=datetime(2026, 3, 6, tzinfo=UTC))
    cases = run("diff", "mine", "older.json", "--json").document["cases"]
    stored = {each["case"]: len(each["changes"]) for each in cases if each["source"] == "stored event"}
    assert stored == {"user/a/b e4": 1, "user/a/b e20": 0}
    one = run("diff", "mine", "older.json", "--events", "1", "--json").document["cases"]
    assert sum(each["source"] == "stored event" for each in one) == 1
    none = run("diff", "mine", "older.json", "--events", "0", "--json").document["cases"]
    assert sum(each["source"] == "stored event" for each in none) == 0
