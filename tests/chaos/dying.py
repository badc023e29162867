"""The command in a process that dies in the middle of local work, which no server outside could make it do.

A ``files`` action keeps its files, says so in the file ``kept-files``, and never comes back. An ``event`` action does
its work, inside the transaction that would record it with those before it, and the process kills itself.
"""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path
from typing import Any

from runner.__main__ import main
from runner.actions import Outcome, Tools
from runner.actions.event import EventAction
from runner.actions.files import FilesAction

KEPT = "kept-files"


def arm() -> None:
    """Let this process die as described."""
    keep, draft = FilesAction.perform, EventAction.perform

    def stay(self: FilesAction, options: Any, tools: Tools) -> Outcome:
        outcome = keep(self, options, tools)
        Path(KEPT).touch()
        threading.Event().wait()
        return outcome

    def die(self: EventAction, options: Any, tools: Tools) -> Outcome:
        draft(self, options, tools)
        os.kill(os.getpid(), signal.SIGKILL)
        raise AssertionError("a killed process does nothing")

    FilesAction.perform = stay  # type: ignore[method-assign]
    EventAction.perform = die  # type: ignore[method-assign]


if __name__ == "__main__":
    arm()
    main()
