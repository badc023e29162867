"""What is measured of a project: its cases, the events its tasks define, and samples (tooling.md 6, coverage)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from runner.coverage.measuring import measure
from runner.coverage.report import TaskCoverage, cover
from runner.liquid.render import render
from runner.model.event import Event
from runner.project import load_task
from runner.testing.fixtures import read_case
from runner.testing.play import play
from runner.testing.tracing import Tracing
from tests.architecture.sources import ROOT


@pytest.fixture
def home(tmp_path: Path) -> Path:
    for name in ("tasks", "fixtures/mine"):
        (tmp_path / name).mkdir(parents=True)
    return tmp_path


def write(home: Path, script: str, handle: str = "mine", **more: Any) -> Path:
    file = home / "tasks" / f"{handle}.json"
    document = {"name": handle, "script": script, "subscriptions_template": "user/a/b\nuser/c/d", "options": {}, **more}
    file.write_text(json.dumps(document))
    return file


def sample(topic: str) -> Event | None:
    return Event(topic, f"sample of {topic}")


def measured(home: Path, *files: Path, cases: tuple[str, ...] = ()) -> list[TaskCoverage]:
    tracing = Tracing()
    for name in cases:
        play(read_case(home / "fixtures" / f"{name}.yml"), watch=tracing.of(name, "case"))
    return measure(home, files, tracing, sample=sample)


def test_topics_without_a_defined_event_are_previewed_with_samples(home: Path) -> None:
    definition = {"description": "", "event_attributes": {"topic": "user/a/b", "data": 1}}
    script = (
        '{% if event.data == "sample of user/a/b" %}{% endif %}{% if event.data == "sample of user/c/d" %}{% endif %}'
    )
    (found,) = measured(home, write(home, script, preview_event_definitions=[definition]))
    assert [(gap.label, gap.lack) for gap in found.gaps] == [
        ('if event.data == "sample of user/a/b"', "never true"),
        ('if event.data == "sample of user/c/d"', "never false"),
    ]
    assert found.topics == {"user/a/b": (0, 0), "user/c/d": (1, 0)}


def test_each_rendering_that_a_performed_case_leads_to_counts(home: Path) -> None:
    """The task answers the event that its own action makes."""
    script = """{% if event.topic == "user/a/b" %}
{% action "event", topic: "user/c/d", data: 5 %}
{% elsif event.data == 5 %}
{% log "again" %}
{% endif %}"""
    file = write(home, script)
    (home / "fixtures/mine/one.yml").write_text("shop: prints\nevent: {topic: user/a/b}\nperform: true\n")
    (found,) = measured(home, file, cases=("mine/one",))
    assert found.by_live.entered == found.by_live.all - 1
    assert found.topics == {"user/a/b": (1, 1), "user/c/d": (1, 1)}
    assert found.silent_topics == []


def test_cases_count_for_the_task_that_they_name(home: Path) -> None:
    file, other = write(home, "{{ event.data }}"), write(home, "{{ event.data }}", "other")
    (home / "fixtures/mine/one.yml").write_text("task: other\nevent: {topic: user/a/b}\n")
    found = {each.handle: each.cases for each in measured(home, file, other, cases=("mine/one",))}
    assert found == {"mine": 0, "other": 1}


def test_hints_name_the_folder_in_which_the_cases_of_a_task_are(home: Path) -> None:
    file = write(home, "{% if event.data %}{% endif %}", "other", subscriptions_template="user/a/b")
    (found,) = measured(home, file)
    assert "fixtures/other/" in found.gaps[0].hint
    (home / "fixtures/mine/one.yml").write_text("task: other\nevent: {topic: user/a/b, data: 1}\n")
    (found,) = measured(home, file, cases=("mine/one",))
    assert "fixtures/mine/" in found.gaps[0].hint


def test_the_least_covered_come_first(home: Path) -> None:
    files = [write(home, "{% if nil %}{% log 1 %}{% endif %}"), write(home, "{% log 1 %}", "other")]
    assert [each.handle for each in measured(home, *files)] == ["mine", "other"]


@pytest.mark.parametrize(
    ("script", "more", "note"),
    [
        ("{{ 1 | divided_by: 0 }}", {}, "the preview of user/a/b fails: "),
        ("{% log 1 %}", {"subscriptions_template": ""}, "subscribes to nothing"),
        ("{% log 1 %}", {"subscriptions_template": "{% if %}"}, "subscribes to nothing"),
    ],
)
def test_why_previews_render_less_is_noted(home: Path, script: str, more: dict[str, Any], note: str) -> None:
    (found,) = measured(home, write(home, script, **more))
    assert note in found.notes[0]


@pytest.mark.parametrize("path", [*(ROOT / "tasks").glob("*.json"), *(ROOT / "fixtures/_tasks").iterdir()], ids=str)
def test_all_that_renders_is_known_beforehand(path: Path) -> None:
    """Tags and ways that a rendering takes are among the places of the script; else they could never be missing."""
    task = load_task(path)
    tracing = Tracing()
    for topic in ("mechanic/user/trigger", *(each.partition("+")[0] for each in task.subscriptions)):
        for event in (Event(topic, {}), Event(topic, {}, preview=True)):
            render(task, event, profile=tracing.of(topic, "case")(task, event))
    found = cover("x", task, (), tracing.traced)
    assert found.entered
    unknown = found.entered - {(spot.tag, spot.outcome) for spot in found.every}
    assert [tag for tag, way in unknown if way is not None or not idle(task.script, tag)] == []


def idle(script: str, tag: int) -> bool:
    """Comments, and the text of ``raw``: they render, and do nothing."""
    return script.startswith(("#", "permissions"), tag) or script[:tag].endswith("{% raw %}")


def test_a_task_that_cannot_be_read_is_left_out(home: Path) -> None:
    file = home / "tasks/mine.json"
    file.write_text("{")
    assert measured(home, file) == []
