"""An HTTP server on loopback that fails on demand, and keeps every request byte for byte."""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from tests.servers.authority import Authority

_BLOCK = bytes(64 * 1024)


@dataclass(frozen=True)
class Answer:
    """One reply. ``drop``: none at all; ``cut``: shorter than announced; ``drip``: one byte each so many seconds.

    ``stream``: so many zero bytes after the body, of which nothing is announced; ``announce``: a length without a body.
    ``hold``: it is not given before that is set.
    """

    status: int = 200
    body: bytes = b"ok"
    headers: tuple[tuple[str, str], ...] = (("Content-Type", "text/plain"),)
    drop: bool = False
    cut: bool = False
    drip: float = 0.0
    stream: int = 0
    announce: int | None = None
    hold: threading.Event | None = None


def redirect(to: str, status: int = 302) -> Answer:
    return Answer(status, b"", (("Location", to),))


def json_answer(body: bytes, status: int = 200, content_type: str = "application/json") -> Answer:
    return Answer(status, body, (("Content-Type", content_type),))


@dataclass(frozen=True)
class Request:
    """One request as it arrived; ``headers`` in their order and spelling."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> str | None:
        """The value of a header; None when it was not sent."""
        return next((value for given, value in self.headers if given.lower() == name.lower()), None)


@dataclass
class WebServer:
    """Answers by target without the query; what is not in ``answers`` is 200. ``sent``: bytes of streams written."""

    scheme: str = "http"
    answers: dict[str, list[Answer]] = field(default_factory=dict)
    saw: list[Request] = field(default_factory=list)
    sent: int = 0
    server: Any = None

    @property
    def port(self) -> int:
        return int(self.server.server_port)

    def url(self, path: str = "/", host: str = "127.0.0.1") -> str:
        return f"{self.scheme}://{host}:{self.port}{path}"

    def on(self, path: str, *answers: Answer) -> str:
        """Give these answers to ``path`` in turn, the last one again and again; its URL."""
        self.answers[path] = list(answers)
        return self.url(path)

    def clear(self) -> None:
        """Forget all answers and requests."""
        self.answers.clear()
        self.saw.clear()
        self.sent = 0


def _requests(web: WebServer) -> type[BaseHTTPRequestHandler]:
    class Requests(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            web.saw.append(Request(self.command, self.path, tuple(self.headers.items()), body))
            answers = web.answers.get(self.path.partition("?")[0], [Answer()])
            self.give(answers.pop(0) if len(answers) > 1 else answers[0])

        def give(self, answer: Answer) -> None:
            self.close_connection = bool(answer.drop or answer.cut or answer.stream or answer.announce)
            if answer.hold is not None:
                answer.hold.wait(60)
            if answer.drop:
                return
            self.send_response(answer.status)
            for name, value in answer.headers:
                self.send_header(name, value)
            if not answer.stream:
                length = len(answer.body) + (50 if answer.cut else 0)
                self.send_header("Content-Length", str(answer.announce or length))
            self.end_headers()
            if self.command == "HEAD" or answer.announce:
                return
            for start in range(0, len(answer.body), 1 if answer.drip else max(1, len(answer.body))):
                self.wfile.write(answer.body[start:] if not answer.drip else answer.body[start : start + 1])
                self.wfile.flush()
                time.sleep(answer.drip)
            while web.sent < answer.stream:
                self.wfile.write(_BLOCK)
                web.sent += len(_BLOCK)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_OPTIONS = answer

        def handle(self) -> None:
            try:
                super().handle()
            except OSError:
                pass  # the client gave up, as some tests want it to

        def log_message(self, format: str, *args: Any) -> None:
            """Keep the test output quiet."""

    return Requests


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    tls: ssl.SSLContext | None = None

    def finish_request(self, request: Any, client_address: Any) -> None:
        try:
            with self.tls.wrap_socket(request, server_side=True) if self.tls else request as opened:
                super().finish_request(opened, client_address)
        except OSError:
            pass  # no agreement on TLS, as some tests want it


def _running(scheme: str, tls: ssl.SSLContext | None) -> Iterator[WebServer]:
    web = WebServer(scheme)
    web.server = _Server(("127.0.0.1", 0), _requests(web))
    web.server.tls = tls
    thread = threading.Thread(target=web.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield web
    web.server.shutdown()
    web.server.server_close()
    thread.join()


@pytest.fixture(scope="session")
def web_server() -> Iterator[WebServer]:
    yield from _running("http", None)


def secure_web_of(authority: Authority, *names: str) -> Iterator[WebServer]:
    """A running server with a certificate for ``names``."""
    yield from _running("https", authority.server_context(*names))


@pytest.fixture(scope="session")
def secure_web_server(authority: Authority) -> Iterator[WebServer]:
    yield from secure_web_of(authority, "127.0.0.1", "secure.test")


@pytest.fixture
def web(web_server: WebServer) -> WebServer:
    """An HTTP server without memory of other tests."""
    web_server.clear()
    return web_server


@pytest.fixture
def secure_web(secure_web_server: WebServer) -> WebServer:
    """The same over TLS, with a certificate of ``authority`` for 127.0.0.1 and secure.test."""
    secure_web_server.clear()
    return secure_web_server
