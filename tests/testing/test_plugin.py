"""The plugin as a user sees it: pytest, run in a project of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.testing.conftest import Write

pytest_plugins = ["pytester"]
pytestmark = pytest.mark.usefixtures("own_syrupy")

CASE = "event: {topic: user/thing/happened, data: {n: 1}}\n"


@pytest.fixture
def project(pytester: pytest.Pytester, task: dict[str, Any]) -> Path:
    pytester.mkdir("tasks")
    (pytester.path / "tasks" / "echo.json").write_text(json.dumps(task), encoding="utf-8")
    return pytester.path


PLUGINS_WITHOUT = ("randomly", "hypothesispytest", "anyio", "socket", "timeout")
"""Plugins that have no part in this and take seconds to load."""


BARE = tuple(word for name in PLUGINS_WITHOUT for word in ("-p", f"no:{name}"))


def ran(pytester: pytest.Pytester, *words: str) -> pytest.RunResult:
    return pytester.runpytest_inprocess(*BARE, *words)


def snapshot(path: Path) -> Any:
    return json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))


def test_a_case_without_a_snapshot_fails_and_says_how_to_write_one(pytester: pytest.Pytester, write: Write) -> None:
    path = write("one", CASE)
    result = ran(pytester)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "fixtures/echo/one.yml: it has no snapshot yet (one.json)",
            "Hint: write it with `pytest fixtures/echo/one.yml::rendering --snapshot-update`*",
        ]
    )
    assert not path.with_suffix(".json").exists()


def test_update_writes_the_snapshot_beside_the_case_and_the_next_run_passes(
    pytester: pytest.Pytester, write: Write
) -> None:
    path = write("one", CASE)
    ran(pytester, "--snapshot-update").assert_outcomes(passed=1)
    assert snapshot(path)["actions"] == [{"type": "echo", "options": {"n": 1}}]
    assert list(snapshot(path)) == ["actions", "logs", "errors", "queries", "liquid_error", "warnings"]
    ran(pytester).assert_outcomes(passed=1)


def test_writing_twice_gives_the_same_bytes(pytester: pytest.Pytester, write: Write) -> None:
    path = write("one", CASE).with_suffix(".json")
    ran(pytester, "--snapshot-update")
    first = path.read_bytes()
    path.unlink()
    ran(pytester, "--snapshot-update")
    assert path.read_bytes() == first


def test_a_difference_is_shown_as_a_diff_without_a_traceback(pytester: pytest.Pytester, write: Write) -> None:
    write("one", "description: Something happens.\n" + CASE)
    ran(pytester, "--snapshot-update")
    write("one", "description: Something happens.\n" + CASE.replace("n: 1", "n: 2"))
    result = ran(pytester)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "fixtures/echo/one.yml: Something happens.",
            "It does not render what its snapshot says:",
            '-        "n": 1',
            '+        "n": 2',
            "Hint: if this is meant, `pytest fixtures/echo/one.yml::rendering --snapshot-update` takes it over",
        ]
    )
    result.stdout.no_fnmatch_line("*Traceback*")
    result.stdout.no_fnmatch_line("*plugin.py*")


def test_each_case_is_one_test_under_its_file(pytester: pytest.Pytester, write: Write) -> None:
    write("one", CASE)
    write("two", CASE)
    result = ran(pytester, "--collect-only", "-q")
    result.stdout.fnmatch_lines(["fixtures/echo/one.yml::rendering", "fixtures/echo/two.yml::rendering"])


def test_a_single_case_can_be_run_by_its_path(pytester: pytest.Pytester, write: Write) -> None:
    write("one", CASE)
    write("two", CASE)
    ran(pytester, "fixtures/echo/two.yml", "--snapshot-update").assert_outcomes(passed=1)
    ran(pytester, "fixtures/echo/two.yml::rendering").assert_outcomes(passed=1)


@pytest.mark.parametrize("folder", ["_shops", ".cache"])
def test_folders_that_hold_no_cases_are_left_alone(pytester: pytest.Pytester, write: Write, folder: str) -> None:
    write("prints", "shop: {name: Prints}", handle=folder)
    assert ran(pytester).ret == pytest.ExitCode.NO_TESTS_COLLECTED


def test_yaml_in_other_peoples_fixture_folders_is_left_alone(pytester: pytest.Pytester) -> None:
    folder = pytester.path / "tests" / "fixtures" / "cassettes"
    folder.mkdir(parents=True)
    (folder / "one.yml").write_text("interactions: []", encoding="utf-8")
    assert ran(pytester).ret == pytest.ExitCode.NO_TESTS_COLLECTED


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (
            "evnt: {topic: user/thing/happened}\n",
            ["fixtures/echo/one.yml, evnt, line 1, column 1: unknown key evnt: *", "*did you mean 'event'?"],
        ),
        ("event: {topic: x\n  - y\n", ["fixtures/echo/one.yml, line *: not YAML: *"]),
        (
            "shop: print\n" + CASE,
            [
                'fixtures/echo/one.yml, shop, line 1, column 7: There is no shop seed "print"*',
                '*Did you mean "prints"*',
            ],
        ),
        (
            "event: {topic: user/thing/hapened}\n",
            ["fixtures/echo/one.yml, event.topic, line 1, *: the task does not respond*", "*did you mean*happened*"],
        ),
    ],
)
def test_a_mistake_in_a_case_fails_that_case_with_its_place(
    pytester: pytest.Pytester, write: Write, text: str, lines: list[str]
) -> None:
    write("one", text)
    write("two", CASE)
    result = ran(pytester, "--snapshot-update")
    result.assert_outcomes(failed=1, passed=1)
    result.stdout.fnmatch_lines(lines)
    result.stdout.no_fnmatch_line("*Traceback*")


def test_a_claim_that_does_not_hold_fails_before_the_snapshot_is_touched(
    pytester: pytest.Pytester, write: Write
) -> None:
    path = write("one", CASE + "expect: {actions: 2}\n")
    result = ran(pytester, "--snapshot-update")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        ["fixtures/echo/one.yml, expect, line 2*", "  actions: expected 2, found 1", '  log: "seen"']
    )
    assert not path.with_suffix(".json").exists()


def test_a_snapshot_whose_case_is_gone_fails_the_run_and_update_deletes_it(
    pytester: pytest.Pytester, write: Write
) -> None:
    gone = write("gone", CASE)
    write("one", CASE)
    ran(pytester, "--snapshot-update").assert_outcomes(passed=2)
    gone.unlink()
    result = ran(pytester)
    result.stdout.fnmatch_lines(["*1 snapshot unused*"])
    assert result.ret == 1
    ran(pytester, "--snapshot-update")
    assert not gone.with_suffix(".json").exists()


@pytest.mark.parametrize("words", [["-k", "not two"], ["fixtures/echo/one.yml"], ["-k", "one"]])
def test_update_of_some_cases_deletes_nothing_of_the_others(
    pytester: pytest.Pytester, write: Write, words: list[str]
) -> None:
    write("one", CASE)
    other = write("two", CASE)
    ran(pytester, "--snapshot-update")
    ran(pytester, "--snapshot-update", *words).assert_outcomes(passed=1, deselected=0 if "-k" not in words else 1)
    assert other.with_suffix(".json").exists()


def test_update_never_deletes_files_that_are_no_snapshots(pytester: pytest.Pytester, write: Write) -> None:
    path = write("one", CASE)
    kept = [path.with_name("payload.json"), path.with_name("notes.md"), path.with_name("broken.json")]
    for file, text in zip(kept, ('{"id": 1}', "# Notes", "{"), strict=True):
        file.write_text(text, encoding="utf-8")
    pytester.makepyfile(test_other="def test_nothing(snapshot):\n    assert snapshot == 1\n")
    ran(pytester, "--snapshot-update").assert_outcomes(passed=2)
    ran(pytester).assert_outcomes(passed=2)
    assert all(file.exists() for file in (path, *kept))


def test_two_workers_write_and_pass(pytester: pytest.Pytester, write: Write) -> None:
    paths = [write(name, CASE) for name in ("one", "two", "three")]
    write("gone", CASE)
    result = pytester.runpytest_subprocess(*BARE, "-n", "2", "--snapshot-update")
    result.assert_outcomes(passed=4)
    assert all(path.with_suffix(".json").exists() for path in paths)
    (pytester.path / "fixtures" / "echo" / "gone.yml").unlink()
    result = pytester.runpytest_subprocess(*BARE, "-n", "2")
    result.assert_outcomes(passed=3)
    result.stdout.fnmatch_lines(["*1 snapshot unused*"])


def test_without_syrupy_a_case_says_what_to_install(pytester: pytest.Pytester, write: Write) -> None:
    write("one", CASE)
    result = ran(pytester, "-p", "no:syrupy")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(
        ["one.yml is a case of a task; its snapshot is kept by syrupy*", '*"mechanic-runner?test?"*']
    )


def test_the_plugin_imports_nothing_of_ours_until_a_case_is_collected(tmp_path: Path) -> None:
    program = (
        "import sys, runner.testing.plugin\n"
        "print(sorted(name for name in sys.modules if name.partition('.')[0] in"
        " {'runner', 'syrupy', 'liquid', 'httpx', 'yaml', 'graphql', 'sqlalchemy'}))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=tmp_path)
    assert done.stdout.strip() == "['runner', 'runner.testing', 'runner.testing.plugin']"


def test_the_shipped_entry_point_is_not_hidden_by_a_plugin_of_pytest(pytestconfig: pytest.Config) -> None:
    """Issue 2: pytest has a plugin called "runner" and skips entry points of names it knows."""
    found = pytestconfig.pluginmanager.get_plugin("mechanic-runner")
    assert getattr(found, "__name__", None) == "runner.testing.plugin"
