"""Automatic retries (engine.md 4.4, actions.md 1.5)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from runner.actions import Outcome
from runner.engine import Behaviour, RetryPolicy
from runner.errors import ShopifyError
from runner.model.run import RunKind, RunState
from tests.engine.world import LATER, NEVER, NOW, World, probes


@pytest.mark.parametrize(
    ("attempt", "transient", "chance", "delay"),
    [
        (1, True, 0.5, 30),
        (2, True, 0.5, 76),
        (3, True, 0.5, 152),
        (4, True, 0.5, 308),
        (5, True, 0.5, None),
        (6, True, 0.5, None),
        (0, True, 0.5, None),
        (1, False, 0.5, None),
        (1, True, 0.0, 27),
        (1, True, 1.0, 33),
        (4, True, 0.0, 277.2),
    ],
)
def test_the_schedule(attempt: int, transient: bool, chance: float, delay: float | None) -> None:
    given = RetryPolicy().delay_after(attempt, transient=transient, chance=chance)
    assert given == (None if delay is None else pytest.approx(delay))


def test_five_attempts_in_all() -> None:
    assert RetryPolicy().attempts == 5
    assert RetryPolicy(delays=()).attempts == 1
    assert RetryPolicy(delays=()).delay_after(1, transient=True) is None


def test_a_transient_failure_is_tried_at_each_delay_and_then_fails(world: World) -> None:
    world.probe.endings["x"] = [replace(LATER, error=f"busy {n}") for n in range(1, 6)]
    world.task(probes(["x"]))
    world.run()
    world.engine.drain(advance=True)
    (run,) = world.actions()
    attempts = world.store.runs.attempts(run.id)
    assert (run.state, run.attempt, run.error) == (RunState.FAILED, 5, "busy 5")
    assert [(each.started_at - NOW).total_seconds() for each in attempts] == [0, 30, 106, 258, 566]
    assert [each.error for each in attempts] == [f"busy {n}" for n in range(1, 6)]
    assert world.heard().count("RunRetried") == 4
    assert world.heard().count("RunFailed") == 1


def test_a_retry_that_succeeds_leaves_no_error(world: World) -> None:
    world.probe.endings["x"] = [LATER, LATER]
    world.task(probes(["x"]))
    world.run()
    (waiting,) = world.actions()
    assert (waiting.state, waiting.error, waiting.run_at) == (RunState.SCHEDULED, "busy", NOW + timedelta(seconds=30))
    world.engine.drain(advance=True)
    (run,) = world.actions()
    assert (run.state, run.attempt, run.error, run.result) == (RunState.SUCCEEDED, 3, None, "x")


@pytest.mark.parametrize(
    ("ending", "attempts"),
    [
        (NEVER, 1),
        (ShopifyError("refused", transient=False), 1),
        (ShopifyError("unreachable", transient=True), 5),
        (ZeroDivisionError("a fault of ours"), 1),
    ],
)
def test_only_what_may_pass_is_tried_again(ending: Any, attempts: int, world: World) -> None:
    world.probe.endings["x"] = [ending] * 5
    world.task(probes(["x"]))
    world.run()
    world.engine.drain(advance=True)
    (run,) = world.actions()
    assert (run.state, run.attempt) == (RunState.FAILED, attempts)


def test_a_waiting_retry_does_not_hold_up_other_events(world: World) -> None:
    world.probe.endings["slow"] = [LATER]
    world.task(probes(["slow"]), "user/a/b", name="one")
    world.task(probes(["fast"]), "user/c/d", name="two")
    world.run("user/a/b")
    world.run("user/c/d")
    assert world.probe.performed == ["slow", "fast"]


def test_jitter_comes_from_the_given_chance(make_world: Callable[..., World]) -> None:
    world = make_world(behaviour=Behaviour(chance=lambda: 0.0))
    world.probe.endings["x"] = [LATER]
    world.task(probes(["x"]))
    world.run()
    assert world.actions()[0].run_at == NOW + timedelta(seconds=27)


def test_the_policy_can_be_set(make_world: Callable[..., World]) -> None:
    world = make_world(behaviour=Behaviour(retry=RetryPolicy(delays=(5.0,), jitter=0.0)))
    world.probe.endings["x"] = [LATER] * 3
    world.task(probes(["x"]))
    world.run()
    world.engine.drain(advance=True)
    assert (world.actions()[0].attempt, world.clock.now()) == (2, NOW + timedelta(seconds=5))


class FlakyReads:
    """A shop that cannot be read the first ``failures`` times."""

    def __init__(self, failures: int) -> None:
        self.failures = failures

    def graphql(self, query: str, variables: Any = None) -> Any:
        if self.failures > 0:
            self.failures -= 1
            raise ShopifyError("the shop does not answer", transient=True)
        return {"data": {"shop": {"name": "Prints"}}}

    def rest(self, path: str, params: Any = None) -> Any:
        return None

    def cache(self, key: str) -> Any:
        return None

    def cache_items(self) -> Any:
        return ()


READS = '{% assign r = "{ shop { name } }" | shopify %}{% log r.data.shop.name %}{% action "echo", event.id %}'


@pytest.mark.parametrize(("failures", "state", "attempts"), [(2, RunState.SUCCEEDED, 3), (9, RunState.FAILED, 5)])
def test_a_task_run_whose_reads_fail_is_rendered_again_with_the_same_event(
    failures: int, state: RunState, attempts: int, make_world: Callable[..., World]
) -> None:
    from runner.engine import Engine

    world = make_world()
    world.task(READS)
    world.engine = Engine(world.store, world.tasks, reads=FlakyReads(failures), ids=world.next_id)
    event_id = world.run()
    world.engine.drain(advance=True)
    (run,) = world.runs(RunKind.TASK)
    assert (run.state, run.attempt) == (state, attempts)
    if state is RunState.SUCCEEDED:
        assert world.logs() == ["Prints"]
        assert world.actions()[0].result == event_id
    else:
        assert "does not answer" in str(run.error)


def test_a_lost_reply_is_tried_again_only_where_that_is_harmless(make_world: Callable[..., World]) -> None:
    from tests.engine.world import ProbeAction

    lost = Outcome(ok=False, error="the connection broke", transient=True, uncertain=True)
    for again, attempts in ((True, 2), (False, 1)):
        world = make_world(probe=ProbeAction(again=again))
        world.probe.endings["x"] = [lost]
        world.task(probes(["x"]))
        world.run()
        world.engine.drain(advance=True)
        (run,) = world.actions()
        assert len(world.probe.performed) == attempts
        assert run.ok is again
        if not again:
            assert str(run.error).startswith("outcome unknown: the connection broke")
            assert run.failure["code"] == "action.outcome_unknown"


def test_resending_everything_can_be_chosen(make_world: Callable[..., World]) -> None:
    from tests.engine.world import ProbeAction

    world = make_world(probe=ProbeAction(again=False), behaviour=Behaviour(resend_all=True))
    world.probe.endings["x"] = [Outcome(ok=False, error="lost", transient=True, uncertain=True)]
    world.task(probes(["x"]))
    world.run()
    world.engine.drain(advance=True)
    assert world.actions()[0].ok
