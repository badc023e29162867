"""The engine as an operator runs it, one process for each command, and killed as no operator would."""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
PATIENCE = 40.0


class Process:
    """A command that serves until it is stopped. ``document`` is what it printed once it was ready.

    ``module``: what is run as the command.
    """

    def __init__(self, folder: Path, *words: str, module: str = "runner") -> None:
        self.words = words
        self._log = (folder / f"{words[0]}-{len(list(folder.glob('*.log')))}.log").open("w", encoding="utf-8")
        self._process = subprocess.Popen(
            [sys.executable, "-m", module, *words, "--json"],
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        self.document = self._ready()

    def kill(self) -> None:
        """End it without a goodbye."""
        self._process.kill()
        self._close()

    def end(self) -> int:
        """Wait until it ends by itself; its exit code, negative for a signal."""
        self._close()
        return self._process.returncode

    def stop(self) -> int:
        """Ask it to end; its exit code."""
        self._process.send_signal(signal.SIGTERM)
        self._close()
        return self._process.returncode

    @property
    def log(self) -> str:
        """What it said beside the document."""
        return Path(self._log.name).read_text(encoding="utf-8")

    def _close(self) -> None:
        self._process.communicate(timeout=PATIENCE)
        self._log.close()

    def _ready(self) -> dict[str, Any]:
        lines: queue.Queue[str] = queue.Queue()
        stdout = self._process.stdout
        assert stdout is not None

        def read() -> None:
            text = ""
            for line in stdout:
                text += line
                if line == "}\n":
                    break
            lines.put(text)

        reader = threading.Thread(target=read, daemon=True)
        reader.start()
        try:
            text = lines.get(timeout=PATIENCE)
            document: dict[str, Any] = json.loads(text)
        except (queue.Empty, ValueError) as fault:
            self.kill()
            raise AssertionError(f"`runner {' '.join(self.words)}` did not come up:\n{self.log}") from fault
        return document
