"""Looks for a Chromium on this machine."""

from __future__ import annotations

import shutil
from pathlib import Path

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "chromium-headless-shell")


def chromium() -> Path | None:
    """The first Chromium, or a browser made of it, on PATH; None when there is none."""
    return next((Path(found) for name in _NAMES if (found := shutil.which(name))), None)
