"""What there is to be entered in a script (tooling.md 6, coverage; tasks.md 4.1 for previews)."""

from __future__ import annotations

import pytest

from runner.coverage.spots import Reach, Spot, spots
from runner.liquid.template import parse


def every(script: str) -> list[Spot]:
    template = parse(script, "script")
    return [spot for place in spots(template.source, template.nodes) for spot in place.every()]


def branches(script: str) -> list[tuple[int, str, str]]:
    return [(spot.line, spot.label, spot.lack) for spot in every(script) if spot.outcome is not None]


@pytest.mark.parametrize(
    ("script", "ways"),
    [
        ("{% if a %}{% endif %}", [(1, "if a", "never true"), (1, "if a", "never false")]),
        ("{% if a %}{% else %}{% endif %}", [(1, "if a", "never true"), (1, "else of `if a`", "never rendered")]),
        (
            "{% if a %}\n{% elsif b == 1 %}\n{% endif %}",
            [
                (1, "if a", "never true"),
                (2, "elsif b == 1", "never true"),
                (1, "if a", "never without any of its branches"),
            ],
        ),
        ("{%- unless a -%}{%- endunless -%}", [(1, "unless a", "never false"), (1, "unless a", "never true")]),
        (
            '{% case a %}{% when 1, "x" %}{% else %}{% endcase %}',
            [(1, 'when 1, "x"', "never matched"), (1, "else of `case a`", "never rendered")],
        ),
        (
            "{% case a %}{% when 1 %}{% endcase %}",
            [(1, "when 1", "never matched"), (1, "case a", "never without any of its values")],
        ),
        (
            "{% for a in b %}{% endfor %}",
            [(1, "for a in b", "never with items"), (1, "for a in b", "never without items")],
        ),
        ("{% for a in (1..9) %}{% endfor %}", [(1, "for a in (1..9)", "never with items")]),
        ("{% liquid\n if a\n echo b\n endif\n%}", [(2, "if a", "never true"), (2, "if a", "never false")]),
        (
            "{% if a %}{% else %}{% else %}{% endif %}",
            [(1, "if a", "never true"), (1, "else of `if a`", "never rendered")],
        ),
        ("{% if true %}{% endif %}", [(1, "if true", "never true")]),
    ],
)
def test_each_way_a_tag_can_go_is_one_branch(script: str, ways: list[tuple[int, str, str]]) -> None:
    assert branches(script) == ways


@pytest.mark.parametrize(
    ("script", "reaches"),
    [
        ("{% if event.preview %}{{ a }}{% else %}{{ b }}{% endif %}", ("preview", "live")),
        ("{% unless event.preview %}{{ a }}{% else %}{{ b }}{% endunless %}", ("live", "preview")),
        ("{% if event.preview and x %}{{ a }}{% else %}{{ b }}{% endif %}", ("preview", "both")),
        ("{% if event.preview or x %}{{ a }}{% else %}{{ b }}{% endif %}", ("both", "live")),
        ("{% if event.preview == true %}{{ a }}{% else %}{{ b }}{% endif %}", ("preview", "live")),
        ("{% if event.preview != true %}{{ a }}{% else %}{{ b }}{% endif %}", ("live", "preview")),
        ("{% if event.preview == nil %}{{ a }}{% else %}{{ b }}{% endif %}", ("live", "preview")),
        ("{% if event.preview != blank %}{{ a }}{% else %}{{ b }}{% endif %}", ("preview", "live")),
        ("{% if event.preview == false %}{{ a }}{% else %}{{ b }}{% endif %}", ("none", "both")),
        ("{% if x %}{{ a }}{% else %}{{ b }}{% endif %}", ("both", "both")),
        (
            "{% if event.preview %}{% unless event.preview %}{{ a }}{% endunless %}{{ b }}{% endif %}",
            ("none", "preview"),
        ),
    ],
)
def test_conditions_about_previews_tell_who_can_get_to_a_place(script: str, reaches: tuple[str, str]) -> None:
    found = {spot.label: spot.reach for spot in every(script) if spot.label in ("a", "b")}
    assert found == {"a": Reach(reaches[0]), "b": Reach(reaches[1])}


def test_tags_are_told_apart_and_what_does_nothing_is_left_out() -> None:
    script = """{% comment %}x{% endcomment %}{% # x %}{% permissions %}read_orders{% endpermissions %}text
{% raw %}{{ x }}{% endraw %}{% assign a = 1 %}
{% action "cache" %}{"set": {{ b | json }}}{% endaction %}{% log a %}{% error a %}{% break %}"""
    assert [(spot.kind, spot.label) for spot in every(script)] == [
        ("tag", "assign a = 1"),
        ("action", 'action "cache"'),
        ("tag", "b | json"),
        ("log", "log a"),
        ("error", "error a"),
        ("break", "break"),
    ]


def test_a_branch_that_asks_for_the_topic_says_so() -> None:
    script = (
        '{% if event.topic contains "x" %}{% elsif a %}{% endif %}{% case event.topic %}{% when "y" %}{% endcase %}'
    )
    asking = [spot.label for spot in every(script) if spot.asks_topic]
    assert asking == ['if event.topic contains "x"', 'when "y"']


def test_a_long_tag_over_several_lines_is_one_short_label() -> None:
    label = every("{% if a == 1\n   and b == " + "c" * 200 + " %}{% endif %}")[0].label
    assert label.startswith("if a == 1 and b == ccc")
    assert (len(label), label[-1]) == (90, "…")
