"""Expressions: names, literals, paths, truth, order, filters in chains (liquid.md 1.3 to 1.6)."""

from __future__ import annotations

import pytest

WORDS = [
    "limit",
    "offset",
    "cols",
    "reversed",
    "in",
    "for",
    "with",
    "as",
    "if",
    "not",
    "return",
    "continue",
    "order-id",
]


@pytest.mark.parametrize("word", WORDS)
def test_no_word_is_reserved_as_a_variable_or_a_key(text, word):
    assert text(f"{{% assign {word} = 3 %}}{{{{ {word} }}}}") == "3"
    assert text(f"{{{{ body.{word} }}}}", body={word: "x"}) == "x"


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("nil", ""),
        ("null", ""),
        ("true", "true"),
        ("false", "false"),
        ("blank", ""),
        ("empty", ""),
        ("'a'", "a"),
        ('"a\'b"', "a'b"),
        ("'a\\n'", "a\\n"),
        ("-3", "-3"),
        ("1.50", "1.5"),
        ("newline", "\n"),
        ("array", ""),
        ("hash", "{}"),
        ("hash.x", ""),
        ("(1..4)", "1..4"),
        ("(b..'3')", "1..3"),
        ("", ""),
        ("x?", "yes"),
    ],
)
def test_literals(text, expression, expected):
    assert text("{{ " + expression + " }}", **{"b": 1, "x?": "yes"}) == expected


def test_literals_are_no_variables(text):
    assert text("{% assign hash = 1 %}{% assign nil = 2 %}{{ hash }}{{ nil }}") == "{}"


def test_an_array_literal_is_new_each_time(text):
    source = "{% for i in (1..2) %}{% assign a = array %}{% assign a[a.size] = i %}{{ a }}{% endfor %}"
    assert text(source) == "12"


DATA = {
    "list": [1, [2, 3], "c"],
    "hash": {"k": {"n": 1}, "a b": "s", "size": "own", "1": "one"},
    "plain": {"x": 1, "y": 2},
    "word": "héllo",
    "key": "k",
    "none": None,
}


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("list[0]", "1"),
        ("list[-1]", "c"),
        ("list[3]", ""),
        ("list[-4]", ""),
        ("list['0']", ""),
        ("list.size", "3"),
        ("list.first", "1"),
        ("list.last", "c"),
        ("list[1][0]", "2"),
        ("list[1].first", "2"),
        ("hash.k.n", "1"),
        ("hash[key].n", "1"),
        ('hash["a b"]', "s"),
        ("hash.size", "own"),
        ("plain.size", "2"),
        ("plain.first.last", "1"),
        ("hash[1]", "one"),
        ("hash[none]", ""),
        ("word.size", "5"),
        ("word.first", "h"),
        ("word.nothing", ""),
        ("none.a.b", ""),
        ("nobody.a[0]", ""),
        ("hash [ key ] . n", "1"),
        ("list[list[0]][0]", "2"),
        ("['word']", "héllo"),
    ],
)
def test_paths(text, path, expected):
    variables = {name: value for name, value in DATA.items() if name != "hash"}
    assert text("{{ " + path.replace("hash", "h") + " }}", h=DATA["hash"], **variables) == expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("counts['size']", ""),
        ("counts['first']", ""),
        ("counts[word]", ""),
        ("counts.size", "1"),
        ("counts.first.first", "a"),
        ("counts.last", ""),
        ("list['size']", ""),
        ("list[word]", ""),
        ("word['size']", ""),
        ("word.last", "t"),
        ("stored['size']", "xl"),
        ("stored.size", "xl"),
        ("stored.first", ""),
        ("nil_first.first", ""),
        ("empty_list.first", ""),
        ("empty_list.last", ""),
        ("empty_hash.first", ""),
        ("number.size", ""),
    ],
)
def test_brackets_find_contents_and_dots_find_properties_too(text, path, expected):
    variables = {
        "counts": {"a": 1}, "list": [1], "word": "first", "stored": {"size": "xl", "first": None}, "number": 5,
        "nil_first": {"first": None}, "empty_list": [], "empty_hash": {},
    }  # fmt: skip
    assert text("{{ " + path + " }}", **variables) == expected


def test_properties_of_a_range(text):
    assert text("{% assign r = (1..4) %}{{ r.size }}{{ r['size'] }}{{ r.first }}{{ r.last }}{{ r.other }}") == "414"


TRUTH = {
    "nil": None,
    "false": False,
    "true": True,
    "zero": 0,
    "nothing": "",
    "spaces": " \n",
    "word": "a",
    "no_items": [],
    "items": [1],
    "no_pairs": {},
    "pairs": {"a": 1},
}


@pytest.mark.parametrize(
    ("name", "blank", "empty", "nil", "false", "truthy"),
    [
        ("nil", True, False, True, False, False),
        ("false", True, False, False, True, False),
        ("true", False, False, False, False, True),
        ("zero", False, False, False, False, True),
        ("nothing", True, True, False, False, True),
        ("spaces", True, False, False, False, True),
        ("word", False, False, False, False, True),
        ("no_items", True, True, False, False, True),
        ("items", False, False, False, False, True),
        ("no_pairs", True, True, False, False, True),
        ("pairs", False, False, False, False, True),
    ],
)
def test_the_truth_table(text, name, blank, empty, nil, false, truthy):
    for word, expected in (("blank", blank), ("empty", empty), ("nil", nil), ("false", false)):
        for condition in (f"v == {word}", f"{word} == v"):
            assert text("{% if " + condition + " %}y{% endif %}", v=TRUTH[name]) == ("y" if expected else "")
        assert text("{% if v != " + word + " %}y{% endif %}", v=TRUTH[name]) == ("" if expected else "y")
        assert text("{% if v <> " + word + " %}y{% endif %}", v=TRUTH[name]) == ("" if expected else "y")
    assert text("{% if v %}y{% endif %}", v=TRUTH[name]) == ("y" if truthy else "")


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("1 == 1.0", True),
        ("1 == '1'", False),
        ("true == 1", False),
        ("a == b", True),
        ("1 < 2", True),
        ("2 <= 2.0", True),
        ("'b' > 'a'", True),
        ("'B' < 'a'", True),
        ("nil < 1", False),
        ("1 > nil", False),
        ("0 < true", False),
        ("a < b", False),
        ("'abc' contains 'b'", True),
        ("'abc' contains ''", True),
        ("'a1' contains 1", True),
        ("a contains 1", True),
        ("a contains '1'", False),
        ("h contains 'k'", True),
        ("h contains 'v'", False),
        ("nil contains 'a'", False),
        ("'a' contains nil", False),
        ("5 contains 5", False),
        ("true contains true", False),
        ("false and false or true", False),
        ("true or false and false", True),
        ("false or true and true", True),
        ("blank == blank", False),
        ("empty == empty", False),
        ("blank == empty", False),
        ("none contains blank", False),
    ],
)
def test_conditions(text, condition, expected):
    variables = {"a": [1, 2], "b": [1, 2], "h": {"k": "v"}, "none": [None, ""]}
    assert text("{% if " + condition + " %}y{% endif %}", **variables) == ("y" if expected else "")


def test_and_or_group_from_the_right_and_short_circuit(text):
    # (false and x) or true would be true; false and (x or true) is false
    assert text("{% if false and x or true %}y{% endif %}") == ""
    assert text("{% if true or 1 > 'a' %}y{% endif %}") == "y"
    assert text("{% if false and 1 > 'a' %}y{% endif %}") == ""


def test_a_number_against_a_text_is_an_error_that_points_at_the_operator(refused):
    error = refused("{% if true %}\n  {% if count > limit %}y{% endif %}\n{% endif %}", count=1, limit="2")
    assert (error.where.line, error.where.column) == (2, 15)
    assert "comparison of Integer with String failed" in error.message
    assert error.where.source == "  {% if count > limit %}y{% endif %}"


def test_filters_are_chained_with_positional_and_named_arguments(text):
    assert text("{{ 'a,b' | split: ',' | join: '-' | append: x }}", x=1) == "a-b1"
    assert text("{{ v | default: 'x', allow_false: true }}", v=False) == "false"


@pytest.mark.parametrize(
    ("source", "line", "column", "said", "hint"),
    [
        ("a\n{{ 1 | apend: 2 }}", 2, 8, "unknown filter 'apend'", "append"),
        ("{{ 'abc }}", 1, 4, "never closed", "same quote"),
        ("{{ a b }}", 1, 6, "unexpected name 'b'", None),
        ("{{ a | append: 1, }}", 1, 18, "value is missing", None),
        ("{{ a.1 }}", 1, 6, "expected a name", None),
        ("{{ a[1 }}", 1, 7, "expected ']'", None),
        ("{{ a & b }}", 1, 6, "unexpected character '&'", None),
        ("{% if %}{% endif %}", 1, 6, "value is missing", None),
        ("{% if a == %}{% endif %}", 1, 11, "value is missing", None),
        ("{% if a | size %}{% endif %}", 1, 9, "unexpected sign '|'", None),
        ("{{ 1e3 }}", 1, 5, "unexpected name", None),
        ("{{ 'a' | split }}", 1, 10, "wrong number of arguments (given 0, expected 1)", None),
        ("{{ 'a' | upcase: 1 }}", 1, 10, "wrong number of arguments (given 1, expected 0)", None),
    ],
)
def test_mistakes_say_what_and_where(refused, source, line, column, said, hint):
    error = refused(source)
    assert said in error.message
    assert (error.where.line, error.where.column) == (line, column)
    assert hint is None or hint in (error.hint or "")


def test_a_hash_behind_the_last_argument_stands_for_named_arguments(text):
    source = "{% assign o = hash %}{% assign o['tz'] = 'UTC' %}{{ 0 | date: '%H', o }}"
    assert text(source) == "00"


def test_deep_brackets_are_refused_not_a_crash(refused):
    assert "nested" in refused("{{ " + "a[" * 5000 + "0" + "]" * 5000 + " }}").message


def test_a_number_with_thousands_of_digits_is_refused(refused):
    assert "digits" in refused("{{ " + "9" * 6000 + " }}").message
