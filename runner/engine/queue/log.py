"""The log of the library below the queue, brought into ours: it has a handler and tracebacks of its own."""

from __future__ import annotations

import logging

NAME = "dbos"
_BEGINS = "Traceback (most recent call last):"


def join_log() -> None:
    """Let the library's records go where ours go, a line each. Done twice, it does nothing more."""
    logger = logging.getLogger(NAME)
    for handler in logger.handlers[:]:
        logger.removeHandler(handler)
    # A handler that does nothing keeps the library from adding its own again.
    logger.addHandler(logging.NullHandler())
    logger.propagate = True
    if not any(isinstance(each, OneLine) for each in logger.filters):
        logger.addFilter(OneLine())


class OneLine(logging.Filter):
    """Of a record with a traceback keeps what happened: the database away for a moment is no fault of a program."""

    def filter(self, record: logging.LogRecord) -> bool:
        """True: the record stays, with its text changed."""
        text, error = record.getMessage(), record.exc_info[1] if record.exc_info else None
        if error is not None:
            text = f"{text} {type(error).__name__}: {error}"
        before, found, trace = text.partition(_BEGINS)
        if found:
            text = f"{before.strip()} {_last_error(trace)}"
        record.msg, record.args, record.exc_info, record.exc_text = " ".join(text.split()), None, None, None
        return True


def _last_error(trace: str) -> str:
    """The line of a traceback that names its error: the last one at the margin, with what follows it."""
    lines = trace.rstrip().splitlines()
    at = max((number for number, line in enumerate(lines) if line and not line[0].isspace()), default=0)
    while at > 0 and lines[at].startswith("("):
        at -= 1
    return " ".join(lines[at:])
