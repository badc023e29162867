"""The text beside the HTML."""

from __future__ import annotations

import pytest

from runner.mail.text import plain_text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("plain", "plain\n"),
        ("", ""),
        ("  <p> </p>", ""),
        ("one<br>two<br/>three", "one\ntwo\nthree\n"),
        ("<p>a</p><p>b</p>", "a\n\nb\n"),
        ("<div>a</div>\n<div>b</div>", "a\nb\n"),
        ("a\n  b <b>c</b>d", "a b cd\n"),
        ("&amp; &eacute; &#128512; &nbsp;x", "& é 😀 \xa0x\n"),
        ("<head><title>T</title><style>p{}</style></head><script>x()</script>b", "b\n"),
        ('<a href="https://a.test/x">here</a>', "here (https://a.test/x)\n"),
        ('<a href="https://a.test">https://a.test</a>', "https://a.test\n"),
        ('<a href="mailto:a@b.test">a@b.test</a>', "a@b.test\n"),
        ('<a href="#top">up</a>', "up\n"),
        ('<a href="https://a.test/"><img src="x" alt="Shop"></a>', "Shop (https://a.test/)\n"),
        ("<ul><li>a</li><li>b</li></ul>", "- a\n- b\n"),
        ("<ol><li>a</li><li>b</li></ol>", "1. a\n2. b\n"),
        ("<table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td></tr></table>", "a  b\n1  2\n"),
        ("<pre>a\n  b</pre>", "a\n  b\n"),
        ("<p>unclosed <b>tags", "unclosed tags\n"),
        ("5 < 6 and 7 > 6", "5 < 6 and 7 > 6\n"),
    ],
)
def test_html_as_text(html: str, text: str) -> None:
    assert plain_text(html) == text


def test_a_long_message_takes_no_long_time() -> None:
    assert plain_text("<div>" * 20_000 + "x" + "<a href='y'>" * 5000).startswith("x")
