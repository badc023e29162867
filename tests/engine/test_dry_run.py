"""A dry run renders and checks, and changes nothing (actions.md 1.4)."""

from __future__ import annotations

from collections.abc import Callable

from runner.engine import Behaviour, Engine
from runner.model.event import Event
from runner.model.run import RunKind, RunState
from tests.engine.world import World, probes

SCRIPT = (
    '{% action "cache", "set", "k", 1 %}{% action "event", topic: "user/c/d" %}'
    '{% action "shopify" %}mutation { a }{% endaction %}{% action "cache", "set", "k" %}'
    '{% action "nonsense", 1 %}' + probes(["x"])
)


def test_actions_are_checked_and_recorded_as_not_performed(make_world: Callable[..., World]) -> None:
    world = make_world(behaviour=Behaviour(dry_run=True))
    world.task(SCRIPT, "user/a/b\nuser/c/d\nmechanic/actions/perform")
    world.run()
    assert world.states() == [RunState.DRY] * 3 + [RunState.FAILED] * 2 + [RunState.DRY]
    assert world.probe.performed == []
    assert world.store.cache.items("prints.myshopify.com") == ()
    assert "user/c/d" not in world.topics()
    assert all(run.ok is None and run.result is None for run in world.actions() if run.state is RunState.DRY)


def test_a_sequence_goes_through_a_dry_run_and_halts_at_what_is_invalid(make_world: Callable[..., World]) -> None:
    world = make_world(behaviour=Behaviour(dry_run=True))
    world.task(SCRIPT, perform_action_runs_in_sequence=True, halt_action_run_sequence_on_error=True)
    world.run()
    assert world.states() == [RunState.DRY] * 3 + [RunState.FAILED] * 3
    assert [run.attempt for run in world.actions()] == [1, 1, 1, 1, 0, 0]


def test_a_dry_run_can_be_asked_for_by_argument(world: World) -> None:
    task = world.task('{% action "echo", 1 %}')
    engine = Engine(world.store, [task], dry_run=True, ids=world.next_id)
    engine.accept(Event("user/a/b"))
    assert engine.drain().actions == 1
    assert world.runs(RunKind.ACTION)[0].state is RunState.DRY
