"""Small tasks and events, written to files as a user would have them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

TOPIC = "shopify/inventory_levels/update"


def task_file(folder: Path, script: str, *, name: str = "made", **keys: Any) -> Path:
    """``folder/name.json``: a task with this script, subscribed to ``TOPIC`` unless told otherwise."""
    document = {"name": f"Task {name}", "script": script, "subscriptions_template": TOPIC, "options": {}, **keys}
    path = folder / f"{name}.json"
    path.write_text(json.dumps(document, indent=2), encoding="utf-8")
    return path


def event_file(folder: Path, topic: str = TOPIC, data: Any = None, name: str = "event", **keys: Any) -> Path:
    """``folder/name.json``: an event."""
    path = folder / f"{name}.json"
    path.write_text(json.dumps({"topic": topic, "data": data, **keys}), encoding="utf-8")
    return path
