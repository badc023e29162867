"""Starts the server on the streams of the process. Nothing but the protocol goes to stdout."""

from __future__ import annotations

import logging
import os
import sys
from typing import Any, BinaryIO

from runner.lsp.documents import OpenProject
from runner.lsp.features import server_of


def serve(open_project: OpenProject) -> None:
    """Speak with an editor over stdin and stdout until it says so, or goes."""
    _log_in_one_line()
    server_of(open_project).start_io(sys.stdin.buffer, _protocol_output())


def _protocol_output() -> BinaryIO:
    """The real stdout, for the protocol alone: whatever else prints goes to stderr from here on."""
    sys.stdout.flush()
    own = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return own


class _OneLine(logging.Formatter):
    """What goes to the log of the editor: a fault in a line, never where in our code it happened."""

    def format(self, record: logging.LogRecord) -> str:
        return super().format(record).partition("\n")[0]

    def formatException(self, ei: Any) -> str:
        return f"{ei[0].__name__}: {ei[1]}"

    def formatStack(self, stack_info: str) -> str:
        return ""


def _log_in_one_line() -> None:
    shown = logging.StreamHandler(sys.stderr)
    shown.setFormatter(_OneLine("%(levelname)s: %(message)s"))
    logging.basicConfig(handlers=[shown], level=logging.ERROR)
