"""A run that somebody else took over, and faults outside the actions (durability.md 5.5)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from runner.actions import Outcome, Tools
from runner.errors import StoreError
from runner.liquid.render import render
from runner.model.event import Event
from runner.model.rendering import Rendering
from runner.model.run import RunKind, RunState
from tests.engine.world import NEVER, ProbeAction, World, probes
from tests.shopify.conftest import connect, http, records, shop, tls

__all__ = ["connect", "http", "records", "shop", "tls"]


@pytest.fixture
def clock(world: World) -> Any:
    return world.clock


class SlowProbe(ProbeAction):
    """Something happens while the first attempt is under way."""

    meanwhile: Callable[[], object] | None = None

    def perform(self, options: str, tools: Tools) -> Outcome:
        if self.meanwhile is not None:
            happens, self.meanwhile = self.meanwhile, None
            happens()
        return super().perform(options, tools)


@pytest.mark.parametrize("ending", [None, NEVER])
def test_the_first_worker_writes_nothing_once_another_has_the_run(
    ending: Outcome | None, make_world: Callable[..., World]
) -> None:
    probe = SlowProbe()
    world = make_world(probe=probe)
    world.task(probes(["x"]), "user/a/b\nmechanic/actions/perform")
    probe.endings["x"] = [ending] if ending else []

    def taken_over() -> None:
        world.engine.recover()
        world.engine.step()

    probe.meanwhile = taken_over
    world.send()
    while not probe.performed:
        world.engine.step()
    (run,) = world.actions()
    assert probe.performed == ["x", "x"]
    assert run.attempt == 2
    assert world.topics().count("mechanic/actions/perform") == 1


@pytest.mark.parametrize("script", [probes(["x"]), '{% error "x" %}'])
def test_a_rendering_of_a_lost_run_is_thrown_away(script: str, make_world: Callable[..., World]) -> None:
    meanwhile: list[Callable[[], object]] = []

    def slowly(*args: Any, **named: Any) -> Rendering:
        if meanwhile:
            meanwhile.pop()()
        return render(*args, **named)

    world = make_world(render=slowly)
    world.task(script)
    meanwhile.append(lambda: world.engine.recover())
    world.run()
    (run,) = world.runs(RunKind.TASK)
    assert (run.attempt, run.state.final) == (2, True)
    assert len(world.actions()) <= 1


def test_an_outdated_dispatch_does_nothing(world: World) -> None:
    world.task(probes(["x"]))
    event_id = world.run()
    work = world.engine.queue._worker
    assert work is not None
    for run in world.store.runs.of_event(event_id):
        work(run.id, run.dispatch_no)
        work(run.id, run.dispatch_no + 1)
    work("nobody", 1)
    assert world.probe.performed == ["x"]
    assert all(run.attempt == 1 for run in world.store.runs.all())


def test_a_failing_database_stops_the_work_and_the_run_goes_on_later(world: World) -> None:
    world.probe.endings["x"] = [StoreError("the disk is full")]
    world.task(probes(["x"]))
    world.send()
    with pytest.raises(StoreError, match="disk is full"):
        world.engine.drain()
    assert world.states() == [RunState.STARTED]
    world.engine.drain()
    assert world.states() == [RunState.SUCCEEDED]


@pytest.mark.parametrize(
    ("raised", "error", "attempts"),
    [
        (ZeroDivisionError("by nothing"), "fault of the engine: ZeroDivisionError: by nothing", 1),
        (StoreError("x"), None, 1),
    ],
)
def test_a_fault_while_rendering_ends_that_run_only(
    raised: Exception, error: str | None, attempts: int, make_world: Callable[..., World]
) -> None:
    def faulty(task: Any, event: Event, **named: Any) -> Rendering:
        if task.name == "bad":
            raise raised
        return render(task, event, **named)

    world = make_world(render=faulty)
    world.task(probes(["bad"]), name="bad")
    world.task(probes(["good"]), name="good")
    world.send()
    if error is None:
        with pytest.raises(StoreError):
            world.engine.drain()
        return
    world.engine.drain()
    bad, good = world.runs(RunKind.TASK)
    assert (bad.state, bad.error, bad.attempt) == (RunState.FAILED, error, attempts)
    assert good.state is RunState.SUCCEEDED
    assert world.probe.performed == ["good"]


def test_an_impossible_api_version_fails_the_run_for_good(
    make_world: Callable[..., World], connect: Callable[..., Any]
) -> None:
    world = make_world(client=connect())
    world.task(probes(["x"]), api_version="banana")
    world.run()
    (run,) = world.runs(RunKind.TASK)
    assert (run.state, run.attempt) == (RunState.FAILED, 1)
    assert "banana" in str(run.error)


@pytest.mark.parametrize("url", [":memory:", "runner.db"])
def test_events_are_accepted_from_another_thread_while_the_engine_works(
    url: str, make_world: Callable[..., World]
) -> None:
    world = make_world(url)
    world.task('{% action "cache", "incr", "n" %}')
    sender = threading.Thread(
        target=lambda: [world.engine.accept(Event("user/a/b"), dedupe=str(number)) for number in range(20)]
    )
    sender.start()
    while sender.is_alive():
        world.engine.step()
    sender.join()
    world.engine.drain()
    assert world.store.cache.get("prints.myshopify.com", "n") == 20
