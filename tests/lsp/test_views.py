"""The texts of a task inside of its file: every character has its place, escaped or not."""

from __future__ import annotations

import json

import pytest

from runner.lsp.views import json_views

SCRIPT = 'a "b"\n\t\\ é🦊 /x'


@pytest.mark.parametrize("ascii_only", [True, False])
def test_every_character_of_a_script_has_its_place_in_the_file(ascii_only: bool) -> None:
    file = json.dumps(
        {"name": "T", "script": SCRIPT, "options": {"a": "x{{ y }}", "b": ["z"]}}, ensure_ascii=ascii_only
    )
    views = {view.part: view for view in json_views(file)}
    assert sorted(map(str, views)) == sorted(map(str, [("script",), ("options", "a"), ("options", "b", 0)]))
    view = views[("script",)]
    assert view.text == SCRIPT
    for at, character in enumerate(SCRIPT):
        written = file[view.outside(at) : view.outside(at + 1)]
        assert json.loads(f'"{written}"') == character
        assert view.inside(view.outside(at)) == at
    assert file[view.outside(len(SCRIPT))] == '"'
    assert view.inside(0) is None


def test_what_is_written_into_a_string_is_escaped() -> None:
    (view,) = json_views('{"script": "x"}')
    assert view.written('a "b"\n') == 'a \\"b\\"\\n'


BROKEN = {
    "a quote too many": ('{"script": "a " b", "name": "T"}', "a "),
    "never closed": ('{"script": "a {{ b', "a {{ b"),
    "a comma too many": ('{"name": "T",, "script": "a\\nb"}', "a\nb"),
    "an escape that is none": ('{"script": "a\\qb"', "aqb"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_the_script_of_a_file_that_is_no_json_is_found_as_far_as_it_goes(name: str) -> None:
    file, text = BROKEN[name]
    (view,) = json_views(file)
    assert view.text == text
    assert len(view.text) + 1 == len(view.starts or ())
