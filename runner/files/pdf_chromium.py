"""Pages by a Chromium without a window, told what to do through a pipe (the DevTools protocol).

The browser itself reaches nothing: each of its requests is answered here, from ``Resources``.
"""

from __future__ import annotations

import base64
import json
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from runner.errors import ActionError, NetworkError
from runner.files.devtools import Devtools, browser_at_work
from runner.files.page import Page
from runner.files.resources import Resources

SECONDS = 60.0
"""For one page, scripts and all that it shows included."""
_HOME = "http://document.invalid/"
"""Where the page believes to be: it has the rights of any page on the internet, so none to read files. Not https, from
where the browser would not load what has an http address."""
_MM_PER_INCH = 25.4
_NUMBERS: Mapping[str, str] = {"pdfcrowd-page-number": "pageNumber", "pdfcrowd-page-count": "totalPages"}
_QUIET_MS = 200
_LOCAL = re.compile(r"Not allowed to load local resource: (\S+)")
"""What the browser says of addresses that it does not even ask us for."""
_SETTLED = f"""new Promise(async (done) => {{
  await document.fonts.ready;
  let last = performance.now();
  new PerformanceObserver(() => {{ last = performance.now(); }}).observe({{entryTypes: ["resource"]}});
  const look = () => performance.now() - last > {_QUIET_MS} ? done(true) : setTimeout(look, 25);
  look();
}})"""


def printed(browser: Path, html: str, page: Page, resources: Resources, where: str) -> bytes:
    """The PDF of ``html`` after its scripts have run and nothing has been loaded for a moment.

    Raises ActionError for what the page may not ask for, for one that does not come to an end within a minute, and for
    a browser that does not work.
    """
    with (
        tempfile.TemporaryDirectory(prefix="runner-chromium-", ignore_cleanup_errors=True) as profile,
        browser_at_work(browser, Path(profile), SECONDS, where) as devtools,
    ):
        data = _Printing(devtools, html, resources).pdf(page)
    if resources.refusal is not None:
        raise resources.refusal
    return data


class _Printing:
    """One page in one browser."""

    def __init__(self, devtools: Devtools, html: str, resources: Resources) -> None:
        self._devtools = devtools
        self._html = html
        self._resources = resources
        devtools.on_event = self._occurred
        self._loaded = False

    def pdf(self, page: Page) -> bytes:
        """Load, wait, print."""
        call = self._devtools.call
        target = call("Target.createTarget", {"url": "about:blank"})["targetId"]
        self._devtools.session = call("Target.attachToTarget", {"targetId": target, "flatten": True})["sessionId"]
        call("Page.enable")
        call("Log.enable")
        call("Fetch.enable", {"patterns": [{"urlPattern": "*"}]})
        call("Page.navigate", {"url": _HOME})
        self._devtools.wait(lambda: self._loaded)
        call("Runtime.evaluate", {"expression": _SETTLED, "awaitPromise": True})
        answer = call("Page.printToPDF", _print_options(page))
        return base64.b64decode(answer["data"])

    def _occurred(self, method: str, params: Mapping[str, Any]) -> None:
        if method == "Page.loadEventFired":
            self._loaded = True
        elif method == "Log.entryAdded":
            found = _LOCAL.search(str(params["entry"].get("text")))
            if found is not None:
                self._resources.refuse(found[1])
        elif method == "Page.javascriptDialogOpening":
            self._devtools.tell("Page.handleJavaScriptDialog", {"accept": False})
        elif method == "Fetch.requestPaused":
            self._devtools.tell(*self._answer(params["requestId"], params["request"]))

    def _answer(self, request_id: str, request: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
        url = str(request["url"])
        if url == _HOME:
            return _fulfilled(request_id, 200, "text/html; charset=utf-8", self._html.encode())
        if url.partition(":")[0] in ("data", "blob", "about"):
            return "Fetch.continueRequest", {"requestId": request_id}
        if request["method"] not in ("GET", "HEAD") or url.startswith(_HOME):
            return "Fetch.failRequest", {"requestId": request_id, "errorReason": "BlockedByClient"}
        try:
            found = self._resources.get(url)
        except (ActionError, NetworkError):
            return "Fetch.failRequest", {"requestId": request_id, "errorReason": "Failed"}
        return _fulfilled(request_id, found.status, found.mime, found.data)


def _fulfilled(request_id: str, status: int, mime: str, data: bytes) -> tuple[str, dict[str, Any]]:
    headers = [{"name": "Access-Control-Allow-Origin", "value": "*"}]
    if mime:
        headers.append({"name": "Content-Type", "value": mime})
    return "Fetch.fulfillRequest", {
        "requestId": request_id,
        "responseCode": status,
        "responseHeaders": headers,
        "body": base64.b64encode(data).decode(),
    }


def _print_options(page: Page) -> dict[str, Any]:
    top, right, bottom, left = (side / _MM_PER_INCH for side in page.body)
    return {
        "paperWidth": page.width / _MM_PER_INCH,
        "paperHeight": page.height / _MM_PER_INCH,
        "marginTop": top,
        "marginRight": right,
        "marginBottom": bottom,
        "marginLeft": left,
        "printBackground": True,
        "displayHeaderFooter": page.header is not None or page.footer is not None,
        "headerTemplate": _strip(page.header, page, "top"),
        "footerTemplate": _strip(page.footer, page, "bottom"),
    }


def _strip(html: str | None, page: Page, edge: str) -> str:
    """The template of a header or footer: Chromium fills elements by classes of its own, and starts without a size."""
    if html is None:
        return "<span></span>"
    for theirs, ours in _NUMBERS.items():
        html = html.replace(theirs, f"{theirs} {ours}")
    top, right, bottom, left = page.margins
    outer = top if edge == "top" else bottom
    height = page.header_height if edge == "top" else page.footer_height
    style = (
        f"box-sizing:border-box;width:100%;height:{height:.3f}mm;overflow:hidden;font-size:12pt;"
        f"position:absolute;{edge}:{outer:.3f}mm;left:0;padding:0 {right:.3f}mm 0 {left:.3f}mm;"
        "-webkit-print-color-adjust:exact"
    )
    return f"<style>#header,#footer{{padding:0}}</style><div style={json.dumps(style)}>{html}</div>"
