"""Corrections: what changes, and above all what does not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from runner.errors import InputError
from runner.lint.engine import examine
from runner.lint.finding import Edit, Fix
from runner.lint.fixing import corrected, write
from runner.lint.rules import chosen
from runner.model.task import Task
from runner.project import load_task
from tests.lint.asking import around

SCRIPT = "{% log 'Grüße' | upcasee %}\n{% log options.days__number %}\n"
DOCUMENT = {
    "docs": "",
    "name": "T",
    "options": {"old__boolean": False},
    "script": SCRIPT,
    "subscriptions": ["shopify/orders/create"],
    "subscriptions_template": "mechanic/user/trigger",
    "x-own": {"kept": 1.50},
}


def fixes(task: Task) -> list[Fix]:
    return [each.fix for each in examine(task, chosen(), around()) if each.fix is not None]


def test_everything_that_can_be_corrected_is_and_the_rest_stays_byte_for_byte(tmp_path: Path) -> None:
    file = tmp_path / "t.json"
    text = json.dumps(DOCUMENT, ensure_ascii=False, indent=4) + "\r\n"
    file.write_text(text, encoding="utf-8", newline="")
    task = load_task(file)
    assert write(task, fixes(task)) == (file,)
    changed = load_task(file)
    assert changed.script == SCRIPT.replace("upcasee", "upcase")
    assert changed.options == {"days__number": None}
    assert changed.subscriptions == ["mechanic/user/trigger"]
    after = file.read_bytes().decode()
    assert after.endswith("\r\n")
    assert '"x-own": {\n        "kept": 1.5\n    }' in after
    assert list(json.loads(after)) == list(DOCUMENT)
    assert fixes(changed) == []


def test_nothing_to_correct_writes_nothing(tmp_path: Path) -> None:
    file = tmp_path / "t.json"
    file.write_text(json.dumps({"name": "T", "script": "{% log 1 %}"}))
    before = file.stat()
    assert write(load_task(file), []) == ()
    assert file.stat() == before


def test_a_folder_gets_the_correction_in_the_file_that_holds_the_part(tmp_path: Path) -> None:
    folder = tmp_path / "t"
    folder.mkdir()
    (folder / "script.liquid").write_text(SCRIPT)
    head = '{"name": "T", "options": {"old__boolean": false}, "subscriptions_template": "mechanic/user/trigger"}\n'
    (folder / "task.json").write_text(head)
    task = load_task(folder)
    assert set(write(task, fixes(task))) == {folder / "script.liquid", folder / "task.json"}
    assert (folder / "script.liquid").read_text() == SCRIPT.replace("upcasee", "upcase")
    assert json.loads((folder / "task.json").read_text())["options"] == {"days__number": None}
    assert list(json.loads((folder / "task.json").read_text()))[:3] == list(json.loads(head))


def test_a_task_that_is_in_no_file_is_refused() -> None:
    with pytest.raises(InputError) as caught:
        write(Task("T", script="{% log 1 %}"), [Fix("x", values={"name": "U"})])
    assert caught.value.code == "input.fix"


def test_of_two_corrections_of_the_same_characters_one_is_made() -> None:
    task = Task.from_json({"name": "T", "script": "abcdef"})
    both = [Fix("a", (Edit("script", 1, 4, "X"),)), Fix("b", (Edit("script", 2, 5, "Y"),))]
    assert corrected(task, both).script in ("aXef", "abYf")


def test_no_value_is_lost_when_its_key_is_corrected() -> None:
    document = {**DOCUMENT, "script": "{% log options.email__required %}", "options": {"email_required": "a@b.c"}}
    task = Task.from_json(document)
    assert corrected(task, fixes(task)).options == {"email__required": "a@b.c"}


def test_a_stale_option_that_holds_something_is_left_to_its_author() -> None:
    task = Task.from_json({**DOCUMENT, "options": {"old": "kept"}})
    assert corrected(task, fixes(task)).options["old"] == "kept"


def test_edits_do_not_move_each_other() -> None:
    task = Task.from_json({"name": "T", "script": "abcdef"})
    both = [Fix("a", (Edit("script", 0, 1, "long"),)), Fix("b", (Edit("script", 5, 6, ""),))]
    assert corrected(task, both).script == "longbcde"
