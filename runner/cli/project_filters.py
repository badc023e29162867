"""The event filters of a project: ``event_filters/NAME.liquid`` (engine.md 3.5)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from runner.config import Settings
from runner.engine.filters import EventFilter
from runner.errors import ConfigError, LiquidError, Where
from runner.project import find_root

FOLDER = "event_filters"


class ProjectFilters:
    """Reads the filters of the project that ``settings`` are of."""

    def __init__(self, settings: Settings) -> None:
        self._folder = (find_root(settings.folder) or settings.folder) / FOLDER

    def load(self) -> tuple[EventFilter, ...]:
        """All of them, by name; also those that cannot work: each event then fails, and may be retried.

        Raises ``ConfigError`` for a file that cannot be read.
        """
        return tuple(EventFilter(path.stem, _text(path)) for path in self._paths())

    def faults(self) -> tuple[LiquidError, ...]:
        """What is wrong with the templates."""
        found = []
        for each in self.load():
            try:
                each.check()
            except LiquidError as fault:
                found.append(fault)
        return tuple(found)

    def fingerprint(self) -> tuple[Any, ...]:
        """Changes whenever a file does."""
        stats = ((str(path), path.stat()) for path in self._paths())
        return tuple((name, stat.st_mtime_ns, stat.st_size) for name, stat in stats)

    def _paths(self) -> list[Path]:
        return sorted(self._folder.glob("*.liquid")) if self._folder.is_dir() else []


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as fault:
        raise ConfigError(f"cannot be read: {fault}", where=Where(file=str(path))) from fault
