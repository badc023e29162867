"""Files in a folder of this machine, read through the engine's own address (actions.md 3.5)."""

from __future__ import annotations

import errno
import ipaddress
import os
import re
import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import quote, urlsplit

from runner.clock import Clock
from runner.errors import ActionError
from runner.files.keeping import Content, FileStore, KeptFile, last_part, not_kept
from runner.files.mime import mime_of
from runner.files.tickets import KINDS, Ticket, read_ticket

PATH = "/file"
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file to be read: where it is, what it is called, what it is."""

    path: Path
    name: str
    mime: str


class FolderStore(FileStore):
    """``folder/<day it expires>/<object>``: expired days are deleted whole.

    ``base`` gives the address by which others reach `runner serve`, without a slash at its end.
    """

    def __init__(self, folder: Path, clock: Clock, *, lifetime: timedelta, seal: str, base: Callable[[], str]) -> None:
        super().__init__(clock, lifetime, seal)
        self._folder = folder
        self._base = base

    def put(self, run_id: str, file: Content) -> KeptFile:
        expires = self.expiry()
        name = last_part(file.name)
        ticket = Ticket(self.object_id(run_id, file.name), expires, file.mime if file.mime in KINDS else KINDS[0])
        key = f"{expires.date()}/{ticket.object_id.hex()}"
        try:
            _write(self._folder / key, file.data)
        except OSError as fault:
            raise _worded(file.name, self._folder, fault) from fault
        url = f"{self._base()}{PATH}/{ticket.signed(self._seal, name)}/{quote(name, safe='')}"
        return KeptFile(file.name, file.mime, len(file.data), url, expires, key)

    def drop(self, file: KeptFile) -> None:
        with suppress(OSError):
            (self._folder / file.key).unlink(missing_ok=True)

    def expire(self) -> int:
        today = self.clock.now().date()
        deleted = 0
        try:
            days = [each for each in self._folder.iterdir() if _DAY.fullmatch(each.name)]
        except FileNotFoundError:
            return 0
        except OSError as fault:
            raise _worded("", self._folder, fault) from fault
        for day in days:
            if _is_before(day.name, today):
                deleted += sum(1 for each in day.iterdir() if not each.name.endswith(_PART))
                # Another process may be deleting the same.
                shutil.rmtree(day, ignore_errors=True)
        return deleted

    def find(self, ticket: str, name: str) -> FoundFile | None:
        """The file of an address; None for a wrong signature, an expired one, and a file that is gone."""
        read = read_ticket(ticket, self._seal, name)
        if read is None or read.expires_at <= self.clock.now():
            return None
        path = self._folder / str(read.expires_at.date()) / read.object_id.hex()
        if not path.is_file():
            return None
        return FoundFile(path, name, mime_of(name, read.mime))

    def warning(self) -> str | None:
        base = self._base()
        if not is_local(base):
            return None
        return f"nobody but this machine reaches {base}: set public_url, so that others can open the files"


_PART = ".part"


def is_local(base: str) -> bool:
    """Whether the host of an address means this machine only."""
    host = urlsplit(base).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _write(path: Path, data: bytes) -> None:
    """Put ``data`` at ``path``: all of it, on the disk, or nothing."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{os.getpid()}.{id(data):x}{_PART}")
    try:
        number = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with open(number, "wb") as opened:
            opened.write(data)
            opened.flush()
            os.fsync(opened.fileno())
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """The name is on the disk too; some systems cannot, and need not."""
    with suppress(OSError):
        number = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)


def _worded(name: str, folder: Path, fault: OSError) -> ActionError:
    if fault.errno in _FULL:
        return not_kept(name, "the disk is full", f"Free some space where {folder} is.", transient=True)
    return not_kept(
        name, f"{folder}: {fault.strerror or fault}", "Check the folder and its permissions.", transient=True
    )


def _is_before(name: str, today: date) -> bool:
    try:
        return date.fromisoformat(name) < today
    except ValueError:
        return False
