"""The folder ``.runner`` of a project: what is kept there belongs to this machine, and into no repository."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

NAME = ".runner"
_IGNORE = ".gitignore"


def make_folder(folder: Path) -> Path:
    """``folder``, made with all above it where it is missing; a ``.runner`` made on the way ignores itself in git.

    Raises OSError, and leaves no ``.runner`` behind that does not ignore itself.
    """
    own = next((each for each in (folder, *folder.parents) if each.name == NAME), None)
    if own is not None and not own.exists():
        own.mkdir(parents=True, exist_ok=True)
        with suppress(FileExistsError):
            _ignore(own / _IGNORE)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _ignore(path: Path) -> None:
    with path.open("x", encoding="utf-8") as file:
        try:
            file.write("*\n")
            file.flush()
        except OSError:
            # What is kept beside it would reach a repository, since the next attempt finds the folder made.
            path.unlink()
            path.parent.rmdir()
            raise
