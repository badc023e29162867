"""Writes kept events as samples (``fixtures/_events/TOPIC.json``) or as cases of a task (tooling.md 6)."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from runner.cli.anonymous import Anonymous
from runner.cli.output import Output
from runner.errors import InputError, Where

if TYPE_CHECKING:
    from runner.cli.operating import Operating
    from runner.store import EventRow


def capture(
    output: Output, it: Operating, starts: tuple[str, ...], *, handle: str | None, anonymise: bool, replace: bool
) -> None:
    """One file an event; ``handle``: as cases of that task. ``InputError`` rather than writing over a file."""
    from runner.project import find_root
    from runner.whole_files import write_file

    root = find_root(it.settings.folder) or it.settings.folder
    rows = [_row(it, start) for start in starts]
    anonymous = Anonymous()
    files: dict[Path, str] = {}
    for row in rows:
        data = anonymous.data(row.event.data) if anonymise else row.event.data
        path, text = _case(row, handle, data) if handle is not None else _sample(row, data)
        if path in files:
            raise InputError(
                f"two of the events would be written to {path}", code="input.usage", hint="capture one of them"
            )
        files[root / path] = text
    taken = [path for path in files if path.exists() and not replace]
    if taken:
        raise InputError(
            "there is such a file already",
            where=Where(file=str(taken[0])),
            hint="--replace writes over it",
            code="input.usage",
        )
    for path, text in files.items():
        write_file(path, text.encode())
        output.say(str(path))
    if not anonymise:
        output.note(
            "The data stand in it as they came; --anonymise replaces names, addresses and the like.", style="yellow"
        )
    output.document({"files": [str(path) for path in files]})


def _row(it: Operating, start: str) -> EventRow:
    row = it.store.events.get(it.event(start))
    assert row is not None, "its id was just found"
    if row.cleared_at is not None:
        raise InputError(f"the data of the event {row.event.id} are deleted", code="input.cleared")
    return row


def _sample(row: EventRow, data: Any) -> tuple[Path, str]:
    path = Path("fixtures", "_events", f"{row.event.topic}.json")
    return path, json.dumps({"topic": row.event.topic, "data": data}, ensure_ascii=False, indent=2) + "\n"


def _case(row: EventRow, handle: str, data: Any) -> tuple[Path, str]:
    import yaml

    event: dict[str, Any] = {"topic": row.event.topic, "data": data}
    name = re.sub(r"[^a-z0-9]+", "-", f"{row.event.topic}-{str(row.event.id)[:8]}".lower())
    document = {"description": f"An event of {row.event.topic} as it came.", "event": event}
    text = yaml.safe_dump(document, allow_unicode=True, sort_keys=False, width=120)
    return Path("fixtures", handle, f"{name}.yml"), text
