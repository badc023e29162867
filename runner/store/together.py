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
    busy goes with the next commit. A record that raises is undone and raises for its caller alone; when the commit
    fails, nothing was kept, and all of its callers are told.
    """

    def __init__(self, write: Callable[[], AbstractContextManager[Transaction]]) -> None:
        self._write = write
        self._turn = threading.Lock()
        self._joining = threading.Lock()
        self._waiting: list[_Part] = []

    def run(self, record: Callable[[Transaction], T]) -> T:
        """What ``record`` returned, once committed. It may be run in another thread, and must not wait for one."""
        mine = _Part(record)
        with self._joining:
            self._waiting.append(mine)
        with self._turn:
            while not mine.is_done:
                with self._joining:
                    company, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
                self._commit(company)
        if mine.error is not None:
            raise mine.error
        result: T = mine.result
        return result

    def _commit(self, parts: list[_Part]) -> None:
        try:
            with self._write() as transaction:
                if len(parts) == 1:
                    parts[0].result = parts[0].record(transaction)
                else:
                    for part in parts:
                        part.run_in(transaction)
        except BaseException as error:  # noqa: BLE001  whatever it is, all who wait must learn of it
            for part in parts:
                part.error = part.error or error
        finally:
            for part in parts:
                part.is_done = True


class _Part:
    """One caller's record, and what came of it."""

    def __init__(self, record: Record) -> None:
        self.record = record
        self.result: Any = None
        self.error: BaseException | None = None
        self.is_done = False

    def run_in(self, transaction: Transaction) -> None:
        """Do it inside a transaction of several; what it raises undoes it alone."""
        inner = transaction.begin_nested()
        try:
            self.result = self.record(transaction)
        except BaseException as error:  # noqa: BLE001  raised again in its own thread
            self.error = error
            inner.rollback()
        else:
            inner.commit()
