"""The folder ``.runner`` of a project: what is kept there belongs to this machine, and into no repository."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

NAME = ".runner"
_IGNORE = ".gitignore"


def make_folder(folder: Path) -> Path:
    """``folder``, made with all above it where it is missing; a ``.runner`` made on the way ignores itself in git.

    Raises OSError.
    """
    own = next((each for each in (folder, *folder.parents) if each.name == NAME), None)
    if own is not None and not own.exists():
        own.mkdir(parents=True, exist_ok=True)
        with suppress(FileExistsError), (own / _IGNORE).open("x", encoding="utf-8") as file:
            file.write("*\n")
    folder.mkdir(parents=True, exist_ok=True)
    return folder
