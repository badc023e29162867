"""The log of `runner serve` and `runner worker`: one form, to stderr, without secrets and without floods."""

from __future__ import annotations

import logging
import re
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TextIO

from runner.cli.output import printable
from runner.clock import iso_utc, stopwatch
from runner.redact import Redactor

AGAIN = 60.0
"""Seconds after which the same line is written again."""
_STATEMENT = re.compile(r"\[(?:SQL|parameters): .*|\(Background on this error.*", re.DOTALL)
_QUEUE = "dbos"
_SERVER = "uvicorn"
_REMEMBERED = 1000


@contextmanager
def logging_to_stderr(secrets: Callable[[], Iterable[str]], stream: TextIO | None = None) -> Iterator[None]:
    """Warnings and errors of every part go to stderr while the block lasts.

    ``secrets`` gives the values that no line may hold, asked for each line: they may change.
    """
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(_OneForm(secrets))
    handler.addFilter(_Sparing(stopwatch()))
    handler.setLevel(logging.WARNING)
    root = logging.getLogger()
    server = logging.getLogger(_SERVER)
    before = server.handlers, server.propagate
    # It may have been set up to write in a form of its own.
    server.handlers, server.propagate = [], True
    root.addHandler(handler)
    try:
        yield
    finally:
        root.removeHandler(handler)
        server.handlers, server.propagate = before
        handler.close()


class _OneForm(logging.Formatter):
    """``2026-11-28T04:00:00Z WARNING runner.web.inbound: words``; tracebacks below, indented.

    The queue's library quotes its SQL when the database is away: that is left out.
    """

    def __init__(self, secrets: Callable[[], Iterable[str]]) -> None:
        super().__init__()
        self._secrets = secrets

    def format(self, record: logging.LogRecord) -> str:
        moment = iso_utc(datetime.fromtimestamp(record.created, UTC))
        text = record.getMessage()
        if record.exc_info:
            text += "\n" + self.formatException(record.exc_info)
        if record.name == _QUEUE:
            text = _STATEMENT.sub("", text).rstrip()
        clean = Redactor(self._secrets()).text(text)
        first, *more = (printable(line) for line in clean.splitlines() or [""])
        return "\n    ".join((f"{moment} {record.levelname} {record.name}: {first}", *more))


class _Sparing(logging.Filter):
    """Lets the same line pass once a minute, with the number of those that did not."""

    def __init__(self, elapsed: Callable[[], float]) -> None:
        super().__init__()
        self._elapsed = elapsed
        self._lock = threading.Lock()
        self._seen: dict[tuple[str, str], tuple[float, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        key, now = (record.name, record.getMessage()), self._elapsed()
        with self._lock:
            last, held_back = self._seen.get(key, (None, 0))
            if last is not None and now - last < AGAIN:
                self._seen[key] = (last, held_back + 1)
                return False
            if len(self._seen) >= _REMEMBERED:
                self._seen.clear()
            self._seen[key] = (now, 0)
        if held_back:
            record.msg, record.args = f"{key[1]} ({held_back} more such lines in between)", None
        return True
