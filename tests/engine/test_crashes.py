"""Death at any point between two commits: nothing is lost, nothing local is done twice (durability.md 5.5, 6)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest

from runner.actions import ACTION_TYPES, Outcome, Tools
from runner.actions.cache import CacheAction
from runner.actions.event import EventAction
from runner.engine import Behaviour
from runner.engine.queue.inline import InlineQueue
from runner.errors import StoreError
from runner.liquid.render import render
from runner.model.event import Event
from runner.model.rendering import Rendering
from runner.model.run import RunKind, RunState
from runner.store import Transaction
from tests.engine.world import LATER, Killed, ProbeAction, World, probes

SCRIPT = (
    '{% if event.topic == "user/a/b" %}{% action "cache", "incr", "n" %}{% action "probe", "p" %}'
    '{% action "event", topic: "user/next/step" %}{% else %}{% action "cache", "incr", "m" %}{% endif %}'
)


class DyingQueue(InlineQueue):
    """Dies at its ``fuse``-th transaction: before the commit, or right after it."""

    fuse: int = 0
    after: bool = False

    def accept(self, record: Callable[[Transaction], Any], *, patient: bool = False, lasting: bool = True) -> Any:
        self.fuse -= 1
        if self.fuse == 0 and self.after:
            super().accept(record)
            raise Killed

        def then_die(transaction: Transaction) -> Any:
            made = record(transaction)
            if self.fuse == 0:
                raise Killed
            return made

        return super().accept(then_die)


@contextmanager
def dying(world: World, fuse: int, *, after: bool) -> Iterator[None]:
    """The engine's queue dies at its ``fuse``-th transaction inside the block."""
    queue = world.engine.queue
    queue.__class__ = DyingQueue
    queue.fuse, queue.after = fuse, after  # type: ignore[attr-defined]
    try:
        yield
    except Killed:
        pass
    finally:
        queue.__class__ = InlineQueue


@pytest.mark.parametrize("after", [False, True], ids=["before the commit", "after the commit"])
@pytest.mark.parametrize("fuse", range(1, 12))
@pytest.mark.parametrize("restart", [False, True], ids=["same process", "new process"])
def test_dying_at_any_commit_loses_and_doubles_nothing(
    fuse: int, after: bool, restart: bool, make_world: Callable[..., World]
) -> None:
    world = make_world("runner.db")
    world.task(SCRIPT, "user/a/b\nuser/next/step")
    with dying(world, fuse, after=after):
        world.engine.accept(Event("user/a/b"), dedupe="once")
        world.engine.drain()
    if restart:
        world.reopened()
        world.engine.recover()
    world.engine.accept(Event("user/a/b"), dedupe="once")
    world.engine.drain(advance=True)
    assert world.store.cache.items("prints.myshopify.com") == (("m", 1), ("n", 1))
    assert [run.state for run in world.store.runs.all()] == [RunState.SUCCEEDED] * 8
    assert world.topics() == ["user/a/b", "user/next/step"]
    assert 1 <= len(world.probe.performed) <= 2


def test_a_death_while_rendering_renders_again_with_the_same_event(make_world: Callable[..., World]) -> None:
    deaths = [Killed()]

    def dying_once(*args: Any, **named: Any) -> Rendering:
        if deaths:
            raise deaths.pop()
        return render(*args, **named)

    world = make_world(render=dying_once)
    world.task("{% log event.id %}" + probes(["x"]))
    event_id = world.send()
    with pytest.raises(Killed):
        world.engine.drain()
    world.engine.drain()
    (run,) = world.runs(RunKind.TASK)
    assert (run.state, run.attempt) == (RunState.SUCCEEDED, 2)
    assert world.logs() == [event_id]
    assert world.probe.performed == ["x"]


def test_a_rendered_task_is_never_rendered_again(make_world: Callable[..., World]) -> None:
    """Once the action runs are there, recovery performs them and nothing else (durability.md 6.7)."""
    world = make_world("runner.db")
    world.task('{% log "rendered" %}' + probes(["a", "b"]))
    world.probe.endings["a"] = [Killed()]
    world.send()
    with pytest.raises(Killed):
        world.engine.drain()
    world.reopened()
    world.engine.recover()
    world.engine.drain()
    assert world.runs(RunKind.TASK)[0].attempt == 1
    assert world.probe.performed == ["a", "a", "b"]


@pytest.mark.parametrize(
    ("again", "resend_all", "performed", "state"),
    [
        (True, False, 2, RunState.SUCCEEDED),
        (False, False, 1, RunState.FAILED),
        (False, True, 2, RunState.SUCCEEDED),
    ],
)
def test_an_action_sent_before_the_death_is_sent_again_only_where_that_is_harmless(
    again: bool, resend_all: bool, performed: int, state: RunState, make_world: Callable[..., World]
) -> None:
    world = make_world("runner.db", probe=ProbeAction(again=again), behaviour=Behaviour(resend_all=resend_all))
    world.task(probes(["x"]))
    world.probe.endings["x"] = [Killed()]
    world.send()
    with pytest.raises(Killed):
        world.engine.drain()
    world.reopened()
    assert world.engine.recover() == 1
    world.engine.drain(advance=True)
    (run,) = world.actions()
    assert (len(world.probe.performed), run.state) == (performed, state)
    first = world.store.runs.attempts(run.id)[0]
    assert (first.sent_at is not None, first.ended_at) == (True, None)
    if state is RunState.FAILED:
        assert str(run.error).startswith("outcome unknown")


@pytest.mark.parametrize(("hours", "state"), [(11, RunState.SUCCEEDED), (13, RunState.FAILED)])
def test_an_old_sending_is_not_repeated_since_keys_are_forgotten(
    hours: int, state: RunState, make_world: Callable[..., World]
) -> None:
    world = make_world("runner.db")
    world.task(probes(["x"]))
    world.probe.endings["x"] = [Killed()]
    world.send()
    with pytest.raises(Killed):
        world.engine.drain()
    world.clock.advance(hours * 3600)
    world.reopened()
    world.engine.recover()
    world.engine.drain()
    assert world.actions()[0].state is state


def test_a_run_that_kills_its_process_each_time_ends_as_failed(world: World) -> None:
    world.task(probes(["x"]))
    world.probe.endings["x"] = [Killed()] * 9
    world.send()
    for _ in range(9):
        try:
            world.engine.drain()
        except Killed:
            continue
        break
    (run,) = world.actions()
    assert (run.state, len(world.probe.performed)) == (RunState.FAILED, 5)
    assert "never ended" in str(run.error)
    assert "the process died each time" in str(run.error)
    assert run.failure is not None
    assert (run.failure["code"], bool(run.failure["hint"])) == ("engine.died", True)


@pytest.mark.parametrize(("kind", "performed"), [(RunKind.ACTION, 5), (RunKind.TASK, 0)])
def test_a_run_that_could_not_be_written_down_says_so_and_not_that_its_process_died(
    kind: RunKind, performed: int, make_world: Callable[..., World]
) -> None:
    """A real fault of the database: it takes everything but the success of this kind of run."""
    world = make_world("runner.db")
    world.task(probes(["x"]))
    with world.store.write() as tx:
        tx.exec_driver_sql(
            "CREATE TRIGGER refuse BEFORE UPDATE ON mech_runs "
            f"WHEN NEW.state = 'succeeded' AND NEW.kind = '{kind.value}' "
            "BEGIN SELECT RAISE(ABORT, 'no room for it'); END"
        )
    world.send()
    for _ in range(9):
        try:
            world.engine.drain()
        except StoreError:
            continue
        break
    (run,) = world.runs(kind)
    assert (run.state, len(world.probe.performed)) == (RunState.FAILED, performed)
    assert str(run.error).startswith("begun 5 times and never ended: what came of it could not be kept (")
    assert "no room for it" in str(run.error)
    assert "died" not in str(run.error)
    assert run.failure is not None
    assert (run.failure["code"], bool(run.failure["hint"])) == ("store.failed", True)


def test_a_waiting_retry_survives_a_restart(make_world: Callable[..., World]) -> None:
    world = make_world("runner.db")
    world.task(probes(["x"]))
    world.probe.endings["x"] = [LATER]
    world.run()
    world.reopened()
    assert world.engine.drain(advance=True).later == 0
    assert world.probe.performed == ["x"]
    world.engine.recover()
    world.engine.drain(advance=True)
    assert world.probe.performed == ["x", "x"]
    assert world.actions()[0].attempt == 2


def test_a_second_process_on_the_same_file_leaves_the_first_ones_runs_alone(make_world: Callable[..., World]) -> None:
    world = make_world("runner.db")
    world.task(probes(["x"]))
    first = world.engine
    world.send()
    second = world.reopened()
    assert second.drain().events == 0
    assert world.probe.performed == []
    assert first.drain().events == 1


@pytest.mark.parametrize("kind", [CacheAction, EventAction])
def test_a_local_action_that_dies_in_the_middle_leaves_nothing_behind(
    kind: type, make_world: Callable[..., World]
) -> None:
    class Dying(kind):
        def perform(self, options: Any, tools: Tools) -> Outcome:
            super().perform(options, tools)
            raise Killed

    world = make_world(types={**ACTION_TYPES, kind.name: Dying()})
    world.task('{% action "cache", "incr", "n" %}{% action "event", topic: "user/c/d" %}')
    world.send()
    with pytest.raises(Killed):
        world.engine.drain()
    world.types = ACTION_TYPES
    assert dict(world.store.cache.items("prints.myshopify.com")) == {}
    assert world.topics() == ["user/a/b"]
    world.reopened()
    world.engine.recover()
    world.engine.drain()
    assert world.store.cache.get("prints.myshopify.com", "n") == 1
    assert world.topics() == ["user/a/b", "user/c/d"]


def test_a_local_action_that_fails_undoes_what_it_wrote(make_world: Callable[..., World]) -> None:
    class Failing(CacheAction):
        writes_whole = False

        def perform(self, options: Any, tools: Tools) -> Outcome:
            super().perform(options, tools)
            return LATER if options.name == "set" else super().perform(options, tools)

    world = make_world(types={**ACTION_TYPES, "cache": Failing()})
    world.task('{% action "cache", "set", "n", 1 %}')
    world.run()
    assert world.store.cache.get("prints.myshopify.com", "n") is None
    world.clock.advance(timedelta(minutes=30).total_seconds())
    assert world.actions()[0].state is RunState.SCHEDULED
