"""Hostile scripts end with a named error: never a hang, never memory without end (liquid.md 1.11)."""

from __future__ import annotations

import pytest

from runner.errors import LimitError


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("{% for i in (1..1000000000) %}{% endfor %}", "liquid.limit.iterations"),
        ("{% for i in (1..200) %}{% for j in (1..200) %}{% endfor %}{% endfor %}", "liquid.limit.iterations"),
        ("{% tablerow i in (1..1000000000) %}{% endtablerow %}", "liquid.limit.iterations"),
        ("{% assign s = 'xxxxxxxxxx' %}{% for i in (1..99) %}{% capture s %}{{ s }}{{ s }}{% endcapture %}{% endfor %}",
         "liquid.limit.output"),
        ("{% if 1 %}" * 101 + "{% endif %}" * 101, "liquid.limit.nesting"),
    ],
)  # fmt: skip
def test_budgets(text, source, code):
    with pytest.raises(LimitError) as caught:
        text(source)
    assert caught.value.code == code
    assert caught.value.where is not None


def test_a_hundred_nested_blocks_are_allowed(text):
    assert text("{% if 1 %}" * 100 + "x" + "{% endif %}" * 100) == "x"


def test_a_huge_range_costs_nothing_until_it_is_walked(text):
    assert text("{% assign r = (1..1000000000) %}{{ r.size }} {{ r.last }}") == "1000000000 1000000000"


def test_a_list_cannot_be_padded_without_end(refused):
    assert "out of range" in refused("{% assign a = array %}{% assign a[99999999999] = 1 %}").message


@pytest.mark.parametrize(
    ("opening", "closing"),
    [
        ("{% if 1 %}", "{% endif %}"),
        ("{% unless nil %}", "{% endunless %}"),
        ("{% for i in (1..1) %}", "{% endfor %}"),
        ("{% case 1 %}{% when 1 %}", "{% endcase %}"),
        ("{% tablerow i in (1..1) %}", "{% endtablerow %}"),
        ("{% capture a %}", "{% endcapture %}{{ a }}"),
    ],
)
def test_a_hundred_blocks_of_any_kind_fit_on_the_stack(text, opening, closing):
    assert "x" in text(opening * 100 + "x" + closing * 100)
