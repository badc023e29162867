"""Broken JSON, worded: one case for each thing people do."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.errors import TaskError
from runner.model.json_text import read_json

CASES: list[tuple[str | bytes, str, int | None, int | None]] = [
    ("", "empty", 1, 1),
    (" \n ", "empty", 1, 1),
    (b"\xef\xbb\xbf", "empty", 1, 1),
    ("<!DOCTYPE html>\n<html>", "HTML", 1, 1),
    ("\n<?xml version='1.0'?>", "HTML", 2, 1),
    ("{% if x %}{% endif %}", "Liquid template", 1, 1),
    ("# My task\n\nTags: x", "Markdown", 1, 1),
    ("---\nname: x", "YAML", 1, 1),
    ("version https://git-lfs.github.com/spec/v1\noid x", "Git LFS", 1, 1),
    ('{"a": 1,}', "comma after the last entry", 1, 8),
    ('{\n  "a": [1, 2,\n  ]\n}', "comma after the last entry", 2, 13),
    ('{\n  // note\n  "a": 1}', "no comments", 2, 3),
    ('{"a": /* x */ 1}', "no comments", 1, 7),
    ('{"a": 1 # x\n}', "no comments", 1, 9),
    ("{'a': 1}", "double quotes", 1, 2),
    ("{\"a\": 'x'}", "double quotes", 1, 7),
    ("{“a”: 1}", "not a quotation mark", 1, 2),
    ('{"a": 1, "b": 2', "ends inside the object that was opened in line 1", 1, 16),
    ('{\n "a": [1,\n', "ends inside the list that was opened in line 2", 3, 1),
    ('{"a": ', "ends inside the object", 1, 7),
    ('{"a"', "ends inside the object", 1, 5),
    ('{"a": "x', "ends inside the text that begins in line 1", 1, 9),
    ('{"a": "x\ny"}', "no closing quote", 1, 7),
    ('{"a": "x\ty"}', "tab", 1, 9),
    ('{"a": "x\x00y"}', "NUL", 1, 9),
    ('{"a": "x\x07y"}', "U+0007", 1, 9),
    ('{"a": "\\d"}', "\\d is not an escape", 1, 8),
    ('{"a": "\\u12"}', "not an escape", 1, 8),
    ('{"a": 1\n "b": 2}', "comma is missing", 2, 2),
    ('{"a": "he said "no""}', "comma is missing", 1, 17),
    ('{"a" 1}', "colon is missing", 1, 6),
    ('{"a"= 1}', "colon is missing", 1, 5),
    ('{"a": }', "value is missing", 1, 7),
    ('{"a": , "b": 1}', "value is missing", 1, 7),
    ("[1,,2]", "value is missing", 1, 4),
    ('{,"a": 1}', "before the comma", 1, 2),
    ('{"a": [1}', 'would need "]"', 1, 9),
    ('{"a": 1]', 'would need "}"', 1, 8),
    ('{"a": 1}}', "after the end", 1, 9),
    ('{"a": 1}\n{"b": 2}', "second JSON value", 2, 1),
    ('{"a": 1} x', "after the end", 1, 10),
    ("{a: 1}", "key a is not in quotes", 1, 2),
    ("{1: 2}", "key in quotes", 1, 2),
    ('{"a": True}', "True is not JSON", 1, 7),
    ('{"a": undefined}', "undefined is not JSON", 1, 7),
    ('{"a": NaN}', "NaN is not a number", 1, 7),
    ('{"a": -Infinity}', "not a number of JSON", 1, 7),
    ('{"a": +1}', "+1 is not a number", 1, 7),
    ('{"a": .5}', ".5 is not a number", 1, 7),
    ('{"a": 01}', "comma is missing", 1, 8),
    ('{"a": 1e999}', "too large", 1, 7),
    ('{"a": ' + "9" * 5000 + "}", "too large", 1, 7),
    ('{"a": hello}', "hello is not in quotes", 1, 7),
    ('{"a": *}', "not *", 1, 7),
    ('{"a": \u00a01}', "U+00A0", 1, 7),
    ('{"a": 1, "a": 2}', '"a" comes twice', 1, 10),
    ('{"x": {"a": 1, "\\u0061": 2}}', '"a" comes twice', 1, 16),
    ('{\n<<<<<<< HEAD\n"a": 1}', "unresolved merge", 2, 1),
    ("]", "value must stand here", 1, 1),
    ("hello", "not in quotes", 1, 1),
    (b'{"a":\n "\xff"}', "not UTF-8", 2, 3),
    (b'{"a": "\xc3', "not UTF-8", 1, 8),
    ('{"a": 1}'.encode("utf-16"), "UTF-16", None, None),
    ('{"a": "\ud800"}', "half of a character", 1, 8),
]


@pytest.mark.parametrize(("text", "words", "line", "column"), CASES, ids=[repr(case[0][:40]) for case in CASES])
def test_broken_json_is_explained(text: str | bytes, words: str, line: int | None, column: int | None) -> None:
    with pytest.raises(TaskError) as caught:
        read_json(text, file="t.json", error=TaskError)
    error = caught.value
    assert words in error.message
    assert error.where is not None
    assert (error.where.file, error.where.line, error.where.column) == ("t.json", line, column)


def test_the_source_line_is_shown() -> None:
    with pytest.raises(TaskError) as caught:
        read_json('{\n  "a": 1\n  "b": 2\n}', error=TaskError)
    assert caught.value.where is not None
    assert caught.value.where.source == '  "b": 2'
    assert caught.value.hint


@given(st.binary(max_size=60) | st.text(max_size=60))
def test_any_input_is_read_or_explained(source: bytes | str) -> None:
    with contextlib.suppress(TaskError):
        read_json(source, error=TaskError)
