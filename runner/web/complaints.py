"""Log lines about what goes wrong again and again: one now and then, instead of one a request."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

EVERY = 10.0
"""Seconds between two lines about the same thing."""


class Complaints:
    """Writes to ``log``. Any thread may complain. ``elapsed`` gives seconds."""

    def __init__(self, log: logging.Logger, elapsed: Callable[[], float]) -> None:
        self._log = log
        self._elapsed = elapsed
        self._lock = threading.Lock()
        self._last: dict[str, float] = {}
        self._held_back: dict[str, int] = {}
        self._put_off = 0

    def refused(self, about: str, words: str) -> None:
        """A request was refused; ``about`` says what such lines have in common."""
        with self._lock:
            line = self._line(about, words)
        if line is not None:
            self._log.warning("%s", line)

    def trouble(self, words: str) -> None:
        """The database failed, so a request was put off."""
        with self._lock:
            self._put_off += 1
            line = self._line("database", words)
        if line is not None:
            self._log.error("%s", line)

    def well(self) -> None:
        """The database works: says so after trouble."""
        if not self._put_off:
            return
        with self._lock:
            number, self._put_off = self._put_off, 0
            self._last.pop("database", None)
            self._held_back.pop("database", None)
        if number:
            self._log.warning("the database works again; %s request(s) were put off, to be sent again", number)

    def _line(self, about: str, words: str) -> str | None:
        """What to write; None while another line about it is young."""
        now, last = self._elapsed(), self._last.get(about)
        if last is not None and now - last < EVERY:
            self._held_back[about] = self._held_back.get(about, 0) + 1
            return None
        self._last[about] = now
        more = self._held_back.pop(about, 0)
        return f"{words} ({more} more like it since the last such line)" if more else words
