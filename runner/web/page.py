"""Pages for a browser on this machine: plain HTML without scripts, everything from outside escaped."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from starlette.responses import HTMLResponse

_STYLE = """
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
body { max-width: 42rem; margin: 3rem auto; padding: 0 1rem }
h1 { font-size: 1.4rem; margin-bottom: .25rem }
p.note { margin-top: 0; opacity: .75 }
fieldset { border: 1px solid #8886; border-radius: .5rem; margin: 1rem 0; padding: .5rem 1rem }
label { display: block; margin: .5rem 0 }
input[type=text], input[type=number], input[type=date], input[type=datetime-local], select, textarea
  { display: block; width: 100%; box-sizing: border-box; font: inherit; padding: .4rem; margin-top: .2rem }
textarea { min-height: 6rem }
button { font: inherit; padding: .5rem 1.2rem; border-radius: .5rem; border: 1px solid #8888; cursor: pointer }
p.error { border-left: 4px solid #c33; padding-left: .75rem }
code { font-size: .9em }
"""
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; "
    "frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


def page(title: str, parts: Iterable[str], *, status: int = 200) -> HTMLResponse:
    """A page of ``parts``, which are HTML already; ``title`` is text."""
    head = f"<meta charset=utf-8><meta name=viewport content='width=device-width'><title>{escape(title)}</title>"
    body = "\n".join(parts)
    html = f"<!doctype html><html lang=en><head>{head}<style>{_STYLE}</style></head><body>{body}</body></html>"
    return HTMLResponse(html, status_code=status, headers=_HEADERS)


def trouble(message: str, hint: str | None = None, *, status: int = 400) -> HTMLResponse:
    """The page of an error: what is wrong, and what to do."""
    parts = ["<h1>That cannot be done</h1>", f"<p class=error>{escape(message)}</p>"]
    return page("That cannot be done", [*parts, f"<p>{escape(hint)}</p>" if hint else ""], status=status)
