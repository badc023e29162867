"""What commands print, and the exit codes (ecosystem.md 2).

Texts for people go to stdout, or with ``--json`` exactly one document; warnings, progress and errors go to stderr.
Colours and tables drawn with lines appear on a terminal only, never with ``NO_COLOR``.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from enum import IntEnum
from typing import Any, TextIO

from runner.errors import ActionError, NetworkError, RunnerError, SafetyError, ShopifyError, StoreError

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\x80-\x9f]")
_STYLES = {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33", "cyan": "36"}
_SOURCE_WIDTH = 100


class ExitCode(IntEnum):
    """What a command tells its caller."""

    DONE = 0
    FAILED = 1
    """Runs failed, a preview failed, or the engine's own database did."""
    INVALID = 2
    """Invalid input, settings or usage."""
    SHOP = 3
    """The shop could not be reached, or refused."""
    STOPPED = 4
    """Stopped for safety."""
    BUG = 70
    """A fault of ours (EX_SOFTWARE of sysexits)."""
    INTERRUPTED = 130
    PIPE_CLOSED = 141
    """Whoever read our output went away (128 + SIGPIPE, as a shell says it)."""


def exit_code(error: RunnerError) -> ExitCode:
    """The code for an error that ended a command."""
    match error:
        case ShopifyError():
            return ExitCode.SHOP
        case SafetyError():
            return ExitCode.STOPPED
        case ActionError() | NetworkError() | StoreError():
            return ExitCode.FAILED
        case _:
            return ExitCode.INVALID


class ReaderGone(Exception):
    """Whoever read our output closed it: ``runner … | head`` ended. Not an error."""


class Output:
    """One command's way to speak. ``as_json`` silences everything on stdout but the one document."""

    def __init__(self, *, as_json: bool = False, stdout: TextIO | None = None, stderr: TextIO | None = None) -> None:
        self.as_json = as_json
        self._out = stdout or sys.stdout
        self._err = stderr or sys.stderr

    @property
    def width(self) -> int | None:
        """The columns of the terminal that stdout is; None for a file or pipe, where nothing needs to be cut."""
        return shutil.get_terminal_size().columns if self._out.isatty() else None

    def say(self, text: str = "", *, style: str | None = None) -> None:
        """A line for people, on stdout; nothing with ``--json``."""
        if not self.as_json:
            self._write(self._out, text, style)

    def note(self, text: str, *, style: str | None = None) -> None:
        """A line beside the result, on stderr: warnings, addresses, progress."""
        self._write(self._err, text, style)

    def document(self, value: Mapping[str, Any]) -> None:
        """The one JSON document of a ``--json`` run; nothing without."""
        if self.as_json:
            utf8 = (self._out.encoding or "utf-8").lower().replace("-", "") == "utf8"
            self._print(self._out, json.dumps(value, ensure_ascii=not utf8, indent=2))

    def table(self, headers: Sequence[str], rows: Sequence[Sequence[str]], *, numbers: Sequence[int] = ()) -> None:
        """A table for people; ``numbers`` are the columns to align right."""
        if self.as_json:
            return
        if has_colour(self._out):
            _drawn_table(self._out, headers, rows, numbers)
            return
        for line in plain_table(headers, rows, numbers):
            self.say(line)

    @contextmanager
    def working(self, label: str) -> Iterator[None]:
        """Around work that takes seconds: a moving sign on a terminal, on stderr; else nothing."""
        if not has_colour(self._err):
            yield
            return
        from rich.console import Console

        with Console(file=self._err).status(printable(label)):
            yield

    def error(self, error: RunnerError) -> None:
        """The error that ended the command: one document on stdout with ``--json``, else words on stderr."""
        self.document({"error": error_document(error)})
        if not self.as_json:
            lines = error_lines(error)
            self._write(self._err, f"Error: {lines[0]}", "red")
            for line in lines[1:]:
                self._write(self._err, line, None)

    def _write(self, stream: TextIO, text: str, style: str | None) -> None:
        shown = printable(text)
        if style is not None and has_colour(stream):
            shown = f"\x1b[{_STYLES[style]}m{shown}\x1b[0m"
        self._print(stream, shown)

    def _print(self, stream: TextIO, text: str) -> None:
        try:
            print(text, file=stream, flush=True)
        except BrokenPipeError as fault:
            raise ReaderGone from fault


def has_colour(stream: TextIO) -> bool:
    """True for a terminal that wants colours (no-color.org)."""
    return not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb" and stream.isatty()


def printable(text: str) -> str:
    """``text`` without control characters: what a task or a shop wrote must not steer the user's terminal."""
    return _CONTROL.sub(lambda match: f"\\x{ord(match.group()):02x}", text)


def brief(value: Any, whole: bool = False, *, compact: bool = False, limit: int = 400) -> str:
    """A value for people: text as it is, the rest as JSON, in one line if ``compact``.

    Cut to ``limit`` characters unless ``whole``.
    """
    if isinstance(value, str):
        text = value.strip("\n")
    else:
        text = json.dumps(value, ensure_ascii=False, indent=None if compact else 2)
    if whole or len(text) <= limit:
        return text
    return text[:limit].rstrip() + f"… ({len(text)} characters; --verbose shows all)"


def plain_table(headers: Sequence[str], rows: Sequence[Sequence[str]], numbers: Sequence[int] = ()) -> list[str]:
    """Lines of a table without lines between: two spaces between columns."""
    widths = [max(len(row[index]) for row in (headers, *rows)) for index in range(len(headers))]

    def line(cells: Sequence[str]) -> str:
        placed = [
            cell.rjust(width) if index in numbers else cell.ljust(width)
            for index, (cell, width) in enumerate(zip(cells, widths, strict=True))
        ]
        return "  ".join(placed).rstrip()

    return [line(headers), line(["-" * width for width in widths]), *(line(row) for row in rows)]


def _drawn_table(stream: TextIO, headers: Sequence[str], rows: Sequence[Sequence[str]], numbers: Sequence[int]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table()
    for index, header in enumerate(headers):
        table.add_column(header, justify="right" if index in numbers else "left")
    for row in rows:
        table.add_row(*(Text(printable(cell)) for cell in row))
    Console(file=stream).print(table)


def error_document(error: RunnerError) -> dict[str, object]:
    """The ``error`` member of a JSON document: ``message``, ``code``, ``hint``, ``where``, and a shop's ``status``."""
    document = error.to_dict()
    if isinstance(error, ShopifyError) and error.status is not None:
        document["status"] = error.status
    return document


def error_lines(error: RunnerError) -> list[str]:
    """The error in words: what, where with the source line and a pointer, what to do next, and its code."""
    lines = [error.message]
    where = error.where
    if where is not None and str(where):
        lines.append(f"  in {where}")
    if where is not None and where.source is not None:
        lines.extend(_pointed(where.source, where.column))
    if error.hint:
        lines.append(f"  Hint: {error.hint}")
    lines.append(f"  ({error.code}; see `runner docs errors`)")
    return lines


def _pointed(source: str, column: int | None) -> list[str]:
    """The source line, cut to a window around ``column`` when it is long, and a caret under that column."""
    text = printable(source.rstrip("\r\n").replace("\t", " "))
    at = max(0, (column or 1) - 1)
    start = 0 if len(text) <= _SOURCE_WIDTH or at < _SOURCE_WIDTH - 20 else at - _SOURCE_WIDTH // 2
    window = text[start : start + _SOURCE_WIDTH]
    before, after = "…" if start else "", "…" if start + _SOURCE_WIDTH < len(text) else ""
    lines = [f"  | {before}{window}{after}"]
    if column is not None:
        lines.append(f"  | {' ' * (len(before) + at - start)}^")
    return lines
