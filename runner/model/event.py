"""An event: something that happened, with its data (engine.md 1.1)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from runner.clock import iso_utc
from runner.model.json import JSON

PARENT_DEPTH = 5
"""Generations that a script can see through ``event.parent`` (engine.md 1.1)."""


@dataclass(frozen=True, slots=True)
class Event:
    """What a task responds to.

    ``topic`` is ``domain/subject/verb`` without offset; ``data`` any JSON value. ``created_at`` is an aware datetime or
    ISO 8601 text. ``targets`` restricts the tasks that may respond to these ids (None: all). ``preview`` marks an event
    that is rendered only; live events do not have the attribute at all in Liquid.
    """

    topic: str
    data: JSON = None
    preview: bool = False
    id: str | None = None
    created_at: datetime | str | None = None
    parent: Event | None = None
    source: str | None = None
    shopify_topic: str | None = None
    targets: frozenset[str] | None = None

    @property
    def effective_topic(self) -> str:
        """The topic that decides the subject variable (engine.md 2.4, rule 1)."""
        return self.shopify_topic or self.topic

    def with_id(self, event_id: str) -> Event:
        """The same event under ``event_id``."""
        return replace(self, id=event_id)

    def to_dict(self, generations: int = PARENT_DEPTH) -> dict[str, Any]:
        """The event as Liquid and records show it; parents down to ``generations``, then null (engine.md 1.1)."""
        created = self.created_at
        document: dict[str, Any] = {
            "id": self.id,
            "topic": self.topic,
            "shopify_topic": self.shopify_topic,
            "data": self.data,
            "source": self.source,
            "created_at": iso_utc(created) if isinstance(created, datetime) else created,
            "parent": self.parent.to_dict(generations - 1) if self.parent and generations > 0 else None,
        }
        if self.preview:
            document["preview"] = True
        return document
