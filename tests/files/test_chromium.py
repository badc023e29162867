"""Pages with scripts, printed by a real Chromium (actions.md 2)."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from pypdf import PdfReader

from runner.errors import ActionError, NetworkError
from runner.files import Files
from runner.files.browser import chromium
from runner.network import Network, Policy
from tests.servers.outside import loopback_names
from tests.servers.web import Answer, WebServer, redirect

BROWSER = chromium()
needs_browser = pytest.mark.skipif(
    BROWSER is None and not os.environ.get("RUNNER_NEEDS_CHROMIUM"),
    reason="there is no Chromium on PATH: on Debian, apt-get install chromium",
)
Read = Callable[..., tuple[list[str], tuple[str, ...]]]


@pytest.fixture
def read() -> Read:
    """Prints HTML; the text of each page, and the warnings."""
    assert BROWSER is not None, "RUNNER_NEEDS_CHROMIUM is set, and there is none"
    printer = Files(Network(Policy.parse("127.0.0.1"), resolve=loopback_names), browser=lambda: BROWSER)

    def make(html: str, **options: str) -> tuple[list[str], tuple[str, ...]]:
        (made,) = printer.generate({"a.pdf": {"pdf": {"html": html, **options}}})
        pages = PdfReader(io.BytesIO(made.data)).pages
        return [" ".join(page.extract_text().split()) for page in pages], made.warnings

    return make


@needs_browser
def test_scripts_run_and_header_and_footer_have_the_numbers(read: Read, web: WebServer) -> None:
    """One page with all of it: starting a browser takes a second."""
    script = b"document.getElementById('x').textContent = 'answer ' + 6 * 7"
    web.on("/chart.js", Answer(body=script, headers=(("Content-Type", "text/javascript"),)))
    web.on("/gone.png", Answer(404, b""))
    html = f"""<h1 id="x">no</h1><script src="{web.url("/chart.js")}"></script>
        <script>setTimeout(() => {{ document.getElementById("y").textContent = "late" }}, 50); alert(1)</script>
        <p id="y" style="break-before: page">early</p><img src="{web.url("/gone.png")}">"""
    header = 'Page <b class="pdfcrowd-page-number"></b> of <i class="x pdfcrowd-page-count"></i>'
    pages, warnings = read(html, header_html=header, footer_html="Foot", page_size="A5")
    assert pages == ["answer 42 Page 1 of 2 Foot", "late Page 2 of 2 Foot"]
    assert [text.endswith("answered 404") for text in warnings] == [True]


@needs_browser
@pytest.mark.parametrize(
    "html",
    [
        '<script>var i = new Image(); i.src = "file:///etc/passwd"; document.body.append(i)</script>',
        '<script></script><iframe src="file:///etc/passwd"></iframe>',
    ],
    ids=["image", "frame"],
)
def test_a_script_that_asks_for_a_file_of_this_machine_fails_the_run(html: str, read: Read) -> None:
    with pytest.raises(ActionError, match=r'the file "a.pdf": its page asks for "file:///etc/passwd"') as caught:
        read(f"<body>x{html}")
    assert (caught.value.code, caught.value.transient) == ("files.invalid", False)


@needs_browser
@pytest.mark.parametrize("how", ["fetch", "redirect", "navigate"])
def test_a_script_that_asks_for_an_internal_address_fails_the_run(how: str, read: Read, web: WebServer) -> None:
    web.on("/x", redirect("http://10.1.2.3/"))
    code = {
        "fetch": "fetch('http://private.test/')",
        "redirect": f"fetch('{web.url('/x')}')",
        "navigate": "document.location = 'http://10.1.2.3/'",
    }
    with pytest.raises(NetworkError) as caught:
        read(f"x<script>{code[how]}</script>")
    assert (caught.value.code, caught.value.transient) == ("network.refused", False)


@needs_browser
def test_nothing_of_the_browser_reaches_a_server_by_itself(read: Read, web: WebServer) -> None:
    """Sockets and posts are not answered by us, and the browser has no way of its own."""
    code = f"""new WebSocket("{web.url("/socket").replace("http", "ws")}"); window.open("{web.url("/window")}");
        navigator.sendBeacon("{web.url("/beacon")}", "x"); fetch("{web.url("/post")}", {{method: "POST", body: "x"}})"""
    pages, _ = read(f"<p>x</p><script>{code}</script>")
    assert (pages, web.saw) == (["x"], [])


def test_a_program_that_is_no_browser_is_a_named_error(tmp_path: Path) -> None:
    program = tmp_path / "chromium"
    program.write_text("#!/bin/sh\nexit 3\n")
    program.chmod(0o755)
    with pytest.raises(ActionError, match="Chromium cannot print its page: it ended by itself") as caught:
        Files(browser=lambda: program).generate({"a": {"pdf": {"html": "<script></script>x"}}})
    assert (caught.value.code, caught.value.transient) == ("files.browser", True)
