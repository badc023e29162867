"""Findings as one types: from the buffer, at the right place, with corrections; and a client that misbehaves."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcException

from tests.lsp.editor import Editor, applied, uri_of

GOOD = "{% log order.name %}\n"


def codes(told: list[types.Diagnostic]) -> list[Any]:
    return [each.code for each in told]


def marked(text: str, told: types.Diagnostic) -> str:
    """The characters that a diagnostic marks, all in one line, by UTF-16 units."""
    line = text.split("\n")[told.range.start.line].encode("utf-16-le")
    return line[told.range.start.character * 2 : told.range.end.character * 2].decode("utf-16-le")


def test_a_sound_task_has_no_diagnostics(editor: Editor, make_task: Any) -> None:
    uri = editor.open(make_task(GOOD) / "script.liquid")
    assert editor.diagnostics(uri) == []


def test_the_text_in_the_buffer_counts_not_the_file(editor: Editor, make_task: Any) -> None:
    uri = editor.open(make_task(GOOD) / "script.liquid")
    assert editor.diagnostics(uri) == []
    editor.change(uri, "{% log order.name %}\n{% if order.name %}\n")
    (told,) = editor.diagnostics(uri)
    assert (told.code, told.severity, told.source) == ("liquid.syntax", types.DiagnosticSeverity.Error, "runner")
    assert told.range.start.line == 1
    assert told.code_description is not None
    assert told.code_description.href.endswith("/runner/docs/lint.md#liquidsyntax")
    editor.change(uri, GOOD)
    assert editor.diagnostics(uri) == []


def test_a_finding_tells_its_hint_and_marks_the_word(editor: Editor, make_task: Any) -> None:
    text = (
        "{% capture query %}\n  query { shop { nme } }\n{% endcapture %}\n{% assign r = query | shopify %}{% log r %}\n"
    )
    uri = editor.open(make_task(text) / "script.liquid")
    found = [each for each in editor.diagnostics(uri) if each.code == "gql.schema"]
    assert [marked(text, each) for each in found] == ["nme"]
    assert "Did you mean 'name'" in found[0].message
    assert found[0].message.endswith("\nShopify refuses the whole document, each time the task runs.")


def test_columns_count_utf_16_units_also_behind_astral_characters(editor: Editor, make_task: Any) -> None:
    text = '{% log "🦊🦊" %}{{ "x" | upcas }}\n'
    uri = editor.open(make_task(text) / "script.liquid")
    found = [each for each in editor.diagnostics(uri) if each.code == "liquid.filter"]
    assert [marked(text, each) for each in found] == ["upcas"]


def test_lines_may_end_in_carriage_return_and_newline(editor: Editor, make_task: Any) -> None:
    text = '{% log "a" %}\r\n\r\n{% assign x = "x" | upcas %}{% log x %}\r\n'
    uri = editor.open(make_task(GOOD) / "script.liquid", text)
    (told,) = (each for each in editor.diagnostics(uri) if each.code == "liquid.filter")
    assert (told.range.start.line, marked(text, told)) == (2, "upcas")


def test_other_signs_that_unicode_calls_line_ends_end_no_line(editor: Editor, make_task: Any) -> None:
    text = '{% log "a\u2028b\x0c" %}\n{% assign x = "x" | upcas %}{% log x %}\n'
    uri = editor.open(make_task(GOOD) / "script.liquid", text)
    (told,) = (each for each in editor.diagnostics(uri) if each.code == "liquid.filter")
    assert (told.range.start.line, marked(text, told)) == (1, "upcas")


def test_a_wrong_topic_is_told_in_the_template(editor: Editor, make_task: Any) -> None:
    text = "shopify/orders/create\nmechanic/user/triger\n"
    uri = editor.open(make_task(GOOD) / "subscriptions.liquid", text)
    (told,) = (each for each in editor.diagnostics(uri) if each.code == "sub.template")
    assert marked(text, told) == "mechanic"


def test_files_of_the_task_that_are_not_open_are_told_about_too(editor: Editor, make_task: Any) -> None:
    folder = make_task(GOOD, options={"days__number": 3})
    editor.diagnostics(editor.open(folder / "script.liquid"))
    head = uri_of(folder / "task.json")
    editor.wait_until_told(head, 1)
    told = editor.diagnostics(head)[0]
    text = (folder / "task.json").read_text(encoding="utf-8")
    assert (told.code, marked(text, told)) == ("opt.stale", '"days__number"')
    assert list(told.tags or ()) == [types.DiagnosticTag.Unnecessary]


def test_a_head_that_is_no_json_is_told_where_it_breaks(editor: Editor, make_task: Any) -> None:
    folder = make_task(GOOD)
    uri = editor.open(folder / "task.json", '{\n  "name": "Test",\n  "options": {,}\n}\n')
    (told,) = editor.diagnostics(uri)
    assert (told.severity, told.range.start.line, told.range.start.character) == (1, 2, 14)


def test_a_finding_in_an_export_stands_inside_the_string(editor: Editor, project: Path) -> None:
    script = 'line "one"\t🦊\n{% assign x = "x" | upcas %}{% log x %}\n'
    task = {"name": "T", "script": script, "subscriptions": ["mechanic/user/trigger"], "options": {}}
    text = json.dumps(task, indent=2, ensure_ascii=False)
    path = project / "tasks" / "bundled.json"
    path.write_text("{}", encoding="utf-8")
    found = [each for each in editor.diagnostics(editor.open(path, text)) if each.code == "liquid.filter"]
    assert [(each.range.start.line, marked(text, each)) for each in found] == [(2, "upcas")]


def test_json_that_is_no_task_is_let_alone(editor: Editor, project: Path, make_task: Any) -> None:
    other = editor.open(project / "package.json", '{"name": "x"')
    editor.diagnostics(editor.open(make_task(GOOD) / "script.liquid"))
    assert editor.told_without_waiting(other) is None


def test_a_script_alone_is_examined_without_a_head(editor: Editor, project: Path) -> None:
    uri = editor.open(project / "loose" / "script.liquid", "{% if %}")
    assert codes(editor.diagnostics(uri)) == ["liquid.syntax"]


def test_diagnostics_go_when_the_text_is_closed(editor: Editor, make_task: Any) -> None:
    uri = editor.open(make_task(GOOD) / "script.liquid", "{% if x %}")
    assert editor.diagnostics(uri)
    editor.close_text(uri)
    editor.wait_until_told(uri, 0)


def test_the_last_of_many_texts_counts(editor: Editor, make_task: Any) -> None:
    uri = editor.open(make_task(GOOD) / "script.liquid")
    for number in range(40):
        editor.change(uri, f"{{% log {number} %}}" + "{% if x %}" * (number % 2))
    editor.change(uri, '{{ "x" | upcas }}')
    assert "liquid.filter" in codes(editor.diagnostics(uri))


def test_settings_of_the_project_of_a_task_count(editor: Editor, tmp_path: Path) -> None:
    folder = tmp_path / "tasks" / "quiet"
    folder.mkdir(parents=True)
    (tmp_path / "runner.yml").write_text("lint_ignore: liquid.filter\n", encoding="utf-8")
    uri = editor.open(folder / "script.liquid", '{{ "x" | upcas }}')
    assert "liquid.filter" not in codes(editor.diagnostics(uri))


def test_settings_that_change_count_at_once(editor: Editor, tmp_path: Path) -> None:
    folder = tmp_path / "tasks" / "changing"
    folder.mkdir(parents=True)
    uri = editor.open(folder / "script.liquid", '{% log "x" | upcas %}')
    assert "liquid.filter" in codes(editor.diagnostics(uri))
    others = len(editor.diagnostics(uri)) - 1
    (tmp_path / "runner.yml").write_text("lint_ignore: liquid.filter\n", encoding="utf-8")
    event = types.FileEvent(uri_of(tmp_path / "runner.yml"), types.FileChangeType.Created)
    editor.notify(editor.client.workspace_did_change_watched_files, types.DidChangeWatchedFilesParams([event]))
    editor.wait_until_told(uri, others)


def test_settings_that_cannot_be_read_are_told_once_and_the_task_is_examined_all_the_same(
    editor: Editor, tmp_path: Path
) -> None:
    folder = tmp_path / "tasks" / "loud"
    folder.mkdir(parents=True)
    (tmp_path / "runner.yml").write_text("lint_ignore: no.such.rule\n", encoding="utf-8")
    uri = editor.open(folder / "script.liquid", "{% if x %}")
    assert "liquid.syntax" in codes(editor.diagnostics(uri))
    editor.change(uri, "{% if x %} ")
    editor.diagnostics(uri)
    assert len([each for each in editor.messages if "no.such.rule" in each.message]) == 1


# Corrections


def test_a_correction_makes_its_finding_go(editor: Editor, make_task: Any) -> None:
    folder = make_task("{% log options.days__number %}\n")
    uri, head = editor.open(folder / "script.liquid"), editor.open(folder / "task.json")
    (told,) = editor.diagnostics(uri)
    assert told.code == "opt.missing"
    actions = editor.actions(uri, told.range)
    assert [each.title for each in actions][:2] == [
        "Store days__number without a value",
        "Ignore opt.missing here",
    ]
    changes = actions[0].edit.document_changes if actions[0].edit is not None else None
    assert changes is not None
    assert [each.text_document.uri for each in changes] == [head]  # type: ignore[union-attr]
    text = (folder / "task.json").read_text(encoding="utf-8")
    editor.change(head, applied(text, changes[0].edits))  # type: ignore[union-attr, arg-type]
    assert editor.diagnostics(head) == []
    editor.wait_until_told(uri, 0)


def test_a_correction_of_an_export_changes_its_text_alone(editor: Editor, project: Path) -> None:
    task = {"name": "Ünï", "script": "{% log 1 %}", "subscriptions": [], "subscriptions_template": "mechanic/user/text"}
    text = json.dumps({**task, "options": {"old": None}}, indent=2)
    path = project / "tasks" / "correct.json"
    path.write_text("{}", encoding="utf-8")
    uri = editor.open(path, text)
    assert sorted(codes(editor.diagnostics(uri))) == ["opt.stale", "sub.stale"]
    everything = types.Range(types.Position(0, 0), types.Position(0, 0))
    (action,) = editor.actions(uri, everything, only=["source.fixAll"])
    assert action.edit is not None
    assert action.edit.document_changes is not None
    editor.change(uri, applied(text, action.edit.document_changes[0].edits))  # type: ignore[union-attr, arg-type]
    assert editor.diagnostics(uri) == []


def test_a_rule_is_silenced_in_the_line_before(editor: Editor, make_task: Any) -> None:
    text = '{% log 1 %}\n  {% assign x = "x" | upcas %}{% log x %}\n'
    uri = editor.open(make_task(text) / "script.liquid")
    told = next(each for each in editor.diagnostics(uri) if each.code == "liquid.filter")
    action = next(each for each in editor.actions(uri, told.range) if each.title == "Ignore liquid.filter here")
    assert action.edit is not None
    assert action.edit.document_changes is not None
    changed = applied(text, action.edit.document_changes[0].edits)  # type: ignore[union-attr, arg-type]
    assert changed.split("\n")[1] == "  {% # lint: ignore liquid.filter %}"
    editor.change(uri, changed)
    assert "liquid.filter" not in codes(editor.diagnostics(uri))


# A client that misbehaves


def test_a_question_about_a_text_that_is_not_open_is_an_error_and_the_server_lives(
    editor: Editor, make_task: Any
) -> None:
    where = types.Range(types.Position(0, 0), types.Position(0, 1))
    with pytest.raises(JsonRpcException, match="is not open"):
        editor.actions("file:///nowhere/script.liquid", where)
    uri = editor.open(make_task(GOOD) / "script.liquid")
    assert editor.diagnostics(uri) == []


def test_a_message_that_does_not_exist_is_an_error(editor: Editor) -> None:
    with pytest.raises(JsonRpcException, match="Not Found"):
        editor.request("runner/nothing", None)
