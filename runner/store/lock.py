"""A lock between processes, held as long as the holder lives: proves that a SQLite file has one worker process."""

from __future__ import annotations

import os
import sys
from typing import IO

from runner.errors import StoreError


class FileLock:
    """An exclusive lock on the file ``path``, which is made when missing and may be left over: it says nothing itself.

    The system lets go of the lock when the process ends, however it ends.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self._file: IO[str] | None = None

    def take(self) -> None:
        """Take the lock at once. Raises StoreError when another process, or this one, holds it already."""
        try:
            file = open(self.path, "a+", encoding="ascii")  # noqa: SIM115  held until let go of
        except OSError as error:
            raise StoreError(
                f"the lock file {self.path} cannot be written: {error.strerror}",
                hint="Check the permissions of the folder: a worker keeps a lock file beside the database.",
            ) from error
        if not _locked(file):
            holder = _holder(file)
            file.close()
            raise StoreError(
                f"another worker process{holder} works on the database {self.path.removesuffix('.lock')}",
                hint="Stop it first. A SQLite file has one worker process; PostgreSQL takes any number.",
            )
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        self._file = file

    def release(self) -> None:
        """Let go, if held."""
        if self._file is not None:
            self._file.close()
            self._file = None


def _holder(file: IO[str]) -> str:
    file.seek(0)
    number = file.read(20).strip()
    return f" ({number})" if number.isdigit() else ""


if sys.platform == "win32":
    import msvcrt

    def _locked(file: IO[str]) -> bool:
        file.seek(1 << 20)  # beyond the text, which stays readable
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
else:
    import fcntl

    def _locked(file: IO[str]) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
