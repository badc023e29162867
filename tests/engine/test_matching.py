"""Which tasks answer, and when (engine.md 3.2 to 3.4, 8.1)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from runner.engine import EnabledTask
from runner.engine.matching import TaskBook, due_at, shop_zone
from runner.model.event import Event
from runner.model.run import RunKind, RunState
from runner.model.subscription import parse_subscription, parse_subscriptions
from runner.model.task import Task
from tests.engine.world import NOW, World, probes


def listening(name: str, *lines: str, enabled: bool = True) -> EnabledTask:
    task = Task.from_json({"name": name, "script": "", "subscriptions_template": ""})
    return EnabledTask(task, name, parse_subscriptions("\n".join(lines)), enabled=enabled)


def answers(event: Event, *tasks: EnabledTask) -> list[str]:
    return [f"{task.id} {subscription}" for task, subscription in TaskBook(tasks).matching(event)]


@pytest.mark.parametrize(
    ("topic", "lines", "matched"),
    [
        ("user/a/b", ["user/a/b"], ["t user/a/b"]),
        ("user/a/b", ["user/a/c", "user/a/bb", "user/aa/b"], []),
        ("user/a/b", ["user/a/b", "user/a/b"], ["t user/a/b"]),
        ("user/a/b", ["user/a/b+1.hour", "user/a/b+1.hours", "user/a/b"], ["t user/a/b+1.hour", "t user/a/b"]),
        ("user/a/b", ["user/a/b+1.day", "user/a/b+2.days"], ["t user/a/b+1.day", "t user/a/b+2.days"]),
        ("user/a/b", [], []),
    ],
)
def test_topics_match_exactly_and_each_distinct_offset_runs(topic: str, lines: list[str], matched: list[str]) -> None:
    assert answers(Event(topic), listening("t", *lines)) == matched


def test_a_disabled_task_does_not_answer() -> None:
    assert answers(Event("user/a/b"), listening("on", "user/a/b"), listening("off", "user/a/b", enabled=False)) == [
        "on user/a/b"
    ]


@pytest.mark.parametrize(
    ("targets", "matched"),
    [
        (None, ["one user/a/b", "two user/a/b"]),
        ({"two"}, ["two user/a/b"]),
        ({"two", "deaf", "unknown"}, ["two user/a/b"]),
        (set(), []),
    ],
)
def test_targets_restrict_who_answers_among_the_subscribed(targets: set[str] | None, matched: list[str]) -> None:
    event = Event("user/a/b", targets=None if targets is None else frozenset(targets))
    tasks = (listening("one", "user/a/b"), listening("two", "user/a/b"), listening("deaf", "user/x/y"))
    assert answers(event, *tasks) == matched


@pytest.mark.parametrize(
    ("topic", "data", "matched"),
    [
        ("mechanic/errors/task", {"task": {"id": "both"}}, ["reporter", "both"]),
        ("mechanic/errors/task", {"task": {"id": "another"}}, ["reporter"]),
        ("mechanic/errors/action", {"task": {"id": "both"}}, ["reporter", "both"]),
        ("mechanic/errors/event", {"event": {}}, ["reporter"]),
        ("mechanic/errors/event", None, ["reporter"]),
    ],
)
def test_error_events_reach_reporters_and_otherwise_their_own_task(topic: str, data: Any, matched: list[str]) -> None:
    lines = ["mechanic/errors/task", "mechanic/errors/action", "mechanic/errors/event"]
    tasks = (listening("reporter", *lines), listening("both", "user/a/b", *lines))
    assert [line.split()[0] for line in answers(Event(topic, data=data), *tasks)] == matched


@pytest.mark.parametrize(
    ("line", "event_due", "due"),
    [
        ("user/a/b", NOW, NOW),
        ("user/a/b+0.minutes", NOW, NOW),
        ("user/a/b+90.seconds", NOW, NOW + timedelta(seconds=90)),
        ("user/a/b+1.hour", NOW - timedelta(minutes=10), NOW + timedelta(minutes=50)),
        ("user/a/b+1.hour", NOW - timedelta(days=1), NOW),
        # New York leaves winter time on 8 March 2026: four days later by its wall clock is an hour less.
        ("user/a/b+4.days", NOW, NOW + timedelta(days=4, hours=-1)),
        ("user/a/b+96.hours", NOW, NOW + timedelta(days=4)),
        ("user/a/b+1.month", datetime(2026, 3, 31, 12, tzinfo=UTC), datetime(2026, 4, 30, 12, tzinfo=UTC)),
    ],
)
def test_offsets_count_from_the_event_runs_due_time_in_shop_time(line: str, event_due: datetime, due: datetime) -> None:
    zone = shop_zone({"iana_timezone": "America/New_York"})
    assert due_at(parse_subscription(line), event_due, NOW, zone) == due


@pytest.mark.parametrize(
    "record", [{"iana_timezone": "America"}, {}, {"iana_timezone": None}, {"iana_timezone": "Mars/Olympus"}]
)
def test_a_shop_without_a_known_zone_is_in_utc(record: dict[str, Any]) -> None:
    assert NOW.astimezone(shop_zone(record)).utcoffset() == timedelta(0)


def test_each_offset_runs_at_its_time_and_the_script_cannot_tell(world: World) -> None:
    world.task("{% log event.topic %}", "user/a/b+1.hour\nuser/a/b\nuser/a/b+30.minutes")
    world.run()
    world.engine.drain(advance=True)
    runs = world.runs(RunKind.TASK)
    assert sorted((run.started_at - NOW).total_seconds() for run in runs if run.started_at) == [0, 1800, 3600]
    assert world.logs() == ["user/a/b"] * 3


def test_an_offset_beyond_all_calendars_fails_the_event_run(world: World) -> None:
    world.task(probes(["x"]), "user/a/b+9999.years")
    world.run()
    (run,) = world.runs(RunKind.EVENT)
    assert (run.state, run.attempt) == (RunState.FAILED, 1)
    assert "9999" in str(run.error)


def test_a_task_prepares_its_subscriptions_with_its_options() -> None:
    template = "user/a/b+{{ options.wait__number }}.{{ options.unit }}"
    task = Task.from_json(
        {"name": "t", "script": "", "options": {"wait__number": 5, "unit": "days"}, "subscriptions_template": template}
    )
    assert [str(line) for line in EnabledTask.prepare(task).subscriptions] == ["user/a/b+5.days"]
    other = EnabledTask.prepare(task, options={"wait__number": 1, "unit": "hour"})
    assert [str(line) for line in other.subscriptions] == ["user/a/b+1.hour"]
    assert other.id == EnabledTask.prepare(task).id
