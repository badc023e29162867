"""A scripted HTTP server on loopback: real sockets, one reply after the other."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest

from runner.clock import FixedClock
from runner.shopify.client import ClientCredentials, ShopifyClient
from runner.shopify.usage import CallRecord

TOKEN = "shpat_0123456789abcdef"


@dataclass(frozen=True)
class Scripted:
    """One reply. ``body`` is JSON, or bytes sent as they are; ``cut``: the announced length is longer than the body."""

    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    cut: bool = False
    drop: bool = False


@dataclass(frozen=True)
class Seen:
    """One request as it arrived."""

    method: str
    path: str
    headers: dict[str, str]
    body: Any


class Shop:
    """The server: gives ``replies`` in order, the last one again and again, and keeps what it ``saw``."""

    def __init__(self) -> None:
        self.replies: list[Scripted] = [Scripted(body={"data": {}})]
        self.saw: list[Seen] = []
        shop = self

        class Requests(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self) -> None:
                raw = self.rfile.read(int(self.headers.get("content-length", 0)))
                headers = {name.lower(): value for name, value in self.headers.items()}
                shop.saw.append(Seen(self.command, self.path, headers, json.loads(raw) if raw else None))
                reply = shop.replies.pop(0) if len(shop.replies) > 1 else shop.replies[0]
                if reply.drop:
                    self.close_connection = True
                    return
                body = reply.body if isinstance(reply.body, bytes) else json.dumps(reply.body).encode()
                self.send_response(reply.status)
                for name, value in ({"Content-Type": "application/json"} | reply.headers).items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body) + (50 if reply.cut else 0)))
                self._headers_buffer.append(b"\r\n" + body)  # one packet: two would wait for each other
                self.flush_headers()
                self.close_connection = reply.cut

            do_GET = do_POST = do_PUT = do_DELETE = answer

            def log_message(self, format: str, *args: Any) -> None:
                """Keep the test output quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Requests)
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01})
        self.thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}"

    def script(self, *replies: Scripted) -> None:
        self.replies = list(replies)

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def shop() -> Iterator[Shop]:
    server = Shop()
    yield server
    server.close()


@pytest.fixture(scope="session")
def tls() -> ssl.SSLContext:
    """Made once: reading the certificates takes longer than most tests."""
    return ssl.create_default_context()


@pytest.fixture
def http(tls: ssl.SSLContext) -> Iterator[httpx.Client]:
    with httpx.Client(timeout=httpx.Timeout(5.0), verify=tls) as client:
        yield client


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(datetime(2026, 11, 27, 12, 0, tzinfo=UTC))


@pytest.fixture
def records() -> list[CallRecord]:
    return []


Connect = Callable[..., ShopifyClient]


@pytest.fixture
def connect(shop: Shop, http: httpx.Client, clock: FixedClock, records: list[CallRecord]) -> Connect:
    """Makes a client of the scripted shop; keyword arguments replace the usual ones."""

    def make(token: str | ClientCredentials = TOKEN, **changes: Any) -> ShopifyClient:
        usual: dict[str, Any] = {"http": http, "clock": clock, "base_url": shop.url, "log": records.append}
        return ShopifyClient("prints.myshopify.com", token, **(usual | changes))

    return make


@pytest.fixture
def reply() -> type[Scripted]:
    return Scripted
