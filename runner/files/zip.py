"""An archive of other files, with a password if wanted (actions.md 2)."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping
from typing import Any

from runner.files.base import CheckMap, Generator, MadeFile, Workshop, invalid, named, too_large
from runner.files.zipcrypto import ProtectedZip
from runner.model.json import without_surrogates

MOST_FILES = 10_000
_EXAMPLE = 'Write {"zip": {"files": {"a.txt": "…"}}}.'


class Zip(Generator):
    """The files inside are made one after the other, each by its own generator, archives included."""

    kind = "zip"
    mime = "application/zip"

    def check(self, value: Any, where: str, check_map: CheckMap) -> None:
        if not isinstance(value, Mapping):
            raise invalid(where, f'"zip" is {named(value)}, not an object', _EXAMPLE)
        files = value.get("files")
        if not isinstance(files, Mapping) or not files:
            found = "missing" if files is None else "empty" if isinstance(files, Mapping) else named(files)
            raise invalid(where, f'"files" of the archive is {found}', _EXAMPLE)
        if len(files) > MOST_FILES:
            raise invalid(where, f"the archive has more than {MOST_FILES} files", "Make several archives.")
        for name in files:
            _check_name(str(name), where)
        password = value.get("password")
        if password is not None and not isinstance(password, str):
            raise invalid(where, f'"password" is {named(password)}, not text', 'Write "password": "…", in quotes.')
        check_map(files, f"{where}/")

    def make(self, value: Any, where: str, workshop: Workshop) -> bytes:
        files = (workshop.make(name, inner, f"{where}/{name}") for name, inner in value["files"].items())
        password = value.get("password")
        # Blank is absent, as for every option (actions.md 1.10).
        if password is None or not password.strip():
            return _plain(files, where, workshop)
        archive = ProtectedZip(str(without_surrogates(password)).encode(), workshop.clock.now(), workshop.entropy)
        for file in files:
            archive.add(str(without_surrogates(file.name)), file.data)
            _check_size(len(archive.data), where, workshop)
        return archive.finish()


def _plain(files: Iterator[MadeFile], where: str, workshop: Workshop) -> bytes:
    buffer = io.BytesIO()
    moment = workshop.clock.now()
    date = (max(moment.year, 1980), moment.month, moment.day, moment.hour, moment.minute, moment.second)
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in files:
            entry = zipfile.ZipInfo(str(without_surrogates(file.name)), date)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o100644 << 16
            archive.writestr(entry, file.data)
            _check_size(buffer.tell(), where, workshop)
    return buffer.getvalue()


def _check_size(size: int, where: str, workshop: Workshop) -> None:
    if size > workshop.limit:
        raise too_large(where, workshop.limit)


def _check_name(name: str, where: str) -> None:
    """Refuse names that would leave the folder an archive is unpacked in."""
    parts = name.replace("\\", "/").split("/")
    if name.strip() and parts[0] and ".." not in parts and ":" not in parts[0] and "\x00" not in name and parts[-1]:
        if len(name.encode("utf-8", "replace")) <= 1000:
            return
        raise invalid(where, "a file in the archive has a name of more than 1,000 bytes", "Use a shorter one.")
    raise invalid(
        where,
        f'"{name[:80]}" cannot be the name of a file in an archive',
        'Names are such as "a.txt" and "folder/a.txt".',
    )
