"""Runs, actions, events and what a shop gives its tasks, as plain data (engine.md 1, actions.md 1)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from runner.model.action import Action
from runner.model.event import Event
from runner.model.json import without_surrogates
from runner.model.run import NO_USAGE, Run, RunKind, RunState
from runner.model.secret import Secrets
from runner.model.shop_values import ShopValues

START = datetime(2026, 3, 4, 12, 0, 0, tzinfo=UTC)


def run(kind: RunKind = RunKind.ACTION, state: RunState = RunState.SUCCEEDED, **fields: object) -> Run:
    return Run("r", kind, "e", state, **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("state", "final", "ok"),
    [
        (RunState.UNSCHEDULED, False, None),
        (RunState.SCHEDULED, False, None),
        (RunState.DUE, False, None),
        (RunState.STARTED, False, None),
        (RunState.SUCCEEDED, True, True),
        (RunState.FAILED, True, False),
        (RunState.CANCELLED, True, None),
        (RunState.DRY, True, None),
    ],
)
def test_states_are_final_or_not_and_only_two_of_them_are_an_answer(state, final, ok):
    assert state.final is final
    assert run(state=state).ok is ok


def test_the_record_of_a_run_as_tasks_see_it():
    finished = run(
        started_at=START, stopped_at=START + timedelta(milliseconds=1500), result={"a": 1}, attempt=2, run_at=START
    )
    assert finished.to_record() == {
        "id": "r",
        "ok": True,
        "result": {"a": 1},
        "error": None,
        "result_meta": NO_USAGE,
        "attempts": 2,
        "run_at": "2026-03-04T12:00:00.000Z",
        "enqueued_at": None,
        "started_at": "2026-03-04T12:00:00.000Z",
        "stopped_at": "2026-03-04T12:00:01.500Z",
        "elapsed_time_ms": 1500,
    }


def test_a_run_that_never_ended_took_no_time():
    assert run(started_at=START).elapsed_ms is None
    assert run().elapsed_ms is None


def test_task_runs_do_not_show_their_rendering():
    assert "result" not in run(RunKind.TASK, result={"actions": []}).to_record()
    assert "result" in run(RunKind.EVENT).to_record()


def test_actions_that_do_the_same_have_one_fingerprint():
    one = Action("echo", {"a": 1, "b": [2]}, meta={"x": 1})
    assert one.fingerprint() == Action("echo", {"b": [2], "a": 1}, meta={"x": 1}, perform_event=False).fingerprint()
    assert one.fingerprint() != Action("echo", {"a": 1, "b": [2]}).fingerprint()
    assert one.fingerprint() != Action("log", {"a": 1, "b": [2]}, meta={"x": 1}).fingerprint()


def test_parents_are_shown_for_five_generations():
    event = Event("a/b/c", id="0")
    for generation in range(1, 8):
        event = Event("a/b/c", id=str(generation), parent=event)
    shown, ids = event.to_dict(), []
    while shown is not None:
        ids.append(shown["id"])
        shown = shown["parent"]
    assert ids == ["7", "6", "5", "4", "3", "2"]


def test_an_event_may_get_an_id_and_keep_the_rest():
    event = Event("a/b/c", data=1, shopify_topic="shopify/x/y", created_at=START, preview=True)
    assert event.with_id("i").to_dict() == {**event.to_dict(), "id": "i"}
    assert event.effective_topic == "shopify/x/y"
    assert event.to_dict()["preview"] is True
    assert "preview" not in Event("a/b/c").to_dict()


def test_half_characters_are_replaced_everywhere_in_a_value():
    assert without_surrogates({"a\ud800": ["\udc00", {"b": "é😀"}, 1, None]}) == {
        "a\ufffd": ["\ufffd", {"b": "é😀"}, 1, None]
    }


def test_previews_know_the_names_of_secrets_only():
    values = ShopValues({"g": 1}, Secrets({"key": "value", "named": None}))
    assert dict(values.without_values().values) == {"key": None, "named": None}
    assert values.salted("s").secrets.salt == "s"
    assert values.salted("s").globals == {"g": 1}
    assert dict(ShopValues().globals) == {}
