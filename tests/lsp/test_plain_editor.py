"""An editor that can do nothing but what every one can, and counts in UTF-8."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lsprotocol import types

from tests.lsp.editor import Editor, applied


def test_it_gets_plain_words_and_edits_by_address(tmp_path: Path, make_task: Any) -> None:
    editor = Editor(tmp_path, encodings=["utf-8"], able=False)
    uri = editor.open(make_task("") / "script.liquid")
    editor.change(uri, "é{% i\n")
    found = editor.ask(types.TEXT_DOCUMENT_COMPLETION, uri, 0, 6)  # é takes two units
    item = next(each for each in found.items if each.label == "if")
    assert item.insert_text_format == types.InsertTextFormat.PlainText
    assert (item.text_edit.new_text, item.text_edit.range.start.character) == ("if", 5)

    text = '{% log "x" | upcas %}'
    editor.change(uri, text)
    told = next(each for each in editor.diagnostics(uri) if each.code == "liquid.filter")
    action = editor.actions(uri, told.range)[0]
    assert action.edit is not None
    assert action.edit.document_changes is None
    assert applied(text, list((action.edit.changes or {})[uri])) == '{% log "x" | upcase %}'
    assert editor.close()[0] == 0
