"""Previews of every export: on each subscribed topic, with the stored options and with the unset ones filled.

``python -m tests.library.sweep FOLDER`` prints them all as one JSON document.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from runner import Task, load_task
from runner.cli.samples import sample_event
from runner.clock import FixedClock
from runner.model.event import Event
from runner.model.options import discover, stored_values
from runner.preview import TaskPreview, preview_task
from runner.testing.filler import fill

NOW = datetime(2026, 3, 4, 15, 6, 7, tzinfo=ZoneInfo("America/New_York"))
VINTAGES = ("current", "vintage-2021")
VARIANTS = ("stored", "filled")
SEED = 1


def exports(library: Path) -> Iterator[tuple[str, Path]]:
    """(vintage, file); a folder without the two vintages is all current."""
    folders = {name: library / name for name in VINTAGES if (library / name).is_dir()} or {VINTAGES[0]: library}
    for vintage, folder in folders.items():
        for path in sorted(folder.glob("*.json")):
            yield vintage, path


@cache
def sample(topic: str) -> Event | None:
    return sample_event(topic)


@cache
def shop() -> dict[str, Any]:
    """The shop of the samples."""
    found = sample("shopify/shop/update")
    assert found is not None
    assert isinstance(found.data, dict)
    return found.data


def options_of(task: Task, variant: str) -> dict[str, Any]:
    """Stored values; in the variant ``filled``, unset ones come from the flags of their keys."""
    values = stored_values(task)
    if variant == "filled":
        values.update(fill(discover(task), seed=SEED, now=NOW, stored=values))
    return values


def preview(task: Task, variant: str) -> TaskPreview:
    return preview_task(task, sample=sample, options=options_of(task, variant), shop=shop(), clock=FixedClock(NOW))


def document(task: Task) -> dict[str, Any]:
    """What the snapshot of a task holds. A preview that filling changes nothing in is ``"as stored"``."""
    found: dict[str, Any] = {"task": task.content_hash}
    known: dict[tuple[str, str], Any] = {}
    for variant in VARIANTS:
        result = preview(task, variant)
        shown = []
        for each in result.previews:
            rendered = {"source": each.source, **each.rendering.to_dict()}
            name = (each.topic, each.description)
            same = variant != VARIANTS[0] and known.get(name) == rendered
            known.setdefault(name, rendered)
            shown.append({"topic": name[0], "description": name[1], "rendered": "as stored" if same else rendered})
        found[variant] = {
            "subscriptions": [str(line) for line in result.subscriptions],
            "faults": [str(fault) for fault in result.faults],
            "previews": shown,
        }
    return found


def text_of(shown: Any) -> str:
    return json.dumps(shown, ensure_ascii=False, indent=1) + "\n"


def main(library: str) -> None:
    found = {f"{vintage}/{path.stem}": document(load_task(path)) for vintage, path in exports(Path(library))}
    sys.stdout.buffer.write(text_of(found).encode())


if __name__ == "__main__":
    main(sys.argv[1])
