"""Progress on stderr: a line every ten seconds where there is no terminal, a bar where there is one."""

from __future__ import annotations

import io
import sys
from datetime import UTC, datetime

import pytest

from runner.cli.output import Output
from runner.cli.progress import counted
from runner.clock import FixedClock


def test_without_a_terminal_a_line_comes_every_ten_seconds(capsys: pytest.CaptureFixture[str]) -> None:
    clock = FixedClock(datetime(2026, 3, 4, tzinfo=UTC))
    seen = []
    for item in counted("abcdefg", "Previewing", output=Output(), clock=clock):
        seen.append(item)
        clock.sleep(4)
    shown = capsys.readouterr()
    assert seen == list("abcdefg")
    assert shown.err.splitlines() == ["Previewing: 3 of 7", "Previewing: 6 of 7"]
    assert shown.out == ""


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("variable", "value"), [(None, None), ("NO_COLOR", "1")])
def test_on_a_terminal_a_bar_counts_unless_no_colour_is_wanted(
    monkeypatch: pytest.MonkeyPatch, variable: str | None, value: str | None
) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    if variable is not None and value is not None:
        monkeypatch.setenv(variable, value)
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    clock = FixedClock(datetime(2026, 3, 4, tzinfo=UTC))
    assert list(counted([1, 2], "Previewing", output=Output(), clock=clock)) == [1, 2]
    assert ("2/2" in terminal.getvalue()) is (variable is None)
