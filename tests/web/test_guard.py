"""The list of hosts and the rate limit."""

from __future__ import annotations

import asyncio

import httpx
import pytest
from starlette.responses import PlainTextResponse

from runner.errors import ConfigError
from runner.web.guard import Bucket, Guard, host_name, public_host


def asked(guard: Guard, *hosts: str) -> list[httpx.Response]:
    async def ask() -> list[httpx.Response]:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=guard), base_url="http://x") as client:
            return [await client.get("/", headers={"Host": host}) for host in hosts]

    return asyncio.run(ask())


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1", 200),
        ("localhost:9393", 200),
        ("[::1]:9393", 200),
        ("Hooks.Example.com:443", 200),
        ("evil.example", 421),
        ("127.0.0.1.evil.example", 421),
        ("", 421),
    ],
)
def test_only_listed_hosts_are_answered(host: str, status: int) -> None:
    refused: list[str] = []
    guard = Guard(PlainTextResponse("hello"), hosts=["hooks.example.com"], refused=refused.append)
    assert asked(guard, host)[0].status_code == status
    assert refused == ["host"] * (status == 421)


def test_more_than_the_bucket_holds_waits() -> None:
    seconds = [0.0]
    bucket = Bucket(2.0, 2.0, lambda: seconds[0])
    guard = Guard(PlainTextResponse("hello"), hosts=[], bucket=bucket)
    first = asked(guard, *["localhost"] * 3)
    assert [reply.status_code for reply in first] == [200, 200, 429]
    assert first[2].headers["retry-after"] == "1"
    seconds[0] = 0.5
    assert [reply.status_code for reply in asked(guard, *["localhost"] * 2)] == [200, 429]


def test_a_host_header_is_read_without_its_port() -> None:
    assert [host_name(text) for text in ("A.b:1", "[::1]:80", "[::1]", "a")] == ["a.b", "[::1]", "[::1]", "a"]


@pytest.mark.parametrize("url", ["", "hooks.example.com", "ftp://a.b", "https://", "https://a.b/?x=1", "http://[x"])
def test_a_public_address_is_a_web_address(url: str) -> None:
    with pytest.raises(ConfigError) as caught:
        public_host(url)
    assert caught.value.code == "config.url"


def test_the_host_of_a_public_address() -> None:
    assert public_host("https://Hooks.example.com:8443/a") == "hooks.example.com"
