"""``action``, ``log``, ``error``, ``permissions`` in all their forms (liquid.md 2)."""

from __future__ import annotations

import pytest

from runner.liquid.stream import Emitted

VARIABLES = {"o": {"url": "x"}, "m": {"s": 1}, "key": "k", "rows": [[1, 2]], "a": 4, "b": 2, "n": None, "t": "echo"}


@pytest.mark.parametrize(
    ("form", "source", "expected"),
    [
        ("A1", '{% action %}{"type":"cache","options":["del","k"],"meta":{"s":1}}{% endaction %}',
         {"type": "cache", "options": ["del", "k"], "meta": {"s": 1}}),
        ("A2", '{% action "http" %}{"method": "get", "n": {{ a }}}{% endaction %}',
         {"type": "http", "options": {"method": "get", "n": 4}}),
        ("A2c", '{% action "email", __perform_event: false %}{"to": 1}{% endaction %}',
         {"type": "email", "options": {"to": 1}, "perform_event": False}),
        ("A2c meta", '{% action "email", __meta: m %}{"to": 1}{% endaction %}',
         {"type": "email", "options": {"to": 1}, "meta": {"s": 1}}),
        ("A3", '{% action "cache", "setex", key, 60, true %}', {"type": "cache", "options": ["setex", "k", 60, True]}),
        ("A4 list", '{% action "echo" rows %}', {"type": "echo", "options": [[1, 2]]}),
        ("A4 scalar", '{% action "echo", "x" %}', {"type": "echo", "options": "x"}),
        ("A4 hash", '{% action "http" o %}', {"type": "http", "options": {"url": "x"}}),
        ("A4 nil", '{% action "echo", n %}', {"type": "echo", "options": None}),
        ("A5", '{% action "echo", id: a, return: "y" %}', {"type": "echo", "options": {"id": 4, "return": "y"}}),
        ("A5 no comma", '{% action "echo" __error: "x" %}', {"type": "echo", "options": {"__error": "x"}}),
        ("A5 controls", '{% action "echo", id: a, __meta: 3, __perform_event: false %}',
         {"type": "echo", "options": {"id": 4}, "meta": 3, "perform_event": False}),
        ("A6", '{% action "http", options: o, meta: m %}', {"type": "http", "options": {"url": "x"}, "meta": {"s": 1}}),
        ("A6 meta wins", '{% action "http", options: o, meta: m, __meta: 9 %}',
         {"type": "http", "options": {"url": "x"}, "meta": 9}),
        ("A7", '{% action "http", o, m %}', {"type": "http", "options": {"url": "x"}, "meta": {"s": 1}}),
        ("A3 two scalars", '{% action "cache", "del", key %}', {"type": "cache", "options": ["del", "k"]}),
        ("type from a path", '{% action t, id: 1 %}', {"type": "echo", "options": {"id": 1}}),
        ("over lines", '{% action "echo",\n  id: a,\n  note: "x",\n%}',
         {"type": "echo", "options": {"id": 4, "note": "x"}}),
        ("literals", '{% action "echo", array %}', {"type": "echo", "options": []}),
        ("last of a repeated name", '{% action "echo", a: 1, a: 2 %}', {"type": "echo", "options": {"a": 2}}),
        ("assign in the body", '{% action "echo" %}{% assign q = 7 %}{"q": {{ q }}}{% endaction %}',
         {"type": "echo", "options": {"q": 7}}),
    ],
)  # fmt: skip
def test_forms_of_action(emitted, form, source, expected):
    assert [action.to_dict() for action in emitted(source, **VARIABLES).actions] == [expected], form


@pytest.mark.parametrize(
    ("body", "options"),
    [
        ('["put", "/admin/x.json", {}]', ["put", "/admin/x.json", {}]),
        ('{"query": "q", "variables": {}}', {"query": "q", "variables": {}}),
        ('"mutation { x }"', "mutation { x }"),
        ("\n  mutation { tagsAdd(id: 1) { x } }\n", "\n  mutation { tagsAdd(id: 1) { x } }\n"),
        ("", ""),
    ],
)
def test_a_shopify_body_is_json_or_graphql_text_as_it_stands(emitted, body, options):
    assert emitted(f'{{% action "shopify" %}}{body}{{% endaction %}}').actions[0].options == options


def test_a_tag_writes_text_so_capture_can_hold_it(emitted):
    source = '{% capture late %}{% log "a" %}{% endcapture %}{% log "b" %}{{ late }}{{ late }}'
    assert emitted(source).logs == ("b", "a", "a")


def test_a_tag_alone_in_a_branch_is_no_white_space(emitted):
    assert emitted("{% if true %} {% log 1 %} {% endif %}{% for i in (1..2) %}{% log i %}{% endfor %}").logs == (
        1,
        1,
        2,
    )


@pytest.mark.parametrize("tag", ["log", "error"])
@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ('message: "x", id: o.url', {"message": "x", "id": "x"}),
        ('"Pick one."', "Pick one."),
        ("n", None),
        ("rows", [[1, 2]]),
        ('"x", id: 1', {"message": "x", "id": 1}),
        ('"x", message: "y"', {"message": "y"}),
        ("1, 2", [1, 2]),
        ("percentage: a | times: 100.0 | divided_by: b, next_key: a", {"percentage": 200.0, "next_key": 4}),
    ],
)
def test_inline_log_and_error(emitted, tag, arguments, expected):
    read: Emitted = emitted(f"{{% {tag} {arguments} %}}", **VARIABLES)
    assert (read.logs if tag == "log" else read.errors) == (expected,)


@pytest.mark.parametrize("body", ['"text"', "5", '{"a": [1]}', "null", " [1] "])
def test_block_log_takes_any_json_value(emitted, body):
    import json

    assert emitted(f"{{% log %}}{body}{{% endlog %}}").logs == (json.loads(body),)


@pytest.mark.parametrize(
    ("source", "said", "line"),
    [
        ('{% action "echo", 1 %}\n{% endaction %}', "the action tag on line 1 has arguments", 2),
        ('\n{% action "http" %}{}', "the action tag on line 2 is never closed", 2),
        ('{% action "http" %}{broken}{% endaction %}', "not valid JSON", 1),
        ('{% action "http" %}{"a": 1,}{% endaction %}', "not valid JSON", 1),
        ('{% action "http" %}{"a": NaN}{% endaction %}', "NaN", 1),
        ("{% action %}[]{% endaction %}", "must be a JSON object", 1),
        ("{% action n, id: 1 %}", "must be a text", 1),
        ('{% action "echo", "x", id: 1, "y" %}', "not both", 1),
        ("{% action id: 1 %}", "needs its type first", 1),
        ('{% action "echo", a.b: 1 %}', "single word", 1),
        ("{% log %}oops{% endlog %}", "not valid JSON", 1),
        ("{% log %}{% endlog %}", "not valid JSON", 1),
        ('{% log 1, 2, a: 3 %}', "not both", 1),
        ("{% endlog %}", "closes nothing", 1),
    ],
)  # fmt: skip
def test_mistakes_in_mechanic_tags(refused, source, said, line):
    error = refused(source, **{name: value for name, value in VARIABLES.items() if name != "n"}, n=None)
    assert said in error.message
    assert error.where.line == line


def test_the_body_error_quotes_the_rendered_text(refused):
    error = refused('{% action "http" %}{"url": {{ url }}}{% endaction %}', url="x y")
    assert "x y" in error.message
    assert "json filter" in error.hint


def test_break_inside_a_body_ends_the_render_with_what_was_written(emitted):
    read = emitted('{% log %}"a"{% break %}"b"{% endlog %}{% log "never" %}')
    assert read.logs == ("a",)


@pytest.mark.parametrize("body", [" read_orders, write_products\nread_customers ", "read_orders"])
def test_permissions_render_nothing(text, body):
    assert text(f"{{% permissions %}}{body}{{% endpermissions %}}x") == "x"


@pytest.mark.parametrize("body", ["{{ x }}", "read orders!", "{% if %}"])
def test_permissions_refuse_liquid_and_other_text(refused, body):
    refused(f"{{% permissions %}}{body}{{% endpermissions %}}")
