"""PDF by WeasyPrint, read back by pypdf (actions.md 2)."""

from __future__ import annotations

import base64
import io
import threading
from collections.abc import Callable
from typing import Any

import pytest
from pypdf import PdfReader

from runner.errors import ActionError, NetworkError
from runner.files import Files
from tests.servers.web import Answer, WebServer, redirect

Make = Callable[[object], bytes]
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
THREE = "".join(f'<p style="break-after: page">Text {number}</p>' for number in (1, 2)) + "<p>Text 3</p>"


@pytest.fixture
def pdf(one: Make) -> Callable[..., PdfReader]:
    def make(html: str, **options: Any) -> PdfReader:
        return PdfReader(io.BytesIO(one({"pdf": {"html": html, **options}})))

    return make


def size(read: PdfReader) -> tuple[int, int]:
    """Width and height of the first page in millimetres."""
    box = read.pages[0].mediabox
    return round(float(box.width) / 72 * 25.4), round(float(box.height) / 72 * 25.4)


def places(read: PdfReader, page: int = 0) -> dict[str, tuple[int, int]]:
    """Each text of a page with where it begins, in millimetres from the left and from the top."""
    found: dict[str, tuple[int, int]] = {}
    height = float(read.pages[page].mediabox.height)

    def visit(text: str, user: Any, matrix: Any, *rest: Any) -> None:
        if text.strip():
            left, bottom = (matrix[4] * user[0] + user[4], matrix[5] * user[3] + user[5])
            found[" ".join(text.split())] = (round(left / 72 * 25.4), round((height - bottom) / 72 * 25.4))

    read.pages[page].extract_text(visitor_text=visit)
    return found


def test_html_becomes_pages_of_text(pdf: Callable[..., PdfReader]) -> None:
    read = pdf(THREE)
    assert [page.extract_text().strip() for page in read.pages] == ["Text 1", "Text 2", "Text 3"]
    assert size(read) == (210, 297)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"page_size": "A5"}, (148, 210)),
        ({"page_size": "letter"}, (216, 279)),
        ({"page-size": "Legal"}, (216, 356)),
        ({"orientation": "landscape"}, (297, 210)),
        ({"orientation": "Portrait"}, (210, 297)),
        ({"page_size": "A6", "orientation": "landscape"}, (148, 105)),
        ({"page_size": "A6", "page_width": "20cm"}, (200, 148)),
        ({"page_width": "4in", "page_height": "144pt"}, (102, 51)),
        ({"page_height": 100}, (210, 100)),
        ({"page_size": "", "orientation": None}, (210, 297)),
        ({"__force_pdfcrowd": True}, (210, 297)),
    ],
    ids=str,
)
def test_a_page_has_the_size_that_was_asked_for(
    options: dict[str, Any], expected: tuple[int, int], pdf: Callable[..., PdfReader]
) -> None:
    assert size(pdf("x", **options)) == expected


@pytest.mark.parametrize(
    ("options", "left", "top"),
    [
        ({}, 10, 10),
        ({"margin_left": "3cm", "margin_top": "50mm"}, 30, 50),
        ({"margin-left": "1in", "margin-top": "96px"}, 25, 25),
        ({"no_margins": True}, 0, 0),
        ({"no_margins": "true", "margin_left": "3cm"}, 0, 0),
        ({"header_html": "Head"}, 10, 23),
        ({"header_html": "Head", "header_height": "4cm", "margin_top": "1cm"}, 10, 50),
        ({"header_height": "4cm"}, 10, 10),
    ],
    ids=str,
)
def test_text_begins_inside_of_margins_and_header(
    options: dict[str, Any], left: int, top: int, pdf: Callable[..., PdfReader]
) -> None:
    read = pdf("<body style='margin: 0'><p style='margin: 0; line-height: 1; font-size: 4mm'>Text</p>", **options)
    at = places(read)["Text"]
    assert at[0] == left
    assert top < at[1] <= top + 5


def test_header_and_footer_stand_on_each_page_with_its_number(pdf: Callable[..., PdfReader]) -> None:
    header = """<style>.n { font-weight: bold }</style><div class="n">Page
        <span class="x pdfcrowd-page-number">old <b>text</b></span>
        of <span class="pdfcrowd-page-count"></span></div>"""
    read = pdf(THREE, header_html=header, footer_html="Foot", margin_top="1cm", header_height="2cm")
    for number, page in enumerate(read.pages, start=1):
        assert " ".join(page.extract_text().split()) == f"Text {number} Page {number} of 3 Foot"
        found = places(read, number - 1)
        head = next(place for text, place in found.items() if text.startswith("Page"))
        assert head[0] == 10
        assert 10 <= head[1] <= 20
        assert 297 - 23 <= found["Foot"][1] <= 297 - 10


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"page_size": "A12"}, 'no page size "a12"'),
        ({"orientation": "sideways"}, 'no orientation "sideways"'),
        ({"margin_top": "1parsec"}, '"margin_top" is "1parsec", not a length'),
        ({"margin_top": "-1in"}, "not a length"),
        ({"page_width": True}, '"page_width" is true, not a length'),
        ({"page_width": "0"}, "no size that can be printed"),
        ({"page_width": "99999mm"}, "no size that can be printed"),
        ({"margin_left": "20cm", "margin_right": "2cm"}, "leave no room"),
        ({"header_html": "x", "header_height": "290mm"}, "leave no room"),
        ({"no_margins": "some"}, '"no_margins" is text'),
        ({"header_html": 5}, '"header_html" is the number 5'),
    ],
    ids=str,
)
def test_values_that_cannot_be_meant_are_refused_before_anything_else(
    options: dict[str, Any], words: str, one: Make
) -> None:
    with pytest.raises(ActionError) as caught:
        one({"pdf": {"html": "x", **options}})
    assert 'the file "a"' in str(caught.value)
    assert words in str(caught.value)


def test_other_options_are_left_out_with_a_warning(files: Files) -> None:
    (made,) = files.generate({"a.pdf": {"pdf": {"html": "x", "use-print-media": True, "margin_botom": "1in"}}})
    assert made.warnings == (
        'the pdf option "use_print_media" was left out',
        'the pdf option "margin_botom" was left out; did you mean "margin_bottom"?',
    )


def test_scripts_without_a_browser_do_not_run_and_it_is_said(files: Files) -> None:
    (made,) = files.generate({"a.pdf": {"pdf": {"html": "<p>Text</p><script>document.write('no')</script>"}}})
    assert PdfReader(io.BytesIO(made.data)).pages[0].extract_text().strip() == "Text"
    assert len(made.warnings) == 1
    assert "did not run" in made.warnings[0]


def test_a_page_shows_images_and_styles_of_the_web(pdf: Callable[..., PdfReader], web: WebServer) -> None:
    web.on("/a.css", Answer(body=b"p::after { content: ' styled' }", headers=(("Content-Type", "text/css"),)))
    web.on("/moved.png", redirect("/a.png"))
    web.on("/a.png", Answer(body=PNG, headers=(("Content-Type", "image/png"),)))
    images = f'<img src="{web.url("/moved.png")}">' * 3
    read = pdf(f'<link rel=stylesheet href="{web.url("/a.css")}"><p>Text</p>{images}')
    assert read.pages[0].extract_text().strip() == "Text styled"
    assert len(read.pages[0].images) == 1
    assert [request.target for request in web.saw] == ["/a.css", "/moved.png", "/a.png"]


def test_what_cannot_be_loaded_is_left_out_with_a_warning(files: Files, web: WebServer) -> None:
    web.on("/gone.png", Answer(404, b""))
    web.on("/large.png", Answer(announce=200_000_000))
    html = f'<p>Text</p><img src="{web.url("/gone.png")}"><img src="{web.url("/large.png")}"><img src="nowhere.png">'
    (made,) = files.generate({"a.pdf": {"pdf": {"html": html}}})
    assert PdfReader(io.BytesIO(made.data)).pages[0].extract_text().strip() == "Text"
    gone, large = made.warnings
    assert "/gone.png: 127.0.0.1 answered 404" in gone
    assert "larger than" in large


LOCAL = {
    "image": '<img src="file:///etc/passwd">',
    "style": '<link rel="stylesheet" href="file:///etc/passwd">',
    "import": "<style>@import url(file:///etc/passwd)</style>",
    "font": "<style>@font-face { font-family: x; src: url(file:///etc/passwd) } p { font-family: x }</style><p>x",
    "attachment": '<link rel="attachment" href="file:///etc/passwd"><p>x',
    "object": '<object data="file:///etc/passwd"></object>',
    "base": '<base href="file:///etc/"><img src="passwd">',
    "capitals": '<img src="FILE:///etc/passwd">',
    "ftp": '<img src="ftp://files.test/x.png">',
}


@pytest.mark.parametrize("html", LOCAL.values(), ids=LOCAL)
def test_a_page_that_asks_for_a_file_of_this_machine_fails(html: str, one: Make) -> None:
    with pytest.raises(ActionError, match="may have http, https and data addresses only") as caught:
        one({"pdf": {"html": html}})
    assert (caught.value.code, caught.value.transient) == ("files.invalid", False)
    assert caught.value.hint


def test_so_does_one_whose_header_asks_for_it(one: Make) -> None:
    with pytest.raises(ActionError, match="data addresses only"):
        one({"pdf": {"html": "x", "header_html": LOCAL["image"]}})


@pytest.mark.parametrize("address", ["http://private.test/a.png", "http://169.254.169.254/x", "http://10.0.0.1/x"])
def test_a_page_that_asks_for_an_internal_address_fails(address: str, one: Make, web: WebServer) -> None:
    for url in (address, web.on("/x", redirect(address))):
        with pytest.raises(NetworkError, match='the file "a": its page asks for what it may not') as caught:
            one({"pdf": {"html": f'<img src="{url}">'}})
        assert (caught.value.code, caught.value.transient) == ("network.refused", False)


def test_data_addresses_need_nobody(pdf: Callable[..., PdfReader]) -> None:
    read = pdf(f'<img src="data:image/png;base64,{base64.b64encode(PNG).decode()}">')
    assert len(read.pages[0].images) == 1


def test_elements_in_each_other_without_end_are_a_named_error(one: Make) -> None:
    with pytest.raises(ActionError, match="nested too deeply") as caught:
        one({"pdf": {"html": "<div>" * 3000 + "x"}})
    assert caught.value.code == "files.pdf"


def test_several_threads_make_their_own(files: Files) -> None:
    texts: dict[int, str] = {}

    def make(number: int) -> None:
        for _ in range(3):
            (made,) = files.generate({"a": {"pdf": {"html": f"<p>Text {number}</p>"}}})
            texts[number] = texts.get(number, "") + PdfReader(io.BytesIO(made.data)).pages[0].extract_text().strip()

    threads = [threading.Thread(target=make, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert texts == {number: f"Text {number}" * 3 for number in range(4)}
