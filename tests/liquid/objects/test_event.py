"""``event`` in templates."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from runner.liquid.objects.base import FrozenHash
from runner.liquid.objects.event import EventObject
from runner.liquid.values import equals, json_text
from runner.model.event import Event
from tests.liquid.objects.recorded import walk

MOMENT = datetime(2026, 3, 4, 20, 6, 7, 89000, tzinfo=UTC)


def _event(**fields: Any) -> EventObject:
    return EventObject(Event("shopify/orders/create", **fields))


@pytest.mark.parametrize(
    ("fields", "key", "expected"),
    [
        ({}, "topic", "shopify/orders/create"),
        ({}, "id", None),
        ({"id": "e-1"}, "id", "e-1"),
        ({}, "source", None),
        ({"source": "shopify"}, "source", "shopify"),
        ({}, "shopify_topic", None),
        ({"shopify_topic": "shopify/orders/create"}, "shopify_topic", "shopify/orders/create"),
        ({}, "created_at", None),
        ({"created_at": MOMENT}, "created_at", "2026-03-04T20:06:07.089Z"),
        ({"created_at": "2026-03-04T15:06:07-05:00"}, "created_at", "2026-03-04T15:06:07-05:00"),
        ({}, "parent", None),
        ({}, "data", None),
        ({"data": False}, "data", False),
        ({"data": "text"}, "data", "text"),
        ({"data": [1]}, "data", [1]),
        ({}, "preview", None),
        ({"preview": True}, "preview", True),
        ({"preview": False}, "preview", None),
        ({"targets": frozenset({"t"})}, "targets", None),
        ({}, "effective_topic", None),
        ({}, "to_dict", None),
        ({}, "size", None),
        ({}, 0, None),
    ],
)
def test_members_of_an_event(fields: dict[str, Any], key: Any, expected: Any) -> None:
    assert _event(**fields).lookup(key) == expected


def test_preview_of_a_live_event_is_not_false() -> None:
    """``event.preview == false`` must not hold on live events (engine.md 1.1)."""
    assert not equals(_event().lookup("preview"), False)


def test_data_is_frozen() -> None:
    assert type(_event(data={"a": {"b": 1}}).lookup("data").get("a")) is FrozenHash


def test_five_generations_of_parents_are_seen_and_the_sixth_is_nil() -> None:
    event: Event | None = None
    for generation in range(7, -1, -1):
        event = Event(f"user/generation/g{generation}", {"n": generation}, parent=event)
    assert event is not None
    seen = EventObject(event)
    for generation in range(1, 6):
        assert walk(seen, ".".join(["parent"] * generation) + ".data.n") == generation
    assert walk(seen, ".".join(["parent"] * 6)) is None
    assert walk(seen, ".".join(["parent"] * 7)) is None


def test_json_is_the_record_and_has_preview_in_previews_only() -> None:
    live = '{"id":null,"topic":"shopify/orders/create","shopify_topic":null,"data":1,"source":null,"created_at":null'
    assert json_text(_event(data=1)) == live + ',"parent":null}'
    assert json_text(_event(data=1, preview=True)) == live + ',"parent":null,"preview":true}'


def test_an_event_iterates_its_pairs() -> None:
    names = [name for name, _ in _event(preview=True)]
    assert names == ["id", "topic", "shopify_topic", "data", "source", "created_at", "parent", "preview"]
    assert [name for name, _ in _event()] == names[:-1]
