"""What a run goes by, who its event's ancestors are, what is told of it (engine.md 1.5, 1.6, 8)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from runner.engine.filters import EventFilter
from runner.engine.matching import TaskBook
from runner.engine.operations.again import retry
from runner.engine.operations.cancelling import cancel
from runner.engine.operations.purging import purge
from runner.engine.operations.replay import replay
from runner.engine.operations.story import Story, origin_words, tell
from runner.model.run import RunKind, RunState
from runner.store import Subject, Wanted
from tests.engine.world import NEVER, NOW, World, probes

CHAIN = (
    "{% if event.topic == 'user/c/d' %}{% error 'broken' %}{% endif %}"
    "{% unless event.topic == 'user/c/d' %}{% action 'event', topic: 'user/c/d' %}{% endunless %}"
)


def story(world: World, event_id: str, *, workers: int = 1) -> Story:
    found = tell(world.store, event_id, TaskBook(world.tasks), workers=workers)
    assert found is not None
    return found


# --- what a run goes by ---------------------------------------------------------------------------------------------


def test_an_action_keeps_the_api_version_of_its_task_run(world: World) -> None:
    world.task("{% action 'probe', 'a' %}", api_version="2026-01")
    world.probe.endings["a"] = [NEVER]
    world.run()
    action = world.actions()[0]
    world.task("{% action 'probe', 'a' %}", api_version="2026-04")
    retry(world.store, world.engine.queue, [action.id])
    world.engine.drain()
    assert [run.payload["api_version"] for run in world.actions()] == ["2026-01"]


def test_the_targets_of_a_delayed_event_stay_what_they_were(world: World) -> None:
    world.task(probes("a"), name="one")
    world.send(run_at=NOW + timedelta(days=1), targets=frozenset({"one"}))
    world.task(probes("b"), name="two")
    world.engine.drain(advance=True)
    assert world.probe.performed == ["a"]


def test_an_event_run_that_is_asked_for_again_is_judged_by_the_filters_of_now(world: World) -> None:
    world.task(probes("a"))
    world.engine.use_filters([EventFilter("broken", "{{ 1 | divided_by: 0 }}")])
    failed = world.store.runs.of_event(world.run(), RunKind.EVENT)[0]
    assert failed.state is RunState.FAILED
    world.engine.use_filters([EventFilter("strict", "false")])
    again = [failed.id]
    retry(world.store, world.engine.queue, again)
    world.engine.drain()
    assert world.probe.performed == []
    world.engine.use_filters([])
    assert retry(world.store, world.engine.queue, again).runs == (failed.id,)
    world.engine.drain()
    assert world.probe.performed == ["a"]


# --- family ---------------------------------------------------------------------------------------------------------


def test_the_parent_of_an_error_event_is_the_event_in_which_it_failed(world: World) -> None:
    world.task("{% error 'no' %}")
    world.task("{% log event.parent.id %}", "mechanic/errors/task", name="reporter")
    event_id = world.run()
    assert world.logs("mechanic/errors/task") == [event_id]


def test_a_failure_below_an_error_event_is_recorded_and_not_reported_again(world: World) -> None:
    world.task("{% error 'first' %}", "user/a/b", name="broken")
    world.task(CHAIN, "mechanic/errors/task", name="reporter")
    world.task(CHAIN, "user/c/d", name="below")
    world.run()
    assert world.topics() == ["user/a/b", "mechanic/errors/task", "user/c/d"]
    assert [run.error for run in world.runs(RunKind.TASK, "user/c/d")] == ["broken"]


def test_people_see_all_ancestors_where_scripts_see_five(world: World) -> None:
    world.task(
        "{% assign n = event.data | plus: 1 %}{% if n < 9 %}{% action 'event', topic: 'user/a/b', data: n %}{% endif %}"
    )
    world.run(data=0)
    last = str(world.store.events.all()[-1].id)
    row = world.store.events.get(last)
    assert row is not None
    scripts = row.event.to_dict()
    generations = 0
    while scripts["parent"] is not None:
        scripts, generations = scripts["parent"], generations + 1
    assert generations == 5
    assert [event.data for event in story(world, last).ancestors] == [7, 6, 5, 4, 3, 2, 1, 0]


# --- why nothing happened -------------------------------------------------------------------------------------------


def test_an_event_that_something_came_of_has_no_reasons(world: World) -> None:
    world.task(probes("a"))
    told = story(world, world.run())
    assert (told.reasons, len(told.tasks), len(told.tasks[0][1])) == ((), 1, 1)


@pytest.mark.parametrize(
    ("topic", "changes", "part"),
    [
        ("user/x/y", {}, "no task of the project subscribes to user/x/y"),
        ("user/off/off", {}, '"off" subscribes to it and is disabled'),
        ("user/a/b", {"targets": frozenset({"gone"})}, "it is for gone, which is gone"),
        ("user/a/b", {"targets": frozenset({"off"})}, 'it is for "off", which does not subscribe to it'),
        ("user/a/b", {"run_at": NOW + timedelta(days=1)}, "it is not due yet"),
    ],
)
def test_why_nothing_happened(world: World, topic: str, changes: dict[str, Any], part: str) -> None:
    world.task(probes("a"), name="on")
    world.task(probes("b"), "user/off/off", name="off", enabled=False)
    told = story(world, world.run(topic, **changes))
    assert part in " ".join(told.reasons)


def test_why_a_filter_a_failure_or_a_person_kept_it_from_happening(world: World) -> None:
    world.task(probes("a"))
    world.engine.use_filters([EventFilter("night", "false")])
    assert story(world, world.run()).reasons == ('it was skipped by the event filter "night"',)
    world.engine.use_filters([EventFilter("broken", "{{ 1 | divided_by: 0 }}")])
    assert "its event run failed" in story(world, world.run()).reasons[0]
    waiting = world.send()
    assert "none runs" in story(world, waiting, workers=0).reasons[0]
    assert story(world, waiting).reasons == ("it waits for a worker",)
    cancel(world.store, world.engine.queue, Wanted(events=(waiting,)))
    assert "cancelled" in story(world, waiting).reasons[0]
    world.engine.use_filters([])
    gone = world.run(data="somebody")
    purge(world.store, world.engine.queue, Subject(texts=("somebody",)))
    assert story(world, gone).reasons == ("its data and runs were deleted",)


def test_a_task_that_was_enabled_afterwards_is_named_with_the_way_to_it(world: World) -> None:
    event_id = world.run()
    world.task(probes("a"), name="late")
    assert "retry its event run" in story(world, event_id).reasons[0]
    world.tasks = [replace(world.tasks[0], enabled=False)]
    assert story(world, event_id).reasons == ('the task "late" subscribes to it and is disabled',)


def test_the_origin_is_told_in_words(world: World) -> None:
    event_id = world.run()
    row = world.store.events.get(replay(world.engine, world.store, event_id))
    assert row is not None
    assert origin_words(row.origin) == f"a replay of {event_id}"
    assert "missed" in str(origin_words({"late": True}))
    assert (origin_words(None), origin_words({"poll": "orders"})) == (None, "poll: orders")
