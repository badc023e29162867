"""Applications on a real port, for as long as a block lasts."""

from __future__ import annotations

import socket

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from runner.errors import ConfigError
from runner.web.protocol import PatientProtocol
from runner.web.serving import serving


def app() -> Starlette:
    async def hello(request: Request) -> PlainTextResponse:
        return PlainTextResponse("hello")

    return Starlette(routes=[Route("/", hello)])


def test_it_answers_inside_the_block_and_not_after() -> None:
    with serving(app()) as address:
        assert httpx.get(address).text == "hello"
    with pytest.raises(httpx.ConnectError):
        httpx.get(address)


def test_a_port_in_use_says_so() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(ConfigError, match=f"port {port}") as caught, serving(app(), port=port):
            pass
    assert caught.value.code == "config.port"


def test_it_stops_when_the_block_fails() -> None:
    seen: list[str] = []

    def fail() -> None:
        with serving(app()) as address:
            seen.append(address)
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    with pytest.raises(httpx.ConnectError):
        httpx.get(seen[0])


class Hurried(PatientProtocol):
    """Has less patience than the tests that wait for it."""

    patience = 0.1


def connected(address: str) -> socket.socket:
    host, _, port = address.removeprefix("http://").partition(":")
    return socket.create_connection((host, int(port)), timeout=10)


def is_cut(line: socket.socket) -> bool:
    """Whether the other side closes the connection, without a word."""
    try:
        return line.recv(1) == b""
    except ConnectionError:
        return True


@pytest.mark.parametrize("sent", [b"", b"GET / HT", b"GET / HTTP/1.1\r\nHost: x\r\n"])
def test_a_head_that_does_not_come_to_an_end_is_not_waited_for(sent: bytes) -> None:
    with serving(app(), protocol=Hurried) as address, connected(address) as line:
        line.sendall(sent)
        assert is_cut(line)
        assert httpx.get(address).text == "hello"


def test_bytes_now_and_then_do_not_keep_a_connection_open() -> None:
    with serving(app(), protocol=Hurried) as address, connected(address) as line:
        line.settimeout(0.02)
        for _ in range(500):
            try:
                line.sendall(b"G")
                cut = is_cut(line)
            except TimeoutError:
                continue
            except ConnectionError:
                cut = True
            assert cut
            return
        pytest.fail("it stayed open")


def test_further_requests_on_one_connection_have_the_same_time_each() -> None:
    with serving(app(), protocol=Hurried) as address, connected(address) as line:
        for _ in range(3):
            line.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            reply = b""
            while not reply.endswith(b"hello"):
                reply += line.recv(1000)
        line.sendall(b"GET / HT")
        assert is_cut(line)
