"""Commits of several threads made as one: each commit of a file waits for the disk, and they need not wait in turn."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, TypeVar

from runner.store.database import Transaction

T = TypeVar("T")
Record = Callable[[Transaction], Any]

MOST = 64
"""How many records one transaction takes."""


class Together:
    """Runs records, each whole or not at all, in transactions they share with those that wait at the same time.

    ``write`` begins a transaction that commits with its block. Nobody waits for company: who comes while the disk is
    busy goes with the next commit. A record that raises is undone and raises for its caller alone, for which the others
    are run once more: each must bear that. When the commit fails, nothing was kept, and all of its callers are told.
    """

    def __init__(self, write: Callable[[], AbstractContextManager[Transaction]]) -> None:
        self._write = write
        self._joining = threading.Lock()
        self._waiting: list[_Part] = []
        self._is_led = False

    def run(self, record: Callable[[Transaction], T]) -> T:
        """What ``record`` returned, once committed. It may be run in another thread, and must not wait for one."""
        mine = _Part(record)
        with self._joining:
            self._waiting.append(mine)
            mine.leads = not self._is_led
            self._is_led = True
        if not mine.leads:
            self._wait(mine)
        if mine.leads:
            self._lead()
        if mine.error is not None:
            raise mine.error
        result: T = mine.result
        return result

    def _wait(self, mine: _Part) -> None:
        """Until the part is done, or comes first among those that are not."""
        try:
            mine.woken.acquire()
        except BaseException:  # the thread is being stopped: nobody must wait for it
            with self._joining:
                if mine in self._waiting:
                    self._waiting.remove(mine)
                if mine.leads:
                    self._hand_on()
            raise

    def _lead(self) -> None:
        """Commit what waits, and leave the rest to the one that comes first then.

        It is told, not left to a race: whoever is done comes back faster than another wakes, and would go alone.
        """
        with self._joining:
            company, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
        try:
            self._commit(company)
        finally:
            with self._joining:
                for part in company:
                    part.woken.release()
                self._hand_on()

    def _hand_on(self) -> None:
        self._is_led = bool(self._waiting)
        if self._is_led:
            self._waiting[0].leads = True
            self._waiting[0].woken.release()

    def _commit(self, parts: list[_Part]) -> None:
        """Keep all of ``parts`` at once; when one of them cannot be kept, those that can, each by itself."""
        error = self._tried(parts)
        may_help = isinstance(error, Exception) and not getattr(error, "transient", False)
        for part in parts:
            part.error = error
            if may_help and len(parts) > 1:
                part.error = self._tried([part])

    def _tried(self, parts: list[_Part]) -> BaseException | None:
        """Keep ``parts`` in one transaction; what prevented it."""
        try:
            with self._write() as transaction:
                for part in parts:
                    part.result = part.record(transaction)
        except BaseException as error:  # noqa: BLE001  whatever it is, all who wait must learn of it
            return error
        return None


class _Part:
    """One caller's record, and what came of it."""

    def __init__(self, record: Record) -> None:
        self.record = record
        self.result: Any = None
        self.error: BaseException | None = None
        self.leads = False
        self.woken = threading.Lock()
        self.woken.acquire()
