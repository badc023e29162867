"""The outbox: a folder for each action, named so that they sort by time."""

from __future__ import annotations

import re
import shutil
import unicodedata
from pathlib import Path
from typing import Protocol

from runner.clock import Clock
from runner.errors import ActionError
from runner.own_folder import make_folder

_RESERVED = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]')
_LONGEST_HANDLE = 60
_LONGEST_NAME = 120
"""Bytes: file systems take 255."""
_FIRST_LOOK = 10_000


class Entry(Protocol):
    """Where one action is kept."""

    @property
    def path(self) -> str:
        """The folder, for people and for the action's result."""

    def write(self, name: str, data: bytes) -> None:
        """Keep a file. A name that was used already gets a number. Raises ActionError when the disk refuses."""

    def drop(self) -> None:
        """Forget everything: the action failed."""


class Outbox(Protocol):
    """Where actions are kept that nobody is sent."""

    def open(self, kind: str) -> Entry:
        """A place for an action of the type ``kind``. Raises ActionError."""


class FolderOutbox:
    """Keeps each action in a folder of its own: ``folder/20261128-093000-HANDLE-1-email``.

    ``handle`` is that of the task, whatever it is; ``clock`` tells the time in the names. Several processes may write
    into one ``folder``, which is made when something is kept.
    """

    def __init__(self, folder: Path, handle: str, clock: Clock) -> None:
        self.folder = folder
        self._handle = safe_name(handle, _LONGEST_HANDLE).lower().replace(" ", "-") or "task"
        self._clock = clock
        self._number = 0

    def open(self, kind: str) -> FolderEntry:
        """A new folder for an action of the type ``kind``. Raises ActionError, ``outbox.write``."""
        try:
            make_folder(self.folder)
            return FolderEntry(self._made(kind))
        except OSError as fault:
            raise _refused(self.folder, fault) from fault

    def _made(self, kind: str) -> Path:
        now = f"{self._clock.now().astimezone():%Y%m%d-%H%M%S}"
        while True:
            self._number += 1
            made = self.folder / f"{now}-{self._handle}-{self._number}-{kind}"
            try:
                made.mkdir()
            except FileExistsError:
                if self._number > _FIRST_LOOK:
                    raise
                continue  # of another process, in the same second
            return made


class FolderEntry:
    """One action's folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._names: set[str] = set()

    @property
    def path(self) -> str:
        return str(self._folder)

    def write(self, name: str, data: bytes) -> None:
        file = self._folder / self._free(name)
        try:
            file.write_bytes(data)
        except OSError as fault:
            raise _refused(file, fault) from fault

    def drop(self) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)

    def _free(self, name: str) -> str:
        plain = file_name(name)
        free, number = plain, 1
        while free.lower() in self._names:
            number += 1
            free = f"{number}-{plain}"
        self._names.add(free.lower())
        return free


class NoOutbox:
    """Keeps nothing, and numbers what it is given: for tests."""

    def __init__(self) -> None:
        self._number = 0

    def open(self, kind: str) -> _Nowhere:
        """A place for an action of the type ``kind``."""
        self._number += 1
        return _Nowhere(f"outbox/{self._number}-{kind}")


class _Nowhere:
    def __init__(self, path: str) -> None:
        self.path = path

    def write(self, name: str, data: bytes) -> None:
        """Nothing is kept."""

    def drop(self) -> None:
        """There is nothing to forget."""


def file_name(name: str) -> str:
    """The last part of ``name``, a path on any system, as a file name that every system takes."""
    last = name.replace("\\", "/").rstrip("/").rpartition("/")[2]
    stem, dot, ending = last.rpartition(".")
    if not dot or len(ending.encode()) > 12:
        return safe_name(last, _LONGEST_NAME) or "file"
    return f"{safe_name(stem, _LONGEST_NAME) or 'file'}.{safe_name(ending, 12) or 'bin'}"


def safe_name(text: str, longest: int) -> str:
    """``text`` without what a file name may not hold, ``longest`` bytes at most; perhaps empty."""
    composed = unicodedata.normalize("NFC", text.encode("utf-8", "replace").decode())
    clean = "".join(each for each in _RESERVED.sub("-", composed) if each.isprintable()).strip(". -")
    return clean.encode()[:longest].decode("utf-8", "ignore").strip(". -")


def _refused(place: Path, fault: OSError) -> ActionError:
    return ActionError(
        f"{place} cannot be written: {fault.strerror or fault}",
        hint="Make room on the disk, or let the setting `outbox` name another folder.",
        code="outbox.write",
    )
