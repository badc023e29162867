"""HTTP requests as they would be sent, in files."""

from __future__ import annotations

import httpx

import runner
from runner.outbox.folder import Entry


def recording_client(entry: Entry, name: str, stop: type[Exception]) -> httpx.Client:
    """A client that writes its first request into ``entry`` as the file ``name``, and then raises ``stop``."""
    return httpx.Client(
        transport=_Recording(entry, name, stop),
        headers={"User-Agent": f"mechanic-runner/{runner.__version__}"},
        trust_env=False,
    )


class _Recording(httpx.BaseTransport):
    def __init__(self, entry: Entry, name: str, stop: type[Exception]) -> None:
        self._entry = entry
        self._name = name
        self._stop = stop

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self._entry.write(self._name, request_text(request))
        raise self._stop


def request_text(request: httpx.Request) -> bytes:
    """Method, whole address, headers, an empty line, the body: what editors and HTTP clients call a ``.http`` file."""
    url = request.url.copy_with(userinfo=b"")  # httpx has made a header of it
    lines = [f"{request.method} {url} HTTP/1.1".encode(), *(b"%b: %b" % pair for pair in request.headers.raw)]
    return b"\r\n".join([*lines, b"", request.read()])
