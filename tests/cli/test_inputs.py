"""Event and option files: every way they can be wrong, told with its place."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from runner.cli.inputs import read_event, read_options
from runner.errors import InputError


def file_with(folder: Path, content: str | bytes) -> str:
    path = folder / "given.json"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return str(path)


def test_an_event_file_gives_all_of_its_keys(tmp_path: Path) -> None:
    document = {
        "topic": "user/stock/check",
        "shopify_topic": "shopify/orders/create",
        "data": [1, None],
        "id": "e1",
        "created_at": "2026-03-04T20:06:07Z",
        "source": "user",
        "parent": {"topic": "user/stock/begin"},
    }
    event = read_event(file_with(tmp_path, json.dumps(document)))
    assert (event.topic, event.shopify_topic, event.data) == ("user/stock/check", "shopify/orders/create", [1, None])
    assert (event.id, event.created_at, event.source) == ("e1", "2026-03-04T20:06:07Z", "user")
    assert event.parent is not None
    assert event.parent.topic == "user/stock/begin"


@pytest.mark.parametrize("data", [None, 7, "text", [], {}, False])
def test_data_may_be_any_json(tmp_path: Path, data: Any) -> None:
    assert read_event(file_with(tmp_path, json.dumps({"topic": "user/a/b", "data": data}))).data == data


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    assert read_event(file_with(tmp_path, '\ufeff{"topic": "user/a/b"}')).topic == "user/a/b"


@pytest.mark.parametrize(
    ("content", "words", "hint"),
    [
        ('{"data": {}}', 'no "topic"', "looks like"),
        ('{"id": 1, "email": "a@b.c"}', 'no "topic"', 'put it under "data"'),
        ('{"topic": 7}', "topic: expected text, found the number 7", ""),
        ('{"topic": ""}', "topic: expected text such as", ""),
        ('{"topic": null}', "topic: expected text such as", ""),
        ('{"topic": "user/a/b", "dta": 1}', 'no key "dta"', "data"),
        ('{"topic": "user/a/b", "id": 1}', "id: expected text", ""),
        ('{"topic": "user/a/b", "created_at": "yesterday"}', "created_at: expected a time with zone", ""),
        ('{"topic": "user/a/b", "created_at": "2026-01-01T00:00:00"}', "created_at: expected a time with zone", ""),
        ('{"topic": "user/a/b", "created_at": 5}', "created_at: expected a time with zone", ""),
        ('{"topic": "user/a/b", "parent": "e1"}', "parent: expected an event", ""),
        ('{"topic": "user/a/b", "parent": {"data": 1}}', 'no "topic"', ""),
        ("[]", "must hold an object, this is a list", "such as"),
        ('"text"', 'this is "text"', "such as"),
        ("null", "this is null", "such as"),
        ("true", "this is true", "such as"),
        ("", "is empty", "expected JSON"),
        ("  \n", "is empty", "expected JSON"),
        ("{'topic': 1}", "quotes", ""),
        ('{"topic": NaN}', "NaN", ""),
        (b'{"topic": "caf\xe9"}', "UTF-8", ""),
    ],
)
def test_a_file_that_is_no_event_says_why(tmp_path: Path, content: str | bytes, words: str, hint: str) -> None:
    path = file_with(tmp_path, content)
    with pytest.raises(InputError) as caught:
        read_event(path)
    assert words in caught.value.message
    assert hint in (caught.value.hint or "")
    assert caught.value.where is not None
    assert caught.value.where.file == path


def test_broken_json_has_line_column_and_its_source_line(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        read_event(file_with(tmp_path, '{\n  "topic": "user/a/b",\n}\n'))
    where = caught.value.where
    assert where is not None
    assert (where.line, where.source) in {(2, '  "topic": "user/a/b",'), (3, "}")}


def test_a_wrong_key_has_the_line_it_stands_in(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        read_event(file_with(tmp_path, '{\n  "topic": "user/a/b",\n  "parent": {\n    "topic": 7}}\n'))
    where = caught.value.where
    assert where is not None
    assert (where.line, where.column, where.source) == (4, 5, '    "topic": 7}}')


def test_hostile_nesting_is_an_error_and_no_crash(tmp_path: Path) -> None:
    with pytest.raises(InputError):
        read_event(file_with(tmp_path, "[" * 200_000))


def test_a_missing_file_names_its_neighbours(tmp_path: Path) -> None:
    (tmp_path / "order.json").write_text("{}")
    with pytest.raises(InputError) as caught:
        read_event(str(tmp_path / "ordr.json"))
    assert caught.value.code == "input.missing"
    assert str(tmp_path / "order.json") in str(caught.value.hint)


def test_a_missing_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        read_event(str(tmp_path / "nowhere" / "order.json"))
    assert "does not exist either" in str(caught.value.hint)


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_event(str(tmp_path))


def test_options_are_an_object(tmp_path: Path) -> None:
    assert read_options(None) is None
    assert read_options(file_with(tmp_path, '{"days__number": 3}')) == {"days__number": 3}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("[]", "this is a list"),
        ('{"name": "x", "script": "", "options": {}}', "whole task"),
        ("{", "ends"),
    ],
)
def test_a_file_that_holds_no_options_says_why(tmp_path: Path, content: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        read_options(file_with(tmp_path, content))
