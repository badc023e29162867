"""Sequences and halting (actions.md 1.6)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from runner.model.run import RunKind, RunState
from tests.engine.world import LATER, NEVER, NOW, World, probes

DONE, FAILED = RunState.SUCCEEDED, RunState.FAILED


def sequenced(world: World, *names: str, halt: bool = False, more: str = "") -> None:
    world.task(
        probes(names) + more,
        perform_action_runs_in_sequence=True,
        halt_action_run_sequence_on_error=halt,
    )


def test_only_the_first_action_of_a_sequence_is_due_at_first(world: World) -> None:
    sequenced(world, "a", "b", "c")
    seen: list[list[RunState]] = []
    for name in "abc":
        world.probe.meanwhile[name] = lambda: seen.append(world.states())
    world.run()
    begun, waiting = RunState.STARTED, RunState.UNSCHEDULED
    assert seen == [[begun, waiting, waiting], [DONE, begun, waiting], [DONE, DONE, begun]]
    assert world.states() == [DONE] * 3


def test_without_the_flag_all_are_due_and_begun_in_rendered_order(world: World) -> None:
    world.task(probes("abc"))
    seen: list[list[RunState]] = []
    world.probe.meanwhile["a"] = lambda: seen.append(world.states())
    world.run()
    assert seen == [[RunState.STARTED, RunState.DUE, RunState.DUE]]
    assert world.probe.performed == ["a", "b", "c"]


def test_a_failure_does_not_stop_a_sequence_without_the_halt_flag(world: World) -> None:
    world.probe.endings["a"] = [NEVER]
    sequenced(world, "a", "b")
    world.run()
    assert world.states() == [FAILED, DONE]


def test_a_failure_halts_the_rest_unperformed_and_says_by_which_action(world: World) -> None:
    world.probe.endings["b"] = [NEVER]
    sequenced(world, "a", "b", "c", "d", halt=True)
    event_id = world.run()
    runs = world.store.runs.of_event(event_id, RunKind.ACTION)
    assert [run.state for run in runs] == [DONE, FAILED, FAILED, FAILED]
    assert [run.attempt for run in runs] == [1, 1, 0, 0]
    assert world.probe.performed == ["a", "b"]
    assert runs[2].error == "not performed: the sequence was halted when its action 2 (probe) failed"


def test_halted_actions_make_no_events(world: World) -> None:
    world.probe.endings["a"] = [NEVER]
    world.task(
        '{% if event.topic == "user/a/b" %}' + probes("abc") + "{% endif %}",
        "user/a/b\nmechanic/actions/perform\nmechanic/errors/action",
        perform_action_runs_in_sequence=True,
        halt_action_run_sequence_on_error=True,
    )
    world.run()
    assert sorted(world.topics()) == ["mechanic/actions/perform", "mechanic/errors/action", "user/a/b"]
    assert world.heard().count("ActionHalted") == 2


@pytest.mark.parametrize("halt", [False, True])
def test_an_invalid_action_counts_as_a_failure_of_the_sequence(halt: bool, world: World) -> None:
    sequenced(world, "a", halt=halt, more='{% action "cache", "set", "k" %}' + probes("z"))
    event_id = world.run()
    states = [run.state for run in world.store.runs.of_event(event_id, RunKind.ACTION)]
    assert states == [DONE, FAILED, FAILED if halt else DONE]


def test_a_sequence_waits_for_the_retries_of_its_member_and_others_do_not(world: World) -> None:
    world.probe.endings["a"] = [LATER]
    sequenced(world, "a", "b")
    world.task(probes(["free"]), "user/c/d", name="other")
    world.send()
    world.run("user/c/d")
    assert world.probe.performed == ["a", "free"]
    world.engine.drain(advance=True)
    assert world.probe.performed == ["a", "free", "a", "b"]
    assert world.clock.now() == NOW + timedelta(seconds=30)


def test_a_halt_comes_only_after_the_last_retry(world: World) -> None:
    world.probe.endings["a"] = [LATER] * 5
    sequenced(world, "a", "b", halt=True)
    event_id = world.run()
    assert [run.state for run in world.store.runs.of_event(event_id, RunKind.ACTION)] == [
        RunState.SCHEDULED,
        RunState.UNSCHEDULED,
    ]
    world.engine.drain(advance=True)
    first, second = world.store.runs.of_event(event_id, RunKind.ACTION)
    assert (first.state, first.attempt, second.state, second.attempt) == (FAILED, 5, FAILED, 0)


def test_two_runs_of_a_sequenced_task_do_not_wait_for_each_other(world: World) -> None:
    world.probe.endings["a"] = [LATER]
    world.task(probes("ab"), perform_action_runs_in_sequence=True)
    world.send()
    world.send()
    world.engine.drain()
    assert world.probe.performed == ["a", "a", "b"]
