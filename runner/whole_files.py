"""Writes files so that each appears whole or not at all, whatever ends the process, and none is lost by mistake."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from runner.errors import InputError, Where

EXISTS = "input.exists"
_MOST_NAMED = 5


def write_file(path: Path, content: bytes) -> bool:
    """Make or replace one file, its folders included; False when it holds ``content`` already.

    A reader, and a crash at any moment, finds the old bytes or the new ones. A link stays a link, permissions stay.
    ``InputError`` in words when the system refuses.
    """
    try:
        if path.is_file() and path.read_bytes() == content:
            return False
    except OSError as fault:
        raise _refused(path, fault) from fault
    with whole_file(path) as made:
        made.write(content)
    return True


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """The same for what is written piece by piece: the file is replaced when the block ends, and not at all when it
    fails. Into a device or pipe, such as /dev/stdout, it is written as it comes."""
    target = path.resolve() if path.is_symlink() else path
    try:
        if path.exists() and not (path.is_file() or path.is_dir()):
            with path.open("wb") as made:
                yield made
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        mode = (target.stat().st_mode & 0o777) if target.exists() else _usual_mode()
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=".part")
        try:
            with os.fdopen(handle, "wb") as made:
                yield made
                made.flush()
                os.fsync(made.fileno())
            os.chmod(name, mode)
            os.replace(name, target)
        except BaseException:
            os.unlink(name)
            raise
    except OSError as fault:
        raise _refused(path, fault) from fault


def write_files(files: Mapping[Path, bytes], *, force: bool = False, gone: Iterable[Path] = ()) -> list[Path]:
    """Write these files in their order, then delete those of ``gone``; returns those that changed.

    Without ``force``, a file that exists with other bytes, or is to be deleted, is an ``InputError`` (``input.exists``)
    before anything is written.
    """
    leaving = [path for path in gone if path.is_file()]
    if not force:
        refuse_to_replace([*(path for path, content in files.items() if _differs(path, content)), *leaving])
    changed = [path for path, content in files.items() if write_file(path, content)]
    for path in leaving:
        try:
            path.unlink()
        except OSError as fault:
            raise _refused(path, fault) from fault
    return [*changed, *leaving]


def refuse_to_replace(paths: Iterable[Path]) -> None:
    """``InputError`` (``input.exists``) that names these files, if there are any."""
    found = [str(path) for path in paths]
    if not found:
        return
    named = ", ".join(found[:_MOST_NAMED]) + (f" and {len(found) - _MOST_NAMED} more" if found[_MOST_NAMED:] else "")
    what = "there is a file of that name already" if len(found) == 1 else "there are files of these names already"
    message = f"{what}: {named}; nothing was changed"
    raise InputError(message, code=EXISTS, hint="--force replaces what is there; look at it first")


def _differs(path: Path, content: bytes) -> bool:
    try:
        return path.exists() and not (path.is_file() and path.read_bytes() == content)
    except OSError as fault:
        raise _refused(path, fault) from fault


def _usual_mode() -> int:
    """What a new file gets here: the process's mask can only be read by setting it."""
    mask = os.umask(0o022)
    os.umask(mask)
    return 0o666 & ~mask


def _refused(path: Path, fault: OSError) -> InputError:
    return InputError(
        f"cannot be written: {fault.strerror or fault}",
        where=Where(file=str(path)),
        hint="check the name, and the permissions and the space of the folder",
    )
