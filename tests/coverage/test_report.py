"""What counts as entered, by previews and by live events (tooling.md 6, coverage)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from runner.coverage.report import Figure, TaskCoverage, cover
from runner.liquid.profile import Profile
from runner.liquid.render import render
from runner.model.event import Event
from runner.model.task import Task
from runner.testing.tracing import Tracing

TOPIC = "user/a/b"


def covered(script: str, *given: Any, previews: Iterable[Any] = (), topics: Iterable[str] = (TOPIC,)) -> TaskCoverage:
    """The coverage by live events with the data ``given``, and by previews."""
    task = Task.from_json({"name": "x", "script": script, "subscriptions_template": "\n".join(topics)})
    tracing = Tracing()
    events = [(f"case {data}", Event(TOPIC, data)) for data in given]
    events += [(f"preview {data}", Event(TOPIC, data, preview=True)) for data in previews]
    for name, event in events:
        render(task, event, profile=tracing.of(name, "case")(task, event))
    return cover("mine", task, topics, tracing.traced)


def gaps(found: TaskCoverage) -> list[tuple[int, int, str, str]]:
    return [(gap.line, gap.last_line, gap.label, gap.lack) for gap in found.gaps]


CASES: list[tuple[str, tuple[Any, ...], list[tuple[int, int, str, str]]]] = [
    ("{% if event.data == 1 %}{% endif %}", (1,), [(1, 1, "if event.data == 1", "never false")]),
    ("{% if event.data == 1 %}{% endif %}", (2,), [(1, 1, "if event.data == 1", "never true")]),
    ("{% if event.data == 1 %}{% endif %}", (1, 2), []),
    ("{% unless event.data == 1 %}{% endunless %}", (2,), [(1, 1, "unless event.data == 1", "never true")]),
    (
        "{% if event.data == 1 %}\n{% elsif event.data == 2 %}\n{% else %}\n{% endif %}",
        (1, 3),
        [(2, 2, "elsif event.data == 2", "never true")],
    ),
    (
        "{% case event.data %}{% when 1 %}{% when 2 %}{% else %}{% endcase %}",
        (2,),
        [(1, 1, "when 1", "never matched"), (1, 1, "else of `case event.data`", "never rendered")],
    ),
    (
        "{% case event.data %}{% when 1 or 2 %}{% endcase %}",
        (2,),
        [(1, 1, "case event.data", "never without any of its values")],
    ),
    ("{% for a in event.data %}{% endfor %}", ([1],), [(1, 1, "for a in event.data", "never without items")]),
    ("{% for a in event.data %}{% else %}{% endfor %}", ([],), [(1, 1, "for a in event.data", "never with items")]),
    (
        "{% tablerow a in event.data %}{% endtablerow %}",
        ([],),
        [(1, 1, "tablerow a in event.data", "never with items")],
    ),
    (
        '{% if event.data %}\n{% log "a" %}\n{% action "echo", a: 1 %}\n{% endif %}',
        (False,),
        [(1, 3, "if event.data", "never true")],
    ),
    (
        '{% if event.data %}{% break %}{% endif %}\n{% log "a" %}\n{% log "b" %}',
        (1,),
        [(1, 1, "if event.data", "never false"), (2, 3, 'log "a"', "never rendered")],
    ),
    ("{% capture a %}{% if event.data %}{% endif %}{% endcapture %}", (1,), [(1, 1, "if event.data", "never false")]),
]


@pytest.mark.parametrize(("script", "given", "expected"), CASES)
def test_what_was_never_entered_is_named_by_line_and_condition(
    script: str, given: tuple[Any, ...], expected: list[tuple[int, int, str, str]]
) -> None:
    assert gaps(covered(script, *given)) == expected


def test_a_line_counts_when_each_tag_on_it_was_rendered() -> None:
    found = covered('{% if event.data %}{% log "a" %}{% endif %}\n{% log "b" %}', False)
    assert (found.lines, found.branches, found.whole) == (Figure(1, 2), Figure(1, 2), Figure(2, 4))
    assert found.whole.percent == 50.0


def test_percents_are_rounded_down_so_that_only_all_is_a_hundred() -> None:
    assert [Figure(*pair).percent for pair in ((1999, 2000), (2000, 2000), (0, 0), (1, 3))] == [
        99.9,
        100.0,
        100.0,
        33.3,
    ]


def test_actions_in_a_gap_are_counted() -> None:
    found = covered('{% if event.data %}{% action "echo", a: 1 %}{% action "echo", a: 2 %}{% endif %}', False)
    assert [gap.actions for gap in found.gaps] == [2]
    assert found.actions == Figure(0, 2)


STUBBED = """{% assign result = event.data %}
{% if event.preview %}
  {% assign result = "stub" %}
{% endif %}
{% if result == "stub" %}
  {% action "echo", result: result %}
{% endif %}"""


def test_what_only_previews_entered_is_told_apart() -> None:
    """The stub's branch is for previews; what follows from the stub is what live events should get to."""
    found = covered(STUBBED, 1, previews=[1])
    assert found.gaps == []
    assert [(gap.line, gap.label) for gap in found.only_previewed] == [(5, 'if result == "stub"')]
    assert found.whole.percent == 100.0
    assert found.by_live.percent < 100.0
    assert covered(STUBBED, 1, "stub", previews=[1]).by_live.percent == 100.0


def test_a_stub_that_no_preview_renders_asks_for_a_preview() -> None:
    found = covered(STUBBED, 1, "stub")
    assert [(gap.line, gap.last_line) for gap in found.gaps] == [(2, 3)]
    assert "preview event" in found.gaps[0].hint


def test_without_live_cases_nothing_is_held_against_previews_one_by_one() -> None:
    found = covered(STUBBED, previews=[1])
    assert (found.cases, found.only_previewed) == (0, [])
    assert found.by_live == Figure(0, 4 + 3)


def test_topics_are_counted_and_a_branch_that_no_topic_reaches_is_told() -> None:
    script = '{% if event.topic == "user/c/d" %}{% log "a" %}{% endif %}'
    found = covered(script, 1, previews=[1], topics=(TOPIC, "user/c/d"))
    assert found.topics == {TOPIC: (1, 1), "user/c/d": (0, 0)}
    assert found.silent_topics == ["user/c/d"]
    assert "topic" in found.gaps[0].hint


def test_places_that_nothing_can_reach_say_so() -> None:
    found = covered(
        "{% if event.preview %}{% unless event.preview %}{% log 1 %}{% endunless %}{% endif %}", previews=[1]
    )
    assert [gap.hint for gap in found.gaps if "exclude" in gap.hint] != []


def test_a_script_that_does_not_parse_has_a_fault_and_no_places() -> None:
    found = covered("{% if %}")
    assert found.fault is not None
    assert found.to_dict()["error"]["code"] == "liquid.syntax"


def test_a_render_that_is_looked_on_is_the_same_as_one_that_is_not() -> None:
    task = Task.from_json({"name": "x", "script": STUBBED, "subscriptions_template": TOPIC})
    event = Event(TOPIC, "stub")
    meter = Tracing().of("a", "case")(task, event)
    assert render(task, event, profile=meter) == render(task, event) == render(task, event, profile=Profile())
