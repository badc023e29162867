"""Whatever fails, dies or is delivered twice, in whatever order: nothing is lost, nothing local is done twice."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runner.actions import ACTION_TYPES
from runner.clock import FixedClock
from runner.model.event import Event
from runner.model.run import RunKind
from runner.store import Store
from tests.engine.world import DOMAIN, LATER, NEVER, NOW, Killed, ProbeAction, World

ENDINGS = st.sampled_from(["good", "later", "never", "killed", "fault"])
ACTIONS = st.one_of(st.sampled_from(["count", "child"]), st.lists(ENDINGS, max_size=6).map(tuple))
DELIVERIES = st.lists(st.integers(0, 4), min_size=1, max_size=8)

SCRIPT = """
{% if event.topic == "user/a/b" %}
  {% for action in event.data.actions %}
    {% if action == "count" %}{% action "cache", "incr", "parents" %}
    {% elsif action == "child" %}{% action "event", topic: "user/c/d" %}
    {% else %}{% action "probe", action %}{% endif %}
  {% endfor %}
{% else %}
  {% action "cache", "incr", "children" %}
{% endif %}
"""


def ending(name: str) -> Any:
    return {"later": LATER, "never": NEVER, "killed": Killed(), "fault": ZeroDivisionError("x")}.get(name)


def script_probes(probe: ProbeAction, actions: list[Any]) -> list[str]:
    """Names the probe actions, and tells the probe how their attempts end."""
    names = []
    for number, action in enumerate(actions):
        if isinstance(action, str):
            names.append(action)
            continue
        name = f"probe-{number}"
        names.append(name)
        probe.endings[name] = [found for each in action if (found := ending(each)) is not None]
    return names


def work(world: World, *, restart: bool) -> None:
    """Drains to the end through any number of deaths; the next process takes over, or the same goes on."""
    while True:
        try:
            world.engine.drain(advance=True)
            return
        except Killed:
            if restart:
                world.reopened()
                world.engine.recover()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    actions=st.lists(ACTIONS, max_size=6),
    deliveries=DELIVERIES,
    sequence=st.booleans(),
    halt=st.booleans(),
    restart=st.booleans(),
    again=st.booleans(),
)
def test_every_event_comes_to_its_end_and_local_actions_happen_exactly_once(
    actions: list[Any], deliveries: list[int], sequence: bool, halt: bool, restart: bool, again: bool
) -> None:
    clock = FixedClock(NOW)
    with Store(clock=clock) as store:
        world = World(store, clock, probe := ProbeAction(again=again), types=None)
        names = script_probes(probe, actions)
        flags = {"perform_action_runs_in_sequence": sequence, "halt_action_run_sequence_on_error": halt}
        world.task(SCRIPT, "user/a/b\nuser/c/d", **flags)
        for delivery in deliveries:
            world.engine.accept(Event("user/a/b", data={"actions": names}), dedupe=str(delivery))
        work(world, restart=restart)

        runs = store.runs.all()
        events = set(deliveries)
        assert all(run.state.final and not run.job_open for run in runs)
        assert world.topics().count("user/a/b") == len(events)
        made = world.runs(RunKind.ACTION, "user/a/b")
        assert len(made) == len(events) * len(names)
        assert all(run.attempt <= 6 for run in runs)

        done = [run for run in made if run.ok]
        counted = sum(1 for run in done if run.payload["type"] == "cache")
        children = sum(1 for run in done if run.payload["type"] == "event")
        assert dict(store.cache.items(DOMAIN)).get("parents", 0) == counted
        assert dict(store.cache.items(DOMAIN)).get("children", 0) == children
        assert world.topics().count("user/c/d") == children
        if not (sequence and halt):
            assert counted == len(events) * names.count("count")
            assert children == len(events) * names.count("child")


@settings(max_examples=25, deadline=None)
@given(steps=st.lists(st.sampled_from(["accept", "step", "again", "restart", "later"]), max_size=25))
def test_any_interleaving_of_deliveries_steps_and_restarts_does_each_event_once(steps: list[str]) -> None:
    clock = FixedClock(NOW)
    with Store(clock=clock) as store:
        world = World(store, clock, ProbeAction(), types=ACTION_TYPES)
        world.task('{% action "cache", "incr", "n" %}', "user/a/b\nuser/a/b+1.minute")
        accepted = 0
        for step in steps:
            if step == "accept":
                accepted += world.engine.accept(Event("user/a/b"), dedupe=str(accepted)) is not None
            elif step == "again":
                world.engine.accept(Event("user/a/b"), dedupe=str(max(0, accepted - 1)))
                accepted = max(accepted, 1)
            elif step == "restart":
                world.reopened()
                world.engine.recover()
            elif step == "later":
                clock.advance(45)
            else:
                world.engine.step()
        world.engine.drain(advance=True)
        assert dict(store.cache.items(DOMAIN)).get("n", 0) == 2 * accepted
