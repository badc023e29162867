"""What a script spends its time on: counted where it is spent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from runner.liquid.profile import Profile
from runner.liquid.reads import NoReads
from runner.liquid.render import render
from runner.model.event import Event
from runner.model.task import Task

SCRIPT = """{% assign names = "a,b,c" | split: "," %}
{% for name in names %}
  {% assign big = name | upcase | append: "!" %}
  {% if big == "B!" %}{% log big %}{% endif %}
{% endfor %}
{% assign result = "query { shop { name } }" | shopify %}
{% assign again = "query { shop { name } }" | shopify %}
"""


class Answering(NoReads):
    """A shop that has a name."""

    def graphql(self, query: str, variables: Mapping[str, Any] | None = None) -> Any:
        return {"data": {"shop": {"name": "x"}}}


def profiled(script: str, times: int = 1) -> Profile:
    topic = "user/a/b"
    task = Task.from_json({"name": "x", "script": script, "subscriptions_template": topic, "options": {}})
    profile = Profile()
    for _ in range(times):
        rendered = render(task, Event(topic), reads=Answering(), profile=profile)
        assert rendered == render(task, Event(topic), reads=Answering(), clock=None)
    return profile


def test_lines_are_counted_as_often_as_they_are_rendered() -> None:
    found = profiled(SCRIPT)
    assert {line: spent.count for line, spent in found.lines.items()} == {1: 1, 2: 1, 3: 3, 4: 3, 6: 1, 7: 1}


def test_filters_are_counted_by_name_and_reads_by_request() -> None:
    found = profiled(SCRIPT, times=2)
    assert {name: spent.count for name, spent in found.filters.items()} == {
        "split": 2,
        "upcase": 6,
        "append": 6,
        "shopify": 4,
    }
    assert {key: spent.count for key, spent in found.reads.items()} == {("graphql", "query { shop { name } }"): 4}
    assert found.renders == 2


def test_own_times_add_up_to_the_whole_and_inner_time_is_in_the_total() -> None:
    found = profiled(SCRIPT)
    assert 0 < sum(spent.own for spent in found.lines.values()) <= found.seconds
    loop = found.lines[2]
    assert loop.total >= loop.own + found.lines[3].total
    assert all(spent.own <= spent.total + 1e-9 for spent in found.lines.values())
    assert found.reads["graphql", "query { shop { name } }"].total <= found.filters["shopify"].total


def test_a_script_that_fails_is_measured_as_far_as_it_went() -> None:
    topic = "user/a/b"
    script = '{% assign x = "a" | upcase %}\n{% assign y = "a" | divided_by: 0 %}\n{% log x %}'
    task = Task.from_json({"name": "x", "script": script, "subscriptions_template": topic, "options": {}})
    profile = Profile()
    assert render(task, Event(topic), profile=profile).error is not None
    assert sorted(profile.lines) == [1, 2]
    assert profile.renders == 1
