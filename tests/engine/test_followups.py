"""Events that runs make (actions.md 1.7, 3.4, engine.md 1.6, 8.1)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from runner.model.run import RunKind, RunState
from tests.engine.world import LATER, NEVER, NOW, World, probes

PERFORM = "mechanic/actions/perform"
ON_EVENT = '{% if event.topic == "user/a/b" %}'
TELL = "{% else %}{% log topic: event.topic, data: event.data %}{% endif %}"


def answering(world: World, action: str, subscriptions: str = f"user/a/b\n{PERFORM}", name: str = "task") -> None:
    """A task that acts on user/a/b and logs whatever else it hears."""
    world.task(ON_EVENT + action + TELL, subscriptions, name=name)


# --- mechanic/actions/perform ---------------------------------------------------------------------------------------


def test_the_declaring_task_hears_of_its_performed_action(world: World) -> None:
    answering(world, '{% action "cache", "incr", "n", __meta: "m" %}'.replace(', __meta: "m"', ""))
    event_id = world.run()
    (run,) = world.actions()
    assert world.logs(PERFORM) == [
        {
            "topic": PERFORM,
            "data": {"type": "cache", "options": ["incr", "n"], "meta": None, "run": run.to_record()},
        }
    ]
    (child,) = world.store.events.children(event_id)
    assert (child.source, child.targets) == ("action_perform", frozenset({"task"}))


def test_meta_comes_back_and_the_parent_is_the_declaring_event(world: World) -> None:
    world.task(
        ON_EVENT
        + '{% action "probe", __meta: 7 %}"x"{% endaction %}{% else %}'
        + "{% log action.meta, event.parent.data.email, event.parent.parent %}{% endif %}",
        f"user/a/b\n{PERFORM}",
    )
    world.run(data={"email": "a@b.c"})
    assert world.logs(PERFORM) == [[7, "a@b.c", None]]


def test_a_failed_action_is_announced_once_after_its_last_attempt(world: World) -> None:
    world.probe.endings["x"] = [LATER] * 5
    answering(world, probes(["x"]))
    world.run()
    assert world.logs(PERFORM) == []
    world.engine.drain(advance=True)
    (log,) = world.logs(PERFORM)
    run = log["data"]["run"]
    assert (run["ok"], run["error"], run["attempts"], run["result"]) == (False, "busy", 5, None)


@pytest.mark.parametrize(
    ("action", "subscriptions", "heard"),
    [
        (probes(["x"]), f"user/a/b\n{PERFORM}", 1),
        (probes(["x"]), "user/a/b", 0),
        ('{% action "echo", 1 %}', f"user/a/b\n{PERFORM}", 0),
        ('{% action "echo", __error: "x" %}', f"user/a/b\n{PERFORM}", 0),
        ('{% action "probe", __perform_event: false %}"x"{% endaction %}', f"user/a/b\n{PERFORM}", 0),
        ('{% action "nonsense", 1 %}', f"user/a/b\n{PERFORM}", 1),
    ],
)
def test_which_actions_are_announced(action: str, subscriptions: str, heard: int, world: World) -> None:
    answering(world, action, subscriptions)
    world.task("{% log event.topic %}", PERFORM, name="a stranger hears nothing")
    world.run()
    assert world.topics().count(PERFORM) == heard
    assert len(world.runs(RunKind.TASK, PERFORM)) == heard


def test_offsets_apply_to_performed_actions_too(world: World) -> None:
    answering(world, probes(["x"]), f"user/a/b\n{PERFORM}+1.hour")
    world.run()
    (run,) = world.runs(RunKind.TASK, PERFORM)
    assert run.run_at == NOW + timedelta(hours=1)


# --- events of Event actions ----------------------------------------------------------------------------------------


def test_an_event_action_makes_a_child_with_data_source_and_parent(world: World) -> None:
    answering(world, '{% action "event", topic: "user/c/d", data: event.data %}', "user/a/b\nuser/c/d")
    event_id = world.run(data={"n": 1})
    (child,) = world.store.events.children(event_id)
    assert (child.topic, child.data, child.source, child.targets) == ("user/c/d", {"n": 1}, "event_action", None)
    assert world.actions()[0].result["event_id"] == child.id
    assert world.logs("user/c/d") == [{"topic": "user/c/d", "data": {"n": 1}}]


def test_a_scheduled_child_waits_for_its_time(world: World) -> None:
    at = int((NOW + timedelta(days=365)).timestamp())
    answering(world, f'{{% action "event", topic: "user/c/d", run_at: "{at}" %}}', "user/a/b\nuser/c/d")
    world.run()
    assert world.logs("user/c/d") == []
    assert world.engine.drain(NOW + timedelta(days=364), advance=True).next_at == NOW + timedelta(days=365)
    world.engine.drain(NOW + timedelta(days=365), advance=True)
    assert len(world.logs("user/c/d")) == 1


@pytest.mark.parametrize(
    ("given", "answered"),
    [("", ["task", "two"]), (', task_id: "two"', ["two"]), (', task_id: "deaf"', []), (', task_id: "unknown"', [])],
)
def test_a_child_may_be_for_some_tasks_only(given: str, answered: list[str], world: World) -> None:
    answering(world, f'{{% action "event", topic: "user/c/d"{given} %}}', "user/a/b\nuser/c/d")
    world.task("", "user/c/d", name="two")
    world.task("", "user/x/y", name="deaf")
    world.run()
    assert [run.task_id for run in world.runs(RunKind.TASK, "user/c/d")] == answered


def test_five_generations_of_parents_are_visible(world: World) -> None:
    world.task(
        "{% log event.data, event.parent.parent.parent.parent.parent.data,"
        " event.parent.parent.parent.parent.parent.parent %}"
        "{% if event.data < 7 %}{% assign next = event.data | plus: 1 %}"
        '{% action "event", topic: "user/a/b", data: next %}{% endif %}'
    )
    world.run(data=0)
    assert world.logs()[5:] == [[5, 0, None], [6, 1, None], [7, 2, None]]


# --- mechanic/errors/* ----------------------------------------------------------------------------------------------


def reporter(world: World, script: str = "{% log error %}") -> None:
    world.task(script, "mechanic/errors/event\nmechanic/errors/task\nmechanic/errors/action", name="reporter")


def test_a_failed_action_is_reported_with_event_task_and_action(world: World) -> None:
    world.probe.endings["x"] = [NEVER]
    world.task(probes(["x"]), name="broken", options={"a": 1}, docs="What it does.")
    reporter(world)
    event_id = world.run(data={"secret": 1})
    (error,) = world.logs("mechanic/errors/action")
    assert error["message"] == "refused"
    assert (error["event"]["id"], error["event"]["topic"]) == (event_id, "user/a/b")
    assert "data" not in error["event"]
    assert error["event"]["run"]["ok"] is True
    assert error["action"] == {"type": "probe", "options": "x", "meta": None, "run": world.actions()[0].to_record()}
    task = error["task"]
    assert (task["id"], task["name"], task["docs"], task["options"]) == ("broken", "broken", "What it does.", {"a": 1})
    assert (task["subscriptions"], task["event_topics"], task["enabled"]) == (["user/a/b"], ["user/a/b"], True)
    assert task["run"]["ok"] is True
    assert "result" not in task["run"]


def test_a_failed_task_is_reported_with_its_run(world: World) -> None:
    world.task('{% error "Pick one." %}', name="broken")
    reporter(world)
    world.run()
    (error,) = world.logs("mechanic/errors/task")
    assert (error["message"], error["task"]["id"], error["task"]["run"]["ok"]) == ("Pick one.", "broken", False)
    assert "action" not in error


def test_a_failed_event_is_reported_without_a_task(world: World) -> None:
    world.task("", "user/a/b+9999.years", name="broken")
    reporter(world)
    world.run()
    (error,) = world.logs("mechanic/errors/event")
    assert "9999" in error["message"]
    assert "task" not in error


def test_errors_are_reported_once_after_the_last_attempt(world: World) -> None:
    world.probe.endings["x"] = [LATER] * 5
    world.task(probes(["x"]))
    reporter(world)
    world.run()
    assert "mechanic/errors/action" not in world.topics()
    world.engine.drain(advance=True)
    assert world.topics().count("mechanic/errors/action") == 1


def test_an_error_nobody_listens_to_makes_no_event(world: World) -> None:
    world.task('{% error "x" %}')
    world.task("", "user/x/y\nmechanic/errors/task", name="hears its own errors only")
    world.run()
    assert world.topics() == ["user/a/b"]


def test_an_echo_error_is_reported_and_not_announced(world: World) -> None:
    answering(world, '{% action "echo", __error: "No stock." %}')
    reporter(world)
    world.run()
    assert world.topics() == ["user/a/b", "mechanic/errors/action"]
    assert world.logs("mechanic/errors/action")[0]["message"] == "No stock."


@pytest.mark.parametrize(
    "script",
    [
        '{% error "the reporter is broken, too" %}',
        '{% action "echo", __error: "broken" %}',
        '{% action "event", topic: "user/reports/made" %}',
    ],
)
def test_a_failing_reporter_does_not_report_itself(script: str, world: World) -> None:
    world.task('{% error "x" %}')
    reporter(world, script)
    world.task('{% error "the child of a report fails" %}', "user/reports/made", name="child")
    world.run()
    errors = [topic for topic in world.topics() if topic.startswith("mechanic/errors/")]
    assert errors == ["mechanic/errors/task"]


def test_a_child_event_comes_with_the_end_of_its_run_or_not_at_all(world: World) -> None:
    """The claim is lost while the action is performed: neither its end nor its events are written."""
    answering(world, probes(["x"]))

    def taken_over() -> None:
        world.engine.recover()
        world.probe.endings["x"] = [LATER]
        world.engine.step()

    world.probe.meanwhile["x"] = taken_over
    world.send()
    assert world.engine.step()
    assert world.states() == [RunState.SCHEDULED]
    assert world.topics() == ["user/a/b"]
    world.engine.drain(advance=True)
    assert world.states() == [RunState.SUCCEEDED]
    assert world.topics() == ["user/a/b", PERFORM]
