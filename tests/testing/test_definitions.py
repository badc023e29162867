"""Preview events of tasks as cases: tasks.md 4.1 and 4.2, tooling.md 6."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from runner.errors import TaskError
from runner.testing.definitions import definition_cases, definition_names, is_task
from runner.testing.play import play


def defined(topic: str, data: Any, description: str = "") -> dict[str, Any]:
    return {"description": description, "event_attributes": {"topic": topic, "data": data}}


def task(root: Path, *definitions: dict[str, Any], **keys: Any) -> Path:
    file = root / "tasks" / "mine.json"
    file.parent.mkdir(exist_ok=True)
    document = {
        "name": "Mine",
        "script": "{% log event.topic, event.preview, event.data %}",
        "subscriptions_template": "user/a/b\nuser/a/b+1.hour\nshopify/orders/create",
        "preview_event_definitions": list(definitions),
        **keys,
    }
    file.write_text(json.dumps(document))
    return file


def test_each_definition_of_a_subscribed_topic_is_a_case(tmp_path: Path) -> None:
    file = task(
        tmp_path,
        defined("user/a/b", 1, "First"),
        defined("user/dormant/topic", 2),
        defined("user/a/b", "text"),
        defined("shopify/orders/create", {"id": 3}),
    )
    cases = definition_cases(file)
    assert [(case.path.stem, case.event.data, case.description) for case in cases] == [
        ("user-a-b", 1, "First"),
        ("user-a-b-2", "text", ""),
        ("shopify-orders-create", {"id": 3}, ""),
    ]
    assert [(case.handle, case.root) for case in cases] == [("mine", tmp_path)] * 3
    assert play(cases[0])["logs"] == [["user/a/b", True, 1]]
    names = definition_names(tmp_path, "mine")
    assert names == {"user-a-b", "user-a-b-2", "shopify-orders-create", "user-dormant-topic"}


def test_a_case_keeps_its_name_when_another_topic_falls_asleep(tmp_path: Path) -> None:
    file = task(tmp_path, defined("user/dormant/topic", 2), defined("user/a/b", 1), subscriptions_template="user/a/b")
    assert [case.path.stem for case in definition_cases(file)] == ["user-a-b"]


def test_edits_in_the_helper_folder_are_what_is_played(tmp_path: Path) -> None:
    file = task(tmp_path, defined("user/a/b", 1))
    folder = tmp_path / "tasks" / "mine"
    folder.mkdir()
    document = json.loads(file.read_text())
    (folder / "script.liquid").write_text("{% log 'edited' %}")
    del document["script"]
    (folder / "task.json").write_text(json.dumps(document))
    assert play(definition_cases(file)[0])["logs"] == ["edited"]
    assert is_task(file)
    assert not is_task(folder / "task.json")
    file.unlink()
    assert is_task(folder / "task.json")
    assert play(definition_cases(folder / "task.json")[0])["logs"] == ["edited"]


def test_nobody_knows_the_events_of_a_task_that_cannot_be_read(tmp_path: Path) -> None:
    file = task(tmp_path)
    assert definition_names(tmp_path, "mine") == set()
    assert definition_names(tmp_path, "gone") == set()
    file.write_text("{")
    assert definition_names(tmp_path, "mine") is None
    with pytest.raises(TaskError):
        definition_cases(file)


def test_other_json_is_no_task(tmp_path: Path) -> None:
    for name in ("fixtures/mine/a.json", "tasks/deep/er.json", "package.json"):
        assert not is_task(tmp_path / name)
