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
_CAUSE = re.compile(r"^[A-Za-z_][\w.]*(?:Error|Exception)\b.*", re.MULTILINE)
_STATEMENT = re.compile(r"\[(?:SQL|parameters): .*|\(Background on this error.*", re.DOTALL)
_LIBRARIES = ("dbos", "uvicorn")
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
    libraries = [logging.getLogger(name) for name in _LIBRARIES]
    before = [(each.handlers, each.propagate) for each in libraries]
    for each in libraries:
        # They would write in a form of their own, unless somebody listens already.
        each.handlers, each.propagate = [logging.NullHandler()], True
    root.addHandler(handler)
    try:
        yield
    finally:
        root.removeHandler(handler)
        for each, (handlers, propagate) in zip(libraries, before, strict=True):
            each.handlers, each.propagate = handlers, propagate
        handler.close()


class _OneForm(logging.Formatter):
    """``2026-11-28T04:00:00Z WARNING runner.web.inbound: words``; tracebacks below, indented.

    Libraries log tracebacks for what passes by itself, such as a database that is away: of theirs only the end is kept.
    """

    def __init__(self, secrets: Callable[[], Iterable[str]]) -> None:
        super().__init__()
        self._secrets = secrets

    def format(self, record: logging.LogRecord) -> str:
        moment = iso_utc(datetime.fromtimestamp(record.created, UTC))
        text = record.getMessage()
        if record.exc_info:
            text += "\n" + self.formatException(record.exc_info)
        if not record.name.startswith("runner"):
            text = _brief(text)
        clean = Redactor(self._secrets()).text(text)
        first, *more = (printable(line) for line in clean.splitlines() or [""])
        return "\n    ".join((f"{moment} {record.levelname} {record.name}: {first}", *more))


def _brief(text: str) -> str:
    """``text`` with the words of the exception in the place of its traceback, and without its SQL, in one line."""
    head, found, trace = text.partition("Traceback (")
    causes = _CAUSE.findall(trace)
    whole = f"{head} {causes[-1] if causes else ''}" if found else text
    return " ".join(_STATEMENT.sub("", whole).split())


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
