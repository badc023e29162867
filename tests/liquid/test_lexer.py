"""How a template falls into text, outputs and tags (liquid.md 1.3, 1.8)."""

from __future__ import annotations

import pytest

from runner.liquid.lexer import tokens


def pieces(source):
    """Kind and text of each token, which stands where it says."""
    found = list(tokens(source))
    assert all(source.startswith(token.value, token.start_index) for token in found)
    return [(token.kind.lower(), token.value) for token in found]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("", ""),
        ("plain { text } %} }}", "plain { text } %} }}"),
        ("a{{ 1 }}b", "a1b"),
        ("{{1}}{{-2}}{{- 3 -}}", "123"),
        ("a \n{{- 1 -}}\t\r\n b", "a1b"),
        ("a \n{%- assign x = 1 -%}\t b", "ab"),
        ("a {{-}} b{{}}c{{- -}} d", "abcd"),
        ("a\u00a0{{- 1 -}}\u00a0b", "a\u00a01\u00a0b"),
        ("{{ -1 }}{{ 1 -}} {{- -1 -}} x", "-11-1x"),
        ("{{\n'a'\n|\nappend:\n'b'\n}}", "ab"),
        ("{%assign\nx\n=\n1%}{{x}}", "1"),
        ("{% if 1 -%} a {%- endif %} b", "a b"),
        ("{{ a }}}", "}"),
    ],
)
def test_delimiters_and_white_space_control(text, source, expected):
    assert text(source) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("{% raw %}foo{% endraw %}", "foo"),
        ("{% raw %} %} {% }} {{ {% endraw %}.", " %} {% }} {{ ."),
        ("{% raw %}{% comment %}{% endraw %}", "{% comment %}"),
        ("a {%- raw -%} b {%- endraw -%} c", "a b c"),
        ("{% raw %}{% endrawx %}{% endraw %}", "{% endrawx %}"),
        ("{% raw %}{% endraw %}x", "x"),
        ("{% if true %}{% raw %} {% endraw %}{% endif %}", " "),
        ("{%raw%}{{ a }}{%endraw%}{{ 1 }}", "{{ a }}1"),
    ],
)
def test_raw_text_is_written_as_it_stands(text, source, expected):
    assert text(source) == expected


@pytest.mark.parametrize(
    "comment",
    [
        "foo",
        "{% if ... %}{%- for ? -%}{% while true %}{% endcase %}",
        "{{ ' }} {{ | }}",
        "{{",
        "{% %}{%%}",
        "{% comment %}{% comment %}{%   endcomment   %}{% endcomment %}",
        "{% raw %}{% endcomment %}{% endraw %}",
        "{% commentary %}{% endcommentary %}",
    ],
)
def test_comments_nest_and_hide_anything_else(text, comment):
    assert text("a{% comment %}" + comment + "{% endcomment %}b") == "ab"
    assert text("a {%- comment %}" + comment + "{% endcomment -%} b") == "ab"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("{% liquid %}", ""),
        ("{% liquid\n   \n\n   \t \n%}", ""),
        ("{% liquid\r\nif 1\r\n   echo 'a' | upcase \r\nelse\r\n echo 2\r\nendif\r\n%}", "A"),
        ("{% liquid echo 'a' -%}\nb\n{%- liquid echo 'c' -%}", "abc"),
        ("{%- liquid\n  liquid echo 'bar'\n  echo \"foo\"\n-%}", "barfoo"),
        ('{%- liquid liquid liquid echo "foo" -%}', "foo"),
        ("{% liquid\ncomment this is a comment\nsplit over ! lines\ncomment\nendcomment\nendcomment\necho 1 %}", "1"),
        ("{% liquid\nif nil\ncomment\nelse\necho 123\nendcomment\nendif\n%}", ""),
        ("{% liquid\n# one\n  # two | '\n echo 1\n%}", "1"),
        ("{% liquid\nlog 1, 2\nlog\necho 3\nendlog\n%}", '{"log":[1,2]}{"log":3}'),
    ],
)
def test_a_liquid_tag_holds_one_statement_a_line(text, source, expected):
    assert text(source) == expected


@pytest.mark.parametrize(
    ("source", "said", "line", "column"),
    [
        ("a\n {{ b", "'{{' is never closed", 2, 2),
        ("a\n {% if b", "'{%' is never closed", 2, 2),
        ("{{ a }", "'{{' is never closed", 1, 1),
        ("{{ 1 }}\n{% raw %}{% endraw", "'{%' is never closed", 2, 10),
        ("x{% raw %}{{ a }}", "the raw tag on line 1 is never closed", 1, 5),
        ("x{% comment %}{% comment %}{% endcomment %}", "the comment tag on line 1 is never closed", 1, 5),
        ("{% comment %}{% assign foo = '1'{% endcomment %}", "never closed", 1, 4),
        ("{% comment %}{% {{ {%- endcomment %}", "never closed", 1, 4),
        ("{% comment %}{% raw %}{% endcomment %}", "the raw tag", 1, 17),
        ("{% comment %}{% endcomment", "never closed", 1, 4),
        ("{% permissions %}read_orders", "the permissions tag", 1, 4),
        ("a{% %}", "without a name", 1, 2),
        ("a{%%}", "without a name", 1, 2),
        ("a{%- -%}", "without a name", 1, 2),
        ("{% 'a' %}", "without a name", 1, 1),
        ("{% raw x %}{% endraw %}", "unexpected name 'x'", 1, 8),
        ("{% doc %}{% enddoc %}", "unknown tag 'doc'", 1, 4),
        ("{% endraw %}", "closes nothing", 1, 4),
        ("{% # a\n b %}", "starts with #", 2, 2),
        ("{% liquid\n echo 1\n  'a'\n%}", "expected a tag, found", 3, 3),
        ("{% liquid\n echo 1\n  oops 1\n%}", "unknown tag 'oops'", 3, 3),
        ("{% liquid\n raw\n endraw %}", "the raw tag cannot stand inside of a liquid tag", 2, 2),
        ("{% liquid\n permissions\n read_orders\n endpermissions %}", "cannot stand inside of a liquid tag", 2, 2),
        ("{% liquid\n permissions\n%}", "cannot stand inside of a liquid tag", 2, 2),
        ("{% liquid\n comment\n %}", "the comment tag on line 2 is never closed", 2, 2),
        ("{% if true %}\n{% liquid endif %}", "closes nothing", 2, 11),
        ("{% liquid\n if true %}{% endif %}", "never closed", 2, 2),
        ("{% liquid\rif 1\recho 2\rendif %}", "unexpected name 'echo'", 1, 16),
    ],
)
def test_what_cannot_be_read_is_told_with_its_place(refused, source, said, line, column):
    error = refused(source)
    assert said in error.message
    assert (error.where.line, error.where.column) == (line, column)


def test_the_tokens_of_a_template():
    assert pieces("a {%- if b -%} c{% endif %}{{ d }}") == [
        ("content", "a"), ("tag", "if"), ("expression", "b"), ("content", "c"), ("tag", "endif"),
        ("output", "{{ d }}"), ("expression", "d"),
    ]  # fmt: skip
    assert pieces("{% comment x %} {% if %}{% endcomment %}{% raw %}{{ a }}{% endraw %}") == [
        ("tag", "comment"), ("expression", "x"), ("verbatim", " {% if %}"), ("tag", "endcomment"),
        ("tag", "raw"), ("verbatim", "{{ a }}"), ("tag", "endraw"),
    ]  # fmt: skip
