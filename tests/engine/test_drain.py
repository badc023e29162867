"""How time passes while the engine works."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from runner.engine import EnabledTask, Engine
from runner.model.event import Event
from runner.model.task import Task
from runner.store import Store
from tests.engine.world import LATER, NOW, ProbeAction, World, probes


class RunningClock:
    """Stands for the machine's clock: no FixedClock, and sleeping is written down."""

    def __init__(self) -> None:
        self.moment = NOW
        self.slept: list[float] = []

    def now(self) -> datetime:
        return self.moment

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.moment += timedelta(seconds=seconds)


@pytest.fixture
def running() -> Iterator[tuple[Engine, RunningClock, ProbeAction]]:
    clock, probe = RunningClock(), ProbeAction()
    probe.endings["x"] = [LATER, LATER]
    script = probes(["x"])
    task = Task.from_json({"name": "t", "script": script, "subscriptions_template": "user/a/b\nuser/a/b+1.day"})
    with Store(clock=clock) as store:
        engine = Engine(store, [EnabledTask.prepare(task, id="t")], action_types={"probe": probe})
        engine.accept(Event("user/a/b"))
        yield engine, clock, probe


def test_retries_are_waited_for_and_delays_of_days_are_not(running: tuple[Engine, RunningClock, ProbeAction]) -> None:
    engine, clock, probe = running
    counts = engine.drain()
    assert clock.slept == [30, 76]
    assert len(probe.performed) == 3
    assert (counts.later, counts.next_at, counts.retried) == (1, NOW + timedelta(days=1), 2)


def test_nothing_is_waited_for_when_told_so(running: tuple[Engine, RunningClock, ProbeAction]) -> None:
    engine, clock, probe = running
    assert engine.drain(wait=False).later == 2
    assert (clock.slept, len(probe.performed)) == ([], 1)


def test_an_end_is_the_limit_of_all_waiting(running: tuple[Engine, RunningClock, ProbeAction]) -> None:
    engine, clock, probe = running
    engine.drain(NOW + timedelta(seconds=60))
    assert (clock.slept, len(probe.performed)) == ([30], 2)
    engine.drain(NOW + timedelta(days=2))
    assert clock.now() == NOW + timedelta(days=1)
    assert len(probe.performed) == 4


def test_a_fixed_clock_stands_still_unless_asked_to_jump(world: World) -> None:
    world.task(probes(["x"]), "user/a/b+1.hour\nuser/a/b+1.day")
    world.run()
    assert (world.clock.now(), world.probe.performed) == (NOW, [])
    world.engine.drain(NOW + timedelta(hours=2), advance=True)
    assert (world.clock.now(), world.probe.performed) == (NOW + timedelta(hours=1), ["x"])


def test_a_limit_ends_a_task_that_starts_itself_for_ever(world: World) -> None:
    world.task('{% action "event", topic: "user/a/b" %}')
    world.send()
    counts = world.engine.drain(advance=True, limit=9)
    assert (counts.tasks, counts.actions) == (9, 9)


def test_a_step_does_one_task_run_with_its_actions(world: World) -> None:
    world.task(probes(["x", "y"]), "user/a/b\nuser/a/b+0.seconds")
    assert not world.engine.step()
    world.send()
    assert world.engine.step()
    assert world.probe.performed == ["x", "y"]
    assert [world.engine.step() for _ in range(2)] == [True, False]


def test_times_are_kept_to_the_millisecond() -> None:
    clock = RunningClock()
    clock.moment = datetime(2026, 3, 4, 20, 6, 7, 89_999, tzinfo=UTC)
    with Store(clock=clock) as store:
        engine = Engine(store)
        event_id = engine.accept(Event("user/a/b"))
        assert engine.step()
        assert event_id is not None
        (run,) = store.runs.of_event(event_id)
    assert run.to_record()["run_at"] == "2026-03-04T20:06:07.089Z"
