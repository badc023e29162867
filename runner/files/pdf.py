"""PDF from HTML: by WeasyPrint, or by a Chromium where the page has scripts (actions.md 2)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from runner.files.base import CheckMap, Generator, Workshop, invalid, named
from runner.files.page import left_out, read_page
from runner.files.resources import Resources
from runner.model.json import without_surrogates

_SCRIPT = re.compile(r"<script[\s/>]", re.IGNORECASE)
_MOST_HTML = 20_000_000


class Pdf(Generator):
    """Pages and what they show come from the internet only. Options that are not known are left out, and told."""

    kind = "pdf"
    mime = "application/pdf"

    # differs: the platform prints every page by a Chromium of a service; here only those with scripts need one.
    def check(self, value: Any, where: str, check_map: CheckMap) -> None:
        if not isinstance(value, Mapping):
            raise invalid(where, f'"pdf" is {named(value)}, not an object', 'Write {"pdf": {"html": "…"}}.')
        html = value.get("html")
        if not isinstance(html, str) or not html.strip():
            found = "missing" if html is None else "blank" if isinstance(html, str) else named(html)
            raise invalid(where, f'"html" of the pdf is {found}', 'Write {"pdf": {"html": "<p>…</p>"}}.')
        if len(html) > _MOST_HTML:
            raise invalid(where, "its HTML has more than 20 million characters", "Make several files of it.")
        read_page(value, where)

    def make(self, value: Any, where: str, workshop: Workshop) -> bytes:
        options: Mapping[str, Any] = without_surrogates(dict(value))
        page, html = read_page(options, where), str(options["html"])
        workshop.warnings.extend(left_out(options))
        resources = Resources(where, workshop)
        scripted = any(_SCRIPT.search(part) for part in (html, page.header or "", page.footer or ""))
        browser = workshop.browser() if scripted else None
        if browser is not None:
            from runner.files.pdf_chromium import printed

            return printed(browser, html, page, resources, where)
        if scripted:
            workshop.warnings.append(
                "its page has scripts, which did not run: they need Chromium, which is not installed here"
            )
        from runner.files.pdf_weasyprint import rendered

        return rendered(html, page, resources, where)
