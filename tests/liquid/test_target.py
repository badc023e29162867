"""Every row of the table of differences from stock python-liquid (liquid.md 1.12), one test a row."""

from __future__ import annotations

import copy

import pytest

D = {
    "l": [1, [2, [3]], "b"], "h": {"k": "v", "n": 1}, "words": ["b", None, "a"],
    "nums": [3, None, 1], "mixed": [1, 1.0, "1", True, None, None], "items": [{"a": 1}, {"a": True}, {"b": 2}, {}],
    "one": 1, "order": {"limit": 5, "for": "x", "with": 1}, "pairs": {"a": 1, "b": 2},
}  # fmt: skip


ROWS: dict[int, list[tuple[str, str]]] = {
    1: [
        ("{% if nil == blank %}y{% endif %}{% if false == blank %}y{% endif %}", "yy"),
        ("{% if nobody == blank %}y{% endif %}{% case false %}{% when blank %}y{% endcase %}", "yy"),
        ("{% if true == blank %}y{% endif %}{% if 0 == blank %}y{% endif %}", ""),
    ],
    2: [("a{% break %}b", "a"), ("a{% if true %}b{% continue %}c{% endif %}d", "ab")],
    3: [("{% for i in (1..3) %}{% capture c %}x{{ i }}{% break %}y{% endcapture %}{% endfor %}[{{ c }}]", "[x1]")],
    4: [("{% capture c %}\n{% endcapture %}[{{ c }}]", "[\n]"), ("{% capture c %} {% endcapture %}[{{ c }}]", "[ ]")],
    5: [
        ("{% if true %}{% log 1 %}{% endif %}", '{"log":1}'),
        ("{% for i in (1..2) %} {% error i %} {% endfor %}", ' {"error":1}  {"error":2} '),
        ("{% unless nil %}{% action 'echo', 1 %}{% endunless %}", '{"action":{"type":"echo","options":1}}'),
    ],
    6: [
        ("{% if nobody == nil %}y{% endif %}{{ nobody.a.b | json }}{{ h.missing | json }}", "ynullnull"),
        ("{% assign a = array | push: nobody, h.missing %}{{ a | json }}", "[null,null]"),
        ("{% log nobody %}", '{"log":null}'),
    ],
    7: [
        ("{{ nil | append: 'x' }}{{ 'x' | append: nil }}{{ 'x' | prepend: nil }}", "xxx"),
        ("{{ words | join: '-' }}{{ 'abc' | replace: 'b', nil }}{{ nil | split: ',' | size }}", "b--aac0"),
        ("{{ true | append: '' }}{{ l | append: '' }}{{ h | append: '' }}", 'true[1, [2, [3]], "b"]{"k"=>"v", "n"=>1}'),
        ("{{ l }}{% echo l %}", "123b123b"),
    ],
    8: [
        ("{{ pairs.first | json }}{{ pairs.first.last }}", '["a",1]1'),
        ("{% for p in pairs %}{{ p | json }}{{ p[0] }}{{ p.last }} {% endfor %}", '["a",1]a1 ["b",2]b2 '),
    ],
    9: [
        ("{% assign limit = 2 %}{% assign offset = 1 %}{% assign in = 3 %}{{ limit }}{{ offset }}{{ in }}", "213"),
        ("{{ order.limit }}{{ order.for }}{{ order.with }}", "5x1"),
        (
            "{% assign with = 1 %}{% assign not = 2 %}{% assign required = 3 %}{% assign reversed = 4 %}"
            "{{ with }}{{ not }}{{ required }}{{ reversed }}",
            "1234",
        ),
    ],
    10: [("{{ now }}{{ today }}{% if now %}y{% endif %}", "")],
    11: [("{% assign h['x'] = 1 %}{% assign h['x y'] = array %}{% assign h['x y'][0] = 2 %}{{ h['x y'][0] }}", "2")],
    12: [
        ("{{ 2.5 | round }} {{ -2.5 | round }} {{ 2.675 | round: 2 }} {{ 1234 | round: -2 }}", "3 -3 2.68 1200"),
    ],
    13: [
        ("{{ '1e3' | plus: 0 }} {{ '.5' | plus: 0 }} {{ '10 apples' | plus: 0 }} {{ true | plus: 0 }}", "1 0 10 0"),
        ("{{ ' 10.50 ' | times: 1 }} {{ '1,000' | plus: 0 }} {{ 'x' | plus: 1 }}", "10.5 1 1"),
    ],
    14: [("{{ 1.0 | divided_by: 0 }} {{ -1 | divided_by: 0.0 }}", "Infinity -Infinity")],
    15: [("{{ 'a,b,,' | split: ',' | size }}{{ ',,' | split: ',' | size }}{{ ',a' | split: ',' | size }}", "202")],
    16: [
        ("{{ nil | reverse | size }}{{ nil | join }}{{ nil | map: 'a' | size }}{{ nil | where: 'a' | size }}", "000"),
        (
            "{{ nil | sort | size }}{{ nil | uniq | size }}{{ nil | compact | size }}{{ nil | concat: words | size }}",
            "0003",
        ),
    ],
    17: [("{{ items | map: 'a' | json }}{{ items | map: 'nope' | json }}", "[1,true,null,null][null,null,null,null]")],
    18: [("{{ nums | sort | json }}{{ items | sort: 'b' | first | json }}", '[1,3,null]{"b":2}')],
    19: [("{{ mixed | uniq | json }}{{ nil | uniq | json }}", '[1,1.0,"1",true,null][]')],
    20: [
        ("{{ items | where: 'a', true | size }}{{ items | where: 'a', 1 | size }}", "11"),
        (
            "{% if mixed contains false %}y{% endif %}{% if 1 == true %}y{% endif %}{{ mixed | except: 1 | json }}",
            '["1",true,null,null]',
        ),
    ],
    21: [("{{ items | compact: 'a' | size }}", "2")],
    22: [
        (
            "{{ 'abcdef' | truncate: 2 }} {{ 'abcdef' | truncate: 4 }} {{ 'a b c' | truncatewords: 3 }}",
            "... a... a b c",
        ),
    ],
    23: [("[{{ nil | slice: 0 }}{{ 'abc' | slice: 1, -1 }}{{ 'abc' | slice: 9 }}]{{ 'abcd' | slice: -3, 2 }}", "[]bc")],
    24: [("{{ \"'<&>\" | escape }} {{ '&amp; &' | escape_once }}", "&#39;&lt;&amp;&gt; &amp; &amp;")],
    25: [("[{{ ' \t\n\u00a0x\u00a0 ' | strip }}]", "[\u00a0x\u00a0]")],
    26: [
        ("{{ nil | date: '%Y' }}{{ 'nonsense' | date: '%Y' }}", "nonsense"),
        (
            "{{ 0 | date }} {{ 0 | date: '%:z %s %L %^a %-d', tz: 'UTC' }}",
            "1969-12-31T19:00:00-05:00 +00:00 0 000 THU 1",
        ),
        ("{{ '2026-03-04' | date: '%s' }} {{ '2026-03-04' | date: '%s', tz: 'UTC' }}", "1772600400 1772582400"),
    ],
    27: [("{% assign n = array | push: 0.1, 0.2 %}{{ n | sum }} {{ array | sum }}", "0.3 0")],
    28: [
        (
            "{% for i in l limit: 0 %}{{ i }}{% else %}none{% endfor %}"
            "{% for i in words limit: nil %}{{ i }}{% endfor %}",
            "noneba",
        ),
    ],
    29: [
        ("{% cycle 'a', 'b' %}{% cycle 'a', 'b' %}{% cycle 'a', 'b' %}", "aba"),
        (
            "{% tablerow i in (1..3) cols: 2 %}{{ i }}{% endtablerow %}",
            '<tr class="row1">\n<td class="col1">1</td><td class="col2">2</td></tr>\n'
            '<tr class="row2"><td class="col1">3</td></tr>\n',
        ),
    ],
    30: [
        ("{% if 5 contains 5 %}y{% endif %}{% if true contains true %}y{% endif %}", ""),
        (
            "{% if l < l %}y{% endif %}{% if l >= 1 %}y{% endif %}"
            "{% if h < h %}y{% endif %}{% if nil <= 1 %}y{% endif %}",
            "",
        ),
    ],
    31: [
        ("{% capture 'a' %}1{% endcapture %}{% capture \"b\" %}2{% endcapture %}{{ a }}{{ b }}", "12"),
        ("{% capture a junk %}1{% endcapture junk %}{% for i in (1..2) %}{{ i }}{% endfor i %}{{ a }}", "121"),
    ],
    32: [("{% if 1 %}" * 100 + "x" + "{% endif %}" * 100, "x")],
    33: [
        (
            "{% assign o = hash %}{% assign o['tz'] = 'UTC' %}{{ 0 | date: '%H', o }}{{ 0 | date: '%H', tz: 'UTC' }}",
            "0000",
        ),
        ("{{ 1 | plus: 2, other: 3 }}", "3"),
    ],
}


def test_every_row_of_the_table_has_its_cases():
    assert list(ROWS) == list(range(1, 34))


@pytest.mark.parametrize(
    ("row", "source", "expected"), [(row, source, expected) for row in ROWS for source, expected in ROWS[row]]
)
def test_rows_of_the_table(text, row, source, expected):
    assert text(source, **copy.deepcopy(D)) == expected, row


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("{{ 'abc' | slice: 1.5 }}", "not a whole number"),
        ("{{ 1 | divided_by: 0 }}", "divided by 0"),
        ("{{ 1 | modulo: 0 }}", "divided by 0"),
        ("{% assign n = array | push: '1' %}{{ n | sum }}", "not a number"),
        ("{% if 1 < 'a' %}{% endif %}", "comparison of Integer with String failed"),
        ("{% for i in (1..2.5) %}{% endfor %}", "whole numbers"),
        ("{% for i in (1..true) %}{% endfor %}", "whole numbers, not true"),
        ("{% assign a = array | push: 1 %}{% for i in (a..2) %}{% endfor %}", "whole numbers, not [1]"),
        ("{% for i in (1..2) limit: '²' %}{% endfor %}", 'whole number, not "²"'),
        ("{% assign a = array %}{% assign a['²'] = 1 %}", '"²" is no index'),
        ("{% assign a = array %}{% assign a['--5'] = 1 %}", "is no index"),
        ("{% assign h = hash %}{% assign h[nil]['x'] = 1 %}", "h[nil] is nil"),
        ("{% action nil, id: 1 %}", "must be a text, not nil"),
        ("{% action true %}{}{% endaction %}", "must be a text, not true"),
        ("{{ x | round | nope }}", "unknown filter 'nope'"),
    ],
)
def test_errors_speak_ruby_not_python(refused, source, said):
    message = refused(source).message
    assert said in message
    assert not any(word in message for word in ("None", "True", "False"))
