"""Event → event run → task runs → action runs → child events (engine.md 1 and 4, actions.md 1.4)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from runner.clock import iso_utc
from runner.engine import EnabledTask
from runner.engine.observe import ActionPerformed, EventDuplicate
from runner.errors import ConfigError, InputError
from runner.model.event import Event
from runner.model.run import RunKind, RunState
from runner.model.task import Task
from tests.engine.world import LATER, NEVER, NOW, World, probes

WRITES_AND_CALLS = """
  {% if event.topic == "user/a/b" %}
    {% action "event", topic: "user/next/step" %}
    {% action "cache", "set", "k", "written" %}
    {% log cache.k %}
  {% else %}
    {% log cache.k %}
  {% endif %}
"""


def test_an_event_becomes_one_run_of_each_kind(world: World) -> None:
    world.task('{% action "echo", n: event.data.n %}{% log event.id %}')
    event_id = world.run(data={"n": 5})
    runs = world.store.runs.of_event(event_id)
    assert [(run.kind, run.state, run.attempt) for run in runs] == [
        (RunKind.EVENT, RunState.SUCCEEDED, 1),
        (RunKind.TASK, RunState.SUCCEEDED, 1),
        (RunKind.ACTION, RunState.SUCCEEDED, 1),
    ]
    assert [run.parent_id for run in runs] == [None, runs[0].id, runs[1].id]
    assert runs[2].result == {"n": 5}
    assert world.logs() == [event_id]


def test_an_event_nobody_wants_is_kept_and_makes_no_task_runs(world: World) -> None:
    world.task(probes("x"))
    event_id = world.run("user/other/topic")
    assert [run.kind for run in world.store.runs.of_event(event_id)] == [RunKind.EVENT]


def test_a_task_never_sees_its_own_actions_but_the_run_its_event_starts_does(world: World) -> None:
    """auto-sort-collections-by-product-properties relies on actions going before events (engine.md 4.1)."""
    world.task(WRITES_AND_CALLS, "user/a/b\nuser/next/step")
    world.run()
    assert world.logs("user/a/b") == [None]
    assert world.logs("user/next/step") == ["written"]


def test_actions_go_before_tasks_and_tasks_before_events(world: World) -> None:
    world.task(probes(["x"]), name="one")
    world.task(probes(["y"]), "user/a/b+30.seconds", name="two")
    world.probe.endings["x"] = [LATER]
    world.send(run_at=NOW + timedelta(seconds=30))
    world.run()
    world.clock.advance(30)
    order: list[str] = []
    known: set[str] = {run.id for run in world.store.runs.all() if run.state.final}
    while world.engine.step():
        ended = [run for run in world.store.runs.all() if run.state.final and run.id not in known]
        known.update(run.id for run in ended)
        order.append(ended[0].kind.value)
    assert order[:3] == ["action", "task", "event"]


def test_the_same_delivery_is_accepted_once(world: World) -> None:
    world.task(probes("x"))
    first = world.engine.accept(Event("user/a/b"), dedupe="orders/create 123")
    second = world.engine.accept(Event("user/a/b", data="again"), dedupe="orders/create 123")
    third = world.engine.accept(Event("user/a/b"), dedupe="orders/create 124")
    world.engine.drain()
    assert first is not None
    assert second is None
    assert third not in (None, first)
    assert world.probe.performed == ["x", "x"]
    assert [told for told in world.told if isinstance(told, EventDuplicate)]


def test_the_id_of_a_named_delivery_follows_from_its_name(make_world: Callable[..., World]) -> None:
    ids = {make_world().engine.accept(Event("user/a/b", data=n), dedupe="webhook-1") for n in range(3)}
    assert len(ids) == 1


def test_an_event_keeps_the_id_and_time_it_brings(world: World) -> None:
    world.task("{% log event.id, event.created_at, event.preview, event.source %}")
    assert world.run(id="mine", created_at="2026-01-01T00:00:00Z", source="shopify") == "mine"
    assert world.logs() == [["mine", "2026-01-01T00:00:00.000Z", None, "shopify"]]
    assert world.engine.accept(Event("user/a/b", id="mine")) is None


@pytest.mark.parametrize(
    ("event", "says"),
    [
        (Event("user/a/b", preview=True), "preview"),
        (Event(""), "no topic"),
        (Event("user/a/b", data=float("nan")), "not JSON"),
        (Event("user/a/b", created_at="noon"), "created_at"),
    ],
)
def test_events_that_cannot_be_processed_are_refused(event: Event, says: str, world: World) -> None:
    with pytest.raises(InputError, match=says):
        world.engine.accept(event)
    assert world.store.events.count() == 0
    assert world.store.runs.all() == ()


def test_a_delayed_event_is_matched_with_the_tasks_of_its_due_time(world: World) -> None:
    world.task(probes(["old"]), name="old")
    world.send(run_at=NOW + timedelta(days=30))
    assert world.engine.drain().later == 1
    world.tasks.clear()
    world.task(probes(["new"]), name="new")
    counts = world.engine.drain(advance=True)
    assert world.probe.performed == ["new"]
    assert (counts.later, counts.next_at) == (0, None)
    assert world.clock.now() == NOW + timedelta(days=30)


def test_a_task_run_uses_the_code_of_the_moment_it_is_performed(world: World) -> None:
    world.task(probes(["old"]), "user/a/b+1.hour")
    world.run()
    world.task(probes(["new"]), "user/a/b+1.hour")
    world.engine.drain(advance=True)
    assert world.probe.performed == ["new"]


@pytest.mark.parametrize("enabled", [False, None])
def test_runs_of_a_disabled_or_deleted_task_fail_at_once(enabled: bool | None, world: World) -> None:
    world.task(probes(["x"]), "user/a/b+1.hour")
    world.run()
    if enabled is None:
        world.engine.use([])
    else:
        world.task(probes(["x"]), "user/a/b+1.hour", enabled=False)
    world.engine.drain(advance=True)
    (run,) = world.runs(RunKind.TASK)
    assert (run.state, run.attempt) == (RunState.FAILED, 1)
    assert "disabled or gone" in str(run.error)
    assert world.probe.performed == []


def test_an_action_of_a_task_disabled_meanwhile_fails_at_once(world: World) -> None:
    world.task(probes(["x", "y"]))
    world.probe.endings["x"] = [LATER]
    world.probe.meanwhile["y"] = lambda: world.engine.use([])
    world.run()
    world.engine.drain(advance=True)
    assert world.states() == [RunState.FAILED, RunState.SUCCEEDED]
    assert world.actions()[0].failure["code"] == "task.disabled"
    assert world.probe.performed == ["x", "y"]


def test_an_action_keeps_its_frozen_options_when_the_task_changes(world: World) -> None:
    world.task(probes(["old"]))
    world.probe.endings["old"] = [LATER]
    world.run()
    world.task(probes(["new"]))
    world.engine.drain(advance=True)
    assert world.probe.performed == ["old", "old"]


def test_an_error_object_drops_all_actions_and_keeps_the_logs(world: World) -> None:
    world.task('{% log "before" %}{% action "echo", 1 %}{% error "Pick one." %}{% log "after" %}{% error "Second." %}')
    world.run()
    (run,) = world.runs(RunKind.TASK)
    assert (run.state, run.error, run.attempt) == (RunState.FAILED, "Pick one.", 1)
    assert run.result["logs"] == ["before", "after"]
    assert world.actions() == []


def test_a_script_that_fails_ends_the_run_with_its_place(world: World) -> None:
    world.task('{% log "x" %}\n{{ "plain text" }}')
    world.run()
    (run,) = world.runs(RunKind.TASK)
    assert run.state is RunState.FAILED
    assert run.failure is not None
    assert "code" in run.failure
    assert world.actions() == []


@pytest.mark.parametrize(
    ("action", "says"),
    [
        ('{% action "shopfy" %}{}{% endaction %}', 'no action type "shopfy"'),
        ('{% action "google_sheets" %}{"to": "x"}{% endaction %}', '"account" is missing'),
        ('{% action "cache", "set", "k" %}', "takes 2 arguments"),
        ('{% action "shopify" %}mutation { a }{% endaction %}', "no shop is configured"),
    ],
)
def test_an_action_that_cannot_be_performed_fails_alone(action: str, says: str, world: World) -> None:
    world.task(action + probes(["next"]))
    world.run()
    first, second = world.actions()
    assert (first.state, first.attempt, first.result) == (RunState.FAILED, 1, None)
    assert says in str(first.error)
    assert second.state is RunState.SUCCEEDED
    assert world.runs(RunKind.TASK)[0].state is RunState.SUCCEEDED


def test_an_action_that_raises_unexpectedly_fails_alone(world: World, caplog: pytest.LogCaptureFixture) -> None:
    world.probe.endings["bad"] = [ZeroDivisionError("by nothing")]
    world.task(probes(["bad", "good"]))
    world.run()
    first, second = world.actions()
    assert (first.state, second.state) == (RunState.FAILED, RunState.SUCCEEDED)
    assert first.error == "fault of the engine: ZeroDivisionError: by nothing"
    assert "fault of the engine" in caplog.text


def test_a_failed_action_keeps_the_answer_for_people_and_shows_tasks_none(world: World) -> None:
    world.probe.endings["x"] = [NEVER]
    world.task(probes(["x"]))
    world.run()
    (run,) = world.actions()
    assert (run.result, run.response) == (None, {"said": "no"})
    assert run.to_record()["result"] is None


def test_the_record_of_a_run_has_the_documented_keys(world: World) -> None:
    world.task(probes(["x"]))
    world.run()
    record = world.actions()[0].to_record()
    moment = iso_utc(NOW)
    assert record.pop("id")
    assert record == {
        "ok": True,
        "result": "x",
        "error": None,
        "result_meta": {
            "shopify_admin_graphql_api_cost": 0,
            "shopify_admin_graphql_api_requests_count": 0,
            "shopify_admin_rest_api_requests_count": 0,
            "shopify_admin_api_time_ms": 0.0,
        },
        "attempts": 1,
        "run_at": moment,
        "enqueued_at": moment,
        "started_at": moment,
        "stopped_at": moment,
        "elapsed_time_ms": 0,
    }


def test_two_tasks_with_one_id_are_refused(world: World) -> None:
    task = Task.from_json({"name": "A", "script": "", "subscriptions_template": ""})
    other = Task.from_json({"name": "B", "script": "", "subscriptions_template": ""})
    with pytest.raises(ConfigError, match='"A" and "B"'):
        world.engine.use([EnabledTask(task, "same", ()), EnabledTask(other, "same", ())])


def test_the_task_sees_its_id_name_and_creation(world: World) -> None:
    world.task("{% log task.id, task.name, task.created_at %}", name="mine", created_at=NOW)
    world.run()
    assert world.logs() == [["mine", "mine", "2026-03-04T20:06:07.000Z"]]


def test_what_happens_is_told_in_order(world: World) -> None:
    world.task('{% action "echo", 1 %}{% action "echo", __error: "x" %}')
    world.run()
    assert world.heard() == [
        "EventAccepted",
        "EventMatched",
        "TaskRunStarted",
        "TaskRunRendered",
        "ActionStarted",
        "ActionPerformed",
        "ActionStarted",
        "RunFailed",
    ]
    performed = next(told for told in world.told if isinstance(told, ActionPerformed))
    assert (performed.run.state, performed.outcome.result, performed.action.type) == (RunState.SUCCEEDED, 1, "echo")


def test_counts_say_what_a_drain_did(world: World) -> None:
    world.task('{% action "echo", 1 %}{% action "echo", __error: "x" %}')
    world.send()
    world.send("user/none/here")
    counts = world.engine.drain()
    assert (counts.events, counts.tasks, counts.actions, counts.failed, counts.retried) == (2, 1, 1, 1, 0)


def test_the_same_inputs_give_the_same_records(make_world: Callable[..., World]) -> None:
    def records() -> list[object]:
        world = make_world()
        world.task(WRITES_AND_CALLS, "user/a/b\nuser/next/step\nmechanic/actions/perform")
        world.run(dedupe="one")
        return [*world.store.runs.all(), *world.store.events.all()]

    assert records() == records()
