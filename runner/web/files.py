"""The addresses where kept files are read (actions.md 3.5)."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route

from runner.files.folder import PATH, FolderStore, FoundFile
from runner.web.counts import Counts

_SHOWN = frozenset(
    {
        *("application/pdf", "application/json", "text/plain", "text/csv", "text/calendar"),
        *("image/png", "image/jpeg", "image/gif", "image/webp", "image/avif", "audio/mpeg", "video/mp4"),
    }
)
"""What a browser may show in its window; the rest could run scripts under this address, and is downloaded."""


def file_routes(store: FolderStore, counts: Counts) -> list[Route]:
    """``GET /file/<ticket>/<name>``: the file, in parts if asked for; 404 for all that is wrong, and after expiry."""
    find: Callable[[str, str], FoundFile | None] = store.find

    async def answer(request: Request) -> Response:
        found = await run_in_threadpool(find, request.path_params["ticket"], request.path_params["name"])
        counts.add("file", "unknown" if found is None else "read")
        if found is None:
            return PlainTextResponse("there is no such file, or not any more\n", status_code=404, headers=_PRIVATE)
        return FileResponse(found.path, media_type=found.mime, headers={**_PRIVATE, **_disposition(found)})

    return [Route(PATH + "/{ticket}/{name}", answer, methods=["GET"])]


_PRIVATE = {
    "Cache-Control": "private, max-age=300",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex, nofollow",
    "Referrer-Policy": "no-referrer",
}


def _disposition(found: FoundFile) -> dict[str, str]:
    how = "inline" if found.mime in _SHOWN else "attachment"
    ascii_name = found.name.encode("ascii", "replace").decode().replace('"', "_").replace("\\", "_").replace("?", "_")
    headers = {
        "Content-Disposition": f"{how}; filename=\"{ascii_name}\"; filename*=UTF-8''{quote(found.name, safe='')}"
    }
    if how == "attachment":
        headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return headers
