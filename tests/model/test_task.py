"""Task files: tasks.md 1."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.errors import TaskError
from runner.model.json_write import JSONStyle, write_json
from runner.model.task import PreviewDefinition, Task
from runner.model.task_check import KEYS, is_task

FULL: dict[str, Any] = {
    "name": "Tag new orders",
    "options": {"tag__required": "new", "days__number": 7, "rate__number": 0.8},
    "script": "{% log order.name %}\r\n",
    "subscriptions": ["shopify/orders/create"],
    "online_store_javascript": None,
    "order_status_javascript": None,
    "docs": "Tags orders.\r\n\r\nMore.",
    "subscriptions_template": "shopify/orders/create",
    "shopify_api_version": "2026-04",
    "liquid_profiling": False,
    "perform_action_runs_in_sequence": True,
    "halt_action_run_sequence_on_error": False,
    "preview_event_definitions": [{"description": "", "event_attributes": {"topic": "user/a/b", "data": "text"}}],
    "tags": ["Orders"],
}


def test_every_key_is_there_under_its_own_name() -> None:
    task = Task.from_json(FULL)
    assert {key: getattr(task, key) for key in KEYS} == FULL
    assert {field.name for field in dataclasses.fields(task)} - {"extra", "file", "_source"} == set(KEYS)
    assert isinstance(task.options["days__number"], int)
    assert isinstance(task.options["rate__number"], float)


def test_the_smallest_file_has_a_name_and_a_script() -> None:
    task = Task.from_json('{"name": "t", "script": ""}')
    assert dataclasses.asdict(dataclasses.replace(task)) == {
        "name": "t",
        "script": "",
        "options": {},
        "subscriptions_template": None,
        "subscriptions": [],
        "docs": None,
        "perform_action_runs_in_sequence": False,
        "halt_action_run_sequence_on_error": False,
        "online_store_javascript": None,
        "order_status_javascript": None,
        "preview_event_definitions": [],
        "tags": [],
        "shopify_api_version": None,
        "liquid_profiling": False,
        "extra": {},
        "file": None,
        "_source": None,
    }
    assert Task.from_json({"name": "t", "online_store_javascript": "alert()"}).script == ""


def test_nulls_read_as_defaults() -> None:
    nulls = Task.from_json({**dict.fromkeys(KEYS), "name": "t"})
    assert nulls == Task(name="t")


@pytest.mark.parametrize(
    ("template", "subscriptions", "expected"),
    [
        ("user/a/b", ["user/c/d"], "user/a/b"),
        (None, ["user/c/d", "user/e/f+1.day"], "user/c/d\nuser/e/f+1.day"),
        ("", ["user/c/d"], "user/c/d"),
        ("\n", ["user/c/d"], "\n"),
        (None, [], ""),
        (None, None, ""),
    ],
)
def test_the_template_counts_and_the_list_stands_in_for_it(template: Any, subscriptions: Any, expected: str) -> None:
    source = {"name": "t", "script": "", "subscriptions_template": template, "subscriptions": subscriptions}
    assert Task.from_json(source).template == expected


def test_unknown_keys_survive_and_a_task_records_own_keys_are_ignored() -> None:
    record = {"id": "u-1", "enabled": True, "created_at": "x", "event_topics": [], "run": {"ok": False}}
    task = Task.from_json({"name": "t", "script": "", "run_in_background": True, **record})
    assert task.extra == {"run_in_background": True}
    assert json.loads(task.canonical_json()) == {"name": "t", "script": "", "run_in_background": True}
    assert json.loads(task.to_json())["enabled"] is True


def test_preview_definitions_hold_any_json() -> None:
    definitions = [
        {"description": "A text", "event_attributes": {"topic": "mechanic/user/text", "data": "words"}},
        {"event_attributes": {"topic": "user/a/b"}},
        {"description": None, "event_attributes": {"topic": "user/a/b", "data": [1]}},
    ]
    task = Task.from_json({"name": "t", "script": "", "preview_event_definitions": definitions})
    assert task.previews == (
        PreviewDefinition("A text", "mechanic/user/text", "words"),
        PreviewDefinition("", "user/a/b", None),
        PreviewDefinition("", "user/a/b", [1]),
    )


BYTES = [
    json.dumps(FULL, separators=(",", ":")).encode(),
    json.dumps(FULL, indent=2, ensure_ascii=False).encode() + b"\n",
    json.dumps(FULL, indent="\t").encode(),
    json.dumps(dict(reversed(FULL.items())), indent=4).replace("\n", "\r\n").encode(),
    b"\xef\xbb\xbf" + json.dumps(FULL).encode(),
    b' \n{"script":"\\u0041\\/","name" :"t", "n":1.0,"big":12345678901234567890123,"e":1E5, "s":"\\ud800"}\n\n',
]


@pytest.mark.parametrize("source", BYTES)
def test_an_unedited_file_is_written_back_byte_for_byte(source: bytes) -> None:
    assert Task.from_json(source).to_json().encode() == source
    assert Task.from_json(source.decode()).to_json().encode() == source
    assert Task.from_json(source).edited().to_json().encode() == source


@pytest.mark.parametrize("source", BYTES)
def test_an_edit_changes_its_key_only(source: bytes) -> None:
    task = Task.from_json(source, file="tasks/x.json")
    edited = task.edited(name="Other", docs="Line\nline")
    assert (edited.name, edited.docs, edited.file) == ("Other", "Line\nline", "tasks/x.json")
    back = edited.edited(name=task.name)
    assert back.edited(docs=task.docs).to_dict() == {**task.to_dict(), "docs": task.docs}
    assert list(edited.to_dict())[: len(task.to_dict())] == list(task.to_dict())


def test_an_edit_that_changes_nothing_changes_no_byte() -> None:
    source = '{"name":"t","script":"\\u0041","options":{"a":1.0}}'
    assert Task.from_json(source).edited(script="A", options={"a": 1.0}).to_json() == source
    assert Task.from_json(source).edited(options={"a": 1}).to_json() != source


def test_an_edit_of_an_unknown_key_names_the_nearest() -> None:
    task = Task.from_json({"name": "t", "script": "", "mine": 1})
    with pytest.raises(TaskError) as caught:
        task.edited(subscription_template="x")
    assert caught.value.hint == 'Did you mean "subscriptions_template"?'
    assert task.edited(mine=2).extra == {"mine": 2}
    assert task.edited(extra={"new": 3}).extra == {"mine": 1, "new": 3}


def test_an_edit_of_the_wrong_type_is_refused() -> None:
    task = Task.from_json({"name": "t", "script": ""})
    with pytest.raises(TaskError, match="options"):
        task.edited(options=[])
    with pytest.raises(TaskError, match="not JSON"):
        task.edited(options={"a": object()})


def test_replacing_a_field_forgets_the_files_text() -> None:
    task = dataclasses.replace(Task.from_json(FULL), name="New")
    assert json.loads(task.to_json()) == {**FULL, "name": "New"}


def test_a_task_made_by_hand_is_written_as_an_export() -> None:
    document = json.loads(Task(name="t", script="x", extra={"mine": 1}).to_json())
    assert Task.from_json(document) == Task(name="t", script="x", extra={"mine": 1})
    assert document["options"] == {}
    assert "shopify_api_version" not in document


def test_the_content_hash_ignores_layout_and_order_but_no_value() -> None:
    one, other = Task.from_json(BYTES[0]), Task.from_json(BYTES[3])
    assert one.content_hash == other.content_hash
    assert one == other
    assert hash(one) == hash(other)
    assert one.edited(name="x").content_hash != one.content_hash
    assert len(one.content_hash) == 64


@pytest.mark.parametrize(
    ("file", "handle"),
    [(None, None), ("tasks/a-b.json", "a-b"), ("a.b.json", "a.b"), ("tasks/folder", "folder")],
)
def test_the_handle_is_the_files_name(file: str | None, handle: str | None) -> None:
    assert Task.from_json(FULL, file=file).handle == handle


def test_a_dict_is_not_shared_with_the_task() -> None:
    source = {"name": "t", "script": "", "options": {"a": [1]}}
    task = Task.from_json(source)
    source["options"]["a"].append(2)
    assert task.options == {"a": [1]}


@pytest.mark.parametrize(
    "source",
    [
        {"name": "t", "script": "", "options": {"a": {1, 2}}},
        {"name": "t", "script": "", "options": {"a": float("nan")}},
        {"name": "t", "script": "", ("x",): 1},
    ],
)
def test_a_dict_that_is_not_json_is_refused(source: dict[str, Any]) -> None:
    with pytest.raises(TaskError):
        Task.from_json(source)


def test_a_dict_nested_without_end_is_refused() -> None:
    hostile: dict[str, Any] = {}
    for _ in range(100_000):
        hostile = {"a": hostile}
    with pytest.raises(TaskError):
        Task.from_json({"name": "t", "script": "", "options": hostile})


GOOD = write_json(FULL, JSONStyle()).encode()


@given(st.data())
def test_a_mutated_file_is_a_task_or_an_error_of_ours(data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(GOOD)))
    until = data.draw(st.integers(at, min(len(GOOD), at + 20)))
    source = GOOD[:at] + data.draw(st.binary(max_size=4)) + GOOD[until:]
    try:
        task = Task.from_json(source, file="t.json")
    except TaskError as error:
        failure = error
    else:
        failure = None
        assert task.to_json().encode() == source
        assert Task.from_json(task.canonical_json()).content_hash == task.content_hash
    if failure is not None:
        assert failure.message
        assert failure.where is not None
        assert failure.where.file == "t.json"


@given(st.integers(0, len(GOOD) - 2))
def test_a_truncated_file_is_an_error_that_says_so(at: int) -> None:
    with pytest.raises(TaskError) as caught:
        Task.from_json(GOOD[:at])
    assert "ends" in caught.value.message or "empty" in caught.value.message
    assert not is_task(None)
