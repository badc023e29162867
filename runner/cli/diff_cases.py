"""The situations in which two versions of a task are compared, and what both render in each (tooling.md 6)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from runner.errors import RunnerError
from runner.model.event import Event
from runner.model.task import Task
from runner.testing.difference import Change
from runner.testing.fixtures import FOLDER, SUFFIXES, Case, read_case
from runner.testing.live_difference import case_differences
from runner.testing.play import play

if TYPE_CHECKING:
    from runner.config import Settings

_REFUSED = "cannot be played"


@dataclass(frozen=True, slots=True)
class Compared:
    """One situation: its name, where it is from, and how what the versions render differs."""

    name: str
    source: str
    changes: tuple[Change, ...]

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return {"case": self.name, "source": self.source, "changes": [change.to_dict() for change in self.changes]}


def compare(cases: list[tuple[str, str, Case]], old: Task, new: Task) -> Iterator[Compared]:
    """Each of (name, source, case) played with both versions. A version that refuses a case says why."""
    for name, source, case in cases:
        pair = [_played(case, version) for version in (old, new)]
        yield Compared(name, source, tuple(case_differences(*pair)))


def _played(case: Case, version: Task) -> dict[str, Any]:
    try:
        return play(case, version)
    except RunnerError as fault:
        return {"actions": [], _REFUSED: fault.message}


def cases_of(root: Path, handle: str, old: Task, new: Task, stored: list[Event]) -> list[tuple[str, str, Case]]:
    """The task's fixtures; then a preview of each topic that one of the versions subscribes to; then stored events.

    ``InputError`` for a fixture that cannot be read.
    """
    folder = root / FOLDER / handle
    files = sorted(each for each in folder.glob("*") if each.suffix in SUFFIXES) if folder.is_dir() else []
    found = [(path.stem, "fixture", read_case(path.absolute())) for path in files]
    place = folder.absolute() / "preview.yml"
    for description, source, event in _previews(old, new):
        name = f"{event.topic}: {description}" if description else event.topic
        found.append((name, source, Case(place, replace(event, preview=True, id=None))))
    for event in stored:
        named = f"{event.topic} {event.id}"
        found.append((named, "stored event", Case(place, replace(event, preview=True))))
    return found


def _previews(old: Task, new: Task) -> Iterator[tuple[str, str, Event]]:
    """(description, source, event) of all definitions and samples of both versions, each once."""
    from runner.cli.samples import sample_event
    from runner.preview_events import preview_events

    seen: list[Event] = []
    for version in (new, old):
        for each in preview_events(version, subscriptions(version), sample=sample_event):
            if each.event not in seen:
                seen.append(each.event)
                yield each.description, each.source, each.event


def subscriptions(task: Task) -> list[Any]:
    """Those that can be read; what is wrong with others shows in each case."""
    from runner.liquid.render import render_subscriptions
    from runner.model.subscription import read_subscriptions

    with suppress(RunnerError):
        return list(read_subscriptions(render_subscriptions(task))[0])
    return []


def stored_events(settings: Settings, topics: list[str], limit: int) -> list[Event]:
    """The latest ``limit`` events of these topics in the project's database, none where there is no database yet."""
    url = settings.database_url()
    if url.startswith("sqlite") and not Path(url.partition(":///")[2]).is_file():
        return []
    from runner.clock import SystemClock
    from runner.store.database import Database
    from runner.store.events import EventRows
    from runner.store.search import Search, Wanted

    with closing(Database(url)) as database:
        search, rows = Search(database), EventRows(database, SystemClock())
        ids = [row for topic in topics for row in search.events(Wanted(topic=topic), limit=limit)]
        ids.sort(key=lambda row: str(row["created_at"]), reverse=True)
        found = [rows.get(str(row["id"])) for row in ids[:limit]]
        return [row.event for row in found if row is not None and row.cleared_at is None]
