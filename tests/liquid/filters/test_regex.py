"""Filters of regular expressions in Ruby's syntax (liquid.md 3.2)."""

from __future__ import annotations

from typing import Any

import pytest

from runner.errors import LimitError, LiquidError
from runner.liquid.filters.regex import MAX_MATCHES, MatchResult
from runner.liquid.values import json_text, text
from tests.liquid.filters.cases import apply

WHOLE = [
    ("digits", r"\d+", "b42", "42"),
    ("digits are ASCII", r"\d", "٣", None),
    ("word characters are ASCII", r"\w+", "éa", "a"),
    ("white space is ASCII", r"\s", "\u00a0", None),
    ("their opposites", r"\W\D\S", "éxé", "éxé"),
    ("classes hold them", r"[\w.]+", "é a.b", "a.b"),
    ("classes hold their opposites", r"[^\W\d]+", "1ab2", "ab"),
    ("hexadecimal digits", r"\h+", "xyz1aF", "1aF"),
    ("line anchors", r"^b$", "a\nb\nc", "b"),
    ("the dot stops at newlines", r"a.b", "a\nb", None),
    ("m lets the dot go on", r"(?m)a.b", "a\nb", "a\nb"),
    ("m in a group", r"(?m:a.)b.c", "a\nb\nc", None),
    ("i in a group", r"(?i:A)b", "ab", "ab"),
    ("i with letters beyond ASCII", r"(?i)É", "é", "é"),
    ("x ignores white space", "(?x) a b # note", "ab", "ab"),
    ("start of text", r"\Ab", "a\nb", None),
    ("end of text", r"a\z", "a\n", None),
    ("end but for a newline", r"a\Z", "a\n", "a"),
    ("POSIX punctuation", r"[[:punct:]]+", "a!$+<=>^`|~", "!$+<=>^`|~"),
    ("POSIX letters", r"[[:alpha:]]+", "1éa", "éa"),
    ("POSIX opposite", r"[[:^digit:]]+", "1ab2", "ab"),
    ("properties", r"\p{L}+", "1éa", "éa"),
    ("opposite of a property", r"\P{L}+", "a12", "12"),
    ("nested classes", r"[a[0-9]]+", "xa1", "a1"),
    ("intersections", r"[a-z&&[^aeiou]]+", "aeixyz", "xyz"),
    ("signs that only others give a meaning", r"[a|~b]+", "|~", "|~"),
    ("two hyphens", r"[+--]+", "a+,-", "+,-"),
    ("a hyphen, then a range from it", r"[--/]+", "a-./0", "-./"),
    ("a bracket that stands first", r"[]a]+", "]a", "]a"),
    ("quantifiers", r"a{2,3}", "aaaa", "aaa"),
    ("up to", r"ba{,2}", "baaa", "baa"),
    ("other braces are literal", r"a{e}", "a{e}", "a{e}"),
    ("a template's braces", r"{{.*?}}", "x{{y}}", "{{y}}"),
    ("code points", r"\u{1F600}", "😀", "😀"),
    ("four hexadecimal digits", r"\u00e9", "é", "é"),
    ("escape character", r"\e", "\x1b", "\x1b"),
    ("letters without a meaning stand for themselves", r"\y\m\L", "ymL", "ymL"),
    ("escaped signs", r"\.\*\\", ".*\\", ".*\\"),
    ("lookbehind", r"(?<=a)b", "ab", "b"),
    ("negative lookbehind", r"(?<!a)b", "abb", "b"),
    ("atomic groups", r"(?>a+)b", "aab", "aab"),
    ("possessive quantifiers", r"a++a", "aaa", None),
    ("named reference", r"(?<q>['\"]).*?\k<q>", "x'a\"b'", "'a\"b'"),
    ("numbered reference", r"(a|b)\1", "abb", "bb"),
    ("a group called again", r"(?<n>\d)-\g<n>", "1-2", "1-2"),
    ("word boundary", r"\bb", "ab b", "b"),
]


@pytest.mark.parametrize(("description", "pattern", "subject", "expected"), WHOLE, ids=[case[0] for case in WHOLE])
def test_a_pattern_means_what_it_means_in_ruby(description: str, pattern: str, subject: str, expected: Any) -> None:
    found = apply("match", subject, pattern)
    assert (None if found is None else text(found)) == expected


def test_groups_are_captures() -> None:
    found = apply("match", "2026-03", r"(\d+)-(\d+)(x)?")
    assert found.lookup("captures") == ["2026", "03", None]
    assert found.lookup("named_captures") == {}


def test_plain_groups_do_not_capture_beside_named_ones() -> None:
    found = apply("match", "ab-12", r"(?<word>\w+)-(\d+)")
    assert found.lookup("captures") == ["ab"]
    assert found.lookup("named_captures") == {"word": "ab"}


def test_quoted_names_name_groups_and_an_escaped_one_does_not() -> None:
    assert apply("match", "a", r"(?'x'a)").lookup("named_captures") == {"x": "a"}
    assert apply("match", "(?<x>a", r"\(\?<x>(a)").lookup("captures") == ["a"]


def test_a_match_answers_nothing_else_and_is_its_text_in_json() -> None:
    found = apply("match", "a", "(a)")
    assert found.lookup("size") is None
    assert found.lookup(0) is None
    assert json_text(found) == '"a"'
    assert list(found) == ["a"]
    assert (
        json_text([{"key": apply("match", "custom.size!", r"(?<namespace>\w+)\.(?<key>\w+)")}])
        == '[{"key":"custom.size"}]'
    )
    assert apply("append", found, "!") == "a!"


def test_scan_gives_every_match_and_maps_to_captures() -> None:
    found = apply("scan", "a1 b2", r"([a-z])(\d)")
    assert all(isinstance(item, MatchResult) for item in found)
    assert apply("map", found, "captures") == [["a", "1"], ["b", "2"]]
    assert apply("join", found, ",") == "a1,b2"


def test_scan_of_nothing_is_an_empty_list() -> None:
    assert apply("scan", "abc", r"\d") == []
    assert apply("scan", None, r"\d") == []
    assert apply("match", None, r"\d") is None


def test_empty_matches_stand_between_characters() -> None:
    assert [text(item) for item in apply("scan", "ab", "x*")] == ["", "", ""]


def test_a_numeric_input_is_its_text() -> None:
    assert text(apply("match", 1234, "23")) == "23"


@pytest.mark.parametrize("name", ["match", "scan"])
def test_a_malformed_pattern_is_an_error_that_shows_it(name: str) -> None:
    with pytest.raises(LiquidError, match=r"not a regular expression") as caught:
        apply(name, "a", "(a")
    assert '"(a"' in caught.value.message


def test_matches_without_end_are_refused() -> None:
    with pytest.raises(LimitError):
        apply("scan", "x" * (MAX_MATCHES + 1), "x")


def test_a_pattern_that_backtracks_without_end_is_stopped() -> None:
    with pytest.raises(LimitError) as caught:
        apply("match", "a" * 40 + "!", r"(a|a|a)+$")
    assert caught.value.hint
