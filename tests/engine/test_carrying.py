"""The actions of one job: chunks of 25, order, width, hand-over, giving up (durability.md 5.3, 5.5, engine.md 4.1)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from runner.engine.carrying import carried
from runner.model.run import CHUNK, Run, RunKind, RunState
from tests.engine.test_crashes import dying
from tests.engine.world import LATER, NEVER, Killed, World, probes

DONE, FAILED, CANCELLED = RunState.SUCCEEDED, RunState.FAILED, RunState.CANCELLED
MANY = [f"p{number:02}" for number in range(60)]


def sequenced(world: World, names: list[str], *, halt: bool = False) -> None:
    world.task(probes(names), perform_action_runs_in_sequence=True, halt_action_run_sequence_on_error=halt)


@pytest.mark.parametrize("sequence", [False, True])
@pytest.mark.parametrize("count", [1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 60])
def test_any_number_of_actions_is_performed_once_each_in_rendered_order(
    count: int, sequence: bool, world: World
) -> None:
    world.task(probes(MANY[:count]), perform_action_runs_in_sequence=sequence)
    world.run()
    assert world.probe.performed == MANY[:count]
    assert world.states() == [DONE] * count
    assert not any(run.job_open for run in world.store.runs.all())


def test_each_chunk_is_a_dispatch_of_its_own(world: World) -> None:
    world.task(probes(MANY))
    world.send()
    sizes = []
    while world.engine.step():
        sizes.append(len(world.probe.performed))
    assert sizes == [25, 50, 60]


def test_a_sequence_dispatches_its_next_chunk_when_the_last_action_of_this_one_has_ended(world: World) -> None:
    sequenced(world, MANY)
    world.send()
    world.engine.step()
    states = world.states()
    assert states[:27] == [DONE] * 25 + [RunState.DUE, RunState.UNSCHEDULED]


@pytest.mark.parametrize("at", [0, 23, 24, 25, 26, 49, 50, 59])
@pytest.mark.parametrize("halt", [False, True])
def test_a_sequence_waits_for_the_retry_of_any_member(at: int, halt: bool, world: World) -> None:
    sequenced(world, MANY, halt=halt)
    world.probe.endings[MANY[at]] = [LATER]
    world.run()
    assert world.probe.performed == MANY[: at + 1]
    world.engine.drain(advance=True)
    assert world.probe.performed == [*MANY[: at + 1], *MANY[at:]]
    assert world.states() == [DONE] * 60


@pytest.mark.parametrize("at", [0, 24, 25, 30])
def test_a_failing_member_halts_the_chunks_that_follow(at: int, world: World) -> None:
    sequenced(world, MANY, halt=True)
    world.probe.endings[MANY[at]] = [NEVER]
    world.run()
    assert world.probe.performed == MANY[: at + 1]
    assert world.states() == [DONE] * at + [FAILED] * (60 - at)
    assert not any(run.job_open for run in world.store.runs.all())


@pytest.mark.parametrize("at", [0, 24, 25, 30])
def test_without_halting_a_failing_member_stops_nothing(at: int, world: World) -> None:
    sequenced(world, MANY)
    world.probe.endings[MANY[at]] = [NEVER]
    world.run()
    assert world.probe.performed == MANY
    assert world.states().count(FAILED) == 1


@pytest.mark.parametrize("at", [0, 10, 25, 30, 50])
def test_a_retry_holds_up_nobody_where_the_order_is_free(at: int, world: World) -> None:
    world.task(probes(MANY))
    world.probe.endings[MANY[at]] = [LATER]
    world.run()
    assert world.probe.performed == MANY
    assert world.states().count(RunState.SCHEDULED) == 1
    world.engine.drain(advance=True)
    assert world.probe.performed == [*MANY, MANY[at]]
    assert world.states() == [DONE] * 60
    assert not any(run.job_open for run in world.store.runs.all())


@pytest.mark.parametrize("sequence", [False, True])
@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("fuse", [3, 26, 27, 28, 29, 30])
def test_dying_at_the_edge_of_a_chunk_repeats_one_action_at_most(
    fuse: int, after: bool, sequence: bool, make_world: Callable[..., World]
) -> None:
    world = make_world("runner.db")
    world.task(probes(MANY[:30]), perform_action_runs_in_sequence=sequence)
    with dying(world, fuse, after=after):
        world.send()
        world.engine.drain()
    world.reopened()
    world.engine.recover()
    world.engine.drain(advance=True)
    assert world.states() == [DONE] * 30
    performed = world.probe.performed
    assert len(performed) - len(set(performed)) <= 1
    if sequence:
        assert sorted(performed) == performed


def test_a_cancelled_leader_leaves_its_chunk_to_the_others(world: World) -> None:
    world.task(probes(MANY[:30]))
    world.send()
    world.engine.step()
    leader = world.actions()[25]
    assert world.engine.queue.cancel([leader.id]) == (leader.id,)
    world.engine.drain()
    assert world.states() == [DONE] * 25 + [CANCELLED] + [DONE] * 4
    assert MANY[25] not in world.probe.performed
    assert not any(run.job_open for run in world.store.runs.all())


def test_a_cancelled_member_of_a_sequence_is_passed_over_even_while_it_waits_for_its_retry(world: World) -> None:
    sequenced(world, ["a", "b", "c", "d"])
    world.probe.endings["b"] = [LATER]
    world.run()
    second, third = world.actions()[1:3]
    assert world.engine.queue.cancel([second.id, third.id]) == (second.id, third.id)
    world.engine.drain(advance=True)
    assert world.probe.performed == ["a", "b", "d"]
    assert world.states() == [DONE, CANCELLED, CANCELLED, DONE]


def test_what_is_cancelled_under_way_is_not_begun(world: World) -> None:
    world.task(probes("abc"))
    world.probe.meanwhile["a"] = lambda: world.engine.queue.cancel([run.id for run in world.actions()])
    world.run()
    assert world.probe.performed == ["a"]
    assert world.states() == [DONE, CANCELLED, CANCELLED]
    assert not any(run.job_open for run in world.store.runs.all())


READS = (
    '{% if event.topic == "user/a/b" %}{% action "event", topic: "user/c/d" %}FILL'
    '{% action "cache", "set", "k", "there" %}{% else %}{% log cache["k"] %}{% endif %}'
)


@pytest.mark.parametrize("fill", [0, 10, 30])
def test_an_event_action_comes_after_the_cache_actions_of_its_run(fill: int, world: World) -> None:
    world.task(READS.replace("FILL", probes(MANY[:fill])), "user/a/b\nuser/c/d")
    world.run()
    world.engine.drain(advance=True)
    assert world.logs("user/c/d") == ["there"]
    assert set(world.states()) == {DONE}
    assert world.actions()[0].attempt == 1


def test_in_a_sequence_the_rendered_order_holds_for_event_and_cache_too(world: World) -> None:
    world.task(READS.replace("FILL", ""), "user/a/b\nuser/c/d", perform_action_runs_in_sequence=True)
    world.send()
    world.engine.step()
    assert [run.payload["type"] for run in world.actions()] == ["event", "cache"]
    assert "after_cache" not in world.actions()[0].payload


def test_giving_a_job_up_fails_what_was_under_way_and_lets_the_rest_go_on(world: World) -> None:
    world.task(probes("abc"))
    world.probe.endings["b"] = [Killed()]
    world.send()
    with pytest.raises(Killed):
        world.engine.drain()
    (task_run,) = world.runs(RunKind.TASK)
    world.engine._job.give_up(task_run.id, task_run.dispatch_no)
    world.engine.drain()
    assert world.states() == [DONE, FAILED, DONE]
    assert world.actions()[1].failure["code"] == "engine.died"
    assert world.probe.performed == ["a", "b", "c"]


def test_giving_up_a_run_that_was_never_rendered_fails_it(world: World) -> None:
    world.task(probes("a"))
    world.send()
    (task_run,) = world.runs(RunKind.TASK)
    world.engine._job.give_up(task_run.id, task_run.dispatch_no + 1)
    assert world.runs(RunKind.TASK)[0].state is RunState.DUE
    world.engine._job.give_up(task_run.id, task_run.dispatch_no)
    (failed,) = world.runs(RunKind.TASK)
    assert (failed.state, failed.failure["code"], failed.job_open) == (FAILED, "engine.died", False)


def test_a_fault_of_ours_in_one_action_stops_no_other(world: World) -> None:
    world.task(probes("abc"))
    world.probe.endings["a"] = [ZeroDivisionError("x")]
    world.run()
    assert world.states() == [FAILED, DONE, DONE]
    assert world.actions()[0].failure["code"] == "engine.fault"


@pytest.mark.parametrize(
    ("seq", "sequence", "expected"),
    [
        (None, False, [0, 1, 24]),
        (0, False, []),
        (1, False, []),
        (25, False, [26, 49]),
        (26, False, []),
        (0, True, [1, 24]),
        (24, True, []),
        (30, True, [49]),
    ],
)
def test_which_actions_go_with_a_dispatch(seq: int | None, sequence: bool, expected: list[int]) -> None:
    runs = [Run(str(n), RunKind.ACTION, "e", RunState.DUE, seq=n) for n in (0, 1, 24, 25, 26, 49, 50)]
    kind = RunKind.TASK if seq is None else RunKind.ACTION
    job = Run("job", kind, "e", DONE, seq=seq or 0, sequence=sequence, job_open=True)
    assert [run.seq for run in carried(job, runs)] == expected
