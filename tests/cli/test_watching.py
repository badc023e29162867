"""``runner preview --watch``: again when a file changes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from pathlib import Path

import pytest

from runner.cli.output import Output
from runner.cli.watching import task_places, watch
from runner.clock import SystemClock
from runner.errors import InputError
from tests.cli.conftest import Command
from tests.cli.made import task_file


class ScriptedClock(SystemClock):
    """Instead of sleeping, one thing after the other happens; then the user interrupts."""

    def __init__(self, *events: Callable[[], object]) -> None:
        self._events = iter(events)

    def now(self) -> datetime:
        raise AssertionError("nobody asks for the time")

    def sleep(self, seconds: float) -> None:
        event = next(self._events, None)
        if event is None:
            raise KeyboardInterrupt
        event()


def nothing() -> None:
    """A look at files that rest."""


def watched(places: list[Path], *events: Callable[[], object], act: Callable[[], object] = nothing) -> None:
    with pytest.raises(KeyboardInterrupt):
        watch(Output(), lambda: places, act, clock=ScriptedClock(*events))


def test_it_is_done_at_once_and_after_each_change_that_has_come_to_rest(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "a.json"
    file.write_text("1")
    done: list[str] = []
    first, second = partial(file.write_text, "22"), partial(file.write_text, "333")
    watched([file], nothing, first, second, nothing, nothing, act=lambda: done.append(file.read_text()))
    assert done == ["1", "333"]
    assert "Changed: a.json" in capsys.readouterr().out


def test_files_that_come_and_go_count_and_hidden_ones_do_not(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "task"
    folder.mkdir()
    new = folder / "script.liquid"
    watched([folder], (folder / ".swap").touch, nothing, new.touch, nothing, new.unlink, nothing, nothing)
    said = capsys.readouterr().out
    assert said.count("Changed:") == 2
    assert "task/script.liquid (gone)" in said


def test_an_error_is_told_and_the_watch_goes_on(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "a.json"
    answers: Iterator[bool] = iter((True, False))

    def act() -> None:
        if next(answers):
            raise InputError("it is broken", hint="mend it")

    watched([file], file.touch, nothing, act=act)
    seen = capsys.readouterr()
    assert "it is broken" in seen.err
    assert "Changed: a.json" in seen.out


def test_a_task_is_watched_with_its_folder_whatever_it_is_called_by(tmp_path: Path) -> None:
    (tmp_path / "tasks" / "mine").mkdir(parents=True)
    task_file(tmp_path / "tasks", "", name="mine")
    both = {tmp_path / "tasks" / "mine", tmp_path / "tasks" / "mine.json"}
    for word in ("mine", "tasks/mine.json", "tasks/mine"):
        assert both <= set(task_places([word], [None])), word
    assert tmp_path / "event.json" in task_places(["mine"], [None, "event.json"])


@pytest.mark.parametrize("words", [("x.json", "--json"), ("--stdin",), ()])
def test_a_watch_of_what_cannot_be_watched_is_refused(words: tuple[str, ...], run: Command) -> None:
    assert run("preview", "--watch", *words).code == 2


def test_a_real_edit_shows_and_an_interrupt_ends_it(tmp_path: Path) -> None:
    file = task_file(tmp_path, '{% log "before" %}')
    environment = {**os.environ, "PYTHONUNBUFFERED": "1", "NO_COLOR": "1"}
    command = [sys.executable, "-m", "runner", "preview", str(file), "--watch", "--verbose"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=tmp_path, env=environment
    ) as process:
        assert process.stdout is not None
        try:
            assert "before" in "".join(iter(process.stdout.readline, "Watching; Ctrl-C ends it.\n"))
            file.write_text(file.read_text().replace("before", "afterwards"))
            said = "".join(iter(process.stdout.readline, "Watching; Ctrl-C ends it.\n"))
            process.send_signal(signal.SIGINT)
            assert process.wait(20) == 130
        finally:
            process.kill()
    assert "Changed: made.json" in said
    assert "afterwards" in said
