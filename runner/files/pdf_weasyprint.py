"""Pages by WeasyPrint: no browser, CSS for paged media, no scripts."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import Element

from runner.errors import ActionError
from runner.files.page import Page
from runner.files.resources import Resources

if TYPE_CHECKING:
    from weasyprint import HTML  # type: ignore[import-untyped]

_NUMBERS = {"pdfcrowd-page-number": "runner-page-number", "pdfcrowd-page-count": "runner-page-count"}


def rendered(html: str, page: Page, resources: Resources, where: str) -> bytes:
    """The PDF of ``html``. Raises ActionError for what it may not show, and where WeasyPrint is missing."""
    weasyprint = _weasyprint(where)
    for name in ("weasyprint", "fontTools"):
        # They report every unknown CSS property; what could not be loaded is told by our own warnings.
        logging.getLogger(name).setLevel(logging.CRITICAL)
    document = _parsed(weasyprint, html, resources)
    _add_strip(weasyprint, document, "header", page.header, resources)
    _add_strip(weasyprint, document, "footer", page.footer, resources)
    sheet = weasyprint.CSS(string=_sheet(page), url_fetcher=_fetcher(resources))
    try:
        data = document.write_pdf(stylesheets=[sheet])
    except RecursionError as error:
        raise ActionError(
            f'the file "{where}": its page cannot be laid out: its elements are nested too deeply',
            hint="Close elements, and put fewer of them into each other.",
            code="files.pdf",
        ) from error
    if resources.refusal is not None:
        raise resources.refusal
    assert isinstance(data, bytes)
    return data


def _weasyprint(where: str) -> Any:
    try:
        import weasyprint
    except (ImportError, OSError) as fault:
        # OSError: the package is there, and the system's Pango is not.
        lacks = "" if isinstance(fault, ImportError) else "; the library Pango of the system is missing"
        raise ActionError(
            f'the file "{where}": PDF needs WeasyPrint, which is not installed here{lacks}',
            hint="pip install 'mechanic-runner[pdf]'; on Debian also: apt-get install libpango-1.0-0 libpangoft2-1.0-0",
            code="files.unavailable",
        ) from fault
    return weasyprint


def _parsed(weasyprint: Any, html: str, resources: Resources) -> HTML:
    document: HTML = weasyprint.HTML(string=html, url_fetcher=_fetcher(resources))
    return document


def _fetcher(resources: Resources) -> Any:
    from weasyprint.urls import URLFetcher, URLFetcherResponse  # type: ignore[import-untyped]

    class Fetcher(URLFetcher):  # type: ignore[misc]
        """Answers from ``resources``; data addresses by itself."""

        def fetch(self, url: str, headers: Any = None) -> Any:
            if url.partition(":")[0].lower() == "data":
                return super().fetch(url, headers)
            found = resources.get(url)
            return URLFetcherResponse(found.url, found.data, {"Content-Type": found.mime or "application/octet-stream"})

    return Fetcher(allowed_protocols=("data",))


def _add_strip(weasyprint: Any, document: HTML, name: str, html: str | None, resources: Resources) -> None:
    """Put the header or footer before the text, from where the style sheet moves it into the margin."""
    if html is None:
        return
    strip = Element("div", {"class": f"runner-{name}"})
    part = _parsed(weasyprint, html, resources).etree_element
    for section in part:
        if section.tag not in ("head", "body"):
            continue
        if section.tag == "body" and section.text:
            strip.text = (strip.text or "") + section.text
        strip.extend(list(section))
    for element in strip.iter():
        classes = str(element.get("class") or "").split()
        more = [ours for theirs, ours in _NUMBERS.items() if theirs in classes]
        if more:
            for child in list(element):
                element.remove(child)
            element.text = None
            element.set("class", " ".join([*classes, *more]))
    body = document.etree_element.find("body")
    assert body is not None, "the parser makes a body for every document"
    body.insert(0, strip)
    strip.tail, body.text = body.text, None


def _sheet(page: Page) -> str:
    top, _, bottom, _ = page.margins
    body = " ".join(f"{side:.3f}mm" for side in page.body)
    text = f"@page {{ size: {page.width:.3f}mm {page.height:.3f}mm; margin: {body};"
    if page.header is not None:
        text += _strip("top-left", "header", page.header_height, f"{top:.3f}mm 0 0 0", "top")
        text += _NO_BOX.format("top")
    if page.footer is not None:
        text += _strip("bottom-left", "footer", page.footer_height, f"0 0 {bottom:.3f}mm 0", "bottom")
        text += _NO_BOX.format("bottom")
    return (
        text + "}\n.runner-header { position: running(runner-header) }\n"
        ".runner-footer { position: running(runner-footer) }\n"
        ".runner-page-number::after { content: counter(page) }\n"
        ".runner-page-count::after { content: counter(pages) }\n"
    )


_NO_BOX = " @{0}-center {{ content: none }} @{0}-right {{ content: none }}"


def _strip(box: str, name: str, height: float, margin: str, align: str) -> str:
    return (
        f" @{box} {{ content: element(runner-{name}); width: 100%; height: {height:.3f}mm;"
        f" margin: {margin}; vertical-align: {align}; text-align: start; overflow: hidden }}"
    )
