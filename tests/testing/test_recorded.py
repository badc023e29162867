"""Recorded answers, asked by scripts."""

from __future__ import annotations

from typing import Any

import pytest

from runner import FixedClock, Task, render
from runner.errors import InputError
from runner.model.event import Event
from runner.testing.fixtures import Recorded
from runner.testing.play import DEFAULT_CLOCK
from runner.testing.recorded import RecordedReads

EVENT = Event("user/thing/happened")


def logs(script: str, recorded: Recorded | None, **cache: Any) -> Any:
    task = Task.from_json({"name": "T", "script": script, "options": {}, "subscriptions_template": EVENT.topic})
    rendering = render(task, EVENT, reads=RecordedReads(recorded, cache), clock=FixedClock(DEFAULT_CLOCK))
    assert rendering.liquid_error is None
    return rendering.logs


def test_responses_answer_in_their_order() -> None:
    reads = RecordedReads(Recorded(({"data": {"a": 1}}, {"errors": [{"message": "no"}]})), {})
    assert reads.graphql("query { a }") == {"data": {"a": 1}}
    assert reads.graphql("query { a }") == {"errors": [{"message": "no"}]}
    with pytest.raises(InputError, match=r"question 3 of the script \(query a\) has no recorded answer"):
        reads.graphql("query { a }")


@pytest.mark.parametrize(
    ("query", "data"),
    [
        ("query { shop { name } }", {"shop": {"name": "Prints"}}),
        ("{ shop { name } product(id: 1) { id } }", {"shop": {"name": "Prints"}, "product": None}),
        ("query { mine: shop { name } }", {"mine": {"name": "Prints"}}),
        ("query { first: product { id } }", {"first": {"id": 1}}),
    ],
)
def test_root_fields_are_answered_by_name_or_by_the_name_the_query_gives_them(query: str, data: Any) -> None:
    answers = {"shop": {"name": "Prints"}, "product": None, "first": {"id": 1}}
    assert RecordedReads(Recorded(answers), {}).graphql(query) == {"data": data}


@pytest.mark.parametrize(
    ("query", "message", "hint"),
    [
        ("query { shops { name } }", "the root field shops has no recorded data", "recorded is shop"),
        ("query { node(id: 1) { id } }", "the root field node has no recorded data", "add it"),
        ("query { shop {", "is not GraphQL", "refuse"),
    ],
)
def test_a_question_without_an_answer_is_an_error(query: str, message: str, hint: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        RecordedReads(Recorded({"shop": {}}), {}).graphql(query)
    assert hint in str(caught.value.hint)


@pytest.mark.parametrize(
    ("path", "params", "body"),
    [
        ("variants/1.json", None, {"variant": {"id": 1}}),
        ("/variants/1.json", None, {"variant": {"id": 1}}),
        ("variants/1.json", {"fields": "id"}, {"variant": {"id": 1}}),
        ("variants.json", {"limit": 250, "ids": "1,2"}, {"variants": []}),
        ("variants/2.json", None, None),
    ],
)
def test_bodies_are_found_by_path_with_or_without_parameters(path: str, params: Any, body: Any) -> None:
    rest = {
        "variants/1.json": {"variant": {"id": 1}},
        "variants.json?ids=1,2&limit=250": {"variants": []},
        "variants/2.json": None,
    }
    assert RecordedReads(Recorded((), rest), {}).rest(path, params) == body


def test_an_unknown_path_names_the_nearest() -> None:
    with pytest.raises(InputError, match=r"GET variants/3\.json has no recorded answer") as caught:
        RecordedReads(Recorded((), {"variants/1.json": {}}), {}).rest("variants/3.json")
    assert caught.value.hint == "recorded is variants/1.json"


def test_without_recordings_a_question_of_the_script_is_an_error_and_never_nil() -> None:
    with pytest.raises(InputError, match="question 1 of the script"):
        logs('{% assign r = "query { shop { name } }" | shopify %}', None)


def test_the_cache_of_a_case_is_what_the_script_sees() -> None:
    assert logs('{% log cache["a"].b %}', None, a={"b": 7}) == (7,)
    reads = RecordedReads(None, {"b": 1, "a": [2]})
    assert list(reads.cache_items()) == [("a", [2]), ("b", 1)]
    assert reads.cache("none") is None


def test_a_script_cannot_change_what_is_recorded() -> None:
    reads = RecordedReads(Recorded({"shop": {"tags": ["a"]}}), {"k": [1]})
    reads.graphql("{ shop { tags } }")["data"]["shop"]["tags"].append("b")
    reads.cache("k").append(2)
    assert reads.graphql("{ shop { tags } }") == {"data": {"shop": {"tags": ["a"]}}}
    assert reads.cache("k") == [1]
