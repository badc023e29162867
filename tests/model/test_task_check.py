"""What is wrong with a task file, in words; the quick check and the schema agree."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from runner.errors import TaskError
from runner.model.task import Task
from runner.model.task_check import KEYS, SCHEMA_FILE, is_task

BASE = {"name": "t", "script": ""}

WRONG: list[tuple[dict[str, Any], str | None, str, str | None]] = [
    ({"script": ""}, None, '"name" is missing', "For example"),
    ({"Name": "x", "script": ""}, None, '"name" is missing', 'Did you mean "name" by "Name"?'),
    ({"name": ""}, None, '"script" is missing', None),
    ({"name": "x", "scripts": ""}, None, '"script" is missing', '"scripts"'),
    ({}, None, '"name" is missing', None),
    ({**BASE, "name": ""}, "name", "text that is not blank", None),
    ({**BASE, "name": " \n"}, "name", "text that is not blank", None),
    ({**BASE, "name": None}, "name", "not null", None),
    ({**BASE, "name": 3}, "name", "not the number 3", None),
    ({**BASE, "script": ["x"]}, "script", '"script" must be text (Liquid), not a list.', None),
    ({**BASE, "options": []}, "options", "an object of option keys and their values, not a list", "days_to_wait"),
    ({**BASE, "options": "x"}, "options", "not text", None),
    ({**BASE, "subscriptions": "user/a/b"}, "subscriptions", "a list of texts", None),
    ({**BASE, "subscriptions": ["user/a/b", 1, "x"]}, "subscriptions[1]", "not the number 1", None),
    ({**BASE, "subscriptions_template": ["x"]}, "subscriptions_template", "one subscription a line", None),
    ({**BASE, "docs": {}}, "docs", "not an object", None),
    ({**BASE, "perform_action_runs_in_sequence": "true"}, "perform_action_runs_in_sequence", "true or false", None),
    ({**BASE, "halt_action_run_sequence_on_error": 1}, "halt_action_run_sequence_on_error", "true or false", None),
    ({**BASE, "tags": "Orders"}, "tags", "a list of texts", None),
    ({**BASE, "tags": [None]}, "tags[0]", "not null", None),
    ({**BASE, "shopify_api_version": "2026"}, "shopify_api_version", 'not "2026"', "2026-04"),
    ({**BASE, "shopify_api_version": "2026-04\n"}, "shopify_api_version", "a version such as", None),
    ({**BASE, "shopify_api_version": 2026}, "shopify_api_version", "not the number", None),
    ({**BASE, "preview_event_definitions": {}}, "preview_event_definitions", "a list of preview events", None),
    ({**BASE, "preview_event_definitions": [1]}, "preview_event_definitions[0]", "an object", None),
    (
        {**BASE, "preview_event_definitions": [{}]},
        "preview_event_definitions[0]",
        '"event_attributes" is missing',
        None,
    ),
    (
        {**BASE, "preview_event_definitions": [{"event_attributes": {"data": 1}}]},
        "preview_event_definitions[0].event_attributes",
        '"topic" is missing',
        None,
    ),
    (
        {**BASE, "preview_event_definitions": [{"event_attributes": {"topic": 1}}]},
        "preview_event_definitions[0].event_attributes.topic",
        "must be a topic",
        None,
    ),
]


@pytest.mark.parametrize(("document", "part", "words", "hint"), WRONG)
def test_a_wrong_key_is_named_with_what_belongs_there(
    document: dict[str, Any], part: str | None, words: str, hint: str | None
) -> None:
    text = json.dumps(document, indent=2)
    with pytest.raises(TaskError) as caught:
        Task.from_json(text, file="tasks/x.json")
    error = caught.value
    assert words in error.message
    assert hint is None or hint in str(error.hint)
    assert error.where is not None
    assert (error.where.file, error.where.part) == ("tasks/x.json", part)
    key = (part or "").partition("[")[0].partition(".")[0]
    line = next((index for index, each in enumerate(text.split("\n"), 1) if f'"{key}"' in each), 1) if key else 1
    assert error.where.line is not None
    assert error.where.line >= line
    assert error.where.source == text.split("\n")[error.where.line - 1]


def test_the_place_is_the_keys_line_and_column() -> None:
    with pytest.raises(TaskError) as caught:
        Task.from_json('{\n  "name": "t",\n  "script": "",\n  "subscriptions": [\n    "user/a/b",\n    7\n  ]\n}')
    where = caught.value.where
    assert where is not None
    assert (where.part, where.line, where.column, where.source) == ("subscriptions[1]", 6, 5, "    7")


def test_further_findings_are_listed() -> None:
    with pytest.raises(TaskError, match=r"Also wrong: options, tags\."):
        Task.from_json({**BASE, "docs": 1, "options": 1, "tags": 1})
    with pytest.raises(TaskError, match="and 5 more"):
        Task.from_json({**BASE, "tags": [1] * 9})


def test_a_dict_has_parts_but_no_lines() -> None:
    with pytest.raises(TaskError) as caught:
        Task.from_json({**BASE, "options": []})
    assert caught.value.where is not None
    assert caught.value.where.to_dict() == {"part": "options"}


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ([BASE, BASE], "list of 2 tasks"),
        ([], "a list, not a task"),
        ("text", "text, not a task"),
        (None, "null, not a task"),
        (5, "the number 5, not a task"),
        (True, "true, not a task"),
        ({"tasks": [BASE]}, "bundle of tasks"),
        ({"topic": "shopify/orders/create", "data": {"id": 1}}, "an event"),
        ({"id": "x", "topic": "mechanic/errors/task", "data": {"task": BASE}, "name": None}, "an event"),
        ({"event": {"topic": "user/a/b"}, "shop": "prints"}, "a fixture"),
        ({"description": "", "event_attributes": {}}, "preview event definition"),
        ({"actions": [], "logs": [], "errors": []}, "rendering"),
        ({"name": "w", "shopify_topic": "orders/create", "event_topic": "user/a/b"}, "custom Shopify webhook"),
        ({"kind": "mechanic_recipe", "version": 1, "resources": []}, "recipe"),
        ({"id": 1, "admin_graphql_api_id": "gid://shopify/Order/1", "name": "#1"}, "Shopify resource"),
    ],
)
def test_other_json_is_recognised(source: Any, words: str) -> None:
    with pytest.raises(TaskError, match=words):
        Task.from_json(json.dumps(source))


VALUES = st.sampled_from(
    [None, True, "", "x", "2026-04", "unstable", 1, 0.5, [], ["x"], [1], {}, {"a": 1}, [{}], [{"event_attributes": {}}]]
    + [[{"event_attributes": {"topic": topic}, "description": words}] for topic in ("user/a/b", 1) for words in ("", 2)]
)


@given(st.dictionaries(st.sampled_from([*KEYS, "other"]), VALUES) | VALUES)
def test_the_quick_check_and_the_schema_agree(document: Any) -> None:
    schema = json.loads(SCHEMA_FILE.read_bytes())
    assert is_task(document) == Draft202012Validator(schema).is_valid(document)
    if is_task(document):
        Task.from_json(json.dumps(document))
    else:
        with pytest.raises(TaskError):
            Task.from_json(json.dumps(document))


def test_the_schema_is_a_schema_and_covers_every_key() -> None:
    schema = json.loads(SCHEMA_FILE.read_bytes())
    Draft202012Validator.check_schema(schema)
    assert set(schema["properties"]) == set(KEYS)
