"""Events as cases give them: topic and data, a sample, or something of the store."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from runner.errors import InputError
from runner.model.event import Event
from runner.project import find_sample, sample_topics
from runner.simulator.seed_reader import Table, nearest
from runner.testing.fixture_values import value_of

EVENT_ID = "e0000000-0000-4000-8000-000000000001"
"""The id of an event that is given none: a case must say the same thing each time."""
EVENT_KEYS = ("topic", "data", "sample", "preview", "id", "created_at", "parent", "source", "shopify_topic")


def refuse_unknown(table: Table, known: Iterable[str]) -> None:
    """Before anything else: a misspelt key would otherwise be reported as a missing one."""
    for key in known:
        _ = key in table  # looking a key up makes it known to the table
    table.finish()


def sampled_topic(given: Table, excluded: tuple[str, ...] = ("topic", "data")) -> str | None:
    """The topic whose sample is wanted; None when none is. Refused together with the ``excluded`` keys."""
    sample = given.text("sample")
    for key in excluded if sample is not None else ():
        if key in given.names():
            given.refuse(f"sample and {key} exclude each other", key, "the sample of a topic has a topic and data")
    return sample


def event_at(given: Table, topic: str | None = None, default_id: str | None = EVENT_ID) -> Event:
    """The event that a table describes, with ``topic`` in place of its own."""
    named = topic or given.required("topic")
    parent = given.table("parent")
    if parent is not None:
        refuse_unknown(parent, (key for key in EVENT_KEYS if key != "sample"))
    preview = given.boolean("preview", False)
    data: Any = value_of(given, "data")
    return Event(
        topic=named,
        data=data,
        preview=preview,
        id=given.text("id", None if preview else default_id),  # previews have none: scripts fall back on task.id
        created_at=given.moment("created_at"),
        parent=None if parent is None else event_at(parent, default_id=None),
        source=given.text("source"),
        # A native delivery's shopify_topic is its topic (engine.md 1.1); a case need not say it twice.
        shopify_topic=given.text("shopify_topic", named if named.startswith("shopify/") else None),
    )


def sample_data(topic: str, root: Path) -> Any:
    """The data of the sample of ``topic``, the project's before the shipped one; ``InputError`` when there is none."""
    path = find_sample(topic, root=root)
    if path is None:
        known = sample_topics(root)
        hint = nearest(topic, known) or f"samples: {', '.join(known)}; or give topic and data"
        raise InputError(f"there is no sample of {topic}", hint=hint)
    return json.loads(path.read_text(encoding="utf-8")).get("data")
