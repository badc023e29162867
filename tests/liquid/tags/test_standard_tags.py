"""The standard tags, where they matter (liquid.md 1.8 to 1.10)."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("{% if nil %}a{% elsif 0 %}b{% else %}c{% endif %}", "b"),
        ("{% unless nil %}a{% elsif 0 %}b{% else %}c{% endunless %}", "a"),
        ("{% unless 1 %}a{% elsif 1 %}b{% else %}c{% endunless %}", "b"),
        ("{% unless 1 %}a{% elsif nil %}b{% else %}c{% endunless %}", "c"),
        ("{% if nil %}a{% else %}b{% else %}c{% elsif 1 %}d{% endif %}", "b"),
        ("{% if 1 %}a{% endif junk %}b", "ab"),
        ("{% case 2 %}x{% when 1 %}a{% when 2 or 3 %}b{% when 3, 2 %}c{% else %}d{% endcase %}", "bc"),
        ("{% case 5 %}{% when 1 %}a{% else %}d{% endcase %}", "d"),
        ("{% case nil %}{% when blank %}a{% endcase %}", "a"),
        ("{% case 1 %}{% when '1' %}a{% when true %}b{% endcase %}", ""),
        ("{% case v %}{% when 1 %}{% assign v = 2 %}a{% when 2 %}b{% endcase %}", "ab"),
        ("{%- assign x = 1 -%}  a  {%- echo x -%}  b", "a1b"),
        ("{% comment %} {% if %} {{ ' }} {% comment %} {% endcomment %} {% endcomment %}x", "x"),
        ("{% # one\n # two %}x", "x"),
        ("{% raw %}{{ a }}{% if %}{% endraw %}", "{{ a }}{% if %}"),
        ("{% liquid\nassign a = 'x'\n# note\nif a == 'x'\n  echo a\nendif %}", "x"),
        ("{% cycle 1, 2 %}{% cycle 1, 2 %}{% cycle 1, 2 %}", "121"),
        ("{% cycle 'g': 1, 2 %}{% cycle 'g': 3, 4 %}", "14"),
        ("{% increment n %}{% increment n %}{% decrement n %}{{ n }}", "0111"),
        ("{% for i in (1..3) %}{% ifchanged %}{{ i | at_least: 2 }}{% endifchanged %}{% endfor %}", "23"),
        ("{% assign n = 5 %}{% increment n %}{{ n }}", "05"),
    ],
)
def test_standard_tags(text, source, expected):
    assert text(source, v=1) == expected


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("i in items", "1234"),
        ("i in items limit: 2", "12"),
        ("i in items limit:2 offset:1", "23"),
        ("i in items, offset: 1, limit: 2", "23"),
        ("i in items reversed", "4321"),
        ("i in items reversed limit: 2", "21"),
        ("i in items limit: 0", "none"),
        ("i in items limit: nil", "1234"),
        ("i in items limit: two", "12"),
        ("i in items offset: 9", "none"),
        ("i in nil", "none"),
        ("i in 5", "none"),
        ("i in true", "none"),
        ("i in 'word'", "word"),
        ("i in ''", "none"),
        ("i in (3..1)", "none"),
        ("i in ('1'..'3')", "123"),
        ("i in (nil..2)", "012"),
        ("i in ('x'..1)", "01"),
        ("i in pairs", "a1b2"),
    ],
)
def test_for_headers(text, header, expected):
    source = "{% for " + header + " %}{{ i }}{% else %}none{% endfor %}"
    assert text(source, items=[1, 2, 3, 4], pairs={"a": 1, "b": 2}, two="2") == expected


def test_offset_continue_goes_on_where_the_last_loop_ended(text):
    source = "{% for i in a limit: 2 %}{{ i }}{% endfor %}-{% for i in a offset: continue %}{{ i }}{% endfor %}"
    assert text(source, a=[1, 2, 3]) == "12-3"


@pytest.mark.parametrize("part", ["limit: 0", "offset: 1", "limit: 0 offset: 3", "offset: continue", "reversed"])
def test_a_text_is_one_item_whatever_part_of_it_is_asked_for(text, part):
    assert text("{% for i in 'ab' " + part + " %}{{ i }}{% else %}none{% endfor %}") == "ab"


@pytest.mark.parametrize(
    ("offsets", "expected"), [("offset: continue offset: 1", "23"), ("offset: 1 offset: continue", "123")]
)
def test_the_last_of_two_offsets_counts(text, offsets, expected):
    assert text("{% for i in a " + offsets + " %}{{ i }}{% endfor %}", a=[1, 2, 3]) == expected


@pytest.mark.parametrize("tag", ["break", "continue"])
def test_white_space_before_break_and_continue_is_printed(text, tag):
    """A block with one of them is not blank, as in Ruby (liquid.md 1.10)."""
    assert text("{% for i in (1..2) %}{% if true %}  {% " + tag + " %}{% endif %}{% endfor %}").startswith("  ")
    assert text("{% if true %} {% assign a = 1 %}{% endif %}.") == "."


def test_text_before_the_first_when_is_dropped_and_keeps_the_white_space_of_branches(text):
    assert text("{% case 1 %}x{% when 1 %} {% assign a = 1 %}{% endcase %}.") == " ."
    assert text("{% case 1 %} {% when 1 %} {% assign a = 1 %}{% endcase %}.") == "."


def test_forloop(text):
    names = ["index", "index0", "rindex", "rindex0", "first", "last", "length"]
    source = "{% for i in (5..6) %}" + " ".join(f"{{{{ forloop.{name} }}}}" for name in names) + ";{% endfor %}"
    assert text(source) == "1 0 2 1 true false 2;2 1 1 0 false true 2;"


def test_parentloop_and_shadowing(text):
    inner = "{% for i in (7..8) %}{{ forloop.parentloop.index0 }}{{ i }} {% endfor %}"
    source = "{% for i in (1..2) %}" + inner + "{{ i }};{% endfor %}"
    assert text(source) == "07 08 1;17 18 2;"


def test_assigning_a_live_loop_variable_shows_after_the_loop(text):
    assert text("{% for i in (1..2) %}{% assign i = 9 %}{{ i }}{% endfor %}{{ i }}") == "129"


def test_a_range_needs_whole_ends(refused):
    assert "whole numbers" in refused("{% for i in (1..2.5) %}{% endfor %}").message


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("a{% break %}b", "a"),
        ("a{% continue %}b", "a"),
        ("{% if 1 %}a{% unless nil %}{% break %}{% endunless %}b{% endif %}c", "a"),
        ("{% for i in (1..3) %}{% if i == 2 %}{% break %}{% endif %}{{ i }}{% endfor %}x", "1x"),
        ("{% for i in (1..3) %}{% if i == 2 %}{% continue %}{% endif %}{{ i }}{% endfor %}x", "13x"),
        ("{% for i in (1..2) %}{% for j in (1..2) %}{% break %}{% endfor %}{{ i }}{% endfor %}", "12"),
        ("{% for i in (1..2) %}{% capture c %}a{{ i }}{% break %}b{% endcapture %}{% endfor %}{{ c }}", "a1"),
        ("{% liquid\n echo 'a'\n break\n echo 'b' %}c", "a"),
        ("{% tablerow i in (1..3) %}{{ i }}{% break %}{% endtablerow %}",
         '<tr class="row1">\n<td class="col1">1</td></tr>\n'),
    ],
)  # fmt: skip
def test_break_and_continue(text, source, expected):
    assert text(source) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("{% if true %}  {% endif %}", ""),
        ("{% if true %} {% assign a = 1 %} {% comment %}x{% endcomment %} {% endif %}", ""),
        ("{% if true %}  {% elsif a %}{{ a }}{% endif %}", "  "),
        ("{% for i in (1..2) %} {% if i %} {% endif %} {% endfor %}", ""),
        ("{% for i in (1..2) %} {% if i %} {% echo i %} {% endif %} {% endfor %}", "  1    2  "),
        ("{% capture a %}\n{% endcapture %}[{{ a }}]", "[\n]"),
        ("{% capture a %} {% if true %}  {% endif %} {% endcapture %}[{{ a }}]", "[  ]"),
        ("{% case 1 %}{% when 1 %}  {% endcase %}", ""),
    ],
)
def test_white_space_of_blank_blocks(text, source, expected):
    assert text(source) == expected


@pytest.mark.parametrize("name", ["x", "'x'", '"x"', "x junk"])
def test_capture_names(text, name):
    assert text("{% capture " + name + " %}a{% endcapture %}{{ x }}") == "a"


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("{% if 1 %}", "never closed"),
        ("{% for i in (1..2) %}{% if 1 %}{% endfor %}", "before the if tag on line 1 is closed"),
        ("{% endif %}", "closes nothing"),
        ("{% else %}", "outside of"),
        ("{% iff 1 %}", "unknown tag 'iff'"),
        ("{% for i of x %}{% endfor %}", "expected 'in'"),
        ("{% for i in x by: 2 %}{% endfor %}", "expected reversed, limit:, offset:"),
        ("{% for i in (1..2) limit: 'x' %}{% endfor %}", "needs a whole number"),
        ("{% render 'card' %}", "no such template"),
        ("{% include 'card' %}", "no such template"),
        ("{{ 'a'", "}}"),
        ("{% if", ""),
    ],
)
def test_mistakes(refused, source, said):
    assert said in refused(source).message


@pytest.mark.parametrize(
    ("source", "near"),
    [
        ("{% action 'echo' %}{}{% endactoin %}", "{% endaction %}"),
        ("{% if 1 %}{% enfid %}", "{% endif %}"),
        ("{% capture x %}{% endcaptur %}", "{% endcapture %}"),
        ("{% actoin 'echo' %}{}{% endaction %}", "{% action %}"),
    ],
)
def test_the_hint_names_the_tag_that_was_meant(refused, source, near):
    assert near in refused(source).hint


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("{% assign x = h %}{% assign x['n'] = 1 %}{{ h['n'] }}", "1"),
        ("{% assign h['a b'] = 1 %}{% assign h[k] = 2 %}{% assign h[5] = 3 %}{{ h | json }}",
         '{"a b":1,"key":2,"5":3}'),
        ("{% assign l[l.size] = 1 %}{% assign l[3] = 2 %}{{ l | json }}", "[1,null,null,2]"),
        ("{% assign l[0] = 1 %}{% assign l[-1] = 2 %}{% assign l['0'] = 3 %}{{ l | json }}", "[3]"),
        ("{% assign h['x'] = array %}{% assign h['x'][0] = hash %}{% assign h['x'][0]['y'] = 1 %}{{ h | json }}",
         '{"x":[{"y":1}]}'),
        ("{% assign h['c'] = l %}{% assign l[0] = 1 %}{{ h | json }}", '{"c":[]}'),
        ("{% assign h['me'] = h %}{{ h | json }}", '{"me":{}}'),
        ("{% assign l[0] = h %}{% for e in l %}{% assign l[0]['k'] = 5 %}{{ e['k'] }}{% endfor %}", "5"),
        ("{% assign m = l | push: h %}{% assign h['z'] = 1 %}{{ m | json }}{{ l | json }}", '[{"z":1}][]'),
        ("{% assign h['a'] = 1 %}{% assign h['b'] = 2 %}{% assign h['a'] = 3 %}{{ h | json }}", '{"a":3,"b":2}'),
        ("{% assign h[nil] = 1 %}{{ h | json }}", '{"":1}'),
        ("{% assign frozen = frozen | json | parse_json %}{% assign frozen['a'] = 2 %}{{ frozen['a'] }}", "2"),
        ("{% assign v = %}{{ v }}", ""),
    ],
)  # fmt: skip
def test_assignment(text, source, expected):
    from runner.liquid.objects.base import freeze

    assert text(source, h={}, l=[], k="key", frozen=freeze({"a": 1})) == expected


@pytest.mark.parametrize(
    ("source", "said", "hint"),
    [
        ("{% assign frozen['a'] = 2 %}", "cannot be changed", "json | parse_json"),
        ("{% assign frozen['in']['x'] = 2 %}", "cannot be changed", "json | parse_json"),
        ("{% assign nobody['a'] = 1 %}", "nobody is nil", "hash"),
        ("{% assign h['x']['y'] = 1 %}", "is nil", "hash"),
        ("{% assign word['a'] = 1 %}", 'is "text"', "hash"),
        ("{% assign l['a'] = 1 %}", "is no index", "whole number"),
        ("{% assign l[-1] = 1 %}", "out of range", None),
        ("{% assign a.b = 1 %}", "cannot assign", "brackets"),
        ("{% assign a? = 1 %}", "question mark", None),
        ("{% assign a 1 %}", "expected '='", None),
    ],
)
def test_assignment_mistakes(refused, source, said, hint):
    from runner.liquid.objects.base import freeze

    error = refused(source, h={}, l=[], word="text", frozen=freeze({"a": 1, "in": {}}))
    assert said in error.message
    assert hint is None or hint in (error.hint or "")


def test_the_tag_table_names_each_tag_as_its_class_does():
    from runner.liquid.tags import TAGS

    assert {name: tag.name for name, tag in TAGS.items()} == {name: name for name in TAGS}
