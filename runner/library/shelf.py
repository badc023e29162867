"""The exports of the library that are at hand, and where they came from. Nothing here asks the network."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from runner.config import Settings
from runner.errors import ConfigError, RunnerError, TaskError, Where
from runner.model.task import Task
from runner.task_folder import read_bytes

FETCHED = "fetched.json"
_HANDLE = re.compile(r"[0-9a-z-]{1,200}")


@dataclass(frozen=True, slots=True)
class Shelf:
    """The exports in ``folder``. ``commit``, its ``date`` and ``blobs`` (git's id of each file, by handle) are those of
    a repository that was fetched at the moment ``fetched``; a folder of the user's own has none."""

    folder: Path
    origin: str
    commit: str | None = None
    date: str | None = None
    fetched: str | None = None
    blobs: Mapping[str, str] = field(default_factory=dict)

    @property
    def handles(self) -> tuple[str, ...]:
        """The handles of all tasks, sorted."""
        return tuple(self.blobs) or tuple(sorted(each.stem for each in self.folder.glob("[!.]*.json")))

    def content(self, handle: str) -> bytes:
        """The export of a task, byte for byte as it was published.

        ``TaskError`` for a handle that is not there, with the nearest, and for bytes that are not those of the commit.
        """
        if handle not in self.handles:
            near = get_close_matches(handle, self.handles, n=3, cutoff=0.5)
            named = ", ".join(f'"{each}"' for each in near)
            hint = f"Did you mean {named}?" if near else "`runner library search WORDS` finds tasks."
            raise TaskError(f'The library has no task "{handle}".', hint=hint, code="task.missing")
        path = self.folder / f"{handle}.json"
        content = read_bytes(path)
        if self.blobs and blob_id(content) != self.blobs[handle]:
            raise TaskError(
                f"The copy kept here is not the file of commit {self.commit}.",
                hint="`runner library update` fetches it again.",
                where=Where(file=str(path)),
                code="library.damaged",
            )
        return content

    def task(self, handle: str) -> Task:
        """The task. ``TaskError`` as from ``content``, and for an export that is none."""
        return Task.from_json(self.content(handle), file=str(self.folder / f"{handle}.json"))

    def to_dict(self) -> dict[str, Any]:
        """Where the tasks are from, JSON-ready."""
        return {
            "origin": self.origin,
            "folder": str(self.folder),
            "commit": self.commit,
            "date": self.date,
            "fetched": self.fetched,
            "tasks": len(self.handles),
        }


def blob_id(content: bytes) -> str:
    """The id git gives a file of this content."""
    return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()


def handle_of(word: str) -> str:
    """The handle in ``word``: itself, or the last part of the address of a task's page or file."""
    if _HANDLE.fullmatch(word) or "://" not in word:
        return word
    parts = [part for part in urlsplit(word).path.split("/") if part]
    return parts[-1].removesuffix(".json") if parts else word


def is_address(library: str) -> bool:
    """Whether the setting ``library`` names a repository, not a folder."""
    return "://" in library


def open_shelf(settings: Settings) -> Shelf | None:
    """The library of the settings: its folder, or the copy kept of its repository; None when that was never fetched.

    ``ConfigError`` for a folder that is missing or holds no exports, and for a copy that cannot be read.
    """
    if is_address(settings.library):
        return _kept(kept_folder(settings), settings)
    folder = settings.folder / Path(settings.library).expanduser()
    inner = folder / "tasks" if (folder / "tasks").is_dir() else folder
    if not inner.is_dir() or next(inner.glob("[!.]*.json"), None) is None:
        what = "holds no task exports" if inner.is_dir() else "does not exist"
        raise ConfigError(
            f"library: the folder {inner} {what}",
            hint="name a checkout of the library, or a folder of exports; without the setting it is fetched",
            where=Where(file=settings.origins.get("library")),
            code="library.folder",
        )
    return Shelf(inner, str(folder))


def kept_folder(settings: Settings) -> Path:
    """Where the copy of the settings' repository is kept, one folder a repository and branch, tag or commit.

    ``ConfigError`` when the environment names no folder for what programs keep.
    """
    if settings.cache_home is None:
        raise ConfigError(
            "there is no folder to keep the library in: neither XDG_CACHE_HOME, LOCALAPPDATA nor HOME is set",
            hint="set one of them, or `library:` to a checkout",
        )
    address = urlsplit(settings.library)
    words = [address.netloc, address.path.strip("/"), "" if settings.library_ref == "HEAD" else settings.library_ref]
    name = re.sub(r"[^\w.-]+", "-", " ".join(word for word in words if word))
    return settings.cache_home / "mechanic-runner" / "library" / name


def _kept(folder: Path, settings: Settings) -> Shelf | None:
    record = folder / FETCHED
    if not record.is_file():
        return None
    try:
        known = json.loads(read_bytes(record))
        blobs = {str(handle): str(blob) for handle, blob in known["blobs"].items()}
        commit, date, fetched = (str(known[key]) for key in ("commit", "date", "fetched"))
    except (ValueError, KeyError, TypeError, AttributeError, RunnerError) as fault:
        raise ConfigError(
            "the record of the library kept here cannot be read",
            hint="`runner library update` makes it anew",
            where=Where(file=str(record)),
            code="library.damaged",
        ) from fault
    return Shelf(folder / commit, settings.library, commit, date, fetched, blobs)
