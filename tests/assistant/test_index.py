"""Finding by words: fields have weights, rare words count more, mistyped ones find neighbours (tooling.md 3)."""

from __future__ import annotations

import pytest

from runner.assistant.index import SNIPPET, Fuzzy, Index, distance, page, snippet

TEXTS = {
    "title": {"title": "lighthouse", "content": "nothing"},
    "slug": {"slug": "lighthouse", "title": "x"},
    "tags": {"tags": "lighthouse", "title": "x"},
    "headings": {"headings": "lighthouse", "title": "x"},
    "events": {"events": "lighthouse", "title": "x"},
    "content": {"content": "A Light-House? LIGHTHOUSE!", "title": "x"},
}


def test_where_a_word_stands_decides_the_order() -> None:
    assert [name for name, _ in Index(TEXTS).search("lighthouse")] == list(TEXTS)


def test_words_end_at_everything_but_letters_and_digits_and_case_is_no_matter() -> None:
    assert [name for name, _ in Index(TEXTS).search("LIGHT_house")] == ["content"]


def test_a_rare_word_counts_more_than_one_that_is_everywhere() -> None:
    texts = {"a": {"content": "order order tag"}, "b": {"content": "order ferry"}, "c": {"content": "order"}}
    assert next(name for name, _ in Index(texts).search("order ferry")) == "b"


def test_a_query_without_words_fits_everything_by_name() -> None:
    assert Index({"b": {}, "a": {}}).search(" ?! ") == [("a", 0.0), ("b", 0.0)]


@pytest.mark.parametrize(
    ("word", "fuzzy", "found"),
    [
        ("lighthouse", None, True),
        ("lighthuose", None, False),
        ("lighthose", Fuzzy(), True),
        ("lighthuose", Fuzzy(edits=1), False),
        ("lighthuose", Fuzzy(edits=2), True),
        ("lighthouse", Fuzzy(edits=0), True),
        ("lighthose", Fuzzy(edits=0), False),
    ],
)
def test_a_mistyped_word_is_taken_for_one_that_is_near(word: str, fuzzy: Fuzzy | None, found: bool) -> None:
    assert bool(Index(TEXTS).search(word, fuzzy)) is found


def test_no_more_neighbours_are_taken_than_asked_for() -> None:
    index = Index({name: {"title": name} for name in ("cat", "car", "cap", "cab")})
    assert len(index.search("cax", Fuzzy(candidates=2))) == 2
    assert len(index.search("cax", Fuzzy(candidates=5))) == 4


@pytest.mark.parametrize(
    ("one", "other", "edits"),
    [
        ("abc", "abc", 0),
        ("abc", "abd", 1),
        ("abc", "ab", 1),
        ("abc", "xabc", 1),
        ("ab", "ba", 2),
        ("abc", "xyz", 3),
        ("", "abcd", 3),
    ],
)
def test_distances_are_counted_up_to_the_most_that_matters(one: str, other: str, edits: int) -> None:
    assert distance(one, other, 2) == distance(other, one, 2) == edits


def test_a_snippet_shows_the_place_of_the_word_in_one_short_line() -> None:
    shown = snippet("begin " * 100 + "the\nferry sails " + "end " * 100, "FERRY")
    assert "the ferry sails" in shown
    assert (shown[0], shown[-1], len(shown)) == ("…", "…", SNIPPET + 2)
    assert snippet("short", "absent") == "short"


def test_pages_of_a_result_follow_each_other_without_a_gap() -> None:
    found = [(str(number), 1.0) for number in range(5)]
    assert page(found, 2, 0) == (found[:2], 2)
    assert page(found, 2, 2) == (found[2:4], 4)
    assert page(found, 2, 4) == (found[4:], None)
    assert page(found, 5, 0) == (found, None)
    assert page(found, 2, 9) == ([], None)
