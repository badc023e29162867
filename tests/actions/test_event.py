"""event (actions.md 3.4, engine.md 3.4). The clock says 2026-11-27 12:00 UTC, 07:00 in the shop."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from runner.actions import Tools
from runner.actions.event import EventAction
from runner.clock import FixedClock, iso_utc
from runner.errors import ActionError

NOW = "2026-11-27T12:00:00.000Z"


@pytest.fixture
def perform(tools: Callable[..., Tools]) -> Callable[[Any], Any]:
    def act(options: Any) -> Any:
        return EventAction().perform(EventAction().validate(options), tools())

    return act


def test_the_event_is_returned_and_not_made(perform: Callable[[Any], Any]) -> None:
    outcome = perform({"topic": "user/reports/due", "data": {"n": 1}})
    (draft,) = outcome.events
    assert (draft.topic, draft.data, draft.targets) == ("user/reports/due", {"n": 1}, None)
    assert outcome.result == {"event_id": draft.id, "topic": "user/reports/due", "run_at": NOW, "task_ids": None}


def test_missing_data_is_null_and_unknown_keys_are_ignored(perform: Callable[[Any], Any]) -> None:
    (draft,) = perform({"topic": "user/a/b", "meta": 1}).events
    assert draft.data is None


def test_a_repeated_run_makes_the_same_event(perform: Callable[[Any], Any], clock: FixedClock) -> None:
    first = perform({"topic": "user/a/b"}).events[0]
    clock.advance(30)
    assert perform({"topic": "user/a/b"}).events[0].id == first.id


@pytest.mark.parametrize(
    ("run_at", "due"),
    [
        (None, NOW),
        ("", NOW),
        ("  ", NOW),
        (1_795_867_200, "2026-11-28T12:00:00.000Z"),
        ("1795867200", "2026-11-28T12:00:00.000Z"),
        (" 1795867200 ", "2026-11-28T12:00:00.000Z"),
        (1_795_867_200.4, "2026-11-28T12:00:00.000Z"),
        ("1795867200.6", "2026-11-28T12:00:01.000Z"),
        (0, NOW),
        (-5, NOW),
        ("2020-01-01T00:00:00Z", NOW),
        ("2026-11-28T12:00:00Z", "2026-11-28T12:00:00.000Z"),
        ("2026-11-28T12:00:00+01:00", "2026-11-28T11:00:00.000Z"),
        ("2026-11-28 12:00:00", "2026-11-28T17:00:00.000Z"),
        ("2026-11-28", "2026-11-28T05:00:00.000Z"),
        ("2027-07-01 00:00", "2027-07-01T04:00:00.000Z"),
        ("2026-11-28 12:00:00 -0500", "2026-11-28T17:00:00.000Z"),
        ("Sat, 28 Nov 2026 12:00:00 EST", "2026-11-28T17:00:00.000Z"),
        ("November 28, 2026 9am", "2026-11-28T14:00:00.000Z"),
    ],
)
def test_run_at_in_all_its_forms(run_at: Any, due: str, perform: Callable[[Any], Any]) -> None:
    outcome = perform({"topic": "user/a/b", "run_at": run_at})
    assert outcome.result["run_at"] == due
    assert iso_utc(outcome.events[0].run_at) == due


@pytest.mark.parametrize(
    ("given", "targets"),
    [
        ({}, None),
        ({"task_id": None}, None),
        ({"task_id": ""}, None),
        ({"task_id": "a"}, ["a"]),
        ({"task_ids": ["b", "a"]}, ["b", "a"]),
        ({"task_ids": []}, []),
        ({"task_id": "a", "task_ids": None}, ["a"]),
    ],
)
def test_targets(given: dict[str, Any], targets: list[str] | None, perform: Callable[[Any], Any]) -> None:
    outcome = perform({"topic": "user/a/b", **given})
    assert outcome.result["task_ids"] == targets
    assert outcome.events[0].targets == (None if targets is None else frozenset(targets))


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (None, "not an object"),
        ("user/a/b", "not an object"),
        ({}, "not a topic"),
        ({"topic": None}, "not a topic"),
        ({"topic": "shopify/orders/create"}, "not a topic"),
        ({"topic": "mechanic/user/trigger"}, "not a topic"),
        ({"topic": "user/a"}, "not a topic"),
        ({"topic": "user/a/b/c"}, "not a topic"),
        ({"topic": "user//b"}, "not a topic"),
        ({"topic": "user/a/"}, "not a topic"),
        ({"topic": "user/a/b", "task_id": "x", "task_ids": ["y"]}, 'both "task_id" and "task_ids"'),
        ({"topic": "user/a/b", "task_id": 5}, "not texts"),
        ({"topic": "user/a/b", "task_ids": "x"}, "not texts"),
        ({"topic": "user/a/b", "task_ids": ["x", None]}, "not texts"),
        ({"topic": "user/a/b", "run_at": "soon"}, "is not a time"),
        ({"topic": "user/a/b", "run_at": "2026-02-30"}, "is not a time"),
        ({"topic": "user/a/b", "run_at": "2026-11-28 12:00 XYZ"}, "is not a time"),
        ({"topic": "user/a/b", "run_at": True}, "is not a time"),
        ({"topic": "user/a/b", "run_at": [1]}, "is not a time"),
        ({"topic": "user/a/b", "run_at": 10**18}, "is not a time"),
        ({"topic": "user/a/b", "run_at": "99999999999999999"}, "is not a time"),
    ],
)
def test_options_that_are_refused(options: Any, says: str) -> None:
    with pytest.raises(ActionError, match=says) as caught:
        EventAction().validate(options)
    assert caught.value.hint
    assert not caught.value.transient


def test_summaries_of_good_and_bad_options() -> None:
    assert EventAction().summary({"topic": "user/a/b", "run_at": 5}) == "user/a/b at 5"
    assert EventAction().summary({"topic": "user/a/b"}) == "user/a/b"
    assert EventAction().summary(None) == "event without options"
