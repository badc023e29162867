"""What keeps files for those who are given their addresses (actions.md 3.5)."""

from __future__ import annotations

import hashlib
import hmac
from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from runner.clock import Clock, iso_utc
from runner.errors import ActionError
from runner.model.json import JSON

EVERY = timedelta(hours=1)


class Content(Protocol):
    """A file that was made."""

    @property
    def name(self) -> str: ...

    @property
    def data(self) -> bytes: ...

    @property
    def mime(self) -> str: ...


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file that everybody who has ``url`` can read until ``expires_at``. ``key`` is what the store calls it."""

    name: str
    mime: str
    size: int
    url: str
    expires_at: datetime
    key: str

    def to_dict(self) -> dict[str, JSON]:
        """As a task reads it (actions.md 3.5)."""
        return {
            "name": self.name,
            "mime_type": self.mime,
            "size": self.size,
            "url": self.url,
            "expires_at": iso_utc(self.expires_at),
        }


class FileStore(ABC):
    """Keeps files for ``lifetime``, and forgets them. Used by many threads and processes.

    ``seal``: a text that only this database knows; object names and signatures are made with it.
    """

    def __init__(self, clock: Clock, lifetime: timedelta, seal: str) -> None:
        self.clock = clock
        self.lifetime = lifetime
        self._seal = hmac.digest(seal.encode(), b"files", hashlib.sha256)

    @abstractmethod
    def put(self, run_id: str, file: Content) -> KeptFile:
        """Keep ``file``, which is there wholly or not at all. A repeat by the same run and name writes the same object.

        Raises ActionError with the code ``files.store``; transient when trying later may help.
        """

    @abstractmethod
    def drop(self, file: KeptFile) -> None:
        """Forget a file that nobody was told of. What stands in the way of it is left to ``expire``."""

    @abstractmethod
    def expire(self) -> int:
        """Delete what has expired; how many files that were. Raises ActionError as ``put`` does."""

    def warning(self) -> str | None:
        """Why nobody may be able to read what is kept; None when all seems well."""
        return None

    def object_id(self, run_id: str, name: str) -> bytes:
        """128 bits that nobody can guess: the same for the same run and name (actions.md 1.11)."""
        return hmac.digest(self._seal, f"object\0{run_id}\0{name}".encode("utf-8", "replace"), hashlib.sha256)[:16]

    def expiry(self) -> datetime:
        """When a file that is kept now expires, in whole seconds."""
        return (self.clock.now() + self.lifetime).replace(microsecond=0)


class Expiry:
    """A chore: has ``store`` delete what has expired, once an hour."""

    def __init__(self, store: FileStore) -> None:
        self._store = store
        self._next: datetime | None = None

    def look(self) -> int:
        """How many files were deleted just now; mostly there is nothing to do. Raises ActionError."""
        now = self._store.clock.now()
        if self._next is not None and now < self._next:
            return 0
        self._next = now + EVERY
        return self._store.expire()


class PassingFiles(FileStore):
    """Keeps nothing, and answers as if it did: for simulated stores, which are gone before anybody could look."""

    def put(self, run_id: str, file: Content) -> KeptFile:
        key = self.object_id(run_id, file.name).hex()
        url = f"https://files.invalid/file/{key}/{url_name(file.name)}"
        return KeptFile(file.name, file.mime, len(file.data), url, self.expiry(), key)

    def drop(self, file: KeptFile) -> None:
        """There is nothing to forget."""

    def expire(self) -> int:
        return 0


def url_name(name: str) -> str:
    """The last part of a file's address: its name without folders."""
    from urllib.parse import quote

    return quote(last_part(name), safe="")


def last_part(name: str) -> str:
    """``name`` without folders and what no file name may hold; ``file`` when nothing is left."""
    last = name.replace("\\", "/").rstrip("/").rpartition("/")[2]
    clean = "".join(each for each in last if each.isprintable()).strip(". ")
    return clean[-150:] or "file"


def not_kept(name: str, what: str, hint: str, *, transient: bool) -> ActionError:
    """The error for a file that could not be kept."""
    return ActionError(f'the file "{name}" was not kept: {what}', hint=hint, code="files.store", transient=transient)
