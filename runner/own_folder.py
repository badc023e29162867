"""The folder ``.runner`` of a project: what is kept there belongs to this machine, and into no repository."""

from __future__ import annotations

import os
import shutil
import threading
from pathlib import Path

NAME = ".runner"
_IGNORE = ".gitignore"


def make_folder(folder: Path) -> Path:
    """``folder``, made with all above it where it is missing; a ``.runner`` made on the way ignores itself in git.

    Raises OSError, and leaves no ``.runner`` behind that does not ignore itself, whatever ends the process: what is
    kept beside it would reach a repository, since the next attempt finds the folder made.
    """
    own = next((each for each in (folder, *folder.parents) if each.name == NAME), None)
    if own is not None and not own.exists():
        _make_own(own)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _make_own(own: Path) -> None:
    """Make it beside, then put it into its place with what is in it."""
    made = own.with_name(f"{NAME}.{os.getpid()}-{threading.get_ident()}")
    made.mkdir(parents=True, exist_ok=True)
    try:
        (made / _IGNORE).write_text("*\n", encoding="utf-8")
        made.rename(own)
    except OSError:
        if not own.is_dir():  # else somebody was faster
            raise
    finally:
        shutil.rmtree(made, ignore_errors=True)
