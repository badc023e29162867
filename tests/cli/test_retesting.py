"""``runner test --watch``: what a changed file touches."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from runner.cli.retesting import touched, watched_places


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Two tasks, one of them a folder; cases of both, and one that is about a task of the fixtures."""
    for name in ("tasks/mine.json", "tasks/split/task.json", "tasks/split/script.liquid", "fixtures/_tasks/odd.json"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(json.dumps({"name": "M", "script": "", "subscriptions_template": "user/a/b"}))
    for name in ("mine/one", "mine/two", "split/one", "other/about"):
        file = tmp_path / "fixtures" / f"{name}.yml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("event: {topic: user/a/b}\n")
    (tmp_path / "fixtures/other/about.yml").write_text("task: fixtures/_tasks/odd.json\nevent: {topic: user/a/b}\n")
    (tmp_path / "fixtures/_events").mkdir()
    return tmp_path


@pytest.mark.parametrize(
    ("changed", "words", "run"),
    [
        (("tasks/mine.json",), (), ["mine"]),
        (("tasks/split/script.liquid",), (), ["split"]),
        (("fixtures/mine/one.yml",), (), ["mine/one"]),
        (("fixtures/mine/one.json",), (), ["mine/one"]),
        (("fixtures/mine/one.yml", "tasks/mine.json"), (), ["mine"]),
        (("fixtures/mine/one.yml", "fixtures/split/one.yml"), (), ["mine/one", "split/one"]),
        (("fixtures/mine/gone.yml",), (), ["mine"]),
        (("fixtures/mine/previews/user-a-b.json",), (), ["mine"]),
        (("fixtures/_tasks/odd.json",), (), ["other/about"]),
        (("tasks/gone.json",), (), []),
        (("fixtures/_events/user/a.json",), (), []),
        (("runner.yml", "fixtures/mine/one.yml"), (), []),
        (("mechanic.globals.json",), ("mine",), ["mine"]),
        (("fixtures/mine/one.yml",), ("mine",), ["mine/one"]),
        (("fixtures/mine/one.yml",), ("mine/one", "split"), ["mine/one"]),
        (("tasks/mine.json",), ("mine/one",), ["mine/one"]),
        (("tasks/mine.json",), ("tasks/mine.json",), ["mine"]),
    ],
)
def test_a_change_touches_the_cases_that_the_file_is_part_of(
    home: Path, changed: tuple[str, ...], words: tuple[str, ...], run: list[str]
) -> None:
    assert touched(home, [home / each for each in changed], words) == run


def test_a_case_is_watched_with_its_snapshot_its_task_and_what_all_share(home: Path) -> None:
    places = {str(each.relative_to(home)) for each in watched_places(home, [home / "fixtures/mine/one.yml"])}
    assert places >= {"fixtures/mine/one.yml", "fixtures/mine/one.json", "tasks/mine.json", "tasks/mine"}
    assert places >= {"fixtures/_events", "fixtures/_tasks", "runner.yml", "mechanic.globals.json"}
    assert "fixtures/mine/two.yml" not in places


@pytest.mark.timeout(120)
def test_edits_run_what_they_touch_broken_files_are_survived_and_an_interrupt_ends_it(home: Path) -> None:
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("RUNNER_", "PYTEST_"))}
    command = [sys.executable, "-m", "runner", "test", "--watch"]
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=home,
        env={**environment, "PYTHONUNBUFFERED": "1", "NO_COLOR": "1"},
    ) as process:
        stream = process.stdout
        assert stream is not None

        def said() -> str:
            return "".join(iter(stream.readline, "Watching; Ctrl-C ends it.\n"))

        try:
            assert "4 cases: 0 passed, 4 failed." in said()
            (home / "fixtures/mine/two.yml").write_text("event: {topic: user/a/c}\n")
            once = said()
            assert "Changed: fixtures/mine/two.yml" in once
            assert 'the task does not respond to "user/a/c"' in once
            assert "1 case: 0 passed, 1 failed." in once
            (home / "tasks/mine.json").write_text("{")
            assert "tasks/mine.json, line 1" in said()
            (home / "tasks/mine.json").unlink()
            assert "Changed: tasks/mine.json (gone)" in said()
            (home / "fixtures/split/more.yml").write_text("event: {topic: user/a/b}\n")
            assert "split/more\n  It has no snapshot yet" in said()
            process.send_signal(signal.SIGINT)
            assert process.wait(20) == 130
            assert "Traceback" not in stream.read()
        finally:
            process.kill()
