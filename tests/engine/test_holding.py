"""While a budget of the shop is spent, what needs the shop waits, and nothing else does (engine.md 4.1)."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from runner.actions import ACTION_TYPES
from runner.engine import Behaviour, Engine
from runner.engine.observe import ActionPerformed
from runner.engine.queue.inline import InlineQueue
from runner.model.run import RunKind, RunState
from runner.shopify.throttle import Throttle
from tests.engine.world import SHOP, World

QUERY = 'mutation { tagsAdd(id: \\"gid://shopify/Order/1\\", tags: [\\"x\\"]) { node { id } } }'
SHOPIFY = f'{{% action "shopify" %}}"{QUERY}"{{% endaction %}}'
OTHER = '{% action "probe", "free" %}'


@dataclass
class Shop:
    """A client whose calls all succeed, with a real throttle."""

    throttle: Throttle
    calls: list[str] = field(default_factory=list)

    def graphql(self, query: str, variables: Any = None) -> Any:
        self.calls.append(query)
        return _Reply()

    def metered(self) -> Any:
        return nullcontext(_Usage())

    def at(self, version: str) -> Shop:
        return self

    def hold(self) -> float:
        return self.throttle.hold()


class _Reply:
    @property
    def body(self) -> Any:
        return {"data": {"tagsAdd": {"node": {"id": "gid://shopify/Order/1"}}}}

    def failure(self) -> None:
        return None


class _Usage:
    deprecated = ()

    def to_meta(self) -> dict[str, Any]:
        return {}


class Stand:
    """A world whose engine works on a queue that it shares with others, as a worker process does."""

    def __init__(self, world: World, width: int = 1) -> None:
        self.world = world
        self.shop = Shop(Throttle(world.clock))
        self.queue = InlineQueue(world.store, owner="worker")
        self.engine = Engine(
            world.store,
            world.tasks,
            shop=SHOP,
            client=self.shop,  # type: ignore[arg-type]  # as much of it as is used
            ids=world.next_id,
            observer=world.told.append,
            action_types={**ACTION_TYPES, "probe": world.probe},
            queue=self.queue,
            behaviour=Behaviour(width=width),
        )
        world.engine = self.engine
        self.engine.start()

    def work(self) -> None:
        """Do what is due now, and let no time pass for it."""
        for _ in range(100):
            if not self.queue.step():
                return
        pytest.fail("the same work comes up again and again")

    def close_rest(self, seconds: float) -> None:
        self.shop.throttle.rest.settle({}, retry_after=seconds)

    def spend_graphql(self, cost: float) -> None:
        """A query of ``cost`` points has just been refused, with nothing left and 100 points a second to come."""
        status = {"maximumAvailable": 2000, "currentlyAvailable": 0, "restoreRate": 100}
        self.shop.throttle.graphql.settle(
            "q", 0, {"requestedQueryCost": cost, "throttleStatus": status}, throttled=True
        )


@pytest.fixture
def stand(make_world: Callable[..., World]) -> Stand:
    return Stand(make_world())


def shopify_states(stand: Stand) -> list[RunState]:
    return [run.state for run in stand.world.actions() if (run.payload or {}).get("type") == "shopify"]


@pytest.mark.parametrize("spent", ["rest", "graphql"])
def test_a_task_run_waits_for_either_budget_and_is_begun_once_when_both_have_recovered(
    stand: Stand, spent: str
) -> None:
    stand.world.task(SHOPIFY)
    stand.close_rest(10) if spent == "rest" else stand.spend_graphql(1000)
    stand.world.send()
    stand.work()
    [run] = stand.world.runs(RunKind.TASK)
    assert (run.state, run.attempt, run.run_at) == (
        RunState.SCHEDULED,
        0,
        stand.world.clock.now() + timedelta(seconds=10),
    )
    assert stand.shop.calls == []
    stand.world.clock.advance(10)
    stand.work()
    [run] = stand.world.runs(RunKind.TASK)
    assert (run.state, run.attempt) == (RunState.SUCCEEDED, 1)
    assert len(stand.shop.calls) == 1


def test_a_run_waits_again_when_the_other_budget_takes_longer(stand: Stand) -> None:
    stand.world.task(SHOPIFY)
    stand.close_rest(30)
    stand.spend_graphql(500)
    stand.world.send()
    stand.work()
    stand.world.clock.advance(6)
    stand.work()
    assert stand.shop.calls == []
    stand.world.clock.advance(24)
    stand.work()
    assert len(stand.shop.calls) == 1


def test_up_to_two_seconds_are_waited_out_in_place(stand: Stand) -> None:
    stand.world.task(SHOPIFY)
    before = stand.world.clock.now()
    stand.close_rest(2)
    stand.world.send()
    stand.work()
    assert stand.world.clock.now() - before == timedelta(seconds=2)
    assert len(stand.shop.calls) == 1


def test_event_runs_go_on_while_the_shop_is_throttled(stand: Stand) -> None:
    stand.world.task(SHOPIFY)
    stand.close_rest(60)
    stand.world.send()
    stand.work()
    assert [run.state for run in stand.world.runs(RunKind.EVENT)] == [RunState.SUCCEEDED]


def test_only_shopify_actions_of_a_rendered_run_wait(stand: Stand) -> None:
    """The first action spends the budget: the shopify actions behind it wait, the other one does not."""
    stand.world.task(OTHER.replace("free", "spends") + SHOPIFY + OTHER + SHOPIFY)
    stand.world.probe.meanwhile["spends"] = lambda: stand.close_rest(60)
    stand.world.send()
    stand.work()
    assert stand.world.probe.performed == ["spends", "free"]
    assert shopify_states(stand) == [RunState.SCHEDULED, RunState.SCHEDULED]
    assert [run.attempt for run in stand.world.actions()] == [1, 0, 1, 0]
    stand.world.clock.advance(60)
    stand.work()
    assert shopify_states(stand) == [RunState.SUCCEEDED, RunState.SUCCEEDED]
    assert len(stand.shop.calls) == 2


def test_in_a_sequence_everything_behind_a_waiting_action_waits_with_it_and_keeps_its_order(stand: Stand) -> None:
    script = OTHER.replace("free", "first") + SHOPIFY + OTHER.replace("free", "last")
    stand.world.task(script, perform_action_runs_in_sequence=True)
    stand.world.probe.meanwhile["first"] = lambda: stand.close_rest(60)
    stand.world.send()
    stand.work()
    assert stand.world.probe.performed == ["first"]
    assert stand.shop.calls == []
    stand.world.clock.advance(60)
    stand.work()
    assert stand.world.probe.performed == ["first", "last"]
    assert len(stand.shop.calls) == 1
    performed = [told.run.seq for told in stand.world.told if isinstance(told, ActionPerformed)]
    assert performed == [0, 1, 2]


@pytest.mark.parametrize("width", [1, 4])
def test_more_waiting_actions_than_lanes_are_all_performed_in_the_end(
    make_world: Callable[..., World], width: int
) -> None:
    stand = Stand(make_world(), width)
    stand.world.task(OTHER.replace("free", "spends") + SHOPIFY * 30, perform_action_runs_in_sequence=False)
    stand.world.probe.meanwhile["spends"] = lambda: stand.close_rest(60)
    stand.world.send()
    stand.work()
    stand.world.clock.advance(60)
    stand.work()
    assert len(stand.shop.calls) == 30
    assert set(shopify_states(stand)) == {RunState.SUCCEEDED}
    assert not [run for run in stand.world.store.runs.all() if run.job_open]


def test_an_engine_of_one_thread_waits_itself(world: World) -> None:
    shop = Shop(Throttle(world.clock))
    shop.throttle.rest.settle({}, retry_after=45)
    world.client = shop
    world.task(SHOPIFY)
    world.reopened()
    before = world.clock.now()
    world.run()
    assert len(shop.calls) == 1
    assert world.clock.now() - before == timedelta(seconds=45)
