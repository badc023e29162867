"""Every form in which tasks come: tasks.md 1.2, 6.1 and 7.3."""

from __future__ import annotations

import json
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest

from runner.errors import RunnerError
from runner.incoming import read_incoming

ONE = {"name": "One", "script": "{% log 1 %}", "options": {"days__number": "2"}, "tags": ["A"]}
TWO = {"name": "Two", "script": "", "subscriptions": ["user/a/b"]}
WEBHOOK = {"name": "Hook", "shopify_topic": "orders/create", "event_topic": "user/orders/mine", "filter": "id:*"}
RECORD = {**ONE, "id": "8", "enabled": True, "created_at": "x", "updated_at": "x", "event_topics": []}
README = (
    '# One\n\nTags: A\n\n## Default options\n\n```json\n{"days__number": "2"}\n```\n\n## Subscriptions\n\n'
    "```liquid\nuser/a/b\n```\n\n## Documentation\n\n(none)\n\n## Contributions\n\nMuch.\n"
)


def names(path: Path) -> list[str]:
    return [each.task.name for each in read_incoming(str(path)).tasks]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (json.dumps(ONE), ["One"]),
        ("\ufeff" + json.dumps(ONE), ["One"]),
        (json.dumps([ONE, TWO]), ["One", "Two"]),
        (json.dumps([[ONE]][0]), ["One"]),
        (json.dumps({"tasks": [ONE, TWO]}), ["One", "Two"]),
        (json.dumps(ONE) + "\n" + json.dumps(TWO) + "\n", ["One", "Two"]),
        (json.dumps(ONE, indent=2) + json.dumps(TWO), ["One", "Two"]),
        (json.dumps(RECORD), ["One"]),
        (json.dumps({"topic": "mechanic/errors/task", "data": {"task": RECORD, "message": "m"}}), ["One"]),
        (json.dumps({"task": RECORD, "message": "m"}), ["One"]),
        (
            json.dumps(
                {
                    "kind": "mechanic_recipe",
                    "version": 1,
                    "resources": [{"type": "task", "config": ONE}, {"type": "form", "config": {}}],
                }
            ),
            ["One"],
        ),
    ],
)
def test_json_of_every_form_holds_tasks(tmp_path: Path, text: str, expected: list[str]) -> None:
    (tmp_path / "in.json").write_text(text, encoding="utf-8")
    assert names(tmp_path / "in.json") == expected


def test_a_file_of_one_task_is_taken_byte_by_byte(tmp_path: Path) -> None:
    source = b'\xef\xbb\xbf{"name":"One",\r\n\t"script":"\\u00e9"}\r\n\r\n'
    (tmp_path / "one.json").write_bytes(source)
    found = read_incoming(str(tmp_path / "one.json")).tasks[0]
    assert (found.content, found.stem) == (source, "one")


def test_what_only_a_record_has_is_left_behind(tmp_path: Path) -> None:
    (tmp_path / "one.json").write_text(json.dumps({**RECORD, "mine": 1}))
    found = read_incoming(str(tmp_path / "one.json")).tasks[0]
    assert json.loads(found.content) == {**ONE, "mine": 1}


def test_an_archive_and_a_folder_hold_a_file_each(tmp_path: Path) -> None:
    files = {
        "one.json": json.dumps(ONE, indent=4),
        "two.json": json.dumps(TWO),
        "__MACOSX/one.json": "no",
        "x/._a.json": "no",
        "two/task.json": '{"name": "Two"}',
        "readme.txt": "no",
    }
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    found = read_incoming(str(tmp_path / "all.zip")).tasks
    assert [(each.stem, each.content.decode()) for each in found] == [
        ("one", files["one.json"]),
        ("two", files["two.json"]),
    ]
    folder = tmp_path / "all"
    folder.mkdir()
    (folder / "one.json").write_text(files["one.json"])
    (folder / "three").mkdir()
    (folder / "three" / "README.md").write_text(README)
    (folder / "three" / "script.liquid").write_text("{% log 3 %}")
    assert [each.stem for each in read_incoming(str(folder)).tasks] == ["one", "three"]


def test_a_project_of_the_platforms_command_line_is_its_tasks(tmp_path: Path) -> None:
    (tmp_path / "tasks").mkdir()
    (tmp_path / "mechanic.json").write_text('{"shop": "x"}')
    (tmp_path / "tasks" / "one.json").write_text(json.dumps(ONE))
    assert names(tmp_path / "tasks") == ["One"]


@pytest.mark.parametrize("named", ["", "README.md", "script.liquid"])
def test_a_readme_with_code_beside_it_is_a_task(tmp_path: Path, named: str) -> None:
    """The library from 2018 to 2020 (tasks.md 1.2)."""
    folder = tmp_path / "count-days"
    folder.mkdir()
    (folder / "README.md").write_text(README)
    (folder / "script.liquid").write_text("{% log 1 %}\n")
    found = read_incoming(str(folder / named))
    task = found.tasks[0].task
    assert (task.name, task.docs, task.options, task.template) == ("One", None, {"days__number": "2"}, "user/a/b")
    assert (task.script, found.tasks[0].stem) == ("{% log 1 %}\n", "count-days")
    assert "preview events" in found.notes[0]


RECIPE = {"kind": "mechanic_recipe", "resources": [{"type": "shopify_webhook", "config": WEBHOOK}]}


@pytest.mark.parametrize("form", [WEBHOOK, [WEBHOOK], RECIPE])
def test_a_custom_webhook_is_one(tmp_path: Path, form: Any) -> None:
    (tmp_path / "in.json").write_text(json.dumps(form))
    found = read_incoming(str(tmp_path / "in.json"))
    assert (found.webhooks, found.tasks) == ([WEBHOOK], [])


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.json", '{"name": "x", "script": "",}', "comma"),
        ("a.json", '{"name": "x", // c\n "script": ""}', "omment"),
        ("a.json", '{"name": "x", "script": ""} {"name": ', "in.*a.json"),
        ("a.json", "", "empty"),
        ("a.json", "[]", "no task"),
        ("a.json", "{}", "no task"),
        ("a.json", "[3]", "number 3"),
        ("a.json", '[{"name": "x", "script": ""}, {"name": 3, "script": ""}]', "number 2"),
        ("a.json", '{"topic": "user/a/b", "data": 1}', "an event"),
        ("a.json", '{"name": "H", "shopify_topic": "no", "event_topic": "user/a/b"}', "topic"),
        ("a.json", '{"kind": "mechanic_recipe", "resources": [7]}', "Resource 1"),
        ("README.md", README, "A README alone"),
        ("a.zip", "PK\x03\x04 and nothing", "damaged"),
    ],
)
def test_what_is_no_task_is_refused_with_its_place(tmp_path: Path, name: str, content: str, words: str) -> None:
    (tmp_path / name).write_text(content)
    with pytest.raises(RunnerError) as caught:
        read_incoming(str(tmp_path / name))
    shown = f"{caught.value} {caught.value.where} {caught.value.hint}"
    assert re.search(words, shown)
    assert name in shown


def test_an_archive_that_was_damaged_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("one.json", json.dumps({**ONE, "docs": "x" * 999}))
    content = bytearray((tmp_path / "a.zip").read_bytes())
    content[60] ^= 0xFF
    (tmp_path / "a.zip").write_bytes(content)
    with pytest.raises(RunnerError, match="unpacked"):
        read_incoming(str(tmp_path / "a.zip"))


def test_an_archive_without_tasks_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("readme.txt", "")
    with pytest.raises(RunnerError, match="no JSON file"):
        read_incoming(str(tmp_path / "a.zip"))
