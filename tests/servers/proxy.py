"""HTTP and SOCKS5 proxies on loopback, with a password."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pproxy
import pytest

from tests.servers.loop import LoopThread


@dataclass
class Proxy:
    """Speaks http and socks5 on one ``port``, to ``proxyuser:proxypass`` alone; ``passed`` are its log lines."""

    port: int = 0
    passed: list[str] = field(default_factory=list)

    def url(self, scheme: str, login: str = "proxyuser:proxypass@") -> str:
        return f"{scheme}://{login}127.0.0.1:{self.port}"


@pytest.fixture(scope="session")
def proxy_server(loop_thread: LoopThread) -> Iterator[Proxy]:
    proxy = Proxy()
    server = pproxy.Server("http+socks5://127.0.0.1:0#proxyuser:proxypass")

    async def start() -> Any:
        return await server.start_server({"rserver": [pproxy.DIRECT], "verbose": proxy.passed.append, "authtime": -1})

    listening = loop_thread.run(start())
    proxy.port = listening.sockets[0].getsockname()[1]
    yield proxy
    loop_thread.loop.call_soon_threadsafe(listening.close)


@pytest.fixture
def proxy(proxy_server: Proxy) -> Proxy:
    """The proxy, with an empty log."""
    proxy_server.passed.clear()
    return proxy_server
