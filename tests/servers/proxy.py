"""HTTP, HTTPS and SOCKS5 proxies on loopback, with a password."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pproxy
import pytest

from tests.servers.authority import Authority
from tests.servers.loop import LoopThread


@dataclass
class Proxy:
    """Speaks http and socks5 on one ``port``, https on another, to ``proxyuser:proxypass`` alone.

    ``passed`` are its log lines. The certificate is one of the tests' authority.
    """

    port: int = 0
    secure_port: int = 0
    passed: list[str] = field(default_factory=list)

    def url(self, scheme: str, login: str = "proxyuser:proxypass@") -> str:
        return f"{scheme}://{login}127.0.0.1:{self.secure_port if scheme == 'https' else self.port}"


@pytest.fixture(scope="session")
def proxy_server(loop_thread: LoopThread, authority: Authority) -> Iterator[Proxy]:
    proxy = Proxy()
    plain = pproxy.Server("http+socks5://127.0.0.1:0#proxyuser:proxypass")
    secure = pproxy.Server("http+ssl://127.0.0.1:0#proxyuser:proxypass")
    secure.sslserver.load_cert_chain(authority.chain)
    # It would remember a client that logged in once.
    settings = {"rserver": [pproxy.DIRECT], "verbose": proxy.passed.append, "authtime": -1}

    async def start() -> list[Any]:
        return [await server.start_server(settings) for server in (plain, secure)]

    listening = loop_thread.run(start())
    proxy.port, proxy.secure_port = (each.sockets[0].getsockname()[1] for each in listening)
    yield proxy
    for each in listening:
        loop_thread.loop.call_soon_threadsafe(each.close)


@pytest.fixture
def proxy(proxy_server: Proxy) -> Proxy:
    """The proxy, with an empty log."""
    proxy_server.passed.clear()
    return proxy_server
