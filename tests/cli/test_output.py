"""What errors look like, which exit code they get, and who may colour what."""

from __future__ import annotations

import io
import json

import pytest

from runner.cli.output import ExitCode, Output, error_lines, exit_code, has_colour, plain_table, printable
from runner.errors import (
    ActionError,
    ConfigError,
    InputError,
    LimitError,
    LiquidError,
    RunnerError,
    SafetyError,
    ShopifyError,
    StoreError,
    TaskError,
    Where,
)


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (TaskError("x"), 2),
        (LiquidError("x"), 2),
        (LimitError("x"), 2),
        (InputError("x"), 2),
        (ConfigError("x"), 2),
        (ActionError("x"), 1),
        (StoreError("x"), 1),
        (ShopifyError("x"), 3),
        (SafetyError("x"), 4),
    ],
)
def test_each_kind_of_error_has_its_exit_code(error: RunnerError, code: int) -> None:
    assert exit_code(error) == code


def test_an_error_says_what_where_with_a_pointer_and_what_to_do() -> None:
    where = Where(file="a.json", line=2, column=3, source='\t"x",}')
    error = TaskError("a comma too many", where=where, hint="remove it")
    assert error_lines(error) == [
        "a comma too many",
        "  in a.json, line 2, column 3",
        '  |  "x",}',
        "  |   ^",
        "  Hint: remove it",
        "  (task.invalid; see `runner docs errors`)",
    ]


@pytest.mark.parametrize("column", [1, 79, 80, 81, 500, 990, 1000])
def test_the_pointer_stands_under_its_column_of_a_long_line(column: int) -> None:
    source = "".join(chr(0x100 + index) for index in range(1000))
    lines = error_lines(TaskError("x", where=Where(line=1, column=column, source=source)))
    shown, pointer = lines[2], lines[3]
    assert shown[pointer.index("^")] == source[column - 1]
    assert len(shown) < 120


def test_an_error_without_place_or_hint_is_short() -> None:
    assert error_lines(StoreError("the disk is full")) == [
        "the disk is full",
        "  (store.failed; see `runner docs errors`)",
    ]


def test_json_errors_are_one_document_on_stdout_and_nothing_else() -> None:
    out, err = io.StringIO(), io.StringIO()
    error = ShopifyError("refused", status=403, hint="grant it", where=Where(file="f"))
    Output(as_json=True, stdout=out, stderr=err).error(error)
    assert json.loads(out.getvalue()) == {
        "error": {
            "message": "refused",
            "code": "shopify.failed",
            "hint": "grant it",
            "where": {"file": "f"},
            "status": 403,
        }
    }
    assert err.getvalue() == ""


def test_with_json_nothing_for_people_reaches_stdout() -> None:
    out = io.StringIO()
    output = Output(as_json=True, stdout=out, stderr=io.StringIO())
    output.say("hello")
    output.table(("a",), [("b",)])
    assert out.getvalue() == ""
    output.document({"a": "é"})
    assert json.loads(out.getvalue()) == {"a": "é"}


@pytest.mark.parametrize(
    ("stream", "environment", "expected"),
    [
        (Terminal(), {}, True),
        (io.StringIO(), {}, False),
        (Terminal(), {"NO_COLOR": "1"}, False),
        (Terminal(), {"NO_COLOR": ""}, True),
        (Terminal(), {"TERM": "dumb"}, False),
    ],
)
def test_only_a_willing_terminal_gets_colours(
    stream: io.StringIO, environment: dict[str, str], expected: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert has_colour(stream) is expected


def test_a_terminal_gets_a_drawn_table_and_a_pipe_a_plain_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    terminal, pipe = Terminal(), io.StringIO()
    for stream in (terminal, pipe):
        Output(stdout=stream, stderr=stream).table(("sku", "n"), [("A", "10")], numbers=(1,))
    assert "│" in terminal.getvalue()
    assert pipe.getvalue() == "sku   n\n---  --\nA    10\n"


def test_columns_are_as_wide_as_their_widest_cell() -> None:
    assert plain_table(("a", "b"), [("long", "1"), ("x", "100")], numbers=(1,)) == [
        "a       b",
        "----  ---",
        "long    1",
        "x     100",
    ]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred", "\\x1b[31mred"),
        ("a\x00b", "a\\x00b"),
        ("bell\x07", "bell\\x07"),
        ("\x9b2J", "\\x9b2J"),
        ("line\nnext\ttab é 東京", "line\nnext\ttab é 東京"),
        ("over\rwritten", "over\\x0dwritten"),
    ],
)
def test_what_others_wrote_cannot_steer_the_terminal(text: str, shown: str) -> None:
    assert printable(text) == shown


def test_a_stream_without_unicode_still_gets_valid_json() -> None:
    raw = io.BytesIO()
    narrow = io.TextIOWrapper(raw, encoding="ascii")
    Output(as_json=True, stdout=narrow, stderr=io.StringIO()).document({"name": "東京"})
    narrow.flush()
    assert json.loads(raw.getvalue()) == {"name": "東京"}


def test_exit_codes_are_the_published_ones() -> None:
    assert {code.name: int(code) for code in ExitCode} == {
        "DONE": 0,
        "FAILED": 1,
        "INVALID": 2,
        "SHOP": 3,
        "STOPPED": 4,
        "BUG": 70,
        "INTERRUPTED": 130,
        "PIPE_CLOSED": 141,
    }
