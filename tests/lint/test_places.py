"""Where findings stand in their files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from runner.lint.engine import examine
from runner.lint.rules import RULES
from runner.project import load_task
from tests.lint.asking import around

SCRIPT = 'x "q" \\ \u00e9 \U0001f600\t\n  {% if event.preview == false %}{% log 1 %}{% endif %}'


@pytest.mark.parametrize("escaped", [True, False])
def test_a_place_in_a_script_is_the_column_in_its_json(tmp_path: Path, escaped: bool) -> None:
    file = tmp_path / "t.json"
    text = json.dumps({"name": "T", "script": SCRIPT}, ensure_ascii=escaped, indent=2)
    file.write_text(text, encoding="utf-8")
    (finding,) = examine(load_task(file), [RULES["pre.false"]], around())
    assert (finding.where.line, finding.where.column) == (2, 9)
    line = text.split("\n")[2]
    assert (finding.file, finding.line) == (str(file), 3)
    assert finding.column == line.index("event.preview") + 1


def test_in_a_folder_it_is_the_file_of_the_part(tmp_path: Path) -> None:
    (tmp_path / "task.json").write_text('{"name": "T", "options": {"gone": 1}}')
    (tmp_path / "script.liquid").write_text(SCRIPT)
    findings = examine(load_task(tmp_path), [RULES["pre.false"], RULES["opt.stale"]], around())
    assert [(each.file, each.line, each.column) for each in findings] == [
        (str(tmp_path / "script.liquid"), 2, 9),
        (str(tmp_path / "task.json"), None, None),
    ]


def test_a_key_of_the_file_is_found_by_its_line(tmp_path: Path) -> None:
    file = tmp_path / "t.json"
    file.write_text(json.dumps({"name": "T", "script": "{% log 1 %}", "options": {"a": 1, "gone": 1}}, indent=2))
    findings = examine(load_task(file), [RULES["opt.stale"]], around())
    assert [(each.line, each.column) for each in findings] == [(5, 5), (6, 5)]
