"""The output contract: a stream of JSON objects, actions with control parameters (liquid.md 2.1, actions.md 1)."""

from __future__ import annotations

import pytest

from runner.errors import LiquidError
from runner.liquid.origins import Mark
from runner.liquid.stream import read_stream


def actions(output):
    return [action.to_dict() for action in read_stream(output, output, [Mark(0, 0)]).actions]


def test_objects_follow_each_other_with_or_without_white_space():
    read = read_stream('\n{"log":1}{"action":{"type":"echo"}}\r\n{"error":"x"} {"log":[2]}', "", [Mark(0, 0)])
    assert read.logs == (1, [2])
    assert read.errors == ("x",)
    assert [action.type for action in read.actions] == ["echo"]


def test_empty_output_is_a_run_that_did_nothing():
    assert read_stream(" \n\t", "", []) == ((), (), (), ())


def test_duplicate_keys_count_once_the_last():
    assert read_stream('{"log":1,"log":2}', "", []).logs == (2,)


@pytest.mark.parametrize(
    ("output", "position", "said"),
    [
        ("hello", (1, 1), "no JSON"),
        ('{"log":1}\n  oops', (2, 3), "no JSON"),
        ('{"log":1},{"log":2}', (1, 10), "no JSON"),
        ("5", (1, 1), "exactly one"),
        ("[]", (1, 1), "exactly one"),
        ("{}", (1, 1), "exactly one"),
        ('{"log":1,"error":2}', (1, 1), "exactly one"),
        ('{"actions":[]}', (1, 1), "exactly one"),
        ('{"log": NaN}', (1, 1), "NaN"),
        ('{"log": "a\tb"}', (1, 11), "broken JSON"),
        ('{"log": [1 2]}', (1, 12), "broken JSON"),
        ('{"log": 1', (1, 10), "broken JSON"),
        ('{"action": 1}', (1, 1), "type and options"),
        ('{"action": {"options": {}}}', (1, 1), "needs a type"),
        ('{"action": {"type": ""}}', (1, 1), "needs a type"),
    ],
)
def test_anything_else_fails_the_run_at_its_place(output, position, said):
    with pytest.raises(LiquidError) as caught:
        read_stream(output, output, [Mark(0, 0)])
    assert said in caught.value.message
    assert f"line {position[0]}, column {position[1]} of the output" in caught.value.message
    assert caught.value.code == "liquid.output"


def test_deep_json_is_refused_not_a_crash():
    with pytest.raises(LiquidError, match="nested too deeply"):
        read_stream('{"log":' + "[" * 200_000, "", [])


def test_the_error_names_the_script_line_that_printed(emitted):
    source = '{% log 1 %}\n{% assign x = "oops" %}\n\n{{ x }}\n'
    with pytest.raises(LiquidError) as caught:
        emitted(source)
    assert caught.value.where.line == 4
    assert caught.value.where.source == "{{ x }}"


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ('{"type":"echo","options":{"a":1}}', {"type": "echo", "options": {"a": 1}}),
        ('{"type":"cache","options":["del","k"],"meta":{"s":1}}',
         {"type": "cache", "options": ["del", "k"], "meta": {"s": 1}}),
        ('{"type":"echo","options":{"__meta":2,"a":1},"meta":1}', {"type": "echo", "options": {"a": 1}, "meta": 2}),
        ('{"type":"echo","options":{"__perform_event":false}}',
         {"type": "echo", "options": {}, "perform_event": False}),
        ('{"type":"echo","options":{"__perform_event":"false"}}',
         {"type": "echo", "options": {}, "perform_event": False}),
        ('{"type":"echo","options":{"__perform_event":true}}', {"type": "echo", "options": {}}),
        ('{"type":"echo","options":{"__error":"x"}}', {"type": "echo", "options": {"__error": "x"}}),
        ('{"type":"echo"}', {"type": "echo", "options": None}),
    ],
)  # fmt: skip
def test_actions_are_normalised(fields, expected):
    assert actions(f'{{"action":{fields}}}') == [expected]
