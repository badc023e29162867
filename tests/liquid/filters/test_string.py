"""Filters of texts (liquid.md 3.2)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.errors import LimitError
from tests.liquid.filters.cases import Case, Fails, apply, check

LONG = "x" * 3_000_000

CASES = [
    Case("an integer input", "append", 12, ("-a",), "12-a"),
    Case("a nil input", "append", None, ("a",), "a"),
    Case("a nil argument adds nothing", "append", "a", (None,), "a"),
    Case("a list input is inspected", "append", [1, "b", None, [2]], ("!",), '[1, "b", nil, [2]]!'),
    Case("a hash argument is inspected", "append", "", ({"k": "v"},), '{"k"=>"v"}'),
    Case("a float keeps its point", "append", 10.0, ("",), "10.0"),
    Case("a boolean", "append", True, ("",), "true"),
    Case("the argument stands in front", "prepend", "b", ("a",), "ab"),
    Case("a nil input", "prepend", None, ("a",), "a"),
    Case("Unicode", "upcase", "straße é", (), "STRASSE É"),
    Case("nil", "upcase", None, (), ""),
    Case("Unicode", "downcase", "ÉCOLE", (), "école"),
    Case("nil", "downcase", None, (), ""),
    Case("the rest is lowered", "capitalize", "éA", (), "Éa"),
    Case("nil", "capitalize", None, (), ""),
    Case("ASCII white space and NUL", "strip", "\0 \t\n\v\f\r a b \r\n\0", (), "a b"),
    Case("a no-break space stays", "strip", "\u00a0a\u00a0", (), "\u00a0a\u00a0"),
    Case("nil", "strip", None, (), ""),
    Case("the start only", "lstrip", " a ", (), "a "),
    Case("the end only", "rstrip", " a ", (), " a"),
    Case("both kinds of line end", "strip_newlines", "a\r\nb\nc\rd", (), "abc\rd"),
    Case("a newline", "newline_to_br", "a\nb", (), "a<br />\nb"),
    Case("a Windows line end", "newline_to_br", "a\r\nb", (), "a<br />\nb"),
    Case("nil", "newline_to_br", None, (), ""),
    Case("entities stay", "strip_html", "<b>x</b>&amp;", (), "x&amp;"),
    Case(
        "scripts, styles, comments",
        "strip_html",
        "a<script>\n1<2</script>b<style>c</style><!-- <d> -->e",
        (),
        "abe",
    ),
    Case("an unclosed tag", "strip_html", "a<b", (), "a<b"),
    Case("an unclosed script loses its tag only", "strip_html", "<script>x<i>y</i>", (), "xy"),
    Case("a tag over lines", "strip_html", "<a\nhref='x'>b</a>", (), "b"),
    Case("a style behind an unclosed comment", "strip_html", "<!--a<style>b</style>c", (), "<!--ac"),
    Case("nil", "strip_html", None, (), ""),
    Case("five characters", "escape", "&<>\"'", (), "&amp;&lt;&gt;&quot;&#39;"),
    Case("an entity is escaped again", "escape", "&amp;", (), "&amp;amp;"),
    Case("nil stays nil", "escape", None, (), None),
    Case("entities stay", "escape_once", "&lt;&#39;<&x &zz;", (), "&lt;&#39;&lt;&amp;x &zz;"),
    Case("trailing empty parts are dropped", "split", "a,b,,", (",",), ["a", "b"]),
    Case("leading and inner empty parts stay", "split", ",a,,b", (",",), ["", "a", "", "b"]),
    Case("only separators", "split", ",,", (",",), []),
    Case("a space splits on runs", "split", "  a \t b\n", (" ",), ["a", "b"]),
    Case("two spaces are literal", "split", "a  b c", ("  ",), ["a", "b c"]),
    Case("an empty separator", "split", "añb", ("",), ["a", "ñ", "b"]),
    Case("a nil separator", "split", "ab", (None,), ["a", "b"]),
    Case("an integer input", "split", 120, ("",), ["1", "2", "0"]),
    Case("a newline matches both line ends", "split", "a\r\nb\nc\r\n", ("\n",), ["a", "b", "c"]),
    Case("a separator is no pattern", "split", "a.b", (".",), ["a", "b"]),
    Case("nil", "split", None, (",",), []),
    Case("empty", "split", "", (",",), []),
    Case("every occurrence", "replace", "aXbX", ("X", "-"), "a-b-"),
    Case("no pattern, no back reference", "replace", "a.b", (".", r"\0$1"), r"a\0$1b"),
    Case("no replacement removes", "replace", "aXb", ("X",), "ab"),
    Case("a nil replacement removes", "replace", "aXb", ("X", None), "ab"),
    Case("an empty target", "replace", "ab", ("", "-"), "-a-b-"),
    Case("a nil target", "replace", "ab", (None, "-"), "-a-b-"),
    Case("a newline matches both line ends", "replace", "a\r\nb\nc", ("\n", ";"), "a;b;c"),
    Case("a newline as replacement stays", "replace", "a;b", (";", "\n"), "a\nb"),
    Case("an integer target", "replace", 2024, (20, "x"), "x24"),
    Case("nil", "replace", None, ("a", "b"), ""),
    Case("a product too large", "replace", LONG, ("x", "12345678"), Fails("more than", LimitError)),
    Case("one occurrence", "replace_first", "aXbX", ("X", "-"), "a-bX"),
    Case("without replacement", "replace_first", "aXbX", ("X",), "abX"),
    Case("the example", "replace_last", "a, b, c", (", ", " or "), "a, b or c"),
    Case("nothing to replace", "replace_last", "abc", ("x", "y"), "abc"),
    Case("every occurrence", "remove", "aXbX", ("X",), "ab"),
    Case("a newline matches both line ends", "remove", "a\r\nb\n", ("\n",), "ab"),
    Case("one occurrence", "remove_first", "aXbX", ("X",), "abX"),
    Case("one occurrence", "remove_last", "aXbX", ("X",), "aXb"),
    Case("the ellipsis counts", "truncate", "abcdef", (4,), "a..."),
    Case("the ellipsis does not fit", "truncate", "abcdef", (2,), "..."),
    Case("a negative length", "truncate", "abcdef", (-1,), "..."),
    Case("an exact fit", "truncate", "abcdef", (6,), "abcdef"),
    Case("a length as text", "truncate", "abcdef", ("5",), "ab..."),
    Case("another ellipsis", "truncate", "abcdef", (4, "…"), "abc…"),
    Case("an empty ellipsis", "truncate", "abcdef", (4, ""), "abcd"),
    Case("fifty by default", "truncate", "x" * 51, (), "x" * 47 + "..."),
    Case("a huge length", "truncate", "abc", (10**12,), "abc"),
    Case("nil stays nil", "truncate", None, (), None),
    Case("a float length", "truncate", "abc", (1.5,), Fails("truncate")),
    Case("more words exist", "truncatewords", " a  b\nc", (2,), "a b..."),
    Case("exactly as many words", "truncatewords", "a  b", (2,), "a  b"),
    Case("a blank after the last word", "truncatewords", " a b ", (2,), "a b..."),
    Case("nothing but blanks", "truncatewords", "  ", (1,), "  "),
    Case("at least one word", "truncatewords", "a b", (0,), "a..."),
    Case("a huge count", "truncatewords", "a b", (10**12,), "a b"),
    Case("another ellipsis", "truncatewords", "a b", (1, "!"), "a!"),
    Case("nil stays nil", "truncatewords", None, (), None),
    Case("the least indentation", "unindent", "  a\n    b", (), "a\n  b"),
    Case("blank lines do not count", "unindent", "\n    a\n \n      b\n", (), "\na\n \n  b\n"),
    Case("the end of a capture", "unindent", "\n    a\n  ", (), "\na\n  "),
    Case("a longer blank line", "unindent", "  a\n    \n  b", (), "a\n  \nb"),
    Case("a line without indentation", "unindent", "a\n  b", (), "a\n  b"),
    Case("nil", "unindent", None, (), ""),
    Case("the example", "handleize", "Été 50% Off!", (), "ete-50-off"),
    Case("letters without decomposition", "handleize", "Straße Øl", (), "strasse-ol"),
    Case("ends are trimmed", "handleize", "  --A--  ", (), "a"),
    Case("nil", "handleize", None, (), ""),
    Case("the other name", "handle", "A b", (), "a-b"),
    Case("two", "pluralize", 2, ("box", "boxes"), "boxes"),
    Case("one", "pluralize", 1, ("box", "boxes"), "box"),
    Case("one as text", "pluralize", "1", ("box", "boxes"), "box"),
    Case("one as float", "pluralize", 1.0, ("box", "boxes"), "box"),
    Case("nought", "pluralize", 0, ("box", "boxes"), "boxes"),
    Case("minus one", "pluralize", -1, ("box", "boxes"), "boxes"),
    Case("nil", "pluralize", None, ("box", "boxes"), "boxes"),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_text_filter_gives_what_the_specification_says(case: Case) -> None:
    check(case)


@given(st.lists(st.text(alphabet="ab \n\r,é", max_size=5), max_size=6), st.sampled_from([",", "--", "|"]))
def test_splitting_what_was_joined_gives_the_parts_but_trailing_empty_ones(parts: list[str], separator: str) -> None:
    kept = [part.replace(",", "") for part in parts]
    while kept and not kept[-1]:
        kept.pop()
    joined = apply("join", [part.replace(",", "") for part in parts], separator)
    assert apply("split", joined, separator) == kept


@pytest.mark.timeout(10)
@pytest.mark.parametrize("text", ["<" * 200_000, "<script" * 50_000, "<!--" * 50_000])
def test_tags_without_end_are_looked_for_once(text: str) -> None:
    assert apply("strip_html", text) == text
