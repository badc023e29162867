"""Replay: an event that happened becomes a new one, which remembers where it comes from (engine.md 10)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Protocol

from runner.actions.base import derived_id
from runner.engine.intake import REPLAY_OF
from runner.errors import InputError
from runner.model.event import Event
from runner.store import Store


class Accepts(Protocol):
    """The engine's way in."""

    def accept(
        self,
        event: Event,
        dedupe: str | None = None,
        *,
        run_at: datetime | None = None,
        inputs: Mapping[str, Any] | None = None,
        origin: Mapping[str, Any] | None = None,
    ) -> str | None: ...


def replay(engine: Accepts, store: Store, event_id: str, *, targets: Iterable[str] | None = None) -> str:
    """Accept the event ``event_id`` once more under a new id; that id. The old event and its runs stay as they are.

    Topic, data, parent, targets and the values of the run form are those of the old one; the tasks those of today.
    ``targets`` are ids of the only tasks that may answer it. Raises InputError for an unknown event, or one whose data
    are deleted; StoreError.
    """
    row = store.events.get(event_id)
    if row is None:
        raise InputError(
            f"there is no event {event_id}", code="input.missing", hint="`runner events list` shows those that are kept"
        )
    if row.cleared_at is not None:
        raise InputError(f"the data of the event {event_id} are deleted: it cannot be replayed", code="input.cleared")
    old = row.event
    run = store.runs.get(derived_id(event_id, "run"))
    made = engine.accept(
        Event(
            old.topic,
            old.data,
            parent=old.parent,
            source=old.source,
            shopify_topic=old.shopify_topic,
            targets=old.targets if targets is None else frozenset(targets),
        ),
        inputs=((run.payload if run is not None else None) or {}).get("inputs"),
        origin={REPLAY_OF: event_id},
    )
    assert made is not None, "a replay has a fresh id, so it is no duplicate"
    return made
