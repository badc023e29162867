"""One HTTP exchange: the whole reply, up to a limit of size."""

from __future__ import annotations

from dataclasses import dataclass

import httpx

from runner.errors import NetworkError
from runner.network.faults import faults

MOST_BYTES = 20 * 1024 * 1024
"""Of a reply, unless said otherwise (actions.md 3.7, 8)."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A complete reply. ``content`` is decompressed; ``headers`` in their order; ``url`` the one that answered."""

    status: int
    headers: httpx.Headers
    content: bytes
    url: str


def fetch(client: httpx.Client, request: httpx.Request, *, limit: int = MOST_BYTES) -> Reply:
    """Send ``request`` and read the reply, whatever its status says.

    A reply of more than ``limit`` bytes is given up at once, by its announced length or as soon as it gets there:
    ``NetworkError`` with the code ``network.too_large``. Every other failure is a ``NetworkError`` too.
    """
    host = request.url.host
    with faults(host):
        response = client.send(request, stream=True)
        try:
            content = _content(response, limit, has_body=request.method != "HEAD")
        finally:
            response.close()
    return Reply(response.status_code, response.headers, content, str(response.url))


def _content(response: httpx.Response, limit: int, *, has_body: bool) -> bytes:
    announced = response.headers.get("content-length", "")
    if has_body and announced.isdigit() and int(announced) > limit:
        raise _too_large(response.url.host, int(announced), limit)
    content = bytearray()
    for piece in response.iter_bytes():
        content += piece
        if len(content) > limit:
            raise _too_large(response.url.host, None, limit)
    return bytes(content)


def _too_large(host: str, announced: int | None, limit: int) -> NetworkError:
    size = "" if announced is None else f" ({announced:,} bytes)"
    return NetworkError(
        f"the reply of {host} is larger than {limit / 1024 / 1024:g} MB{size}",
        hint="Ask for less at a time, or for a smaller file.",
        code="network.too_large",
    )
