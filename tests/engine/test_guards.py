"""Loop guards (engine.md 8.2, actions.md 1.8)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from runner.engine import Behaviour, LoopGuards
from runner.engine.guards import fingerprint, guard_key
from runner.model.action import Action
from runner.model.event import Event
from runner.model.run import RunKind, RunState
from tests.engine.world import World, probes

PERFORM = "mechanic/actions/perform"
UPDATE = "shopify/products/update"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ([Action("a", {"x": 1, "y": 2})], [Action("a", {"y": 2, "x": 1})], True),
        ([Action("a", 1)], [Action("a", 2)], False),
        ([Action("a", 1)], [Action("b", 1)], False),
        ([Action("a", 1, meta=1)], [Action("a", 1, meta=2)], False),
        ([Action("a", 1), Action("b", 1)], [Action("b", 1), Action("a", 1)], False),
        ([Action("a", 1)], [Action("a", 1), Action("a", 1)], False),
        ([Action("a", "\ud800")], [Action("a", "\ud800")], True),
    ],
)
def test_what_counts_as_the_same(one: list[Action], other: list[Action], same: bool) -> None:
    assert (fingerprint(one) == fingerprint(other)) is same


def test_wanting_nothing_never_matches() -> None:
    assert fingerprint([]) is None


@pytest.mark.parametrize(
    ("topic", "data", "watched"),
    [
        (UPDATE, {"id": 1}, True),
        ("shopify/orders/updated", {"admin_graphql_api_id": "gid://shopify/Order/1"}, True),
        ("shopify/inventory_levels/update", {"inventory_item_id": 1, "location_id": 2}, True),
        (UPDATE, {"title": "no id"}, False),
        (UPDATE, None, False),
        (UPDATE, [1], False),
        ("shopify/orders/create", {"id": 1}, False),
        ("user/products/update", {"id": 1}, False),
        ("mechanic/scheduler/daily", None, False),
    ],
)
def test_which_events_are_watched(topic: str, data: Any, watched: bool) -> None:
    assert (guard_key("task", Event(topic, data=data)) is not None) is watched


def test_levels_are_told_apart_by_item_and_place() -> None:
    topic = "shopify/inventory_levels/update"
    keys = {
        guard_key("t", Event(topic, data={"inventory_item_id": item, "location_id": place, "available": left}))
        for item in (1, 2)
        for place in (1, 2)
        for left in (5, 6)
    }
    assert len(keys) == 4


def test_a_task_that_answers_its_action_with_the_same_action_is_stopped(world: World) -> None:
    world.task(probes(["x"]), f"user/a/b\n{PERFORM}")
    world.run()
    first, answer = world.runs(RunKind.TASK)
    assert (first.state, answer.state) == (RunState.SUCCEEDED, RunState.FAILED)
    assert str(answer.error).startswith("loop stopped")
    assert world.probe.performed == ["x"]


def test_a_pagination_task_whose_meta_changes_goes_on(world: World) -> None:
    world.task(
        "{% assign page = action.meta | default: 0 | plus: 1 %}"
        '{% if page < 5 %}{% action "probe", __meta: page %}"x"{% endaction %}{% endif %}',
        f"user/a/b\n{PERFORM}",
    )
    world.run()
    assert world.probe.performed == ["x"] * 4
    assert all(run.state is RunState.SUCCEEDED for run in world.runs(RunKind.TASK))


def test_the_first_guard_can_be_switched_off(make_world: Callable[..., World]) -> None:
    world = make_world(behaviour=Behaviour(guards=LoopGuards(perform=False)))
    world.task(probes(["x"]), f"user/a/b\n{PERFORM}")
    world.send()
    world.engine.drain(limit=30)
    assert len(world.probe.performed) > 3


def test_the_fourth_identical_run_for_a_resource_gets_its_actions_failed(world: World) -> None:
    world.task(probes(["x"]), UPDATE)
    for _ in range(6):
        world.run(UPDATE, {"id": 1, "title": "changes do not count"})
    assert len(world.probe.performed) == 3
    assert [run.state for run in world.runs(RunKind.TASK)] == [RunState.SUCCEEDED] * 6
    failed = world.actions()[3]
    assert (failed.state, failed.attempt) == (RunState.FAILED, 0)
    assert "4 runs for this resource within 10 minutes" in str(failed.error)
    assert world.states() == [RunState.SUCCEEDED] * 3 + [RunState.FAILED] * 3


@pytest.mark.parametrize(
    ("events", "performed"),
    [
        ([{"id": 1}, {"id": 2}] * 3, 6),
        ([{"id": 1, "to": "a"}, {"id": 1, "to": "b"}] * 3, 6),
        ([{"id": 1}, {"id": 1}, {"id": 1}, {"id": 1, "to": "nothing"}, {"id": 1}], 4),
        ([{"title": "no id"}] * 6, 6),
    ],
)
def test_only_consecutive_identical_runs_of_one_resource_count(events: list[Any], performed: int, world: World) -> None:
    world.task(
        '{% unless event.data.to == "nothing" %}{% action "probe" %}'
        '"x{{ event.data.to }}"{% endaction %}{% endunless %}',
        UPDATE,
    )
    for data in events:
        world.run(UPDATE, data)
    assert len(world.probe.performed) == performed


def test_the_guard_lets_go_when_its_window_has_passed(world: World) -> None:
    world.task(probes(["x"]), UPDATE)
    for _ in range(4):
        world.run(UPDATE, {"id": 1})
    assert len(world.probe.performed) == 3
    world.clock.advance(601)
    world.run(UPDATE, {"id": 1})
    assert len(world.probe.performed) == 4


def test_user_chains_and_fan_outs_are_never_stopped(world: World) -> None:
    world.task('{% action "event", topic: "user/a/b" %}', "user/a/b")
    world.send()
    world.engine.drain(limit=20)
    assert [run.state for run in world.runs(RunKind.TASK)] == [RunState.SUCCEEDED] * 20 + [RunState.DUE]
    assert all(run.state is not RunState.FAILED for run in world.store.runs.all())


@pytest.mark.parametrize(
    ("guards", "performed"),
    [(LoopGuards(repeats=None), 8), (LoopGuards(repeats=2), 1), (LoopGuards(repeats=5, window=timedelta(hours=1)), 4)],
)
def test_the_thresholds_can_be_set(guards: LoopGuards, performed: int, make_world: Callable[..., World]) -> None:
    world = make_world(behaviour=Behaviour(guards=guards))
    world.task(probes(["x"]), UPDATE)
    for _ in range(8):
        world.run(UPDATE, {"id": 1})
    assert len(world.probe.performed) == performed


def test_actions_failed_by_the_guard_are_reported_and_not_announced(world: World) -> None:
    world.task('{% if event.topic contains "shopify/" %}' + probes(["x"]) + "{% endif %}", f"{UPDATE}\n{PERFORM}")
    world.task("{% log error.message %}", "mechanic/errors/action", name="reporter")
    for _ in range(4):
        world.run(UPDATE, {"id": 1})
    assert world.topics().count(PERFORM) == 3
    assert [str(log)[:12] for log in world.logs("mechanic/errors/action")] == ["loop stopped"]
