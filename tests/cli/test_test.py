"""``runner test`` as people call it, in processes of its own: tooling.md 6."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Command, Ran


def call(home: Path, *words: str) -> Ran:
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("RUNNER_", "PYTEST_"))}
    done = subprocess.run(
        [sys.executable, "-m", "runner", *words], cwd=home, env=environment, capture_output=True, text=True, check=False
    )
    return Ran(done.returncode, done.stdout, done.stderr)


def outcomes(ran: Ran) -> dict[str, str]:
    return {f"{each['task']}/{each['case']}": each["outcome"] for each in ran.document["cases"]}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A task with two cases and one preview event of its own; a pytest.ini and a conftest that would break the run."""
    definition = {"description": "d", "event_attributes": {"topic": "user/a/b", "data": 5}}
    write_task(
        tmp_path, '{% action "cache" %}{"set": {"key": "k", "value": {{ event.data }}}}{% endaction %}', [definition]
    )
    folder = tmp_path / "fixtures" / "mine"
    folder.mkdir(parents=True)
    for name, data in (("one", 1), ("two", 2)):
        (folder / f"{name}.yml").write_text(f"event: {{topic: user/a/b, data: {data}}}\nexpect: {{actions: 1}}\n")
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = --no-such-flag\n")
    (tmp_path / "conftest.py").write_text("raise SystemExit(9)\n")
    return tmp_path


def write_task(home: Path, script: str, definitions: list[Any]) -> None:
    (home / "tasks").mkdir(exist_ok=True)
    document = {"name": "Mine", "script": script, "subscriptions_template": "user/a/b"}
    (home / "tasks/mine.json").write_text(json.dumps({**document, "preview_event_definitions": definitions}))


@pytest.mark.timeout(300)
def test_cases_and_preview_events_are_held_to_their_snapshots(home: Path) -> None:
    """One story in four processes: each takes seconds to start."""
    made = call(home, "test", "--update", "--json", "--junit", "out.xml", "--coverage", "--fail-under", "100")
    assert (made.code, made.document["ok"]) == (0, True), made
    assert made.document["written"] == [f"fixtures/mine/{name}.json" for name in ("one", "previews/user-a-b", "two")]
    covered = made.document["coverage"]
    assert (covered["ok"], [each["task"] for each in covered["tasks"]]) == (True, ["mine"])
    assert covered["tasks"][0]["topics"] == [{"topic": "user/a/b", "previews": 1, "live": 2}]
    assert covered["tasks"][0]["actions"] == {"entered": 1, "all": 1, "percent": 100.0}
    assert outcomes(made) == dict.fromkeys(("mine/one", "mine/two", "mine/user-a-b"), "passed")
    assert list(outcomes(made)) == ["mine/one", "mine/two", "mine/user-a-b"], "no plugin may shuffle them"
    suite = ElementTree.parse(home / "out.xml").getroot().find("testsuite")
    assert suite is not None
    assert (suite.get("tests"), suite.get("failures")) == ("3", "0")
    assert not (home / ".pytest_cache").exists()

    kept = {each: each.read_bytes() for each in home.rglob("fixtures/**/*.json")}
    more = '{% action "cache" %}{"set": {"key": "k", "value": {{ event.data | plus: 1 }}}}{% endaction %}'
    write_task(home, f"{more}\n{{% if event.data == 9 %}}\n{{% break %}}\n{{% endif %}}", [])
    (home / "fixtures/mine/new.yml").write_text("event: {topic: user/a/b, data: 3}\n")
    (home / "fixtures/mine/wrong.yml").write_text("event: {topic: user/a/b, dta: 1}\n")
    (home / "tasks/broken.json").write_text("{")
    changed = call(home, "test", "--review", "--coverage", "--annotate", "--fail-under", "99")
    assert changed.code == 1
    assert "mine/one\n  action cache set k is different\n    options.set.value: 1 → 2\n" in changed.out
    assert "mine/new\n  It has no snapshot yet" in changed.out
    assert "fixtures/mine/wrong.yml, event.dta, line 1" in changed.out
    assert "tasks/broken.json, line 1" in changed.out
    assert "Unused snapshot: fixtures/mine/previews/user-a-b.json" in changed.out
    assert "5 cases: 0 passed, 5 failed." in changed.out
    assert "        2-3  if event.data == 9: never true\n  Hint: add a case in fixtures/mine/" in changed.out
    assert "PL    2 {% if event.data == 9 %}   <- never true\n!!    3 {% break %}\n      4 {% endif %}\n" in changed.out
    assert "Coverage: 60.0 % of lines and branches (3 of 5).\nLess than 99 %: mine.\n" in changed.out
    assert "Traceback" not in changed.out + changed.err
    assert {each: each.read_bytes() for each in home.rglob("fixtures/**/*.json")} == kept

    (home / "fixtures/mine/wrong.yml").unlink()
    one = call(home, "test", "mine/one", "--json")
    assert (one.code, outcomes(one), one.document["unused"]) == (1, {"mine/one": "failed"}, [])
    kinds = [(each["kind"], each["what"]) for each in one.document["cases"][0]["changes"]]
    assert kinds == [("changed", "action cache set k")]

    (home / "fixtures/mine/two.yml").unlink()
    taken = call(home, "test", "mine", "--update", "--json")
    assert taken.code == 0
    assert sorted(each.name for each in home.rglob("fixtures/**/*.json")) == ["new.json", "one.json"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("nope",), 'no fixture "nope"'),
        (("mined",), 'did you mean "mine"?'),
        (("--update", "--review"), "exclude"),
        (("--watch", "--json"), "exclude"),
        (("--watch", "--update"), "exclude"),
        (("--annotate",), "--coverage"),
        (("--fail-under", "5"), "--coverage"),
        (("--coverage", "--fail-under", "101"), "101"),
        (("--watch", "nope"), 'no fixture "nope"'),
    ],
)
def test_what_cannot_be_run_is_refused(run: Command, home: Path, words: tuple[str, ...], message: str) -> None:
    ran = run("test", *words)
    assert ran.code == 2
    assert message in ran.err + ran.out


def test_an_empty_project_has_nothing_to_run(run: Command, tmp_path: Path) -> None:
    """Pytest is not asked at all."""
    (tmp_path / "runner.yml").write_text("")
    ran = run("test")
    assert ran.code == 2
    assert "there is no case to run" in ran.err
