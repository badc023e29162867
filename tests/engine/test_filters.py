"""Event filters (engine.md 3.5)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from runner.engine import EventFilter
from runner.engine.observe import EventSkipped
from runner.errors import LiquidError
from runner.model.run import RunKind, RunState
from tests.engine.world import DOMAIN, NOW, World

LOG = "{% log event.topic %}"


def filtered(world: World, template: str, name: str = "quiet") -> None:
    world.engine.use_filters([EventFilter(name, template)])


@pytest.mark.parametrize(
    ("template", "stops"),
    [
        ("false", True),
        ("\n  {{ false }} \n", True),
        ("", False),
        ("true", False),
        ("falsehood", False),
        ("False", False),
        ("{% if event.topic == 'user/a/b' %}false{% endif %}", True),
        ("{% if event.topic == 'user/a/c' %}false{% endif %}", False),
        ("{% if event.data.n == 3 %}false{% endif %}", True),
        ("{% if event.preview != nil %}false{% endif %}", False),
        ("{% if shop.myshopify_domain == 'prints.myshopify.com' %}false{% endif %}", True),
        ("{{ cache.flag }}", True),
        ("{% if task != nil or options != nil or secrets != nil %}false{% endif %}", False),
    ],
)
def test_only_the_word_false_stops_an_event(world: World, template: str, stops: bool) -> None:
    world.task(LOG)
    world.store.cache.put(DOMAIN, "flag", "false", 60)
    filtered(world, template)
    world.run(data={"n": 3})
    assert len(world.runs(RunKind.TASK)) == (0 if stops else 1)


def test_a_stopped_event_succeeds_and_names_its_filter(world: World) -> None:
    world.task(LOG)
    world.engine.use_filters([EventFilter("open", "true"), EventFilter("shut", "false")])
    world.run()
    (run,) = world.runs(RunKind.EVENT)
    assert (run.state, run.response) == (RunState.SUCCEEDED, {"skipped_by": "shut"})
    assert [each.name for each in world.told if isinstance(each, EventSkipped)] == ["shut"]


def test_a_filter_judges_the_events_that_wait_already(world: World) -> None:
    world.task(LOG)
    world.send(run_at=NOW + timedelta(hours=1))
    filtered(world, "false")
    world.engine.drain(advance=True)
    assert [run.state for run in world.runs(RunKind.EVENT)] == [RunState.SUCCEEDED]
    assert world.runs(RunKind.TASK) == []


@pytest.mark.parametrize(
    "template", ["{% if %}", "{% error 'no' %}{{ 'x' | unheard: }}", "{% for i in (1..1000000000) %}.{% endfor %}"]
)
def test_a_filter_that_fails_fails_the_event_run_and_tells_the_reporter(world: World, template: str) -> None:
    world.task(LOG)
    world.task("{% log error.message %}", "mechanic/errors/event", name="reporter")
    filtered(world, template, "broken")
    world.run()
    first, second = world.runs(RunKind.EVENT)
    assert (first.state, second.state) == (RunState.FAILED, RunState.SUCCEEDED)
    (said,) = world.logs("mechanic/errors/event")
    assert said == first.error
    assert world.runs(RunKind.TASK, "user/a/b") == []


def test_a_filter_may_stop_error_events_too(world: World) -> None:
    world.task("{% error 'no' %}")
    world.task(LOG, "mechanic/errors/task", name="reporter")
    filtered(world, "{% if event.topic contains 'errors' %}false{% endif %}")
    world.run()
    assert world.logs("mechanic/errors/task") == []


def test_a_template_can_be_checked_before_it_is_used() -> None:
    EventFilter("fine", "{{ event.topic }}").check()
    with pytest.raises(LiquidError) as caught:
        EventFilter("broken", "{% if %}").check()
    assert 'event filter "broken"' in str(caught.value)
