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
